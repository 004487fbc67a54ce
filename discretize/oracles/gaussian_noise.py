"""Additive Gaussian noise: the oracle of the paper's experiments on bilinear problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from .stochastic import OracleConstants, additive_constants

Array = NDArray[np.float64]

SLACK = 1e-12
"""Rounding allowed in a covariance, relative to its largest entry."""


@dataclass(frozen=True, eq=False)
class GaussianNoise:
    """Additive Gaussian noise: ``g(z; ω) = G(z) + ξ``, ξ ~ N(0, Σ).

    A full Σ costs one product with its root a sample. What a path draws then depends on how many
    run beside it by rounding; with a scalar or a diagonal not at all.

    Source: Ryu, Yuan, Yin 2019, Section 3, Figure 2.

    Parameters
    ----------
    covariance : array_like
        Σ: its multiple σ² of the identity (a number), its diagonal, shape (d,), or all of it,
        shape (d, d).

    Raises
    ------
    ProblemError
        Σ is not symmetric and positive semidefinite, or has another shape.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD, iterate
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> run = iterate(SimGD(0.1), xu, [1, 0], 50, oracle=GaussianNoise(0.01), paths=3, seed=1)
    >>> run.z.shape, run.seed
    ((3, 51, 2), 1)
    """

    covariance: Any

    def __post_init__(self) -> None:
        try:
            sigma = np.asarray(self.covariance, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ProblemError(f"covariance must be an array of real numbers; {error}") from None
        square = sigma.ndim < 2 or (sigma.ndim == 2 and sigma.shape[0] == sigma.shape[1])
        if not square or sigma.size == 0 or not np.isfinite(sigma).all():
            raise ProblemError(
                f"covariance has shape {sigma.shape}; finite numbers are needed: one, d of them, "
                "or a square matrix"
            )
        slack = SLACK * float(np.abs(sigma).max())
        least = np.linalg.eigvalsh(sigma)[0] if sigma.ndim == 2 else sigma.min()
        if (sigma.ndim == 2 and np.abs(sigma - sigma.T).max() > slack) or least < -slack:
            raise ProblemError("covariance is not symmetric and positive semidefinite; make it so")

    def sample(self, G: Callable[[Array], Array], z: Array, rng: np.random.Generator) -> Array:
        """Return G(z) + ξ with a new ξ for each point."""
        noise = self._noise(z.shape, rng)
        noise += G(z)
        return noise

    def resolvent(
        self,
        J: Callable[[Array, float], Array],
        z: Array,
        step: float,
        rng: np.random.Generator,
    ) -> Array:
        """Return J_s(z − sξ), which solves w + s(G(w) + ξ) = z, with a new ξ for each point."""
        return J(z - step * self._noise(z.shape, rng), step)

    def _noise(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        noise, root = rng.standard_normal(shape), self._root
        if root.ndim == 2:
            return noise @ root.T
        noise *= root
        return noise

    def check(self, problem: SaddleProblem) -> None:
        """Raise ProblemError if the noise has another dimension than `problem`."""
        shape = np.shape(self.covariance)
        if shape and shape[-1] != problem.d:
            raise ProblemError(f"covariance has shape {shape}, but points have {problem.d} numbers")

    def constants(self, problem: SaddleProblem) -> OracleConstants:
        """Return R1 = ‖M‖ on affine problems, and R2 = √(2 tr Σ): the least possible.

        Examples
        --------
        >>> from saddleode.flows import SaddleProblem
        >>> known = GaussianNoise(0.25).constants(SaddleProblem("3*x*u", "x", "u"))
        >>> known.R1, known.R2
        (3.0, 1.0)
        """
        self.check(problem)
        sigma = np.asarray(self.covariance, dtype=np.float64)
        trace = np.trace(sigma) if sigma.ndim == 2 else np.sum(sigma * np.ones(problem.d))
        return additive_constants(problem, float(trace))

    @cached_property
    def _root(self) -> Array:
        """A root of Σ: a number, a diagonal, or S with S Sᵀ = Σ."""
        sigma = np.asarray(self.covariance, dtype=np.float64)
        if sigma.ndim < 2:
            return np.asarray(np.sqrt(np.maximum(sigma, 0.0)))
        values, vectors = np.linalg.eigh(sigma)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
