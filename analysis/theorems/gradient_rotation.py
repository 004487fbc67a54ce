"""Gradient flow of a bilinear function: it rotates, and converges to nothing."""

from __future__ import annotations

from ...flows.gradient import GradientFlow
from ..claims.flow_vectors import flow_vectors
from ..classes.linear_skew import LinearSkew
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease
from .theorem import Theorem, certified

FLOW = GradientFlow()


def prove() -> tuple[Certificate, ...]:
    """Prove that neither ±‖Z − z*‖² nor ±‖G‖² increases."""
    v, skew = flow_vectors(FLOW), LinearSkew()
    e = v.z - v.zstar
    kept = (e @ e, v.g @ v.g)
    return certified(*(prove_decrease(sign * V, FLOW, skew) for V in kept for sign in (1, -1)))


GRADIENT_ROTATION = Theorem(
    name="gradient-rotation",
    system=FLOW,
    statement=(
        "Along the gradient flow of a bilinear function, ‖Z(t) − z*‖ and ‖G(Z(t))‖ are constant: "
        "it converges only if it starts at a saddle point."
    ),
    tex=r"\frac{d}{dt} \|Z - z^\star\|^2 = \frac{d}{dt} \|G(Z)\|^2 = 0",
    hypotheses=("G is linear and skew: L = ⟨x, Au⟩ up to the choice of the origin",),
    argument="V = ±‖Z − z*‖² and V = ±‖G‖² have V̇ = 0, since ⟨G, Z − z*⟩ = 0 and ⟨Ġ, Ż⟩ = 0.",
    source="Ryu, Yuan, Yin 2019, Section 2",
    rate="none: ‖G(Z(t))‖ = ‖G(Z0)‖",
    prove=prove,
)
