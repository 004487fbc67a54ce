"""Numbers to follow a trajectory in: floats to look, Fractions or intervals to be sure."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
from mpmath.ctx_iv import MPIntervalContext
from mpmath.libmp import finf, fnan, fninf, to_rational
from numpy.typing import NDArray
from sympy import Add, Expr, Mul, Symbol, exp, sympify

from ...flows.errors import ProblemError
from ...flows.time_function import TimeFunction
from ..basics.ranges import Range
from ..readings.vector import Form, Vector
from .facts import occurring
from .field import STEP, ScalarField
from .samples import value

At = Mapping[str, Fraction]
"""A point of a region: every parameter, and the clock, by name."""

Number = Callable[[Fraction], Any]
"""``float``, ``Fraction`` or `interval`: turns an exact number into one to calculate with."""

Plane = NDArray[Any]
"""A point of the plane, shape (2,), of such numbers."""

INTERVALS = MPIntervalContext()
INTERVALS.prec = 256  # bits; the sums of a few hundred terms lose some 60 of them


def interval(x: Fraction) -> Any:
    """Return an interval of mpmath that contains a fraction."""
    return INTERVALS.mpf(x.numerator) / INTERVALS.mpf(x.denominator)


def bounds(x: Any) -> tuple[Fraction, Fraction]:
    """Return fractions between which a number lies: the ends of an interval, or itself.

    Raises
    ------
    ProblemError
        The interval is not bounded.
    """
    if isinstance(x, Fraction | int):
        return Fraction(x), Fraction(x)
    if {finf, fninf, fnan} & set(x._mpi_):  # of which to_rational makes 0
        raise ProblemError("a number is not bounded")
    low, high = (Fraction(*to_rational(end)) for end in x._mpi_)
    return low, high


def rounded_down(x: Fraction) -> str:
    """Write a positive fraction with three digits, rounded down; a short one exactly.

    Examples
    --------
    >>> rounded_down(Fraction(2, 3)), rounded_down(Fraction(10**9 + 1, 7 * 10**9))
    ('2/3', '0.142')
    """
    if len(str(x)) <= 9:
        return str(x)
    context = Context(prec=3, rounding=ROUND_DOWN)
    return str(context.divide(Decimal(x.numerator), Decimal(x.denominator)))


def exact_value(scalars: ScalarField, coefficient: Any, at: At) -> Fraction:
    """Return the value of a coefficient at a point of the region of a field.

    Raises
    ------
    ZeroDivisionError
        It is not defined there.
    ProblemError
        It has a root or an exponential of which the point does not say the value.
    """
    element, at = scalars.convert(coefficient), {**at, **scalars.functions.exact_values(at)}
    if missing := [name for name in _names(element) if name not in at]:
        raise ProblemError(f"the value of {', '.join(missing)} is no rational number there")
    top, bottom = value(element.numer, at), value(element.denom, at)
    return _fraction(top) / _fraction(bottom)


def coefficient_value(scalars: ScalarField, coefficient: Any, at: At, number: Number) -> Any:
    """Return the value of a coefficient in some arithmetic; roots and exponentials by formulas."""
    element, formulas = scalars.convert(coefficient), scalars.functions.formulas
    known = {**at, **scalars.functions.exact_values(at)}
    if number is Fraction or all(name in known for name in _names(element)):
        return number(exact_value(scalars, element, at))
    values = {
        name: number(known[name]) if name in known else _formula_value(formulas[name], at, number)
        for name in _names(element)
    }
    top, bottom = (_polynomial_value(p, values, number) for p in (element.numer, element.denom))
    return top / bottom


def _names(element: Any) -> list[str]:
    variables = {*occurring(element.numer), *occurring(element.denom)}
    return [str(element.field.symbols[i]) for i in sorted(variables)]


def _formula_value(formula: Expr, at: At, number: Number) -> Any:
    """Return the value of a formula of sums, products, powers and exponentials."""
    functions: Any = INTERVALS if number is interval else math
    if formula.is_Rational:
        return number(Fraction(int(formula.p), int(formula.q)))
    if formula.is_Symbol:
        return number(at[formula.name])
    parts = [_formula_value(part, at, number) for part in formula.args]
    if isinstance(formula, exp):
        return functions.exp(parts[0])
    if isinstance(formula, Add | Mul):
        return reduce(operator.add if isinstance(formula, Add) else operator.mul, parts)
    if formula.exp.is_Integer:
        return parts[0] ** int(formula.exp)
    return functions.exp(parts[1] * functions.log(parts[0]))


def _polynomial_value(polynomial: Any, values: Mapping[str, Any], number: Number) -> Any:
    total = number(Fraction(0))
    for powers, c in polynomial.terms():
        term = number(_fraction(c))
        for symbol, n in zip(polynomial.ring.symbols, powers, strict=True):
            term = term * values[str(symbol)] ** n if n else term
        total = total + term
    return total


def in_region(scalars: ScalarField, at: At) -> bool:
    """Decide exactly whether a point lies in the region of a field; k must be an integer there."""
    for name, span in scalars.region.items():
        if not span.contains(Range(at[name], at[name], True, True)):
            return False
    whole = scalars.clock != STEP or at[STEP].denominator == 1
    return whole and all(
        exact_value(scalars, condition.gap, at) > 0 for condition in scalars.conditions
    )


def vector_value(vector: Vector, values: Mapping[str, Plane], number: Number) -> Plane:
    """Return a vector with exact coefficients, from the values of its generators."""
    terms = [(number(Fraction(c)), values[name]) for name, c in vector.terms.items()]
    zero = number(Fraction(0))
    # number times number: an interval times an array would take the array for an interval
    return np.array([sum((c * z[i] for c, z in terms), start=zero) for i in (0, 1)], dtype=object)


def form_value(form: Form, values: Mapping[str, Plane], number: Number) -> Any:
    """Return a form with exact coefficients, from the values of its generators."""
    return _weighted({pair: number(Fraction(c)) for pair, c in form.terms.items()}, values, number)


def form_at(
    scalars: ScalarField, form: Form, at: At, values: Mapping[str, Plane], number: Number
) -> Any:
    """Return a form with coefficients of a field at a point of its region."""
    weights = {pair: coefficient_value(scalars, c, at, number) for pair, c in form.terms.items()}
    return _weighted(weights, values, number)


def _weighted(weights: Mapping[Any, Any], values: Mapping[str, Plane], number: Number) -> Any:
    total = number(Fraction(0))
    for (i, j), c in weights.items():
        a, b = values[i], values[j]
        total = total + c * (a[0] * b[0] + a[1] * b[1])
    return total


def numeric(system: Any, at: At) -> Any:
    """Return a flow or a method with exact numbers for its symbols; functions stay."""
    known = {Symbol(name): sympify(x, strict=True) for name, x in at.items()}

    def number(parameter: Any) -> Any:
        if isinstance(parameter, TimeFunction):  # its formula is text, not a number
            return parameter
        if dataclasses.is_dataclass(parameter) and not isinstance(parameter, type):
            return numeric(parameter, at)
        if callable(parameter):
            return parameter
        expression = sympify(parameter, strict=True)
        plain = {symbol: Symbol(symbol.name) for symbol in expression.free_symbols}
        found = expression.xreplace(plain).xreplace(known)
        return Fraction(int(found.p), int(found.q))

    fields = {field.name: getattr(system, field.name) for field in dataclasses.fields(system)}
    return type(system)(**{name: number(parameter) for name, parameter in fields.items()})


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.numerator), int(number.denominator))
