"""What the parameters have to satisfy for a coefficient to be ≥ 0, as ranges and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import QQ, Expr, Integer, Rational, Symbol, factor, sstr

from .conditions import Condition
from .deciding import decide, factor_sign
from .facts import occurring
from .field import ScalarField
from .ranges import Range
from .region import Region
from .signs import nonnegative, positive


def sufficient(element: Any, field: ScalarField, order: Sequence[str]) -> tuple[Region, ...]:
    """Return conditions under which a coefficient is ≥ 0 on the region of its field.

    Factors whose signs are known are dropped. What contains t or k is ≥ 0 when each of its
    coefficients is, in powers of the distance of t or k from the start of its range. A condition
    is solved for the first parameter in which it is of degree one, in the order given.

    Returns
    -------
    tuple of Region
        One for each condition; none if no condition helps.

    Examples
    --------
    >>> from sympy import symbols
    >>> alpha, mu, R = symbols("alpha mu R", positive=True)
    >>> K = ScalarField({name: Range(low=0) for name in ("alpha", "mu", "R")})
    >>> print(*sufficient(K.convert(2*alpha*mu - alpha**2 * R**2), K, ["alpha"]))
    alpha < 2*mu/R**2
    """
    rest, strict = _undecided(element, field)
    clock = field.names.index(field.clock)
    if rest.is_ground or rest.degree(clock) <= 0:
        return () if rest.is_ground else (_relation(rest, field, order, strict=strict),)
    found: dict[str, Region] = {}
    for part in _coefficients(rest, clock, field.ranges[field.clock].low or Fraction(0)):
        if not nonnegative(field.domain.field(part), field).holds:
            more = sufficient(field.domain.field(part), field, order)
            if not more:
                return ()
            found |= {str(region): region for region in more}
    return tuple(found.values())


def narrowed(field: ScalarField, parts: Iterable[Region]) -> ScalarField:
    """Return a field over the part of its region where more holds.

    Raises
    ------
    ProblemError
        No point is left.
    """
    region = reduce(Region.meet, parts, field.region)
    return ScalarField(region, region.conditions, field.clock)


def without_implied(parts: Sequence[Region], field: ScalarField) -> Region:
    """Return all conditions together, without those that follow from the others."""
    kept = list(parts)
    for part in parts:
        others = [other for other in kept if other is not part]
        if _follows(part, narrowed(field, others)):
            kept = others
    return reduce(Region.meet, kept, Region({}))


def _follows(part: Region, field: ScalarField) -> bool:
    """Tell whether a condition is known to hold on the region of a field.

    Of a condition between parameters ≥ is enough: whoever uses what is kept proves it again.
    """
    strict: list[Expr] = []
    weak = [condition.gap for condition in part.conditions]
    for name, span in part.items():
        ends = (span.low, span.low_closed, 1), (span.high, span.high_closed, -1)
        for end, closed, sign in (found for found in ends if found[0] is not None):
            (weak if closed else strict).append(sign * (Symbol(name) - Rational(str(end))))
    return all(positive(field.convert(gap), field).holds for gap in strict) and all(
        nonnegative(field.convert(gap), field).holds for gap in weak
    )


def _undecided(element: Any, field: ScalarField) -> tuple[Any, bool]:
    """Return ± the product of the factors of undecided sign, and whether one is a denominator."""
    rest, strict = field.known.ring.one, False
    for part in (element.numer, element.denom):
        unit, factors = part.factor_list()
        rest *= 1 if unit > 0 else -1
        for single, _ in (pair for pair in factors if pair[1] % 2):
            if fact := decide(single, field.known):
                rest *= factor_sign(single, fact)[0]
            else:
                rest, strict = rest * single, strict or part is element.denom
    return rest, strict


def _coefficients(polynomial: Any, variable: int, start: Fraction) -> Iterator[Any]:
    """Yield the coefficients ≠ 0 in powers of ``x − start``."""
    x = polynomial.ring.gens[variable]
    shifted = polynomial.compose(x, x + QQ(start.numerator, start.denominator))
    powers = range(shifted.degree(variable) + 1)
    return filter(None, (shifted.coeff_wrt(variable, n) for n in powers))


def _relation(polynomial: Any, field: ScalarField, order: Sequence[str], *, strict: bool) -> Region:
    """Return the region where a polynomial in the parameters is ≥ 0, or > 0 when it has several."""
    names = [field.names[i] for i in occurring(polynomial)]
    ranks = {name: order.index(name) if name in order else len(order) for name in names}
    for name in sorted(names, key=lambda name: (ranks[name], name.lower())):
        i = field.names.index(name)
        if polynomial.degree(i) > 1:
            continue
        slope, rest = (field.domain.field(polynomial.coeff_wrt(i, n)) for n in (1, 0))
        if len(names) == 1:
            end, closed = Fraction(str((-rest / slope).as_expr())), not strict
            above = slope.as_expr() > 0
            span = Range(end, None, closed) if above else Range(None, end, high_closed=closed)
            return Region({name: span})
        for sign in (1, -1):
            if positive(slope * sign, field).holds:
                sides = name, _text((-rest / slope).as_expr())
                return Region({}, [Condition(*(sides[::-1] if sign > 0 else sides))])
    terms = polynomial.as_expr().as_ordered_terms()
    signed = [(term, bool(term.as_coeff_Mul()[0] > 0)) for term in terms]
    left, right = (sum(sign * t for t, up in signed if up is (sign > 0)) for sign in (-1, 1))
    return Region({}, [Condition(sstr(left), sstr(right))])


def _text(formula: Expr) -> str:
    """Write a quotient in factors with positive constants: ``2*b*(1 - b)/(1 + b)``."""
    sign, size = 1, Integer(1)
    for base, power in factor(formula).as_powers_dict().items():
        turn = -1 if base.as_coeff_Add()[0] < 0 else 1
        sign, size = sign * turn**power, size * (turn * base) ** power
    return str(sstr(sign * size, order="none"))
