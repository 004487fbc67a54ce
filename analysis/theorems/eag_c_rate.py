"""EAG-C: ``‖G(z^k)‖² ≤ 260R²‖z^0 − z*‖²/(k+1)²`` at the step 1/(8R)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, symbols

from ...discretize.methods.extra_anchored import EAGC
from ...flows.problems.problem import SaddleProblem
from ..claims.step_vectors import step_vectors
from ..classes.monotone import LipschitzMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from .theorem import Theorem, certified

SIZE, R = symbols("s R", positive=True)
METHOD = EAGC(SIZE / R)
RANGES = {SIZE: "0 < s <= 1/8"}


def weight(k: Expr) -> Expr:
    """Return A_k = (α/2)(k+1)(k+1 + (1−s)/(1+s)), α = s/R."""
    return SIZE / (2 * R) * (k + 1) * (k + 1 + (1 - SIZE) / (1 + SIZE))


def prove() -> tuple[Certificate, ...]:
    """Prove that V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩ never increases, and the bound."""
    v, operator = step_vectors(METHOD), LipschitzMonotone(R)
    k, A, e0 = v.k, weight(v.k), v.z0 - v.zstar
    V = A * (v.g @ v.g) + (k + 1) * (v.g @ (v.z - v.z0))
    pairs = (k + 1) * (k + 2)
    start = (e0 @ e0) * (R**2 * weight(k * 0))  # V_0 = A_0‖g^0‖² ≤ A_0R²‖z^0 − z*‖²
    half = start - A / 2 * (v.g @ v.g) + (k + 1) ** 2 / (2 * A) * (e0 @ e0)
    return certified(
        prove_decrease(
            V,
            METHOD,
            operator,
            multipliers={"MON(k+1,k)": pairs, "LIP(k+1,k+1/2)": pairs / (4 * SIZE * R)},
            ranges=RANGES,
        ),
        prove_nonnegative(
            half,
            operator,
            system=METHOD,
            assuming={"V_0 - V": start - V},
            multipliers={"V_0 - V": 1, "MON(k,*)": k + 1},
            ranges=RANGES,
        ),
    )


def bound(k: ArrayLike, method: EAGC, problem: SaddleProblem, z0: ArrayLike) -> NDArray[np.float64]:
    """Return ``√(4(1+s+s²)/(α²(1+s))) dist(z^0, Z*)/(k+1)``, s = αR ≤ 1/8; else ∞."""
    alpha = float(method.alpha)
    s = alpha * problem.lipschitz()
    size = np.sqrt(4 * (1 + s + s**2) / (alpha**2 * (1 + s))) if s <= 1 / 8 else np.inf
    return np.asarray(size * problem.distance(z0) / (np.asarray(k, dtype=np.float64) + 1))


EAG_C_RATE = Theorem(
    name="eag-c-rate",
    system=METHOD,
    statement=(
        "For monotone R-Lipschitz G and s = αR ≤ 1/8, EAG-C has "
        "‖G(z^k)‖² ≤ (4(1 + s + s²)/(α²(1 + s)))‖z^0 − z*‖²/(k+1)²; 260R² at s = 1/8."
    ),
    tex=(
        r"\|G(z^k)\|^2 \le \frac{4 (1 + \alpha R + \alpha^2 R^2)}{\alpha^2 (1 + \alpha R)}"
        r" \frac{\|z^0 - z^\star\|^2}{(k+1)^2}"
    ),
    hypotheses=("G is monotone and R-Lipschitz", "0 < αR ≤ 1/8"),
    argument=(
        "V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩, A_k = (α/2)(k+1)(k+1 + (1−s)/(1+s)), never "
        "increases and V_0 ≤ A_0R²‖z^0 − z*‖². Hence (A_k/2)‖g^k‖² ≤ "
        "(A_0R² + (k+1)²/(2A_k))‖z^0 − z*‖², and A_k ≥ α(k+1)²/2."
    ),
    source="Yoon, Ryu 2021",
    rate="‖G(z^k)‖² ≤ 260R²‖z^0 − z*‖²/(k+1)² for α = 1/(8R)",
    prove=prove,
    quantity="operator_norm",
    bound=bound,
)
