"""EAG-V: its potential never increases, and the step sizes are the largest for which it does so.

α_k is one number in the step k, and α_{k+1} a rational function of it and of k.
"""

from __future__ import annotations

from sympy import Expr, symbols

from ...discretize.methods.extra_anchored import EAGC
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

SIZE, FIRST, R = symbols("s s0 R", positive=True)
METHOD = EAGC(SIZE / R)
"""One step of EAG-V with α_k = s/R is one of EAG-C."""


def next_size(k: Expr) -> Expr:
    """Return Rα_{k+1} from s = Rα_k."""
    square = SIZE**2
    return SIZE * (1 - square / ((k + 1) * (k + 3) * (1 - square)))


def prove() -> tuple[Certificate, ...]:
    """Prove V_{k+1} ≤ V_k for V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩, 0 < s < 3/4, and the bound.

    The bound is ``(A_k/2)‖g^k‖² ≤ (Rs_0 + (k+1)²/(2A_k))‖z^0 − z*‖²``, s_0 = Rα_0, if V_k ≤ V_0.
    """
    v, g_next, operator = step_vectors(METHOD), Vector.generator("g^{k+1}"), LipschitzMonotone(R)
    k = v.k
    A = SIZE / R * (k + 1) * (k + 2) / 2
    A_next = next_size(k) / R * (k + 2) * (k + 3) / 2
    V = A * (v.g @ v.g) + (k + 1) * (v.g @ (v.z - v.z0))
    V_next = A_next * (g_next @ g_next) + (k + 2) * (g_next @ (v.z_next - v.z0))
    e0 = v.z0 - v.zstar
    start = FIRST * R * (e0 @ e0)  # V_0 = A_0‖g^0‖² ≤ A_0R²‖z^0 − z*‖²
    rest = start + (k + 1) ** 2 / (2 * A) * (e0 @ e0) - A / 2 * (v.g @ v.g)
    weights = {"MON(k+1,k)": (k + 1) * (k + 2), "LIP(k+1,k+1/2)": A / SIZE**2}
    return certified(
        prove_nonnegative(
            V - V_next,
            operator,
            system=METHOD,
            multipliers=weights,
            ranges={SIZE: "0 < s < 3/4"},
        ),
        prove_nonnegative(
            rest,
            operator,
            system=METHOD,
            assuming={"V_0 - V": start - V},
            multipliers={"V_0 - V": 1, "MON(k,*)": k + 1},
        ),
    )


EAG_V_RATE = Theorem(
    name="eag-v-rate",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G and α_0R < 3/4, EAG-V has ‖G(z^k)‖² ≤ "
        "(4(1 + α_0α_∞R²)/α_∞²)‖z^0 − z*‖²/((k+1)(k+2)): 27R² for α_0R = 0.618."
    ),
    tex=(
        r"\|G(z^k)\|^2 \le \frac{4 (1 + \alpha_0 \alpha_\infty R^2)}{\alpha_\infty^2}"
        r" \frac{\|z^0 - z^\star\|^2}{(k+1)(k+2)}"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "0 < α_0R < 3/4"),
    argument=(
        "V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩, A_k = α_k(k+1)(k+2)/2, falls by "
        "(k+1)(k+2)MON(k+1,k) + (A_k/(α_k²R²))LIP(k+1,k+1/2) and a square; V_0 ≤ "
        "A_0R²‖z^0 − z*‖², and (A_k/2)‖g^k‖² ≤ V_k + (k+1)²‖z^0 − z*‖²/(2A_k)."
    ),
    source="Yoon, Ryu 2021",
    rate="‖G(z^k)‖² ≤ 27R²‖z^0 − z*‖²/((k+1)(k+2)) for α_0R = 0.618",
    prove=prove,
    not_checked="that the step sizes stay above α_∞ > 0.",
)
