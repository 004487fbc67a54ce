"""Zeros of a polynomial saddle operator, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from sympy import QQ
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyRing

from ...flows.errors import IntegrationError, ProblemError
from ..sos.polynomials import Polynomial, fraction, rational, value_at
from .saddle_polynomial import SaddlePolynomial, saddle_polynomial

if TYPE_CHECKING:
    from ...flows.problems.problem import SaddleProblem

STARTS = (0.0, 1.0, -1.0, 0.3)
DENOMINATORS = (1, 2, 6, 60, 10**3, 10**6, 10**9)


def rational_zero(problem: SaddleProblem) -> dict[str, Fraction] | None:
    """Rational zero of G; None when none is found.

    Affine equations are solved exactly; otherwise a zero is found in floats and confirmed exactly.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> problem = SaddleProblem("(x - 1/3)^2 + x*u", "x", "u")
    >>> {name: str(value) for name, value in rational_zero(problem).items()}
    {'x': '0', 'u': '2/3'}
    """
    saddle = saddle_polynomial(problem)
    if problem.is_affine:
        return _affine_zero(saddle)
    for z in approximate_zeros(problem):
        for denominator in DENOMINATORS:
            values = [Fraction(float(v)).limit_denominator(denominator) for v in z]
            point = dict(zip(saddle.names, values, strict=True))
            if is_zero(saddle, point):
                return point
    return None


def is_zero(saddle: SaddlePolynomial, point: Mapping[str, Fraction]) -> bool:
    """Whether G vanishes at a point."""
    return all(value_at(g, point) == 0 for g in saddle.operator)


def distance_function(problem: SaddleProblem, ring: PolyRing) -> Polynomial:
    """Half the squared distance to a rational saddle point, in a larger ring.

    Raises
    ------
    ProblemError
        No rational saddle point was found.
    """
    point = rational_zero(problem)
    if point is None:
        raise ProblemError("no saddle point with rational coordinates was found; give V yourself")
    return squared_distance(ring, point) / 2


def squared_distance(ring: PolyRing, point: dict[str, Fraction]) -> Polynomial:
    """Squared distance to a point whose coordinates are the first variables of the ring."""
    pairs = zip(ring.gens, point.values(), strict=False)
    return sum(((z - rational(value)) ** 2 for z, value in pairs), ring.zero)


def _affine_zero(saddle: SaddlePolynomial) -> dict[str, Fraction] | None:
    """Solve G(z) = 0 by exact elimination, coordinates that remain free being 0."""
    gens, d = saddle.ring.gens, len(saddle.names)
    rows = [[*(g.coeff(z) for z in gens), -g.coeff(1)] for g in saddle.operator]
    reduced, pivots = DomainMatrix(rows, (d, d + 1), QQ).rref()
    if d in pivots:
        return None
    point = dict.fromkeys(saddle.names, Fraction(0))
    for row, pivot in zip(reduced.to_list(), pivots, strict=False):
        point[saddle.names[pivot]] = fraction(row[d])
    return point


def approximate_zeros(problem: SaddleProblem) -> Iterator[np.ndarray]:
    """Yield zeros of G in floats, from a few starts."""
    for start in STARTS:
        try:
            yield np.asarray(problem.saddle_point(np.full(problem.d, start)), dtype=float)
        except (ProblemError, IntegrationError):
            continue
