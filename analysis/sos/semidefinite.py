"""Gram matrices as positive definite as possible, by semidefinite programming in floats."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import scipy.sparse

from ...flows.problems.points import Array
from .gram import GramSystem
from .polynomials import fraction


@dataclass(frozen=True)
class Proposal:
    """What the solver proposes; nothing is proved by it.

    Parameters
    ----------
    margin : float
        Smallest eigenvalue of all Gram matrices, relative to the largest coefficient of p.
    values : ndarray
        Values of the free entries.
    matrices : list of ndarray
        The Gram matrices.
    """

    margin: float
    values: Array
    matrices: list[Array]


def solver_is_installed() -> bool:
    """Whether Clarabel, of the extra ``prove``, can be imported."""
    try:
        import clarabel  # noqa: F401
    except ImportError:
        return False
    return True


def most_definite(system: GramSystem) -> Proposal | None:
    """Maximise t ≤ 1 subject to Q_j − t I ⪰ 0 for all j; None when the solver gives up."""
    import clarabel

    constant, weights = _affine(system)
    scale = max(1e-300, float(np.abs(constant).max(initial=0.0)))
    count = len(system.free)
    triangle, sizes, shift = _triangles(system)
    A = scipy.sparse.vstack(
        [
            scipy.sparse.csc_matrix(([1.0], ([0], [count])), shape=(1, count + 1)),
            scipy.sparse.hstack([-triangle @ weights, (triangle @ shift)[:, None]]),
        ]
    ).tocsc()
    b = np.concatenate([[1.0], triangle @ constant / scale])
    q = np.zeros(count + 1)
    q[count] = -1.0
    cones = [clarabel.NonnegativeConeT(1), *map(clarabel.PSDTriangleConeT, sizes)]
    x = _solved(q, A, b, cones)
    if not np.isfinite(x).all():
        return None
    values = x[:count] * scale
    matrices = _matrices(system, constant + weights @ values)
    margins = [float(np.linalg.eigvalsh(Q)[0]) / scale for Q in matrices if len(Q)]
    return Proposal(min(margins, default=1.0), values, matrices)


def _solved(q: Array, A: Any, b: Array, cones: list[Any]) -> Array:
    """Minimise q·x subject to b − A x in the cones."""
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    zero = scipy.sparse.csc_matrix((len(q), len(q)))
    return np.array(clarabel.DefaultSolver(zero, q, A, b, cones, settings).solve().x)


def _affine(system: GramSystem) -> tuple[Array, Any]:
    """All entries as a float vector ``constant + weights @ values``."""
    position = {f: i for i, f in enumerate(system.free)}
    constant = np.zeros(len(system.entries))
    rows, columns, data = list(system.free), list(range(len(system.free))), [1.0] * len(position)
    for index, (c, combination) in system.fixed.items():
        constant[index] = _float(c)
        for f, w in combination.items():
            rows.append(index)
            columns.append(position[f])
            data.append(_float(w))
    shape = (len(system.entries), len(system.free))
    return constant, scipy.sparse.csr_matrix((data, (rows, columns)), shape=shape)


def _triangles(system: GramSystem) -> tuple[Any, list[int], Array]:
    """Entries -> scaled upper triangles column by column; their sizes; which are diagonal."""
    sizes = [len(block.basis) for block in system.blocks]
    start = np.concatenate([[0], np.cumsum([n * (n + 1) // 2 for n in sizes])])
    rows, data, shift = [], [], np.zeros(len(system.entries))
    for index, (j, i, k) in enumerate(system.entries):
        rows.append(start[j] + k * (k + 1) // 2 + i)
        data.append(1.0 if i == k else sqrt(2.0))
        shift[index] = float(i == k)
    shape = (len(rows), len(rows))
    return scipy.sparse.csr_matrix((data, (rows, range(len(rows)))), shape=shape), sizes, shift


def _matrices(system: GramSystem, entries: Array) -> list[Array]:
    matrices = [np.zeros((len(b.basis), len(b.basis))) for b in system.blocks]
    for (j, i, k), value in zip(system.entries, entries, strict=True):
        matrices[j][i, k] = matrices[j][k, i] = value
    return matrices


def _float(value: Any) -> float:
    return float(fraction(value))
