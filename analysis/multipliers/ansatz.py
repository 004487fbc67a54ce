"""Rational functions of which a multiplier may be made, simple ones first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from ..coefficients.field import ScalarField

_MOST = 60  # functions of one ansatz
_DEGREES = ((1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (1, 2), (3, 0), (4, 0))

Powers = tuple[int, ...]


def ansatzes(
    scalars: ScalarField, variables: Iterable[int], coefficients: Iterable[Any]
) -> Iterator[list[Any]]:
    """Yield lists of functions: monomials, with negative powers of what is > 0, and quotients.

    Then monomials that occur in the coefficients of a claim, times others: a multiplier that
    has to cancel them contains them.

    Parameters
    ----------
    scalars : ScalarField
        The field.
    variables : iterable of int
        Indices of the variables that occur.
    coefficients : iterable of elements
        The coefficients of the claim.
    """
    variables, coefficients = list(variables), list(coefficients)
    divisors = _divisors(scalars, coefficients)
    occurring = _occurring(coefficients)
    tried: set[tuple[Any, ...]] = set()
    for degree, kind in _DEGREES:
        powers = list(_powers(scalars, variables, degree))
        if kind == 2:
            sums = (_sum(p, q) for p in occurring for q in powers)
            powers = list(dict.fromkeys(sums))
        plain = [_monomial(scalars, p) for p in powers]
        found = tuple(m / d for d in ([1, *divisors] if kind == 1 else [1]) for m in plain)
        if len(found) <= _MOST and found not in tried:
            tried.add(found)
            yield list(found)


def _divisors(scalars: ScalarField, coefficients: list[Any]) -> list[Any]:
    """Return the irreducible parts of the denominators that are no variables."""
    found = {}
    for c in coefficients:
        for part, _ in c.denom.factor_list()[1]:
            if len(part.terms()) > 1:
                found[part] = scalars.domain.field(part)
    return list(found.values())


def _occurring(coefficients: list[Any]) -> list[Powers]:
    found: dict[Powers, None] = {}
    for c in coefficients:
        below = c.denom.monoms()
        shift = below[0] if len(below) == 1 else (0,) * len(below[0])
        for powers in c.numer.monoms():
            found[tuple(a - b for a, b in zip(powers, shift, strict=True))] = None
    return list(found)


def _powers(scalars: ScalarField, variables: list[int], degree: int) -> Iterator[Powers]:
    """Yield exponents of total size ≤ degree, small ones first."""
    names = scalars.names
    spans = [
        range(-degree if i in variables and _is_positive(scalars, names[i]) else 0,
              degree + 1 if i in variables else 1)
        for i in range(len(names))
    ]  # fmt: skip
    found = (p for p in itertools.product(*spans) if sum(map(abs, p)) <= degree)
    yield from sorted(found, key=lambda p: sum(map(abs, p)))


def _is_positive(scalars: ScalarField, name: str) -> bool:
    span = scalars.ranges[name]
    return span.low is not None and (span.low > 0 or (span.low == 0 and not span.low_closed))


def _sum(first: Powers, second: Powers) -> Powers:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _monomial(scalars: ScalarField, powers: Powers) -> Any:
    product = scalars.domain.field.one
    for x, n in zip(scalars.domain.field.gens, powers, strict=True):
        product *= x**n
    return product
