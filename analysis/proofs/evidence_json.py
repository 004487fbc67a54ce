"""Why the signs in a certificate hold, as data that `saddleode.analysis.verification` checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import QQ

from ..coefficients.facts import Fact, Term
from ..coefficients.field import STEP, ScalarField
from ..coefficients.samples import some_point
from ..coefficients.signs import nonnegative, regular
from ..verification.arithmetic import Ratio, formula


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
    def at_whole_numbers(self) -> bool:
        """Whether some fact holds for whole k alone."""
        return any(
            isinstance(evidence, dict) and "cases" in evidence for evidence in self.facts.values()
        )

    @property
    def region(self) -> dict[str, Any]:
        """The relations that define the region, one bound each, and a point strictly inside."""
        ends = (fact for pair in self.scalars.known.ends.values() for fact in pair if fact)
        relations = [*(fact.relation for fact in ends), *map(str, self.scalars.relations)]
        point = some_point(self.scalars.known, self.scalars.ranges) or {}
        return {"ranges": relations, "point": {name: str(x) for name, x in point.items()}}

    def add_signs(self, values: Iterable[Any]) -> None:
        """Add that these values are ≥ 0: ``p · times ≡ term``, where p is as a reader finds it.

        Of a polynomial over a number it is that polynomial, of any other quotient the product of
        numerator and denominator.
        """
        for value in values:
            term = nonnegative(value, self.scalars).evidence
            if term is not None:
                number = value.denom.coeff(1) ** 2 if value.denom.is_ground else 1
                evidence = {"times": [str(number), {}, "1"], "terms": [self._term(term)]}
                self.facts.setdefault(f"{self.scalars.text(value)} >= 0", evidence)

    def add_divisors(self, texts: Iterable[str], names: Mapping[str, Ratio]) -> None:
        """Add that whatever formulas divide by is other than 0, as who verifies finds it.

        Parameters
        ----------
        texts : iterable of str
            The formulas.
        names : mapping
            Name -> its value, a rational function of the names of the region.
        """
        found: dict[Ratio, None] = {}

        def note(divisor: Ratio) -> bool:
            found[divisor.cleared] = None
            return True

        for text in texts:
            formula(text, names, note)
        for p in found:
            self._add_nonzero(self._polynomial(p))

    def _add_nonzero(self, p: Any) -> None:
        """Add that the square of a polynomial is > 0, by a term all of whose facts are strict."""
        field = self.scalars.domain.field
        term = None if p.is_ground else regular(field(1) / field(p), self.scalars).evidence
        if term is not None:
            evidence = {"times": ["1", {}, "1"], "terms": [self._term(term)]}
            self.facts.setdefault(f"({p.as_expr()})**2 > 0", evidence)

    def _polynomial(self, p: Ratio) -> Any:
        """Return a multiple of a polynomial, with whole numbers that have no common factor."""
        ring = self.scalars.known.ring
        names = [str(symbol) for symbol in ring.symbols]
        terms = {
            tuple(map(key.count, names)): QQ(c.numerator, c.denominator) for key, c in p.items()
        }
        return ring.from_dict(terms).clear_denoms()[1].primitive()[1]

    def _term(self, term: Term) -> list[Any]:
        for fact, _ in term.facts:
            self._learn(fact)
        powers = {fact.text: power for fact, power in term.facts}
        return [str(term.coefficient), powers, str(term.square.as_expr())]

    def _learn(self, fact: Fact) -> None:
        if fact.relation or fact.text in self.facts:
            return
        if fact.cases:
            cases = [self._identity(times, terms) for times, terms in fact.cases]
            self.facts[fact.text] = {"integer": STEP, "cases": cases}
        elif fact.times is None:
            self.facts[fact.text] = fact.method
        else:
            self.facts[fact.text] = self._identity(fact.times, fact.terms)

    def _identity(self, times: Term, terms: Iterable[Term]) -> dict[str, Any]:
        return {"times": self._term(times), "terms": [self._term(term) for term in terms]}
