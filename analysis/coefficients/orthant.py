"""Polynomials on boxes, written in the distances to the ends, where coefficients decide.

With y = x − a for x ≥ a, y = b − x for x ≤ b, and both, homogeneous, for a ≤ x ≤ b (the Bernstein
form), a polynomial whose coefficients are all ≥ 0 is ≥ 0 on the box.
"""

from __future__ import annotations

import math
from typing import Any

from ..basics.time_limit import require_time
from .facts import Fact, Known, Term, occurring

Ends = tuple[Fact | None, Fact | None]


def expansion(polynomial: Any, known: Known, raised: int = 0) -> tuple[Term, ...] | None:
    """Write a polynomial as a sum of terms ≥ 0 on the box of its variables, if coefficients allow.

    Parameters
    ----------
    polynomial : PolyElement
        Over the rationals.
    known : Known
        The region; only its ends are used.
    raised : int
        For a polynomial in one variable: by how much to raise the degree, that is the power of
        1 + y by which it is multiplied first; a number where both ends are finite. With enough of
        it, every polynomial that is > 0 on the closed range has coefficients ≥ 0 (Pólya).

    Returns
    -------
    tuple of Term, or None
        None says nothing about the sign.
    """
    variables = occurring(polynomial)
    ends = {i: known.ends[i] for i in variables}
    moved = _moved(polynomial, ends, polynomial.degrees())
    degrees = tuple(degree + raised for degree in polynomial.degrees())
    for i in variables if raised else ():
        moved *= (1 + polynomial.ring.gens[i]) ** raised
    terms = []
    for powers, coefficient in moved.terms():
        odd = any(powers[i] % 2 for i in variables if ends[i] == (None, None))
        if coefficient < 0 or odd:
            return None
        terms.append(_term(powers, coefficient, ends, degrees, known.ring))
    return tuple(terms)


def _moved(polynomial: Any, ends: dict[int, Ends], degrees: tuple[int, ...]) -> Any:
    """Substitute the distances y, and multiply by ``(1 + y)^degree`` where both ends are finite.

    ``x = a + y``, ``x = b − y``, ``x = (a + b y)/(1 + y)``, or x itself on the whole line.
    """
    ring = polynomial.ring
    tops, bottoms = {}, {}
    for i, (low, high) in ends.items():
        x = ring.gens[i]
        a, b = (None if f is None else end_of(f, i) for f in (low, high))
        both = a is not None and b is not None
        bottoms[i] = 1 + x if both else ring.one
        tops[i] = a + b * x if both else a + x if a is not None else x if b is None else b - x
    moved = ring.zero
    for powers, coefficient in polynomial.terms():
        require_time("a polynomial was being expanded")
        term = ring.ground_new(coefficient)
        for i in ends:
            term *= tops[i] ** powers[i] * bottoms[i] ** (degrees[i] - powers[i])
        moved += term
    return moved


def _term(
    powers: tuple[int, ...], coefficient: Any, ends: dict[int, Ends], degrees: Any, ring: Any
) -> Term:
    """Return the term that a monomial in the distances stands for."""
    facts: list[tuple[Fact, int]] = []
    widths, square = [], ring.one
    for i, (low, high) in ends.items():
        if low is not None and high is not None:
            widths.append((low.polynomial + high.polynomial).coeff(1) ** degrees[i])
            facts += [(low, powers[i]), (high, degrees[i] - powers[i])]
        elif low is not None or high is not None:
            facts.append((low or high, powers[i]))  # type: ignore[arg-type]
        else:
            square *= ring.gens[i] ** (powers[i] // 2)
    kept = tuple((fact, power) for fact, power in facts if power)
    return Term(coefficient / math.prod(widths), kept, square)


def end_of(fact: Fact, variable: int) -> Any:
    """Return the end a of the fact ``x − a`` or ``a − x``."""
    constant, slope = fact.polynomial.coeff(1), fact.polynomial.coeff_wrt(variable, 1).coeff(1)
    return -constant / slope
