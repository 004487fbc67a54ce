"""SSSGD-A with ε = 0: the inequality along the resolvent path τ ↦ ζ = J_τ z^0 it rests on."""

from __future__ import annotations

from sympy import symbols

from ...discretize.methods.anchored import AnchoredSimGD
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

TAU, GROWTH = symbols("tau r", positive=True)


def prove() -> tuple[Certificate, ...]:
    """Prove (1 + r/2)‖ζ' − ζ‖² ≤ (r/2)(‖ζ' − z^0‖² − ‖ζ − z^0‖²) for τ' = (1 + r)τ."""
    z0, near, far = (Vector.generator(name) for name in ("z0", "ζ", "ζ'"))
    g, g_far = (z0 - near) / TAU, (z0 - far) / (TAU * (1 + GROWTH))
    move, a, b = far - near, near - z0, far - z0
    rest = GROWTH / 2 * (b @ b - a @ a) - (1 + GROWTH / 2) * (move @ move)
    return certified(prove_nonnegative(rest, assuming={"MON(ζ',ζ)": (g_far - g) @ move}))


SSSGD_A_PATH = Theorem(
    name="sssgd-a-path",
    system=AnchoredSimGD(*symbols("p gamma", positive=True)),
    statement=(
        "With ζ = J_τ z^0, ζ' = J_τ' z^0, τ' > τ and r = τ'/τ − 1, monotone G has "
        "(1 + r/2)‖ζ' − ζ‖² ≤ (r/2)(‖ζ' − z^0‖² − ‖ζ − z^0‖²)."
    ),
    tex=(
        r"(1 + \tfrac r2) \|\zeta' - \zeta\|^2 \le"
        r" \tfrac r2 \bigl(\|\zeta' - z^0\|^2 - \|\zeta - z^0\|^2\bigr)"
    ),
    hypotheses=("G is maximal monotone", "τ' > τ > 0"),
    argument=(
        "(z^0 − ζ)/τ and (z^0 − ζ')/τ' are values of G at ζ and ζ'; the difference of the two "
        "sides is τ'⟨G(ζ') − G(ζ), ζ' − ζ⟩."
    ),
    source="derived in this project",
    rate="Σ‖ζ' − ζ‖²/r ≤ ½ sup‖ζ − z^0‖² along any increasing sequence of τ",
    prove=prove,
    not_checked=(
        "that SSSGD-A with ε = 0 therefore tends to P(z^0) almost surely and in mean square (the "
        "paper's Theorem 4 is about small ε > 0, and conjectures it for ε = 0)."
    ),
)
