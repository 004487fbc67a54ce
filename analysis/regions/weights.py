"""Weights of a Lyapunov function, free to be chosen: at which values a condition becomes tight.

Where the weights that a proof allows are an interval, it is empty exactly where its two ends
have crossed; so V with the weight at one end has the same region as V with the best weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Poly, Rational, Symbol, factor
from sympy.polys.polyerrors import PolynomialError

from ...flows.errors import ProblemError
from ..claims.claims import Decrease
from ..classes.operator_class import constants
from ..coefficients.conditions import Condition
from ..coefficients.field import ScalarField
from ..coefficients.region import Region
from ..readings.vector import Form
from .narrowing import product_text


@dataclass(frozen=True)
class Choice:
    """A claim whose V has a weight replaced by its value.

    Parameters
    ----------
    value : Expr
        The value of the weight, a formula of the other parameters.
    claim : Decrease
        The claim with it.
    given : mapping
        The given multipliers with it.
    """

    value: Expr
    claim: Decrease
    given: Mapping[str, Any]


def choices(
    claim: Decrease, given: Mapping[str, Any], weight: str, parts: Iterable[Region]
) -> Iterator[Choice]:
    """Yield the claims in which a weight takes a value at which one of some conditions is tight.

    Parameters
    ----------
    claim : Decrease
        A claim whose V has the weight.
    given : mapping
        Multipliers that are given.
    weight : str
        Name of the weight.
    parts : iterable of Region
        What a proof of the claim needs; conditions of degree one in the weight are used.

    """
    c = Symbol(weight)
    for value in dict.fromkeys(v for part in parts for gap in part.gaps for v in _zero(gap, c)):
        try:
            scalars = _without(claim.scalars, c, value)
        except ProblemError:  # no point of the region has that weight
            continue
        exact = {name: claim.scalars.convert(x) for name, x in given.items()}
        V = Form({pair: _with(x, c, value) for pair, x in claim.V.terms.items()})
        settled = {name: _with(x, c, value) for name, x in exact.items()}
        yield Choice(value, replace(claim, V=V, scalars=scalars), settled)


def _with(element: Any, c: Symbol, value: Expr) -> Any:
    return element.as_expr().subs(c, value)


def _zero(gap: Expr, c: Symbol) -> tuple[Expr, ...]:
    """Return the zero in c of the numerator of a formula, if it is of degree one in c."""
    try:
        numerator = Poly(gap.together().as_numer_denom()[0], c)
    except PolynomialError:
        return ()
    if numerator.degree() != 1:
        return ()
    slope, rest = numerator.all_coeffs()
    return (factor(-rest / slope),)


def _without(scalars: ScalarField, c: Symbol, value: Expr) -> ScalarField:
    """Return the field without a parameter, on the part of its region where that has a value."""
    if any(formula.has(c) for formula in scalars.functions.formulas.values()):
        raise ProblemError(f"{c} occurs in {scalars.functions.definitions}; give it a value")
    spans = {name: span for name, span in scalars.ranges.items() if name != c.name}
    gaps = [condition.gap.subs(c, value) for condition in scalars.conditions]
    span = scalars.ranges[c.name]
    gaps += [value - Rational(str(span.low))] if span.low is not None else []
    gaps += [Rational(str(span.high)) - value] if span.high is not None else []
    open_gaps = [gap for gap in gaps if gap.free_symbols]
    if any(gap < 0 for gap in gaps if not gap.free_symbols):
        raise ProblemError(f"{c} = {value} is outside its range")
    conditions = tuple(Condition("0", product_text(gap)) for gap in open_gaps)
    return replace(scalars, ranges=spans, conditions=conditions)


def require_weight(claim: Decrease, weight: str) -> None:
    """Refuse to choose a weight that V does not have, or the flow, the method or the class has."""
    taken = {**constants(claim.operator), **claim.motion.parameters}
    for name, value in taken.items():
        if any(symbol.name == weight for symbol in getattr(value, "free_symbols", ())):
            raise ProblemError(
                f"{weight} is a parameter of the claim, by {name} = {value}; only weights that "
                "occur in V alone can be chosen"
            )
    if not any(Symbol(weight) in c.as_expr().free_symbols for c in claim.V.terms.values()):
        raise ProblemError(f"V has no weight {weight} to choose; it must occur in V as a symbol")
