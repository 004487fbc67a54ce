"""Optimistic flow: ``‖W − z*‖``, W = Z + βG(Z), never increases, and neither does ‖G‖."""

from __future__ import annotations

from sympy import symbols

from ...flows.optimistic import OptimisticFlow
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from .theorem import Theorem, certified

ALPHA, BETA = symbols("alpha beta", positive=True)
FLOW = OptimisticFlow(ALPHA, BETA)


def prove() -> tuple[Certificate, ...]:
    """Prove d/dt ½‖W − z*‖² ≤ −αβ‖G‖² and that ½‖G‖² never increases."""
    v = flow_vectors(FLOW)
    w = v.z + BETA * v.g - v.zstar
    fall = -time_derivative(w @ w / 2, FLOW) - ALPHA * BETA * (v.g @ v.g)
    return certified(prove_nonnegative(fall, system=FLOW), prove_decrease(v.g @ v.g / 2, FLOW))


OPTIMISTIC_DISTANCE = Theorem(
    name="optimistic-distance",
    system=FLOW,
    statement=(
        "Along the optimistic flow of a monotone operator, with W = Z + βG(Z), "
        "d/dt ½‖W − z*‖² ≤ −αβ‖G‖², and ‖G(Z(t))‖ never increases."
    ),
    tex=r"\frac{d}{dt} \tfrac12 \|W - z^\star\|^2 \le -\alpha \beta \|G(Z)\|^2",
    hypotheses=("G is monotone", "α, β > 0"),
    argument=(
        "Ẇ = −αG, so d/dt ½‖W − z*‖² = −α⟨G, Z − z*⟩ − αβ‖G‖². And "
        "½ d/dt‖G‖² = −(1/α)⟨Ġ, Ż⟩ − (β/α)‖Ġ‖²."
    ),
    source="Ryu, Yuan, Yin 2019, Section 3",
    rate="∫‖G(Z)‖² dt ≤ ‖Z0 + βG(Z0) − z*‖²/(2αβ)",
    prove=prove,
    not_checked="that Z(t) tends to a saddle point.",
)
