"""The duality gap of a bilinear game on sets: how much both players could still win together."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..discretize.splitting import Splitting, splitting
from ..flows.errors import ProblemError
from ..flows.problems.problem import SaddleProblem
from ..flows.terms.term import Term

Array = NDArray[np.float64]

SKEW = 1e-12
"""Relative size of ⟨v, Mv⟩ that is put down to rounding."""


@runtime_checkable
class SupportedSet(Protocol):
    """Set whose largest inner products are known."""

    def support(self, v: Any) -> Array:
        """Return the largest ⟨v, x⟩ for x in the set, (..., n) -> (...,)."""


def duality_gap(problem: SaddleProblem, z: ArrayLike) -> Array:
    """Duality gap ``max_{u' ∈ U} L(x, u') − min_{x' ∈ X} L(x', u)`` at z = (x, u).

    For the bilinear game L = xᵀAu + bᵀx + cᵀu on sets X and U. It is ≥ 0 on them, and 0 exactly at
    saddle points. With F(z) = (Au + b, −Aᵀx − c) it is ``⟨F(z), z⟩ + σ_X(−F_x(z)) + σ_U(−F_u(z))``,
    where σ are support functions: for simplices the best answers are pure strategies.

    Parameters
    ----------
    problem : SaddleProblem
        Bilinear problem with bounded sets for both players: boxes, balls, simplices.
    z : array_like, shape (..., d)
        Points of the sets; this is not checked.

    Returns
    -------
    ndarray, shape (...,)
        The gap.

    Raises
    ------
    ProblemError
        L is not bilinear, or a player has no bounded set, or a term besides.

    Examples
    --------
    Always rock against always paper: both can win 1 by another answer.

    >>> A = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    >>> game = SaddleProblem.bilinear(A, primal_set="simplex", dual_set="simplex")
    >>> duality_gap(game, [[1, 0, 0, 0, 1, 0], [1 / 3] * 6]).round(12).tolist()
    [2.0, 0.0]
    """
    G, points = _bilinear(problem), np.asarray(z, dtype=np.float64)
    if points.shape[-1:] != (problem.d,):
        raise ProblemError(f"z has shape {points.shape}; the last axis must have {problem.d}")
    primal, dual = (_set_of(terms) for terms in (G.operator.primal_terms, G.operator.dual_terms))
    F = G(points)
    best = primal.support(-F[..., : problem.n]) + dual.support(-F[..., problem.n :])
    return np.asarray(np.sum(F * points, axis=-1) + best)


def _bilinear(problem: SaddleProblem) -> Splitting:
    """Return the splitting of a game whose M is skew: probed with random vectors."""
    split = splitting(problem)
    part = None if split is None else split.affine_part
    if split is None or part is None or not _is_skew(part.matrix, problem.d):
        raise ProblemError(
            "the duality gap is computed for bilinear games on sets, e.g. "
            "SaddleProblem.bilinear(A, primal_set=Simplex(), dual_set=Simplex())"
        )
    return split


def _is_skew(M: Any, d: int) -> bool:
    v = np.random.default_rng(0).standard_normal((d, 3))
    products = v * (M @ v)
    return bool((np.abs(products.sum(axis=0)) <= SKEW * np.abs(products).sum(axis=0)).all())


def _set_of(terms: tuple[Term, ...]) -> SupportedSet:
    if len(terms) == 1 and isinstance(terms[0], SupportedSet):
        return terms[0]
    raise ProblemError(
        f"a player carries {', '.join(map(str, terms)) or 'nothing'}; the duality gap needs one "
        "bounded set for each player: a box, a ball or a simplex"
    )
