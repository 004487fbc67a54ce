"""Multiplicative noise: an oracle that is exact at the saddle points and worse far away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.parameter_range import require_nonnegative
from ...flows.problems.problem import SaddleProblem
from ..splitting import forward_lipschitz
from .stochastic import OracleConstants

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MultiplicativeNoise:
    """Multiplicative noise: ``g(z; ω) = (1 + σξ) G(z)``, ξ ~ N(0, 1), one ξ for each sample.

    Parameters
    ----------
    scale : real number, ≥ 0
        Standard deviation σ of the factor.

    Raises
    ------
    ProblemError
        The scale is outside its range.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD, iterate
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> run = iterate(SimGD(0.1), xu, [0, 0], 50, oracle=MultiplicativeNoise(2), seed=1)
    >>> run.z[-1].tolist()  # a saddle point stays where it is
    [0.0, 0.0]
    """

    scale: Any

    def __post_init__(self) -> None:
        require_nonnegative("scale", self.scale)
        try:
            float(self.scale)
        except TypeError:
            raise ProblemError(f"scale = {self.scale} is a symbol; a number is needed") from None

    def sample(self, G: Callable[[Array], Array], z: Array, rng: np.random.Generator) -> Array:
        """Return (1 + σξ) G(z) with a new ξ for each point."""
        return (1 + float(self.scale) * rng.standard_normal((*z.shape[:-1], 1))) * G(z)

    def check(self, problem: SaddleProblem) -> None:
        """Accept every problem."""

    def constants(self, problem: SaddleProblem) -> OracleConstants:
        """Return no constants unless σ = 0: with z₁ = z₂ = z the difference has 2σ²‖G(z)‖²."""
        if self.scale == 0:
            return OracleConstants(
                forward_lipschitz(problem), 0.0, "no noise: R1 is the Lipschitz constant of G"
            )
        reason = "none: the variance σ²‖G(z)‖² is not bounded; it is where ‖G‖ is"
        return OracleConstants(None, None, reason)
