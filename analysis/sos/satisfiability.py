"""Negative points of polynomials in several variables, by z3's solver for real arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..proofs.ranges import Range
from .negative_point import Point
from .polynomials import Polynomial, fraction, value_at

TIMEOUT = 2000  # milliseconds
DIGITS = (5, 10, 20, 40)  # digits of irrational coordinates tried


def negative_model(p: Polynomial, box: Mapping[str, Range]) -> Point | str:
    """Point of the box with p < 0, checked exactly, or in words why there is none to show.

    That z3 finds no such point is said, but not taken for a proof: it leaves nothing that
    could be checked again without it.
    """
    try:
        import z3
    except ImportError:
        return "z3, of saddleode[prove], is not installed"
    context = z3.Context()
    variables = {s.name: z3.Real(s.name, context) for s in p.ring.symbols}
    solver = z3.Solver(ctx=context)
    solver.set("timeout", TIMEOUT)
    solver.add(_term(p, list(variables.values()), z3) < 0)
    for name, span in box.items():
        solver.add(*_conditions(variables[name], span, z3))
    answer = solver.check()
    if answer == z3.unsat:
        return "z3 finds that there is none, but leaves no proof that can be checked without it"
    if answer == z3.unknown:
        return f"z3 gave up after {TIMEOUT / 1000:g} s"
    model = solver.model()
    for digits in DIGITS:
        values = {
            n: _value(model.eval(v, model_completion=True), digits) for n, v in variables.items()
        }
        if value_at(p, values) < 0 and all(_holds(values[n], span) for n, span in box.items()):
            return values
    return "z3 finds an irrational point, none of whose roundings could be confirmed"


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
