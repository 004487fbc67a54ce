"""Schedules as formulas of k: a function with cases is not the formula it gives for a symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol, sympify

from ...discretize.method import Method, parameters
from ...discretize.power_law import PowerLaw
from ...flows.errors import ProblemError

_LOOKED_AT = (*range(64), 10**3, 10**6)
_ROUNDING = 1e-9  # relative; of a schedule that divides integers, and so gives floats


@dataclass(frozen=True)
class FormulaSchedule:
    """Schedule that is given by a formula of k.

    Parameters
    ----------
    formula : Expr
        An expression of ``Symbol("k")``; its other symbols are constants.

    Examples
    --------
    >>> FormulaSchedule(1 / (Symbol("k") + 1))(3)
    1/4
    """

    formula: Expr

    def __call__(self, k: Any) -> Any:
        """Return the value at step `k`."""
        return self.formula.xreplace({Symbol("k"): sympify(k, strict=True)})


def require_formulas(method: Method, k: Symbol) -> None:
    """Refuse a schedule with cases, such as another first step: a proof would not see them.

    ``schedule(k)`` for a symbol is compared with its values at the first steps and two late ones.

    Raises
    ------
    ProblemError
        The two differ, or there is no formula.
    """
    for name, schedule in parameters(method).items():
        if callable(schedule) and not isinstance(schedule, PowerLaw):
            formula = _formula(name, schedule, k)
            for step in _LOOKED_AT:
                value = schedule(step)
                if not _agree(formula.subs(k, step), value):
                    raise ProblemError(
                        f"{name} is {formula} as a formula, but {value} at k = {step}; a proof "
                        "needs a schedule without cases"
                    )


def _formula(name: str, schedule: Any, k: Symbol) -> Expr:
    try:
        return sympify(schedule(k), strict=True)
    except (TypeError, ValueError) as error:
        raise ProblemError(f"{name} gives no formula for a symbol k: {error}") from error


def _agree(first: Expr, second: Any) -> bool:
    if first.free_symbols or getattr(second, "free_symbols", None):
        return not (first - second).simplify()
    return abs(float(first) - float(second)) <= _ROUNDING * abs(float(first))
