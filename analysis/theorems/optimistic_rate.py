"""Optimistic flow: ``‖G(Z(t))‖² ≤ ‖Z0 + βG(Z0) − z*‖²/(2αβt)``, at the last point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol

from ...flows.flow import numerical
from ...flows.optimistic import OptimisticFlow
from ...flows.problems.problem import SaddleProblem
from ..claims.flow_vectors import flow_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

ALPHA, BETA = Symbol("alpha", positive=True), Symbol("beta", positive=True)
FLOW = OptimisticFlow(ALPHA, BETA)


def lyapunov_function() -> Form:
    """Return E = ½‖W − z*‖² + αβt‖G‖² with W = Z + βG."""
    v = flow_vectors(FLOW)
    x = v.z + BETA * v.g - v.zstar
    E: Form = x @ x / 2 + ALPHA * BETA * v.t * (v.g @ v.g)
    return E


def prove() -> tuple[Certificate, ...]:
    """Prove that E never increases, and that αβt‖G‖² ≤ E."""
    v, E = flow_vectors(FLOW), lyapunov_function()
    return certified(
        prove_decrease(E, FLOW), prove_nonnegative(E - ALPHA * BETA * v.t * (v.g @ v.g))
    )


def bound(
    t: ArrayLike, flow: OptimisticFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``dist(Z0 + βG(Z0), Z*)/√(2αβt)`` at times t > 0 (∞ if β = 0 or t = 0)."""
    numbers, start = numerical(flow), np.asarray(z0, dtype=np.float64)
    size = problem.distance(start + numbers.beta * problem.operator(start))
    with np.errstate(divide="ignore"):
        factor = 1 / np.sqrt(2 * numbers.alpha * numbers.beta * np.asarray(t, dtype=np.float64))
    return factor * size if size > 0 else np.zeros_like(factor)


OPTIMISTIC_RATE = Theorem(
    name="optimistic-rate",
    system=FLOW,
    statement=(
        "Along the optimistic flow of a monotone operator, "
        "‖G(Z(t))‖² ≤ ‖Z0 + βG(Z0) − z*‖²/(2αβt) for all α, β, t > 0."
    ),
    tex=r"\|G(Z(t))\|^2 \le \frac{\|Z_0 + \beta G(Z_0) - z^\star\|^2}{2 \alpha \beta t}",
    hypotheses=("G is monotone", "α, β, t > 0"),
    argument=(
        "E = ½‖Z + βG − z*‖² + αβt‖G‖² has Ė = −α⟨G, Z − z*⟩ − 2βt⟨Ġ, Ż⟩ − 2β²t‖Ġ‖², and it is "
        "continuous at t = 0, so αβt‖G(Z(t))‖² ≤ E(t) ≤ E(0) = ½‖Z0 + βG(Z0) − z*‖²."
    ),
    source="Ryu, Yuan, Yin 2019, Section 3",
    rate="‖G(Z(t))‖² = O(1/t)",
    prove=prove,
    not_checked="that E tends to E(0) as t → 0.",
    quantity="operator_norm",
    bound=bound,
)
