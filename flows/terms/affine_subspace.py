"""The affine subspace: linear equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import Faces, on_plane
from .term import fit, indicator, largest, numbers_of, written


@dataclass(frozen=True, eq=False, repr=False)
class AffineSubspace:
    """Affine subspace {x : A x = b}; b is one number or one per row of A.

    Raises
    ------
    ProblemError
        A is not a finite matrix, or the equations contradict each other: the set is empty.

    Examples
    --------
    >>> AffineSubspace([[1, 1]], 1).prox([0.0, 0.0])
    array([0.5, 0.5])
    """

    A: Any
    b: Any = 0.0
    plane: Faces = field(init=False, repr=False)

    name: ClassVar[str] = "affine"
    is_set: ClassVar[bool] = True

    def __post_init__(self) -> None:
        try:
            A = np.atleast_2d(np.array(self.A, dtype=float))
        except (TypeError, ValueError):
            A = np.zeros((0, 0))
        if A.ndim != 2 or A.size == 0 or not np.isfinite(A).all():
            raise ProblemError(f"A is {self.A!r}; needed: a finite matrix, one row per equation")
        b = fit(numbers_of(self.b, "b"), len(A), "b")
        if not np.isfinite(b).all():
            raise ProblemError(f"b is {self.b!r}; needed: finite numbers")
        object.__setattr__(self, "A", A)
        object.__setattr__(self, "b", b)
        object.__setattr__(self, "plane", on_plane(A, b))

    def check(self, n: int) -> None:
        """Refuse equations in other than n unknowns."""
        if self.A.shape[1] != n:
            raise ProblemError(
                f"A has {self.A.shape[1]} columns, but the player has {n} variables; needed: one "
                "column per variable"
            )

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Projection v − Eᵀ(E v − e), E orthonormal rows that span those of A."""
        v, E = np.asarray(v, dtype=float), self.plane.equalities
        return np.asarray(v - (v @ E.T - self.plane.levels) @ E)

    def value(self, x: Any) -> Array:
        """0 on the subspace, ∞ elsewhere."""
        x = np.asarray(x, dtype=float)
        misfit = x @ self.plane.equalities.T - self.plane.levels
        return indicator(np.linalg.norm(misfit, axis=-1), largest(x))

    def __str__(self) -> str:
        return f"affine{written(self.A, self.b)}"

    def __repr__(self) -> str:
        return f"AffineSubspace{written(self.A, self.b)}"

    def to_latex(self, x: str) -> str:
        """Equations, row by row."""
        A = r" \\ ".join(" & ".join(written(v)[1:-1] for v in row) for row in self.A)
        b = r" \\ ".join(written(v)[1:-1] for v in self.b)
        return rf"\begin{{pmatrix}} {A} \end{{pmatrix}} {x} = \begin{{pmatrix}} {b} \end{{pmatrix}}"

    def faces(self, names: Sequence[str]) -> Faces:
        """Return the equations alone: no motion along a row of A is possible."""
        return self.plane
