"""The linear map of a matrix game, two products with one matrix of a quarter of the entries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .linear_maps import DenseMap
from .points import Array

LARGE = 64
"""Dimension from which the two products take less time than the one with zeros in it."""


@dataclass(frozen=True, eq=False)
class GameMap(DenseMap):
    """Dense matrix ``M = [[0, A], [−Aᵀ, 0]]``, A of shape (n, m).

    Parameters
    ----------
    matrix : ndarray, shape (d, d)
        M.
    n : int
        Number of rows of A.
    """

    n: int

    def apply(self, z: Array) -> Array:
        """Return (A u, −Aᵀ x), shape (..., d)."""
        out = np.empty(z.shape)
        np.matmul(z[..., self.n :], self._coupling.T, out=out[..., : self.n])
        np.matmul(z[..., : self.n], self._coupling, out=out[..., self.n :])
        np.negative(out[..., self.n :], out=out[..., self.n :])
        return out

    @cached_property
    def _coupling(self) -> Array:
        return np.ascontiguousarray(self.matrix[: self.n, self.n :])


def is_game(M: Array, n: int) -> bool:
    """Whether a dense matrix is that of a matrix game, large enough for `GameMap` to pay."""
    if len(M) < LARGE or M[:n, :n].any() or M[n:, n:].any():
        return False
    return bool((M[:n, n:] == -M[n:, :n].T).all())
