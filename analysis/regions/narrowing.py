"""What the parameters have to satisfy for a coefficient to be ≥ 0, as ranges and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from sympy import QQ, Expr, Integer, Rational, Symbol, factor, sstr

from ...flows.errors import ProblemError
from ..basics.ranges import Range
from ..coefficients.conditions import Condition
from ..coefficients.deciding import decide, factor_sign
from ..coefficients.facts import occurring
from ..coefficients.field import ScalarField
from ..coefficients.float_samples import sample, within
from ..coefficients.region import Region
from ..coefficients.signs import nonnegative, positive


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
    factors, strict = _undecided(element, field)
    rest = prod(factors)
    moving = [name for name in field.moving if rest.degree(field.names.index(name)) > 0]
    if rest.is_ground or not moving:
        return () if rest.is_ground else _relations(factors, field, order, strict=strict)
    found: dict[str, Region] = {}
    clock, low = field.names.index(moving[0]), field.ranges[moving[0]].low
    for part in _coefficients(rest, clock, low or Fraction(0)):
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
    return replace(field, ranges=region, conditions=region.conditions)


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


def _relations(
    factors: Sequence[Any], field: ScalarField, order: Sequence[str], *, strict: bool
) -> tuple[Region, ...]:
    """Return what makes a product ≥ 0: for two factors, that both are, or that none is.

    If each of the two seems possible, or neither, it is the product that is to be ≥ 0.
    """
    unit, *others = factors
    if len(others) == 2:
        first, second = others[0] * unit, others[1]
        signs = ((first, second), (-first, -second))
        pairs = [tuple(_relation(f, field, order, strict=strict) for f in pair) for pair in signs]
        if len(possible := [pair for pair in pairs if _seems_possible(pair, field)]) == 1:
            return possible[0]
    return (_relation(prod(factors), field, order, strict=strict),)


def _seems_possible(parts: Iterable[Region], field: ScalarField) -> bool:
    """Tell whether a sample point satisfies some conditions: for a guess, which is proved later."""
    try:
        region = reduce(Region.meet, parts)
    except ProblemError:  # no number lies in both ranges
        return False
    return within(region, field, sample(field))[0].size > 0


def _undecided(element: Any, field: ScalarField) -> tuple[list[Any], bool]:
    """Return a number and the factors of undecided sign, and whether one is a denominator."""
    found, strict = [field.known.ring.one], False
    for part in (element.numer, element.denom):
        unit, factors = part.factor_list()
        found[0] *= 1 if unit > 0 else -1
        for single, _ in (pair for pair in factors if pair[1] % 2):
            if fact := decide(single, field.known):
                found[0] *= factor_sign(single, fact)[0]
            else:
                found, strict = [*found, single], strict or part is element.denom
    return found, strict


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
                sides = name, product_text((-rest / slope).as_expr())
                return Region({}, [Condition(*(sides[::-1] if sign > 0 else sides))])
    terms = polynomial.as_expr().as_ordered_terms()
    signed = [(term, bool(term.as_coeff_Mul()[0] > 0)) for term in terms]
    left, right = (sum(sign * t for t, up in signed if up is (sign > 0)) for sign in (-1, 1))
    return Region({}, [Condition(sstr(left), sstr(right))])


def product_text(formula: Expr) -> str:
    """Write a quotient in factors with positive constants: ``2*b*(1 - b)/(1 + b)``.

    Examples
    --------
    >>> a, b = map(Symbol, "ab")
    >>> product_text(2 * b * (b - 1) / (-1 - b)), product_text((2 * b - a) / a)
    ('2*b*(1 - b)/(1 + b)', '(-a + 2*b)/a')
    """
    number, sums = Integer(1), []
    for base, power in factor(formula).as_powers_dict().items():
        turn = -1 if base.as_coeff_Add()[0] < 0 and power.is_Integer else 1
        number *= turn**power
        sums.append((turn * base, power))
    for i, (base, power) in enumerate(sums):  # α − 2β has no constant: it takes the sign
        if number < 0 and base.is_Add and not base.as_coeff_Add()[0] and power.is_odd:
            number, sums[i] = -number, (-base, power)
    return str(sstr(number * prod(base**power for base, power in sums), order="none"))
