"""SimGD-A at p = 1/2 with the normalised schedule: an explicit constant in its rate 1/k.

With n = k + γ, h_k = 1/(R√n), c_k = γ/n and d_k = z^{k+1} − z^k, the potential is
V_k = n(n − γ/2)‖d_k‖² − (γ/2)(1 − 5γ/(4n))‖z^k − z^0‖². u = √(n+1) − √n makes both roots rational:
√n = (1/u − u)/2 and √(n+1) = (1/u + u)/2.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Integer, Rational, Symbol, symbols

from ...discretize.methods.anchored_normalised import NormalisedAnchoredSimGD
from ...flows.problems.problem import SaddleProblem
from ..basics.proof_outcome import ProofOutcome
from ..claims.flow_vectors import ZSTAR, G, Z
from ..classes.monotone import LipschitzMonotone
from ..coefficients.region import Region, parse_ranges
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

GAMMA, RHO, U, R = symbols("gamma rho u R", positive=True)
METHOD = NormalisedAnchoredSimGD(GAMMA, Fraction(1, 2), 1 / R)
CONSTANT = 2 * RHO**2 * (RHO + 1) * (2 * RHO + 1)
"""C for γ = 2ρ²."""


def weights(n: Expr, gamma: Expr) -> tuple[Expr, Expr]:
    """Return P and Q of V_k = P‖d_k‖² − Q‖z^k − z^0‖² from n = k + γ."""
    return n * (n - gamma / 2), gamma / 2 * (1 - Rational(5, 4) * gamma / n)


def factors(a: Expr, b: Expr, gamma: Expr) -> tuple[Expr, Expr]:
    """Return A, E of d_{k+1} = A d_k − (g^{k+1} − g^k)/(Rb) − E(z^k − z^0), a = √n, b = √(n+1)."""
    return a / b - gamma / b**2, gamma / b**2 - gamma / (a * b)


def fall(gamma: Expr, e: Vector, ranges: Region) -> ProofOutcome:
    """Prove V_{k+1} ≤ V_k from γ and e = z^k − z^0; Δg is (g^{k+1} − g^k)/R.

    A multiple of LIP takes ‖Δg‖² away, up to (1/s)‖yΔg + wd + se‖² with the products with e.
    """
    a, b = (1 / U - U) / 2, (1 / U + U) / 2
    d, change = Vector.generator("d"), Vector.generator("Δg")
    (A, E), (P, Q), (P_next, Q_next) = (
        factors(a, b, gamma), weights(a**2, gamma), weights(b**2, gamma)
    )  # fmt: skip
    later = A * d - change / b - E * e
    V = P * (d @ d) - Q * (e @ e)
    V_next = P_next * (later @ later) - Q_next * ((e + d) @ (e + d))
    s, y, w = Q_next - Q - P_next * E**2, -P_next * E / b, Q_next + P_next * A * E
    s, y, w = (s, y, w) if e else (Integer(1), Integer(0), Integer(0))
    rest = P - P_next * (A**2 + 1 / b**2) + Q_next - (y**2 + w**2) / s
    return prove_nonnegative(
        V - V_next,
        assuming={"MON(k+1,k)": change @ d, "LIP(k+1,k)": d @ d - change @ change},
        multipliers={
            "MON(k+1,k)": 2 * (P_next * A / b - w * y / s),
            "LIP(k+1,k)": P_next / b**2 + y**2 / s,
        },
        squares=[(1 / s, y * change + w * d + s * e), (rest, d)],
        ranges=ranges,
    )


def first_step() -> ProofOutcome:
    """Prove V_1 ≤ V_0, where z^k is z^0 and γ = n; u ≤ √3 − √2 < 159/500 for γ ≥ 2."""
    return fall((1 / U - U) ** 2 / 4, Vector(), parse_ranges(["0 < u <= 159/500"]))


def later_steps() -> ProofOutcome:
    """Prove V_{k+1} ≤ V_k for k ≥ 1: for all real k > 9/10, where u < 34/125."""
    above = "(20*gamma + 18)*u**2 < 5*(1 - u**2)**2"  # n > γ + 9/10
    ranges = parse_ranges(["gamma >= 2", "0 < u <= 34/125", above])
    return fall(GAMMA, Vector.generator("e"), ranges)


def start() -> ProofOutcome:
    """Prove V_0 = γ/(2R²)‖G(z^0)‖² ≤ (γ/2)‖z^0 − z*‖²."""
    e = Z - ZSTAR
    return prove_nonnegative(GAMMA / 2 * (e @ e - (G @ G) / R**2), LipschitzMonotone(R))


def rate() -> ProofOutcome:
    """Prove ‖q‖² ≤ C‖z^0 − z*‖² for q = √(k+γ)g^k/R, k ≥ 1, from V_k ≤ (γ/2)‖z^0 − z*‖², γ = 2ρ².

    With e = z^k − z^0 it is −(k+γ)d_k = q + γe.
    """
    k, gamma, nu = Symbol("k"), 2 * RHO**2, 2 * RHO + 1
    P, Q = weights(k + gamma, gamma)
    share = P / (k + gamma) ** 2
    loss, pull, room = nu * share - 1, 2 * nu * gamma * share, nu * (gamma**2 * share - Q)
    q, e, e0 = (Vector.generator(name) for name in ("q", "e", "e0"))
    V = share * ((q + gamma * e) @ (q + gamma * e)) - Q * (e @ e)
    return prove_nonnegative(
        CONSTANT * (e0 @ e0) - q @ q,
        assuming={"V_0 - V": gamma / 2 * (e0 @ e0) - V, "MON(q,*)": q @ (e + e0)},
        multipliers={"V_0 - V": nu, "MON(q,*)": pull - 4 * room * loss / pull},
        ranges={RHO: "rho >= 1", "k": "k >= 1"},
    )


def prove() -> tuple[Certificate, ...]:
    """Prove V_{k+1} ≤ V_k for k ≥ 1 and k = 0, what V_0 is at most, and what V_k bounds."""
    return certified(later_steps(), first_step(), start(), rate())


def constant(gamma: float) -> float:
    """Return C for a number γ."""
    return float(CONSTANT.subs(RHO, (gamma / 2) ** 0.5))


def bound(
    k: ArrayLike, method: NormalisedAnchoredSimGD, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``√(C/(k+γ)) dist(z^0, Z*)/α``; ∞ unless p = 1/2, γ ≥ 2 and αR ≤ 1."""
    alpha, gamma = float(method.alpha), float(method.gamma)
    steps: Any = np.asarray(k, dtype=np.float64)
    if float(method.p) != 0.5 or gamma < 2 or alpha * problem.lipschitz() > 1:
        return np.full_like(steps, np.inf)
    factor: NDArray[np.float64] = np.sqrt(constant(gamma) / (steps + gamma)) / alpha
    return factor * problem.distance(z0)


