"""The largest stable step of a method on a problem, measured by running it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from .measured import measured_on
from .region_map import Array

STEPS = 64
"""Steps that run side by side; each pass narrows the bracket by so much."""


class MeasuredThreshold(NamedTuple):
    """Bracket of the learning rate at which a method stops to converge.

    Attributes
    ----------
    low, high : float
        The largest step that came nearer to the saddle points, and the next one, which did not.
    """

    low: float
    high: float

    def __str__(self) -> str:
        return f"measured: it converges at step {self.low:.9g} and not at {self.high:.9g}"


def measured_threshold(
    method: Method,
    problem: SaddleProblem,
    z0: ArrayLike,
    *,
    smallest: float = 1e-3,
    largest: float = 1e3,
    iterations: int = 10_000,
    accuracy: float = 1e-6,
) -> MeasuredThreshold:
    """Bracket the empirical threshold of a method by sections of an interval, 64 runs at a time.

    It is the first step on the way up at which the runs of `measured_on` do not converge. Beside
    it stands the exact `step_threshold`; near it runs of finite length cannot tell, and on a
    nonlinear problem a far start may leave earlier.

    Parameters
    ----------
    method, problem
        What is run; the learning rate of the method is replaced.
    z0 : array_like, shape (d,)
        The start.
    smallest, largest : float
        Steps between which the threshold is looked for.
    iterations : int
        Steps of each run.
    accuracy : float
        Relative width of the bracket to stop at.

    Raises
    ------
    ProblemError
        The method does not converge at the smallest step, or it does up to the largest one.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> paper = SaddleProblem("0.2*x**2 + x*u", "x", "u")
    >>> found = measured_threshold(SimGD(1), paper, [1.0, 0.0])  # exactly it is 2/5
    >>> round(found.low, 5), round(found.high, 5)
    (0.4, 0.4)
    """
    decide = measured_on(problem, z0, iterations=iterations)

    def family(step: Any, _: Any) -> Method:
        return method.with_step(step)

    low, high = smallest, largest
    while high > low * (1 + accuracy):
        steps: Array = np.geomspace(low, high, STEPS)
        bad = np.flatnonzero(decide(family, steps, steps) != 1)
        if len(bad) == 0 or (bad[0] == 0 and low == smallest):
            where = f"up to step {largest:g}" if len(bad) == 0 else f"at step {smallest:g} already"
            does = "converges" if len(bad) == 0 else "does not converge"
            raise ProblemError(f"{method.title} {does} {where}; widen the range of steps")
        low, high = float(steps[max(0, bad[0] - 1)]), float(steps[max(1, bad[0])])
    return MeasuredThreshold(low, high)
