"""What an integration of a differential inclusion returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from ..problems.points import Array

BRIEF = 1e-5  # of the time span: shorter contacts are touches, often of rounding alone
HALVINGS = 40  # with which the start and the end of a sliding interval are located


class SlidingInterval(NamedTuple):
    """Interval of time during which the point stays on a kink or wall, such as ``"x = 0"``."""

    start: float
    end: float
    where: str


Sliding: TypeAlias = tuple[SlidingInterval, ...]


@dataclass(frozen=True, eq=False)
class InclusionSolution:
    """Solution of a differential inclusion Ż ∈ −G(Z) and of its relatives.

    Attributes
    ----------
    t : ndarray, shape (T,)
        Times asked for, or those of the steps.
    z : ndarray, shape (T, d)
        Points.
    point : callable
        Dense output: time(s) (...,) -> points (..., d).
    t_reached : float
        Time at which the integration ended.
    steps, errors : ndarray, shape (K + 1,)
        Times at which steps start and end, and the error that has come together until then.
    sliding : tuple of SlidingInterval
        When the point was on a kink or wall, in order of their starts.
    switches : ndarray, shape (K,)
        Times at which the motion changed its mode.
    status : int
        0 reached the end, 1 ended by who watched, −1 stopped before.
    message : str
        The same in words; says also if z0 was projected.
    nfev : int
        Evaluations of G or of its resolvent.
    interrupted : bool
        Whether it was stopped from the keyboard.
    """

    t: Array
    z: Array
    point: Callable[[Array], Array] = field(repr=False)
    t_reached: float
    steps: Array
    errors: Array
    sliding: Sliding
    switches: Array
    status: int
    message: str
    nfev: int
    interrupted: bool

    @property
    def success(self) -> bool:
        """Whether the end was reached."""
        return self.status == 0

    @property
    def error_estimate(self) -> float:
        """Estimate of the largest error.

        Solutions of inclusions with monotone G do not move apart, so errors made on the way only
        add up: it is their sum.
        """
        return float(self.errors[-1])

    def error_at(self, t: Array) -> Array:
        """Estimate of the error at times (T,)."""
        return self.errors[np.searchsorted(self.steps, t)]


def joined(
    pieces: Sequence[tuple[float, float, Iterable[str]]],
) -> Sliding:
    """Sliding intervals from consecutive intervals of time and what holds during each.

    Intervals shorter than 1e-5 of the whole are left out: there the point only touches.

    Examples
    --------
    >>> joined([(0, 1, ["x = 0"]), (1, 2, ["x = 0", "u = 1"]), (2, 3, [])])
    (SlidingInterval(start=0, end=2, where='x = 0'), SlidingInterval(start=1, end=2, where='u = 1'))
    """
    found: list[SlidingInterval] = []
    running: dict[str, SlidingInterval] = {}
    for start, end, ties in pieces:
        held = {w: running.get(w, SlidingInterval(start, start, w)) for w in sorted(set(ties))}
        found += [interval for w, interval in running.items() if w not in held]
        running = {w: interval._replace(end=end) for w, interval in held.items()}
    found += running.values()
    brief = BRIEF * (pieces[-1][1] - pieces[0][0]) if pieces else 0.0
    return tuple(sorted(s for s in found if s.end - s.start > brief))


def observed(t: Sequence[float], ties: Callable[[float], frozenset[str]]) -> Sliding:
    """Sliding intervals from what holds at times t; ends are located between them by halving."""
    seen = [ties(time) for time in t]
    pieces = [
        (a, b, before & after)
        for a, b, before, after in zip(t[:-1], t[1:], seen[:-1], seen[1:], strict=True)
    ]
    return tuple(sorted(_widened(interval, t, ties) for interval in joined(pieces)))


def _widened(
    interval: SlidingInterval, t: Sequence[float], ties: Callable[[float], frozenset[str]]
) -> SlidingInterval:
    start, end, where = interval
    earlier = max((time for time in t if time < start), default=start)
    later = min((time for time in t if time > end), default=end)
    return SlidingInterval(
        _edge(start, earlier, where, ties), _edge(end, later, where, ties), where
    )


def _edge(
    inside: float, outside: float, where: str, ties: Callable[[float], frozenset[str]]
) -> float:
    """Last time towards `outside` at which the tie holds."""
    for _ in range(HALVINGS if inside != outside else 0):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if where in ties(middle) else (inside, middle)
    return inside


def as_points(interpolant: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Dense output (T,) -> (d, T) of SciPy as a function (...,) -> (..., d).

    Examples
    --------
    >>> as_points(lambda t: np.array([t, 2 * t]))(np.array([1.0, 3.0]))
    array([[1., 2.],
           [3., 6.]])
    """

    def point(t: Array) -> Array:
        t = np.asarray(t, dtype=float)
        values = np.asarray(interpolant(t.ravel() if t.size else np.zeros(1)))
        return np.moveaxis(values, 0, -1)[: t.size].reshape(*t.shape, len(values))

    return point
