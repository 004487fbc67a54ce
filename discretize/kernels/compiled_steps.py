"""The compiled engine: many steps a call, paths shared among the processors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..answers import answers
from ..checked_steps import ready
from ..method import Method, State
from ..oracles.streams import seed_words
from ..recording import Due, Recorder
from ..task import Position, Task
from .addressed import AddressedStream
from .layout import Arrays, Layout
from .machine import Kernel, compiler, kernel
from .tracing import Traced, check, formulas, points, traced

Array = NDArray[np.float64]

WORK = 2**27
"""Coordinates of iterates in one call, a fraction of a second: so long Ctrl-C may wait."""

TABLE = 2**20
"""Most numbers that change with k in one call."""

RECORDED = 2**16
"""Most numbers that one call records, or one iterate of each path."""

FEW = 16
"""Steps in the first call, which tells how many numbers change with k."""

SMALL = 2**17
"""Work up to which one thread is enough."""


def require_compilable(method: Method, problem: SaddleProblem, oracle: Any) -> None:
    """Raise ProblemError, with the reason alone, if the engine cannot do such runs."""
    compiler()
    check(method, problem, oracle)
    numeric = ready(method)
    try:
        traced(numeric, problem, oracle, points(numeric, problem, oracle), 0, 2)
    except ProblemError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise ProblemError(f"a step of {type(method).__name__} is no program; {error}") from None


class CompiledSteps:
    """Steps of a method in machine code.

    Parameters
    ----------
    task : Task
        The task.
    at : Position
        How far it has come.
    """

    def __init__(self, task: Task, at: Position) -> None:
        self._task, self._method, self._layout = task, ready(task.method), Layout.of(task.start)
        self._formulas = formulas(task.problem)
        self._key = [0, 0] if task.seed is None else seed_words(task.seed).view(np.int64).tolist()
        self._fixed: Traced | None = None
        self._most = FEW

    def begun(self, at: Position) -> Position:
        """Return the position with the first state, unless it has one."""
        if at.state is not None:
            return at
        task = self._task
        stream: Any = None if task.seed is None else AddressedStream(task.seed)
        state = self._method.start(answers(task.problem, task.oracle, stream), task.start)
        return at._replace(state=state, evaluations=0 if stream is None else stream.evaluation)

    def onward(self, at: Position, last: int, due: Due, recorder: Recorder) -> Position:
        """Do many steps; the position of the same k comes back if no path has a next iterate."""
        if at.stopped_at is not None and (at.stopped_at >= 0).all():
            return at
        most = max(1, RECORDED // self._task.start.size)
        kept = due.until(last, most)
        end = last if len(kept) < most else kept[-1]
        step, count = self._traced(at, min(end - at.k, max(1, WORK // self._task.start.size)))
        after, rows = self._run(step, at, count, kept)
        stops = after.stopped_at
        if stops is not None and (stops >= 0).all():  # nothing happens after the last has stopped
            count = int(stops.max()) - at.k
            after, rows = self._run(step, at, count, kept) if count else (at, rows)
            after = after._replace(stopped_at=stops)
        done = [k for k in kept if k <= after.k]
        if done:
            recorder.extend(done, rows[: len(done)], [_before(stops, k) for k in done])
            due.passed(done[-1])
        return after

    def _traced(self, at: Position, count: int) -> tuple[Traced, int]:
        """Return the next steps as a program, and their number."""
        if self._fixed is not None:
            return self._fixed, count
        task, count = self._task, min(count, self._most)
        inputs = len(cast(State, at.state))
        step = traced(self._method, task.problem, task.oracle, inputs, at.k, count)
        columns = step.varying.shape[1]
        self._fixed = None if columns else step
        self._most = max(1, TABLE // max(columns, FEW))
        return step, count

    def _run(
        self, step: Traced, at: Position, count: int, kept: Sequence[int]
    ) -> tuple[Position, Array]:
        """Return the position `count` steps on, and the iterates kept on the way."""
        layout, program = self._layout, step.program
        arrays = layout.packed(at, step, [k for k in kept if k <= at.k + count])
        totals = at.total is not None
        columns = step.varying.shape[1]
        code = kernel(program, self._formulas, columns, totals, layout.width)
        numbers = (at.k, count, at.evaluations, layout.row, *self._key)
        _shared(code, arrays, layout, numbers, count * self._task.start.size)
        position = layout.unpacked(at, arrays)
        evaluations = at.evaluations + program.samples * count
        return position._replace(k=at.k + count, evaluations=evaluations), layout.rows(arrays)


def _before(stops: NDArray[np.int64] | None, k: int) -> int:
    """Return the number of paths that stopped before z^k."""
    return 0 if stops is None else int(np.count_nonzero((stops >= 0) & (stops < k)))


def _shared(code: Kernel, arrays: Arrays, layout: Layout, numbers: Any, work: int) -> None:
    """Run a kernel on all groups of paths, shared among the processors if that is worth it."""
    workers = 1 if work < SMALL else min(processors(), layout.groups)
    borders = [layout.groups * i // workers for i in range(workers + 1)]

    def part(i: int) -> None:
        first, end = borders[i : i + 2]
        code.run(*arrays.addresses(first), end - first, first * layout.width, *numbers)

    if workers == 1:
        part(0)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, range(workers)))


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
