"""Forward-backward splitting of a set-valued operator: elements of one part, prox of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..flows.inclusions.piecewise import PiecewiseOperator
from ..flows.inclusions.selections import smooth
from ..flows.inclusions.set_valued import TIE, SetValuedOperator
from ..flows.problems.matrices import affine_operator
from ..flows.problems.operators import SaddleOperator
from ..flows.problems.problem import SaddleProblem
from ..flows.problems.remembering import Remembering
from ..flows.terms.faces import FEASIBLE, no_faces
from ..flows.terms.selection import attained, equally_large, shared
from ..flows.terms.term import Term

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Splitting(Remembering):
    """Sum G = F + A: F the subdifferential part of L, A what the players carry besides.

    A method steps forward with an element of F(z), and backward on A. Calling it gives the element
    of F(z) of least norm; away from kinks of L there is only one.

    Parameters
    ----------
    operator : SetValuedOperator
        The operator G.
    """

    operator: SetValuedOperator

    @property
    def carries(self) -> bool:
        """Whether a player carries a set or a term."""
        return bool(self.operator.primal_terms or self.operator.dual_terms)

    @property
    def affine_part(self) -> SaddleOperator | None:
        """F as an affine operator, None if it is not affine."""
        part = getattr(self.operator.selections, "backend", None)
        return part if part is not None and part.is_affine else None

    def __call__(self, z: Array) -> Array:
        """Return the element of least norm of F(z), (..., d) -> (..., d)."""
        L = self.operator.selections
        heights = L.heights(z)
        if not len(L.groups):
            return L.element(z, heights)
        g = L.element(z, shared(heights, L.groups, None))
        tied = self._tied(z, heights)
        if tied.any():
            g = np.array(g)
            g[tied] = np.array([self._least(point) for point in z[tied]]).reshape(g[tied].shape)
        return g

    def vertex(self, z: Array, rng: np.random.Generator) -> Array:
        """Return an element of F(z) drawn from those of single pieces, (..., d) -> (..., d)."""
        L = self.operator.selections
        return L.element(z, shared(L.heights(z), L.groups, rng))

    def backward(self, z: Array, step: Any) -> Array:
        """Return (I + sA)⁻¹(z), for s = `step` or one of each player, (..., d) -> (..., d)."""
        G, n = self.operator, self.operator.n
        primal, dual = step if isinstance(step, tuple) else (step, step)
        x = self._moved(G.primal_terms, z, slice(None, n), float(primal))
        u = self._moved(G.dual_terms, z, slice(n, None), float(dual))
        return np.concatenate([x, u], axis=-1)

    def _moved(self, terms: tuple[Term, ...], z: Array, player: slice, step: float) -> Array:
        if len(terms) > 1:  # a set and a term: their proximal maps do not compose
            return self._carried.resolvent(z, step)[..., player]
        return terms[0].prox(z[..., player], step) if terms else z[..., player]

    @cached_property
    def _carried(self) -> SetValuedOperator:
        """The operator A alone."""
        G = self.operator
        nothing = smooth(affine_operator(np.zeros((G.d, G.d)), None, G.n))
        return SetValuedOperator(nothing, G.names, G.n, G.primal_terms, G.dual_terms)

    @cached_property
    def _part_of_L(self) -> PiecewiseOperator:
        return PiecewiseOperator(self.operator.selections, no_faces(self.operator.d))

    def _tied(self, z: Array, heights: Array) -> NDArray[np.bool_]:
        """Points on a kink of L, to rounding: (..., d) -> (...,)."""
        tied = np.zeros(z.shape[:-1], dtype=bool)
        slack = TIE * (1.0 + np.abs(z).max(axis=-1))[..., None, None]
        for members in equally_large(self.operator.selections.groups):
            among = heights[..., members]
            top = among >= among.max(axis=-1, keepdims=True) - slack
            tied |= (top.sum(axis=-1) > 1).any(axis=-1)
        return tied

    def _least(self, z: Array) -> Array:
        G, part = self.operator, self._part_of_L
        active = attained(part.heights(z), part.groups, G.slack(z))
        return part.least_element(z, np.zeros(G.d), active)[0]


def least_elements(problem: SaddleProblem, z: Array) -> Array:
    """Elements of least norm of G(z); ∞ where z violates a set, as G is empty there.

    Examples
    --------
    >>> problem = SaddleProblem("x*u", "x", "u", primal_set="box(0, 1)")
    >>> least_elements(problem, np.array([[1.0, -3.0], [2.0, 0.0]]))
    array([[ 0., -1.],
           [inf, inf]])
    """
    if not problem.is_set_valued:
        return problem.operator(z)
    inside = problem.project(z)
    violation = np.abs(z - inside).max(axis=-1, keepdims=True)
    outside = violation > FEASIBLE * (1.0 + np.abs(z).max(axis=-1, keepdims=True))
    return np.where(outside, np.inf, problem.operator(inside))


def forward(problem: SaddleProblem) -> Callable[[Array], Array]:
    """Return what methods evaluate and oracles sample: G, of a set-valued problem the part of L."""
    return splitting(problem) or problem.operator


def forward_lipschitz(problem: SaddleProblem) -> float | None:
    """Lipschitz constant of what methods evaluate, None unless that is affine.

    Examples
    --------
    >>> game = SaddleProblem.bilinear([[0, 2], [2, 0]], primal_set="simplex", dual_set="simplex")
    >>> forward_lipschitz(game)
    2.0
    """
    split = splitting(problem)
    if split is None:
        return problem.lipschitz() if problem.is_affine else None
    return None if split.affine_part is None else split.affine_part.lipschitz()


def splitting(problem: SaddleProblem) -> Splitting | None:
    """Return the splitting of a set-valued problem, None for others.

    Examples
    --------
    >>> problem = SaddleProblem("abs(x) + x*u", "x", "u", dual_set="box(0, 1)")
    >>> G = splitting(problem)
    >>> G(np.array([0.0, 3.0])), G.backward(np.array([0.5, 3.0]), 0.1)
    (array([2., 0.]), array([0.5, 1. ]))
    >>> splitting(SaddleProblem("x*u", "x", "u"))
    """
    backend = problem.backend
    return Splitting(backend) if isinstance(backend, SetValuedOperator) else None
