"""What stands beside the rational functions of the clock: nothing, in most proofs.

A proof calculates with generators, of which it knows the derivative, or the value in the next
step, and a range. The range holds more points than there are values of the clock: what is proved
on it is proved, and a point of it refutes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol

from ..basics.ranges import Range
from .conditions import Condition

TIME = "t"
"""Name of the time variable in every flow proof."""

STEP = "k"
"""Name of the number of the step in every proof about a method."""


@dataclass(frozen=True)
class ClockFunctions:
    """Functions of time or of the number of the step in a field; here none but rational ones.

    Parameters
    ----------
    clock : "t" or "k"
        What moves.
    """

    clock: str

    @property
    def formulas(self) -> Mapping[str, Expr]:
        """Name of each generator -> its formula of the clock and the parameters."""
        return {}

    @property
    def definitions(self) -> Mapping[str, str]:
        """The formulas as text."""
        return {name: str(formula) for name, formula in self.formulas.items()}

    def exact_values(self, at: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
        """Return those generators that are rational numbers at a point, with their values."""
        return {}

    def near(self, time: Fraction) -> Fraction:
        """Return a value of the clock near a given one, at which roots of it are rational."""
        return time

    @property
    def ranges(self) -> Mapping[str, Range]:
        """Where the generators lie."""
        return {}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What ties generators and parameters together."""
        return ()

    @property
    def replaces_clock(self) -> bool:
        """Whether the clock itself is a formula of the generators."""
        return False

    @property
    def closure(self) -> ClockFunctions:
        """The same, when the first step is to lie inside the region and not on its edge."""
        return self

    @property
    def derivatives(self) -> Mapping[str, Expr]:
        """Name of what moves -> its derivative."""
        return {self.clock: Symbol(self.clock) ** 0}

    def rational(self, expression: Expr) -> Expr:
        """Return an expression as a rational function of generators, clock and parameters."""
        return expression

    def shifted(self, element: Any) -> Any:
        """Return an element with k + 1 in place of k."""
        k = element.numer.ring(Symbol(self.clock))
        numer, denom = (part.compose(k, k + 1) for part in (element.numer, element.denom))
        field = element.field
        return field(numer) / field(denom)

    def shown(self, element: Any) -> Expr:
        """Return an element as a formula of the clock and the parameters."""
        return element.as_expr()


RATIONAL = ClockFunctions(TIME)
"""No functions of time but rational ones."""
