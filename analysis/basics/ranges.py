"""Ranges of parameters: the intervals over which a proof holds, ends included or not."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...flows.errors import ProblemError


def _exact(value: Any) -> Fraction:
    try:
        if isinstance(value, float):
            raise TypeError
        return Fraction(str(value))  # int, Fraction and SymPy rationals write themselves alike
    except (TypeError, ValueError) as error:
        raise ProblemError(
            f"an end of a range is {value!r}; give an int or a Fraction, exactly"
        ) from error


@dataclass(frozen=True)
class Range:
    """Interval with exact ends, ``low < x < high``, each end included or not.

    Parameters
    ----------
    low, high : Fraction or int, optional
        Ends; None stands for −∞ and +∞.
    low_closed, high_closed : bool
        Whether the end belongs to the interval; always False at infinity.

    Raises
    ------
    ProblemError
        The interval is empty, an infinite end is included, or an end is not exact.

    Examples
    --------
    >>> print(Range(low=1, low_closed=True).about("gamma"))
    gamma >= 1
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_closed: bool = False
    high_closed: bool = False

    def __post_init__(self) -> None:
        for end, closed in (("low", self.low_closed), ("high", self.high_closed)):
            value = getattr(self, end)
            if value is None and closed:
                raise ProblemError("a range cannot include an infinite end; leave it open")
            if value is not None:
                object.__setattr__(self, end, _exact(value))
        if self.low is not None and self.high is not None:
            empty = self.low == self.high and not (self.low_closed and self.high_closed)
            if empty or self.low > self.high:
                raise ProblemError(
                    f"no number lies in the range {self.about('x')}; give low < high"
                )

    @property
    def is_point(self) -> bool:
        """Whether the range is a single number."""
        return self.low is not None and self.low == self.high

    @property
    def first_whole_number(self) -> int | None:
        """The least whole number of the range; None if there is none that is the least."""
        if self.low is None:
            return None
        first = math.ceil(self.low) if self.low_closed else math.floor(self.low) + 1
        point = Fraction(first)
        return first if self.contains(Range(point, point, True, True)) else None

    @property
    def from_a_whole_number(self) -> Range:
        """The range from its first whole number on: the same for a number that is whole.

        Raises
        ------
        ProblemError
            No whole number lies in it.
        """
        if self.low is None:
            return self
        if (first := self.first_whole_number) is None:
            raise ProblemError(f"no whole number lies in {self.about('k')}; give a wider range")
        return Range(Fraction(first), self.high, True, self.high_closed)

    def contains(self, other: Range) -> bool:
        """Tell whether `other` lies inside this range."""
        try:
            return self.meet(other) == other
        except ProblemError:  # nothing in common
            return False

    def meet(self, other: Range) -> Range:
        """Return the intersection with `other`.

        Raises
        ------
        ProblemError
            The two have no number in common.
        """
        low, low_open = _larger((self.low, not self.low_closed), (other.low, not other.low_closed))
        high, high_open = _smaller(
            (self.high, not self.high_closed), (other.high, not other.high_closed)
        )
        return Range(low, high, not low_open, not high_open)

    def about(self, name: str) -> str:
        """Write the range as a condition on `name`, in the grammar `parse_range` reads."""
        if self.is_point:
            return f"{name} = {self.low}"
        below, above = ("<=" if c else "<" for c in (self.low_closed, self.high_closed))
        if self.low is None:
            return f"{name} {above} {self.high}" if self.high is not None else f"{name} real"
        if self.high is None:
            return f"{name} {'>=' if self.low_closed else '>'} {self.low}"
        return f"{self.low} {below} {name} {above} {self.high}"


POSITIVE = Range(low=Fraction(0))
"""The open half-line x > 0."""

_NUMBER = r"[+-]?\d{1,30}(?:\.\d{1,30}|/\d{1,30})?"
_NAME = r"[A-Za-z_]\w{0,30}"
_ONE_SIDED = re.compile(rf"\s*({_NAME})\s*(<=|>=|<|>|=)\s*({_NUMBER})\s*", re.ASCII)
_TWO_SIDED = re.compile(rf"\s*({_NUMBER})\s*(<=?)\s*({_NAME})\s*(<=?)\s*({_NUMBER})\s*", re.ASCII)
_REAL = re.compile(rf"\s*({_NAME})\s+real\s*", re.ASCII)


def parse_range(text: str) -> tuple[str, Range]:
    """Read one condition on one parameter.

    Parameters
    ----------
    text : str
        ``"gamma >= 1"``, ``"0 < beta < 1/2"``, ``"mu = 2"`` or ``"c real"``.

    Returns
    -------
    name : str
    range : Range

    Raises
    ------
    ProblemError
        The text has none of these forms.

    Examples
    --------
    >>> name, beta_range = parse_range("0 < beta <= 0.5")
    >>> beta_range.about(name)
    '0 < beta <= 1/2'
    """
    if match := _TWO_SIDED.fullmatch(text):
        low, below, name, above, high = match.groups()
        return name, Range(_fraction(low), _fraction(high), below == "<=", above == "<=")
    if match := _REAL.fullmatch(text):
        return match[1], Range()
    if match := _ONE_SIDED.fullmatch(text):
        name, relation, number = match.groups()
        end, closed = _fraction(number), "=" in relation
        if relation == "=":
            return name, Range(end, end, True, True)
        above_it = relation.startswith(">")
        return name, Range(low=end, low_closed=closed) if above_it else Range(
            high=end, high_closed=closed
        )
    raise ProblemError(f"got {text!r}; write a range like 'gamma >= 1' or '0 < beta < 1/2'")


def assumed_range(symbol: Any) -> Range:
    """Return the range that the assumptions of a SymPy symbol give: positive is ``x > 0``.

    Raises
    ------
    ProblemError
        The symbol does not stand for a real number.
    """
    if symbol.is_extended_real is False or not symbol.is_commutative:
        raise ProblemError(f"the symbol {symbol} is not a real number; a parameter must be one")
    zero, closed = Fraction(0), symbol.is_zero is None
    if symbol.is_zero:
        return Range(zero, zero, True, True)
    if symbol.is_extended_nonnegative:
        return Range(low=zero, low_closed=closed)
    if symbol.is_extended_nonpositive:
        return Range(high=zero, high_closed=closed)
    return Range()


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise ProblemError(f"{text} divides by zero; give a number") from error


def _larger(a: tuple[Any, bool], b: tuple[Any, bool]) -> tuple[Any, bool]:
    """Return the stronger of two lower ends (value, open); None is −∞."""
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    return max(a, b)


def _smaller(a: tuple[Any, bool], b: tuple[Any, bool]) -> tuple[Any, bool]:
    """Return the stronger of two upper ends (value, open); None is +∞."""
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    return min(a, b, key=lambda end: (end[0], not end[1]))
