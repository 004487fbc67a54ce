"""Signs on every cell: polynomials in one or two variables, decided without exception.

The set p < 0 is open. So it is empty iff p is not negative at one rational point of each open
cell on which p and everything that its roots depend on keep their signs: Sturm's theorem in one
variable; in two, cells over the intervals between the roots of the discriminants, leading
coefficients and resultants of the factors of p (Strzeboński 2000, Solving systems of strict
polynomial inequalities: an open cylindrical algebraic decomposition).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from sympy import QQ, Poly

from ..basics.ranges import Range
from .polynomials import Polynomial, fraction, rational, used_names, value_at

VARIABLES = 2  # most variables that are decided this way
SIZE = 150  # largest product of the degrees of what changes its sign; a minute at most

Point = dict[str, Fraction]


def has_few_cells(p: Polynomial) -> bool:
    """Whether the sign of a polynomial can be decided cell by cell in reasonable time.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> x, y, z = polynomial_ring(["x", "y", "z"]).gens
    >>> has_few_cells(x**4 - y**3), has_few_cells(x**40 - y**30 - 1), has_few_cells(x * y - z)
    (True, False, False)
    """
    names = used_names([p])
    if len(names) > VARIABLES:
        return False
    odd = prod((factor for factor, power in p.factor_list()[1] if power % 2), start=p.ring.one)
    degrees = (degree for degree in odd.degrees() if degree > 0)
    return len(names) < VARIABLES or prod(degrees) <= SIZE


def cell_points(p: Polynomial, box: Mapping[str, Range]) -> Iterator[Point]:
    """Yield one rational point of each open cell inside the box on which p keeps its sign.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> ring = polynomial_ring(["x"])
    >>> [str(point["x"]) for point in cell_points(ring.gens[0] ** 2 - 2, {})]
    ['-3', '0', '3']
    """
    names = used_names([p])
    factors = [factor.as_expr() for factor, power in p.factor_list()[1] if power % 2]
    symbols = [symbol for symbol in p.ring.symbols if symbol.name in names]
    walls = [
        symbol - _sympy(end) for symbol in symbols for end in _ends(box.get(symbol.name, Range()))
    ]
    yield from _points([*factors, *walls], symbols, box)


def negative_cell(p: Polynomial, box: Mapping[str, Range]) -> Point | None:
    """Point of the box where p < 0, or None, which proves p ≥ 0 on the whole box.

    Examples
    --------
    >>> from .polynomials import polynomial_ring, read_polynomial
    >>> ring = polynomial_ring(["x", "y"])
    >>> negative_cell(read_polynomial("x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2", ring), {}) is None
    True
    """
    return next((point for point in cell_points(p, box) if value_at(p, point) < 0), None)


def _points(
    factors: Sequence[Any], symbols: Sequence[Any], box: Mapping[str, Range]
) -> Iterator[Point]:
    if not symbols:
        yield {}
        return
    *lower, last = symbols
    moving = [
        Poly(f, last, domain=QQ.poly_ring(*lower) if lower else QQ) for f in factors if f.has(last)
    ]
    still = [f for f in factors if not f.has(last)]
    projection = [*still, *_projection(moving)] if lower else []
    for point in _points(_irreducible(projection), lower, box):
        values = {symbol: _sympy(point[symbol.name]) for symbol in lower}
        fibre = [Poly(f.as_expr().subs(values), last, domain=QQ) for f in moving]
        for number in _between_roots(fibre, last):
            if _inside(number, box.get(last.name, Range())):
                yield {**point, last.name: number}


def _projection(moving: Sequence[Poly]) -> Iterator[Any]:
    """Leading coefficients, discriminants and resultants: while none vanishes, roots keep apart."""
    for f in moving:
        yield f.LC()
        if f.degree() > 1:
            yield f.discriminant()
    for f, g in itertools.combinations(moving, 2):
        yield f.resultant(g)


def _irreducible(expressions: Sequence[Any]) -> list[Any]:
    found = []
    for e in expressions:
        symbols = sorted(e.free_symbols, key=str)
        if symbols:
            found += [f.as_expr() for f, _ in Poly(e, *symbols, domain=QQ).factor_list()[1]]
    return list(dict.fromkeys(found))


def _between_roots(polynomials: Sequence[Poly], symbol: Any) -> list[Fraction]:
    """Rational numbers, one between any two neighbouring real roots and one beyond each end."""
    product = Poly(1, symbol, domain=QQ)
    for f in polynomials:
        product = product * f
    product = product.sqf_part()
    roots = product.intervals(sqf=True) if product.degree() > 0 else []
    width = Fraction(1)
    while any(a[1] >= b[0] for a, b in itertools.pairwise(roots)):
        width /= 16
        roots = product.intervals(eps=_sympy(width), sqf=True)
    if not roots:
        return [Fraction(0)]
    gaps = [(a[1], b[0]) for a, b in itertools.pairwise(roots)]
    inner = [_simplest(fraction(a), fraction(b)) for a, b in gaps]
    return [fraction(roots[0][0]) - 1, *inner, fraction(roots[-1][1]) + 1]


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return a number with a small denominator strictly between two others."""
    denominator = 1
    while True:
        numerator = low * denominator // 1 + 1
        if numerator < high * denominator:
            return Fraction(int(numerator), denominator)
        denominator *= 2


def _inside(number: Fraction, span: Range) -> bool:
    return (span.low is None or span.low < number) and (span.high is None or number < span.high)


def _ends(span: Range) -> list[Fraction]:
    return [end for end in (span.low, span.high) if end is not None]


def _sympy(value: Fraction) -> Any:
    return QQ.to_sympy(rational(value))
