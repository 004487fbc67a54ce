"""Shadowing: the trajectory of the flow that is closest to the iterates of a method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.integration import integrate
from ...flows.problems.problem import SaddleProblem

Array = NDArray[np.float64]

MOST_VARIABLES = 20
"""Number of variables up to which the start of the shadow is searched."""

LOOKS = 201
"""Times at which the shadow is fitted."""


@dataclass(frozen=True, eq=False)
class Shadow:
    """The trajectory of the flow that shadows a run of a method.

    Attributes
    ----------
    start : ndarray, shape (d,)
        Its point at the first time.
    error : float
        Largest ‖z^k − Z(t_k)‖ at the times of the fit.
    """

    start: Array
    error: float


def shadow(
    flow: Flow, problem: SaddleProblem, t: Array, z: Array, anchor: Array, **options: Any
) -> Shadow | None:
    """Trajectory of the flow closest to points at given times, in the mean square.

    Only the start varies; the anchor of an anchored flow stays. The start is found by least
    squares from the first point: on affine problems, where trajectories depend on it affinely, in
    one step.

    Parameters
    ----------
    flow, problem
        The flow.
    t : ndarray, shape (K,)
        Increasing times.
    z : ndarray, shape (K, d)
        The points.
    anchor : ndarray, shape (d,)
        Anchor of the flow.
    **options
        Tolerances, as for `integrate`.

    Returns
    -------
    Shadow or None
        None if a point is not finite, there are too many variables, trajectories end early, or
        the flow must start from its anchor (at its pole t = 0).
    """
    if not np.isfinite(z).all() or problem.d > MOST_VARIABLES or len(t) < 2:
        return None
    chosen = np.unique(np.linspace(0, len(t) - 1, LOOKS).astype(int))
    times, points = t[chosen], z[chosen]

    def gaps(start: Array) -> Array:
        span = times[0], times[-1]
        run = integrate(flow, problem, start, span, t_eval=times, anchor=anchor, **options)
        if not run.success:
            raise ProblemError(run.message)
        return np.asarray((run.z - points).ravel())

    try:
        found = least_squares(gaps, z[0], x_scale="jac")
        errors = np.linalg.norm(gaps(found.x).reshape(points.shape), axis=-1)
    except ProblemError:
        return None
    return Shadow(np.asarray(found.x), float(errors.max()))
