"""What an integration of an inclusion has done so far, and the solution made of it at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
from scipy.integrate import OdeSolution

from ..problems.points import Array
from .checks import Options
from .solution import InclusionSolution, SlidingInterval, as_points, observed

Path = Callable[[Array], Array]
Watch = Callable[[float, float, Callable[[float], Array]], None]
"""Called after every step with its start, its end, and its points by time; may raise `Ended`."""


class Ended(Exception):
    """Somebody who watches wants the integration to end at this time.

    Parameters
    ----------
    t : float
        Within the last step.
    message : str
        Why.
    """

    def __init__(self, t: float, message: str) -> None:
        super().__init__(message)
        self.t = t


class Tying(Protocol):
    """What knows the kinks and walls a point is on."""

    def ties(self, *points: Array) -> frozenset[str]:
        """Kinks and walls that all of the points are on."""


@dataclass
class Record:
    """Steps that have been made, and how the last one went.

    Attributes
    ----------
    ends : list of float
        The first time, and the ends of the steps.
    read : callable
        From states (..., k) to points (..., d).
    watch : callable or None
        Who looks on.
    interpolants : list of callable
        Dense outputs of the steps, (T,) -> (k, T).
    errors : list of float
        Estimates of what the steps add to the error.
    nfev, status, message, interrupted
        As in `InclusionSolution`.
    """

    ends: list[float]
    read: Path
    watch: Watch | None
    interpolants: list[Path] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    nfev: int = 0
    status: int = 0
    message: str = "reached the end of the time span"
    interrupted: bool = False

    def add(self, end: float, interpolant: Any, error: float) -> None:
        """Append a step; one that ends no later than the last is dropped."""
        start = self.ends[-1]
        if end <= start:
            return
        self.ends.append(end)
        self.interpolants.append(interpolant)
        self.errors.append(error)
        if self.watch is not None:
            self.watch(start, end, lambda t: self.read(np.asarray(interpolant(np.asarray(t)))))

    def stop(self, error: BaseException) -> None:
        """Note that and why the integration ended early."""
        if isinstance(error, Ended):
            self.ends[-1], self.status, self.message = error.t, 1, str(error)
            return
        self.status, self.interrupted = -1, isinstance(error, KeyboardInterrupt)
        self.message = f"interrupted at t = {self.ends[-1]:.6g}" if self.interrupted else str(error)

    def counted(
        self, resolvent: Callable[[Array, float], Array]
    ) -> Callable[[Array, float], Array]:
        """Return a resolvent whose evaluations are counted."""

        def counting(z: Array, step: float) -> Array:
            self.nfev += 1
            return resolvent(z, step)

        return counting

    def path(self, z: Array) -> Path:
        """Dense output (...,) -> (..., d): points of the states; z if no step was made."""
        if not self.interpolants:
            return lambda t: np.broadcast_to(z, (*np.shape(t), len(z)))
        states = as_points(OdeSolution(self.ends, self.interpolants))
        return lambda t: self.read(states(t))


def finished(
    record: Record,
    options: Options,
    note: str,
    point: Path,
    sliding: tuple[SlidingInterval, ...],
    switches: Sequence[float],
) -> InclusionSolution:
    """Solution at the times asked for, as far as it was reached."""
    t = np.asarray(record.ends) if options.t_eval is None else options.t_eval
    t = t[t <= record.ends[-1]]
    return InclusionSolution(
        t=t,
        z=point(t),
        point=point,
        t_reached=record.ends[-1],
        steps=np.array(record.ends),
        errors=np.array([0.0, *accumulate(record.errors)]),
        sliding=sliding,
        switches=np.array(switches),
        status=record.status,
        message=note + record.message,
        nfev=record.nfev,
        interrupted=record.interrupted,
    )


def finished_blindly(
    record: Record, options: Options, note: str, point: Path, operator: Tying
) -> InclusionSolution:
    """Solution of an integration that saw no modes: they are read off the path afterwards."""
    sliding = observed(record.ends, lambda t: operator.ties(point(np.asarray(t))))
    edges = sorted(edge for interval in sliding for edge in (interval.start, interval.end))
    inside = [edge for edge in edges if record.ends[0] < edge < record.ends[-1]]
    return finished(record, options, note, point, sliding, inside)
