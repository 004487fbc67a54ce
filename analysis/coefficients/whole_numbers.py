"""Signs for whole k alone: cases k = 0, 1, …, N − 1, and all real k ≥ N.

A polynomial such as k (k − 1) is ≥ 0 for every whole k, though not for every real one. In each case
k is a number and the sign is decided in the other variables; for k ≥ N it is decided as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from sympy import QQ

from ..basics.time_limit import require_time
from .deciding import signed_term
from .facts import Fact, Known, Term, factors_of, occurring, surely_positive
from .orthant import expansion

_MOST = 64  # cases of a polynomial in k alone
_FEW = 8  # and of one in several variables
_TERMS = 400  # of one identity

Identity = tuple[Term, tuple[Term, ...]]


def sign_at_whole_numbers(polynomial: Any, known: Known, *, strict: bool) -> Fact | None:
    """Return the fact that a polynomial is ≥ 0, or > 0, on the region for every whole k, or None.

    Parameters
    ----------
    polynomial : PolyElement
        Any, reducible or not.
    known : Known
        The region; it says which variable is whole, if one is.
    strict : bool
        Whether > 0 is asked for.
    """
    asked = polynomial, strict, "whole"
    if asked not in known.decided:
        known.decided[asked] = _decided(polynomial, known, strict=strict)
    return known.decided[asked]


def _decided(polynomial: Any, known: Known, *, strict: bool) -> Fact | None:
    k, first = known.whole, known.first
    if k is None or polynomial.degree(k) < 1:
        return None
    cases: list[Identity] = []
    for _ in range(_MOST if occurring(polynomial) == [k] else _FEW):
        require_time("whole numbers were being looked at one by one")
        case = _case(polynomial.subs(k, first + len(cases)), known.without(k), strict=strict)
        if case is None:
            return None
        cases.append(case)
        if (rest := _from(first + len(cases), polynomial, known, strict=strict)) is not None:
            return Fact(polynomial, strict, _method(known, len(cases)), cases=(*cases, rest))
    return None


def vanishing_step(polynomial: Any, known: Known) -> int | None:
    """Return a whole k of the region at which a polynomial vanishes for all parameters, or None."""
    k, first = known.whole, known.first
    if k is None:
        return None
    for factor, _ in factors_of(polynomial)[1]:
        if occurring(factor) == [k] and factor.degree(k) == 1:
            root = -factor.coeff(1) / factor.LC
            if root.denominator == 1 and root >= first:
                return int(root)
    return None


def _method(known: Known, count: int) -> str:
    name, numbers = known.ring.symbols[known.whole], range(known.first, known.first + count)
    cases = f"{numbers[0]}, …, {numbers[-1]}" if count > 3 else ", ".join(map(str, numbers))
    return f"whole numbers: {name} = {cases} and {name} ≥ {numbers[-1] + 1}"


def _case(polynomial: Any, known: Known, *, strict: bool) -> Identity | None:
    one = Term(QQ(1), (), known.ring.one)
    if not polynomial:
        return None if strict else (one, ())
    found = signed_term(polynomial, known, solver=False, strict=strict)
    if found is None or found[0] < 0:
        return None
    return None if strict and not surely_positive([found[1]]) else (one, (found[1],))


def _from(start: int, polynomial: Any, known: Known, *, strict: bool) -> Identity | None:
    """Return an identity that shows the sign for all real k ≥ start, by the relation k ≥ start."""
    k = known.whole
    assert k is not None
    relation = f"{known.ring.symbols[k]} >= {start}"
    begins = Fact(known.ring.gens[k] - start, False, "its range", relation)
    end = known.ends[k][1]
    if end is not None and end.polynomial.subs(k, start).coeff(1) <= 0:
        return None
    ends = {**known.ends, k: (begins, end)}
    beyond = Known(known.ring, ends, known.conditions)
    terms = expansion(polynomial, beyond)
    if terms is not None:
        identity: Identity | None = (Term(QQ(1), (), known.ring.one), terms)
    elif (found := signed_term(polynomial, beyond, solver=False, strict=strict)) is None:
        return None
    else:
        identity = _spelt_out(found[1], begins) if found[0] > 0 else None
    return None if identity and strict and not surely_positive(identity[1]) else identity


def _spelt_out(term: Term, begins: Fact) -> Identity | None:
    """Write a term without facts that rest on k ≥ start, which hold nowhere else."""
    one = term.square.ring.one
    times, terms = Term(QQ(1), (), one), [Term(term.coefficient, (), term.square)]
    for fact, power in term.facts:
        if not _rests_on(fact, begins):
            terms = [part * Term(QQ(1), ((fact, power),), one) for part in terms]
            continue
        identity = _identity_of(fact, begins)
        if identity is None or len(terms) * len(identity[1]) ** power > _TERMS:
            return None
        times *= identity[0] ** power
        for _ in range(power):
            terms = [a * b for a in terms for b in identity[1]]
    return times, tuple(terms)


def _identity_of(fact: Fact, begins: Fact) -> Identity | None:
    """Return the identity of a fact, in facts that do not rest on k ≥ start."""
    if fact.times is None or any(_rests_on(f, begins) for f, _ in fact.times.facts):
        return None
    parts = [_spelt_out(term, begins) for term in fact.terms]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    factors = [times for times, _ in found]
    terms: list[Term] = []
    for n, (_, own) in enumerate(found):
        others = _product((*factors[:n], *factors[n + 1 :]), fact)
        terms += [others * term for term in own]
    return _product((fact.times, *factors), fact), tuple(terms)


def _product(terms: Iterable[Term], fact: Fact) -> Term:
    return prod(terms, start=Term(QQ(1), (), fact.polynomial.ring.one))


def _rests_on(fact: Fact, begins: Fact) -> bool:
    """Tell whether a fact was derived from another; the other itself may be used."""
    if fact is begins or fact.relation or fact.times is None:
        return False
    parts = (f for term in (fact.times, *fact.terms) for f, _ in term.facts)
    return any(f is begins or _rests_on(f, begins) for f in parts)
