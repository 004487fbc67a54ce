"""From a method to the polynomials that decide its stability on an eigenvalue."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import QQ, QQ_I, Expr, I, Poly, Rational, Symbol, cancel, fraction, lcm, ring, sympify
from sympy.polys.polyerrors import CoercionFailed, PolynomialError

from ...discretize.method import Method, parameters
from ...discretize.operators import BlockOperator
from ...discretize.power_law import PowerLaw
from ...flows.errors import ProblemError
from ..readings.linear import state_matrix
from ..readings.symbol import amplification_matrix
from .schur_cohn import schur_cohn_minors

REAL, IMAGINARY, STEP = Symbol("_a"), Symbol("_b"), Symbol("_k")
SQUARE = Symbol("_m")
"""|λ|², beside `REAL`, which is Re λ: what the minors are polynomials of."""

_EIGENVALUE = Symbol("_lambda")


def stability_minors(method: Method) -> tuple[Poly, ...]:
    """Polynomials in Re λ and |λ|² that are all > 0 iff the method is stable on λ.

    They are the Schur–Cohn minors of the characteristic polynomial of the amplification matrix.
    A method that treats the players differently is read on ``M = [[a, b], [−b, a]]``, whose
    eigenvalues are a ± ib.

    Parameters
    ----------
    method : Method
        Method with exact numbers or symbols for parameters, the same at every step.

    Returns
    -------
    tuple of sympy.Poly
        In `REAL`, `SQUARE` and the symbols of the method, over the rationals.

    Raises
    ------
    ProblemError
        The method has no linear reading, changes with k, or has other than rational numbers.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> [minor.as_expr() for minor in stability_minors(SimGD(1))]
    [2*_a - _m]
    """
    coefficients = _coefficients(method)
    found = {symbol for c in coefficients for symbol in c.free_symbols}
    names = sorted(found - {REAL, IMAGINARY}, key=str)
    domain, *_ = ring([*names, REAL, IMAGINARY], QQ_I)
    try:
        elements = [domain.from_expr(c) for c in coefficients]
    except (CoercionFailed, PolynomialError, ValueError) as error:
        raise ProblemError(
            f"{method} has numbers that are not rational; exact regions need int, Fraction or "
            "symbols for parameters"
        ) from error
    minors = schur_cohn_minors(elements, _conjugate, domain.zero)
    return tuple(_in_real_and_square(minor.as_expr(), names) for minor in minors)


def exact_method(method: Method) -> Method:
    """Return a method with its floats read as the decimal numbers they print as.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> exact_method(SimGD(0.1))
    SimGD(alpha=1/10)
    """
    values = {name: _exact(value) for name, value in parameters(method).items()}
    return dataclasses.replace(method, **values)


def _exact(value: Any) -> Any:
    if isinstance(value, PowerLaw):
        return PowerLaw(_exact(value.c), _exact(value.p), _exact(value.k0))
    if callable(value):
        return value
    if isinstance(value, float):
        return Rational(str(value))
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    return sympify(value, strict=True)


def characteristic(method: Method, eigenvalue: Any) -> list[Expr]:
    """Coefficients in ρ, highest power first, of a method on λ, as polynomials in λ.

    Raises
    ------
    ProblemError
        The method changes with k, or needs more of G than values and resolvents.
    """
    matrix = unchanging(method, amplification_matrix(method, eigenvalue, STEP))
    fractions = [fraction(cancel(c)) for c in matrix.charpoly().all_coeffs()]
    common = reduce(lcm, (denominator for _, denominator in fractions))
    return [cancel(top * common / bottom) for top, bottom in fractions]


def require_unchanging(method: Method) -> None:
    """Refuse a method that changes with k or has no linear reading.

    Raises
    ------
    ProblemError
        With the reason.
    """
    if method.needs is BlockOperator:
        unchanging(method, state_matrix(method, [[0, 1], [-1, 0]], 1, STEP))
    else:
        unchanging(method, amplification_matrix(method, _EIGENVALUE, STEP))


def unchanging(method: Method, matrix: Any) -> Any:
    """Return a matrix read at the symbolic step `STEP`, refused if it changes with it."""
    if matrix.has(STEP):
        raise ProblemError(
            f"{type(method).__name__} changes with k: it has no stability region; see "
            "product_growth for its growth on an eigenvalue"
        )
    return matrix


def _coefficients(method: Method) -> list[Expr]:
    """Return the coefficients in Re λ and Im λ; by players on ``[[a, b], [−b, a]]``."""
    if method.needs is BlockOperator:
        game = [[REAL, IMAGINARY], [-IMAGINARY, REAL]]
        matrix = unchanging(method, state_matrix(method, game, 1, STEP))
        return list(matrix.charpoly().all_coeffs())
    value = REAL + I * IMAGINARY
    found = characteristic(method, _EIGENVALUE)
    return [sympify(c, strict=True).subs(_EIGENVALUE, value).expand() for c in found]


def _conjugate(element: Any) -> Any:
    return element.ring.from_dict({power: QQ_I(c.x, -c.y) for power, c in element.items()})


def _in_real_and_square(minor: Expr, names: list[Symbol]) -> Poly:
    """Rewrite a real polynomial, even in Im λ, by ``(Im λ)² = |λ|² − (Re λ)²``."""
    total = sum(
        coefficient * (SQUARE - REAL**2) ** (power // 2)
        for (power,), coefficient in Poly(minor, IMAGINARY).terms()
    )
    return Poly(total, *names, REAL, SQUARE, domain=QQ)
