"""EAG, the extra anchored gradient method: extragradient with an anchor in both half steps."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...flows.anchored import AnchoredFlow
from ...flows.errors import ProblemError
from ...flows.parameter_range import require_positive
from ...flows.problems.remembering import Remembering
from ..method import State
from ..operators import Operator, backward

Array = NDArray[np.float64]

FEW = 128
"""Steps whose sizes are computed one after the other, exactly when α and R are exact."""

ROUNDS = 8
"""Rounds of the fixed point beyond: FEW^−8 is rounding."""


def _extra_anchored_step(G: Operator, state: State, k: Any, alpha: Any) -> State:
    """One step of EAG with step size `alpha`."""
    z, anchor = state
    pulled = z + (anchor - z) / (k + 2)
    h = backward(G, pulled - alpha * G(z), alpha)
    return backward(G, pulled - alpha * G(h), alpha), anchor


@dataclass(frozen=True)
class EAGC:
    """Extra anchored gradient method with constant step size (EAG-C).

    ``h^k = z^k + (z^0 − z^k)/(k+2) − α G(z^k)``, ``z^{k+1} = z^k + (z^0 − z^k)/(k+2) − α G(h^k)``.
    For monotone R-Lipschitz G and αR ≤ 1/8
    ``‖G(z^k)‖² ≤ (4(1 + αR + α²R²)/(α²(1 + αR))) ‖z^0 − z*‖²/(k+1)²``, which is
    260R²‖z^0 − z*‖²/(k+1)² for α = 1/(8R).

    The bound was proved again in this project, exactly: ``V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩``
    with ``A_k = (α/2)(k+1)(k+1 + (1−αR)/(1+αR))`` never increases, by the inequality of
    monotonicity of z^k, z^{k+1} with multiplier (k+1)(k+2), the Lipschitz one of h^k, z^{k+1} with
    (k+1)(k+2)/(4αR²), and a square form of (G(z^k), G(h^k), G(z^{k+1})) whose minors are positive
    for αR ≤ 1/8.

    On sets and terms, G = F + A, both half steps end with ``(I + αA)⁻¹``; that the rate 1/k remains
    is due to Cai, Oikonomou, Zheng 2022 (no constant is quoted here).

    Source: Yoon, Ryu 2021.

    Parameters
    ----------
    alpha : real number or SymPy expression, > 0
        Learning rate α.

    Raises
    ------
    ProblemError
        α is outside its range.

    Examples
    --------
    >>> EAGC(1).step(lambda z: 10 * z, state=(3, 5), k=0)  # pulled to 4, h = 4 − 30
    (264.0, 5)
    """

    alpha: Any

    name: ClassVar[str] = "eag-c"
    title: ClassVar[str] = "extra anchored gradient method, constant step"
    formula: ClassVar[str] = (
        r"h^k = z^k + \tfrac{1}{k+2} (z^0 - z^k) - \alpha G(z^k), \quad"
        r" z^{k+1} = z^k + \tfrac{1}{k+2} (z^0 - z^k) - \alpha G(h^k)"
    )
    source: ClassVar[str] = "Yoon, Ryu 2021"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.125}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive("alpha", self.alpha)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        return _extra_anchored_step(G, state, k, self.alpha)

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow with γ = 1."""
        return AnchoredFlow(1)

    def time(self, k: Any) -> Any:
        """Return t_k = αk(k+3)/(k+1) for `k` an integer or an array of integers.

        With these times the method follows a constant G exactly.
        """
        return self.alpha * (k * (k + 3)) / (k + 1)

    def with_step(self, alpha: Any) -> EAGC:
        """Return EAG-C with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)


def _continued(sizes: Array, R: float, count: int) -> Array:
    """Continue the recursion α_{k+1} = α_k(1 − c_k x_k/(1−x_k)), x = α²R², to `count` step sizes.

    Twice as many at a time: ``α_k = α_K Π (1 − c_j x_j/(1−x_j))`` is a fixed point, and each round
    brings it nearer by a factor of the order of Σ_{j≥K} c_j < 1/K.
    """
    while len(sizes) < count:
        j = np.arange(len(sizes) - 1.0, 2.0 * len(sizes) - 1.0)
        block = np.full(len(j) + 1, sizes[-1])
        for _ in range(ROUNDS):
            x = (block[:-1] * R) ** 2
            block[1:] = block[0] * np.cumprod(1 - x / ((j + 1) * (j + 3) * (1 - x)))
        sizes = np.concatenate([sizes, block[1:]])
    return sizes[:count]


@dataclass(frozen=True)
class EAGV(Remembering):
    """Extra anchored gradient method with varying step size (EAG-V).

    ``h^k = z^k + (z^0 − z^k)/(k+2) − α_k G(z^k)``,
    ``z^{k+1} = z^k + (z^0 − z^k)/(k+2) − α_k G(h^k)``, with α_0 = α and
    ``α_{k+1} = α_k (1 − (1/((k+1)(k+3))) α_k²R²/(1 − α_k²R²))``. For αR in (0, 3/4) the steps fall
    to a limit α_∞ > 0, and for monotone R-Lipschitz G
    ``‖G(z^k)‖² ≤ (4(1 + α_0α_∞R²)/α_∞²) ‖z^0 − z*‖²/((k+1)(k+2))``: with αR = 0.618,
    α_∞R ≈ 0.437 and the constant is 27R².

    Recursion and bound were derived again in this project, exactly: the steps are the largest for
    which ``V_k = (α_k/2)(k+1)(k+2)‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩`` never increases by the
    inequality of monotonicity of z^k, z^{k+1} with multiplier (k+1)(k+2) and the Lipschitz one of
    h^k, z^{k+1} with (k+1)(k+2)/(2α_kR²). On sets and terms both half steps end with
    ``(I + α_kA)⁻¹``.

    Source: Yoon, Ryu 2021.

    Parameters
    ----------
    alpha : real number or SymPy expression, > 0
        First step size α_0; αR < 3/4.
    R : real number or SymPy expression, > 0
        Lipschitz constant of G.

    Raises
    ------
    ProblemError
        A parameter is outside its range, or k is not a whole number: α_k has no formula.

    Examples
    --------
    >>> EAGV(0.5, R=1).step_size(1)  # 0.5(1 − (1/3)(1/4)/(3/4))
    0.4444444444444444
    """

    alpha: Any
    R: Any = 1

    name: ClassVar[str] = "eag-v"
    title: ClassVar[str] = "extra anchored gradient method, varying step"
    formula: ClassVar[str] = (
        r"h^k = z^k + \tfrac{1}{k+2} (z^0 - z^k) - \alpha_k G(z^k), \quad"
        r" z^{k+1} = z^k + \tfrac{1}{k+2} (z^0 - z^k) - \alpha_k G(h^k)"
    )
    source: ClassVar[str] = "Yoon, Ryu 2021"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.618, "R": 1}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive("alpha", self.alpha)
        require_positive("R", self.R)
        require_positive("3/4 - alpha R", 3 - 4 * self.alpha * self.R)

    def step_size(self, k: Any) -> Any:
        """Return α_k, or those of an array; what was computed once is remembered."""
        if np.ndim(k) > 0:
            first, sizes = int(np.min(k)), self._up_to(int(np.max(k)))
            return np.array(sizes[first:], dtype=np.float64)[np.asarray(k, dtype=np.int64) - first]
        try:
            return self._up_to(operator.index(k))[operator.index(k)]
        except TypeError as error:
            raise ProblemError(
                f"the steps of EAG-V follow a recursion, with no formula in k; got {k} for a number"
            ) from error

    @cached_property
    def _sizes(self) -> list[Any]:
        return [self.alpha]

    def _up_to(self, last: int) -> list[Any]:
        """Step sizes α_0, …, α_last at least."""
        sizes, R2 = self._sizes, self.R * self.R
        for j in range(len(sizes) - 1, last):
            square = sizes[j] * sizes[j] * R2
            sizes.append(sizes[j] * (1 - square / ((j + 1) * (j + 3) * (1 - square))))
        return sizes

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        return _extra_anchored_step(G, state, k, self.step_size(k))

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow with γ = 1: α_k = α(1 + O(α²R²))."""
        return AnchoredFlow(1)

    def time(self, k: Any) -> Any:
        """Return t_k = (2/(k+1)) Σ_{j<k} (j+2) α_j for `k` an integer or an array of integers.

        With these times the method follows a constant G exactly.
        """
        latest = int(np.max(k, initial=0))
        if np.ndim(k) == 0 and latest < FEW:
            terms = enumerate(self._up_to(latest)[:latest])
            return 2 * sum((j + 2) * alpha for j, alpha in terms) / (k + 1)
        return 2 * self._sums(latest)[np.asarray(k)] / (np.asarray(k) + 1)

    def _sums(self, last: int) -> Array:
        """Return Σ_{j<k} (j+2) α_j for k = 0, …, `last` at least."""
        (sums,) = self._longest
        if len(sums) <= last:
            first = np.array(self._up_to(FEW), dtype=np.float64)
            sizes = _continued(first, float(self.R), last)
            sums = np.concatenate([[0.0], np.cumsum((np.arange(last) + 2.0) * sizes)])
            self._longest[0] = sums
        return sums

    @cached_property
    def _longest(self) -> list[Array]:
        return [np.zeros(1)]

    def with_step(self, alpha: Any) -> EAGV:
        """Return EAG-V with first step size `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
