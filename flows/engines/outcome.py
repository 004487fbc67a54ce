"""How an integration came out: the points, where it ended and why, and which members failed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..inclusions.solution import Sliding
from ..problems.points import Array
from .task import Task

Dense = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an engine returns; the trajectory takes it over field by field.

    Attributes
    ----------
    t : ndarray, shape (T,)
        Times recorded.
    z : ndarray, shape (N, T, d)
        Points; NaN for a member of an ensemble from where it ended.
    t_reached : float
        Last time that can be asked for.
    status : int
        0 reached the end, 1 ended by an event, −1 stopped before.
    message : str
        The same in words.
    nfev : int
        Evaluations of the right-hand side, each for many members at once.
    failed : ndarray of bool, shape (N,)
        Members that ended before their time.
    dense : callable
        Dense output, times (T,) -> (N, T, d).
    error_estimate : ndarray or None, shape (N, T)
        Estimate of the Euclidean norm of the error, from above.
    t_events, z_events : tuple of ndarray
        Times and points of the zeros of every event.
    note : str
        What the engine adds to the reason of its choice.
    sliding, switches
        By members, for inclusions; see `Trajectory`.
    """

    t: Array
    z: Array
    t_reached: float
    status: int
    message: str
    nfev: int
    failed: NDArray[np.bool_]
    dense: Dense
    error_estimate: Array | None = None
    t_events: tuple[Array, ...] = ()
    z_events: tuple[Array, ...] = ()
    note: str = ""
    sliding: tuple[Sliding, ...] | None = None
    switches: tuple[Array, ...] | None = None


class Members(NamedTuple):
    """Points of an ensemble on the grid, why members failed, evaluations, an interruption."""

    z: Array
    failures: Mapping[int, str]
    nfev: int
    interrupted: bool


def of_one(
    task: Task,
    dense: Dense,
    t_reached: float,
    status: int,
    message: str,
    nfev: int,
    t_events: tuple[Array, ...] = (),
    note: str = "",
) -> Outcome:
    """Outcome of one trajectory: the part of the grid it reached, and the point where it ended."""
    t = task.grid if t_reached == task.t_end else task.grid[task.grid <= t_reached]
    if status != 0 and not np.any(t == t_reached):
        t = np.append(t, t_reached)
    return Outcome(
        t=t,
        z=dense(t),
        t_reached=t_reached,
        status=status,
        message=message,
        nfev=nfev,
        failed=np.array([status < 0]),
        dense=dense,
        t_events=t_events,
        z_events=tuple(dense(times)[0] for times in t_events),
        note=note,
    )


def of_many(
    task: Task,
    members: Members,
    dense: Dense,
    note: str = "",
    error_estimate: Array | None = None,
) -> Outcome:
    """Outcome of an ensemble: failed members are named, the others count."""
    failed = np.zeros(task.members, dtype=bool)
    failed[list(members.failures)] = True
    return Outcome(
        t=task.grid,
        z=members.z,
        t_reached=task.t_end,
        status=-1 if members.interrupted or failed.all() else 0,
        message=_message(members, task.members),
        nfev=members.nfev,
        failed=failed,
        dense=dense,
        error_estimate=error_estimate,
        note=note,
    )


def _message(members: Members, total: int) -> str:
    count = len(members.failures)
    if members.interrupted:
        return f"interrupted: {total - count} of {total} members are complete"
    if not count:
        return "reached the end of the time span"
    first = min(members.failures)
    noun = "member" if total == 1 else "members"
    return f"{count} of {total} {noun} failed; member {first} {members.failures[first]}"


def replayed(integrate_members: Callable[[Task], Members], task: Task, z: Array) -> Dense:
    """Dense output of an ensemble: at times of the grid what is known, else integrated again.

    Keeping the polynomials of all steps would take more memory than the points themselves.
    """
    quiet = dataclasses.replace(task, out=None, progress=False)

    def dense(t: Array) -> Array:
        if np.isin(t, task.grid).all():
            return np.asarray(z[:, np.searchsorted(task.grid, t)])
        times, where = np.unique(t, return_inverse=True)
        return integrate_members(dataclasses.replace(quiet, grid=times)).z[:, where]

    return dense


def lost_after(z: Array, grid: Array, failures: dict[int, str], first: int = 0) -> None:
    """Note members of a block whose values overflow, and make them NaN from there on.

    Parameters
    ----------
    z : ndarray, shape (k, T, d)
        Points of the members first, first + 1, …
    grid : ndarray, shape (T,)
        Their times.
    failures : dict
        Receives what happened.
    first : int
        Number of the first member.
    """
    finite = np.isfinite(z).all(axis=-1)
    for i in np.flatnonzero(~finite.all(axis=-1)).tolist():
        lost = int(np.argmin(np.asarray(finite)[i]))
        z[i, lost:] = np.nan
        after = f"after t = {grid[lost - 1]:.6g}" if lost else "at once"
        failures[first + i] = f"overflows {after}"
