"""Tangent cones of the players' sets: the element of least norm of F + N in closed form."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ..problems.points import Array
from .term import Term


@runtime_checkable
class Tangent(Protocol):
    """Set with a closed form for projections on its tangent cones."""

    def tangent(self, x: Array, v: Array, slack: Array) -> Array:
        """Projection of v on the tangent cone at x, (..., n) and (..., n) -> (..., n).

        Walls within `slack`, shape (..., 1), count as reached.
        """


def has_tangent(terms: tuple[Term, ...]) -> bool:
    """Whether a player carries nothing, or one set with closed tangent cones."""
    return not terms or (len(terms) == 1 and isinstance(terms[0], Tangent))


def least_of_sum(terms: tuple[Term, ...], x: Array, g: Array, slack: Array) -> Array:
    """Element of least norm of g + N(x): minus the projection of −g on the tangent cone.

    Parameters
    ----------
    terms : tuple of Term
        What the player carries, see `has_tangent`.
    x, g : ndarray, shape (..., n)
        Points of the set, and vectors.
    slack : ndarray, shape (..., 1)
        Distance within which a wall counts as reached.

    Examples
    --------
    >>> import numpy as np
    >>> from saddleode.flows.terms import Simplex
    >>> least_of_sum((Simplex(),), np.array([1.0, 0, 0]), np.array([2.0, 1, 3]), np.array([1e-9]))
    array([ 0.5, -0.5,  0. ])
    """
    term = terms[0] if terms else None
    return 0.0 - term.tangent(x, -g, slack) if isinstance(term, Tangent) else g
