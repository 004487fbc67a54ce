"""Distances between a curve and a sequence of points that do not share a clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Array = NDArray[np.float64]

MOST = 1501
"""Points of either side that are compared; more are thinned out evenly."""


def hausdorff_distance(curve: Array, points: Array) -> float:
    """Hausdorff distance of two traces: the farthest that either has a point from the other.

    The curve is taken as the polygon through its points; of the points, as of a trace, only those
    given count. Time plays no part.

    Parameters
    ----------
    curve : ndarray, shape (M, d)
        Points of the curve, in order.
    points : ndarray, shape (N, d)
        The points.

    Returns
    -------
    float
        ∞ if a coordinate is not finite.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [2.0, 0.0]])
    >>> hausdorff_distance(line, np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 0.0]]))
    0.5
    """
    if not (np.isfinite(curve).all() and np.isfinite(points).all()):
        return float("inf")
    a, b = _thinned(curve), _thinned(points)
    to_curve = _to_polygon(b, a).max()
    return float(max(to_curve, cdist(a, b).min(axis=1).max()))


def frechet_distance(curve: Array, points: Array) -> float:
    """Discrete Fréchet distance: the shortest leash with which both are walked, never backwards.

    Source: Eiter, Mannila 1994, "Computing discrete Fréchet distance".

    Parameters
    ----------
    curve, points : ndarray, shapes (M, d) and (N, d)
        Points in order.

    Returns
    -------
    float
        ∞ if a coordinate is not finite.

    Examples
    --------
    The same trace walked in opposite directions.

    >>> a = np.linspace([0.0, 0.0], [1.0, 0.0], 11)
    >>> hausdorff_distance(a, a[::-1]), frechet_distance(a, a[::-1])
    (0.0, 1.0)
    """
    if not (np.isfinite(curve).all() and np.isfinite(points).all()):
        return float("inf")
    gaps = cdist(_thinned(curve), _thinned(points))
    rows, columns = gaps.shape
    leash = np.full((rows + 1, columns + 1), np.inf)
    leash[0, 0] = 0.0
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        before = np.minimum(np.minimum(leash[i, j], leash[i, j + 1]), leash[i + 1, j])
        leash[i + 1, j + 1] = np.maximum(before, gaps[i, j])
    return float(leash[rows, columns])


def _thinned(points: Array) -> Array:
    if len(points) <= MOST:
        return points
    chosen = np.linspace(0, len(points) - 1, MOST).astype(int)
    return np.asarray(points[chosen])


def _to_polygon(points: Array, curve: Array) -> Array:
    """Distances of points to the polygon through a curve, shape (N,)."""
    starts, sides = curve[:-1], np.diff(curve, axis=0)
    if len(sides) == 0:
        return np.asarray(np.linalg.norm(points - curve[0], axis=-1))
    lengths = np.maximum(np.sum(sides**2, axis=-1), np.finfo(float).tiny)
    least = np.empty(len(points))
    for n, point in enumerate(points):
        along = np.clip(np.sum((point - starts) * sides, axis=-1) / lengths, 0.0, 1.0)
        least[n] = np.linalg.norm(point - starts - along[:, None] * sides, axis=-1).min()
    return least
