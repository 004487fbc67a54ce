"""Gradient flow: the distance to every saddle point never increases."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...flows.gradient import GradientFlow
from ...flows.problems.problem import SaddleProblem
from ..claims.flow_vectors import flow_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease
from .theorem import Theorem, certified

FLOW = GradientFlow()


def prove() -> tuple[Certificate, ...]:
    """Prove that V = ½‖Z − z*‖² never increases."""
    v = flow_vectors(FLOW)
    e = v.z - v.zstar
    return certified(prove_decrease(e @ e / 2, FLOW))


def bound(
    t: ArrayLike, flow: GradientFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return dist(Z0, Z*) at every time t."""
    return np.broadcast_to(problem.distance(z0), np.shape(t)).astype(np.float64)


GRADIENT_DISTANCE = Theorem(
    name="gradient-distance",
    system=FLOW,
    statement="‖Z(t) − z*‖ never increases along the gradient flow of a monotone operator.",
    tex=r"\|Z(t) - z^\star\| \le \|Z_0 - z^\star\|",
    hypotheses=("G is monotone",),
    argument="V = ½‖Z − z*‖² has V̇ = −⟨G, Z − z*⟩.",
    source="Brézis 1973, Chapter III; Ryu, Yuan, Yin 2019, Section 2",
    rate="‖Z(t) − z*‖ ≤ ‖Z0 − z*‖",
    prove=prove,
    quantity="distance",
    bound=bound,
)
