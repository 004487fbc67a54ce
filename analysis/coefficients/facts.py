"""Facts about signs on a region: polynomials that are ≥ 0 or > 0 there, and why.

The ends of ranges and the conditions on the parameters are facts by definition. Every other one
is an identity ``p · d ≡ Σ c_i f_i s_i²`` with numbers c_i > 0, products f_i and d of earlier facts
and polynomials s_i; or it rests on Sturm's count of roots, or on a solver, which its method says.
Identities are all that has to be checked by whoever reads a certificate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_MANY = 150  # terms of a polynomial in several variables that is not factored any more
_LARGEST_BOX = 20_000  # nor one for which there are so many monomials up to its degrees


@dataclass(frozen=True, eq=False)
class Fact:
    """``polynomial > 0`` (strict) or ``≥ 0`` on a region.

    Parameters
    ----------
    polynomial : PolyElement
        The polynomial.
    strict : bool
        Whether it is > 0 everywhere on the region.
    method : str
        How it is known.
    relation : str
        The relation that says so, if it is part of the definition of the region.
    times, terms : Term and tuple of Term
        ``polynomial · times ≡ Σ terms``; no terms if it is known otherwise.
    cases : tuple of (Term, tuple of Term)
        Where k is a whole number: such an identity for each of the first k, and one for all later.
    """

    polynomial: Any
    strict: bool
    method: str
    relation: str = ""
    times: Term | None = None
    terms: tuple[Term, ...] = ()
    cases: tuple[tuple[Term, tuple[Term, ...]], ...] = ()

    @property
    def text(self) -> str:
        """The fact as a relation in exact text, by which other facts refer to it."""
        return self.relation or f"{self.polynomial.as_expr()} {'>' if self.strict else '>='} 0"


@dataclass(frozen=True, eq=False)
class Term:
    """Product ``coefficient · Π fact^power · square²``, which is ≥ 0 on a region.

    Parameters
    ----------
    coefficient : rational
        > 0.
    facts : tuple of (Fact, int)
        Powers of facts.
    square : PolyElement
        A polynomial.
    """

    coefficient: Any
    facts: tuple[tuple[Fact, int], ...]
    square: Any

    def __mul__(self, other: Term) -> Term:
        powers: dict[Fact, int] = {}
        for fact, power in (*self.facts, *other.facts):
            powers[fact] = powers.get(fact, 0) + power
        return Term(
            self.coefficient * other.coefficient, tuple(powers.items()), self.square * other.square
        )

    def __pow__(self, power: int) -> Term:
        facts = tuple((fact, power * n) for fact, n in self.facts if power)
        return Term(self.coefficient**power, facts, self.square**power)

    @property
    def plain(self) -> bool:
        """Whether there is no square, so that only facts can make it vanish."""
        return bool(self.square.is_ground)


@dataclass(frozen=True)
class Known:
    """What a region says about the variables of a ring.

    Parameters
    ----------
    ring : PolyRing
        The ring.
    ends : mapping
        Index of a variable -> the facts ``x − low`` and ``high − x``, each None at infinity.
    conditions : tuple of Fact
        Strict facts that tie several variables together.
    whole : int, optional
        Index of the variable that is a whole number, if one is.
    first : int
        The first number that it can be.
    decided : dict
        What has been decided about polynomials, so that nothing is decided twice.
    """

    ring: Any
    ends: Mapping[int, tuple[Fact | None, Fact | None]]
    conditions: tuple[Fact, ...] = ()
    whole: int | None = None
    first: int = 0
    decided: dict[Any, Fact | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def given(self) -> tuple[Fact, ...]:
        """All facts of the region."""
        ends = (fact for pair in self.ends.values() for fact in pair if fact is not None)
        return (*ends, *self.conditions)

    @cached_property
    def _seen_without(self) -> dict[int, Known]:
        return {}

    def without(self, variable: int) -> Known:
        """Return the same region seen from the other variables."""
        if variable not in self._seen_without:
            kept = tuple(f for f in self.conditions if not f.polynomial.degree(variable))
            same = kept == self.conditions
            self._seen_without[variable] = self if same else Known(self.ring, self.ends, kept)
        return self._seen_without[variable]


def factors_of(polynomial: Any) -> tuple[Any, list[tuple[Any, int]]]:
    """Return a number and the irreducible factors with their powers.

    Of a very large polynomial in several variables only the variables are taken out: to factor
    it could take hours.
    """
    variables = occurring(polynomial)
    box = math.prod(polynomial.degree(i) + 1 for i in variables)
    if len(variables) < 2 or (box < _LARGEST_BOX and len(polynomial) < _MANY):
        unit, factors = polynomial.factor_list()
        return unit, factors
    powers = tuple(map(min, zip(*polynomial.monoms(), strict=True)))
    rest = polynomial.quo(polynomial.ring.term_new(powers, polynomial.ring.domain.one))
    outside = [(x, n) for x, n in zip(polynomial.ring.gens, powers, strict=True) if n]
    return rest.LC, [*outside, (rest.monic(), 1)]


def occurring(polynomial: Any) -> list[int]:
    """Return the indices of the variables that occur in a polynomial."""
    return [i for i, degree in enumerate(polynomial.degrees()) if degree > 0]


def surely_positive(terms: Iterable[Term]) -> bool:
    """Tell whether a sum of terms is > 0 wherever all facts in it hold.

    For each set of weak facts that could vanish together there must be a term without them. Two
    facts whose sum is a positive number, such as ``x − a`` and ``b − x``, cannot.
    """
    weak_parts = [{f for f, _ in term.facts if not f.strict} for term in terms if term.plain]
    weak: set[Fact] = set().union(*weak_parts)
    apart = [(f, g) for f, g in itertools.combinations(weak, 2) if _are_apart(f, g)]
    return all(
        any(not part & (weak - set(kept)) for part in weak_parts)
        for kept in itertools.product(*apart)
    )


def _are_apart(first: Fact, second: Fact) -> bool:
    total = first.polynomial + second.polynomial
    return bool(total.is_ground and total.coeff(1) > 0)
