"""Reading a method as a program: its step on points that write down what is done to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.compiled import CompiledExpressions
from ...flows.problems.problem import SaddleProblem
from ...flows.problems.symbolic import SymbolicOperator
from ..method import Method
from ..operators import ResolventOperator
from ..oracles.gaussian_noise import GaussianNoise
from ..oracles.multiplicative_noise import MultiplicativeNoise
from ..oracles.stochastic import ImplicitOracle
from ..splitting import splitting
from .program import Operation, Point, Program, Trace, steps

Array = NDArray[np.float64]

DIMENSION = 16
"""Most coordinates of a point in a kernel."""

TRACED = (GaussianNoise, MultiplicativeNoise)
"""Oracles whose `sample` does arithmetic alone on its points and on standard normal numbers."""


class Traced(NamedTuple):
    """A step as a program, with the numbers in its slots."""

    program: Program
    constants: Array
    varying: Array


def traced(
    method: Method, problem: SaddleProblem, oracle: Any, inputs: int, k: int, count: int
) -> Traced:
    """Trace the steps k, k + 1, …, which are one program with other numbers in it.

    Parameters
    ----------
    method, problem, oracle
        As for `iterate`.
    inputs : int
        Points in the state of the method.
    k, count : int
        The first step, and how many.

    Raises
    ------
    ProblemError
        The method, the problem or the oracle does something that no program can.
    """
    trace = Trace(problem.d, inputs)
    G = _operator(trace, problem, oracle)
    outputs = method.step(G, trace.state(), steps(k, count))
    varying = np.stack(trace.varying, axis=-1) if trace.varying else np.empty((count, 0))
    constants = np.array(trace.constants, dtype=np.float64)
    return Traced(trace.program(outputs), constants, np.ascontiguousarray(varying))


def points(method: Method, problem: SaddleProblem, oracle: Any) -> int:
    """Return the number of points in the state of a method."""
    trace = Trace(problem.d, 1)
    return len(method.start(_operator(trace, problem, oracle), trace.state()[0]))


def formulas(problem: SaddleProblem) -> CompiledExpressions | None:
    """Return the components of G as expressions; None when it is affine."""
    backend = problem.backend
    return backend.formulas if isinstance(backend, SymbolicOperator) else None


def check(method: Method, problem: SaddleProblem, oracle: Any) -> None:
    """Raise ProblemError if a run has no place in a kernel, as far as can be told beforehand."""
    if method.needs is ResolventOperator and not problem.is_affine:
        raise ProblemError("the steps are implicit, and G is not affine")
    if problem.d > DIMENSION:
        raise ProblemError(f"points have {problem.d} coordinates, kernels at most {DIMENSION}")
    if splitting(problem) is not None:
        raise ProblemError("the problem has kinks, sets or terms")
    if not problem.is_affine and formulas(problem) is None:
        raise ProblemError("G is a Python function")
    if oracle is not None and type(oracle) not in TRACED:
        known = " and ".join(oracle.__name__ for oracle in TRACED)
        raise ProblemError(f"the oracle is not one of those that are compiled: {known}")


def _operator(trace: Trace, problem: SaddleProblem, oracle: Any) -> TracedOperator:
    exact = partial(_value, trace, problem)
    implicit = partial(_resolvent, trace, problem) if problem.is_affine else None
    if oracle is None:
        return _answering(trace, problem, exact, implicit)
    normals = TracedNormals(trace)
    evaluate = partial(_sampled, oracle, exact, normals)
    if implicit is None or not isinstance(oracle, ImplicitOracle):
        return TracedOperator(trace, problem.n, evaluate)
    return _answering(trace, problem, evaluate, partial(_stepped, oracle, implicit, normals))


def _answering(
    trace: Trace, problem: SaddleProblem, evaluate: Callable[[Point], Point], implicit: Any
) -> TracedOperator:
    if implicit is None:
        return TracedOperator(trace, problem.n, evaluate)
    return ImplicitTraced(trace, problem.n, evaluate, implicit)


def _sampled(oracle: Any, G: Any, normals: TracedNormals, z: Point) -> Point:
    value: Point = oracle.sample(G, z, normals.next())
    return value


def _stepped(oracle: Any, J: Any, normals: TracedNormals, z: Point, step: Any) -> Point:
    value: Point = oracle.resolvent(J, z, step, normals.next())
    return value


def _value(trace: Trace, problem: SaddleProblem, z: Point) -> Point:
    if not problem.is_affine:
        return trace.add(Operation("operator", (z.place,), problem.d))
    return _affine(trace, problem.jacobian(np.zeros(problem.d)), problem.backend.offset, z)


def _affine(trace: Trace, matrix: Any, offset: Any, z: Point) -> Point:
    product = trace.linear(_dense(matrix), z)
    return product + offset if offset.any() else product


def _resolvent(trace: Trace, problem: SaddleProblem, z: Point, step: Any) -> Point:
    """J_s(z) = R (z − s q), R = (I + s M)⁻¹, with s a number or a column."""
    s, q = np.asarray(step, dtype=np.float64), problem.backend.offset
    M = _dense(problem.jacobian(np.zeros(problem.d)))
    R = np.asarray(np.linalg.inv(np.eye(problem.d) + s[..., None] * M), dtype=np.float64)
    shifted = z - trace.numbers(step) * q if q is not None and q.any() else z
    return trace.linear(R, shifted)


def _dense(matrix: Any) -> Array:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)


@dataclass(frozen=True)
class TracedNormals:
    """What an oracle draws from in a trace.

    Parameters
    ----------
    trace : Trace
        Where it is written down.
    """

    trace: Trace

    def next(self) -> TracedNormals:
        """Begin a sample."""
        self.trace.samples.append(0)
        return self

    def standard_normal(self, shape: tuple[int]) -> Point:
        """Return the normal numbers of the sample, all that it draws."""
        sample, (size,) = len(self.trace.samples) - 1, shape
        self.trace.samples[sample] = size
        return self.trace.add(Operation("normal", (), size, (), (sample,)))


@dataclass(frozen=True)
class TracedOperator:
    """Saddle operator on points of a trace.

    Parameters
    ----------
    trace : Trace
        Where it is written down.
    n : int
        Number of primal coordinates.
    evaluate : callable
        Point to value.
    """

    trace: Trace
    n: int
    evaluate: Callable[[Point], Point]

    def __call__(self, z: Point) -> Point:
        """Return G(z)."""
        return self.evaluate(z)

    def primal(self, z: Point) -> Point:
        """Return (∂_x L(z), 0)."""
        return self._block(z, 0, self.n)

    def dual(self, z: Point) -> Point:
        """Return (0, −∂_u L(z))."""
        return self._block(z, self.n, self.trace.d)

    def coordinatewise(self, f: Callable[..., Any], *vectors: Point) -> Point:
        """Return f by coordinate, which is what arithmetic on points is."""
        value: Point = f(*vectors)
        return value

    def _block(self, z: Point, first: int, end: int) -> Point:
        value = self.evaluate(z)
        return self.trace.add(Operation("block", (value.place,), value.size, (), (first, end)))


@dataclass(frozen=True)
class ImplicitTraced(TracedOperator):
    """Saddle operator with a resolvent.

    Parameters
    ----------
    trace, n, evaluate
        As for `TracedOperator`.
    implicit : callable
        The resolvent, (z, step) to a point.
    """

    implicit: Callable[[Point, Any], Point]

    def resolvent(self, z: Point, step: Any) -> Point:
        """Return J_s(z)."""
        return self.implicit(z, step)
