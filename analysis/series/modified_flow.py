"""The modified equation of a method as a flow that can be integrated on any smooth problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ...flows.problems.points import Array
from ...flows.problems.problem import SaddleProblem
from .differentials import NumericalDifferentials, elementary_differential
from .equation import ModifiedEquation
from .trees import ANCHOR, Tree


@dataclass(frozen=True, eq=False)
class ModifiedForm:
    """Modified field of a problem: ``Ż = Σ c(t) F(τ)(Z)``, with the state Z itself.

    Parameters
    ----------
    flow : ModifiedFlow
        The flow.
    problem : SaddleProblem
        The problem; smooth, and with a formula if second derivatives of G occur.
    anchor : ndarray, shape (N, d)
        The anchors Z0.

    Raises
    ------
    ProblemError
        G is not smooth, or has no formula where one is needed.
    """

    flow: ModifiedFlow
    problem: SaddleProblem
    anchor: Array
    differentials: NumericalDifferentials = field(init=False)

    def __post_init__(self) -> None:
        trees = (term.tree for term in self.flow.equation.terms)
        most = max(map(_forks, trees), default=0)
        object.__setattr__(self, "differentials", NumericalDifferentials(self.problem, most))

    def state(self, z: Array) -> Array:
        """Return `z` itself."""
        return z

    def point(self, state: Array) -> Array:
        """Return Z, the state itself."""
        return state

    def rate(self, t: float, state: Array) -> Array:
        """Return Ż, of the shape of `state`."""
        derivative = self.differentials.at(state)
        known: dict[Tree, Any] = {ANCHOR: state - self.anchor}
        found = np.zeros(state.shape)
        for tau, factor in self.flow.equation(t).items():
            found += factor * elementary_differential(tau, derivative, known)
        return found


@dataclass(frozen=True)
class ModifiedFlow:
    """Modified flow of a method: its truncated modified equation as a flow.

    ``Ż = Σ c s^a t^{−b} F(τ)(Z)``; the iterates of the method follow it up to
    ``O(s^{order+1})``. One for steps at times t_k of the method (`Method.time`); with an anchor
    it starts at a time t > 0.

    Parameters
    ----------
    equation : ModifiedEquation
        The equation, with numbers for parameters.

    Raises
    ------
    ProblemError
        The equation has symbols.

    Examples
    --------
    >>> from saddleode.analysis import modified_equation
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import SaddleProblem, integrate
    >>> flow = ModifiedFlow(modified_equation(SimGD(0.1), 4))
    >>> run = integrate(flow, SaddleProblem("x*u", "x", "u"), [1, 0], (0, 1), t_eval=[1])
    >>> round(float(np.linalg.norm(run.z)), 4), round(1.01**5, 4)  # flow and ten steps
    (1.051, 1.051)
    """

    equation: ModifiedEquation

    name: ClassVar[str] = "modified"
    title: ClassVar[str] = "modified flow"
    formula: ClassVar[str] = r"\dot Z = \sum_\tau c_\tau(t) F(\tau)(Z)"
    example: ClassVar[Mapping[str, Any]] = {}
    form: ClassVar[type] = ModifiedForm

    def __post_init__(self) -> None:
        self.equation.require_numbers()

    @property
    def time_scale(self) -> int:
        """Speed of the clock: 1."""
        return 1

    def velocity(self, t: Any, z: Any, anchor: Any, g: Any, g_dot: Any) -> Any:
        """Return the part of Ż that is linear in G(Z) and Z − Z0; `form` has all of it."""
        factors = self.equation(t)
        return factors.get(Tree("G"), 0) * g + factors.get(ANCHOR, 0) * (z - anchor)


def _forks(tau: Tree) -> int:
    """Largest number of branches of a vertex."""
    return max([len(tau.branches), *map(_forks, tau.branches)])
