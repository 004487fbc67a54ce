"""Exact scalars of a series: rational numbers, polynomials or rational functions of symbols."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import QQ, Expr, Float, Rational, Symbol, sympify
from sympy.polys.polyerrors import CoercionFailed, NotReversible, PolynomialError

from ...discretize.method import Method, parameters
from ...flows.errors import ProblemError


def exact_method(method: Method) -> Method:
    """Return the same method with exact parameters: a float is its shortest decimal, 0.1 is 1/10.

    Raises
    ------
    ProblemError
        A parameter is a schedule or an array.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> exact_method(SimGD(0.1))
    SimGD(alpha=1/10)
    """
    return type(method)(**{name: _exact(name, p) for name, p in parameters(method).items()})


def _exact(name: str, value: Any) -> Any:
    if callable(value):
        raise ProblemError(
            f"{name} is a schedule; a series needs a number or a symbol, whose size tends to 0 as "
            "a whole (fading steps are read from SimGD-A, which states its clock)"
        )
    if getattr(value, "ndim", 0):
        raise ProblemError(f"{name} is an array; one number or symbol is needed")
    if isinstance(value, float) or hasattr(value, "dtype"):
        return Rational(str(float(value)))
    expression = sympify(value, strict=True)
    return expression.xreplace({f: Rational(str(f)) for f in expression.atoms(Float)})


class NotPolynomialError(ArithmeticError):
    """A coefficient is no polynomial in the symbols: take the field instead of the ring."""


@dataclass(frozen=True)
class Scalars:
    """Domain of the coefficients: ``Q`` with the symbols adjoined, a field or a ring.

    Parameters
    ----------
    symbols : tuple of sympy.Symbol
        The symbols.
    polynomials : bool
        Whether the elements are polynomials in them, which is ten times as fast, rather than
        rational functions.

    Examples
    --------
    >>> from sympy import symbols
    >>> kappa = symbols("kappa")
    >>> K = Scalars((kappa,))
    >>> K.expression(K.convert((kappa**2 - 1) / (kappa + 1)))
    kappa - 1
    """

    symbols: tuple[Symbol, ...] = ()
    polynomials: bool = False

    @property
    def ring(self) -> Scalars:
        """The polynomials in the same symbols."""
        return Scalars(self.symbols, polynomials=True)

    @cached_property
    def domain(self) -> Any:
        """The SymPy domain of the elements."""
        if not self.symbols:
            return QQ
        return QQ[self.symbols] if self.polynomials else QQ.frac_field(*self.symbols)

    def convert(self, value: Any) -> Any:
        """Return a number, expression or element as an element of this domain.

        Raises
        ------
        ProblemError
            It is no rational function of the symbols with rational coefficients.
        NotPolynomialError
            It is no polynomial.
        """
        if self.domain.of_type(value):
            return value
        try:
            return self.domain.from_sympy(sympify(value, strict=True))
        except (ValueError, TypeError, CoercionFailed, PolynomialError) as error:
            if self.polynomials:
                raise NotPolynomialError(f"{value} is no polynomial") from error
            raise ProblemError(
                f"{value} is not a rational function of the parameters with rational "
                "coefficients; give a number such as sqrt(2) as a symbol"
            ) from error

    def take(self, element: Any, other: Scalars) -> Any:
        """Return an element of the ring or field `other` of the same symbols as one of this.

        Raises
        ------
        NotPolynomialError
            It is no polynomial.
        """
        try:
            return self.domain.convert(element, other.domain)
        except CoercionFailed as error:
            raise NotPolynomialError(f"{element} is no polynomial") from error

    def inverse(self, element: Any) -> Any:
        """Return 1/element.

        Raises
        ------
        NotPolynomialError
            That is no polynomial.
        """
        try:
            return self.domain.revert(element)
        except NotReversible as error:
            raise NotPolynomialError(f"1/({element}) is no polynomial") from error

    def expression(self, element: Any) -> Expr:
        """Return an element as a SymPy expression."""
        return self.domain.to_sympy(element)

    def integer(self, element: Any) -> int | None:
        """Return an element as an int if it is one, else None."""
        value = self.expression(element)
        return int(value) if value.is_Integer else None


def scalars_of(values: Iterable[Any]) -> Scalars:
    """Return the field of all symbols in these values."""
    found = {symbol for value in values for symbol in sympify(value, strict=True).free_symbols}
    return Scalars(tuple(sorted(found, key=str)))
