"""Long vectors in little memory: products M v that are counted, and sums made in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..problems.points import Array

CHUNK = 1 << 18  # entries of a temporary array: 2 MB, which stays in the cache


class CountedMatrix:
    """Matrix M, in any storage, as a function v ↦ M v that counts its calls.

    Parameters
    ----------
    matrix : ndarray, sparse array or LinearOperator, shape (d, d)
        M.
    product : callable, optional
        v ↦ M v, where something quicker than the stored matrix is known.

    Examples
    --------
    >>> M = CountedMatrix(np.diag([1.0, 2.0]))
    >>> M(np.ones(2)), M.applications
    (array([1., 2.]), 1)
    """

    def __init__(self, matrix: Any, product: Callable[[Array], Any] | None = None) -> None:
        self.matrix = matrix
        self._product = matrix.__matmul__ if product is None else product
        self.applications = 0

    def __call__(self, v: Array) -> Array:
        """Return M v, shape (d,)."""
        self.applications += 1
        return np.asarray(self._product(v), dtype=np.float64)


def add_products(out: Array, weights: Array, vectors: Array) -> None:
    """Add ``weights @ vectors`` to `out` in place, without a temporary array of its size.

    Parameters
    ----------
    out : ndarray, shape (T, d)
        Changed in place.
    weights : ndarray, shape (T, K)
    vectors : ndarray, shape (K, d)

    Examples
    --------
    >>> out = np.ones((1, 2))
    >>> add_products(out, np.array([[1.0, 2.0]]), np.eye(2))
    >>> out
    array([[2., 3.]])
    """
    width = max(1, CHUNK // max(1, len(out)))
    for first in range(0, out.shape[1], width):
        columns = slice(first, first + width)
        out[:, columns] += weights @ vectors[:, columns]
