"""Anchored flow: the Lyapunov function with ``V̇ ≡ −t²⟨Ġ, Ż⟩ − (γ−1)t‖Ż‖²``, and its rate.

V starts from V(0+) = 0. For that, let G(Z) be bounded near t = 0, as it is when it is continuous.
The equation says ``(t^γ e)' = −t^γ G`` for e = Z − Z0, so ``‖e(t)‖ ≤ t sup‖G‖/(γ+1)``, and every
term of V tends to 0 with t. For γ ≥ 1 it decreases, so V ≤ 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Symbol

from ...flows.anchored import AnchoredFlow
from ...flows.errors import ProblemError
from ...flows.flow import numerical
from ...flows.problems.problem import SaddleProblem
from ..basics.proof_outcome import ProofOutcome
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

GAMMA = Symbol("gamma", positive=True)
ROOT = Symbol("s", positive=True)
FLOW = AnchoredFlow(GAMMA)


def lyapunov_function(gamma: Expr = GAMMA) -> Form:
    """Return V = ½t²‖G‖² + γt⟨G, e⟩ + ½γ(γ−1)‖e‖² with e = Z − Z0."""
    v = flow_vectors(AnchoredFlow(gamma))
    e = v.z - v.z0
    V: Form = v.t**2 / 2 * (v.g @ v.g) + gamma * v.t * (v.g @ e) + gamma * (gamma - 1) / 2 * (e @ e)
    return V


def identity() -> tuple[Form, Form]:
    """Return V̇ and −t²⟨Ġ, Ż⟩ − (γ−1)t‖Ż‖²: the same form, for every γ > 0."""
    v = flow_vectors(FLOW)
    right = -(v.t**2) * (v.g_dot @ v.z_dot) - (GAMMA - 1) * v.t * (v.z_dot @ v.z_dot)
    return time_derivative(lyapunov_function(), FLOW), right


def prove() -> tuple[Certificate, ...]:
    """Prove for γ ≥ 1 that V never increases, and that V ≤ 0 gives the bound, with γ = s²."""
    return certified(
        prove_decrease(lyapunov_function(), FLOW, ranges={GAMMA: "gamma >= 1"}), _rate()
    )


def bound(
    t: ArrayLike, flow: AnchoredFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``(γ + √γ) dist(Z0, Z*)/t`` at times t > 0 (∞ at t = 0), for γ ≥ 1."""
    gamma, power = numerical(flow).gamma, numerical(flow).power
    if power != 1:
        raise ProblemError(f"power = {power}; this bound is about power = 1")
    if gamma < 1:
        raise ProblemError(f"gamma = {gamma}; this bound needs gamma >= 1")
    size = (gamma + np.sqrt(gamma)) * problem.distance(z0)
    with np.errstate(divide="ignore"):
        factor = 1 / np.asarray(t, dtype=np.float64)
    return factor * size if size > 0 else np.zeros_like(factor)


def _rate() -> ProofOutcome:
    """Prove ``t²‖G‖² ≤ s²(s+1)²‖Z0 − z*‖²`` for s ≥ 1, assuming V ≤ 0."""
    s, v = ROOT, flow_vectors(AnchoredFlow(ROOT**2))
    e0 = v.z0 - v.zstar
    return prove_nonnegative(
        s**2 * (s + 1) ** 2 * (e0 @ e0) - v.t**2 * (v.g @ v.g),
        assuming={"-V": -lyapunov_function(ROOT**2)},
        multipliers={"-V": 2 * (s + 1), "MON": 2 * s * (s + 1) * v.t},
        ranges={s: "s >= 1"},
    )


ANCHORED_MASTER = Theorem(
    name="anchored-master",
    system=FLOW,
    statement=(
        "Along the anchored flow (p = 1) of a monotone operator with γ ≥ 1, "
        "‖G(Z(t))‖ ≤ (γ + √γ)‖Z0 − z*‖/t for all t > 0; for γ = 1 that is 2‖Z0 − z*‖/t."
    ),
    tex=r"\|G(Z(t))\| \le (\gamma + \sqrt{\gamma}) \frac{\|Z_0 - z^\star\|}{t}",
    hypotheses=("G is monotone", "γ ≥ 1", "t > 0"),
    argument=(
        "V = ½t²‖G‖² + γt⟨G, Z − Z0⟩ + ½γ(γ−1)‖Z − Z0‖² has V̇ = −t²⟨Ġ, Ż⟩ − (γ−1)t‖Ż‖², and "
        "V → 0 as t → 0 since ‖Z − Z0‖ ≤ t sup‖G‖/(γ+1); so V ≤ 0. With γ = s², "
        "s²(s+1)²‖Z0 − z*‖² − t²‖G‖² is −2(s+1)V + 2s(s+1)t⟨G, Z − z*⟩ plus two squares."
    ),
    source=(
        "the rate O(1/t) for γ ≥ 1 is Ryu, Yuan, Yin 2019, Section 4; the constant γ + √γ is "
        "derived in this project"
    ),
    rate="‖G(Z(t))‖² ≤ (γ + √γ)²‖Z0 − z*‖²/t²",
    prove=prove,
    not_checked="that V tends to 0 as t → 0.",
    quantity="operator_norm",
    bound=bound,
)
