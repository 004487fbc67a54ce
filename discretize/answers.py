"""How a problem, or an oracle in its place, answers the methods: the numbers reading of G."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..flows.errors import ProblemError
from ..flows.problems.problem import SaddleProblem
from .oracles.stochastic import AnyOracle, ImplicitOracle, is_stochastic, sampler
from .oracles.streams import BLOCK, Stream, blocks
from .splitting import forward, splitting

Array = NDArray[np.float64]


def _unmoved(z: Array, step: Any) -> Array:
    """Backward step on nothing."""
    return z


@dataclass(frozen=True)
class ArrayAnswers:
    """Saddle operator on arrays of points: what the numbers reading hands to a method.

    Parameters
    ----------
    evaluate : callable
        Points to values, (..., d) -> (..., d).
    n : int
        Number of primal coordinates.
    terms : callable
        Backward step on the players' sets and terms, (z, step) -> (..., d).
    """

    evaluate: Callable[[Array], Array]
    n: int
    terms: Callable[[Array, Any], Array] = field(default=_unmoved, kw_only=True)

    def __call__(self, z: Array) -> Array:
        """Return G(z)."""
        return self.evaluate(z)

    def primal(self, z: Array) -> Array:
        """Return (∂_x L(z), 0); one evaluation."""
        g = np.array(self.evaluate(z))
        g[..., self.n :] = 0
        return g

    def dual(self, z: Array) -> Array:
        """Return (0, −∂_u L(z)); one evaluation."""
        g = np.array(self.evaluate(z))
        g[..., : self.n] = 0
        return g

    def backward(self, z: Array, step: Any) -> Array:
        """Return the nearest point that respects the sets, or the proximal point of the terms."""
        return self.terms(z, step)

    def coordinatewise(self, f: Callable[..., Any], *vectors: Array) -> Array:
        """Return f on all coordinates at once."""
        return cast(Array, f(*vectors))


@dataclass(frozen=True)
class ProblemAnswers(ArrayAnswers):
    """Saddle operator of a problem, with its resolvent.

    Parameters
    ----------
    evaluate, n
        As for `ArrayAnswers`.
    implicit : callable
        The resolvent, (z, step) -> (..., d).
    """

    implicit: Callable[[Array, float], Array]

    def resolvent(self, z: Array, step: Any) -> Array:
        """Return J_s(z)."""
        return self.implicit(z, float(step))


def answers(
    problem: SaddleProblem, oracle: AnyOracle | None, stream: Stream | None = None
) -> ArrayAnswers:
    """Operator for a run: that of the problem, or `oracle` in its place, checked for shape.

    Of a set-valued problem it is the part of L, which `oracle` then replaces, and the players'
    sets and terms as backward steps.

    Parameters
    ----------
    problem : SaddleProblem
        The problem.
    oracle : StochasticOracle or callable, optional
        Replaces the operator.
    stream : Stream, optional
        Random numbers; a stochastic oracle needs them.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> G = answers(SaddleProblem("x*u", "x", "u"), None)
    >>> G([1.0, 3.0]), G.primal([1.0, 3.0]), G.resolvent([1.0, 0.0], 1)
    (array([ 3., -1.]), array([3., 0.]), array([0.5, 0.5]))
    """
    split = splitting(problem)
    terms = _unmoved if split is None else split.backward
    if oracle is None:
        return ProblemAnswers(forward(problem), problem.n, problem.resolvent, terms=terms)
    evaluate = _checked(problem, oracle, stream)
    if isinstance(oracle, ImplicitOracle) and stream is not None:
        implicit = partial(_implicit, problem, oracle, stream)
        return ProblemAnswers(evaluate, problem.n, implicit, terms=terms)
    return ArrayAnswers(evaluate, problem.n, terms=terms)


def _checked(
    problem: SaddleProblem, oracle: AnyOracle, stream: Stream | None
) -> Callable[[Array], Array]:
    """Values of the oracle as arrays of the shape of the points, each evaluation a new sample."""
    if stream is None or not is_stochastic(oracle):
        return lambda z: _as_values(cast(Callable[[Array], ArrayLike], oracle)(z), z)
    draw = sampler(problem, oracle)
    return lambda z: _sampled(draw, z, stream)


def _implicit(
    problem: SaddleProblem, oracle: ImplicitOracle, stream: Stream, z: Array, step: float
) -> Array:
    """Return the resolvent of a new sample at each point."""
    return _sampled(lambda w, rng: oracle.resolvent(problem.resolvent, w, step, rng), z, stream)


def _sampled(
    draw: Callable[[Array, np.random.Generator], ArrayLike], z: Array, stream: Stream
) -> Array:
    """One evaluation: what is drawn at each point, block by block, checked for shape."""
    rng = stream.next()
    if z.ndim == 1 or len(z) <= BLOCK:
        return _as_values(draw(z, rng(0)), z)
    values = np.empty(z.shape)
    for block, rows in blocks(len(z)):
        values[rows] = _as_values(draw(z[rows], rng(block)), z[rows])
    return values


def _as_values(g: ArrayLike, z: Array) -> Array:
    try:
        values = np.asarray(g)
        if np.iscomplexobj(values):
            raise TypeError("complex entries")
        values = values.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ProblemError(f"the oracle must answer with real numbers; {error}") from None
    if values.shape != z.shape:
        raise ProblemError(
            f"the oracle answered with shape {values.shape} at a point of shape {z.shape}; "
            "value and point must have the same shape"
        )
    return values
