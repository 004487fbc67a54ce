"""The engine "scipy": explicit Runge–Kutta steps; it takes every task and needs nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ..problems.points import Array
from ..solving.forms import Form, VelocityForm
from ..solving.marching import Ending, march
from ..solving.path import Samples
from ..solving.stepping import step_tolerance
from .engine import Engine, Solve
from .outcome import Outcome, of_many, of_one, replayed
from .stacked import integrate_stacked
from .task import Task

FINEST = "at the finest tolerance of double precision; extended precision needs heyoka"
KEPT = 10_000  # coordinates up to which the polynomials of all steps are kept: 1 MB a step


def prepare(task: Task) -> Solve:
    """Prepare the integration; no task is declined."""
    note = FINEST if task.reference else ""

    def one() -> Outcome:
        initial = task.initial
        form = (task.form or VelocityForm)(initial.flow, initial.problem, initial.anchor)
        if initial.problem.d > KEPT:
            samples = Samples(initial.z0, initial.t_start, task.grid)
            end = _march(task, form, samples)
            dense = _marched_again(task, form, samples)
        else:
            end = _march(task, form)
            dense = end.path
        facts = (end.t_reached, end.status, end.message, end.nfev, end.t_events)
        return of_one(task, dense, *facts, note=note)

    def many() -> Outcome:
        members = integrate_stacked(task)
        return of_many(task, members, replayed(integrate_stacked, task, members.z), note)

    return one if task.single else many


def _march(task: Task, form: Form, samples: Samples | None = None) -> Ending:
    initial, tolerance = task.initial, step_tolerance(task.rtol, task.atol)
    return march(form, initial, task.t_end, tolerance, task.events, task.progress, samples)


def _marched_again(task: Task, form: Form, samples: Samples) -> Callable[[Array], Array]:
    """Dense output of a large trajectory: what was sampled, else integrated again until there."""

    def dense(t: Array) -> Array:
        if samples.know(t).all():
            return samples(t)
        times, where = np.unique(t, return_inverse=True)

        def passed(t: float, _: Array) -> float:
            return t - float(times[-1])

        passed.terminal = True  # type: ignore[attr-defined]
        again = Samples(task.initial.z0, task.initial.t_start, times)
        _march(dataclasses.replace(task, events=(passed,), progress=False), form, again)
        return again(times)[:, where]

    return dense


SCIPY = Engine("scipy", "it takes every task", prepare)
