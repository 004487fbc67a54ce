"""Extragradient: Fejér monotone, ‖G‖ never increases, and the rate these two give together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import symbols

from ...discretize.methods.extragradient import Extragradient
from ...flows.problems.problem import SaddleProblem
from ..claims.step_motion import difference
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from .theorem import Theorem, certified

SIZE, R = symbols("s R", positive=True)
METHOD = Extragradient(SIZE / R)
RANGES = {SIZE: "0 < s < 1"}


def prove() -> tuple[Certificate, ...]:
    """Prove ‖z⁺ − z*‖² ≤ ‖z − z*‖² − α²(1 − α²R²)‖g‖² and ‖g⁺‖ ≤ ‖g‖, with α = s/R, s < 1."""
    v, operator = step_vectors(METHOD), LipschitzMonotone(R)
    e, alpha = v.z - v.zstar, SIZE / R
    fall = -difference(e @ e, METHOD) - alpha**2 * (1 - SIZE**2) * (v.g @ v.g)
    return certified(
        prove_nonnegative(fall, operator, system=METHOD, ranges=RANGES),
        prove_decrease(
            v.g @ v.g,
            METHOD,
            operator,
            multipliers={"MON(k+1,k)": 2 / alpha, "LIP(k+1,k+1/2)": 1},
            ranges=RANGES,
        ),
    )


def bound(
    k: ArrayLike, method: Extragradient, problem: SaddleProblem, z0: ArrayLike
) -> NDArray[np.float64]:
    """Return ``dist(z^0, Z*)/(α√((1 − α²R²)(k+1)))``; ∞ unless αR < 1."""
    alpha, lipschitz = float(method.alpha), problem.lipschitz()
    left = max(1 - alpha**2 * lipschitz**2, 0.0)
    with np.errstate(divide="ignore"):
        size = np.float64(problem.distance(z0)) / (alpha * np.sqrt(left))
    return np.asarray(size / np.sqrt(np.asarray(k, dtype=np.float64) + 1))


EXTRAGRADIENT_RATE = Theorem(
    name="extragradient-rate",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G and αR < 1, extragradient has "
        "‖G(z^k)‖² ≤ ‖z^0 − z*‖²/(α²(1 − α²R²)(k+1)), and ‖G(z^k)‖ never increases; with "
        "αR = 1/√2 the constant is 4R²."
    ),
    tex=r"\|G(z^k)\|^2 \le \frac{\|z^0 - z^\star\|^2}{\alpha^2 (1 - \alpha^2 R^2) (k+1)}",
    hypotheses=("G is monotone and R-Lipschitz", "0 < αR < 1"),
    argument=(
        "‖z⁺ − z*‖² − ‖z − z*‖² = −2αMON(k+1/2,*) − α²(1 − α²R²)‖g‖² − α²LIP(k+1/2,k), and "
        "‖g⁺‖² − ‖g‖² = −(2/α)MON(k+1,k) − LIP(k+1,k+1/2) − (1 − α²R²)‖g^{k+1/2} − g‖²; sum the "
        "first and use the second."
    ),
    source="Korpelevich 1976; the last-iterate rate in this form is derived in this project",
    rate="‖G(z^k)‖² ≤ 4R²‖z^0 − z*‖²/(k+1) for αR = 1/√2",
    prove=prove,
    quantity="operator_norm",
    bound=bound,
)
