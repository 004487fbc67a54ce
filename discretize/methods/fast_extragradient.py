"""FEG, the fast extragradient method: extragradient with an anchor, at the largest step."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.anchored import AnchoredFlow
from ...flows.parameter_range import require_positive
from ..method import State
from ..operators import Operator


@dataclass(frozen=True)
class FEG:
    """Fast extragradient method (FEG), for monotone G.

    With b = 1/(k+1): ``h^k = z^k + b(z^0 − z^k) − (1−b)α G(z^k)``,
    ``z^{k+1} = z^k + b(z^0 − z^k) − α G(h^k)``. For monotone R-Lipschitz G and α = 1/R
    ``‖G(z^k)‖² ≤ 4R²‖z^0 − z*‖²/k²``, k ≥ 1. It has no form for sets and terms here.

    Source: Lee, Kim 2021 (for monotone G, ρ = 0).

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
    >>> FEG(1).step(lambda z: 10 * z, state=(3, 5), k=1)  # b = ½, h = 4 − 15
    (114.0, 5)
    """

    alpha: Any

    name: ClassVar[str] = "feg"
    title: ClassVar[str] = "fast extragradient method"
    formula: ClassVar[str] = (
        r"h^k = z^k + \tfrac{1}{k+1} (z^0 - z^k) - \tfrac{k}{k+1} \alpha G(z^k), \quad"
        r" z^{k+1} = z^k + \tfrac{1}{k+1} (z^0 - z^k) - \alpha G(h^k)"
    )
    source: ClassVar[str] = "Lee, Kim 2021"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 1}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = False

    def __post_init__(self) -> None:
        require_positive("alpha", self.alpha)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        z, anchor = state
        pulled = z + (anchor - z) / (k + 1)
        h = pulled - self.alpha * k / (k + 1) * G(z)
        return pulled - self.alpha * G(h), anchor

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow with γ = 1."""
        return AnchoredFlow(1)

    def time(self, k: Any) -> Any:
        """Return t_k = αk for `k` an integer or an array of integers."""
        return self.alpha * k

    def with_step(self, alpha: Any) -> FEG:
        """Return FEG with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
