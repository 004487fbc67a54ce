"""SimGD-O, Theorem 2 of the paper: its condition, with its constant, from the short certificate."""

from __future__ import annotations

from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .simgd_o_simple import ALPHA, BETA, METHOD, B, R, falls_by
from .theorem import Theorem, certified

FALL = ALPHA * (2 * BETA * (1 - 2 * B) - ALPHA)


def prove() -> tuple[Certificate, ...]:
    """Prove that V falls by α(2β(1−2βR) − α)‖g^k‖², and V_0 ≤ (2 + 2β²R²)‖z^0 − z*‖²."""
    z, zstar, g = (Vector.generator(name) for name in ("Z", "z*", "G"))
    e = z - zstar
    start = (2 + 2 * B**2) * (e @ e) - (e + BETA * g) @ (e + BETA * g)
    return certified(
        falls_by(FALL, B="0 < B < 1/2", alpha="alpha*R < 2*B*(1 - 2*B)"),
        prove_nonnegative(start, LipschitzMonotone(R), multipliers={"LIP": 2 * BETA**2}),
    )


SIMGD_O_PAPER = Theorem(
    name="simgd-o-theorem-2",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G, SimGD-O with 0 < α < 2β(1 − 2βR) has min_{i≤k} ‖G(z^i)‖² ≤ "
        "(2 + 2β²R²)‖z^0 − z*‖²/(α(2β(1 − 2βR) − α)(k+1))."
    ),
    tex=(
        r"\min_{i \le k} \|G(z^i)\|^2 \le \frac{(2 + 2\beta^2 R^2) \|z^0 - z^\star\|^2}"
        r"{\alpha (2\beta(1 - 2\beta R) - \alpha) (k+1)}"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "0 < α < 2β(1 − 2βR)", "z^{−1} = z^0"),
    argument=(
        "V_k = ‖w^k − z*‖² + βR‖z^k − z^{k−1}‖² falls by at least α(2β(1−2βR) − α)‖g^k‖² in each "
        "step, and V_0 = ‖z^0 + βg^0 − z*‖² ≤ (2 + 2β²R²)‖z^0 − z*‖²; sum over k."
    ),
    source="Ryu, Yuan, Yin 2019, Theorem 2; this certificate is derived in this project",
    rate="min_{i≤k} ‖G(z^i)‖² ≤ 136R²‖z^0 − z*‖²/(k+1) for α = 1/(8R), β = 2α (Corollary 1)",
    prove=prove,
    not_checked="that z^k tends to a saddle point.",
)
