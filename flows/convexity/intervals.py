"""Rigorous values of expressions at exact points, or in boxes, by interval arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from mpmath.ctx_iv import MPIntervalContext

PRECISION = 120  # bits


class UndecidedError(ArithmeticError):
    """A value that interval arithmetic cannot enclose, or that does not exist."""


def interval_context(precision: int) -> MPIntervalContext:
    """Context of interval arithmetic of so many bits: our own, the one of mpmath is shared."""
    context = MPIntervalContext()
    context.prec = precision
    return context


class IntervalEvaluator:
    """Enclosures of real expressions at a point with rational coordinates, or in a box.

    Parameters
    ----------
    point : mapping of sympy.Symbol to Fraction or interval
        Exact coordinates, or intervals of the context that contain them.
    context : MPIntervalContext, optional
        Where to compute; one of 120 bits if not given.
    """

    def __init__(self, point: Mapping[Any, Any], context: MPIntervalContext | None = None) -> None:
        self.context = interval_context(PRECISION) if context is None else context
        self.values = {
            v: self._ratio(c.numerator, c.denominator) if isinstance(c, Fraction) else c
            for v, c in point.items()
        }

    def enclosure(self, e: Any) -> Any:
        """Interval that contains the value of `e`.

        Raises
        ------
        UndecidedError
            If `e` is not defined at the point, or contains a function without rule.
        """
        if e in self.values:
            return self.values[e]
        if e.is_Rational:
            return self._ratio(e.p, e.q)
        if e.is_Float:
            return self.enclosure(sympy.Rational(e))
        if e is sympy.pi or e is sympy.E:
            return +self.context.pi if e is sympy.pi else self.context.exp(self.context.mpf(1))
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if isinstance(e, sympy.Piecewise):
            return self._piecewise(e)
        return self._function(e, [self.enclosure(a) for a in e.args])

    def upper(self, e: Any) -> float:
        """Upper bound of the value of `e`, rounded up to at most 0 if it is negative."""
        bound = self.enclosure(e).b
        if not bound < 0:
            return float("inf")
        return min(float(bound), -5e-324)

    def _ratio(self, p: int, q: int) -> Any:
        return self.context.mpf(int(p)) / self.context.mpf(int(q))

    def _power(self, base: Any, power: Any) -> Any:
        b = self.enclosure(base)
        if power.is_Integer:
            if power < 0:
                return 1 / self._away_from_zero(b) ** int(-power)
            return b ** int(power)
        if not b.a > 0:
            raise UndecidedError(f"the base {base} of a power is not positive")
        return self.context.exp(self.enclosure(power) * self.context.log(b))

    def _piecewise(self, e: Any) -> Any:
        for value, condition in e.args:
            if condition == True or self._holds(condition):  # noqa: E712  (a SymPy object)
                return self.enclosure(value)
        raise UndecidedError("no branch holds")

    def _holds(self, condition: Any) -> bool:
        gap = self._away_from_zero(self.enclosure(condition.lhs - condition.rhs))
        return bool((gap > 0) == (condition.func in (sympy.StrictGreaterThan, sympy.GreaterThan)))

    def _away_from_zero(self, x: Any) -> Any:
        if x.a <= 0 <= x.b:
            raise UndecidedError("an expression may be zero where its sign matters")
        return x

    def _function(self, e: Any, arguments: list[Any]) -> Any:
        rule = RULES.get(e.func)
        if rule is None:
            raise UndecidedError(f"no rule for {e.func.__name__}")
        return rule(self, arguments)

    def _sum(self, terms: list[Any]) -> Any:
        return sum(terms, self.context.mpf(0))

    def _product(self, factors: list[Any]) -> Any:
        result = self.context.mpf(1)
        for factor in factors:
            result = result * factor
        return result

    def _exp(self, x: list[Any]) -> Any:
        return self.context.exp(x[0])

    def _log(self, x: list[Any]) -> Any:
        if not x[0].a > 0:
            raise UndecidedError("the argument of a logarithm is not positive")
        return self.context.log(x[0])

    def _sin(self, x: list[Any]) -> Any:
        return self.context.sin(x[0])

    def _cos(self, x: list[Any]) -> Any:
        return self.context.cos(x[0])

    def _sinh(self, x: list[Any]) -> Any:
        return (self.context.exp(x[0]) - self.context.exp(-x[0])) / 2

    def _cosh(self, x: list[Any]) -> Any:
        return (self.context.exp(x[0]) + self.context.exp(-x[0])) / 2

    def _tanh(self, x: list[Any]) -> Any:
        return 1 - 2 / (self.context.exp(2 * x[0]) + 1)

    def _abs(self, x: list[Any]) -> Any:
        return abs(x[0])

    def _sign(self, x: list[Any]) -> Any:
        return self.context.mpf(1 if self._away_from_zero(x[0]) > 0 else -1)

    def _max(self, x: list[Any]) -> Any:
        return self.context.mpf([max(v.a for v in x), max(v.b for v in x)])

    def _min(self, x: list[Any]) -> Any:
        return -self._max([-v for v in x])


RULES = {
    sympy.Add: IntervalEvaluator._sum,
    sympy.Mul: IntervalEvaluator._product,
    sympy.exp: IntervalEvaluator._exp,
    sympy.log: IntervalEvaluator._log,
    sympy.sin: IntervalEvaluator._sin,
    sympy.cos: IntervalEvaluator._cos,
    sympy.sinh: IntervalEvaluator._sinh,
    sympy.cosh: IntervalEvaluator._cosh,
    sympy.tanh: IntervalEvaluator._tanh,
    sympy.Abs: IntervalEvaluator._abs,
    sympy.sign: IntervalEvaluator._sign,
    sympy.Max: IntervalEvaluator._max,
    sympy.Min: IntervalEvaluator._min,
}
