"""FEG: ``‖G(z^k)‖² ≤ 4R²‖z^0 − z*‖²/k²`` at the step 1/R."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol

from ...discretize.methods.fast_extragradient import FEG
from ...flows.problems.problem import SaddleProblem
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

R = Symbol("R", positive=True)
METHOD = FEG(1 / R)


def lyapunov_function() -> Form:
    """Return V_k = (k²/2R)‖g^k‖² + k⟨g^k, z^k − z^0⟩."""
    v = step_vectors(METHOD)
    V: Form = v.k**2 / (2 * R) * (v.g @ v.g) + v.k * (v.g @ (v.z - v.z0))
    return V


def prove() -> tuple[Certificate, ...]:
    """Prove that V never increases, and that V ≤ 0 gives the bound."""
    v, V, operator = step_vectors(METHOD), lyapunov_function(), LipschitzMonotone(R)
    k, e0 = v.k, v.z0 - v.zstar
    steps = {"MON(k+1,k)": k * (k + 1), "LIP(k+1,k+1/2)": (k + 1) ** 2 / (2 * R)}
    rest = 4 * R**2 * (e0 @ e0) - k**2 * (v.g @ v.g)
    return certified(
        prove_decrease(V, METHOD, operator, multipliers=steps),
        prove_nonnegative(
            rest,
            operator,
            system=METHOD,
            assuming={"-V": -V},
            multipliers={"-V": 4 * R, "MON(k,*)": 4 * R * k},
        ),
    )


def bound(k: ArrayLike, method: FEG, problem: SaddleProblem, z0: ArrayLike) -> NDArray[np.float64]:
    """Return ``2 dist(z^0, Z*)/(αk)``, ∞ at k = 0 and unless αR ≤ 1."""
    alpha, distance = float(method.alpha), problem.distance(z0)
    steps = np.asarray(k, dtype=np.float64)
    if alpha * problem.lipschitz() > 1:
        return np.full_like(steps, np.inf)
    with np.errstate(divide="ignore"):
        factor = 2 / (alpha * steps)
    return factor * distance if distance > 0 else np.zeros_like(factor)


FEG_RATE = Theorem(
    name="feg-rate",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G and α = 1/R, FEG has ‖G(z^k)‖² ≤ 4R²‖z^0 − z*‖²/k² for "
        "k ≥ 1; R may be any Lipschitz constant, so that α ≤ 1/R gives 4‖z^0 − z*‖²/(α²k²)."
    ),
    tex=r"\|G(z^k)\|^2 \le \frac{4 R^2 \|z^0 - z^\star\|^2}{k^2}",
    hypotheses=("G is monotone and R-Lipschitz", "α = 1/R"),
    argument=(
        "V_k = (k²/2R)‖g^k‖² + k⟨g^k, z^k − z^0⟩ falls by k(k+1)MON(k+1,k) + "
        "((k+1)²/2R)LIP(k+1,k+1/2) from V_0 = 0, so V_k ≤ 0; 4R²‖z^0 − z*‖² − k²‖g^k‖² is "
        "−4R V_k + 4Rk⟨g^k, z^k − z*⟩ plus a square."
    ),
    source="Lee, Kim 2021",
    rate="‖G(z^k)‖² ≤ 4R²‖z^0 − z*‖²/k²",
    prove=prove,
    quantity="operator_norm",
    bound=bound,
)
