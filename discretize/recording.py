"""Which steps of a run are kept: every one, every m-th, a list, or evenly spaced in log k."""

from __future__ import annotations

import numbers
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..flows.errors import ProblemError

Array = NDArray[np.float64]

Rule = int | Sequence[int] | None
"""None: every k. m: every m-th and the last. A sequence: these."""

RECORD_LIMIT = 2**28
"""Most numbers that one run may record: 2 GiB."""

ITERATIONS_LIMIT = 10**12
"""Most steps of a run: at a microsecond each they take eleven days."""


def log_spaced(iterations: int, per_decade: int = 10) -> list[int]:
    """Return steps evenly spaced in log k: 0, 1, …, `iterations`, so many per decade.

    Parameters
    ----------
    iterations : int, > 0
        The last step.
    per_decade : int, > 0
        Steps per factor of ten; the first decades have fewer, as steps are whole.

    Examples
    --------
    >>> log_spaced(1000, per_decade=3)
    [0, 1, 2, 5, 10, 22, 46, 100, 215, 464, 1000]
    """
    last, density = whole("iterations", iterations), whole("per_decade", per_decade)
    exponents = np.arange(np.ceil(np.log10(last) * density)) / density
    return [0, *(int(k) for k in np.unique((10**exponents).round()) if k < last), last]


def recorded(rule: Rule, first: int, last: int) -> Sequence[int]:
    """Return the steps from `first` to `last` that are kept, increasing.

    Raises
    ------
    ProblemError
        The rule is none, or has steps outside of the run.

    Examples
    --------
    >>> list(recorded(4, 0, 10)), list(recorded(4, 5, 10)), list(recorded([6, 7], 5, 10))
    ([0, 4, 8, 10], [8, 10], [6, 7])
    """
    if rule is None:
        return range(first, last + 1)
    if isinstance(rule, int | np.integer):
        every = whole("record", rule)
        regular = range(-(-first // every) * every, last, every)
        require_room(len(regular) + 1, 1)
        return [*regular, last]
    return _listed(rule, first, last)


def _listed(rule: Any, first: int, last: int) -> list[int]:
    wanted = (
        f"record = {rule!r}; None, a whole number > 0, Statistics, or an increasing sequence of "
        f"whole numbers from {first} to iterations = {last} is needed"
    )
    try:
        kept = [int(k) for k in rule]
    except (TypeError, ValueError):
        raise ProblemError(wanted) from None
    inside = bool(kept) and kept[0] >= first and kept[-1] <= last
    if not inside or kept != list(rule) or any(a >= b for a, b in pairwise(kept)):
        raise ProblemError(wanted)
    return kept


def whole(name: str, value: Any, largest: int | None = None) -> int:
    """Return a whole number > 0 as an int.

    Raises
    ------
    ProblemError
        It is none, or larger than `largest`.
    """
    fits = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    number = int(value) if fits else 0
    if number <= 0:
        raise ProblemError(f"{name} = {value!r}; a whole number > 0 is needed")
    if largest is not None and number > largest:
        raise ProblemError(f"{name} = {value}; at most {largest:.0e} can be done")
    return number


def require_room(count: int, size: int) -> None:
    """Refuse a record of `count` states of `size` numbers each if that is absurdly much.

    Raises
    ------
    ProblemError
        With the ways out.
    """
    if count * size > RECORD_LIMIT:
        raise ProblemError(
            f"recording {count} iterates of {size} numbers each takes more than "
            f"{RECORD_LIMIT * 8 >> 30} GiB; keep every m-th with record=m, or "
            "record=Statistics(at=log_spaced(iterations))"
        )


class Due:
    """The steps to keep that have not come yet.

    Parameters
    ----------
    kept : sequence of int
        All of them, increasing.
    """

    def __init__(self, kept: Sequence[int]) -> None:
        self._kept, self._place = kept, 0

    @property
    def next(self) -> int:
        """The next one, −1 if there is none."""
        return self._kept[self._place] if self._place < len(self._kept) else -1

    def until(self, last: int, most: int) -> Sequence[int]:
        """Return those up to k = `last`, at most so many."""
        end = bisect_right(self._kept, last, lo=self._place)
        return self._kept[self._place : min(end, self._place + most)]

    def passed(self, k: int) -> None:
        """Leave those up to k behind."""
        self._place = bisect_right(self._kept, k, lo=self._place)


class Recorder(Protocol):
    """What keeps the iterates, or something about them."""

    def add(self, k: int, z: Array, stopped: int) -> None:
        """Add the iterates z^k, and the number of paths that have stopped."""

    def extend(self, kept: Sequence[int], z: Array, stopped: Sequence[int]) -> None:
        """Add the iterates of several k, shape (len(kept), ..., d)."""

    def latest(self) -> int:
        """Return the last k that was added, −1 if there is none."""


class Rows:
    """Iterates in the order of k, in an array made before the run.

    Parameters
    ----------
    count : int
        Most iterates that will come.
    shape : tuple of int
        Shape of each.
    """

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        self._z = np.empty((count, *shape))
        self._k = np.empty(count, dtype=np.int64)
        self._count = 0

    def add(self, k: int, z: Array, stopped: int) -> None:
        """Add the iterates z^k."""
        self._z[self._count] = z
        self._k[self._count] = k
        self._count += 1

    def extend(self, kept: Sequence[int], z: Array, stopped: Sequence[int]) -> None:
        """Add the iterates of several k."""
        rows = slice(self._count, self._count + len(kept))
        self._z[rows], self._k[rows] = z, kept
        self._count += len(kept)

    def latest(self) -> int:
        """Return the last k that was added, −1 if there is none."""
        return int(self._k[self._count - 1]) if self._count else -1

    def arrays(self) -> tuple[NDArray[np.int64], Array]:
        """Return k, shape (K,), and the iterates, shape (..., K, d)."""
        return self._k[: self._count], np.moveaxis(self._z[: self._count], 0, -2)
