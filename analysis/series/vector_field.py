"""The modified equation on a concrete problem: the exact vector field, and where it vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..readings.scalar_text import scalar_latex, scalar_text
from .differentials import (
    ExactDifferentials,
    elementary_differential,
    exact_operator,
    expanded,
)
from .equation import ModifiedEquation
from .equilibria import Equilibrium, real_zeros
from .series_term import TIME
from .trees import ANCHOR, Tree, vertices


@dataclass(frozen=True, eq=False)
class ModifiedField:
    """Truncated modified equation of a method on a problem, as an exact vector field.

    Attributes
    ----------
    variables : tuple of sympy.Symbol
        The variables z, primal ones first.
    anchor : tuple of sympy.Symbol
        The coordinates of Z0, named like those of z with ``_0`` behind; they and the time t occur
        for methods with an anchor or fading steps only.
    components : tuple of sympy.Expr
        Ż; polynomials are expanded.
    operator : tuple of sympy.Expr
        The components of G itself.
    """

    variables: tuple[Symbol, ...]
    anchor: tuple[Symbol, ...]
    components: tuple[Expr, ...]
    operator: tuple[Expr, ...]

    def equilibria(self) -> tuple[Equilibrium, ...]:
        """All real equilibria, those that are no zeros of G marked as spurious.

        G = 0 makes all elementary differentials vanish, so the zeros of G are equilibria; the
        truncation may add others, where the step is so large that the terms that were cut matter.
        The list is complete: the real solutions of the polynomial system are isolated exactly.

        Returns
        -------
        tuple of Equilibrium
            In lexicographic order; their coordinates are correct to all digits of a float.

        Raises
        ------
        ProblemError
            The field has symbols or depends on the time or an anchor, is not polynomial, or
            vanishes on more than isolated points.
        """
        free = {symbol for c in self.components for symbol in c.free_symbols} - set(self.variables)
        if free:
            raise ProblemError(
                f"equilibria need numbers, and the field has {', '.join(sorted(map(str, free)))}; "
                "make the equation from a method with numbers (one with an anchor has none)"
            )
        return real_zeros(self.components, self.operator, self.variables)

    def to_latex(self) -> str:
        """Return the field in LaTeX, one line a coordinate."""
        lines = (
            rf"\dot {{{scalar_latex(v)}}} &= {scalar_latex(c)}"
            for v, c in zip(self.variables, self.components, strict=True)
        )
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def __str__(self) -> str:
        pairs = zip(self.variables, self.components, strict=True)
        return "\n".join(f"d{scalar_text(v)}/dt = {scalar_text(c)}" for v, c in pairs)


def modified_field(equation: ModifiedEquation, problem: SaddleProblem) -> ModifiedField:
    """State the modified equation on a problem, as an exact vector field.

    Parameters
    ----------
    equation : ModifiedEquation
        The equation, with numbers or symbols for parameters.
    problem : SaddleProblem
        A problem with a formula for L, or with exact matrices.

    Returns
    -------
    ModifiedField
        The field; a step that is a number is put in.

    Raises
    ------
    ProblemError
        G has no exact formula, or kinks; or a parameter has the name of a variable.

    Examples
    --------
    >>> from saddleode.analysis import modified_equation
    >>> from saddleode.discretize import SimGD
    >>> s = Symbol("s")
    >>> print(modified_field(modified_equation(SimGD(s), 1), SaddleProblem("x*u", "x", "u")))
    dx/dt = s·x/2 − u
    du/dt = s·u/2 + x
    """
    variables, components = exact_operator(problem)
    anchor = tuple(Symbol(f"{v.name}_0", real=True) for v in variables)
    _require_own_names(equation, (*variables, *anchor))
    most = max(vertices(term.tree) for term in equation.terms) - 1
    derivative = ExactDifferentials(variables, components, problem.n, most)
    distances = tuple(v - a for v, a in zip(variables, anchor, strict=True))
    known: dict[Tree, Any] = {ANCHOR: distances}
    found = [Integer(0)] * len(variables)
    for term in equation.terms:
        value = elementary_differential(term.tree, derivative, known)
        factor = term.scalar(equation.step_size)
        found = [f + factor * v for f, v in zip(found, value, strict=True)]
    exact = tuple(expanded(f, variables) for f in found)
    return ModifiedField(variables, anchor, exact, components)


def _require_own_names(equation: ModifiedEquation, variables: tuple[Symbol, ...]) -> None:
    taken = {str(v) for v in variables} & {TIME.name, *map(str, equation.symbols)}
    if taken:
        raise ProblemError(
            f"{', '.join(sorted(taken))} is a variable of the problem and a parameter or the time "
            "of the method; rename one"
        )
