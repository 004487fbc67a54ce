"""The minimal-norm selection: which element of a subdifferential a flow takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..errors import IntegrationError, ProblemError
from ..problems.points import Array
from .faces import CONSTRAINT, FEASIBLE
from .term import Term

HEAVY = 100.0  # weight of the sum conditions; their error falls by 1/HEAVY² with every round
ROUNDS = 5


def least_norm(g: Array, rows: Array, sums: Array) -> tuple[Array, Array]:
    """Element of least norm of {g + Bᵀμ : μ ≥ 0, S μ = 1}, with its μ.

    Non-negative least squares (Lawson, Hanson 1974); the sums come in by the method of
    multipliers, in as many rounds as make them exact to rounding.

    Parameters
    ----------
    g : ndarray, shape (d,)
    rows : ndarray, shape (P, d)
        B.
    sums : ndarray, shape (q, P)
        S, of zeros and ones; each column has at most one 1.

    Returns
    -------
    element : ndarray, shape (d,)
    mu : ndarray, shape (P,)

    Raises
    ------
    IntegrationError
        The least-squares solver gives up.

    Examples
    --------
    >>> least_norm(np.array([3.0, 1.0]), np.array([[-1.0, 0.0]]), np.zeros((0, 1)))
    (array([0., 1.]), array([3.]))
    """
    if not len(rows):
        return g, np.zeros(0)
    size = max(float(np.abs(rows).max()), float(np.abs(g).max())) or 1.0
    system = np.concatenate([rows.T / size, HEAVY * sums])
    goal = np.ones(len(sums))
    for _ in range(ROUNDS if len(sums) else 1):
        try:
            mu, _ = nnls(system, np.concatenate([-g / size, HEAVY * goal]))
        except RuntimeError as error:
            raise IntegrationError(f"no minimal-norm element was found: {error}") from error
        goal += 1.0 - sums @ mu
    mu = _polished(g, rows, sums, mu)
    return g + mu @ rows, mu


def _polished(g: Array, rows: Array, sums: Array, mu: Array) -> Array:
    """Solve for the multipliers again, on the same support but with exact sums."""
    leaders = np.argmax(sums * mu, axis=1) if len(sums) else np.zeros(0, dtype=np.intp)
    exact = np.zeros_like(mu)
    exact[leaders] = 1.0
    followers = (mu > 0) & (exact == 0)
    moves = rows - sums.T @ rows[leaders]  # what a follower takes, its leader loses
    base = g + exact @ rows
    exact[followers] = np.linalg.lstsq(moves[followers].T, -base, rcond=None)[0]
    exact[leaders] -= sums @ np.where(followers, exact, 0.0)
    return exact if np.all(exact >= 0) else mu


def equally_large(groups: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """Pieces of each maximum, those of equally many pieces in one array (count, size).

    Examples
    --------
    >>> equally_large(np.array([0, 0, -1, 1, 1]))
    (array([[0, 1],
           [3, 4]]),)
    """
    numbers, sizes = np.unique(groups[groups != CONSTRAINT], return_counts=True)
    in_order = np.argsort(groups, kind="stable")
    return tuple(
        in_order[np.isin(groups[in_order], numbers[sizes == size])].reshape(-1, size)
        for size in np.unique(sizes)
    )


def shared(heights: Array, groups: NDArray[np.intp], rng: np.random.Generator | None) -> Array:
    """Multipliers of the highest pieces of each maximum: equal, or 1 for one drawn at random.

    Parameters
    ----------
    heights : ndarray, shape (..., P)
    groups : ndarray of int, shape (P,)
    rng : numpy Generator or None
        None for equal multipliers.

    Examples
    --------
    >>> shared(np.array([1.0, 1.0, 0.0, 3.0]), np.array([0, 0, 1, 1]), None)
    array([0.5, 0.5, 0. , 1. ])
    """
    mu = np.zeros(heights.shape)
    for members in equally_large(groups):
        among = heights[..., members]
        top = (among == np.max(among, axis=-1, keepdims=True)).astype(float)
        if rng is not None:
            lots = rng.uniform(0.5, 1.0, top.shape) * top
            top = (lots == np.max(lots, axis=-1, keepdims=True)).astype(float)
        mu[..., members] = top / np.sum(top, axis=-1, keepdims=True)
    return mu


def memberships(groups: Any) -> Array:
    """Sum conditions S of groups of multipliers; constraints have none.

    Examples
    --------
    >>> memberships([0, 0, -1, 2])
    array([[1., 1., 0., 0.],
           [0., 0., 0., 1.]])
    """
    groups = np.asarray(groups)
    numbers = np.unique(groups[groups != CONSTRAINT])
    return np.asarray(groups == numbers[:, None], dtype=float)


def attained(heights: Array, groups: NDArray[np.intp], slack: float) -> NDArray[np.bool_]:
    """Pieces within `slack` of the top of their group, and constraints as near to zero.

    Examples
    --------
    >>> attained(np.array([1.0, 2.0, -3.0, 0.0]), np.array([0, 0, -1, -1]), 1e-9)
    array([False,  True, False,  True])
    """
    tops = np.zeros_like(heights)
    grouped = groups != CONSTRAINT
    if grouped.any():
        by_group = np.full(groups.max() + 1, -np.inf)
        np.maximum.at(by_group, groups[grouped], heights[grouped])
        tops[grouped] = by_group[groups[grouped]]
    return np.asarray(heights >= tops - slack)


def minimal_norm(term: Term, g: Any, x: Any) -> Array:
    """Element of least norm of g + ∂f(x), f the term.

    Parameters
    ----------
    term : Term
    g, x : array_like, shape (n,)

    Raises
    ------
    ProblemError
        x lies outside the set: there is no subgradient.

    Examples
    --------
    >>> from saddleode.flows.terms import L1, Simplex
    >>> minimal_norm(L1(1), [2.0], [0.0]).round(12)
    array([1.])
    >>> minimal_norm(Simplex(), [-1.0, 1.0], [0.5, 0.5])
    array([-1.,  1.])
    """
    x, g = np.asarray(x, dtype=float), np.asarray(g, dtype=float)
    if not np.isfinite(term.value(x)):
        raise ProblemError(f"{x} lies outside the {term.name}; project it first, with prox")
    faces = term.faces(tuple(f"x{i + 1}" for i in range(len(x))))
    slack = FEASIBLE * (1.0 + float(np.abs(x).max()))
    active = attained(faces.heights(x), faces.groups, slack)
    E = faces.equalities
    rows = (faces.weights[:, None] * faces.gradients(x))[active]
    flat, g = rows - (rows @ E.T) @ E, g - (g @ E.T) @ E
    return least_norm(g, flat, memberships(faces.groups[active]))[0]
