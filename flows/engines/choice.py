"""The choice of the engine: the first of the list that can take the task, or the one asked for."""

from __future__ import annotations

import numpy as np

from ..errors import IntegrationError, ProblemError
from .closed_form_engine import EXACT
from .engine import Engine, Solve
from .implicit_engine import IMPLICIT
from .inclusion_engine import INCLUSION, RESOLVENT
from .krylov_engine import KRYLOV
from .outcome import Outcome, of_one
from .runge_kutta_engine import SCIPY
from .task import Task
from .taylor_engine import TAYLOR

AUTOMATIC: tuple[Engine, ...] = (EXACT, KRYLOV, TAYLOR, SCIPY)
"""Engines in the order of preference; the last one takes every task but set-valued ones."""

ACCURATE: tuple[Engine, ...] = (TAYLOR, EXACT, KRYLOV, SCIPY)
"""The same, the most accurate first."""

SET_VALUED: tuple[Engine, ...] = (INCLUSION, RESOLVENT)
"""Engines of set-valued problems; the first one is automatic."""

ENGINES: tuple[Engine, ...] = (*AUTOMATIC, IMPLICIT, *SET_VALUED)
"""All engines; those that are not automatic have to be asked for."""


def solved(task: Task, name: str) -> tuple[Outcome, str, str]:
    """Solve a task; return the outcome, the name of the engine that did it, and why it did.

    Parameters
    ----------
    task : Task
        The task.
    name : str
        Name of an engine, or ``"auto"``.

    Raises
    ------
    ProblemError
        There is no such engine, or it cannot take this task.
    IntegrationError
        The task has no solution.
    """
    if name == "auto":
        return _first_able(task)
    engine = next((engine for engine in ENGINES if engine.name == name), None)
    if engine is None:
        known = ", ".join(["auto", *(engine.name for engine in ENGINES)])
        raise ProblemError(f"engine {name!r} is not one of {known}")
    if task.initial.problem.is_set_valued and engine not in SET_VALUED:
        raise ProblemError(
            f"engine {name!r} cannot: the problem is set-valued (it has kinks, sets or terms); "
            "use engine='auto'"
        )
    try:
        solve = engine.prepare(task)
    except ProblemError as error:
        raise ProblemError(f"engine {name!r} cannot: {error}; use engine='auto'") from None
    return _with_note(_kept(task, solve), engine, "asked for")


def _first_able(task: Task) -> tuple[Outcome, str, str]:
    """Try one engine after the other; the reason for the last is why the others are not it."""
    if task.initial.problem.is_set_valued:
        return _with_note(INCLUSION.prepare(task)(), INCLUSION, INCLUSION.merit)
    refusals: dict[str, None] = {}
    for engine in ACCURATE if task.reference else AUTOMATIC:
        try:
            outcome = _kept(task, engine.prepare(task))
        except ProblemError as error:
            if engine is SCIPY:
                raise
            refusals[str(error)] = None
        except IntegrationError as error:
            if engine is SCIPY:
                raise
            refusals[f"{engine.name}: {error}"] = None
        else:
            reason = "; ".join(refusals) if engine is SCIPY else engine.merit
            return _with_note(outcome, engine, reason)
    raise AssertionError("the last engine takes every task")


def _kept(task: Task, solve: Solve) -> Outcome:
    """Solve a task; interrupted where an engine has nothing yet, the start is what is kept."""
    try:
        return solve()
    except KeyboardInterrupt:
        if not task.single:
            raise
    z0, t = task.initial.z0, task.initial.t_start
    words = f"interrupted at t = {t:.6g}: this engine has all times at once"
    return of_one(task, lambda times: np.repeat(z0[:, None], len(times), axis=1), t, -1, words, 0)


def _with_note(outcome: Outcome, engine: Engine, reason: str) -> tuple[Outcome, str, str]:
    return outcome, engine.name, f"{reason}; {outcome.note}" if outcome.note else reason
