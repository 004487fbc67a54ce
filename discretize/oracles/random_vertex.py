"""Random subgradients: at a kink, the slope on one of its sides, drawn anew each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..splitting import Splitting, splitting
from .stochastic import OracleConstants

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RandomVertex:
    """Random vertex of the subdifferential: at a kink of L, the slopes of one of its sides.

    Where pieces of a maximum in L are equally high one of them is drawn, each with the same
    probability and independently of other maxima; for |x| at 0 the slope is −1 or 1. Away from
    kinks G is exact. Without this oracle methods take the element of least norm.

    Examples
    --------
    >>> from saddleode.discretize import SimGD, iterate
    >>> problem = SaddleProblem("abs(x) + x*u", "x", "u")
    >>> run = iterate(SimGD(1), problem, [0, 0], 1, oracle=RandomVertex(), paths=9, seed=2)
    >>> sorted(set(run.z[:, -1, 0].tolist()))
    [-1.0, 1.0]
    """

    def sample(self, G: Callable[[Array], Array], z: Array, rng: np.random.Generator) -> Array:
        """Return a vertex for each point."""
        if not isinstance(G, Splitting):
            raise ProblemError("RandomVertex draws among pieces of L; run it on a problem")
        return G.vertex(z, rng)

    def check(self, problem: SaddleProblem) -> None:
        """Raise ProblemError if L has no kinks."""
        split = splitting(problem)
        if split is None or not len(split.operator.selections.groups):
            raise ProblemError(
                "RandomVertex needs kinks in L, such as abs(x); for a differentiable L leave the "
                "oracle out"
            )

    def constants(self, problem: SaddleProblem) -> OracleConstants:
        """Return no constants: they depend on how L bends and by how much slopes jump."""
        self.check(problem)
        reason = "not known for L with kinks; estimate_constants measures them"
        return OracleConstants(None, None, reason)