SIMGD_A_HALF = Theorem(
    name="simgd-a-half",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G, p = 1/2, α = 1/R and γ ≥ 2, the normalised SimGD-A has "
        "‖G(z^k)‖² ≤ C R²‖z^0 − z*‖²/(k + γ) at every iterate, C = γ(√(γ/2) + 1)(√(2γ) + 1): "
        "12 for γ = 2. R may be any Lipschitz constant, so that α ≤ 1/R gives "
        "C‖z^0 − z*‖²/(α²(k + γ))."
    ),
    tex=(
        r"\|G(z^k)\|^2 \le \gamma (\sqrt{\gamma/2} + 1) (\sqrt{2\gamma} + 1)"
        r" \frac{R^2 \|z^0 - z^\star\|^2}{k + \gamma}"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "p = 1/2", "α = 1/R", "γ ≥ 2"),
    argument=(
        "V_k = (k+γ)(k+γ/2)‖d_k‖² − (γ/2)(1 − 5γ/(4(k+γ)))‖z^k − z^0‖², d_k = z^{k+1} − z^k, falls "
        "for k ≥ 1 by multiples of MON(k+1,k), LIP(k+1,k) and two squares, and by the first two in "
        "the first step, where z^k = z^0: by d_{k+1} = A d_k − (g^{k+1} − g^k)/(R√(k+1+γ)) − "
        "E(z^k − z^0), in u = √(k+1+γ) − √(k+γ), which is at most 159/500. "
        "V_0 ≤ (γ/2)‖z^0 − z*‖². With γ = 2ρ² and V_k ≤ V_0, CR²‖z^0 − z*‖² − (k+γ)‖G(z^k)‖² is a "
        "sum of (2ρ+1)R²(V_0 − V_k), a multiple of ⟨G(z^k), z^k − z*⟩ and squares for k ≥ 1. For "
        "k = 0, γ‖G(z^0)‖² ≤ γR²‖z^0 − z*‖² and C ≥ γ."
    ),
    source=("derived in this project; that there is a C: Surina et al. 2026, arXiv 2604.03782"),
    rate="‖G(z^k)‖² ≤ 12R²‖z^0 − z*‖²/(k + 2) for γ = 2",
    prove=prove,
    quantity="operator_norm",
    bound=bound,
)
