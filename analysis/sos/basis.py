"""Monomials from which the squares of a decomposition are made."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from .polynomials import Polynomial

Exponents: TypeAlias = tuple[int, ...]


def half_monomials(p: Polynomial) -> list[Exponents]:
    """Monomials m that can occur in squares which add up to p.

    Starts from all m whose double has the degrees of p. A monomial goes when m² is neither in
    p nor a product of two others, because its own coefficient in the sum of squares would be 0
    (Löfberg 2009, Pre- and post-processing sum-of-squares programs in practice). What remains
    lies in half the Newton polytope of p: a vertex of the hull passes no other test.

    Examples
    --------
    >>> from .polynomials import polynomial_ring, read_polynomial
    >>> p = read_polynomial("x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2", polynomial_ring(["x", "y"]))
    >>> half_monomials(p)
    [(0, 0), (1, 1), (1, 2), (2, 1)]
    """
    support = set(p)
    caps = [max(e[i] for e in support) // 2 for i in range(p.ring.ngens)]
    totals = [sum(e) for e in support]
    low, high = -(-min(totals) // 2), max(totals) // 2
    kept = [m for m in monomials_below(caps, high) if sum(m) >= low]
    while True:
        pairs = Counter(_sum(a, b) for a, b in itertools.combinations(kept, 2))
        alive = [m for m in kept if _sum(m, m) in support or pairs[_sum(m, m)]]
        if len(alive) == len(kept):
            return kept
        kept = alive


def parity_classes(
    monomials: Iterable[Exponents], supports: Iterable[Exponents]
) -> list[list[Exponents]]:
    """Split monomials into classes such that only products within a class are needed.

    When the polynomials with these supports do not change under some sign changes
    z_i -> ±z_i, averaging over these makes every Gram matrix block diagonal: a and b belong
    together iff a + b is, modulo 2, a sum of exponents in the supports.

    Examples
    --------
    >>> parity_classes([(0, 0), (1, 0), (0, 1)], [(2, 0), (0, 2), (1, 1)])
    [[(0, 0)], [(1, 0), (0, 1)]]
    """
    span: list[int] = []
    for e in supports:
        if rest := _reduced(_bits(e), span):
            span.append(rest)
            span.sort(reverse=True)
    classes: dict[int, list[Exponents]] = {}
    for m in monomials:
        classes.setdefault(_reduced(_bits(m), span), []).append(m)
    return list(classes.values())


def monomials_below(caps: Sequence[int], total: int) -> list[Exponents]:
    """Monomials with bounded exponents and bounded degree, by degree."""
    found: list[Exponents] = [()]
    for cap in caps:
        found = [(*m, i) for m in found for i in range(min(cap, total - sum(m)) + 1)]
    return sorted(found, key=sum)


def _sum(a: Exponents, b: Exponents) -> Exponents:
    return tuple(i + j for i, j in zip(a, b, strict=True))


def _bits(e: Exponents) -> int:
    return sum((power % 2) << i for i, power in enumerate(e))


def _reduced(bits: int, span: list[int]) -> int:
    """Remainder modulo a span over the field of two elements, highest bits first."""
    for vector in span:
        bits = min(bits, bits ^ vector)
    return bits
