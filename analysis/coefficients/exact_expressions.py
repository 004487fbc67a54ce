"""Coefficients as SymPy expressions of exact numbers and of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Dummy, Expr, Float, Symbol, nan, oo, sympify, zoo

from ...flows.errors import ProblemError
from ..basics.ranges import Range, assumed_range


def plain(expression: Expr) -> Expr:
    """Return an expression whose symbols are known by their names alone."""
    return expression.xreplace({s: Symbol(s.name) for s in expression.free_symbols})


def exact_expression(value: Any) -> Expr:
    """Return a coefficient as a SymPy expression without floats, infinities or undefined parts."""
    if hasattr(value, "field") and hasattr(value, "as_expr"):
        value = value.as_expr()
    if isinstance(value, float) or (isinstance(value, Expr) and value.has(Float)):
        raise ProblemError(
            f"got the float {value}; a proof needs exact numbers, e.g. Fraction(1, 2)"
        )
    try:
        expression = sympify(value, strict=True)
    except (ValueError, TypeError) as error:
        raise ProblemError(f"got {value!r} as a coefficient; give a number or formula") from error
    if isinstance(expression, Expr) and expression.has(Float):  # a Decimal, a NumPy float
        raise ProblemError(f"got {value!r}; a proof needs exact numbers, e.g. Fraction(1, 2)")
    if not isinstance(expression, Expr) or expression.has(nan, oo, -oo, zoo):
        raise ProblemError(f"got {value} as a coefficient; give a finite number or formula")
    return expression


def require_known(symbol: Any, ranges: Mapping[str, Range]) -> None:
    """Refuse a symbol without a name of its own, a range, or with assumptions that contradict it.

    Raises
    ------
    ProblemError
        With what is wrong.
    """
    if isinstance(symbol, Dummy):
        raise ProblemError(f"the dummy symbol {symbol} has no name of its own; use a Symbol")
    if symbol.name not in ranges:
        known = ", ".join(ranges)
        raise ProblemError(f"unknown symbol {symbol.name}; the field has {known}")
    if not assumed_range(symbol).contains(ranges[symbol.name]):
        raise ProblemError(
            f"the range {ranges[symbol.name].about(symbol.name)} contradicts the assumptions of "
            f"the symbol, {assumed_range(symbol).about(symbol.name)}; make the two agree"
        )
