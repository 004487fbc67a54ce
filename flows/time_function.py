"""Functions of time as parameters: formulas read by numbers and by proofs alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import ProblemError


@dataclass(frozen=True)
class TimeFunction:
    """Function of time given by a formula.

    Floats and arrays are put into a compiled version of the formula, exact numbers and
    symbols into the formula itself.

    Parameters
    ----------
    formula : str, number or SymPy expression
        A formula of ``t``, text in the grammar of `parse_expression`. An expression may have
        further symbols, which are constants.

    Raises
    ------
    ExpressionError
        At the first use: the text is not such a formula.

    Examples
    --------
    >>> from fractions import Fraction
    >>> B = TimeFunction("1/(1 + t)")
    >>> B(3.0), B(Fraction(1, 2)), B.rate(1)
    (0.25, 2/3, -1/4)
    """

    formula: Any

    def __str__(self) -> str:
        return str(self.formula)

    def __repr__(self) -> str:
        return f"TimeFunction({str(self.formula)!r})"

    def __call__(self, t: Any) -> Any:
        """Value at time `t`: a float, an array, an exact number or a symbol."""
        if isinstance(t, float) or hasattr(t, "dtype"):
            return self._compiled(t)
        from .formulas.scalar import scalar

        return self.expression.subs(_time(), scalar(t, "t"))

    def _sympy_(self) -> Any:
        return self.expression

    @property
    def constants(self) -> set[Any]:
        """The symbols of the formula other than time."""
        symbols: set[Any] = self.expression.free_symbols - {_time()}
        return symbols

    @cached_property
    def expression(self) -> Any:
        """The formula as a SymPy expression of ``Symbol("t", positive=True)``."""
        from sympy import sympify

        from .formulas.expression import parse_expression

        if isinstance(self.formula, str):
            return parse_expression(self.formula, {"t": _time()})
        expression = sympify(self.formula, strict=True)
        own = {s: _time() for s in expression.free_symbols if s.name == "t"}
        return expression.xreplace(own)

    @cached_property
    def rate(self) -> TimeFunction:
        """The derivative."""
        return TimeFunction(self.expression.diff(_time()))

    @cached_property
    def _compiled(self) -> Any:
        from sympy import Symbol, lambdify

        s = Symbol("s")
        return lambdify(s, self.expression.xreplace({_time(): s}), modules="numpy")


def time_function(name: str, value: Any) -> Any:
    """Return a parameter as a function of time; one that is a function already stays as it is.

    Raises
    ------
    ProblemError
        The parameter is neither a function nor a formula.
    """
    if callable(value) and not hasattr(value, "free_symbols") and not isinstance(value, type):
        return value
    if isinstance(value, bool) or not (
        isinstance(value, str) or hasattr(value, "free_symbols") or hasattr(value, "__float__")
    ):
        raise ProblemError(
            f"{name} = {value!r}; a formula of t such as '1/(1 + t)', or a function, is needed"
        )
    return TimeFunction(value)


def _time() -> Any:
    from sympy import Symbol

    return Symbol("t", positive=True)
