"""Alternating gradient descent-ascent: the second player sees the move of the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..method import State
from ..operators import BlockOperator, Operator, backward, by_players
from ..schedules import at
from .gradient_steps import GradientSteps


@dataclass(frozen=True)
class AlternatingGDA(GradientSteps):
    """Alternating gradient descent-ascent (AltGDA).

    ``x^{k+1} = x^k − α ∂_x L(x^k, u^k)``, ``u^{k+1} = u^k + α ∂_u L(x^{k+1}, u^k)``. On ``σxu`` it
    stays bounded for ασ < 2 and never converges; on ``(μ/2)x² + σxu − (μ/2)u²`` it converges when
    ``α < 2/(μ+σ)`` (both derived in this project). It uses G by players, so its linear reading is
    `state_matrix`, on the blocks of the matrix of G; one eigenvalue of G is not enough. A player
    with a set is projected, one with a term makes a proximal step, right after the move.

    Source: the Gauss–Seidel form of Arrow, Hurwicz, Uzawa 1958; Bailey, Gidel, Piliouras 2020.

    Parameters
    ----------
    alpha : real number, SymPy expression, or function of k with such values, > 0
        Learning rate α, or the schedule α_k.

    Raises
    ------
    ProblemError
        α is outside its range, or G does not come by players.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> iterate(AlternatingGDA(1), SaddleProblem("x*u", "x", "u"), [1, 2], 1).z.tolist()
    [[1.0, 2.0], [-1.0, 1.0]]
    """

    name: ClassVar[str] = "alternating-gda"
    title: ClassVar[str] = "alternating gradient descent-ascent"
    formula: ClassVar[str] = (
        r"x^{k+1} = x^k - \alpha \partial_x L(x^k, u^k), \quad"
        r" u^{k+1} = u^k + \alpha \partial_u L(x^{k+1}, u^k)"
    )
    source: ClassVar[str] = "Arrow, Hurwicz, Uzawa 1958; Bailey, Gidel, Piliouras 2020"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.25}
    needs: ClassVar[Any] = BlockOperator

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1},) from (z^k,)."""
        (z,) = state
        blocks, alpha = by_players(G, self), at(self.alpha, k)
        moved = backward(G, z - alpha * blocks.primal(z), (alpha, 0))
        return (backward(G, moved - alpha * blocks.dual(moved), (0, alpha)),)
