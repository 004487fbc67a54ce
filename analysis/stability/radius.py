"""Spectral radius of the amplification matrix, for arrays of eigenvalues at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...discretize.method import Method

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Games:
    """The operators ``M = [[a, b], [−b, a]]`` for N pairs (a, b); points have shape (…, N, 2)."""

    a: Array
    b: Array

    def __call__(self, z: Array) -> Array:
        x, u = z[..., 0], z[..., 1]
        return np.stack([self.a * x + self.b * u, self.a * u - self.b * x], axis=-1)

    def primal(self, z: Array) -> Array:
        return np.asarray(self(z) * [1.0, 0.0])

    def dual(self, z: Array) -> Array:
        return np.asarray(self(z) * [0.0, 1.0])

    def resolvent(self, z: Array, step: Any) -> Array:
        adjoint = _Games(1 + step * self.a, -step * self.b)
        return adjoint(z) / (adjoint.a**2 + adjoint.b**2)[:, None]


def spectral_radius(method: Method, eigenvalues: ArrayLike, k: Any = 0) -> Array:
    """Spectral radius of step `k` of a method on eigenvalues λ, an array of them at once.

    The method is read on ``M = [[a, b], [−b, a]]``, which has the eigenvalues λ = a + ib and its
    conjugate, so that methods which treat the players differently are read as well.

    Parameters
    ----------
    method : Method
        With floats for parameters.
    eigenvalues : array_like of complex
        The λ.
    k : int
        The step; matters only to methods that change with k.

    Returns
    -------
    ndarray of float
        max |ρ|, of the shape of `eigenvalues`; ∞ where the step overflows.

    Raises
    ------
    ProblemError
        The method works coordinate by coordinate.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> spectral_radius(SimGD(0.5), [1.0, 2j]).round(3).tolist()
    [0.5, 1.414]
    """
    values = np.asarray(eigenvalues, dtype=np.complex128)
    G = _Games(values.real.ravel(), values.imag.ravel())
    slots = len(method.start(G, np.zeros((values.size, 2))))
    units = np.eye(2 * slots).reshape(2 * slots, slots, 1, 2)
    with np.errstate(all="ignore"):
        state = tuple(np.repeat(units[:, i], values.size, axis=1) for i in range(slots))
        images = np.concatenate(method.step(G, state, k), axis=-1)  # (units, N, rows)
    matrices = images.transpose(1, 2, 0)
    finite = np.isfinite(matrices).all(axis=(1, 2))
    radii = np.full(values.size, np.inf)
    radii[finite] = np.abs(np.linalg.eigvals(matrices[finite])).max(axis=-1, initial=0.0)
    return radii.reshape(values.shape)
