"""A limit of time for a proof, looked at between its steps, in whatever thread it runs.

Nothing is interrupted: what takes long asks `require_time` again and again, and ends by `OutOfTime`
when the time is over. So nothing is left half done, and an interruption from the keyboard, too,
leaves every table as it was. The limit belongs to the context, as the precision of decimals does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

from ...flows.errors import ProblemError, SaddleodeError
from .proof_outcome import Unknown

Found = TypeVar("Found")

_END: ContextVar[float | None] = ContextVar("end of the time of a proof", default=None)


class OutOfTime(SaddleodeError, RuntimeError):
    """The time is over, or what is left would take hours; the message says what was being done."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Limit the time of what runs inside; an earlier end, set outside, stays; None is no limit."""
    if seconds is None:
        yield
        return
    if not seconds > 0:
        raise ProblemError(f"got a limit of {seconds} seconds; give a number > 0, or None")
    end, before = monotonic() + seconds, _END.get()
    token = _END.set(end if before is None else min(end, before))
    try:
        yield
    finally:
        _END.reset(token)


@contextmanager
def share_of_time(part: float) -> Iterator[None]:
    """Limit the time of what runs inside to a part of what is left, if there is a limit."""
    left = time_left()
    with time_limit(None if left is None else max(left * part, 1e-9)):
        yield


def time_left() -> float | None:
    """Return the seconds that are left, which may be < 0; None without a limit."""
    end = _END.get()
    return None if end is None else end - monotonic()


def require_time(doing: Callable[[], str] | str) -> None:
    """Go on only if there is time left.

    Parameters
    ----------
    doing : callable or str
        What is being done, in words.

    Raises
    ------
    OutOfTime
        There is none.
    """
    end = _END.get()
    if end is not None and monotonic() > end:
        raise OutOfTime(doing if isinstance(doing, str) else doing())


def in_time(found: Iterable[Found]) -> Iterator[Found]:
    """Yield what a search finds, until there is nothing more or the time is over."""
    try:
        for thing in found:
            require_time("candidates were being tried")
            yield thing
    except OutOfTime:
        return


def time_told(reason: str) -> str:
    """Return a reason, and that the time was over if it was."""
    left = time_left()
    return f"{reason}; stopped, the time was over" if left is not None and left < 0 else reason


def within(seconds: float | None, search: Callable[[], Found]) -> Found | Unknown:
    """Return what a search finds in a time, or Unknown with how far it came."""
    try:
        with time_limit(seconds):
            return search()
    except OutOfTime as error:
        if time_left() is not None:  # the limit of whoever asked
            require_time(str(error))
        limit = "" if seconds is None else f" (the limit is {seconds} s)"
        return Unknown(f"given up{limit} while {error}")
