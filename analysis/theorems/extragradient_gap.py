"""Extragradient: the duality gap of the average of the points h^k falls like 1/k."""

from __future__ import annotations

from sympy import symbols

from ...discretize.methods.extragradient import Extragradient
from ..claims.step_vectors import step_vectors
from ..classes.convex_concave import interpolation, split, value
from ..classes.monotone import LipschitzMonotone
from ..classes.operator_class import Point
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

SIZE, R = symbols("s R", positive=True)
METHOD = Extragradient(SIZE / R)


def prove() -> tuple[Certificate, ...]:
    """Prove 2α(L(h_x, y_u) − L(y_x, h_u)) ≤ ‖z^k − y‖² − ‖z^{k+1} − y‖² for αR ≤ 1."""
    v, y = step_vectors(METHOD), Vector.generator("y")
    h, before, after = v.half, v.z - y, v.z_next - y
    known = interpolation(Point("h", h.z, h.g), Point("y", y, Vector()))
    lipschitz = LipschitzMonotone(R).inequalities(h.z - v.z, h.g - v.g)["LIP"]
    gap = 2 * SIZE / R * (value("h", "y") - value("y", "h"))
    return certified(
        prove_nonnegative(
            split(before @ before - after @ after) - gap,
            assuming={**known, "LIP(h,k)": split(lipschitz)},
            ranges={SIZE: "0 < s <= 1"},
        )
    )


EXTRAGRADIENT_GAP = Theorem(
    name="extragradient-gap",
    system=METHOD,
    statement=(
        "For convex-concave L with R-Lipschitz G and αR ≤ 1, the average h̄ of the first k points "
        "h of extragradient has L(h̄_x, u) − L(x, h̄_u) ≤ ‖z^0 − y‖²/(2αk) for every y = (x, u)."
    ),
    tex=(
        r"2\alpha \bigl(L(h_x, u) - L(x, h_u)\bigr) \le"
        r" \|z^k - y\|^2 - \|z^{k+1} - y\|^2, \quad y = (x, u)"
    ),
    hypotheses=("L is convex in x and concave in u", "G is R-Lipschitz", "0 < αR ≤ 1"),
    argument=(
        "The difference of the two sides is 2α times the two inequalities of L at h, plus "
        "α²LIP(h,k) + α²(1 − α²R²)‖g^k‖². Sum over k, and use Jensen's inequality."
    ),
    source="Nemirovski 2004",
    rate="gap of the average ≤ ‖z^0 − y‖²/(2αk)",
    prove=prove,
    not_checked="Jensen's inequality for the average.",
)
