"""The Euclidean ball."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import Faces, constrained
from .term import fit, indicator, numbers_of, written


@dataclass(frozen=True, eq=False, repr=False)
class Ball:
    """Ball {x : ‖x − center‖ ≤ radius}; the centre is one number or one per coordinate.

    Raises
    ------
    ProblemError
        The radius is not a positive number, or the centre is not finite.

    Examples
    --------
    >>> Ball(5).prox([6.0, 8.0])
    array([3., 4.])
    """

    radius: float = 1.0
    center: Any = 0.0

    name: ClassVar[str] = "ball"
    is_set: ClassVar[bool] = True

    def __post_init__(self) -> None:
        radius, center = numbers_of(self.radius, "radius"), numbers_of(self.center, "center")
        if radius.ndim or not 0 < radius < np.inf or not np.isfinite(center).all():
            raise ProblemError(
                f"radius is {self.radius} and center {self.center}; needed: a finite radius > 0 "
                "(a single point is a Box with low = high) and a finite center"
            )
        object.__setattr__(self, "radius", float(radius))
        object.__setattr__(self, "center", center)

    def check(self, n: int) -> None:
        """Refuse a centre that has not n coordinates."""
        fit(self.center, n, "center")

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Projection along the ray to the centre."""
        away = np.asarray(v, dtype=float) - self.center
        length = np.linalg.norm(away, axis=-1, keepdims=True)
        return np.asarray(self.center + away * (self.radius / np.maximum(length, self.radius)))

    def value(self, x: Any) -> Array:
        """0 in the ball, ∞ outside."""
        length = np.linalg.norm(np.asarray(x, dtype=float) - self.center, axis=-1)
        return indicator(length - self.radius, np.asarray(self.radius))

    def tangent(self, x: Array, v: Array, slack: Array) -> Array:
        """Projection of v on the tangent cone at x: not outwards on the sphere."""
        away = x - self.center
        length = np.linalg.norm(away, axis=-1, keepdims=True)
        normal = away / np.where(length > 0, length, 1.0)
        outwards = np.maximum(np.sum(v * normal, axis=-1, keepdims=True), 0.0)
        return np.asarray(v - np.where(length >= self.radius - slack, outwards, 0.0) * normal)

    def support(self, v: Any) -> Array:
        """Largest ⟨v, x⟩ in the ball, ⟨v, center⟩ + radius ‖v‖, (..., n) -> (...,)."""
        v = np.asarray(v, dtype=float)
        along = np.sum(v * self.center, axis=-1)
        return np.asarray(along + self.radius * np.linalg.norm(v, axis=-1))

    def __str__(self) -> str:
        return f"ball{written(self.radius, self.center)}"

    def __repr__(self) -> str:
        return f"Ball{written(self.radius, self.center)}"

    def to_latex(self, x: str) -> str:
        """Distance from the centre."""
        inside = rf"{x} - {written(self.center)[1:-1]}" if np.any(self.center) else x
        return rf"\| {inside} \| \le {written(self.radius)[1:-1]}"

    def faces(self, names: Sequence[str]) -> Faces:
        """Return the constraint (‖x − c‖² − r²)/(2r) ≤ 0; on the sphere its gradient has norm 1."""
        r, c = self.radius, fit(self.center, len(names), "center")
        label = (
            f"({', '.join(names)}) on the sphere" if len(names) > 1 else f"{names[0]} on the rim"
        )
        flat = constrained(-c[None] / r, np.array([(c @ c - r * r) / (2 * r)]), (label,))
        return replace(flat, bends=np.full((1, len(names)), 1 / r))
