"""Solves with I + s DG(z) for many coordinates: by products DG(z)v, without a matrix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from .points import Array

LARGEST_DENSE = 500  # coordinates up to which factorising a matrix is quick, 2 MB large
RESTART = 40  # vectors in memory
CYCLES = 25
TARGET = 1e-12  # relative residual to aim at; products that are differences stay above it
WORTH_IT = 0.9  # factor by which a cycle must reduce the residual

Jvp = Callable[[Array, Array], Array]


def krylov_solve(
    jvp: Jvp, z: Array, step: float, rhs: Array, target: float = TARGET
) -> tuple[Array, float]:
    """Solve ``(I + s DG(z)) v = rhs`` by GMRES with restarts.

    For monotone G and s ≥ 0 the inverse is a contraction: the residual bounds the error of v.

    Parameters
    ----------
    jvp : callable
        (z, v) ↦ DG(z) v.
    z : ndarray, shape (d,)
        Where DG is taken.
    step : float
        The step s.
    rhs : ndarray, shape (d,)
    target : float
        Relative residual to aim at.

    Returns
    -------
    v : ndarray, shape (d,)
        The best that was found.
    residual : float
        Norm of what is left, relative to that of `rhs`; the caller judges it. If `rhs` is not
        finite, 0, and v is NaN where it is not.

    Examples
    --------
    >>> v, residual = krylov_solve(lambda z, v: 2.0 * z * v, np.array([1.0, 4.0]), 0.5, np.ones(2))
    >>> v.round(12), residual < 1e-12
    (array([0.5, 0.2]), True)
    """
    size = norm = float(np.linalg.norm(rhs))
    if not 0.0 < size < np.inf:  # zero for zero, and what is not finite stays so
        return rhs - rhs, 0.0
    v, left = np.zeros_like(rhs), rhs
    shifted = LinearOperator(
        (len(rhs), len(rhs)), matvec=lambda x: x + step * jvp(z, x), dtype=np.float64
    )
    for _ in range(CYCLES):
        better = v + _cycle(shifted, left, target * size)
        left = rhs - shifted @ better
        before, norm = norm, float(np.linalg.norm(left))
        if not norm < before:
            return v, before / size
        v = better
        if norm <= target * size or norm > WORTH_IT * before:
            break
    return v, norm / size


def _cycle(shifted: LinearOperator, rhs: Array, atol: float) -> Array:
    options = {"rtol": 0.0, "atol": atol, "restart": min(RESTART, len(rhs)), "maxiter": 1}
    return np.asarray(gmres(shifted, rhs, **options)[0])
