"""Elimination of a variable that is bounded on two sides, or on one.

If ``U = a x + b`` and ``P = c x + e`` are ≥ 0 with a and c of opposite signs, then ``|c| U + |a| P
= L`` is free of x and ≥ 0 too, and every polynomial q of degree d in x has
``q · L^d ≡ Σ p_n U^n P^{d−n}`` with p_n free of x: the Bernstein form on an interval whose ends
depend on the other variables. With P alone, ``q · |c|^d ≡ Σ p_n P^n``. The signs of all p_n decide
that of q.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

from sympy import QQ

from ..basics.time_limit import require_time
from .facts import Fact, Term, surely_positive

Expansion = tuple[Term, list[tuple[Any, Term]]]


@dataclass(frozen=True)
class Line:
    """A fact of degree one in a variable: ``slope · x + rest ≥ 0``.

    Parameters
    ----------
    fact : Fact
        The fact.
    slope, rest : PolyElement
        Free of x.
    sign : int
        The sign of the slope.
    size : Term
        The size of the slope.
    """

    fact: Fact
    slope: Any
    rest: Any
    sign: int
    size: Term

    @property
    def steepness(self) -> Any:
        """The size of the slope as a polynomial."""
        return self.slope * self.sign


def length(low: Line, high: Line) -> Fact:
    """Return the fact ``L = |c| U + |a| P``, free of x, for slopes of opposite signs."""
    L = high.steepness * low.rest + low.steepness * high.rest
    terms = (high.size * power(low.fact, 1), low.size * power(high.fact, 1))
    return Fact(
        L, surely_positive(terms), "from the conditions", times=power(low.fact, 0), terms=terms
    )


def between(low: Line, high: Line, polynomial: Any, variable: int) -> Expansion:
    """Expand a polynomial in U and P: return ``times`` and pairs ``(part, term)``.

    ``polynomial · times ≡ Σ part · term``, by ``x = (e U − b P)/L`` and ``1 = (|c| U + |a| P)/L``.
    """
    degree = polynomial.degree(variable)
    total, sums = length(low, high), []
    for n in range(degree + 1):
        part = sum(
            polynomial.coeff_wrt(variable, j)
            * _binomial(high.rest, -low.rest, j, k)
            * _binomial(high.steepness, low.steepness, degree - j, n - k)
            for j in range(degree + 1)
            for k in range(max(0, n - degree + j), min(j, n) + 1)
        )
        sums.append((part, power(low.fact, n) * power(high.fact, degree - n)))
    return power(total, degree), [(part, term) for part, term in sums if part]


def beyond(line: Line, polynomial: Any, variable: int) -> Expansion:
    """Expand a polynomial in P alone, by ``x = (P − rest)/slope``."""
    degree = polynomial.degree(variable)
    parts = []
    for n in range(degree + 1):
        part = sum(
            polynomial.coeff_wrt(variable, j)
            * _raised(line.slope, degree - j)
            * (comb(j, n) * _raised(-line.rest, j - n))
            for j in range(n, degree + 1)
        )
        parts.append((part * line.sign**degree, power(line.fact, n)))
    return line.size**degree, [(part, term) for part, term in parts if part]


def power(fact: Fact, exponent: int) -> Term:
    """Return a power of a fact as a term."""
    facts = ((fact, exponent),) if exponent else ()
    return Term(QQ(1), facts, fact.polynomial.ring.one)


def _binomial(first: Any, second: Any, degree: int, n: int) -> Any:
    """Return the coefficient of ``u^n v^{degree−n}`` in ``(first·u + second·v)^degree``."""
    return comb(degree, n) * _raised(first, n) * _raised(second, degree - n)


def _raised(base: Any, exponent: int) -> Any:
    require_time("a variable was being eliminated")
    return base**exponent if exponent else base.ring.one  # a polynomial refuses 0**0
