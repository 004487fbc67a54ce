"""Terms of a modified equation, and sums of them as text: Unicode, LaTeX and plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol, factor

from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from .differential_text import differential_latex, differential_text, nested
from .trees import ANCHOR, COLOURS, VELOCITY, Tree, symmetry, vertices

TIME = Symbol("t", positive=True)
"""The time of a modified equation that is not autonomous."""

MEANINGS = {
    "Gx": ("Gx = (∂L/∂x, 0)", r"G_x = (\partial_x L, 0)"),
    "Gu": ("Gu = (0, −∂L/∂u)", r"G_u = (0, -\partial_u L)"),
    ANCHOR.colour: ("e = Z − Z0", "e = Z - Z_0"),
    VELOCITY.colour: ("w = Ż", r"w = \dot Z"),
}
"""What the colours of trees mean, in Unicode and in LaTeX; G needs no word."""


@dataclass(frozen=True)
class SeriesTerm:
    """One term ``c s^a t^{−b} F(τ)`` of a modified equation.

    Attributes
    ----------
    tree : Tree
        The tree τ.
    coefficient : sympy.Expr
        The number c, or a formula of the ratios of the parameters.
    step_power, time_power : int
        The powers a of the step and b of 1/t.
    """

    tree: Tree
    coefficient: Expr
    step_power: int
    time_power: int

    def scalar(self, step: Any, time: Any = TIME) -> Any:
        """Return c s^a t^{−b} for a step and a time."""
        return self.coefficient * step**self.step_power / time**self.time_power

    @property
    def rank(self) -> tuple[Any, ...]:
        """Place in a sum: by powers, then by size, chains before forks."""
        tau = self.tree
        shape = vertices(tau), len(tau.branches), COLOURS.index(tau.colour)
        return self.step_power, self.time_power, *shape, tau

    def to_dict(self) -> dict[str, Any]:
        """Return the term as plain numbers and text.

        With the symmetry σ(τ) the coefficient in the normalisation of Hairer, Lubich, Wanner for
        f = −G is ``b(τ) = (−1)^|τ| σ(τ) c``.
        """
        return {
            "differential": differential_text(self.tree),
            "tree": nested(self.tree),
            "symmetry": symmetry(self.tree),
            "coefficient": str(self.coefficient),
            "step_power": self.step_power,
            "time_power": self.time_power,
        }


def sum_text(terms: Iterable[SeriesTerm], step: Symbol) -> str:
    """Write a sum of terms in Unicode, e.g. ``−G − s/2 DG·G``."""
    return join_terms(_pairs(terms, step, scalar_text, differential_text))


def sum_latex(terms: Iterable[SeriesTerm], step: Symbol) -> str:
    """Write a sum of terms in LaTeX."""
    text = join_terms(_pairs(terms, step, scalar_latex, differential_latex))
    return text.replace("−", "-").replace("  ", " ")


def meanings(terms: Iterable[SeriesTerm], step: Symbol, size: Expr) -> list[str]:
    """Say in Unicode what the letters in a sum mean."""
    lines = [MEANINGS[colour][0] for colour in _colours(terms)]
    return lines if size == step else [*lines, f"{scalar_text(step)} = {scalar_text(size)}"]


def meanings_latex(terms: Iterable[SeriesTerm], step: Symbol, size: Expr) -> list[str]:
    """Say in LaTeX what the letters in a sum mean."""
    lines = [MEANINGS[colour][1] for colour in _colours(terms)]
    return lines if size == step else [*lines, f"{scalar_latex(step)} = {scalar_latex(size)}"]


def _pairs(
    terms: Iterable[SeriesTerm],
    step: Symbol,
    scalar: Callable[[Any], str],
    differential: Callable[[Tree], str],
) -> list[tuple[str, str]]:
    return [(scalar(factor(term.scalar(step))), differential(term.tree)) for term in terms]


def _colours(terms: Iterable[SeriesTerm]) -> list[str]:
    """Colours that occur and need a word, in order."""
    found = {colour for term in terms for colour in _colours_of(term.tree)}
    return [colour for colour in MEANINGS if colour in found]


def _colours_of(tau: Tree) -> Iterator[str]:
    yield tau.colour
    for branch in tau.branches:
        yield from _colours_of(branch)
