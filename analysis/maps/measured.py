"""Deciding a family of methods by running it, all parameters side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...discretize.answers import answers
from ...discretize.recording import whole
from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from .region_map import Array, Family, Layer, Verdicts

BLOCK = 4096
"""Parameters that run together: so many that the arrays stay in the cache."""

GONE, HOME = 1e8, 1e-12
"""Ratios of distances at which a run is taken to have left, or to have arrived."""

WINDOWS = 16
"""Windows into which a run is cut; its distance in each is the largest one."""

LOOKS = 199
"""Looks at the distance in a window, or twice as many."""

LEVEL = 1e-9
"""Relative change of the distance that counts as none."""


def measured_on(problem: SaddleProblem, z0: ArrayLike, *, iterations: int = 10_000) -> Layer:
    """Decide by running every member of the family from a start.

    A run that comes to 10⁸ times its first distance to the saddle points has left, one at 10⁻¹²
    of it has arrived. Else the largest distance in the last of 16 windows is compared with that
    in the eighth.

    Parameters
    ----------
    problem : SaddleProblem
        The problem all of them run on.
    z0 : array_like, shape (d,)
        The start.
    iterations : int
        Steps of each run.

    Raises
    ------
    ProblemError
        The start is a saddle point, the problem is set-valued, or arguments are wrong.
    """
    if problem.is_set_valued:
        raise ProblemError(
            "runs side by side need a problem without kinks, sets and terms; use iterate"
        )
    start = problem.check_point(z0)
    count = whole("iterations", iterations)
    if start.ndim != 1 or problem.distance(start) == 0:
        raise ProblemError("z0 has to be one point that is no saddle point")

    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        verdicts = np.zeros(x.shape, dtype=np.int8)
        for low in range(0, len(x), BLOCK):
            part = slice(low, low + BLOCK)
            verdicts[part] = _block(family, x[part], y[part], problem, start, count)
        return verdicts

    return decide


def _block(
    family: Family, x: Array, y: Array, problem: SaddleProblem, start: Array, count: int
) -> Verdicts:
    """Run a block; members that have left or arrived are taken out at the end of a window."""
    verdicts, running = np.zeros(x.shape, dtype=np.int8), np.arange(len(x))
    first = float(problem.distance(start))
    G, before = answers(problem, None), np.full(len(x), first)
    with np.errstate(all="ignore"):
        state = family(x[:, None], y[:, None]).start(G, np.tile(start, (len(x), 1)))
        for window, steps in enumerate(_windows(count)):
            method = family(x[running, None], y[running, None])
            state, largest = _advance(method, G, state, steps, problem)
            verdicts[running] = _verdict(largest, before, first)
            going = (largest > HOME * first) & (largest < GONE * first)
            running, before = running[going], before[going]
            if window < WINDOWS // 2:
                before = largest[going]
            state = tuple(part[going] for part in state)
            if len(running) == 0:
                break
    return verdicts


def _advance(
    method: Any, G: Any, state: tuple[Any, ...], steps: range, problem: SaddleProblem
) -> tuple[tuple[Any, ...], Array]:
    """Do some steps; return the state and the largest distances that were seen."""
    stride = max(1, len(steps) // LOOKS)
    largest = np.zeros(len(state[0]))
    for k in steps:
        state = method.step(G, state, k)
        if k % stride == 0 or k == steps[-1]:
            np.maximum(largest, problem.distance(state[0]), out=largest)
    return state, largest


def _verdict(largest: Array, before: Array, first: float) -> Verdicts:
    ratio = largest / before
    gone = ~(largest < GONE * first) | (ratio > 1 + LEVEL)  # NaN has left, too
    come = (largest <= HOME * first) | (ratio < 1 - LEVEL)
    return np.where(gone, -1, np.where(come, 1, 0)).astype(np.int8)


def _windows(count: int) -> Iterator[range]:
    edges = np.unique(np.linspace(0, count, WINDOWS + 1).astype(int))
    return (range(a, b) for a, b in pairwise(edges.tolist()))
