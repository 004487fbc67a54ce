"""The simplex: mixed strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import Faces, constrained, on_plane
from .term import indicator, largest, numbers_of, written


@dataclass(frozen=True, repr=False)
class Simplex:
    """Simplex {x ≥ 0 : Σ x_i = total}, the mixed strategies of a matrix game for total = 1.

    Raises
    ------
    ProblemError
        total is not a positive number.

    Examples
    --------
    >>> Simplex().prox([0.5, 0.5, 2.0])
    array([0., 0., 1.])
    """

    total: float = 1.0

    name: ClassVar[str] = "simplex"
    is_set: ClassVar[bool] = True

    def __post_init__(self) -> None:
        total = numbers_of(self.total, "total")
        if total.ndim or not 0 < total < np.inf:
            raise ProblemError(f"total is {self.total}; the simplex needs a positive number")
        object.__setattr__(self, "total", float(total))

    def check(self, n: int) -> None:
        """Accept every dimension."""

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Projection ``max(v − θ, 0)``, θ such that the sum is right, by sorting.

        Source: Held, Wolfe, Crowder 1974, "Validation of subgradient optimization".
        """
        v = np.asarray(v, dtype=float)
        falling = -np.sort(-v, axis=-1)
        count = np.arange(1, v.shape[-1] + 1)
        theta = (np.cumsum(falling, axis=-1) - self.total) / count
        support = np.sum(falling > theta, axis=-1, keepdims=True)
        theta = np.take_along_axis(theta, support - 1, axis=-1)
        return np.asarray(np.maximum(v - theta, 0.0))

    def value(self, x: Any) -> Array:
        """0 on the simplex, ∞ outside."""
        x = np.asarray(x, dtype=float)
        violation = np.maximum(np.max(-x, axis=-1), np.abs(np.sum(x, axis=-1) - self.total))
        return indicator(violation, largest(x))

    def tangent(self, x: Array, v: Array, slack: Array) -> Array:
        """Projection of v on the tangent cone at x: sum 0, and ≥ 0 where x_i ≤ slack.

        It is v − θ, cut off at 0 in these coordinates; θ by sorting them, as for `prox`.
        """
        active = x <= slack
        free = np.sum(~active, axis=-1, keepdims=True)
        sorted_out = -np.sort(-np.where(active, v, -np.inf), axis=-1)
        sums = np.sum(np.where(active, 0.0, v), axis=-1, keepdims=True)
        counts = free + np.arange(v.shape[-1] + 1)
        thetas = np.concatenate([sums, sums + np.cumsum(sorted_out, axis=-1)], axis=-1) / counts
        used = np.sum(sorted_out > thetas[..., 1:], axis=-1, keepdims=True)
        w = v - np.take_along_axis(thetas, used, axis=-1)
        return np.asarray(np.where(active, np.maximum(w, 0.0), w))

    def support(self, v: Any) -> Array:
        """Largest ⟨v, x⟩ on the simplex, at a vertex: total · max v, (..., n) -> (...,)."""
        return np.asarray(self.total * np.max(np.asarray(v, dtype=float), axis=-1))

    def __str__(self) -> str:
        return "simplex" + (written(self.total) if self.total != 1 else "")

    def __repr__(self) -> str:
        return "Simplex" + (written(self.total) if self.total != 1 else "()")

    def to_latex(self, x: str) -> str:
        """Signs and sum."""
        return rf"{x} \ge 0, \; \mathbf 1^\top {x} = {written(self.total)[1:-1]}"

    def faces(self, names: Sequence[str]) -> Faces:
        """Return the constraints x_i ≥ 0, and the sum."""
        n = len(names)
        walls = constrained(-np.eye(n), np.zeros(n), tuple(f"{name} = 0" for name in names))
        return walls + on_plane(np.ones((1, n)), np.array([self.total]))
