"""From SymPy to machine code: the components of G as operations on lanes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add, mul
from typing import Any

from ...flows.errors import ProblemError
from .lanes import Code, Lanes

FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan"})
"""Functions whose names SymPy and LLVM share."""

LARGEST = 64
"""Exponent up to which a whole power is a product, as on arrays."""


class Formulas:
    """Writes SymPy expressions as code, each shared part once.

    Parameters
    ----------
    code : Code
        Where the code goes.
    values : mapping
        SymPy symbol -> value.
    """

    def __init__(self, code: Code, values: Mapping[Any, Lanes]) -> None:
        self._code = code
        self._known: dict[Any, Lanes] = dict(values)

    def define(self, symbol: Any, body: Any) -> None:
        """Let a symbol stand for an expression."""
        self._known[symbol] = self(body)

    def __call__(self, expression: Any) -> Lanes:
        """Write one expression.

        Raises
        ------
        ProblemError
            It contains a function without machine code.
        """
        if expression not in self._known:
            self._known[expression] = self._written(expression)
        return self._known[expression]

    def _written(self, expression: Any) -> Lanes:
        name = expression.func.__name__
        if expression.is_number:
            return self._code.constant(float(expression))
        if expression.is_Add:
            return reduce(add, map(self, expression.args))
        if expression.is_Mul:
            return reduce(mul, map(self, expression.args))
        if expression.is_Pow:
            return power(self._code, self(expression.base), expression.exp, self)
        if name in FUNCTIONS:
            return self._code.function(name, self(expression.args[0]))
        if name == "Abs":
            return self._code.function("fabs", self(expression.args[0]))
        if name == "sign":
            return self._sign(self(expression.args[0]))
        raise ProblemError(f"{name} is not among the functions that are compiled")

    def _sign(self, x: Lanes) -> Lanes:
        zero, code = self._code.constant(0.0), self._code
        side = code.function("copysign", code.constant(1.0), x)
        return code.select(code.compare("==", x, zero), zero, side + x * 0.0)


def power(code: Code, base: Lanes, exponent: Any, write: Any = None) -> Lanes:
    """Return a power: whole ones as products, halves as square roots."""
    whole = float(exponent) if getattr(exponent, "is_number", True) else None
    if whole is None:
        return code.function("pow", base, write(exponent))
    if whole == 0.5:
        return code.sqrt(base)
    if not whole.is_integer() or abs(whole) > LARGEST:
        return code.function("pow", base, code.constant(whole))
    product = _product(base, abs(int(whole)))
    return code.constant(1.0) / product if whole < 0 else product


def _product(base: Lanes, exponent: int) -> Lanes:
    if exponent == 1:
        return base
    half = _product(base, exponent // 2)
    return half * half * base if exponent % 2 else half * half
