"""Which roots and exponentials of the clock a proof needs, found in its formulas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Expr

from .clock_functions import TIME, ClockFunctions
from .deciding import signed_term
from .step_root import step_functions
from .time_functions import time_functions

if TYPE_CHECKING:
    from .field import ScalarField


def needed_functions(scalars: ScalarField, expressions: Iterable[Expr]) -> ClockFunctions:
    """Return the functions that some formulas contain, beside the rational ones of a field.

    Parameters
    ----------
    scalars : ScalarField
        Clock and parameters.
    expressions : iterable
        Formulas whose symbols are known by their names alone.

    Raises
    ------
    ProblemError
        They are not among those that can be dealt with.
    """

    def fresh(name: str) -> str:
        return fresh(f"{name}_") if name in scalars.ranges else name

    def sign(formula: Expr) -> int:
        element = scalars.convert(formula)
        found = element and signed_term(element.numer * element.denom, scalars.known)
        return found[0] if found else 0

    if scalars.clock == TIME:
        return time_functions(expressions, fresh, sign, scalars.ranges[TIME])
    return step_functions(expressions, fresh, sign, scalars.ranges)
