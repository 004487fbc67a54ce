"""Zeros of G that are not rational: that there is one, without its coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import QQ, Poly
from sympy.polys.groebnertools import groebner
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError
from sympy.polys.rings import PolyRing

from ..polynomial_proofs.saddle_polynomial import SaddlePolynomial
from ..polynomial_proofs.saddle_set import approximate_zeros
from ..sos.polynomials import Polynomial, fraction, rational

if TYPE_CHECKING:
    from ...flows.problems.problem import SaddleProblem

RADII = tuple(Fraction(1, 10**k) for k in (9, 7, 5))  # of boxes around a zero, tried in turn
DENOMINATOR = 10**12  # of the coordinates of their centres
ZEROS = 27  # most zeros, by degrees, of equations that are eliminated; beyond, minutes may go by

Point = Mapping[str, Fraction]


def zero_near(problem: SaddleProblem, saddle: SaddlePolynomial) -> dict[str, Fraction] | None:
    """Return the centre of a small box that contains a zero of G, for `encloses_zero` to confirm.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from ..polynomial_proofs.saddle_polynomial import saddle_polynomial
    >>> problem = SaddleProblem("x^4/4 - 2*x + x*u - u^2", "x", "u")
    >>> near = zero_near(problem, saddle_polynomial(problem))
    >>> round(float(near["x"]), 6), round(float(near["u"]), 6)
    (1.128174, 0.564087)
    """
    pinned = idle_directions(saddle)
    for z in approximate_zeros(problem):
        for p, k in pinned.items():
            z = z - z[p] * np.array([float(w) for w in k])
        point = {
            name: Fraction(round(Fraction(v) * DENOMINATOR), DENOMINATOR)
            for name, v in zip(saddle.names, map(float, z), strict=True)
        }
        if encloses_zero(saddle, point):
            return point
    return None


def encloses_zero(saddle: SaddlePolynomial, near: Point) -> bool:
    """Whether a small box around a point is known to contain a zero of G."""
    return contraction_radius(saddle, near) is not None


def contraction_radius(saddle: SaddlePolynomial, near: Point) -> Fraction | None:
    """Radius of a box around a point that Newton's map contracts, so that it has a zero of G.

    With A = DG(m)⁻¹ the map T(z) = z − A G(z) has ``‖DT‖ ≤ q = ‖A‖·max‖DG − DG(m)‖`` on the
    box ‖z − m‖ ≤ r, in the maximum norm. If q < 1 and ‖A G(m)‖ ≤ (1 − q) r, it maps the box into
    itself and has one fixed point there, a zero of G. Coordinates along which G does not change
    are held, and the equations that follow from the others left out (`idle_directions`).
    """
    idle = idle_directions(saddle)
    if list(near) != saddle.names or not all(_follows(saddle, p, k) for p, k in idle.items()):
        return None
    kept = [i for i in range(len(saddle.names)) if i not in idle]
    moved = [(z, z + rational(c)) for z, c in zip(saddle.ring.gens, near.values(), strict=True)]
    G = [saddle.operator[i].compose(moved) for i in kept]
    slopes = [[g.diff(saddle.ring.gens[j]) for j in kept] for g in G]
    rows = [[s.coeff(1) for s in row] for row in slopes]
    try:
        A = DomainMatrix(rows, (len(kept), len(kept)), QQ).inv().to_list()
    except DMNonInvertibleMatrixError:
        return None
    offset = max(abs(sum(a * g.coeff(1) for a, g in zip(row, G, strict=True))) for row in A)
    return next((r for r in RADII if _contracts(A, slopes, fraction(offset), r)), None)


def is_isolated(saddle: SaddlePolynomial) -> bool:
    """Whether no coordinate has to be held: the zero in the box is the only one there."""
    return not idle_directions(saddle)


def idle_directions(saddle: SaddlePolynomial) -> dict[int, list[Any]]:
    """Basis of the directions k along which G is constant, each with 1 at a place of its own.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from ..polynomial_proofs.saddle_polynomial import saddle_polynomial
    >>> saddle = saddle_polynomial(SaddleProblem("(x1 - x2)^4 + (x1 - x2)*u", "x1 x2", "u"))
    >>> {place: [int(c) for c in k] for place, k in idle_directions(saddle).items()}
    {0: [1, 1, 0]}
    """
    d, rows = len(saddle.names), []
    for g in saddle.operator:
        slopes = [g.diff(z) for z in saddle.ring.gens]
        rows += [[s.get(e, QQ.zero) for s in slopes] for e in {e for s in slopes for e in s}]
    if not rows:
        return {}
    kernel = DomainMatrix(rows, (len(rows), d), QQ).nullspace()
    reduced, pivots = kernel.rref()
    return dict(zip(pivots, reduced.to_list(), strict=False))


def _follows(saddle: SaddlePolynomial, place: int, k: list[Any]) -> bool:
    """Whether ⟨k, G⟩ ≡ 0, so that one of its equations follows from the others."""
    return not sum((g * c for g, c in zip(saddle.operator, k, strict=True)), saddle.ring.zero)


def _contracts(A: Any, slopes: list[list[Polynomial]], offset: Fraction, r: Fraction) -> bool:
    drift = [[_drift(s, r) for s in row] for row in slopes]
    q = max(
        sum(abs(fraction(a)) * sum(line) for a, line in zip(row, drift, strict=True)) for row in A
    )
    return q < 1 and offset <= (1 - q) * r


def _drift(p: Polynomial, r: Fraction) -> Fraction:
    """Bound of |p(w) − p(0)| for ‖w‖ ≤ r."""
    return sum((abs(fraction(c)) * r ** sum(e) for e, c in p.terms() if any(e)), Fraction(0))


def has_real_zero(saddle: SaddlePolynomial) -> bool:
    """Whether a Gröbner basis shows a real zero of G, which may be degenerate.

    With a lexicographic order the basis often is x_i = p_i(x_d) for i < d and h(x_d) = 0; then
    each real root of h, counted by Sturm's theorem, gives one real zero. False says that the
    basis has another form, that h has no real root, or that the degrees are too large.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from ..polynomial_proofs.saddle_polynomial import saddle_polynomial
    >>> has_real_zero(saddle_polynomial(SaddleProblem("x^4/4 - 2*x + x*u - u^2", "x", "u")))
    True
    """
    if prod(max(1, max(map(sum, g), default=0)) for g in saddle.operator) > ZEROS:
        return False
    return any(_shown_by(saddle, last) for last in saddle.ring.symbols)


def _shown_by(saddle: SaddlePolynomial, last: Any) -> bool:
    """Whether the basis has that form when x_d is the given variable."""
    symbols = [*(s for s in saddle.ring.symbols if s != last), last]
    ring = PolyRing(symbols, QQ, "lex")
    basis = groebner([g.set_ring(ring) for g in saddle.operator if g], ring)
    d, leading = ring.ngens, [g.leading_expv() for g in basis]
    units = [tuple(int(i == j) for j in range(d)) for i in range(d - 1)]
    alone = [g for g in basis if not any(e[i] for e in g for i in range(d - 1))]
    if len(basis) != d or len(alone) != 1 or not set(units) <= set(leading):
        return False
    return bool(Poly(alone[0].as_expr(), last, domain=QQ).count_roots() > 0)
