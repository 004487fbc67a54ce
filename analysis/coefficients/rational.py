"""Rational numbers near approximate ones."""

from __future__ import annotations

from fractions import Fraction
from math import floor


def simplest(value: float, width: float) -> Fraction:
    """Return the fraction with the smallest denominator within `width` of a number.

    Examples
    --------
    >>> simplest(0.3334, 1e-3), simplest(3.14159265, 1e-5)
    (Fraction(1, 3), Fraction(355, 113))
    """
    exact, radius = Fraction(value), Fraction(width)
    return _between(exact - radius, exact + radius)


def _between(low: Fraction, high: Fraction) -> Fraction:
    """Return the simplest fraction of an interval, by continued fractions."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_between(-high, -low)
    whole = floor(low)
    if whole == low or whole + 1 <= high:
        return Fraction(whole if whole == low else whole + 1)
    return whole + 1 / _between(1 / (high - whole), 1 / (low - whole))
