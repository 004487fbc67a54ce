"""The engine that needs nothing but NumPy: one step after the other, on all paths at once."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .answers import answers
from .checked_steps import ready
from .method import State
from .oracles.streams import Stream
from .recording import Due, Recorder
from .task import Position, Task, stopped_paths


class NumpySteps:
    """Steps of a method on arrays.

    Parameters
    ----------
    task : Task
        The task.
    at : Position
        How far it has come.
    """

    def __init__(self, task: Task, at: Position) -> None:
        self._method, self._start = ready(task.method), task.start
        self._stream = None if task.seed is None else Stream(task.seed, at.evaluations)
        self._G = answers(task.problem, task.oracle, self._stream)

    def begun(self, at: Position) -> Position:
        """Return the position with the first state, unless it has one."""
        if at.state is not None:
            return at
        state = self._method.start(self._G, self._start)
        return at._replace(state=state, evaluations=self._evaluations())

    def onward(self, at: Position, last: int, due: Due, recorder: Recorder) -> Position:
        """Do one step; the position of the same k comes back if no path has a next iterate."""
        state = cast(State, at.state)
        new, stopped_at = self._method.step(self._G, state, at.k), at.stopped_at
        if stopped_at is not None or not np.isfinite(new[0]).all():
            new, stopped_at = _held(state, new, stopped_at, at.k)
            if (stopped_at >= 0).all():
                return at._replace(stopped_at=stopped_at)
        total = None if at.total is None else at.total + new[0]
        at = Position(at.k + 1, new, self._evaluations(), stopped_at, total)
        if at.k == due.next:
            recorder.add(at.k, new[0], stopped_paths(at))
            due.passed(at.k)
        return at

    def _evaluations(self) -> int:
        return 0 if self._stream is None else self._stream.evaluation


def _held(
    old: State, new: State, stopped_at: NDArray[np.int64] | None, k: int
) -> tuple[State, NDArray[np.int64]]:
    """Stop the paths whose z^{k+1} is not finite: their states stay as they are from now on."""
    left = ~np.isfinite(new[0]).all(axis=-1)
    before: Any = np.full(left.shape, -1) if stopped_at is None else stopped_at
    stopped = np.asarray(np.where(left & (before < 0), k, before))
    held = (stopped >= 0)[..., None]
    return tuple(np.where(held, a, b) for a, b in zip(old, new, strict=True)), stopped
