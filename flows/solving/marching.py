"""The main loop: step after step to the end, an event, a failure or an interruption."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from ..problems.points import Array
from .anchored_start import Tolerance
from .events import Event, Point, crossings, ends_at
from .forms import Form
from .initial_value import InitialValue
from .path import Path, Piece, Samples
from .stepping import Stopped, steps


@dataclass(frozen=True, eq=False)
class Ending:
    """How far a step-by-step integration came, and why it ended there.

    Attributes
    ----------
    path : callable
        The trajectory, times (T,) -> points (N, T, d), up to `t_reached`; if samples were to be
        taken, at their times alone.
    t_reached : float
        Last time of the trajectory.
    status : int
        0 reached the end, 1 ended by an event, −1 stopped before.
    message : str
        The same in words.
    nfev : int
        Evaluations of the right-hand side, for all members at once.
    t_events : tuple of ndarray
        Times of the zeros of every event.
    """

    path: Callable[[Array], Array]
    t_reached: float
    status: int
    message: str
    nfev: int
    t_events: tuple[Array, ...]


# A solution that blows up overflows on the way; the steps are checked, so no warning is needed.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def march(
    form: Form,
    initial: InitialValue,
    t_end: float,
    tolerance: Tolerance,
    events: Sequence[Event],
    progress: bool,
    samples: Samples | None = None,
) -> Ending:
    """Integrate a flow from its start to `t_end`.

    With `samples` these are taken, and nothing else is kept of the trajectory.

    Raises
    ------
    IntegrationError
        The flow cannot even start; whatever happens later is part of the outcome.
    """
    pieces: list[Piece] = []
    nfev = 0
    found: list[list[float]] = [[] for _ in events]
    t_reached, status, message = initial.t_start, 0, "reached the end of the time span"
    try:
        for piece in _watched(
            steps(form, initial, t_end, tolerance), initial.t_start, t_end, progress
        ):
            ended_by = _record(events, piece, form, found)
            nfev += piece.nfev
            if samples is None:
                pieces.append(piece)
            else:
                samples.add(piece, form.point)
            if ended_by is not None:
                t_reached = found[ended_by][-1]
                status, message = 1, f"event {ended_by} ended it at t = {t_reached:.6g}"
                break
            t_reached = piece.t_end
    except Stopped as stopped:
        status, message = -1, str(stopped)
    except KeyboardInterrupt:
        status, message = -1, f"interrupted at t = {t_reached:.6g}"
    times = tuple(np.array(times) for times in found)
    path = samples or Path(initial.z0, tuple(pieces), form.point)
    return Ending(path, t_reached, status, message, nfev, times)


def _record(
    events: Sequence[Event], piece: Piece, form: Form, found: list[list[float]]
) -> int | None:
    """Note the zeros of the events in a step, up to one that ends the integration."""
    if not events:
        return None
    for t, i in crossings(events, piece.t_start, piece.t_end, _single(piece, form)):
        found[i].append(t)
        if ends_at(events[i], len(found[i])):
            return i
    return None


def _single(piece: Piece, form: Form) -> Point:
    return lambda t: form.point(piece.states(np.array([t])))[0, 0]


def _watched(
    pieces: Iterable[Piece], t_start: float, t_end: float, progress: bool
) -> Iterator[Piece]:
    """Pass the steps on, with a progress bar over t if it is wanted."""
    bar = "{l_bar}{bar}| t = {n:.4g}/{total:.4g} [{elapsed}<{remaining}]"
    with tqdm(total=t_end, initial=t_start, disable=not progress, bar_format=bar) as shown:
        for piece in pieces:
            yield piece
            shown.update(piece.t_end - piece.t_start)
