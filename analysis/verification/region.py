"""Signs on a region of parameters, checked from evidence that consists of identities.

A fact is a relation ``p > 0`` or ``p >= 0``. Those of the region are facts. Another one needs
``p · times ≡ Σ terms``, each term a number > 0 times powers of earlier facts times a square. If p
were < 0 somewhere, it would be so on an open part of the region, which lies in the closure of its
interior; but there ``times`` is not identically 0: a contradiction.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from .arithmetic import Polynomial, Ratio, UncheckedError, formula, number, require

Term = tuple[Polynomial, set[str] | None]
"""A product ≥ 0, and the facts that may make it vanish; None if a square in it may, too."""


class Region:
    """Relations between names that have a point strictly inside, and facts that follow."""

    def __init__(self, relations: list[str], point: Mapping[str, str]) -> None:
        require(all(n.isidentifier() and n.isascii() for n in point), "a name is not a name")
        self.names, self.facts = frozenset(point), dict[str, tuple[Polynomial, bool]]()
        for text in relations:
            poly, strict = self.facts[text] = self.relation(text)
            require(strict or _is_end(poly), f"{text} must be strict")
            for name, value in point.items():
                poly = poly.at(name, self.polynomial(value))
            require((poly.constant() or 0) > 0, f"the point is not strictly inside {text}")

    def polynomial(self, text: str) -> Polynomial:
        """Read a formula whose denominator is a number."""
        ratio = formula(text, self.names)
        require(ratio.bottom.constant(), f"not a polynomial: {text!r:.80}")
        return ratio.top * number(1 / ratio.bottom[()])

    def relation(self, text: str) -> tuple[Polynomial, bool]:
        """Return p, and whether it is strict, of a relation that says p > 0 or p >= 0."""
        left, sign, right = re.split("(<=|>=|<|>)", text)
        a, b = formula(left, self.names), formula(right, self.names)
        gap = b + -a if "<" in sign else a + -b
        scale = gap.bottom.constant()
        return gap.top * (number(1 / scale) if scale else gap.bottom), "=" not in sign

    def learn(self, text: str, evidence: Any) -> None:
        """Add a fact for which there is an identity."""
        if isinstance(evidence, str):
            raise UncheckedError(f"{text} rests on {evidence!r}, which is not checked here")
        poly, strict = self.relation(text)
        terms, (times, _) = (
            [self.term(part) for part in evidence["terms"]],
            self.term(evidence["times"]),
        )
        same = poly * times == sum((product for product, _ in terms), start=Polynomial())
        require(poly and same, f"the identity of {text} fails")
        require(not strict or self._never_vanishes(terms), f"{text} is not shown to be strict")
        self.facts[text] = poly, strict

    def term(self, data: Any) -> Term:
        """Read ``[number, {fact: power}, square]``."""
        c, powers, root = data
        scale, square = self.polynomial(c), self.polynomial(root)
        require((scale.constant() or 0) > 0 and square, f"{data} is not a term")
        product = scale * square * square
        for fact, n in powers.items():
            require(fact in self.facts and n > 0, f"{fact}, power {n}, is not known to be >= 0")
            product *= self.facts[fact][0] ** n
        weak = {fact for fact in powers if not self.facts[fact][1]}
        return product, weak if square.constant() is not None else None

    def require_nonnegative(self, value: Ratio, evidence: Any) -> None:
        """Require ``value · times² ≡ term``: the value is ≥ 0 wherever it is defined."""
        times, (term, _) = self.polynomial(evidence["times"]), self.term(evidence["term"])
        same = value.top * times * times == term * value.bottom
        require(times and same, "the evidence for a sign is about another value")

    def require_nonzero(self, poly: Polynomial, evidence: Any) -> None:
        """Require ``p² ≡ term`` with strict facts alone: p vanishes nowhere."""
        square, weak = self.term(evidence)
        require(weak == set() and poly * poly == square, "a denominator may vanish")

    def _never_vanishes(self, terms: list[Term]) -> bool:
        """Tell whether a term is left whatever weak facts vanish together.

        Two facts whose sum is a number > 0, such as x − a and b − x, do not vanish together.
        """
        parts = [weak for _, weak in terms if weak is not None]
        weak = sorted(set[str]().union(*parts))
        pairs = itertools.combinations(weak, 2)
        apart = [pair for pair in pairs if (self._sum(pair).constant() or 0) > 0]
        kept = (set(weak) - set(choice) for choice in itertools.product(*apart))
        return all(any(not part & gone for part in parts) for gone in kept)

    def _sum(self, facts: tuple[str, str]) -> Polynomial:
        return self.facts[facts[0]][0] + self.facts[facts[1]][0]


def _is_end(poly: Polynomial) -> bool:
    """Tell whether p is of degree one in one name."""
    powers = [key for key in poly if key]
    return len(powers) == 1 and sum(n for _, n in powers[0]) == 1
