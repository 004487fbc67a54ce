"""Conditions between parameters, such as ``alpha < 2*beta*(1 - beta*R)/(1 + beta*R)``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from ...flows.errors import ProblemError
from ...flows.formulas.expression import parse_expression

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
_RELATION = re.compile(r"(<=|>=|<|>|=)")


@dataclass(frozen=True)
class Condition:
    """Strict inequality ``smaller < larger`` between rational functions of parameters.

    Where one of the two is not defined, the condition does not hold.

    Parameters
    ----------
    smaller, larger : str
        The two sides, in the grammar of `flows.formulas.expression`.

    Raises
    ------
    ProblemError
        No parameter occurs in it.
    """

    smaller: str
    larger: str

    def __post_init__(self) -> None:
        if not self.gap.free_symbols:
            raise ProblemError(f"got {self}; a condition says something about a parameter")

    def __str__(self) -> str:
        return f"{self.smaller} < {self.larger}"

    @cached_property
    def gap(self) -> Expr:
        """The formula ``larger − smaller``, which is to be > 0."""
        return _formula(self.larger) - _formula(self.smaller)


def parse_condition(text: str) -> Condition:
    """Read one strict inequality between formulas.

    Examples
    --------
    >>> print(parse_condition("2*beta*(1 - beta) > alpha"))
    alpha < 2*beta*(1 - beta)
    """
    exact = _DECIMAL.sub(lambda match: f"({Fraction(match[0])})", text.replace("^", "**"))
    parts = [" ".join(part.split()) for part in _RELATION.split(exact)]
    if len(parts) != 3 or parts[1] not in ("<", ">"):
        raise ProblemError(
            f"got {text!r}; write a range like 'gamma >= 1' or '0 < beta < 1/2', or a condition "
            "between parameters like 'alpha < 2*beta*(1 - beta)', with < or > (what holds inside "
            "holds on the boundary by continuity)"
        )
    left, relation, right = parts
    return Condition(left, right) if relation == "<" else Condition(right, left)


def _formula(text: str) -> Any:
    if not text:
        raise ProblemError("a side of a condition is missing; write it like 'alpha < 2*beta'")
    return parse_expression(text, {name: Symbol(name) for name in _NAME.findall(text)})
