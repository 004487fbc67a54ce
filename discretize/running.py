"""The loop of every run: steps by an engine from a position on, with what they leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..flows.errors import ProblemError
from .engines import ENGINES
from .method import Method
from .path_statistics import Statistics, Tally
from .recording import ITERATIONS_LIMIT, Due, Recorder, Rows, Rule, recorded, require_room, whole
from .task import Leg, Position, Task, iterate_at, stopped_paths


def advance(
    task: Task, at: Position, iterations: Any, first: int, record: Rule | Statistics, progress: bool
) -> Leg:
    """Do so many more steps of a task, and keep what `record` says from z^first on.

    Raises
    ------
    ProblemError
        `iterations` or `record` does not fit, or an answer or a step on the way.
    """
    last = at.k + whole("iterations", iterations, ITERATIONS_LIMIT)
    rule, statistics = _rule(task, record, first, last), isinstance(task.record, Statistics)
    kept = recorded(rule, first, last)
    require_room(len(kept) + 1, 8 if statistics else task.start.size)
    if statistics:
        tally = Tally(task.problem, task.start)
        at, interrupted = _run(task, at, last, kept, tally, first - 1, progress)
        z = iterate_at(at, task.start)
        ergodic = np.asarray(at.total) / (at.k + 1)
        return Leg(at, np.array([at.k]), z[..., None, :], tally.result(ergodic), interrupted)
    rows = Rows(len(kept) + 1, task.start.shape)
    at, interrupted = _run(task, at, last, kept, rows, first - 1, progress)
    return Leg(at, *rows.arrays(), None, interrupted)


def _rule(task: Task, record: Rule | Statistics, first: int, last: int) -> Rule:
    """Which steps to keep: those asked for, else as before; of a list the rest, and the last."""
    if isinstance(record, Statistics) and not isinstance(task.record, Statistics):
        raise ProblemError("the run recorded iterates, not statistics; resume with record=None")
    if record is not None:
        return record.at if isinstance(record, Statistics) else record
    before = task.record.at if isinstance(task.record, Statistics) else task.record
    if before is None or isinstance(before, int | np.integer):
        return before
    return [*(k for k in before if first <= k < last), last]


def _run(
    task: Task,
    at: Position,
    last: int,
    kept: Sequence[int],
    recorder: Recorder,
    before: int,
    progress: bool,
) -> tuple[Position, bool]:
    """Do the steps up to k = `last` and record those `kept`; tell if it was interrupted.

    When it ends early, the last iterate is recorded too, unless one of k = `before` is it.
    """
    due, interrupted = Due(kept), False
    with np.errstate(all="ignore"), _counted(task.method, at.k, last, progress) as count:
        try:
            steps = ENGINES[task.engine](task, at)
            at = steps.begun(at)
            if due.next == 0:
                recorder.add(0, task.start, 0)
                due.passed(0)
            k = -1
            while k < at.k < last:
                k, at = at.k, steps.onward(at, last, due, recorder)
                count(at.k - k)
        except KeyboardInterrupt:
            interrupted = True
        if at.k < last and max(before, recorder.latest()) < at.k:
            recorder.add(at.k, iterate_at(at, task.start), stopped_paths(at))
    return at, interrupted


@contextmanager
def _counted(method: Method, first: int, last: int, progress: bool) -> Iterator[Any]:
    """Count the steps, on request with a bar that shows rate and time left."""
    if not progress:
        yield lambda steps: None
        return
    from tqdm import tqdm

    with tqdm(desc=method.name, unit="step", initial=first, total=last) as bar:
        yield bar.update
