"""Semidefinite programmes for multipliers at sample points, by Clarabel (extra ``prove``)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_ROUNDING = 3e-6  # what a solver may leave below 0 where nothing positive is possible
_SLACK = 1e-5  # relative
_EXACT = 1e-7  # the same of numbers that are given; entries are about 1


@dataclass(frozen=True)
class Samples:
    """What multipliers λ must satisfy at some points: ``Q_0 + Σ λ_i Q_i ⪰ 0``, ``r_0 + R λ ≥ 0``.

    Parameters
    ----------
    grams : ndarray, shape (points, 1 + m, n, n)
        Q_0, …, Q_m at each point.
    signs : ndarray, shape (points, rows, 1 + m)
        r_0 and R at each point.
    """

    grams: Array
    signs: Array

    def __len__(self) -> int:
        return len(self.grams)

    def at(self, point: int) -> Samples:
        """Return the samples at one point."""
        return Samples(self.grams[[point]], self.signs[[point]])

    def plus(self, multipliers: Array) -> Samples:
        """Return what is asked of multipliers on top of given ones, shape (points, m)."""
        grams, signs = self.grams.copy(), self.signs.copy()
        grams[:, 0] += np.einsum("pk,pkij->pij", multipliers, grams[:, 1:])
        signs[:, :, 0] += np.einsum("prk,pk->pr", signs[:, :, 1:], multipliers)
        return Samples(grams, signs)

    def below(self, multiplier: int, largest: Array) -> Samples:
        """Return the samples with one multiplier at most so large, but for rounding."""
        row = np.zeros((len(self), 1, self.signs.shape[2]))
        row[:, 0, 0] = largest * (1 + _SLACK) + _SLACK * np.abs(largest).max()
        row[:, 0, 1 + multiplier] = -1
        return Samples(self.grams, np.concatenate([self.signs, row], axis=1))

    def normalised(self) -> Samples:
        """Return the samples with multipliers measured at each point by what they contribute."""
        sizes = np.abs(self.grams[:, 1:]).max(axis=(2, 3))
        units = np.column_stack([np.ones(len(self)), np.where(sizes > 0, sizes, 1)])
        return Samples(self.grams / units[:, :, None, None], self.signs / units[:, None, :])

    def hold(self, multipliers: Array) -> bool:
        """Tell whether multipliers, shape (points, m), satisfy everything but for rounding."""
        rest = self.plus(multipliers)
        signs, grams = rest.signs[:, :, 0], rest.grams[:, 0]
        if (signs < -_EXACT * np.abs(signs).max(axis=0)).any():
            return False
        parts = np.einsum("pk,pkij->pij", np.abs(multipliers), np.abs(self.grams[:, 1:]))
        sizes = (parts + np.abs(self.grams[:, 0])).max(axis=(1, 2))
        return bool((np.linalg.eigvalsh(grams)[:, 0] >= -_EXACT * sizes).all())


def available() -> bool:
    """Tell whether Clarabel is installed (extra ``prove``)."""
    return importlib.util.find_spec("clarabel") is not None


def most_inner(samples: Samples, maps: Array) -> Array | None:
    """Maximise the least eigenvalue t ≤ 1 of all Gram matrices, for λ = map · x at each point.

    Parameters
    ----------
    samples : Samples
        The points.
    maps : ndarray, shape (points, m, size)
        The maps.

    Returns
    -------
    ndarray, shape (size,), or None
        x; None if t is negative for all.
    """
    size = maps.shape[2]
    A, b, cones = _conditions(samples, maps, margin=True)
    last = np.eye(1, size + 1, size)
    x = _minimised(-last[0], np.vstack([last, A]), np.concatenate([[1.0], b]), [1, *cones])
    return None if x is None or x[size] < -_ROUNDING else x[:size]


def sparsest(samples: Samples, maps: Array, costs: Array, slopes: Any = 0.0) -> Array | None:
    """Minimise ``Σ slope x + cost |x|``; None if the solver finds nothing."""
    A, b, cones = _conditions(samples, maps, margin=False)
    size = 2 * len(costs)
    A = np.vstack([-np.eye(size), np.hstack([A, -A])])
    b = np.concatenate([np.zeros(size), b])
    q = np.concatenate([costs + slopes, costs - slopes])
    x = _minimised(q, A, b, [size, *cones])
    return None if x is None else x[: len(costs)] - x[len(costs) :]


def _conditions(samples: Samples, maps: Array, *, margin: bool) -> tuple[Array, Array, list[int]]:
    """Return A, b and cones with ``b − A x`` in them: n numbers ≥ 0, or n × n matrices as −n."""
    n = samples.grams.shape[2]
    lower = np.tril_indices(n)
    stretched = np.where(lower[0] == lower[1], 1.0, sqrt(2.0))
    rows, constants, cones = [], [], []
    for grams, signs, map_ in zip(samples.grams, samples.signs, maps, strict=True):
        matrices = (grams[:, lower[0], lower[1]] * stretched).T
        for values, cone, t in ((signs, len(signs), 0.0), (matrices, -n, np.eye(n)[lower])):
            if cone:
                block = -values[:, 1:] @ map_
                rows.append(np.column_stack([block, t + np.zeros(len(block))]) if margin else block)
                constants.append(values[:, 0])
                cones.append(cone)
    return np.vstack(rows), np.concatenate(constants), cones


def _minimised(q: Array, A: Array, b: Array, cones: Sequence[int]) -> Array | None:
    """Minimise q·x subject to b − A x in the cones."""
    import clarabel
    import scipy.sparse

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    kinds: list[Any] = [
        clarabel.NonnegativeConeT(n) if n > 0 else clarabel.PSDTriangleConeT(-n) for n in cones
    ]
    zero = scipy.sparse.csc_matrix((len(q), len(q)))
    problem = (zero, q, scipy.sparse.csc_matrix(A), b, kinds, settings)
    solution = clarabel.DefaultSolver(*problem).solve()
    x = np.array(solution.x)
    solved = str(solution.status) in ("Solved", "AlmostSolved")
    return x if solved and np.isfinite(x).all() else None
