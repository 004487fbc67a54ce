"""The engine "taylor": adaptive Taylor series by heyoka, compiled for the flow and the problem."""

from __future__ import annotations

import numpy as np

from ..problems.points import Array
from ..solving.forms import VelocityForm
from ..solving.stepping import check_start, step_tolerance
from .compiled_flow import CompiledFlow, compiled_flow
from .engine import Engine, Solve
from .launch import launch
from .outcome import Members, Outcome, of_many, of_one, replayed
from .task import Task
from .taylor_ensemble import integrate_batches
from .taylor_run import Course, Run, rows_of, run_one

DONE = "reached the end of the time span"
EXTENDED = "in extended precision (80 bits), but for a start from a pole at t = 0"


def prepare(task: Task) -> Solve:
    """Prepare the integration: compile the flow, unless that was done before.

    Raises
    ------
    ProblemError
        heyoka is not installed, or cannot compile the problem; the message is the reason alone.
    """
    task.refuse_extras()
    flow, problem = task.initial.flow, task.initial.problem
    note = EXTENDED if task.reference else ""
    lone = compiled_flow(flow, problem, single=True, extended=task.reference)
    if task.single:
        return lambda: _one(task, lone, note)
    together = lone if task.reference else compiled_flow(flow, problem, single=False)

    def members(task: Task) -> Members:
        return integrate_batches(task, together, lone)

    def many() -> Outcome:
        check_start(task.initial)
        found = members(task)
        return of_many(task, found, replayed(members, task, found.z), note)

    return many


def _one(task: Task, compiled: CompiledFlow, note: str) -> Outcome:
    initial = task.initial
    check_start(initial)
    if not initial.is_singular:  # says in words where I + βDG is singular
        VelocityForm(initial.flow, initial.problem, initial.anchor).rate(
            initial.t_start, initial.z0
        )
    start = launch(initial, task.t_end, step_tolerance(task.rtol, task.atol))
    row = rows_of(initial)[0]

    def run(times: Array) -> Run:
        if start.t == task.t_end:
            return Run(np.empty((0, initial.problem.d)), task.t_end, "", 0)
        with compiled.borrowed() as integrator:
            return run_one(integrator, Course(start.t, times, task.t_end), start.state[0], row)

    def dense(times: Array) -> Array:
        if times is task.grid:
            return recorded
        listed, where = np.unique(times, return_inverse=True)
        sooner = int(np.searchsorted(listed, start.t, side="right"))
        return joined(listed[:sooner], run(listed[sooner:]).states)[:, where]

    def joined(sooner: Array, later: Array) -> Array:
        return np.concatenate([start.states(sooner), later[None]], axis=1)

    sooner = int(np.searchsorted(task.grid, start.t, side="right"))
    end = run(task.grid[sooner:])
    recorded = joined(task.grid[:sooner], end.states)
    status, nfev = -1 if end.words else 0, start.nfev + end.steps
    return of_one(task, dense, end.t_reached, status, end.words or DONE, nfev, note=note)


TAYLOR = Engine("taylor", "the problem has a formula that can be compiled", prepare)
