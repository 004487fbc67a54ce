"""Semidefinite programmes over identities, by CVXPY and Clarabel (extra ``prove``)."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...flows.errors import ProblemError
from .identity import Identity, Row

ACCURACY = 1e-6
"""Relative size below which a number is 0: Clarabel stops at gaps of 1e-8, and its variables are
less accurate than that where the programme is degenerate."""


@dataclass(frozen=True)
class Solution:
    """Numbers that a semidefinite programme found.

    Parameters
    ----------
    free : mapping
        Unknown -> number.
    signed : tuple of mapping
        For each identity, name of a λ -> number.
    """

    free: Mapping[str, float]
    signed: tuple[Mapping[Any, float], ...]


def require_solver() -> None:
    """Refuse to go on without the solver.

    Raises
    ------
    ProblemError
        CVXPY or Clarabel is not installed; names the extra.
    """
    if not all(importlib.util.find_spec(name) for name in ("cvxpy", "clarabel")):
        raise ProblemError(
            "the search needs CVXPY and Clarabel; install them with pip install 'saddleode[prove]'"
        )


def solve(
    identities: Sequence[Identity],
    objective: Mapping[str, float],
    *,
    most: Mapping[str, float] | None = None,
    sparse: bool = False,
    inner: bool = False,
) -> Solution | None:
    """Minimise a linear function of the unknowns such that all identities hold.

    Parameters
    ----------
    identities : sequence of Identity
        They share their free unknowns by name.
    objective : mapping
        Unknown -> its weight.
    most : mapping, optional
        Unknown -> upper bound.
    sparse : bool
        Minimise the sum of the sizes of all unknowns and λ as well.
    inner : bool
        Maximise the least eigenvalue of all Gram matrices instead, to be safe from rounding.

    Returns
    -------
    Solution or None
        None if the solver found none.
    """
    cp = _cvxpy()

    names = sorted({name for identity in identities for name in identity.free})
    y = cp.Variable(len(names))
    conditions = [y[names.index(name)] <= bound for name, bound in (most or {}).items()]
    margin = cp.Variable(nonneg=True) if inner else None
    weights = [cp.Variable(max(len(identity.signed), 1), nonneg=True) for identity in identities]
    for identity, weight in zip(identities, weights, strict=True):
        conditions += _conditions(identity, names, y, weight, margin)
    cost = sum(weight * y[names.index(name)] for name, weight in objective.items())
    if sparse:
        cost = cost + cp.norm1(y) + sum(cp.sum(weight) for weight in weights)
    problem = cp.Problem(cp.Minimize(cost if margin is None else -margin), conditions)
    if not _solved(problem):
        return None
    signed = tuple(
        dict(zip(identity.signed, map(float, weight.value), strict=False))
        for identity, weight in zip(identities, weights, strict=True)
    )
    return Solution(dict(zip(names, map(float, y.value), strict=True)), signed)


def _cvxpy() -> Any:
    """Return CVXPY, which is loaded only when a search needs it."""
    import cvxpy

    return cvxpy


def _solved(problem: Any) -> bool:
    cp = _cvxpy()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "may be inaccurate": what is found is proved exactly
        try:
            problem.solve(solver=cp.CLARABEL)
        except cp.error.SolverError:
            return False
    found = problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE)
    return found and all(np.isfinite(variable.value).all() for variable in problem.variables())


def _conditions(
    identity: Identity, names: list[str], y: Any, weight: Any, margin: Any
) -> list[Any]:
    """Return the equations of an identity, with new Gram matrices that are semidefinite."""
    cp = _cvxpy()

    columns = [identity.rows(identity.free.get(name, type(identity.constant)())) for name in names]
    taken = [identity.rows(form) for form in identity.signed.values()] or [{}]
    constant = identity.rows(identity.constant)
    index: dict[Row, int] = {}
    for part in (constant, *columns, *taken):
        for row in part:
            index.setdefault(row, len(index))
    for block in identity.blocks:
        for _, _, row in block.products():
            index.setdefault(row, len(index))
    if not index:
        return []
    left = _matrix(columns, index) @ y - _matrix(taken, index) @ weight
    left = left + _matrix([constant], index)[:, 0]
    conditions = []
    for block in identity.blocks:
        size = len(block.entries)
        gram = cp.Variable((size, size), PSD=True)
        matrix = np.zeros((len(index), size * size))
        for i, j, row in block.products():
            matrix[index[row], i * size + j] += 1
        left = left - matrix @ cp.vec(gram, order="C")
        if margin is not None:
            conditions.append(gram >> margin * np.eye(size))
    return [*conditions, left == 0]


def _matrix(columns: Sequence[Mapping[Row, float]], index: Mapping[Row, int]) -> Any:
    matrix = np.zeros((len(index), len(columns)))
    for j, column in enumerate(columns):
        for row, value in column.items():
            matrix[index[row], j] = value
    return matrix
