"""Signs by sums of squares times products of facts, with rational numbers.

``p · times ≡ ε · times + Σ w g s²``, where each g is a product of given facts (Schmüdgen 1991) and
times is a power of ``1 + Σ x²`` (Reznick 1995). A semidefinite program proposes the squares, exact
arithmetic disposes (`sos.decomposition`). Whoever checks a sign needs the identity alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import comb, prod
from typing import Any

from sympy import QQ

from ..basics.time_limit import require_time
from ..sos.basis import Exponents, half_monomials, monomials_below, parity_classes
from ..sos.decomposition import decomposed
from ..sos.gram import Block
from .facts import Fact, Known, Term, occurring, surely_positive

_ENTRIES = 250  # most unknown entries of all Gram matrices together
_TOGETHER = 2  # facts in one product
_LEAST = (QQ(1, 100), QQ(0))  # ε that are tried, of the size of the coefficients
_VARIABLES = 4

Factors = tuple[Fact, ...]


def sign_by_squares(polynomial: Any, known: Known) -> Fact | None:
    """Return a fact about ± the polynomial that a sum of squares times facts shows, or None."""
    if len(occurring(polynomial)) > _VARIABLES:
        return None
    for candidate in (polynomial, -polynomial):
        for power, products in _shapes(candidate, known):
            require_time("sums of squares were being tried")
            found = _found(candidate, known, power, products)
            if found is not None:
                return found
    return None


def _found(polynomial: Any, known: Known, power: int, products: Sequence[Factors]) -> Fact | None:
    ring, variables = known.ring, occurring(polynomial)
    base = ring.one + sum((ring.gens[i] ** 2 for i in variables), start=ring.zero)
    times = base**power
    size = max(abs(c) for c in polynomial.coeffs())
    for least in _LEAST:
        rest = (polynomial - least * size) * times
        squares = decomposed(rest, _blocks(rest, variables, products))
        if squares is None:
            continue
        facts = {product.polynomial: product for product in itertools.chain(*products)}
        terms = [_term(q.weight, [facts[g] for g in q.factors], q.polynomial) for q in squares]
        factor = _term(1, [_sum_of_squares(base, variables)] * power, ring.one)
        if least:
            terms.append(Term(QQ(least * size), (), ring.one) * factor)
        strict = surely_positive(terms)
        return Fact(polynomial, strict, "sums of squares", times=factor, terms=tuple(terms))
    return None


def _shapes(polynomial: Any, known: Known) -> Iterator[tuple[int, list[Factors]]]:
    """Yield powers of ``1 + Σ x²`` and products of facts, the simplest first."""
    variables = set(occurring(polynomial))
    tied = [f for f in known.conditions if set(occurring(f.polynomial)) <= variables]
    ends = [f for i in variables for f in known.ends[i] if f]
    facts = [*ends, *tied]
    yield 0, [()]
    for together in range(1, _TOGETHER + 1) if facts else ():
        yield 0, [p for n in range(together + 1) for p in itertools.combinations(facts, n)]
    if not facts:
        for power in (1, 2):
            yield power, [()]


def _blocks(polynomial: Any, variables: list[int], products: Sequence[Factors]) -> list[Block]:
    if products == [()]:
        return _split(polynomial, (), half_monomials(polynomial), list(polynomial))
    degree = max(map(sum, polynomial)) + max(map(sum, polynomial)) % 2
    caps = [max(e[i] for e in polynomial) for i in range(polynomial.ring.ngens)]
    factors = [tuple(f.polynomial for f in product) for product in products]
    wholes = [prod(each, start=polynomial.ring.one) for each in factors]
    supports = [e for whole in (polynomial, *wholes) for e in whole]
    blocks: list[Block] = []
    for each, whole in zip(factors, wholes, strict=True):
        half = (degree - max(map(sum, whole))) // 2
        if half >= 0:
            limits = [min(cap, half) if i in variables else 0 for i, cap in enumerate(caps)]
            blocks += _split(polynomial, each, monomials_below(limits, half), supports)
    entries = sum(comb(len(block.basis) + 1, 2) for block in blocks)
    return blocks if entries <= _ENTRIES else []


def _split(
    polynomial: Any, factors: tuple[Any, ...], monomials: list[Exponents], supports: Any
) -> list[Block]:
    ring = polynomial.ring
    return [
        Block(factors, tuple(ring.from_dict({m: QQ.one}) for m in group))
        for group in parity_classes(monomials, supports)
    ]


def _term(weight: Any, facts: Sequence[Fact], square: Any) -> Term:
    one = Term(QQ(1), (), square.ring.one)
    product = prod((Term(QQ(1), ((f, 1),), square.ring.one) for f in facts), start=one)
    return product * Term(QQ(str(weight)), (), square)


def _sum_of_squares(base: Any, variables: list[int]) -> Fact:
    """Return the fact ``1 + Σ x² > 0``."""
    ring = base.ring
    terms = [Term(QQ(1), (), root) for root in (ring.one, *(ring.gens[i] for i in variables))]
    one = Term(QQ(1), (), ring.one)
    return Fact(base, True, "squares", times=one, terms=tuple(terms))
