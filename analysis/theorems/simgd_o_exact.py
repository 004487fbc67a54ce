"""SimGD-O: the exact region of convergence, α < 2β(1 − β²R²)/(1 + β²R²).

The Lyapunov function has one free weight c. It falls for c_lo < c < c_hi = (2β − α)/α, an interval
that is empty outside the region, and at c_hi it is bounded below by a multiple of ‖g^{k−1}‖²
exactly in the region; so both hold a little below c_hi. The certificates have R = 1: SimGD-O for G
with α and β is SimGD-O for G/R with αR and βR.
"""

from __future__ import annotations

from typing import Any

from sympy import symbols

from ...discretize.methods.optimistic import OptimisticSimGD
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form, Vector
from .theorem import Theorem, certified

ALPHA, BETA, WEIGHT = symbols("alpha beta c", positive=True)
METHOD = OptimisticSimGD(ALPHA, BETA)
OPERATOR = LipschitzMonotone(1)
REGION = {ALPHA: "alpha*(1 + beta^2) < 2*beta*(1 - beta^2)"}
HIGHEST = (2 * BETA - ALPHA) / ALPHA
"""c_hi."""


def lyapunov_function(c: Any = WEIGHT) -> Form:
    """Return V_k = ‖w^k − z*‖² + c‖z^k − z^{k−1}‖² − ½(α² + c(α² + 2αβ))‖g^{k−1}‖²."""
    v, p = step_vectors(METHOD), -(ALPHA**2 + c * (ALPHA**2 + 2 * ALPHA * BETA)) / 2
    w, d = v.z + BETA * v.previous.g - v.zstar, v.z - v.previous.z
    V: Form = w @ w + c * (d @ d) + p * (v.previous.g @ v.previous.g)
    return V


def second_weight(c: Any = WEIGHT) -> Any:
    """Return the weight of ‖g^k − g^{k−1}‖² in the certificate: positive for c > c_lo."""
    return (4 * c - (ALPHA + 2 * BETA) * (ALPHA + c * (ALPHA + 2 * BETA))) / 4


def prove() -> tuple[Certificate, ...]:
    """Prove the decrease for every c in its range, that there is one, and that V ≥ 0 at c_hi."""
    unit = Vector.generator("1")
    return certified(
        _decrease(), prove_nonnegative(second_weight(HIGHEST) * (unit @ unit), ranges=REGION),
        *_positivity(),
    )  # fmt: skip


def _decrease() -> Any:
    v, c = step_vectors(METHOD), WEIGHT
    first = ALPHA / 4 * (2 * BETA - (1 + c) * ALPHA)
    return prove_decrease(
        lyapunov_function(),
        METHOD,
        OPERATOR,
        multipliers={"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": c},
        squares=[(first, v.g + v.previous.g), (second_weight(), v.g - v.previous.g)],
        ranges={
            c: "(1 + c)*alpha < 2*beta",
            ALPHA: "(alpha + 2*beta)*(alpha + c*(alpha + 2*beta)) < 4*c",
        },
    )


def _positivity() -> tuple[Any, Any]:
    """Prove V_k ≥ m‖g^{k−1}‖² at c_hi, and m ≥ 0 in the region."""
    v, c, unit = step_vectors(METHOD), HIGHEST, Vector.generator("1")
    e, g, d = v.previous.z - v.zstar, v.previous.g, v.z - v.previous.z
    share = c / (1 + c)
    margin = share * (1 + BETA**2) - 2 * BETA**2
    above = prove_nonnegative(
        lyapunov_function(c) - margin * (g @ g),
        OPERATOR,
        system=METHOD,
        multipliers={"MON(k-1,*)": 2 * BETA * share, "LIP(k-1,*)": share},
        squares=[(1 + c, d + (e + BETA * g) / (1 + c))],
        ranges=REGION,
    )
    return above, prove_nonnegative(margin * (unit @ unit), ranges=REGION)


SIMGD_O_EXACT = Theorem(
    name="simgd-o-exact",
    system=METHOD,
    statement=(
        "SimGD-O converges for every monotone R-Lipschitz G with a zero if "
        "α < 2β(1 − β²R²)/(1 + β²R²), and only then: rotations of frequency R are the worst case. "
        "For OGDA, α = β, that is βR < 1/√3."
    ),
    tex=(
        r"V_{k+1} - V_k \le - \tfrac{\alpha}{4} (2\beta - (1+c)\alpha) \|g^k + g^{k-1}\|^2"
        r" - \tfrac14 \bigl(\tfrac{4c}{R^2} - (\alpha + 2\beta)(\alpha + c(\alpha + 2\beta))\bigr)"
        r" \|g^k - g^{k-1}\|^2"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "0 < α < 2β(1 − β²R²)/(1 + β²R²)"),
    argument=(
        "For c_lo < c < c_hi V falls by two squares with positive weights, which bound ‖g^k‖². "
        "At c_hi = (2β − α)/α the second weight is positive, so c_lo < c_hi, and V ≥ m‖g^{k−1}‖² "
        "with m > 0: both hold a little below c_hi. There V_k ≥ 0, so Σ‖g^k‖² < ∞."
    ),
    source="derived in this project",
    rate="min_{i≤k} ‖G(z^i)‖² = O(1/k)",
    prove=prove,
    not_checked=(
        "that z^k then tends to a saddle point, and that rotations need the condition (the "
        "Schur-Cohn conditions of ρ² − (1 − (α+β)λ)ρ − βλ at λ = iR)."
    ),
)
