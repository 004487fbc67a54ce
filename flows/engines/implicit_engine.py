"""The engine "implicit": Radau's method, for stiff problems; it runs when it is asked for."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ..errors import IntegrationError, ProblemError
from ..problems.points import Array
from ..solving.forms import VelocityForm
from ..solving.implicit import ImplicitSteps
from ..solving.stepping import check_start, step_tolerance
from .blockwise import blockwise
from .engine import Engine, Solve
from .launch import launch
from .outcome import Members, Outcome, of_many, of_one, replayed
from .task import Task

LARGEST = 2000  # coordinates up to which dense factors are quick


def prepare(task: Task) -> Solve:
    """Prepare the integration.

    Raises
    ------
    ProblemError
        The task has events or a form, or no matrix that can be factorised; the message is the
        reason alone.
    """
    task.refuse_extras()
    problem = task.initial.problem
    if isinstance(problem.matrix, LinearOperator):
        raise ProblemError("the matrix is known by its products alone")
    if problem.d > LARGEST and (problem.matrix is None or isinstance(problem.matrix, np.ndarray)):
        raise ProblemError(f"its dimension {problem.d} is above {LARGEST}")
    return (lambda: _one(task)) if task.single else (lambda: _many(task))


def _many(task: Task) -> Outcome:
    found = _members(task)
    return of_many(task, found, replayed(_members, task, found.z))


def _one(task: Task) -> Outcome:
    found = _members(task)
    dense = replayed(_members, task, found.z)
    if not found.failures:
        return of_one(task, dense, task.t_end, 0, "reached the end of the time span", found.nfev)
    alive = np.isfinite(found.z[0]).all(axis=-1)
    t_reached = float(task.grid[alive][-1]) if alive.any() else task.initial.t_start
    words = f"interrupted at t = {t_reached:.6g}" if found.interrupted else found.failures[0]
    return of_one(task, dense, t_reached, -1, words, found.nfev)


def _members(task: Task) -> Members:
    """Integrate the members one after the other, as each has its own matrices."""
    check_start(task.initial)

    def work(block: slice, z: Array, failures: dict[int, str]) -> int:
        return sum(_member(task, i, z[i], failures) for i in range(block.start, block.stop))

    return blockwise(task, work, 1)


# A solution that blows up overflows on the way; the steps are checked, so no warning is needed.
@np.errstate(all="ignore")
def _member(task: Task, i: int, z: Array, failures: dict[int, str]) -> int:
    """Write the points of member i, as far as there are any; return evaluations."""
    initial, tolerance = task.initial.members(slice(i, i + 1)), step_tolerance(task.rtol, task.atol)
    form = VelocityForm(initial.flow, initial.problem, initial.anchor)
    try:
        start = launch(initial, task.t_end, tolerance)
    except IntegrationError as error:
        failures[i] = f"did not start: {error}"
        return 0
    later = task.grid > start.t
    z[~later] = form.point(start.states(task.grid[~later]))[0]
    if start.t == task.t_end:
        return start.nfev
    state = start.state[0] if initial.is_singular else form.state(start.state)[0]
    steps = ImplicitSteps(form, start.t, state, np.union1d(task.grid[later], task.t_end), tolerance)
    try:
        for row, y in zip(np.flatnonzero(later), itertools.islice(steps, sum(later)), strict=True):
            z[row] = form.point(y)
    except IntegrationError as error:
        failures[i] = str(error)
    return start.nfev + steps.nfev


IMPLICIT = Engine("implicit", "the problem is stiff", prepare)
