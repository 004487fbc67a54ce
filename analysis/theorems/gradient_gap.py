"""Gradient flow: the duality gap of the time average falls like 1/t, rotations or not."""

from __future__ import annotations

from ...flows.gradient import GradientFlow
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..classes.convex_concave import interpolation, split, value
from ..classes.operator_class import Point
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

FLOW = GradientFlow()


def prove() -> tuple[Certificate, ...]:
    """Prove L(X, y_u) − L(y_x, U) ≤ −d/dt ½‖Z − y‖² for every point y."""
    v = flow_vectors(FLOW)
    e = v.z - v.zstar  # z* is any point here: nothing but its place is used
    here, there = Point("Z", v.z, v.g), Point("y", v.zstar, Vector())
    rest = split(-time_derivative(e @ e / 2, FLOW)) - (value("Z", "y") - value("y", "Z"))
    return certified(prove_nonnegative(rest, assuming=interpolation(here, there)))


GRADIENT_GAP = Theorem(
    name="gradient-gap",
    system=FLOW,
    statement=(
        "Along the gradient flow of a convex-concave L the average Z̄(t) of Z over [0, t] has "
        "L(X̄, u) − L(x, Ū) ≤ ‖Z0 − y‖²/(2t) for every y = (x, u)."
    ),
    tex=r"L(X, u) - L(x, U) \le - \frac{d}{dt} \tfrac12 \|Z - y\|^2, \quad y = (x, u)",
    hypotheses=("L is convex in x and concave in u", "G = (∂_x L, −∂_u L)"),
    argument=(
        "−d/dt ½‖Z − y‖² = ⟨G, Z − y⟩ = ⟨∂_x L, X − x⟩ − ⟨∂_u L, U − u⟩, and by convexity and "
        "concavity this is ≥ L(X, u) − L(x, U). Integrate, and use Jensen's inequality."
    ),
    source="classical (Nemirovski, Yudin 1978, for averages); in this form derived in this project",
    rate="gap of the average ≤ ‖Z0 − y‖²/(2t)",
    prove=prove,
    not_checked="Jensen's inequality for the average.",
)
