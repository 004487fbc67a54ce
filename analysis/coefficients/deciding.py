"""The sign of a polynomial on a region, decided by one exact method after another.

Given facts, coefficients (`orthant`), Sturm's count of real roots, discriminants, elimination of
a variable by a condition (`elimination`), and a solver for real arithmetic (`solver`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from sympy import QQ, Poly

from ..basics.time_limit import require_time
from ..readings.scalar_text import scalar_text
from .elimination import Expansion, Line, between, beyond, length, power
from .facts import Fact, Known, Term, factors_of, occurring, surely_positive
from .orthant import end_of, expansion
from .solver import sign_by_solver
from .sums_of_products import sign_by_squares

_DEGREES = (2, 4, 8, 16, 32, 64)  # by how much a degree is raised to find an identity
_LARGEST = 40_000  # terms of products that are multiplied out


def decide(polynomial: Any, known: Known, *, solver: bool = True) -> Fact | None:
    """Return a fact about ± a positive multiple of an irreducible polynomial, or None."""
    asked = polynomial, solver
    if asked not in known.decided:
        known.decided[asked] = _decided(polynomial, known, solver=solver)
    return known.decided[asked]


def _decided(polynomial: Any, known: Known, *, solver: bool) -> Fact | None:
    require_time("a sign was being decided")
    for fact in known.given:
        if _ratio(polynomial, fact):
            return fact
    found = (
        _by_coefficients(polynomial, known)
        or _by_discriminant(polynomial, known)
        or _by_sturm(polynomial, known)
    )
    if found is None or not found.strict:  # the conditions may say more
        tied = _by_conditions(polynomial, known)
        found = tied if tied and (tied.strict or not found) else found
    if found or not solver:
        return found
    return sign_by_squares(polynomial, known) or sign_by_solver(polynomial, known)


def signed_term(
    polynomial: Any, known: Known, *, solver: bool = True, strict: bool = False
) -> tuple[int, Term] | None:
    """Return s = ±1 and a term ≥ 0 that is s times the polynomial, or None if undecided.

    Even powers count as squares, unless it has to be seen where they vanish (strict), or the base
    is a variable that does not vanish.
    """
    unit, factors = factors_of(polynomial)
    sign, term = 1 if unit > 0 else -1, Term(abs(unit), (), known.ring.one)
    for factor, n in factors:
        own = decide(factor, known, solver=False) if factor.is_generator else None
        if n % 2 == 0 and not (strict or (own and own.strict)):
            term *= Term(unit / unit, (), factor ** (n // 2))
            continue
        fact = decide(factor, known, solver=solver)
        if fact is None:
            return None
        turn, part = factor_sign(factor, fact)
        sign, term = sign * turn**n, term * part**n
    return sign, term


def factor_sign(factor: Any, fact: Fact) -> tuple[int, Term]:
    """Return the sign of a factor and the term ≥ 0 that is ± the factor, by the fact about it."""
    ratio = _ratio(factor, fact)
    return 1 if ratio > 0 else -1, Term(abs(ratio), ((fact, 1),), factor.ring.one)


def _ratio(polynomial: Any, fact: Fact) -> Any:
    """Return the number r with polynomial = r · fact.polynomial, or 0."""
    ratio = polynomial.LC / fact.polynomial.LC
    return ratio if polynomial == fact.polynomial * ratio else 0


def _by_coefficients(polynomial: Any, known: Known) -> Fact | None:
    for candidate in (polynomial, -polynomial):
        terms = expansion(candidate, known)
        if terms is not None:
            strict = surely_positive(terms)
            return Fact(candidate, strict, "coefficients", times=_one(known), terms=terms)
    return None


def _by_sturm(polynomial: Any, known: Known) -> Fact | None:
    """Count the real roots of a univariate polynomial in the closure of its range."""
    variables = occurring(polynomial)
    if len(variables) != 1:
        return None
    (i,) = variables
    low, high = (None if f is None else end_of(f, i) for f in known.ends[i])
    univariate = Poly(polynomial.as_expr(), known.ring.symbols[i], domain=QQ)
    if univariate.count_roots(low, high) > 0:
        return None
    end = low if low is not None else high if high is not None else QQ(0)
    sign = 1 if univariate.eval(end) > 0 else -1
    method = "Sturm: no real root in the range"
    times, terms = _raised(polynomial * sign, i, known)
    return Fact(polynomial * sign, True, method, times=times, terms=terms)


def _raised(polynomial: Any, variable: int, known: Known) -> tuple[Term | None, tuple[Term, ...]]:
    """Return an identity that shows a polynomial in one variable to be > 0, if one is found."""
    low, high = known.ends[variable]
    for degree in _DEGREES if (low or high) else ():
        terms = expansion(polynomial, known, degree)
        if terms is not None and surely_positive(terms):
            if low and high:
                return _one(known), terms
            end = low or high
            shifted = end.polynomial + 1 if end else known.ring.one
            distance = _by_coefficients(shifted, known)
            return (power(distance, degree), terms) if distance else (None, ())
    return None, ()


def _by_discriminant(polynomial: Any, known: Known) -> Fact | None:
    """Decide ``a x² + b x + c`` for all real x: ``4a (a x² + b x + c) ≡ (2ax + b)² + (4ac − b²)``.

    The sign of a and that of ``4ac − b²`` are decided without x.
    """
    variables, degrees = occurring(polynomial), polynomial.degrees()
    for i in (i for i in variables if degrees[i] == 2):
        c, b, a = (polynomial.coeff_wrt(i, power) for power in range(3))
        if len(a) * len(c) + len(b) ** 2 > _LARGEST:
            continue
        gap, leading = 4 * a * c - b**2, signed_term(a, known, solver=False)
        rest = signed_term(gap, known, solver=False) if leading else None
        if leading is None or rest is None or rest[0] < 0:
            continue
        square = Term(QQ(1), (), 2 * a * known.ring.gens[i] + b)
        terms = (square, rest[1])
        times = leading[1] * Term(QQ(4), (), known.ring.one)
        about = f"discriminant in {scalar_text(known.ring.gens[i])}"
        strict = surely_positive(terms)
        return Fact(polynomial * leading[0], strict, about, times=times, terms=terms)
    return None


def _by_conditions(polynomial: Any, known: Known) -> Fact | None:
    """Eliminate a variable that a condition bounds; decide all coefficients without it.

    The first strict fact that is found is returned; a weak one if there is none.
    """
    weak: Fact | None = None
    for i in occurring(polynomial) if known.conditions else ():
        others = known.without(i)
        for times, parts in _expansions(polynomial, i, known):
            signed = [(signed_term(part, others, solver=False), term) for part, term in parts]
            signs = {found[0] if found else 0 for found, _ in signed}
            if len(signs) == 1 and 0 not in signs:
                terms = tuple(found[1] * term for found, term in signed if found)
                about = f"the conditions, eliminating {scalar_text(known.ring.gens[i])}"
                sign, strict = signs.pop(), surely_positive(terms)
                fact = Fact(polynomial * sign, strict, about, times=times, terms=terms)
                if strict:
                    return fact
                weak = weak or fact
    return weak


def _expansions(polynomial: Any, variable: int, known: Known) -> Iterator[Expansion]:
    lines = _lines(variable, known)
    for first, second in itertools.combinations(lines, 2):
        ends = first.fact in known.conditions or second.fact in known.conditions
        if ends and first.sign != second.sign:
            low, high = (first, second) if first.sign > 0 else (second, first)
            yield between(low, high, polynomial, variable)
    for line in lines:
        if line.fact in known.conditions:
            yield beyond(line, polynomial, variable)


def _lines(variable: int, known: Known) -> list[Line]:
    """Return the facts of degree one in a variable whose slopes have a known sign."""
    others, lines = known.without(variable), []
    for fact in (*known.conditions, *filter(None, known.ends[variable])):
        if fact.polynomial.degree(variable) == 1:
            slope, rest = (fact.polynomial.coeff_wrt(variable, n) for n in (1, 0))
            if found := signed_term(slope, others, solver=False):
                lines.append(Line(fact, slope, rest, *found))
    return lines


def implied(condition: Fact, known: Known) -> tuple[Fact, ...]:
    """Return what a condition and those before it say about fewer variables.

    ``α < f(β)`` and ``α > 0`` say that ``f(β) > 0``.
    """
    found: list[Fact] = []
    for i in occurring(condition.polynomial):
        lines = _lines(i, known)
        for own in (line for line in lines if line.fact is condition):
            for line in (line for line in lines if line.sign != own.sign):
                total = length(*sorted((own, line), key=lambda line: -line.sign))
                found += simplified(total, known) if total.strict else ()
    return tuple(found)


def simplified(fact: Fact, known: Known) -> tuple[Fact, ...]:
    """Return a strict fact without the factors whose signs the ends of ranges decide.

    Nothing is returned if it says nothing more than those ends.
    """
    box, one = Known(known.ring, known.ends), Term(QQ(1), (), known.ring.one)
    unit, factors = factors_of(fact.polynomial)
    rest, times = known.ring.ground_new(unit), one
    for factor, n in factors:
        found = signed_term(factor, box, solver=False)
        if n % 2 == 0:
            times *= Term(QQ(1), (), factor ** (n // 2))
        elif found:
            rest, times = rest * found[0], times * found[1] ** n
        else:
            rest, times = rest * factor, times * Term(QQ(1), (), factor ** (n // 2))
    if rest.is_ground and rest.coeff(1) > 0:
        return ()
    if rest == fact.polynomial:
        return (fact,)
    return (
        Fact(
            rest, True, fact.method, times=times, terms=(Term(QQ(1), ((fact, 1),), known.ring.one),)
        ),
    )


def _one(known: Known) -> Term:
    return Term(QQ(1), (), known.ring.one)
