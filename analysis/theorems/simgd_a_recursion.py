"""SimGD-A: the recursion of its differences d_k = z^{k+1} − z^k, on which Theorem 3 rests.

Two steps with any step sizes h, h' and anchor weights c, c' stand for all schedules.
"""

from __future__ import annotations

from sympy import symbols

from ...discretize.methods.anchored import AnchoredSimGD
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

STEP, NEXT_STEP, PULL, NEXT_PULL, R = symbols("h h_next c c_next R", positive=True)
SHRINK = NEXT_STEP / STEP - NEXT_PULL
"""A_k = 1 − c_{k+1} − (h_k − h_{k+1})/h_k."""
DRIFT = NEXT_PULL - PULL * NEXT_STEP / STEP
"""E_k = ((h_k − h_{k+1})/h_k)c_k + c_{k+1} − c_k."""


def prove() -> tuple[Certificate, ...]:
    """Prove ‖d_{k+1} − E_k(z^0 − z^k)‖² ≤ (A_k² + h_{k+1}²R²)‖d_k‖² when A_k > 0."""
    z, z0, g, g_next = (Vector.generator(n) for n in ("z^{k}", "z^{0}", "g^{k}", "g^{k+1}"))
    d = -STEP * g + PULL * (z0 - z)
    d_next = -NEXT_STEP * g_next + NEXT_PULL * (z0 - z - d)
    moved, change = d_next - DRIFT * (z0 - z), g_next - g
    size = SHRINK**2 + NEXT_STEP**2 * R**2
    return certified(
        prove_nonnegative(
            size * (d @ d) - moved @ moved,
            assuming={"MON(k+1,k)": change @ d, "LIP(k+1,k)": R**2 * (d @ d) - change @ change},
            multipliers={"MON(k+1,k)": 2 * SHRINK * NEXT_STEP, "LIP(k+1,k)": NEXT_STEP**2},
            ranges={NEXT_PULL: "c_next*h < h_next"},
        )
    )


SIMGD_A_RECURSION = Theorem(
    name="simgd-a-theorem-3",
    system=AnchoredSimGD(*symbols("p gamma", positive=True)),
    statement=(
        "For monotone R-Lipschitz G, SimGD-A with p ∈ (1/2, 1) and γ ≥ 2 has "
        "‖G(z^k)‖² = O(1/k^{2−2p}) at the last iterate; γ > 1 suffices."
    ),
    tex=(
        r"\|d_{k+1}\| \le \sqrt{A_k^2 + h_{k+1}^2 R^2} \, \|d_k\| + |E_k| \, \|z^0 - z^k\|, \quad"
        r" d_k = z^{k+1} - z^k"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "1/2 < p < 1", "γ ≥ 2, or γ > 1", "A_k > 0"),
    argument=(
        "d_{k+1} = A_k d_k − h_{k+1}(g^{k+1} − g^k) + E_k(z^0 − z^k), so "
        "(A_k² + h_{k+1}²R²)‖d_k‖² − ‖d_{k+1} − E_k(z^0 − z^k)‖² = "
        "2A_k h_{k+1}MON(k+1,k) + h_{k+1}²LIP(k+1,k) ≥ 0. Here A_k = 1 − (p + (1−p)γ)/k + …, "
        "E_k = O(1/k²) and Σh_k² < ∞, which gives ‖d_k‖ = O(1/k) when γ > 1, and "
        "h_k g^k = c_k(z^0 − z^k) − d_k."
    ),
    source="Ryu, Yuan, Yin 2019, Theorem 3; the recursion is derived in this project",
    rate="‖G(z^k)‖² = O(1/k^{2−2p})",
    prove=prove,
    not_checked=(
        "that z^k stays bounded, and how the recursion of numbers behaves for large k: both are "
        "arguments about limits."
    ),
)
