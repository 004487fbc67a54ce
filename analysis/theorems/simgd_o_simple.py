"""SimGD-O: a short certificate, with condition α < 2β(1 − βR)/(1 + βR) and constant 27R².

With B = βR the Lyapunov function is V_k = ‖w^k − z*‖² + B‖z^k − z^{k−1}‖², w^k = z^k + βg^{k−1}.
"""

from __future__ import annotations

from sympy import symbols

from ...discretize.methods.optimistic import OptimisticSimGD
from ..basics.proof_outcome import ProofOutcome
from ..claims.step_motion import difference
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

ALPHA, R, B = symbols("alpha R B", positive=True)
BETA = B / R
METHOD = OptimisticSimGD(ALPHA, BETA)
FALL = 2 * ALPHA * BETA - ALPHA**2 * (1 + B) / (1 - B)
"""How much V falls in one step, as a multiple of ‖g^k‖²."""


def lyapunov_function() -> Form:
    """Return V_k = ‖w^k − z*‖² + B‖z^k − z^{k−1}‖²."""
    v = step_vectors(METHOD)
    w, d = v.z + BETA * v.previous.g - v.zstar, v.z - v.previous.z
    V: Form = w @ w + B * (d @ d)
    return V


def falls_by(amount: object, **ranges: str) -> ProofOutcome:
    """Prove V_k − V_{k+1} ≥ amount·‖g^k‖²."""
    v = step_vectors(METHOD)
    return prove_nonnegative(
        -difference(lyapunov_function(), METHOD) - amount * (v.g @ v.g),
        LipschitzMonotone(R),
        system=METHOD,
        multipliers={"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": B / R**2},
        ranges=ranges,
    )


def prove() -> tuple[Certificate, ...]:
    """Prove V_k − V_{k+1} ≥ (2αβ − α²(1+B)/(1−B))‖g^k‖² for 0 < B < 1."""
    return certified(falls_by(FALL, B="0 < B < 1"))


SIMGD_O_SIMPLE = Theorem(
    name="simgd-o-simple",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G, SimGD-O with 0 < α < 2β(1 − βR)/(1 + βR) has "
        "min_{i≤k} ‖G(z^i)‖² ≤ (1 + βR)²‖z^0 − z*‖²/((2αβ − α²(1+βR)/(1−βR))(k+1)); the constant "
        "is 27R² for βR = 1/2, αR = 1/6."
    ),
    tex=(
        r"V_k - V_{k+1} \ge \Bigl(2\alpha\beta - \alpha^2 \tfrac{1 + \beta R}{1 - \beta R}\Bigr)"
        r" \|G(z^k)\|^2"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "0 < βR < 1", "z^{−1} = z^0"),
    argument=(
        "V_k = ‖w^k − z*‖² + B‖z^k − z^{k−1}‖² ≥ 0, B = βR, falls by 2αMON(k,*) + (β/R)LIP(k,k−1) "
        "+ a square + (2αβ − α²(1+B)/(1−B))‖g^k‖² in each step, and V_0 = ‖z^0 + βg^0 − z*‖² ≤ "
        "(1 + B)²‖z^0 − z*‖²; sum over k."
    ),
    source="derived in this project",
    rate="min_{i≤k} ‖G(z^i)‖² ≤ 27R²‖z^0 − z*‖²/(k+1) at the best α and β",
    prove=prove,
    not_checked="that z^k tends to a saddle point.",
)
