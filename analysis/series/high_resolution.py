"""High-resolution ODEs: a second-order equation that keeps other terms than a modified equation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol

from ...discretize.method import Method
from ...flows.errors import ProblemError
from .b_series import Terms
from .clock import Clock
from .reading import SeriesReading, require_method, settled_reading
from .series_term import SeriesTerm, meanings, meanings_latex, sum_latex, sum_text
from .trees import VELOCITY


@dataclass(frozen=True, eq=False, repr=False)
class HighResolutionODE:
    """High-resolution ODE of a method, ``ẇ = Σ c s^a F(τ)`` with w = Ż.

    Attributes
    ----------
    method : Method
        The method, its parameters exact.
    terms : tuple of SeriesTerm
        The terms; the powers of the step are −1 and 0.
    step : sympy.Symbol
        The step in the terms.
    step_size : sympy.Expr
        What the step is.
    """

    method: Method
    terms: tuple[SeriesTerm, ...]
    step: Symbol
    step_size: Expr

    def to_dict(self) -> dict[str, Any]:
        """Return the equation as plain numbers and text, ready for JSON."""
        return {
            "method": repr(self.method),
            "step": str(self.step),
            "step_size": str(self.step_size),
            "terms": [term.to_dict() for term in self.terms],
        }

    def to_latex(self) -> str:
        """Return the equation in LaTeX, and what its letters mean."""
        said = meanings_latex(self.terms, self.step, self.step_size)
        return r", \quad ".join([rf"\dot w = {sum_latex(self.terms, self.step)}", *said])

    def __str__(self) -> str:
        said = meanings(self.terms, self.step, self.step_size)
        return "; ".join([f"ẇ = {sum_text(self.terms, self.step)}", *said])

    def __repr__(self) -> str:
        return f"high_resolution_ode({self.method!r})"


def high_resolution_ode(method: Method) -> HighResolutionODE:
    """High-resolution ODE of a method: its step expanded to second order in time.

    ``Z(t+s) − Z(t)`` is written as ``sŻ + (s²/2)Z̈``, and the right-hand side of the method to
    order s², with ``Z(t−s) = Z − sŻ`` for the iterate before. Z̈ stays as it is: nothing is
    put in for it, which is what tells this equation from the modified equation to order 1.

    Source: Chavdarova, Jordan, Zampetakis 2021 (arXiv 2112.13826), for SimGD, extragradient and
    OGDA; the same rule is applied to the other methods here.

    Parameters
    ----------
    method : Method
        A method without anchor, with steps that do not fade.

    Returns
    -------
    HighResolutionODE
        Coefficients by tree, text, LaTeX and JSON.

    Raises
    ------
    ProblemError
        The method has no such series, or an anchor, or fading steps.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from saddleode.discretize import Extragradient
    >>> print(high_resolution_ode(Extragradient(Symbol("s"))))
    ẇ = −2/s G − 2/s w + 2 DG·G; w = Ż
    """
    require_method(method)
    try:
        reading = settled_reading(method, 2, _unknown_velocity)
        step, size = reading.step_symbol()
    except ProblemError as error:
        raise ProblemError(f"{method.title} has no high-resolution ODE: {error}") from error
    if not reading.is_autonomous:
        raise ProblemError(
            f"{method.title} has an anchor or fading steps; high-resolution ODEs are for methods "
            "without, see modified_equation"
        )
    terms = sorted(_terms(reading), key=lambda term: term.rank)
    return HighResolutionODE(reading.method, tuple(terms), step, size)


def _unknown_velocity(step: list[Terms], clock: Clock) -> list[Terms]:
    """Field along which the iterate before is found: w, one step of the clock long."""
    return [{}, {VELOCITY: clock.scalars.take(clock.A, clock.field)}, {}]


def _terms(reading: SeriesReading) -> Iterator[SeriesTerm]:
    """Terms of ``ẇ = (2/s²)(z^{k+1} − z^k − s w)``."""
    clock = reading.clock
    for n, terms in enumerate(reading.step):
        for tau, c in terms.items():
            yield SeriesTerm(tau, clock.unscaled(2 * c, n, 0), n - 2, 0)
    yield SeriesTerm(VELOCITY, Integer(-2), -1, 0)
