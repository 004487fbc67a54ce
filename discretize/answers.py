"""How a problem, or an oracle in its place, answers the methods: the numbers reading of G."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..flows.errors import ProblemError
from ..flows.problems.problem import SaddleProblem
from .oracles.stochastic import AnyOracle, is_stochastic, sampler
from .oracles.streams import Stream, blocks

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


@dataclass(frozen=True)
class Constrained:
    """Saddle operator restricted to a closed convex set, an oracle for `iterate`.

    Methods with a projected form (``method.splits``) then look for z* in the set C with
    ``⟨G(z*), z − z*⟩ ≥ 0`` for all z in C.

    Parameters
    ----------
    evaluate : callable or StochasticOracle
        G on C, (..., d) -> (..., d), or any other oracle of `iterate`.
    project : callable
        Projection on C, (..., d) -> (..., d).

    Examples
    --------
    >>> import numpy as np
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> from saddleode.discretize.methods.extragradient import Extragradient
    >>> problem = SaddleProblem("(x - 2)*(u - 1)", "x", "u")
    >>> box = Constrained(problem.operator, lambda z: np.clip(z, 0, 1))
    >>> iterate(Extragradient(0.5), problem, [0, 0], 40, oracle=box).z[-1].round(6).tolist()
    [1.0, 0.0]
    """

    evaluate: AnyOracle
    project: Callable[[Array], Array]

    def __call__(self, z: Array) -> ArrayLike:
        """Return G(z); an oracle that draws is sampled by `iterate` only."""
        return cast(Callable[[Array], ArrayLike], self.evaluate)(z)


def answers(
    problem: SaddleProblem, oracle: AnyOracle | None, stream: Stream | None = None
) -> ArrayAnswers:
    """Operator for a run: that of the problem, or `oracle` in its place, checked for shape.

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
    if oracle is None:
        return ProblemAnswers(problem.operator, problem.n, problem.resolvent)
    checked = _checked(problem, unconstrained(oracle), stream)
    if isinstance(oracle, Constrained):
        project = oracle.project
        return ArrayAnswers(checked, problem.n, terms=lambda z, step: project(z))
    return ArrayAnswers(checked, problem.n)


def unconstrained(oracle: AnyOracle | None) -> AnyOracle | None:
    """Return the oracle inside a `Constrained` one, others as they are."""
    return oracle.evaluate if isinstance(oracle, Constrained) else oracle


def _checked(
    problem: SaddleProblem, oracle: Any, stream: Stream | None
) -> Callable[[Array], Array]:
    """Values of the oracle as arrays of the shape of the points, each evaluation a new sample."""
    if stream is None or not is_stochastic(oracle):
        return lambda z: _as_values(oracle(z), z)
    draw = sampler(problem, oracle)

    def evaluate(z: Array) -> Array:
        rng = stream.next()
        if z.ndim == 1:
            return _as_values(draw(z, rng(0)), z)
        values = np.empty(z.shape)
        for block, rows in blocks(len(z)):
            values[rows] = _as_values(draw(z[rows], rng(block)), z[rows])
        return values

    return evaluate


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
