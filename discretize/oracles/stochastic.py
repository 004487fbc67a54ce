"""What a stochastic oracle is: a sample of G at a point, and the constants of that sampling."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...flows.problems.problem import SaddleProblem
from ..splitting import forward, forward_lipschitz

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OracleConstants:
    """Constants of a stochastic oracle: ``E‖g(z₁;ω₁) − g(z₂;ω₂)‖² ≤ R1²‖z₁ − z₂‖² + R2²``.

    For independent ω₁ and ω₂, all z₁ and z₂: the assumption of Theorems 1 and 4 (Ryu, Yuan, Yin
    2019). Those of ``oracle.constants`` are exact, those of `estimate_constants` are estimates.

    Attributes
    ----------
    R1, R2 : float or None
        The constants; None when there is none, or none is known.
    reason : str
        Why, in one line.
    """

    R1: float | None
    R2: float | None
    reason: str


@runtime_checkable
class StochasticOracle(Protocol):
    """Stochastic oracle of a problem: samples g(z; ω) with ``E g(z; ω) ∈ G(z)``.

    Each evaluation is one new sample, independent of all others and of the other paths; a method
    that keeps a value, as SimGD-O does, keeps the sample.
    """

    def sample(self, G: Callable[[Array], Array], z: Array, rng: np.random.Generator) -> ArrayLike:
        """Return samples of `G` at `z`, one for each point, (..., d) -> (..., d)."""

    def check(self, problem: SaddleProblem) -> None:
        """Raise ProblemError if this is no oracle of `problem`."""

    def constants(self, problem: SaddleProblem) -> OracleConstants:
        """Return R1 and R2 on `problem`."""


@runtime_checkable
class ImplicitOracle(StochasticOracle, Protocol):
    """Stochastic oracle that can be stepped on implicitly, for methods that need resolvents."""

    def resolvent(
        self,
        J: Callable[[Array, float], Array],
        z: Array,
        step: float,
        rng: np.random.Generator,
    ) -> ArrayLike:
        """Return w with ``w + s g(w; ω) = z`` for s = `step`, where J is the resolvent of G.

        One sample ω for each point, (..., d) -> (..., d).
        """


AnyOracle = StochasticOracle | Callable[..., ArrayLike]
"""What `iterate` takes for an oracle: an object, ``oracle(z)``, or ``oracle(z, rng)``."""


def additive_constants(problem: SaddleProblem, trace: float) -> OracleConstants:
    """Constants of ``G(z) + ξ`` for noise ξ of mean 0 and ``E‖ξ‖² = trace``: ‖M‖ and √(2 trace).

    ``E‖g(z₁;ω₁) − g(z₂;ω₂)‖² = ‖G(z₁) − G(z₂)‖² + 2 E‖ξ‖²``, so that both are the least possible.
    """
    R2 = float(np.sqrt(2 * trace))
    R1 = forward_lipschitz(problem)
    if R1 is None:
        reason = "R1 is the Lipschitz constant of G, known for affine problems only; R2 = √(2E‖ξ‖²)"
        return OracleConstants(None, R2, reason)
    reason = "exact: R1 = ‖M‖, the Lipschitz constant of G, and R2 = √(2E‖ξ‖²)"
    return OracleConstants(R1, R2, reason)


def takes_generator(function: Callable[..., Any]) -> bool:
    """Whether a function is ``oracle(z, rng)``: needs a second argument, or calls one ``rng``.

    Examples
    --------
    >>> takes_generator(lambda z, rng: z), takes_generator(lambda z, scale=2: scale * z)
    (True, False)
    """
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # compiled functions tell nothing
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p for p in given if p.kind in positional and p.default is inspect.Parameter.empty]
    return len(needed) == 2 or any(p.name == "rng" for p in given)


def is_stochastic(oracle: AnyOracle | None) -> bool:
    """Whether an oracle draws from the generator of the run."""
    if oracle is None:
        return False
    return isinstance(oracle, StochasticOracle) or takes_generator(oracle)


def sampler(
    problem: SaddleProblem, oracle: AnyOracle
) -> Callable[[Array, np.random.Generator], ArrayLike]:
    """Return a stochastic oracle of `problem` as ``oracle(z, rng)``.

    On a set-valued problem the samples are those of the part of L, see `Splitting`.
    """
    if isinstance(oracle, StochasticOracle):
        return partial(oracle.sample, forward(problem))
    return oracle
