"""What a run is asked to do, and how far it has come: what all engines share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ..flows.problems.problem import SaddleProblem
from .method import Method, State
from .oracles.stochastic import AnyOracle
from .path_statistics import PathStatistics, Statistics
from .recording import Due, Recorder, Rule

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Task:
    """What a run was asked to do, but for the number of steps.

    Attributes
    ----------
    method, problem, oracle
        As for `iterate`.
    start : ndarray, shape (d,) or (N, d)
        The start of each path.
    seed : int or None
        Seed of the oracle; None when nothing is drawn.
    record : int, sequence of int, Statistics or None
        What to keep.
    engine, engine_reason : str
        What does the steps, and why.
    """

    method: Method
    problem: SaddleProblem
    start: Array
    oracle: AnyOracle | None
    seed: int | None
    record: Rule | Statistics
    engine: str
    engine_reason: str


class Position(NamedTuple):
    """How far a run has come: all that its continuation depends on.

    Fields are the steps done, the state of the method (None before the start), the evaluations of
    the oracle, the last k of each path that has left the finite numbers and −1 for the others
    (None as long as there are only such), and Σ_{j≤k} z^j when statistics are kept.
    """

    k: int
    state: State | None
    evaluations: int
    stopped_at: NDArray[np.int64] | None
    total: Array | None


class Leg(NamedTuple):
    """What one call has added to a run; `k` and `z` hold the last iterate only with statistics."""

    position: Position
    k: NDArray[np.int64]
    z: Array
    statistics: PathStatistics | None
    interrupted: bool


class Steps(Protocol):
    """What does the steps of a task: an engine at work."""

    def begun(self, at: Position) -> Position:
        """Return the position with the first state."""

    def onward(self, at: Position, last: int, due: Due, recorder: Recorder) -> Position:
        """Do one step or several, up to k = `last`, and record those that are due.

        When no path has a next iterate the position of the same k comes back.
        """


def beginning(task: Task) -> Position:
    """Return the position before the first step."""
    total = task.start if isinstance(task.record, Statistics) else None
    return Position(0, None, 0, None, total)


def iterate_at(at: Position, start: Array) -> Array:
    """Return z^k at a position of a run from `start`."""
    return start if at.state is None else cast(Array, at.state[0])


def stopped_paths(at: Position) -> int:
    """Return the number of paths that have left the finite numbers."""
    return 0 if at.stopped_at is None else int(np.count_nonzero(at.stopped_at >= 0))
