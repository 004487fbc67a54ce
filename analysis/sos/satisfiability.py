"""Negative points of polynomials in several variables, by z3's solver for real arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..basics.ranges import Range
from .negative_point import Point
from .polynomials import Polynomial, fraction, value_at

STEPS = 2_000_000  # z3's own count, so that every machine answers alike; about a second
DIGITS = (5, 10, 20, 40)  # digits of irrational coordinates tried


def negative_model(p: Polynomial, box: Mapping[str, Range]) -> Point | bool | None:
    """Ask z3 for a point of the box with p < 0, which is then checked exactly.

    Returns
    -------
    Point, True, False or None
        A point; True if z3 says that there is none, which nothing but z3 can check; False if
        it gave up or its point is irrational and no rounding could be confirmed; None if z3, of
        the extra ``prove``, is not installed.
    """
    try:
        import z3
    except ImportError:
        return None
    context = z3.Context()
    variables = {s.name: z3.Real(s.name, context) for s in p.ring.symbols}
    solver = z3.Solver(ctx=context)
    solver.set("rlimit", STEPS)
    solver.add(_term(p, list(variables.values()), z3) < 0)
    for name, span in box.items():
        if name in variables:
            solver.add(*_conditions(variables[name], span, z3))
    answer = solver.check()
    if answer != z3.sat:
        return bool(answer == z3.unsat)
    found = {name: solver.model().eval(v, model_completion=True) for name, v in variables.items()}
    return _confirmed(p, box, found)


def _confirmed(p: Polynomial, box: Mapping[str, Range], found: Mapping[str, Any]) -> Point | bool:
    for digits in DIGITS:
        values = {name: _value(number, digits) for name, number in found.items()}
        inside = all(_holds(values[n], span) for n, span in box.items() if n in values)
        if inside and value_at(p, values) < 0:
            return values
    return False


def _term(p: Polynomial, variables: list[Any], z3: Any) -> Any:
    terms = []
    for exponents, c in p.terms():
        term = _number(fraction(c), variables[0].ctx, z3)
        for variable, power in zip(variables, exponents, strict=True):
            for _ in range(power):
                term = term * variable
        terms.append(term)
    return z3.Sum(terms)


def _conditions(variable: Any, span: Range, z3: Any) -> list[Any]:
    found = []
    if span.low is not None:
        low = _number(span.low, variable.ctx, z3)
        found.append(variable >= low if span.low_closed else variable > low)
    if span.high is not None:
        high = _number(span.high, variable.ctx, z3)
        found.append(variable <= high if span.high_closed else variable < high)
    return found


def _number(value: Fraction, context: Any, z3: Any) -> Any:
    return z3.Q(value.numerator, value.denominator, context)


def _value(number: Any, digits: int) -> Fraction:
    if hasattr(number, "approx"):  # an algebraic number
        number = number.approx(digits)
    return Fraction(number.numerator_as_long(), number.denominator_as_long())


def _holds(value: Fraction, span: Range) -> bool:
    return span.contains(Range(value, value, True, True))
