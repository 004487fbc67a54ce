"""Constants of a stochastic oracle by sampling, where none are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..recording import whole
from .stochastic import AnyOracle, OracleConstants, is_stochastic, sampler

Array = NDArray[np.float64]


def estimate_constants(
    oracle: AnyOracle, problem: SaddleProblem, points: ArrayLike, *, samples: int = 1000, seed: int
) -> OracleConstants:
    """Estimate R1 and R2 of a stochastic oracle on some points, see `OracleConstants`.

    With means m and variances v of the samples ``E‖g(z₁;ω₁) − g(z₂;ω₂)‖² = ‖m₁ − m₂‖² + v₁ + v₂``.
    R1 is the least that, beside R2² = 2 max v, suffices for pairs of points that are farther apart
    than the median; R2 is then the least that suffices for all pairs. They hold on these points, to
    the error of sampling, and promise nothing elsewhere: oracles whose variance grows with ‖z‖ have
    no constants on the whole space, only on bounded sets.

    Parameters
    ----------
    oracle : StochasticOracle or callable
        As for `iterate`; one that draws.
    problem : SaddleProblem
        The problem.
    points : array_like, shape (N, d), N ≥ 2
        Points, e.g. iterates of a run.
    samples : int, > 1
        Samples at each point.
    seed : int, ≥ 0
        Seed of the samples.

    Raises
    ------
    ProblemError
        An argument does not fit.

    Examples
    --------
    >>> from saddleode.discretize import GaussianNoise
    >>> xu, points = SaddleProblem("x*u", "x", "u"), [[1, 2], [-1, 0], [3, 1], [0, 4]]
    >>> found = estimate_constants(GaussianNoise(0.25), xu, points, samples=4000, seed=1)
    >>> round(found.R1, 1), round(found.R2, 1)
    (1.0, 1.0)
    """
    z: Array = problem.check_point(points, "points")
    if z.ndim != 2 or len(z) < 2 or whole("samples", samples) < 2:
        raise ProblemError(
            f"points have shape {z.shape}, samples = {samples}; at least two of each are needed"
        )
    if not is_stochastic(oracle):
        raise ProblemError("the oracle draws nothing: its R2 is 0 and its R1 that of its values")
    means, variances = _moments(oracle, problem, z, samples, np.random.default_rng(seed))
    apart = _squares(z[:, None] - z)
    difference = _squares(means[:, None] - means) + variances[:, None] + variances
    far = apart > np.median(apart[apart > 0])
    excess = difference[far] - 2 * variances.max()
    slope = max(float(np.max(excess / apart[far], initial=0.0)), 0.0)
    R2 = float(np.sqrt(max(float(np.max(difference - slope * apart)), 0.0)))
    reason = f"estimated from {samples} samples at each of {len(z)} points; they hold there"
    return OracleConstants(float(np.sqrt(slope)), R2, reason)


def _moments(
    oracle: Any, problem: SaddleProblem, z: Array, samples: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Mean (N, d) and total variance (N,) of samples at each point."""
    draw = sampler(problem, oracle)
    drawn = np.array([draw(np.tile(point, (samples, 1)), rng) for point in z], dtype=np.float64)
    return drawn.mean(axis=1), drawn.var(axis=1, ddof=1).sum(axis=-1)


def _squares(v: Array) -> Array:
    return np.asarray(np.sum(v * v, axis=-1))
