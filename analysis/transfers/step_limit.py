"""The largest step that conditions allow, as a formula of the other parameters."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import Expr, Min, Poly, Rational, Symbol, factor, powsimp, real_roots, sqrt

from ..coefficients.field import ScalarField
from ..coefficients.region import Region
from ..coefficients.signs import nonnegative, positive

ALPHA = Symbol("alpha", positive=True)
"""The step of a method whose steps are looked for."""


def step_limit(region: Region, field: ScalarField, step: str) -> Any | None:
    """Return the number or formula below which the step satisfies all conditions, or None.

    Parameters
    ----------
    region : Region
        The conditions.
    field : ScalarField
        Where all parameters lie, the step > 0 among them.
    step : str
        Name of the step.

    Returns
    -------
    Fraction, Expr or None
        ``0 < step < limit`` says the same as the conditions; None if no such formula was found.

    Examples
    --------
    >>> from saddleode.analysis import Range, parse_ranges
    >>> K = ScalarField({name: Range(low=0) for name in ("alpha", "mu", "R")})
    >>> step_limit(parse_ranges(["alpha*R^2 < 2*mu", "alpha < 1"]), K, "alpha")
    Min(1, 2*mu/R**2)
    >>> step_limit(parse_ranges(["mu < alpha"]), K, "alpha") is None
    True
    """
    limits: list[Any] = [_limit(gap, field, Symbol(step)) for gap in region.gaps]
    if not limits or None in limits:
        return None
    least = reduce(Min, limits)
    return Fraction(int(least.p), int(least.q)) if least.is_Rational else least


def _limit(gap: Expr, field: ScalarField, step: Symbol) -> Expr | None:
    """Return the only positive step at which a formula changes its sign, from + to −."""
    exact = field.convert(gap)
    if not positive(field.domain.field(exact.denom) ** 2, field).holds:
        return None
    polynomial = Poly((exact.numer * exact.denom).as_expr(), step)
    if polynomial.free_symbols == {step}:
        return _root(polynomial)
    if not _falls(polynomial, field):
        return None
    *leading, constant = polynomial.all_coeffs()
    if not any(leading[:-1]):
        return factor(-constant / leading[-1])
    if not any(leading[1:]):
        return _plain((-constant / leading[0]) ** Rational(1, len(leading)))
    if len(leading) == 2:
        a, b = leading
        return _plain(2 * constant / (-b + sqrt(factor(b**2 - 4 * a * constant))))
    return None


def _plain(formula: Expr) -> Expr:
    """Simplify the roots in a formula of positive parameters."""
    positive_ones = {x: Symbol(x.name, positive=True) for x in formula.free_symbols}
    back = {x: Symbol(x.name) for x in positive_ones.values()}
    return powsimp(formula.xreplace(positive_ones)).xreplace(back)


def _root(polynomial: Poly) -> Expr | None:
    """Return the only positive root, if the polynomial is positive before and negative beyond."""
    _, rest = polynomial.terms_gcd()
    roots = [root for root in real_roots(rest) if root > 0]
    return roots[0] if len(set(roots)) == 1 and rest.eval(0) > 0 and rest.LC() < 0 else None


def _falls(polynomial: Poly, field: ScalarField) -> bool:
    """Tell whether a polynomial falls for all positive values of its variable."""
    *leading, _ = polynomial.all_coeffs()
    return bool(leading) and all(nonnegative(field.convert(-c), field).holds for c in leading)
