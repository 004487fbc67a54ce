"""Regions of parameters: a range for each, and conditions that tie them together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sympy import Expr, Rational, Symbol

from ...flows.errors import ProblemError
from ..basics.ranges import Range, parse_range
from .conditions import Condition, parse_condition

_CHAIN = re.compile(r"([^<>=]+)(<=?)\s*([A-Za-z_]\w*)\s*(<=?)([^<>=]+)", re.ASCII)


class Region(Mapping[str, Range]):
    """Ranges of parameters by name, and strict inequalities between several of them.

    Parameters
    ----------
    ranges : mapping
        Name -> `Range`.
    conditions : iterable of Condition, optional
        All of them are to hold.

    Examples
    --------
    >>> region = parse_ranges(["0 < alpha < 2*beta", "beta <= 1"])
    >>> print(region)
    alpha > 0, beta <= 1, alpha < 2*beta
    """

    def __init__(self, ranges: Mapping[str, Range], conditions: Iterable[Condition] = ()) -> None:
        self._ranges = MappingProxyType(dict(ranges))
        self.conditions = tuple(dict.fromkeys(conditions))

    def __getitem__(self, name: str) -> Range:
        return self._ranges[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)

    def __eq__(self, other: object) -> bool:
        conditions = getattr(other, "conditions", ())
        return super().__eq__(other) and set(self.conditions) == set(conditions)

    __hash__ = None  # type: ignore[assignment]

    @property
    def relations(self) -> tuple[str, ...]:
        """All ranges and conditions as text, in the grammar `parse_ranges` reads."""
        spans = (span.about(name) for name, span in self.items())
        return (*spans, *map(str, self.conditions))

    def __str__(self) -> str:
        return ", ".join(self.relations)

    @property
    def names(self) -> frozenset[str]:
        """All parameters of which a range or a condition speaks."""
        symbols = (symbol for condition in self.conditions for symbol in condition.gap.free_symbols)
        return frozenset({*self, *(symbol.name for symbol in symbols)})

    @property
    def gaps(self) -> tuple[Expr, ...]:
        """The formulas that are ≥ 0 in the closure of the region."""
        lows = ((Symbol(name), span.low, 1) for name, span in self.items())
        highs = ((Symbol(name), span.high, -1) for name, span in self.items())
        ends = (pair for pair in (*lows, *highs) if pair[1] is not None)
        distances = (sign * (x - Rational(str(end))) for x, end, sign in ends)
        return (*distances, *(condition.gap for condition in self.conditions))

    def meet(self, other: Region) -> Region:
        """Return the intersection of two regions."""
        ranges = dict(self)
        for name, span in other.items():
            ranges[name] = _both(name, ranges.get(name, Range()), span)
        return Region(ranges, (*self.conditions, *other.conditions))


def _both(name: str, first: Range, second: Range) -> Range:
    try:
        return first.meet(second)
    except ProblemError as error:
        raise ProblemError(
            f"no {name} satisfies both {first.about(name)} and {second.about(name)}; leave out one"
        ) from error


def parse_ranges(texts: Iterable[str]) -> Region:
    """Read ranges and conditions; all that is said about one name must hold.

    Parameters
    ----------
    texts : iterable of str
        Each is a range, ``"gamma >= 1"``, a condition ``"alpha < 2*beta*(1 - beta)"``, or both in
        one, ``"0 < alpha < 2*beta"``.

    Raises
    ------
    ProblemError
        A text is neither, or nothing satisfies the ranges of one name.

    Examples
    --------
    >>> parse_ranges(["gamma >= 1", "gamma < 2"])["gamma"].about("gamma")
    '1 <= gamma < 2'
    """
    region = Region({})
    for text in texts:
        region = region.meet(_read(text))
    return region


def named_ranges(ranges: Mapping[Any, Any] | None) -> Region:
    """Return a region from ranges by name: keys may be names or symbols, values ranges or texts.

    Raises
    ------
    ProblemError
        A value is not a range, or a text does not speak of the name.
    """
    region = ranges if isinstance(ranges, Region) else Region({})
    for key, value in (ranges or {}).items():
        found = _read(value) if isinstance(value, str) else Region({str(key): value})
        names = found.names
        if str(key) not in names or not all(isinstance(span, Range) for span in found.values()):
            raise ProblemError(
                f"the range of {key} is {value!r}; give a Range or a text like '{key} >= 1'"
            )
        region = region.meet(found)
    return region


def _read(text: str) -> Region:
    if match := _CHAIN.fullmatch(text):
        low, below, name, above, high = match.groups()
        parts = (f"{name} {'>' if below == '<' else '>='} {low.strip()}", f"{name} {above} {high}")
        first, second = map(_read_one, parts)
        return first.meet(second)
    return _read_one(text)


def _read_one(text: str) -> Region:
    try:
        name, span = parse_range(text)
    except ProblemError:
        return Region({}, [parse_condition(text)])
    return Region({name: span})
