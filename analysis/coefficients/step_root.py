"""The root √(k + δ) of the number of the step, and √(k + 1 + δ), as rational functions of one name.

With u = √(k+1+δ) − √(k+δ), which lies in (0, 1], a = √(k+δ) is (1/u − u)/2, the root of the next
step is (1/u + u)/2, and k is a² − δ. An element of Q(u, δ, …) is in one way a sum
p + q√(k+δ) + r√(k+1+δ) + s√(k+δ)√(k+1+δ) with p, q, r, s in Q(k, δ, …).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sympy import QQ, Expr, Pow, Rational, Symbol, expand, sqrt

from ...flows.errors import ProblemError
from ..basics.ranges import Range
from .clock_functions import STEP, ClockFunctions
from .conditions import Condition

_K = Symbol(STEP)
_DIGITS = 1000  # of the end of the range of u, which is rounded up
_SLACK = Fraction(1, 2)  # how far k may go below its range, to look across the edge


@dataclass(frozen=True)
class StepRoot(ClockFunctions):
    """The generator u = √(k+1+δ) − √(k+δ).

    Parameters
    ----------
    clock : "k"
        The number of the step.
    name : str
        Name of u.
    shift : Expr
        δ, free of k.
    first : int
        The first step.
    least : Fraction
        A number that k + δ is never below.
    attained : bool
        Whether it can be that number.
    slack : Fraction
        How far below the first step k may go.
    """

    name: str
    shift: Expr
    first: int
    least: Fraction
    attained: bool
    slack: Fraction = Fraction(0)

    @property
    def _u(self) -> Expr:
        return Symbol(self.name)

    @property
    def roots(self) -> tuple[Expr, Expr]:
        """√(k+δ) and √(k+1+δ) as rational functions of u."""
        u = self._u
        return (1 / u - u) / 2, (1 / u + u) / 2

    @property
    def formulas(self) -> Mapping[str, Expr]:
        """U as a formula of k."""
        return {self.name: sqrt(_K + 1 + self.shift) - sqrt(_K + self.shift)}

    @property
    def ranges(self) -> Mapping[str, Range]:
        """0 < u ≤ an upper end of √(m+1) − √m, m being the least value of k + δ."""
        m = self.least
        roots = (math.isqrt(math.floor(x * _DIGITS**4)) for x in (m, m + 1))
        high = Fraction(_DIGITS**2) / sum(roots)
        rounded = Fraction(math.ceil(high * _DIGITS), _DIGITS)
        return {self.name: Range(Fraction(0), rounded, high_closed=bool(m) or self.attained)}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """K is above the first step; what holds there holds at that step by continuity."""
        low, u = Rational(str(self.first - self.slack)), self.name
        return (Condition(f"4*({self.shift + low})*{u}**2", f"(1 - {u}**2)**2"),)

    @property
    def replaces_clock(self) -> bool:
        """K is a² − δ."""
        return True

    @property
    def closure(self) -> StepRoot:
        """The same with room below the first step."""
        return replace(self, slack=_SLACK)

    @property
    def derivatives(self) -> Mapping[str, Expr]:
        """U is all that moves; it has steps, and no derivative."""
        return {self.name: Symbol(self.name) ** 0}

    def rational(self, expression: Expr) -> Expr:
        """Return an expression in k and both roots as a rational function of u."""
        a, b = self.roots

        def power(base: Expr, exponent: Expr) -> Expr:
            if exponent.is_Integer or not (base.has(_K) and (2 * exponent).is_Integer):
                return Pow(base, exponent)
            for root, further in ((a, 0), (b, 1)):
                if not expand(base - _K - self.shift - further):
                    return root ** (2 * exponent)
            raise ProblemError(
                f"got the root of {base}; in this proof roots are those of {_K + self.shift} and "
                f"{_K + self.shift + 1}"
            )

        return expression.replace(Pow, power).xreplace({_K: a**2 - self.shift})

    def shifted(self, element: Any) -> Any:
        """Return an element with k + 1 in place of k; it must be free of √(k+1+δ).

        Raises
        ------
        ProblemError
            It is not: √(k+2+δ) is no rational function of u.
        """
        p, q, *others = self.parts(element)
        if any(others):
            raise ProblemError(
                f"{self.shown(element)} contains the root of the next step, whose next value is "
                "not in the field; make V of the root of this step"
            )
        a, b = self.roots
        value = (p.as_expr() + q.as_expr() * b).xreplace({_K: a**2 - self.shift + 1})
        later = element.field.to_domain().from_sympy(value)
        return later.new(later.numer, later.denom)

    def shown(self, element: Any) -> Expr:
        """Return an element as a formula of k, both roots and the parameters."""
        here, later = sqrt(_K + self.shift), sqrt(_K + 1 + self.shift)
        weights = (1, here, later, here * later)
        parts = zip(self.parts(element), weights, strict=True)
        return sum((part.as_expr() * weight for part, weight in parts), start=Rational(0))

    def parts(self, element: Any) -> tuple[Any, ...]:
        """Return p, q, r, s with element = p + q√(k+δ) + r√(k+1+δ) + s√(k+δ)√(k+1+δ)."""
        return _Parts(element, self.name, self.shift).found


class _Parts:
    """An element in terms of 1, a, b and ab: u is b − a, and a², b² are without roots."""

    def __init__(self, element: Any, name: str, shift: Expr) -> None:
        others = [symbol for symbol in element.field.symbols if symbol.name != name]
        self.field = QQ.frac_field(_K, *others)
        self.square = self.field.from_sympy(_K + shift)
        u = [symbol.name for symbol in element.field.symbols].index(name)
        top, bottom = (self._value(part, u) for part in (element.numer, element.denom))
        for flipped in ((1, 3), (2, 3)):  # a ↦ −a, then b ↦ −b: the bottom loses its roots
            conjugate = tuple(-c if i in flipped else c for i, c in enumerate(bottom))
            top, bottom = self._times(top, conjugate), self._times(bottom, conjugate)
        self.found = tuple(c / bottom[0] for c in top)

    def _value(self, polynomial: Any, u: int) -> tuple[Any, ...]:
        zero, one = self.field.zero, self.field.one
        powers = [(one, zero, zero, zero)]
        for _ in range(polynomial.degree(u)):
            powers.append(self._times(powers[-1], (zero, -one, one, zero)))
        total = [zero] * 4
        for exponents, c in polynomial.terms():
            rest = self.field.field.ring(c)
            others = self.field.field.ring.gens[1:]
            kept = exponents[:u] + exponents[u + 1 :]
            for x, n in zip(others, kept, strict=True):
                rest *= x**n
            weight = self.field.field(rest)
            total = [old + weight * x for old, x in zip(total, powers[exponents[u]], strict=True)]
        return tuple(total)

    def _times(self, x: tuple[Any, ...], y: tuple[Any, ...]) -> tuple[Any, ...]:
        a2, b2 = self.square, self.square + 1
        return (
            x[0] * y[0] + a2 * x[1] * y[1] + b2 * x[2] * y[2] + a2 * b2 * x[3] * y[3],
            x[0] * y[1] + x[1] * y[0] + b2 * (x[2] * y[3] + x[3] * y[2]),
            x[0] * y[2] + x[2] * y[0] + a2 * (x[1] * y[3] + x[3] * y[1]),
            x[0] * y[3] + x[3] * y[0] + x[1] * y[2] + x[2] * y[1],
        )


def step_functions(
    expressions: Iterable[Expr],
    fresh: Callable[[str], str],
    sign: Callable[[Expr], int],
    ranges: Mapping[str, Range],
) -> ClockFunctions:
    """Return the root that some expressions need.

    Parameters
    ----------
    expressions : iterable
        Formulas of k and parameters.
    fresh : callable
        Makes a name that no parameter has from one that is wanted.
    sign : callable
        The sign of a formula of the parameters: 1, −1, or 0 if it is not known.
    ranges : mapping
        The ranges of k and the parameters.

    Raises
    ------
    ProblemError
        There are several, or k + δ may be negative.
    """
    powers = (found for e in expressions for found in sorted(e.atoms(Pow), key=str))
    roots = (p for p in powers if (2 * p.exp).is_Integer and not p.exp.is_Integer)
    shifts = [expand(root.base - _K) for root in roots if root.base.has(_K)]
    if not shifts:
        return ClockFunctions(STEP)
    for shift in shifts:
        if all(expand(other - shift) in (0, 1) for other in shifts) and not shift.has(_K):
            first = ranges[STEP].first_whole_number or 0
            return StepRoot(STEP, fresh("gap"), shift, first, *_least(shift + first, sign, ranges))
    raise ProblemError(
        f"got the roots of {', '.join(str(_K + shift) for shift in dict.fromkeys(shifts))}; one "
        "root of k plus a number or parameter, and that of the next step, can be dealt with"
    )


def _least(
    start: Expr, sign: Callable[[Expr], int], ranges: Mapping[str, Range]
) -> tuple[Fraction, bool]:
    """Return a number ≥ 0 that k + δ is never below, and whether it can be that number.

    It is the value for the low ends of the ranges, if that is least.
    """
    spans = {symbol: ranges.get(symbol.name, Range()) for symbol in start.free_symbols}
    ends = {x: Rational(str(span.low)) for x, span in spans.items() if span.low is not None}
    value = start.xreplace(ends)
    if not value.is_Rational or ranges[STEP].high is not None:
        raise ProblemError(
            f"the root of k plus {start} needs parameters with low ends of their ranges, and k "
            "without a high end; give ranges"
        )
    gap = start - value
    if value < 0 or (gap != 0 and sign(gap) < 1):
        raise ProblemError(f"the root of k plus {start}, which may be negative on the ranges given")
    return Fraction(int(value.p), int(value.q)), all(span.low_closed for span in spans.values())
