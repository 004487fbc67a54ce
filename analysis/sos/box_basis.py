"""Shapes of sums of squares on a box: which products of its constraints, times which squares."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from ..basics.ranges import Range
from .basis import Exponents, monomials_below, parity_classes
from .gram import Block
from .polynomials import Polynomial, rational

Sides: TypeAlias = tuple[int, ...]
"""Indices of half-line variables whose constraints are multiplied."""


@dataclass(frozen=True)
class _Coordinates:
    """A polynomial in coordinates s with s ≥ 0 on half-lines.

    Parameters
    ----------
    forms : list of Polynomial
        s_i in the old coordinates: z, z − a for z ≥ a, or b − z for z ≤ b.
    polynomial : Polynomial
        p in terms of s.
    halves : list of int
        Which coordinates are those of half-lines.
    intervals : dict
        Coordinate of a bounded interval -> its two constraints.
    """

    forms: list[Polynomial]
    polynomial: Polynomial
    halves: list[int]
    intervals: dict[int, tuple[Polynomial, Polynomial]]

    def product(self, exponents: Exponents) -> Polynomial:
        """Return a monomial in s, in the old coordinates."""
        powers = (f**k for f, k in zip(self.forms, exponents, strict=True))
        return prod(powers, start=self.polynomial.ring.one)


def box_blocks(p: Polynomial, box: Mapping[str, Range], degree: int, together: int) -> list[Block]:
    """Blocks for 1 and for the products of the constraints of up to `together` variables.

    Both constraints of an interval go together, (x − a)(b − x) ≥ 0. Monomials are of degree at
    most `degree`, factors and squares counted; those that cannot occur are left out.
    """
    at = _coordinates(p, box)
    kept = _kept(at, together)
    supports = [*at.polynomial, *(e for low, high in at.intervals.values() for e in low * high)]
    supports += [_unit(p.ring.ngens, i) for i in at.halves]
    blocks: list[Block] = []
    for chosen in _choices([*at.halves, *at.intervals], together):
        sides = tuple(i for i in chosen if i in at.halves)
        pairs = [at.intervals[i] for i in chosen if i in at.intervals]
        factors = (*(at.forms[i] for i in sides), *itertools.chain(*pairs))
        monomials = _monomials(at, kept[sides], (degree - len(factors)) // 2)
        groups = parity_classes(monomials, supports)
        blocks += [Block(factors, tuple(map(at.product, group))) for group in groups]
    return blocks


def _monomials(at: _Coordinates, wide: Iterable[Exponents], degree: int) -> Iterator[Exponents]:
    """Yield products of monomials in the unbounded variables with all in the bounded ones."""
    caps = [max(degree, 0) if i in at.intervals else 0 for i in range(len(at.forms))]
    for m in wide:
        for bounded in monomials_below(caps, degree - sum(m)):
            yield tuple(map(sum, zip(m, bounded, strict=True)))


def _coordinates(p: Polynomial, box: Mapping[str, Range]) -> _Coordinates:
    forms: list[Polynomial] = []
    moved, halves, intervals = [], [], {}
    for i, (symbol, z) in enumerate(zip(p.ring.symbols, p.ring.gens, strict=True)):
        span = box.get(symbol.name, Range())
        form, old = z, z
        if span.low is not None and span.high is not None:
            intervals[i] = (z - rational(span.low), rational(span.high) - z)
        elif span.low is not None:
            halves.append(i)
            form, old = z - rational(span.low), z + rational(span.low)
        elif span.high is not None:
            halves.append(i)
            form, old = rational(span.high) - z, rational(span.high) - z
        forms.append(form)
        moved.append((z, old))
    return _Coordinates(forms, p.compose(moved), halves, intervals)


def _choices(indices: Collection[int], together: int) -> Iterator[tuple[int, ...]]:
    for count in range(together + 1):
        yield from itertools.combinations(indices, count)


def _kept(at: _Coordinates, together: int) -> dict[Sides, list[Exponents]]:
    """Exponents of the unbounded variables that can occur in squares, for each product of sides.

    As in `half_monomials`: one goes when its double, with the product, is neither in p nor made
    of two different ones. Then what the squares have there, polynomials in the bounded
    variables times constraints that are positive inside the box, would add up to 0.
    """
    p, d = at.polynomial, len(at.forms)
    support = {tuple(0 if i in at.intervals else e[i] for i in range(d)) for e in p}
    highest = [max(e[i] for e in support) for i in range(d)]
    least, most = min(map(sum, support)), max(map(sum, support))
    kept: dict[Sides, list[Exponents]] = {}
    for sides in _choices(at.halves, together):
        caps = [(highest[i] - (i in sides)) // 2 for i in range(d)]
        some = monomials_below(caps, (most - len(sides)) // 2)
        kept[sides] = [m for m in some if 2 * sum(m) + len(sides) >= least]
    while True:
        pairs = Counter(
            _total(a, b, sides)
            for sides, some in kept.items()
            for a, b in itertools.combinations(some, 2)
        )
        alive = {
            sides: [m for m in some if (e := _total(m, m, sides)) in support or pairs[e]]
            for sides, some in kept.items()
        }
        if alive == kept:
            return kept
        kept = alive


def _total(a: Exponents, b: Exponents, sides: Iterable[int]) -> Exponents:
    total = [i + j for i, j in zip(a, b, strict=True)]
    for i in sides:
        total[i] += 1
    return tuple(total)


def _unit(d: int, place: int) -> Exponents:
    return tuple(int(i == place) for i in range(d))
