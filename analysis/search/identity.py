"""Identities with unknown numbers in them, as linear equations for a semidefinite programme.

``constant + Σ y_m free_m − Σ λ_n signed_n`` is to be a sum of squares for all t > 0 or k ≥ 0. Times
a common denominator it is a polynomial in the clock; a sum of squares in the clock and clock
times another, with Gram matrices over the generators times powers of the clock, is enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..readings.vector import Form, Pair

Row = tuple[Pair, int]
"""A product of generators and a power of the clock."""


@dataclass(frozen=True)
class Lifted:
    """Gram block: generators with powers of the clock, times one more power `extra` of it."""

    extra: int
    entries: tuple[tuple[str, int], ...]

    def products(self) -> Iterator[tuple[int, int, Row]]:
        """Yield the entries (i, j) of the Gram matrix with the row that they contribute to."""
        numbered = list(enumerate(self.entries))
        for (i, (v, n)), (j, (w, m)) in itertools.product(numbered, repeat=2):
            yield i, j, ((min(v, w), max(v, w)), self.extra + n + m)


@dataclass(frozen=True)
class Identity:
    """The requirement that a form with unknown coefficients is a sum of squares.

    Parameters
    ----------
    constant : Form
        Over a field of rational functions of the clock alone.
    free, signed : mapping
        Name of an unknown number y, or of one λ ≥ 0 -> its form.
    """

    constant: Form
    free: Mapping[str, Form]
    signed: Mapping[Any, Form]

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """All forms."""
        return (self.constant, *self.free.values(), *self.signed.values())

    @cached_property
    def denominator(self) -> Any:
        """The common denominator of all coefficients, or None if there are none."""
        denominators = (c.denom for form in self.forms for c in form.terms.values())
        found = next(denominators, None)
        for other in denominators:
            found = found.lcm(other) if found is not None else other
        return found

    def rows(self, form: Form) -> dict[Row, float]:
        """Return the coefficients of a form times the common denominator, by row."""
        found: dict[Row, float] = {}
        for pair, c in form.terms.items():
            cleared = c.numer * self.denominator.quo(c.denom)
            for (power,), number in cleared.terms():
                found[pair, power] = float(number)
        return found

    @cached_property
    def blocks(self) -> tuple[Lifted, ...]:
        """The Gram blocks: a generator enters with the powers that its diagonal can have."""
        spans: dict[str, list[int]] = {}
        for form in self.forms:
            for (first, second), power in self.rows(form):
                if first == second:
                    spans.setdefault(first, []).append(power)
        blocks = []
        for extra in (0, 1):
            entries = tuple(
                (name, n)
                for name, powers in sorted(spans.items())
                for n in range(max(powers) // 2 + 1)
                if min(powers) <= 2 * n + extra <= max(powers)
            )
            blocks.append(Lifted(extra, entries))
        return tuple(block for block in blocks if block.entries)
