"""Proof that a method leaves a ball: its iterates in interval arithmetic, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Integer, Rational, sympify

from ...discretize.method import Method
from ...flows.convexity.intervals import IntervalEvaluator, UndecidedError, interval_context
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar
from ...flows.problems.problem import SaddleProblem
from .minors import exact_method

BITS, BITS_PER_STEP = 100, 4
"""Working precision: so many bits, and so many more for each step."""


@dataclass(frozen=True)
class Escape:
    """Proof, by interval arithmetic, that a method is outside a ball after k steps.

    Attributes
    ----------
    k : int
        The first step at which it is proved.
    radius : Fraction
        Radius of the ball around the centre.
    distance : float
        Lower bound of ‖z^k − centre‖, rounded down.
    flow_stays : bool
        Whether it is proved as well that the gradient flow stays: the centre is a saddle point,
        exactly, of a problem that is proved to be convex-concave, so ‖Z − centre‖ never increases.
    """

    k: int
    radius: Fraction
    distance: float
    flow_stays: bool

    def __str__(self) -> str:
        return (
            f"proved by interval arithmetic: ‖z^k − c‖ > {self.radius} at k = {self.k} "
            f"(it is at least {self.distance:.6g})"
            + ("; along the gradient flow ‖Z − c‖ never increases" if self.flow_stays else "")
        )


def prove_escape(
    method: Method,
    problem: SaddleProblem,
    z0: Sequence[Any],
    radius: Any,
    *,
    horizon: int = 1000,
    center: Sequence[Any] | None = None,
) -> Escape | None:
    """Prove that a method leaves a ball within a finite horizon.

    Every operation of the method is done on intervals that contain the exact numbers, so that the
    result holds for exact arithmetic, from exactly this start.

    Parameters
    ----------
    method : Method
        With exact numbers for parameters; floats are read as the decimals they print. It asks G
        for values only.
    problem : SaddleProblem
        Given by a formula.
    z0 : sequence of numbers, length d
        The start; floats are read as the decimals they print.
    radius : number, > 0
        Radius of the ball.
    horizon : int
        Steps that are done at most.
    center : sequence of numbers, optional
        Centre of the ball; 0 if not given.

    Returns
    -------
    Escape or None
        None if the ball is not left by then, or the intervals grow too wide to tell.

    Raises
    ------
    ProblemError
        The problem has no formula, or the method asks for more than values.

    Examples
    --------
    On L = xu the flow stays on its circle, simGD with step 1/10 leaves the circle twice as large.

    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import SaddleProblem
    >>> print(prove_escape(SimGD(0.1), SaddleProblem("x*u", "x", "u"), [1, 0], 2))
    ... # doctest: +NORMALIZE_WHITESPACE
    proved by interval arithmetic: ‖z^k − c‖ > 2 at k = 140 (it is at least 2.00676); along the
    gradient flow ‖Z − c‖ never increases
    """
    if problem.expressions is None:
        raise ProblemError("the problem has no formula; interval arithmetic needs one")
    context = interval_context(BITS + BITS_PER_STEP * horizon)
    G = _Enclosures(problem, context)
    middle = G.vector([0] * problem.d if center is None else center)
    bound = IntervalEvaluator({}, context).enclosure(_exact(radius))
    exact = exact_method(method)
    state = exact.start(G, G.vector(z0))
    for k in range(horizon):
        try:
            state = exact.step(G, state, Integer(k))
        except UndecidedError:
            return None
        gap = state[0] - middle
        square = sum((c * c for c in gap.components), context.mpf(0))
        if square.a > (bound**2).b:
            stays = _flow_stays(problem, [0] * problem.d if center is None else center)
            return Escape(k + 1, Fraction(str(_exact(radius))), _below(square.a), stays)
        if not square.delta < 1:
            return None
    return None


@dataclass(frozen=True, eq=False)
class _Box:
    """A point whose coordinates are intervals; scalars are exact numbers."""

    components: tuple[Any, ...]
    context: Any

    __array_ufunc__ = None  # NumPy numbers on the left leave the work to us

    def __add__(self, other: _Box) -> _Box:
        return self._with(a + b for a, b in zip(self.components, other.components, strict=True))

    def __sub__(self, other: _Box) -> _Box:
        return self._with(a - b for a, b in zip(self.components, other.components, strict=True))

    def __mul__(self, scalar: Any) -> _Box:
        factor = IntervalEvaluator({}, self.context).enclosure(sympify(scalar, strict=True))
        return self._with(factor * a for a in self.components)

    __rmul__ = __mul__

    def __truediv__(self, scalar: Any) -> _Box:
        inverse = 1 / sympify(scalar, strict=True)
        return self._with(c for c in (self * inverse).components)

    def __neg__(self) -> _Box:
        return self._with(-a for a in self.components)

    def _with(self, components: Any) -> _Box:
        return _Box(tuple(components), self.context)


@dataclass(frozen=True, eq=False)
class _Enclosures:
    """G on boxes: the values of G at all points of a box lie in the box it answers with."""

    problem: SaddleProblem
    context: Any

    def __call__(self, z: _Box) -> _Box:
        return self._of_players(z, range(self.problem.d))

    def primal(self, z: _Box) -> _Box:
        return self._of_players(z, range(self.problem.n))

    def dual(self, z: _Box) -> _Box:
        return self._of_players(z, range(self.problem.n, self.problem.d))

    def vector(self, numbers: Sequence[Any]) -> _Box:
        evaluator = IntervalEvaluator({}, self.context)
        return _Box(tuple(evaluator.enclosure(_exact(c)) for c in numbers), self.context)

    def _of_players(self, z: _Box, wanted: range) -> _Box:
        names = (*self.problem.primal, *self.problem.dual)
        evaluator = IntervalEvaluator(dict(zip(names, z.components, strict=True)), self.context)
        zero = self.context.mpf(0)
        values = enumerate(self.problem.expressions or ())
        return _Box(
            tuple(evaluator.enclosure(g) if i in wanted else zero for i, g in values), self.context
        )


def _flow_stays(problem: SaddleProblem, center: Sequence[Any]) -> bool:
    """Whether the centre is a saddle point, exactly, and L proved to be convex-concave."""
    names = (*problem.primal, *problem.dual)
    point = dict(zip(names, map(_exact, center), strict=True))
    at_rest = all(g.subs(point) == 0 for g in problem.expressions or ())
    return at_rest and problem.convexity().status == "proved"


def _exact(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ProblemError(f"got {value}; start, radius and centre need finite numbers")
    return (
        Rational(repr(value))
        if isinstance(value, float)
        else scalar(value, "a coordinate or the radius")
    )


def _below(square: Any) -> float:
    """Return a float that is not larger than the square root of a number."""
    return math.sqrt(float(square)) * (1 - 1e-15)
