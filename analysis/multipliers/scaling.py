"""Units of measurement: the scalings under which a claim stays the same.

With G in another unit α and 1/R are in another unit too, and all multipliers follow: what is known
for R = 1 is known for all R. A scaling is a weight for each parameter, such that all terms of a
form have one weight, once the weights of the generators are chosen well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from ..coefficients.field import ScalarField
from ..readings.vector import Form

Weights = Mapping[str, int]


@dataclass(frozen=True)
class Scaling:
    """Parameters that may be set to 1, and how all else depends on them.

    Parameters
    ----------
    weights : mapping
        Name of a unit, that is of a parameter that may be 1 -> the weights in it of all
        parameters and forms, by their names.
    """

    weights: Mapping[str, Weights] = field(default_factory=dict)

    def worth(self, name: str, values: Mapping[str, Any], one: Any) -> Any:
        """Return the product of powers of the units, with given values, that a name is worth."""
        product = one
        for unit, weights in self.weights.items():
            if power := weights.get(name, 0):
                product = product * values[unit] ** power
        return product

    def reduced(self, polynomial: Any, names: tuple[str, ...]) -> Any:
        """Return a polynomial in the variables `names` with all units set to 1."""
        units = [names.index(unit) for unit in self.weights]
        total = polynomial.ring.zero
        for powers, c in polynomial.terms():
            left = tuple(0 if i in units else n for i, n in enumerate(powers))
            total += polynomial.ring.from_dict({left: c})
        return total


def scaling_of(forms: Mapping[str, Form], scalars: ScalarField) -> Scaling:
    """Return the scalings of forms over a field, and of its region.

    Parameters
    ----------
    forms : mapping
        Name -> form over the field.
    scalars : ScalarField
        The field. Only a parameter with the range x > 0 can have a weight.
    """
    spans = scalars.ranges
    rays = [n for n in scalars.names if spans[n].low == 0 and spans[n].high is None]
    rays = [name for name in rays if not spans[name].low_closed]
    generators = sorted({g for form in forms.values() for g in form.generators})
    columns = [*rays, *(f"‖{g}‖" for g in generators), *(f"|{name}|" for name in forms)]
    place = {name: i for i, name in enumerate(columns)}
    rows = [_row(weights, place) for weights in _equations(forms, scalars)]
    matrix = DomainMatrix(rows, (len(rows), len(columns)), QQ)
    found = {}
    for row in matrix.nullspace().rref()[0].to_list() if rows else []:
        first = next((i for i, x in enumerate(row) if x), len(row))
        if first < len(rays) and all(x.denominator == 1 for x in row):
            weights = {name: int(row[place[name]]) for name in rays}
            found[rays[first]] = weights | {n: int(row[place[f"|{n}|"]]) for n in forms}
    return Scaling(found)


def _row(weights: Mapping[str, int], place: Mapping[str, int]) -> list[Any]:
    row = [QQ(0)] * len(place)
    for name, n in weights.items():
        if name in place:
            row[place[name]] += n
    # a parameter without a place has the weight 0
    return row


def _equations(forms: Mapping[str, Form], scalars: ScalarField) -> Iterator[dict[str, int]]:
    """Yield sums of weights that must vanish, as name -> how often it occurs."""
    for name, form in forms.items():
        for (first, second), c in form.terms.items():
            top, bottom = c.numer.monoms(), c.denom.monoms()
            yield from (_difference(scalars, m, bottom[0]) for m in bottom[1:])
            for monomial in top:
                found = _difference(scalars, monomial, bottom[0])
                for g in (first, second):
                    found[f"‖{g}‖"] = found.get(f"‖{g}‖", 0) + 1
                yield found | {f"|{name}|": -1}
    for fact in scalars.known.conditions:
        first_monomial, *others = fact.polynomial.monoms()
        yield from (_difference(scalars, m, first_monomial) for m in others)


def _difference(scalars: ScalarField, m: tuple[int, ...], n: tuple[int, ...]) -> dict[str, int]:
    return {name: a - b for name, a, b in zip(scalars.names, m, n, strict=True) if a != b}
