"""A limit on the time of a search: after it no further candidate is tried."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from ...flows.errors import ProblemError

Thing = TypeVar("Thing")

TIME_LIMIT = 60.0
"""Seconds that a search may take, unless it is told otherwise."""


@dataclass(frozen=True)
class Deadline:
    """Moment at which a search gives up.

    Parameters
    ----------
    seconds : float
        The limit it comes from.
    end : float
        The moment, by `time.monotonic`.
    """

    seconds: float
    end: float

    @classmethod
    def after(cls, seconds: Any) -> Deadline:
        """Return the moment in some seconds.

        Raises
        ------
        ProblemError
            Not a number > 0.
        """
        if not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
            raise ProblemError(f"the time limit is {seconds!r}; give seconds, a number > 0")
        return cls(seconds, time.monotonic() + seconds)

    @property
    def passed(self) -> bool:
        """Whether the moment is over."""
        return time.monotonic() > self.end

    def until(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """Yield things as long as there is time."""
        for thing in things:
            if self.passed:
                return
            yield thing

    def about(self, reason: str) -> str:
        """Return a reason, and that the time was over if it was."""
        return f"{reason}; stopped after {self.seconds:g} s" if self.passed else reason
