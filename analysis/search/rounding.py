"""Rational reconstruction of numbers from a solver, simplest candidates first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from ..coefficients.rational import simplest

Name = TypeVar("Name")

TOLERANCES = (1e-2, 1e-3, 1e-5, 1e-8)
"""How far a candidate may be from what the solver found, relative to it: from guesses at simple
fractions to all the digits that the solver has."""

INSIDE = 0.99
"""By how much of a tolerance a number is raised where more is safe: itself it stays in reach."""

_NOISE = 1e-4  # relative to the largest; smaller ones are traces of what is 0 at the optimum


def candidates(
    numbers: Mapping[Name, float], upwards: frozenset[Name] = frozenset()
) -> Iterator[dict[Name, Fraction]]:
    """Yield rational numbers near given ones: the simplest within a tolerance, ever smaller ones.

    A wrong guess only costs time: what is made of them is proved exactly.

    Parameters
    ----------
    numbers : mapping
        Name -> number; those below the tolerance are left out: they are 0.
    upwards : frozenset
        Names that are also tried a little larger, where more is on the safe side.

    Examples
    --------
    >>> next(candidates({"a": 0.5000001, "b": 1.5, "c": 3e-7}))
    {'a': Fraction(1, 2), 'b': Fraction(3, 2)}
    """
    scale = max((abs(value) for value in numbers.values()), default=0.0)
    tried: list[dict[Name, Fraction]] = []
    for tolerance in TOLERANCES:
        kept = {n: x for n, x in numbers.items() if abs(x) > max(tolerance, _NOISE) * scale}
        for raised in (0.0, INSIDE) if upwards else (0.0,):
            widths = {name: tolerance * abs(value) for name, value in kept.items()}
            found = {
                name: simplest(value + raised * widths[name] * (name in upwards), widths[name])
                for name, value in kept.items()
            }
            if found not in tried:
                tried.append(found)
                yield found
