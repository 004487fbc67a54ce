"""A set-valued saddle operator at one point: pieces, their multipliers, the least element."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import ProblemError
from ..problems.points import Array
from ..problems.remembering import Remembering
from ..terms.faces import CONSTRAINT, Faces
from ..terms.selection import attained, equally_large, least_norm, memberships
from .selections import Selections

Pieces = NDArray[np.bool_]  # a set of pieces, shape (P,)
WRONG_SIGN = 1e-9  # relative size of a negative weight that is put down to rounding


@dataclass(frozen=True, eq=False)
class PiecewiseOperator(Remembering):
    """Set-valued saddle operator G, written with multipliers μ of the pieces.

    ``G(z) = {element(z, μ) + Eᵀν}``, where in every maximum the multipliers of its highest
    pieces are ≥ 0 with sum 1, those of active constraints are ≥ 0, all others 0, and ν is free.
    The pieces are those of L, then those of the terms. Points have shape (d,).

    Parameters
    ----------
    selections : Selections
        The part of L.
    faces : Faces
        The terms of both players, as one function on R^d.
    """

    selections: Selections
    faces: Faces

    @property
    def d(self) -> int:
        """Number of coordinates."""
        return int(self.faces.slopes.shape[1])

    @cached_property
    def groups(self) -> NDArray[np.intp]:
        """Number of the maximum of each piece, or CONSTRAINT, shape (P,)."""
        theirs, shift = self.faces.groups, 1 + max(self.selections.groups, default=-1)
        theirs = np.where(theirs == CONSTRAINT, CONSTRAINT, theirs + shift)
        return np.concatenate([self.selections.groups, theirs])

    @cached_property
    def is_flat(self) -> bool:
        """Whether all pieces are affine: then their gradients are the same everywhere."""
        return self.selections.are_flat and not self.faces.bends.any()

    @cached_property
    def bound(self) -> Pieces:
        """Which pieces are constraints."""
        return np.asarray(self.groups == CONSTRAINT)

    @cached_property
    def maxima(self) -> tuple[NDArray[np.intp], ...]:
        """Pieces of each maximum, those with equally many in one array (count, size)."""
        return equally_large(self.groups)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What ties each piece."""
        return self.selections.labels + self.faces.labels

    def heights(self, z: Array) -> Array:
        """Values s_p(z), shape (P,)."""
        return np.concatenate([self.selections.heights(z), self.faces.heights(z)])

    def gradients(self, z: Array) -> Array:
        """Gradients ∇s_p(z), shape (P, d)."""
        return np.concatenate([self.selections.gradients(z), self.faces.gradients(z)])

    def weights(self, z: Array, mu: Array) -> Array:
        """Weights w_p: the element changes by w_p ∇s_p with μ_p, shape (P,)."""
        return np.concatenate([self.selections.weights(z, mu[: self._k]), self.faces.weights])

    def element(self, z: Array, mu: Array) -> Array:
        """Element of G(z) that the multipliers select, but for Eᵀν, shape (d,)."""
        forces = mu[self._k :] * self.faces.weights
        return self.selections.element(z, mu[: self._k]) + forces @ self.faces.gradients(z)

    def jacobian(self, z: Array, mu: Array) -> Array:
        """Differentiate `element` by z: shape (d, d)."""
        bends = (mu[self._k :] * self.faces.weights) @ self.faces.bends
        return self.selections.jacobian(z, mu[: self._k]) + np.diag(bends)

    def tangential(self, rows: Array) -> Array:
        """Part of vectors (..., d) along which the equalities E z = e allow motion."""
        E = self.faces.equalities
        return np.asarray(rows - (rows @ E.T) @ E)

    def active(self, z: Array, slack: float) -> Pieces:
        """Pieces that attain their maximum, and constraints that hold with equality."""
        return attained(self.heights(z), self.groups, slack)

    def violation(self, z: Array) -> float:
        """By how much z violates a constraint or an equality; 0 for feasible z."""
        misfit = np.abs(self.faces.equalities @ z - self.faces.levels)
        above = self.heights(z)[self.bound]
        return float(max(np.max(misfit, initial=0.0), np.max(above, initial=0.0)))

    def first_of_each(self, pieces: Pieces) -> Array:
        """Multipliers that put 1 on one piece of each maximum, shape (P,)."""
        mu = np.zeros(len(self.groups))
        candidates = np.flatnonzero(pieces & ~self.bound)
        mu[candidates[np.unique(self.groups[candidates], return_index=True)[1]]] = 1.0
        return mu

    def references(self, mu: Array) -> NDArray[np.intp]:
        """For each piece the one of its maximum that carries `mu`; itself for a constraint."""
        top = np.flatnonzero((mu > 0) & ~self.bound)
        by_group = np.zeros(2 + max(self.groups, default=0), dtype=np.intp)
        by_group[self.groups[top]] = top
        own = np.arange(len(self.groups))
        return np.where(self.bound, own, by_group[self.groups])

    def settled(self, z: Array, active: Pieces) -> Array:
        """Nearest point at which the active pieces are level, to first order, shape (d,)."""
        top = self.first_of_each(active)
        follows = active & (top == 0)
        if not follows.any():
            return z
        heights, gradients, reference = self.heights(z), self.gradients(z), self.references(top)
        gaps = np.where(self.bound, 0.0, heights[reference]) - heights
        rows = gradients - np.where(self.bound[:, None], 0.0, gradients[reference])
        rows = self.tangential(rows[follows])
        return np.asarray(z + np.linalg.lstsq(rows, gaps[follows], rcond=None)[0])

    def least_element(self, z: Array, pull: Array, active: Pieces) -> tuple[Array, Array]:
        """Element of least norm of G(z) + pull, and its multipliers.

        Parameters
        ----------
        z, pull : ndarray, shape (d,)
        active : ndarray of bool, shape (P,)
            The pieces that count as active at z.

        Raises
        ------
        ProblemError
            A tied maximum has a weight of the wrong sign: L is not convex-concave there.
        """
        mu = self.first_of_each(active)
        reference = self.references(mu)
        free = active & (self.bound | self._shared(active))
        weights, gradients = self.weights(z, mu), self.gradients(z)
        self._check_signs(weights, free)
        gradients = gradients - np.where(self.bound[:, None], 0.0, gradients[reference])
        rows = self.tangential((weights[:, None] * gradients)[free])
        g = self.tangential(self.element(z, mu) + pull)
        least, mu[free] = least_norm(g, rows, memberships(self.groups[free]))
        return least, mu

    @property
    def _k(self) -> int:
        return len(self.selections.groups)

    def _shared(self, active: Pieces) -> Pieces:
        """Pieces of the maxima that are attained by more than one piece."""
        sizes = np.bincount(self.groups[active & ~self.bound], minlength=1)
        return np.asarray(sizes[np.maximum(self.groups, 0)] > 1) & ~self.bound

    def _check_signs(self, weights: Array, free: Pieces) -> None:
        finite = np.isfinite(weights)
        scale = 1.0 + float(np.max(np.abs(weights[finite]), initial=0.0))
        wrong = np.flatnonzero(free & (~finite | (weights < -WRONG_SIGN * scale)))
        if wrong.size:
            raise ProblemError(
                f"L is not convex-concave at a kink: where {self.labels[wrong[0]]}, the kink has "
                f"the weight {weights[wrong[0]]:.3g}; needed: a finite weight >= 0"
            )
