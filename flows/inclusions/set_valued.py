"""The set-valued saddle operator of a problem with kinks, constraints or prox-friendly terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

import numpy as np

from ..convexity.convexity import Verdict, Witness
from ..errors import ProblemError
from ..problems.points import Array
from ..problems.remembering import Remembering
from ..terms.faces import Faces, no_faces
from ..terms.selection import shared
from ..terms.tangent_cone import has_tangent, least_of_sum
from ..terms.term import Term
from .composite_resolvent import resolve
from .piecewise import Pieces, PiecewiseOperator
from .resolvent_equations import Point
from .saddle_points import nearest_saddle, saddle_point
from .selections import Selections

TIE = 1e-9  # relative distance at which a point is taken to lie on a kink or wall
LARGEST = 2000  # coordinates with which dense matrices of all pieces are formed


@dataclass(frozen=True, eq=False)
class SetValuedOperator(Remembering):
    """Set-valued saddle operator ``G = (∂_x L + ∂f, −∂_u L + ∂g)``, f and g the players' terms.

    The inclusion ``Ż ∈ −G(Z)`` has one solution if L is convex-concave, and its right velocity is
    minus the element of least norm. So `operator` returns that element. Points have shape
    (..., d).

    Parameters
    ----------
    selections : Selections
        The part of L.
    names : tuple of str
        Names of the d coordinates, primal ones first.
    n : int
        Number of primal coordinates.
    primal_terms, dual_terms : tuple of Term
        The players' constraint set and term; at most one of them is a set.
    """

    selections: Selections
    names: tuple[str, ...]
    n: int
    primal_terms: tuple[Term, ...]
    dual_terms: tuple[Term, ...]

    is_affine = False
    is_set_valued = True
    matrix = offset = exact = None

    @property
    def d(self) -> int:
        """Number of coordinates."""
        return len(self.names)

    @cached_property
    def pieces(self) -> PiecewiseOperator:
        """The operator written with multipliers.

        Raises
        ------
        ProblemError
            It has too many coordinates for dense matrices.
        """
        self._require_dense()
        primal = _faces(self.primal_terms, self.names[: self.n]).within(0, self.d)
        dual = _faces(self.dual_terms, self.names[self.n :]).within(self.n, self.d)
        return PiecewiseOperator(self.selections, primal + dual)

    def slack(self, z: Array) -> float:
        """Distance within which the point z of shape (d,) counts as on a kink or wall."""
        return TIE * (1.0 + float(np.abs(z).max()))

    def ties(self, *points: Array) -> frozenset[str]:
        """Kinks and walls that all of these points are on, such as ``"x = 0"``."""
        active = [self.pieces.active(z, self.slack(z)) for z in points]
        return _describe(self.pieces, np.logical_and.reduce(active))

    def project(self, z: Array) -> Array:
        """Nearest point at which both players respect their sets, (..., d) -> (..., d)."""
        players = ((self.primal_terms, z[..., : self.n]), (self.dual_terms, z[..., self.n :]))
        return np.concatenate([_project(terms, x) for terms, x in players], axis=-1)

    def value(self, z: Array) -> Array:
        """L(z) + f(x) − g(u), (..., d) -> (...,)."""
        primal = sum(term.value(z[..., : self.n]) for term in self.primal_terms)
        dual = sum(term.value(z[..., self.n :]) for term in self.dual_terms)
        return np.asarray(self.selections.value(z) + primal - dual)

    def operator(self, z: Array) -> Array:
        """Element of least norm of G(z), (..., d) -> (..., d).

        Raises
        ------
        ProblemError
            A point violates a constraint: G is empty there.
        """
        closed = has_tangent(self.primal_terms) and has_tangent(self.dual_terms)
        return self._tangential(z) if closed and self._is_smooth else _each(z, self._least)

    def subgradient(self, z: Array, rng: np.random.Generator | None) -> Array:
        """Element of G(z) without normal cones of sets, (..., d) -> (..., d).

        Where several pieces are equally high it is their mean; with `rng` one of them at random.
        """
        L, terms = self.selections, self._functions
        chosen = shared(L.heights(z), L.groups, rng), shared(terms.heights(z), terms.groups, rng)
        return L.element(z, chosen[0]) + (chosen[1] * terms.weights) @ terms.slopes

    @cached_property
    def _functions(self) -> Faces:
        """The terms that are no sets, as one function on R^d."""
        primal, dual = (
            tuple(term for term in terms if not term.is_set)
            for terms in (self.primal_terms, self.dual_terms)
        )
        if primal or dual:
            self._require_dense()
        of_primal = _faces(primal, self.names[: self.n]).within(0, self.d)
        return of_primal + _faces(dual, self.names[self.n :]).within(self.n, self.d)

    def _require_dense(self) -> None:
        if self.d > LARGEST:
            raise ProblemError(
                f"the problem has {self.d} variables; with sets, terms or kinks at most {LARGEST} "
                "are possible here, as dense matrices are needed. Without terms and kinks, "
                "projections, subgradients and least elements are possible at any size"
            )

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z) = (I + s G)⁻¹(z); for step 0 the projection on the players' sets."""
        return self.project(z) if step == 0 else _each(z, lambda v: resolve(self.pieces, v, step).w)

    def successive_resolvents(self) -> Callable[[Array, float], Array]:
        """Return the resolvent (z, step) -> J_s(z), quick at points that follow each other."""
        last: Point | None = None

        def resolvent(z: Array, step: float) -> Array:
            nonlocal last
            last = resolve(self.pieces, z, step, last)
            return last.w

        return resolvent

    def jacobian(self, z: Array) -> NoReturn:
        """Not available: G has jumps."""
        raise ProblemError(
            "G is set-valued: it has no Jacobian; there are its resolvent and its least element"
        )

    def jvp(self, z: Array, v: Array) -> NoReturn:
        """Not available: G has jumps."""
        self.jacobian(z)

    def saddle_point(self, start: Array | None) -> Array:
        """Zero of G by proximal-point steps of growing size."""
        return saddle_point(self, start)

    def nearest_saddle(self, z: Array) -> Array:
        """Projection on the saddle points, shape (..., d) -> (..., d)."""
        return nearest_saddle(self, z)

    def lipschitz(self) -> NoReturn:
        """Not available: G has jumps."""
        raise ProblemError("G is set-valued: it has no Lipschitz constant")

    def convexity(self) -> Verdict:
        """Verdict on L on the sets of the players; the terms are convex by construction."""
        verdict = self.selections.convexity()
        if verdict.witness is None or self._is_on_the_sets(verdict.witness):
            return verdict
        return Verdict("unknown", f"on the whole space {verdict.reason}; not examined on the sets")

    def _is_on_the_sets(self, witness: Witness) -> bool:
        """Whether a point and a direction at it lie on the sets and in their affine hulls."""
        z, v = (np.array(values, dtype=float) for values in (witness.point, witness.direction))
        on_sets = np.linalg.norm(self.project(z) - z) <= TIE
        return bool(on_sets and np.linalg.norm(self.pieces.tangential(v) - v) <= TIE)

    @property
    def _is_smooth(self) -> bool:
        return not len(self.selections.groups)

    def _tangential(self, z: Array) -> Array:
        """Element of least norm of G(z) by tangent cones, for a differentiable L and sets."""
        slack, n = TIE * (1.0 + np.abs(z).max(axis=-1, keepdims=True)), self.n
        violation = np.abs(z - self.project(z)).max(axis=-1, keepdims=True)
        if np.any(violation > 10 * slack):
            raise _infeasible(z[(violation > 10 * slack)[..., 0]].reshape(-1, self.d)[0], violation)
        g = self.selections.element(z, np.zeros((*z.shape[:-1], 0)))
        primal = least_of_sum(self.primal_terms, z[..., :n], g[..., :n], slack)
        return np.concatenate(
            [primal, least_of_sum(self.dual_terms, z[..., n:], g[..., n:], slack)], -1
        )

    def _least(self, z: Array) -> Array:
        violation, slack = self.pieces.violation(z), self.slack(z)
        if violation > 10 * slack:
            raise _infeasible(z, violation)
        return self.pieces.least_element(z, np.zeros(self.d), self.pieces.active(z, slack))[0]


