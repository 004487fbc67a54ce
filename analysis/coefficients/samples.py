"""Rational points of a box, tried as witnesses, and exact values of polynomials at them."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import QQ

from ..basics.ranges import Range
from ..basics.time_limit import require_time
from .facts import Known, occurring
from .solver import solution

_LIMIT = 400  # points tried for one witness
_WHOLE = (0, 1, 2, 3, 5, 50, 4, 6, 7, 8, 9, 10, 17, 1000)  # of k, from its first on
_TRIES = 20_000  # points tried before a region is thought to be empty


def points(
    candidates: Sequence[Sequence[Fraction]], limit: int = _LIMIT
) -> Iterator[tuple[Fraction, ...]]:
    """Yield points with these coordinates: all of a small grid, or a fixed random part of it."""
    if math.prod(map(len, candidates)) <= limit:
        yield from itertools.product(*candidates)
        return
    choice = random.Random(0)  # fixed seed: the same question gets the same answer
    for _ in range(limit):
        yield tuple(choice.choice(values) for values in candidates)


def region_points(
    names: Sequence[str], known: Known, ranges: Mapping[str, Range], limit: int = _LIMIT
) -> Iterator[dict[str, Fraction]]:
    """Yield points of a region: of the variables that are named and those they are tied to."""
    tied = {str(known.ring.symbols[i]) for f in known.conditions for i in occurring(f.polynomial)}
    all_names = [*names, *sorted(tied - set(names))]
    candidates = [_candidates(name, ranges[name], known, len(all_names)) for name in all_names]
    for values in points(candidates, 10 * limit if known.conditions else limit):
        require_time("points of the region were being tried")
        point = dict(zip(all_names, values, strict=True))
        if all(value(fact.polynomial, point) > 0 for fact in known.conditions):
            yield point


def some_point(known: Known, ranges: Mapping[str, Range]) -> dict[str, Fraction] | None:
    """Return a point inside a region, on no end of a range, or None if none was found."""
    names = [str(symbol) for symbol in known.ring.symbols]
    point = {name: next(inside(ranges[name])) for name in names}
    candidates = region_points((), known, ranges, _TRIES) if known.conditions else iter([point])
    for candidate in candidates:
        found = point | candidate
        if all(value(fact.polynomial, found) > 0 for fact in known.given):
            return found
    solved = solution({}, known)
    return None if solved is None else point | {names[i]: x for i, x in solved.items()}


def in_whole_numbers(point: Mapping[str, Fraction], known: Known) -> bool:
    """Tell whether the variable that has to be a whole number, if there is one, is one."""
    if known.whole is None:
        return True
    return point.get(str(known.ring.symbols[known.whole]), Fraction(0)).denominator == 1


def inside(span: Range) -> Iterator[Fraction]:
    """Yield a few points inside a range, spread over several scales.

    Examples
    --------
    >>> print(next(inside(Range(low=1))))
    3/2
    """
    scales = [Fraction(n, d) for n, d in ((1, 2), (1, 1), (3, 1), (1, 50), (50, 1), (1, 7))]
    if span.low is None and span.high is None:
        yield Fraction(0)
        yield from (sign * scale for scale in scales for sign in (1, -1))
    elif span.high is None:
        yield from ((span.low or 0) + scale for scale in scales)
    elif span.low is None:
        yield from (span.high - scale for scale in scales)
    else:
        yield from (span.low + (span.high - span.low) * s / (1 + s) for s in scales)


def value(polynomial: Any, point: Mapping[str, Fraction]) -> Any:
    """Return the exact value of a polynomial; variables that `point` does not name are 0."""
    symbols = polynomial.ring.symbols
    values = [_rational(point.get(str(symbol), Fraction(0))) for symbol in symbols]
    total = QQ(0)
    for powers, coefficient in polynomial.terms():  # faster than what rings do
        for x, power in zip(values, powers, strict=True):
            if power:
                coefficient *= x**power
        total += coefficient
    return total


def _candidates(name: str, span: Range, known: Known, count: int) -> list[Fraction]:
    """Return the coordinates that are tried for one variable of `count`."""
    if known.whole is not None and name == str(known.ring.symbols[known.whole]):
        whole = (
            known.first + Fraction(n) for n in (_WHOLE if count > 1 else (*range(100), 1000, 10**6))
        )
        return [k for k in whole if span.contains(Range(k, k, True, True))]
    return [*inside(span), *_included_ends(span)]


def _rational(number: Fraction) -> Any:
    return QQ(number.numerator, number.denominator)


def _included_ends(span: Range) -> list[Fraction]:
    ends = ((span.low, span.low_closed), (span.high, span.high_closed))
    return [end for end, included in ends if included and end is not None]
