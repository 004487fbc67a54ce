"""The box: every coordinate between two bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import Faces, constrained, on_plane
from .term import fit, indicator, largest, numbers_of, written


@dataclass(frozen=True, eq=False, repr=False)
class Box:
    """Box {x : low ≤ x ≤ high}, each bound one number or one per coordinate; ±inf is no bound.

    Raises
    ------
    ProblemError
        The box is empty: a lower bound lies above its upper bound.

    Examples
    --------
    >>> Box(-1, 1).prox([0.5, 3.0])
    array([0.5, 1. ])
    >>> Box(0, np.inf).value([0.5, -3.0])
    array(inf)
    """

    low: Any = 0.0
    high: Any = 1.0

    name: ClassVar[str] = "box"
    is_set: ClassVar[bool] = True

    def __post_init__(self) -> None:
        low, high = numbers_of(self.low, "low"), numbers_of(self.high, "high")
        if low.size > 1 and high.size > 1:
            fit(high, low.size, "high")
        if np.any(low > high) or np.any(low == np.inf) or np.any(high == -np.inf):
            raise ProblemError(
                f"the box from low = {self.low} to high = {self.high} is empty; needed: low <= high"
            )
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    def check(self, n: int) -> None:
        """Refuse bounds that do not fit n coordinates."""
        fit(self.low, n, "low")
        fit(self.high, n, "high")

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Projection: each coordinate clipped."""
        return np.asarray(np.clip(np.asarray(v, dtype=float), self.low, self.high))

    def value(self, x: Any) -> Array:
        """0 in the box, ∞ outside."""
        x = np.asarray(x, dtype=float)
        violation = np.max(np.maximum(self.low - x, x - self.high), axis=-1)
        return indicator(violation, largest(x))

    def tangent(self, x: Array, v: Array, slack: Array) -> Array:
        """Projection of v on the tangent cone at x: not outwards at the bounds."""
        inwards = np.where(x <= self.low + slack, np.maximum(v, 0.0), v)
        return np.asarray(np.where(x >= self.high - slack, np.minimum(inwards, 0.0), inwards))

    def support(self, v: Any) -> Array:
        """Largest ⟨v, x⟩ in the box, at a corner; ∞ without a bound, (..., n) -> (...,)."""
        v = np.asarray(v, dtype=float)
        bound = np.where(v > 0, self.high, np.where(v < 0, self.low, 0.0))
        return np.asarray(np.sum(v * bound, axis=-1))

    def __str__(self) -> str:
        return f"box{written(self.low, self.high)}"

    def __repr__(self) -> str:
        return f"Box{written(self.low, self.high)}"

    def to_latex(self, x: str) -> str:
        """Bounds, in each coordinate."""
        low, high = (written(bound)[1:-1] for bound in (self.low, self.high))
        return rf"{low} \le {x} \le {high}".replace("inf", r"\infty")

    def faces(self, names: Sequence[str]) -> Faces:
        """One constraint per finite bound; equal bounds are an equality."""
        n = len(names)
        low, high, e = fit(self.low, n, "low"), fit(self.high, n, "high"), np.eye(len(names))
        fixed = low == high
        below, above = np.isfinite(low) & ~fixed, np.isfinite(high) & ~fixed
        labels = [f"{names[i]} = {low[i]:g}" for i in range(n) if below[i]]
        labels += [f"{names[i]} = {high[i]:g}" for i in range(n) if above[i]]
        slopes = np.concatenate([-e[below], e[above]])
        offsets = np.concatenate([low[below], -high[above]])
        return constrained(slopes, offsets, tuple(labels)) + on_plane(e[fixed], low[fixed])
