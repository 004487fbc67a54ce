"""Fast OGDA flow: its energy never increases, and ``‖G(Z(t))‖ ≤ 2√(A−1)‖Z0 − z*‖/(bt)``.

The energy is that of its source, for every l with 1 ≤ l ≤ A − 1. Written A = 1 + l + s, the
condition is l ≥ 1 and s ≥ 0, a region for which signs can be decided.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol

from ...flows.fast_ogda import FastOGDAFlow
from ...flows.flow import numerical
from ...flows.problems.problem import SaddleProblem
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

DAMPING, WEIGHT = Symbol("A", positive=True), Symbol("b", positive=True)
LEVEL, SLACK = Symbol("l", positive=True), Symbol("s", nonnegative=True)
FLOW = FastOGDAFlow(DAMPING, WEIGHT)
SPLIT = FastOGDAFlow(1 + LEVEL + SLACK, WEIGHT)
"""The flow with A = 1 + l + s."""


def energy(flow: FastOGDAFlow = SPLIT, l: Any = LEVEL) -> Form:  # noqa: E741 (as on paper)
    """Return E = ½‖2le + t(2Ż + bG)‖² + 2l(A−1−l)‖e‖² + 2lbt⟨e, G⟩ + ½b²t²‖G‖², e = Z − z*."""
    v, A, b = flow_vectors(flow), flow.A, flow.b
    e = v.z - v.zstar
    w = 2 * l * e + v.t * (2 * v.z_dot + b * v.g)
    E: Form = (
        w @ w / 2
        + 2 * l * (A - 1 - l) * (e @ e)
        + 2 * l * b * v.t * (e @ v.g)
        + b**2 * v.t**2 / 2 * (v.g @ v.g)
    )
    return E


def identity() -> tuple[Form, Form]:
    """Return Ė and what it is on paper: the same form, for every A, b and l."""
    v, A, b, l = flow_vectors(SPLIT), SPLIT.A, WEIGHT, LEVEL  # noqa: E741 (as on paper)
    e, w = v.z - v.zstar, v.z_dot + b / 2 * v.g
    right = (
        -2 * l * b * (A - 2) * (e @ v.g)
        - 2 * b * v.t**2 * (v.z_dot @ v.g_dot)
        - 4 * (A - 1 - l) * v.t * (w @ w)
        - (l - 1) * b**2 * v.t * (v.g @ v.g)
    )
    return time_derivative(energy(), SPLIT), right


def prove() -> tuple[Certificate, ...]:
    """Prove that E never increases for 1 ≤ l ≤ A−1, and that ½b²t²‖G‖² ≤ E for l = 1."""
    ranges = {LEVEL: "l >= 1", SLACK: "s >= 0"}
    first = FastOGDAFlow(2 + SLACK, WEIGHT)
    v = flow_vectors(first)
    rest = energy(first, 1) - WEIGHT**2 * v.t**2 / 2 * (v.g @ v.g)
    return certified(
        prove_decrease(energy(), SPLIT, ranges=ranges),
        prove_nonnegative(rest, multipliers={"MON": 2 * WEIGHT * v.t}, ranges={SLACK: "s >= 0"}),
    )


def bound(
    t: ArrayLike, flow: FastOGDAFlow, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``2√(A−1) dist(Z0, Z*)/(bt)`` at times t > 0 (∞ at t = 0)."""
    numbers = numerical(flow)
    size = 2 * np.sqrt(numbers.A - 1) / numbers.b * problem.distance(z0)
    with np.errstate(divide="ignore"):
        factor = 1 / np.asarray(t, dtype=np.float64)
    return factor * size if size > 0 else np.zeros_like(factor)


FAST_OGDA_RATE = Theorem(
    name="fast-ogda-rate",
    system=FLOW,
    statement=(
        "Along the fast OGDA flow of a monotone operator from Z(0) = Y(0) = Z0, "
        "‖G(Z(t))‖ ≤ 2√(A−1)‖Z0 − z*‖/(bt) for all A ≥ 2 and b, t > 0."
    ),
    tex=r"\|G(Z(t))\| \le \frac{2 \sqrt{A - 1} \|Z_0 - z^\star\|}{b t}",
    hypotheses=("G is monotone", "A ≥ 2", "b, t > 0"),
    argument=(
        "With e = Z − z*, E = ½‖2le + t(2Ż + bG)‖² + 2l(A−1−l)‖e‖² + 2lbt⟨e, G⟩ + ½b²t²‖G‖² has "
        "Ė = −2lb(A−2)⟨e, G⟩ − 2bt²⟨Ż, Ġ⟩ − 4(A−1−l)t‖Ż + ½bG‖² − (l−1)b²t‖G‖² ≤ 0 for "
        "1 ≤ l ≤ A−1 (A = 1 + l + s in the certificate). As t → 0, Ż stays bounded and "
        "E → 2l(A−1)‖Z0 − z*‖². For l = 1, ½b²t²‖G‖² ≤ E(t) ≤ 2(A−1)‖Z0 − z*‖²."
    ),
    source=(
        "the energy, from t₀ > 0, is Boţ, Csetnek, Nguyen 2022; the start at t = 0 and the "
        "constant are derived in this project"
    ),
    rate="‖G(Z(t))‖² = O(1/t²)",
    prove=prove,
    not_checked="that Ż stays bounded as t → 0, and so the limit of E.",
    quantity="operator_norm",
    bound=bound,
)
