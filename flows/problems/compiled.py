"""SymPy expressions as vectorised NumPy functions of points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from sympy.printing.numpy import SciPyPrinter
from sympy.simplify.cse_main import tree_cse

from .points import Array
from .remembering import Remembering

LARGEST = 64  # exponent up to which rounding in products does not matter


@dataclass(frozen=True, eq=False)
class CompiledExpressions(Remembering):
    """k real expressions in d variables as one function (..., d) -> (..., k).

    Common subexpressions are computed once. Overflow and undefined values give inf and nan,
    without a warning. The compilation happens at the first call.

    Parameters
    ----------
    variables : tuple of sympy.Symbol
        The d variables, in the order of the coordinates.
    expressions : tuple of sympy.Expr
        The k expressions, in the variables and the defined symbols.
    definitions : tuple of (sympy.Symbol, sympy.Expr)
        Auxiliary symbols, each defined by the variables and by earlier symbols.
    """

    variables: tuple[Any, ...]
    expressions: tuple[Any, ...]
    definitions: tuple[tuple[Any, Any], ...] = ()

    def __call__(self, z: Array) -> Array:
        """Values at the points `z`, shape (..., d) -> (..., k)."""
        coordinates = np.ascontiguousarray(z.reshape(-1, z.shape[-1]).T)  # each in one piece
        out = np.empty((len(self.expressions), coordinates.shape[1]))
        with np.errstate(all="ignore"):
            for row, values in zip(out, self._function(*coordinates), strict=True):
                row[:] = values
        return np.ascontiguousarray(out.T).reshape(*z.shape[:-1], len(out))

    @cached_property
    def _function(self) -> Callable[..., Any]:
        safe = {v: sympy.Symbol(f"z{i}") for i, v in enumerate(self.variables)}  # not "exp"
        expressions = [e.xreplace(safe) for e in self.expressions]
        definitions = [(symbol, body.xreplace(safe)) for symbol, body in self.definitions]
        return sympy.lambdify(  # type: ignore[no-any-return]
            tuple(safe.values()),
            expressions,
            modules=["scipy", "numpy"],
            printer=_Printer(_SETTINGS),
            cse=lambda listed: _eliminate(definitions, listed),
        )


class _Printer(SciPyPrinter):  # type: ignore[misc]
    """Writes whole powers of a symbol as products: NumPy's power takes ten times longer."""

    def _print_Pow(self, expression: Any, **options: Any) -> str:
        base, exponent = expression.args
        if base.is_Symbol and exponent.is_Integer and 2 < exponent <= LARGEST:
            return f"({_power(self._print(base), int(exponent))})"
        return str(super()._print_Pow(expression, **options))


_SETTINGS = {  # those of `lambdify`
    "fully_qualified_modules": False,
    "inline": True,
    "allow_unknown_functions": True,
    "user_functions": {},
}


def _power(base: str, exponent: int) -> str:
    if exponent <= 2:
        return base if exponent == 1 else f"{base}**2"
    if exponent % 2:
        return f"{base}*{_power(base, exponent - 1)}"
    return f"({_power(base, exponent // 2)})**2"


def _eliminate(
    definitions: list[tuple[Any, Any]], expressions: list[Any]
) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Find subexpressions that occur twice; they are listed after the definitions.

    Only identical subtrees are shared: that takes linear time, where SymPy's search for
    common parts of sums takes quadratic time.
    """
    bodies = [body for _, body in definitions]
    names = sympy.numbered_symbols(cls=sympy.Dummy)
    shared, reduced = tree_cse([*bodies, *expressions], names, order="none")
    named = [(symbol, body) for (symbol, _), body in zip(definitions, reduced, strict=False)]
    return _in_order(named + shared), list(reduced[len(bodies) :])


def _in_order(assignments: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Sort assignments so that each one uses only symbols assigned before it."""
    bodies = dict(assignments)
    done: dict[Any, Any] = {}
    for start in bodies:
        stack = [start]
        while stack:
            symbol = stack[-1]
            needed = [s for s in bodies[symbol].free_symbols if s in bodies and s not in done]
            if needed and symbol not in done:
                stack.extend(needed)
            else:
                done[stack.pop()] = bodies[symbol]
    return list(done.items())
