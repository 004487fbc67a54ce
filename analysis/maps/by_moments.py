"""Deciding a family of methods under noise, by exact second moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...flows.problems.problem import SaddleProblem
from ..moments import exact_moments
from .layers import SIGNS
from .region_map import Array, Family, Layer, Verdicts

RECORDED = 60
"""Steps, even in log k, from which the fate of a method that changes with k is read."""


def moments_on(
    problem: SaddleProblem, z0: ArrayLike, noise_covariance: ArrayLike, *, iterations: int = 6000
) -> Layer:
    """Decide convergence in mean square under additive noise, by `exact_moments`.

    For schedules, e.g. the powers (p, q) of the rates of SimGD-O in the paper's Figure 2. The
    moments are exact; what becomes of them is read from their course up to `iterations`, so that
    a damping which ends late, as for p + q a little above 1 there, is not seen.

    Parameters
    ----------
    problem : SaddleProblem
        Affine, with a saddle point.
    z0 : array_like, shape (d,)
        The start.
    noise_covariance : float or array_like, shape (d, d)
        Of the noise in one evaluation of G.
    iterations : int
        Steps of the recursion: some 50 µs each.

    Examples
    --------
    >>> from saddleode.analysis import region_map
    >>> from saddleode.discretize import OptimisticSimGD, PowerLaw
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> def powers(p, q):
    ...     return OptimisticSimGD(PowerLaw(1, p), PowerLaw(1, q))
    >>> layers = {"moments": moments_on(xu, [1, 0], 0.1, iterations=2000)}
    >>> region_map(powers, ("p", [0.4, 0.6]), ("q", [0.2, 0.5]), layers).layers["moments"]
    array([[ 1,  1],
           [-1,  0]], dtype=int8)
    """
    steps = np.unique(np.geomspace(1, iterations, RECORDED).round().astype(int)).tolist()

    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        found = (
            exact_moments(
                family(a, b), problem, noise_covariance, steps[-1], z0=z0, record=steps
            ).outcome.kind
            for a, b in zip(x, y, strict=True)
        )
        return np.array([SIGNS[kind] for kind in found], dtype=np.int8)

    return decide
