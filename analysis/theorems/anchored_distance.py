"""Anchored flow: no point is farther from a saddle point than the anchor is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol

from ...flows.anchored import AnchoredFlow
from ...flows.problems.problem import SaddleProblem
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

GAMMA = Symbol("gamma", positive=True)
FLOW = AnchoredFlow(GAMMA)


def excess() -> Form:
    """Return D = ½‖Z − z*‖² − ½‖Z0 − z*‖²."""
    v = flow_vectors(FLOW)
    e, e0 = v.z - v.zstar, v.z0 - v.zstar
    return (e @ e - e0 @ e0) / 2


def prove() -> tuple[Certificate, ...]:
    """Prove that Ḋ + (γ/t) D ≤ 0."""
    t, D = flow_vectors(FLOW).t, excess()
    return certified(prove_nonnegative(-time_derivative(D, FLOW) - (GAMMA / t) * D))


def bound(
    t: ArrayLike, flow: AnchoredFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return dist(Z0, Z*) at every time t."""
    return np.broadcast_to(problem.distance(z0), np.shape(t)).astype(np.float64)


ANCHORED_DISTANCE = Theorem(
    name="anchored-distance",
    system=FLOW,
    statement=(
        "Along the anchored flow of a monotone operator, ‖Z(t) − z*‖ ≤ ‖Z0 − z*‖ for all γ, t > 0."
    ),
    tex=r"\|Z(t) - z^\star\| \le \|Z_0 - z^\star\|",
    hypotheses=("G is monotone", "γ > 0"),
    argument=(
        "D = ½‖Z − z*‖² − ½‖Z0 − z*‖² has Ḋ + (γ/t)D = −⟨G, Z − z*⟩ − (γ/2t)‖Z − Z0‖² ≤ 0, so "
        "t^γ D never increases; it tends to 0 as t → 0, so D ≤ 0."
    ),
    source="Ryu, Yuan, Yin 2019, Section 4",
    rate="‖Z(t) − z*‖ ≤ ‖Z0 − z*‖",
    prove=prove,
    not_checked="that t^γ D tends to 0 as t → 0.",
    quantity="distance",
    bound=bound,
)
