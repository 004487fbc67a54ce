"""What a modified equation is: terms over trees, and what they say on an eigenvalue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy import Dummy, Expr, Integer, Symbol

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar
from ...flows.problems.remembering import Remembering
from ..readings.scalar_text import scalar_latex, scalar_text
from .series_term import TIME, SeriesTerm, meanings, meanings_latex, sum_latex, sum_text
from .trees import ANCHOR, Tree, anchors


@dataclass(frozen=True, eq=False, repr=False)
class ModifiedEquation(Remembering):
    """Modified equation of a method, ``Ż = Σ c s^a t^{−b} F(τ)(Z)``, up to a power of its step.

    `modified_field` is the exact vector field on a problem, `ModifiedFlow` the flow.

    Attributes
    ----------
    method : Method
        The method, its parameters exact.
    order : int
        Highest power of the step that is kept.
    terms : tuple of SeriesTerm
        The terms, in order of the power of the step.
    step : sympy.Symbol
        The step in the terms: the symbol of the learning rate if it is one, else s or h.
    step_size : sympy.Expr
        What the step is: a number, a formula of the parameters, for fading steps of t as well.
    """

    method: Method
    order: int
    terms: tuple[SeriesTerm, ...]
    step: Symbol
    step_size: Expr

    @property
    def is_autonomous(self) -> bool:
        """Whether neither the time nor the anchor occurs."""
        return not any(term.time_power or anchors(term.tree) for term in self.terms)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Symbols without a value: those of the parameters of the method."""
        values = [self.step_size, *(term.coefficient for term in self.terms)]
        found = {symbol for value in values for symbol in value.free_symbols} - {TIME}
        return tuple(sorted(found, key=str))

    @property
    def correction(self) -> str:
        """The first terms that the method adds to its flow, as text, e.g. ``−s/2 DG·G``."""
        first = min((term.step_power for term in self.terms if term.step_power), default=0)
        return sum_text((term for term in self.terms if term.step_power == first), self.step)

    def coefficient(self, tau: Tree) -> Expr:
        """Return the factor of F(τ), a formula of the step (and of t for a fading anchor).

        Examples
        --------
        >>> from saddleode.analysis import modified_equation
        >>> from saddleode.analysis.series.trees import tree
        >>> from saddleode.discretize import SimGD
        >>> modified_equation(SimGD(sympy.Symbol("s")), 1).coefficient(tree("G", [tree("G")]))
        -s/2
        """
        found = (term.scalar(self.step) for term in self.terms if term.tree == tau)
        return sum(found, start=Integer(0))

    def __call__(self, t: float) -> dict[Tree, float]:
        """Return the factors of all F(τ) at time `t`, as floats: tree -> factor.

        Raises
        ------
        ProblemError
            The equation has symbols, or `t` is not positive and it needs the time.
        """
        self.require_numbers()
        if t <= 0 and not self.is_autonomous:
            raise ProblemError(
                f"t = {t:g}; this modified equation is an expansion for many steps, t > 0 is "
                "needed: start it at the time of a later iterate"
            )
        scale, power = self._step_law
        step = scale * t**power
        found: dict[Tree, float] = {}
        for term, coefficient in zip(self.terms, self._coefficients, strict=True):
            value = coefficient * step**term.step_power / t**term.time_power
            found[term.tree] = found.get(term.tree, 0.0) + value
        return found

    @cached_property
    def _step_law(self) -> tuple[float, float]:
        """Scale c and power e of the step c t^e."""
        scale, power = self.step_size.as_coeff_exponent(TIME)
        return float(scale), float(power)

    @cached_property
    def _coefficients(self) -> list[float]:
        return [float(term.coefficient) for term in self.terms]

    def require_numbers(self) -> None:
        """Refuse an equation with symbols where numbers are needed.

        Raises
        ------
        ProblemError
            With the symbols.
        """
        if self.symbols:
            raise ProblemError(
                f"the modified equation has the symbols {', '.join(map(str, self.symbols))}; "
                "numbers are needed here: make it from a method with numbers for parameters"
            )

    def modified_eigenvalue(self, eigenvalue: Any) -> Expr:
        """Return μ with ``Ż = μZ`` (+ what Z0 adds) on ``G(z) = λz``, a formula of λ and the step.

        Without truncation ``exp(s μ(λ))`` is the stability function of the method.

        Raises
        ------
        ProblemError
            The method treats the players differently: one eigenvalue does not say what it does.

        Examples
        --------
        >>> from saddleode.analysis import modified_equation
        >>> from saddleode.discretize import ProximalPoint
        >>> s, lamda = sympy.symbols("s lambda")
        >>> modified_equation(ProximalPoint(s), 2).modified_eigenvalue(lamda)
        -lambda**3*s**2/3 + lambda**2*s/2 - lambda
        """
        lamda = scalar(eigenvalue, "eigenvalue")
        lengths = ((term, _chain(term.tree)) for term in self.terms)
        parts = (t.scalar(self.step) * lamda**n for t, n in lengths if n is not None)
        return sympy.expand(sum(parts, start=Integer(0)))

    def growth_rate(self, eigenvalue: Any, t: Any = None) -> Any:
        """Rate at which the modified equation makes ``|Z|`` grow on an eigenvalue λ of DG.

        Parameters
        ----------
        eigenvalue : number or SymPy expression
            λ.
        t : number, optional
            The time, for methods with an anchor or fading steps.

        Returns
        -------
        float or sympy.Expr
            Re μ(λ): a float for a floating λ or t, else exact.

        Raises
        ------
        ProblemError
            As for `modified_eigenvalue`.

        Examples
        --------
        >>> from fractions import Fraction
        >>> from saddleode.analysis import modified_equation
        >>> from saddleode.discretize import SimGD
        >>> modified_equation(SimGD(Fraction(1, 10)), 1).growth_rate(sympy.I)
        1/20
        """
        real = {symbol: Dummy(symbol.name, positive=True) for symbol in self.symbols}
        size = self.step_size.xreplace(real)
        mu = self.modified_eigenvalue(eigenvalue).subs(self.step, size).xreplace(real)
        value = sympy.re(sympy.expand_complex(mu if t is None else mu.subs(TIME, t)))
        value = value.xreplace({dummy: symbol for symbol, dummy in real.items()})
        return float(value) if value.is_number and value.has(sympy.Float) else value

    def to_dict(self) -> dict[str, Any]:
        """Return the equation as plain numbers and text, ready for JSON."""
        return {
            "method": repr(self.method),
            "order": self.order,
            "step": str(self.step),
            "step_size": str(self.step_size),
            "autonomous": self.is_autonomous,
            "terms": [term.to_dict() for term in self.terms],
        }

    def to_latex(self) -> str:
        """Return the equation in LaTeX, and what its letters mean."""
        rest = scalar_latex(self.step ** (self.order + 1))
        equation = rf"\dot Z = {sum_latex(self.terms, self.step)} + O\bigl({rest}\bigr)"
        said = meanings_latex(self.terms, self.step, self.step_size)
        return r", \quad ".join([equation, *said])

    def __str__(self) -> str:
        rest = scalar_text(self.step ** (self.order + 1))
        equation = f"Ż = {sum_text(self.terms, self.step)} + O({rest})"
        return "; ".join([equation, *meanings(self.terms, self.step, self.step_size)])

    def __repr__(self) -> str:
        return f"modified_equation({self.method!r}, {self.order})"


def _chain(tau: Tree) -> int | None:
    """Count the values of G in a tree without forks; None for a tree with forks."""
    if tau == ANCHOR:
        return 0
    if tau.colour != "G":
        raise ProblemError(
            "the method treats the players differently, one eigenvalue does not say what it does; "
            "take the vector field on a quadratic problem"
        )
    if len(tau.branches) > 1:
        return None
    below = _chain(tau.branches[0]) if tau.branches else 0
    return None if below is None else 1 + below
