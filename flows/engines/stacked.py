"""Ensembles on SciPy: blocks of members stacked in one system; those that fail are taken out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import IntegrationError
from ..problems.points import Array
from ..solving.anchored_start import Tolerance
from ..solving.forms import Form, VelocityForm
from ..solving.initial_value import InitialValue
from ..solving.stepping import (
    PATIENCE,
    EnsembleDOP853,
    Stopped,
    advance,
    check_pace,
    check_start,
    step_tolerance,
)
from .blockwise import blockwise
from .launch import launch
from .outcome import Members
from .task import Task

NUMBERS = 48_000  # coordinates stacked in one system: fewer calls of NumPy, 10 MB of stages


@dataclass(frozen=True, eq=False)
class Group:
    """Members that are integrated together from time t on; `state` None if not started yet."""

    rows: NDArray[np.intp]
    t: float
    state: Array | None

    def part(self, chosen: NDArray[np.bool_]) -> Group:
        """Return the chosen members as a group."""
        state = None if self.state is None else self.state[chosen]
        return Group(self.rows[chosen], self.t, state)


def integrate_stacked(task: Task) -> Members:
    """Integrate an ensemble and record it on the grid.

    Raises
    ------
    ProblemError
        A start is not one from which the flow can be integrated.
    """
    check_start(task.initial)
    tolerance = step_tolerance(task.rtol, task.atol)

    def work(block: slice, z: Array, failures: dict[int, str]) -> int:
        rows = np.arange(block.start, block.stop)
        waiting, nfev = [Group(rows, task.initial.t_start, None)], 0
        while waiting:
            used, left = _march(task, tolerance, waiting.pop(), z, failures)
            nfev += used
            waiting += left
        return nfev

    return blockwise(task, work, max(1, NUMBERS // task.initial.problem.d))


def _march(
    task: Task, tolerance: Tolerance, group: Group, z: Array, failures: dict[int, str]
) -> tuple[int, list[Group]]:
    """Integrate a group to the end or its first failure; return evaluations and who is left."""
    last, nfev = group, 0
    try:
        for last, nfev in _steps(task, tolerance, group, z):  # noqa: B007
            pass
    except Stopped as stopped:
        return nfev, _without(last, stopped.culprits, str(stopped), failures)
    except IntegrationError as error:
        everyone = np.ones(len(group.rows), dtype=bool)
        return nfev, _without(last, everyone, f"did not start: {error}", failures)
    return nfev, []


def _without(
    group: Group, culprits: NDArray[np.bool_], words: str, failures: dict[int, str]
) -> list[Group]:
    """Take out the members at fault; when that may be anyone, halve the group to find them."""
    if culprits.all() and len(culprits) > 1:
        half = np.arange(len(culprits)) < len(culprits) // 2
        return [group.part(half), group.part(~half)]
    failures |= dict.fromkeys(group.rows[culprits].tolist(), words)
    return [] if culprits.all() else [group.part(~culprits)]


# A member that blows up overflows on the way; the steps are checked, so no warning is needed.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _steps(task: Task, tolerance: Tolerance, group: Group, z: Array) -> Iterator[tuple[Group, int]]:
    """Step a group to the end, recording it on the grid."""
    initial = task.initial.members(group.rows)
    form = (task.form or VelocityForm)(initial.flow, initial.problem, initial.anchor)
    used = 0
    if group.state is None:
        group, used = _started(task, tolerance, initial, form, group.rows, z)
        yield group, used
    shape = np.asarray(group.state).shape
    if group.t == task.t_end:
        return
    solver = _solver(form, group, task.t_end, tolerance)
    milestone = group.t
    for step in itertools.count(1):
        advance(solver)
        _record(task.grid, form, solver, group.rows, z)
        yield Group(group.rows, solver.t, solver.y.reshape(shape)), used + solver.nfev
        if solver.status != "running":
            return
        if step % PATIENCE == 0:
            check_pace(solver, solver.t - milestone)
            milestone = solver.t


def _started(
    task: Task,
    tolerance: Tolerance,
    initial: InitialValue,
    form: Form,
    rows: NDArray[np.intp],
    z: Array,
) -> tuple[Group, int]:
    """Record the start, and leave the pole if there is one."""
    start = launch(initial, task.t_end, tolerance)
    sooner = int(np.searchsorted(task.grid, start.t, side="right"))
    passed = start.states(task.grid[:sooner])
    if not initial.is_singular:
        z[rows, :sooner] = passed
        return Group(rows, start.t, form.state(start.state)), start.nfev
    z[rows, :sooner] = form.point(passed)
    return Group(rows, start.t, start.state), start.nfev


def _solver(form: Form, group: Group, t_end: float, tolerance: Tolerance) -> EnsembleDOP853:
    state = np.asarray(group.state)

    def rate(t: float, y: Array) -> Array:
        return form.rate(t, y.reshape(state.shape)).ravel()

    return EnsembleDOP853(
        rate, group.t, state.ravel(), t_end, members=len(state), **tolerance._asdict()
    )


def _record(
    grid: Array, form: Form, solver: EnsembleDOP853, rows: NDArray[np.intp], z: Array
) -> None:
    """Write the points at the times of the grid that the last step passed."""
    first, last = np.searchsorted(grid, (solver.t_old, solver.t), side="right")
    if first < last:
        states = solver.dense_output()(grid[first:last]).reshape(len(rows), -1, last - first)
        z[rows, first:last] = form.point(np.moveaxis(states, -1, 1))
