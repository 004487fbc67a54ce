"""The largest half disk of eigenvalues on which polynomials are positive, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import mpmath
from sympy import Expr, Poly, Rational, discriminant, oo, sympify

from .intervals import between, positive_roots

DIGITS = 60
"""Decimal digits in which a polynomial is looked at where it may touch zero."""


def largest_half_disk(polynomials: Sequence[Poly]) -> Any:
    """Largest R such that polynomials f(ϱ, c) are > 0 for all 0 < ϱ < R, 0 ≤ c ≤ 1.

    The least R can only be a root of f(ϱ, 0), f(ϱ, 1), or of the discriminant or the leading
    coefficient of f in c: elsewhere the roots c of f stay apart, and away from 0, 1 and ∞, as ϱ
    moves. Between two of these numbers one ϱ decides, by counting roots c in [0, 1] (Sturm). At
    them f is looked at in 60 digits, as it may touch zero there.

    Parameters
    ----------
    polynomials : sequence of sympy.Poly
        In ϱ and c, over the rationals.

    Returns
    -------
    sympy.Expr
        R, which may be 0 or ∞.

    Examples
    --------
    >>> from sympy import symbols
    >>> rho, c = symbols("rho c")
    >>> largest_half_disk([Poly(1 + c - rho**2, rho, c)])
    1
    """
    ends = [sympify(0), *_candidates(polynomials), oo]
    for low, high in pairwise(ends):
        if low != 0 and any(_touches_zero(p, low) for p in polynomials):
            return low
        if not all(_positive_on_ray(p, between(low, high)) for p in polynomials):
            return low
    return oo


def _candidates(polynomials: Sequence[Poly]) -> list[Expr]:
    """Numbers ϱ at which a root c of some f can come into [0, 1], or two can meet."""
    found: list[Poly] = []
    for polynomial in polynomials:
        for f, _ in polynomial.factor_list()[1]:
            rho, c = f.gens
            edges = [f.eval(c, 0), f.eval(c, 1), Poly(Poly(f.as_expr(), c).LC(), rho)]
            if f.degree(c) > 1:
                edges.append(Poly(discriminant(f.as_expr(), c), rho))
            found += [edge for edge in edges if not edge.is_ground]
    return positive_roots(found) if found else []


def _positive_on_ray(f: Poly, modulus: Rational) -> bool:
    on_ray = f.eval(f.gens[0], modulus)
    if on_ray.is_ground:
        return bool(on_ray.LC() > 0)
    return bool(on_ray.count_roots(0, 1) == 0 and on_ray.eval(Rational(1, 2)) > 0)


def _touches_zero(f: Poly, modulus: Expr) -> bool:
    """Whether f(ϱ, c) comes to 0 for some c in [0, 1], in `DIGITS` decimal digits."""
    with mpmath.workdps(DIGITS):
        rho = mpmath.mpmathify(modulus.evalf(DIGITS))
        powers = Poly(f.as_expr(), f.gens[1]).all_coeffs()
        numbers = [_value(coefficient, f.gens[0], rho) for coefficient in powers]
        slope = [n * i for n, i in zip(numbers[:-1], range(len(numbers) - 1, 0, -1), strict=True)]
        turns = mpmath.polyroots(slope, maxsteps=200, extraprec=200) if len(slope) > 1 else []
        inner = [r.real for r in turns if abs(r.imag) < mpmath.mpf(10) ** -30 and 0 < r.real < 1]
        least = min(abs(mpmath.polyval(numbers, c)) for c in (0, 1, *inner))
        return bool(least <= mpmath.mpf(10) ** -40 * max(abs(n) for n in numbers))


def _value(coefficient: Expr, rho: Any, number: Any) -> Any:
    return mpmath.polyval(
        [mpmath.mpmathify(c) for c in Poly(coefficient, rho).all_coeffs()], number
    )
