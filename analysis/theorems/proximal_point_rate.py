"""Proximal point: Fejér monotone, ‖g‖ never increases, and the rate these two give together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol

from ...discretize.methods.proximal import ProximalPoint
from ...flows.problems.problem import SaddleProblem
from ..claims.step_motion import difference
from ..claims.step_vectors import step_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Vector
from .theorem import Theorem, certified

ALPHA = Symbol("alpha", positive=True)
METHOD = ProximalPoint(ALPHA)


def prove() -> tuple[Certificate, ...]:
    """Prove ‖z⁺ − z*‖² ≤ ‖z − z*‖² − α²‖g⁺‖² and ‖g⁺‖ ≤ ‖g‖."""
    v = step_vectors(METHOD)
    e, g_next = v.z - v.zstar, Vector.generator("g^{k+1}")
    fall = -difference(e @ e, METHOD) - ALPHA**2 * (g_next @ g_next)
    return certified(
        prove_nonnegative(fall, system=METHOD),
        prove_decrease(v.g @ v.g, METHOD, multipliers={"MON(k+1,k)": 2 / ALPHA}),
    )


def bound(
    k: ArrayLike, method: ProximalPoint, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``dist(z^0, Z*)/(α√k)``, ∞ at k = 0."""
    with np.errstate(divide="ignore"):
        factor = 1 / (float(method.alpha) * np.sqrt(np.asarray(k, dtype=np.float64)))
    distance = problem.distance(z0)
    return factor * distance if distance > 0 else np.zeros_like(factor)


PROXIMAL_POINT_RATE = Theorem(
    name="proximal-point-rate",
    system=METHOD,
    statement=(
        "For maximal monotone G and every α > 0 the proximal point method has, with "
        "g^k = (z^{k−1} − z^k)/α ∈ G(z^k), ‖g^k‖² ≤ ‖z^0 − z*‖²/(α²k), and ‖g^k‖ never increases."
    ),
    tex=r"\|g^k\|^2 \le \frac{\|z^0 - z^\star\|^2}{\alpha^2 k}",
    hypotheses=("G is maximal monotone", "α > 0"),
    argument=(
        "‖z⁺ − z*‖² − ‖z − z*‖² = −2αMON(k+1,*) − α²‖g⁺‖², and "
        "‖g⁺‖² − ‖g‖² = −(2/α)MON(k+1,k) − ‖g⁺ − g‖²; sum the first and use the second."
    ),
    source="Martinet 1970; Rockafellar 1976; Brézis, Lions 1978",
    rate="‖g^k‖² ≤ ‖z^0 − z*‖²/(α²k)",
    prove=prove,
    not_checked="the tight factor (k−1)^{k−1}/k^k in place of 1/k (Gu, Yang 2019).",
    quantity="operator_norm",
    bound=bound,
)
