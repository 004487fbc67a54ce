"""What the discretisations of the gradient flow share: one learning rate, whose sum is the time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ...flows.gradient import GradientFlow
from ..method import State
from ..operators import Operator
from ..schedules import elapsed, require_positive_schedule


@dataclass(frozen=True)
class GradientSteps:
    """Base of the methods of the gradient flow; a method adds its `step` and its names.

    Parameters
    ----------
    alpha : real number, SymPy expression, or function of k with such values, > 0
        Learning rate α, or the schedule α_k.
    """

    alpha: Any

    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive_schedule("alpha", self.alpha)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0,): one step needs nothing else."""
        return (z0,)

    def flow(self) -> GradientFlow:
        """Return the gradient flow Ż = −G(Z)."""
        return GradientFlow()

    def time(self, k: Any) -> Any:
        """Return t_k = Σ_{j<k} α_j for `k` an integer or an array of integers."""
        return elapsed(self.alpha, k)

    def with_step(self, alpha: Any) -> Self:
        """Return the same method with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
