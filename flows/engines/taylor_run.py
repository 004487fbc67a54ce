"""One run of a compiled Taylor integrator, for one trajectory or for a batch of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..problems.points import Array
from ..solving.initial_value import InitialValue
from ..solving.stepping import REMEDY
from .heyoka_system import settings

MOST_STEPS = 1_000_000  # of one trajectory: seconds


@dataclass(frozen=True, eq=False)
class Course:
    """Where in time a run starts and ends, and the increasing times in between to record."""

    start: float
    times: Array
    end: float

    @cached_property
    def grid(self) -> Array:
        """All of them: the steps depend on the first and the last alone."""
        return np.unique(np.concatenate([[self.start], self.times, [self.end]]))

    def lanes(self, batch: int) -> Array:
        """Return the grid once for every member of a batch, shape (T, batch)."""
        if batch not in self._lanes:
            self._lanes[batch] = np.repeat(self.grid[:, None], batch, axis=1)
        return self._lanes[batch]

    @cached_property
    def _lanes(self) -> dict[int, Array]:
        return {}

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Indices of the times to record."""
        return np.searchsorted(self.grid, self.times)


class Run(NamedTuple):
    """A run: states at the times asked for, NaN after the end, where and why it ended, steps.

    `words` is empty if it reached the end.
    """

    states: Array
    t_reached: float
    words: str
    steps: int


def rows_of(initial: InitialValue) -> Array:
    """Parameters of the compiled system for every member: those of the flow, then the anchor."""
    numbers = [
        np.broadcast_to(value, (len(initial.z0), 1)) for value in settings(initial.flow).values()
    ]
    return np.concatenate([*numbers, initial.anchor], axis=1)


def run_one(integrator: Any, course: Course, z: Array, row: Array) -> Run:
    """Integrate one trajectory; the steps do not depend on the times asked for.

    Parameters
    ----------
    integrator : heyoka integrator
        For one trajectory.
    course : Course
        The times.
    z : ndarray, shape (d,)
        State at the start.
    row : ndarray, shape (P,)
        Parameters of the system; the first ones are used if it needs fewer.
    """
    grid = course.grid
    _set(integrator, z, row, course.start)
    found = integrator.propagate_grid(grid.astype(integrator.state.dtype), max_steps=MOST_STEPS)
    steps, reached = found[3], found[-1]
    states = np.full((len(grid), len(z)), np.nan)
    states[: len(reached)] = reached
    end, words = course.end, ""
    if len(reached) < len(grid):
        end, last, words = _end(integrator, course, z, row, steps)
        states[grid > end] = np.nan
        states[grid == end] = last
    return Run(states[course.places], end, words, steps)


def _end(
    integrator: Any, course: Course, z: Array, row: Array, steps: int
) -> tuple[float, Array, str]:
    """Last good point of a run that did not reach the end, and why there is none after it."""
    _set(integrator, z, row, course.start)
    integrator.propagate_until(course.end, max_steps=steps)
    t, last = float(integrator.time), integrator.state.astype(float)
    words = (
        "the values after it are not finite; the solution blows up there, or the operator is not "
        "smooth"
        if steps < MOST_STEPS
        else f"{steps} steps were made; the problem is stiff or its operator not smooth: {REMEDY}"
    )
    return t, last, f"stopped at t = {t:.6g}: {words}"


def _set(integrator: Any, z: Array, row: Array, t: float) -> None:
    integrator.time = integrator.state.dtype.type(t)
    integrator.state[:] = z
    integrator.pars[:] = row[: len(integrator.pars)]


def run_batch(
    integrator: Any, course: Course, z: Array, rows: Array
) -> tuple[Array, NDArray[np.bool_], int]:
    """Integrate a batch; return states (k, T, d), who reached the end, and steps.

    Parameters
    ----------
    integrator : heyoka integrator
        For batches.
    course : Course
        The times.
    z : ndarray, shape (k, d)
        States at the start; k is at most the size of the batch.
    rows : ndarray, shape (k, P)
        Parameters of the system for every member.
    """
    batch, k = integrator.batch_size, len(z)
    fill = np.minimum(np.arange(batch), k - 1)  # a part of a batch is filled with copies
    integrator.set_time(course.start)
    integrator.state[:] = z[fill].T
    integrator.pars[:] = rows[fill, : len(integrator.pars)].T
    states = integrator.propagate_grid(course.lanes(batch), max_steps=MOST_STEPS)[-1][..., :k]
    good = np.isfinite(states[-1]).all(axis=0)
    steps = max(result[3] for result in integrator.propagate_res)
    return np.moveaxis(states[course.places], 2, 0), good, steps
