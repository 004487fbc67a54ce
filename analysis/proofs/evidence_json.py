"""Why the signs in a certificate hold, as data that `saddleode.analysis.verification` checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .facts import Fact, Term
from .field import ScalarField
from .samples import some_point
from .signs import nonnegative, regular


class Evidence:
    """Collects the facts on which signs rest, each after those that it needs.

    Parameters
    ----------
    scalars : ScalarField
        The field with its region.
    """

    def __init__(self, scalars: ScalarField) -> None:
        self.scalars = scalars
        self.facts: dict[str, Any] = {}

    @property
    def region(self) -> dict[str, Any]:
        """The relations that define the region, one bound each, and a point strictly inside."""
        ends = (fact for pair in self.scalars.known.ends.values() for fact in pair if fact)
        relations = [*(fact.relation for fact in ends), *map(str, self.scalars.relations)]
        point = some_point(self.scalars.known, self.scalars.ranges) or {}
        return {"ranges": relations, "point": {name: str(x) for name, x in point.items()}}

    def signs(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return value -> ``{"times": d, "term": …}`` with ``value · d² ≡ term``."""
        found = {}
        for value in values:
            term = nonnegative(value, self.scalars).evidence
            if term is not None:
                times = str(value.denom.as_expr())
                found[self.scalars.text(value)] = {"times": times, "term": self._term(term)}
        return found

    def denominators(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return denominator -> term with ``denominator² ≡ term``, all facts in it strict."""
        found = {}
        for value in values:
            term = regular(value, self.scalars).evidence
            if not value.denom.is_ground and term is not None:
                found[str(value.denom.as_expr())] = self._term(term)
        return found

    def _term(self, term: Term) -> list[Any]:
        for fact, _ in term.facts:
            self._learn(fact)
        powers = {fact.text: power for fact, power in term.facts}
        return [str(term.coefficient), powers, str(term.square.as_expr())]

    def _learn(self, fact: Fact) -> None:
        if fact.relation or fact.text in self.facts:
            return
        if fact.times is None:
            self.facts[fact.text] = fact.method
            return
        times, terms = self._term(fact.times), [self._term(term) for term in fact.terms]
        self.facts[fact.text] = {"times": times, "terms": terms}
