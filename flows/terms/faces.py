"""Faces: a convex function taken apart into maxima, so that one sees where it is not smooth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problems.points import Array

CONSTRAINT = -1  # group number of the pieces that are constraints
FEASIBLE = 1e-9  # relative violation of a constraint that is put down to rounding


@dataclass(frozen=True, eq=False)
class Faces:
    """Faces of a convex function f on Rⁿ.

    ``f(x) = Σ_g w_g max{s_p(x) : p in group g}`` where ``s_p(x) ≤ 0`` for every constraint p and
    ``E x = e``, and f = ∞ elsewhere. The pieces are ``s_p(x) = ½ Σ_j B_pj x_j² + C_p x + c_p``.
    So ``∂f(x)`` consists of the sums ``Σ_p μ_p w_p ∇s_p(x) + Eᵀν`` with μ ≥ 0 carried by the
    pieces that attain their maximum (sum 1 in every group) and by the active constraints.

    Parameters
    ----------
    slopes : ndarray, shape (P, n)
        C.
    offsets : ndarray, shape (P,)
        c.
    bends : ndarray, shape (P, n)
        B ≥ 0; zero for polyhedral f.
    weights : ndarray, shape (P,)
        w of the group of each piece; 1 for constraints.
    groups : ndarray of int, shape (P,)
        Number of the group, or CONSTRAINT.
    labels : tuple of str
        What ties a piece: ``"x1 = 0"``, the same for all pieces of its group, or for groups of
        three pieces and more the piece itself.
    equalities, levels : ndarray, shape (q, n) and (q,)
        E, with orthonormal rows, and e.
    """

    slopes: Array
    offsets: Array
    bends: Array
    weights: Array
    groups: NDArray[np.intp]
    labels: tuple[str, ...]
    equalities: Array
    levels: Array

    def heights(self, x: Array) -> Array:
        """Values s_p(x) of the pieces, shape (..., P)."""
        return np.asarray((x * x) @ self.bends.T / 2 + x @ self.slopes.T + self.offsets)

    def gradients(self, x: Array) -> Array:
        """Gradients ∇s_p(x) of the pieces, shape (P, n)."""
        return np.asarray(self.slopes + self.bends * x)

    def within(self, first: int, d: int) -> Faces:
        """Return the same function of the coordinates first … first+n−1 of a point of R^d."""
        padding = ((0, 0), (first, d - first - self.slopes.shape[1]))
        slopes, bends, equalities = (
            np.pad(rows, padding) for rows in (self.slopes, self.bends, self.equalities)
        )
        return replace(self, slopes=slopes, bends=bends, equalities=equalities)

    def without_idle_pieces(self) -> Faces:
        """Return the same function without pieces that bounds of single coordinates keep lowest.

        Where x_i ≥ 0 holds anyway, |x_i| = max(x_i, −x_i) is x_i. With both descriptions of the
        wall left in, its multipliers would not be unique.
        """
        low = self._lower_bounds()
        idle = [p for p in range(len(self.offsets)) if self._is_idle(p, low)]
        keep = np.setdiff1d(np.arange(len(self.offsets)), idle)
        return replace(
            self,
            slopes=self.slopes[keep],
            offsets=self.offsets[keep],
            bends=self.bends[keep],
            weights=self.weights[keep],
            groups=self.groups[keep],
            labels=tuple(self.labels[p] for p in keep.tolist()),
        )

    def _lower_bounds(self) -> Array:
        """Bounds b ≤ a·x that constraints state for a = e_i and a = −e_i, shape (2n,)."""
        n = self.slopes.shape[1]
        directions, low = np.concatenate([np.eye(n), -np.eye(n)]), np.full(2 * n, -np.inf)
        for p in np.flatnonzero((self.groups == CONSTRAINT) & ~self.bends.any(axis=1)):
            same = np.all(self.slopes[p] == -directions, axis=1)
            low[same] = np.maximum(low[same], self.offsets[p])
        return low

    def _is_idle(self, p: int, low: Array) -> bool:
        """Whether another piece of its maximum is at least as high wherever the bounds hold."""
        if self.groups[p] == CONSTRAINT:
            return False
        for q in np.flatnonzero(self.groups == self.groups[p]):
            slope, rise = self.slopes[q] - self.slopes[p], self.offsets[q] - self.offsets[p]
            support = np.concatenate([np.maximum(slope, 0.0), np.maximum(-slope, 0.0)])
            used = support > 0
            least = rise + float(support[used] @ low[used])
            if q != p and not (self.bends[q] - self.bends[p]).any() and least >= 0 and used.any():
                return True
        return False

    def __add__(self, other: Self) -> Faces:
        shift = 1 + max(self.groups, default=CONSTRAINT)
        theirs = np.where(other.groups == CONSTRAINT, CONSTRAINT, other.groups + shift)
        return Faces(
            np.concatenate([self.slopes, other.slopes]),
            np.concatenate([self.offsets, other.offsets]),
            np.concatenate([self.bends, other.bends]),
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.groups, theirs]),
            self.labels + other.labels,
            np.concatenate([self.equalities, other.equalities]),
            np.concatenate([self.levels, other.levels]),
        )


def no_faces(n: int) -> Faces:
    """Faces of the function 0 on Rⁿ."""
    return constrained(np.zeros((0, n)), np.zeros(0), ())


def constrained(slopes: Array, offsets: Array, labels: tuple[str, ...]) -> Faces:
    """Faces of the set {x : C x + c ≤ 0}.

    Examples
    --------
    >>> constrained(np.array([[1.0, 0.0]]), np.array([-3.0]), ("x1 = 3",)).heights(np.ones(2))
    array([-2.])
    """
    P, n = slopes.shape
    groups = np.full(P, CONSTRAINT, dtype=np.intp)
    nothing = np.zeros((0, n)), np.zeros(0)
    return Faces(slopes, offsets, np.zeros((P, n)), np.ones(P), groups, labels, *nothing)


def on_plane(E: Array, e: Array) -> Faces:
    """Faces of the affine subspace {x : E x = e}; the rows of E are made orthonormal.

    Raises
    ------
    ProblemError
        The equations contradict each other.
    """
    U, sizes, V = np.linalg.svd(E, full_matrices=False)
    rank = int(np.sum(sizes > max(E.shape) * np.finfo(float).eps * max(sizes, default=0.0)))
    levels = (U.T @ e)[:rank] / sizes[:rank]
    misfit = float(np.linalg.norm(E @ (V[:rank].T @ levels) - e))
    if misfit > FEASIBLE * (1.0 + float(np.linalg.norm(e))):
        raise ProblemError(
            f"the {len(e)} equations A x = b contradict each other (residual {misfit:.2g}): the "
            "set is empty; correct b, or leave an equation out"
        )
    return replace(no_faces(E.shape[1]), equalities=V[:rank], levels=levels)
