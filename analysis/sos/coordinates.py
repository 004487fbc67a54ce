"""Linear coordinates in which the highest terms of a polynomial depend on few variables.

The Newton polytope depends on coordinates: that of (x + u)⁴ + (x − u)² is large, that of s⁴ + r²
is small, and with it the squares that need to be looked at. Coordinates are chosen along the
directions in which the highest form is constant, then alike for what is left on these.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from .polynomials import Polynomial

Rows: TypeAlias = list[list[Any]]


def adapted(p: Polynomial) -> tuple[Polynomial, list[Polynomial]]:
    """Polynomial q and linear forms ℓ_i with p(z) = q(ℓ_1(z), …, ℓ_d(z)).

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> x, u = polynomial_ring(["x", "u"]).gens
    >>> adapted((2 * x + u) ** 4 + x**2)
    (x**4 + u**2, [2*x + u, x])
    """
    ring, gens = p.ring, list(p.ring.gens)
    d = ring.ngens
    basis = _flag(p, [[QQ(i == j) for j in range(d)] for i in range(d)])
    moved = [_combination(gens, [row[j] for row in basis], ring) for j in range(d)]
    q = p.compose(list(zip(gens, moved, strict=True)))
    inverse = DomainMatrix(basis, (d, d), QQ).transpose().inv().to_list()
    return q, [_combination(gens, row, ring) for row in inverse]


def _flag(p: Polynomial, basis: Rows) -> Rows:
    """Basis of the same space, those directions last in which the highest forms are constant."""
    ring = p.ring
    coordinates = ring.gens[: len(basis)]
    at = [_combination(coordinates, [row[j] for row in basis], ring) for j in range(ring.ngens)]
    here = p.compose(list(zip(ring.gens, at, strict=True)))
    kernel = _constant_directions(here, len(basis))
    if len(kernel) in (0, len(basis)):
        return basis
    pivots = [next(j for j, c in enumerate(row) if c) for row in kernel]
    rest = [row for j, row in enumerate(basis) if j not in pivots]
    lower = [
        [
            sum(c * v for c, v in zip(row, column, strict=True))
            for column in zip(*basis, strict=True)
        ]
        for row in kernel
    ]
    return rest + _flag(p, lower)


def _constant_directions(p: Polynomial, count: int) -> Rows:
    """Reduced basis of the directions, among the first coordinates, that keep the highest form."""
    degree = max(map(sum, p), default=0)
    top = p.ring.from_dict({e: c for e, c in p.terms() if sum(e) == degree})
    slopes = [top.diff(z) for z in p.ring.gens[:count]]
    monomials = sorted({e for slope in slopes for e in slope})
    rows = [[slope.get(e, QQ.zero) for slope in slopes] for e in monomials]
    if not rows:
        return [[QQ(i == j) for j in range(count)] for i in range(count)]
    kernel = DomainMatrix(rows, (len(rows), count), QQ).nullspace()
    found: Rows = kernel.rref()[0].to_list()
    return found


def _combination(gens: Any, weights: list[Any], ring: Any) -> Polynomial:
    return sum((z * w for z, w in zip(gens, weights, strict=True)), ring.zero)
