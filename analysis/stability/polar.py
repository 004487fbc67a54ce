"""Stability minors on rays ``λ = ϱ(c ± i√(1−c²))``, and the factors of them that decide."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Poly, Symbol, factor_list, sympify

from .minors import REAL, SQUARE

MODULUS, COSINE = Symbol("rho", positive=True), Symbol("c", nonnegative=True)


def polar(minor: Poly, cosine: Any, modulus: Any) -> Expr:
    """Return a minor with Re λ = cϱ and |λ|² = ϱ²."""
    return minor.as_expr().subs({REAL: cosine * modulus, SQUARE: modulus**2}).expand()


def without_positive_factors(polynomial: Expr) -> Expr:
    """Return the product of the factors of odd power that are not plainly positive."""
    constant, factors = factor_list(polynomial)
    product = sympify(1 if constant > 0 else -1, strict=True)
    for factor, power in factors:
        if power % 2 and not _plainly_positive(factor):
            product *= factor
    return product.expand() if product.is_Mul and product.args[0] == -1 else product


def _plainly_positive(factor: Expr) -> bool:
    """Whether all coefficients are > 0, and one of them stands without c, which may be 0."""
    terms = Poly(factor, COSINE, *sorted(factor.free_symbols - {COSINE}, key=str)).terms()
    return all(c > 0 for _, c in terms) and any(powers[0] == 0 for powers, _ in terms)
