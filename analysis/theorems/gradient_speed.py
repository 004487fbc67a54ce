"""Gradient flow: the speed, which is the size of the operator, never increases."""

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
    """Prove that V = ½‖G(Z)‖² never increases."""
    v = flow_vectors(FLOW)
    return certified(prove_decrease(v.g @ v.g / 2, FLOW))


def bound(
    t: ArrayLike, flow: GradientFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ‖G(Z0)‖ at every time t."""
    start = np.linalg.norm(problem.operator(z0))
    return np.broadcast_to(start, np.shape(t)).astype(np.float64)


GRADIENT_SPEED = Theorem(
    name="gradient-speed",
    system=FLOW,
    statement="‖G(Z(t))‖ = ‖Ż(t)‖ never increases along the gradient flow of a monotone operator.",
    tex=r"\|G(Z(t))\| \le \|G(Z_0)\|",
    hypotheses=("G is monotone",),
    argument="V = ½‖G‖² has V̇ = −⟨Ġ, Ż⟩.",
    source="Brézis 1973, Chapter III; Ryu, Yuan, Yin 2019, Section 2",
    rate="‖G(Z(t))‖ ≤ ‖G(Z0)‖",
    prove=prove,
    quantity="operator_norm",
    bound=bound,
)