def _infeasible(z: Array, violation: Any) -> ProblemError:
    return ProblemError(
        f"z = {np.array2string(z, precision=4, threshold=9)} violates a constraint by "
        f"{np.max(violation):.2g}: G is empty there; project the point first"
    )


def _describe(G: PiecewiseOperator, active: Pieces) -> frozenset[str]:
    """Say what active pieces mean: one text for each tied maximum and active constraint."""
    found = {G.labels[p] for p in np.flatnonzero(active & G.bound)}
    for group in np.unique(G.groups[active & ~G.bound]):
        members = [G.labels[p] for p in np.flatnonzero(active & (G.groups == group))]
        if len(members) > 1:
            found.add(" = ".join(sorted(dict.fromkeys(members), key="0".__eq__)))
    return frozenset(found)


def _faces(terms: tuple[Term, ...], names: tuple[str, ...]) -> Faces:
    faces = sum((term.faces(names) for term in terms), no_faces(len(names)))
    return faces.without_idle_pieces()


def _project(terms: tuple[Term, ...], x: Array) -> Array:
    for term in terms:
        if term.is_set:
            return term.prox(x)
    return x


def _each(z: Array, function: Any) -> Array:
    """Apply a function of one point to all points of a stack."""
    return np.array([function(row) for row in z.reshape(-1, z.shape[-1])]).reshape(z.shape)
