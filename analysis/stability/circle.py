"""Roots and the unit circle, for polynomials over the rationals: decided exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Poly, Rational, Symbol, resultant


def inside_circle(coefficients: Sequence[Any]) -> bool:
    """Whether all roots of a polynomial with rational coefficients have modulus < 1.

    Schur's recursion: ``a_n p − a_0 p*`` has one degree less, p* the reciprocal polynomial.

    Source: Schur 1918.

    Parameters
    ----------
    coefficients : sequence of int, Fraction or sympy.Rational
        Highest power first. A first coefficient of 0 is a root at infinity.

    Examples
    --------
    >>> inside_circle([2, -1]), inside_circle([1, 0, 1])
    (True, False)
    """
    a = list(coefficients)
    while len(a) > 1:
        first, last = a[0], a[-1]
        if not abs(last) < abs(first):
            return False
        a = [first * x - last * y for x, y in zip(a[:-1], a[:0:-1], strict=True)]
    return True


def some_root_outside(polynomial: Poly) -> bool:
    """Whether a polynomial over the rationals has a root of modulus > 1.

    Factor by factor: an irreducible polynomial with a root on the circle is its own reciprocal.
    One that is not has its roots inside, or some outside. One that is comes, by y = ρ + 1/ρ, from
    a polynomial of half the degree, whose roots lie in [−2, 2] iff those of ρ lie on the circle.

    Examples
    --------
    >>> x = Symbol("x")
    >>> some_root_outside(Poly(x**2 + 1, x)), some_root_outside(Poly(x**2 - 3 * x + 1, x))
    (False, True)
    """
    return any(_irreducible_outside(factor) for factor, _ in polynomial.factor_list()[1])


def circle_crossings(polynomial: Poly, root: Symbol) -> Poly | None:
    """Polynomial in the other variable that vanishes where a root is on the unit circle.

    It is the resultant of p(ρ) and its reciprocal polynomial, so it vanishes also where two roots
    are mirror images in the circle; None if they always are, somewhere.
    """
    (other,) = (gen for gen in polynomial.gens if gen != root)
    reversed_one = Poly(Poly(polynomial.as_expr(), root).all_coeffs()[::-1], root)
    found = resultant(polynomial.as_expr(), reversed_one.as_expr(), root)
    return None if found == 0 else Poly(found, other)


def _irreducible_outside(factor: Poly) -> bool:
    coefficients = factor.all_coeffs()
    reciprocal = coefficients in (coefficients[::-1], [-c for c in coefficients[::-1]])
    if not reciprocal:
        return not inside_circle(coefficients)
    if factor.degree() == 1:  # ρ = ±1
        return False
    halved = _halved(coefficients)
    return bool(halved.count_roots(-2, 2) < halved.degree())


def _halved(coefficients: Sequence[Rational]) -> Poly:
    """Return q with ``p(ρ) = ρ^d q(ρ + 1/ρ)`` for a self-reciprocal p of degree 2d."""
    y, d = Symbol("y"), len(coefficients) // 2
    total = Poly(0, y)
    powers = [Poly(2, y), Poly(y, y)]  # of ρ^j + ρ^{−j}
    for _ in range(2, d + 1):
        powers.append(Poly(y, y) * powers[-1] - powers[-2])
    for j in range(1, d + 1):
        total += powers[j] * coefficients[d - j]
    return total + Poly(coefficients[d], y)
