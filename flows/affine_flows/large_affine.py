"""Closed forms at scale: flows of affine problems whose matrix is known by its products alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.linalg import LinearOperator

from ..errors import IntegrationError, ProblemError
from ..flow import Flow, Rates, numerical, rates
from ..problems.points import Array, check_point
from ..problems.problem import SaddleProblem
from .general_flow import GeneralFlow
from .long_vectors import CountedMatrix
from .outcome import Solver
from .skew_flow import SkewFlow
from .skew_norm import is_skew, row_sum_bound, skew_norm_bound

DIRECT_TERMS = 4096  # products, besides 2αt‖M‖, up to which a series in M beats inner solves


@dataclass(frozen=True, eq=False)
class LargeAffineSolution:
    """Solution of a flow of a large affine problem, with an estimate of its error.

    Attributes
    ----------
    z : ndarray, shape (T, d) or (N, T, d)
        Z at the output times.
    error_estimate : ndarray, shape (T,) or (N, T)
        Euclidean norm of the error, from above: for monotone G the truncation bound is rigorous
        as far as ‖M‖ (skew M) or the residual between its samples (other M) is known; rounding
        is estimated.
    applications : int
        Products with M, all included.
    method, reason : str
        What was done, and why.
    """

    z: Array
    error_estimate: Array
    applications: int
    method: str
    reason: str


def large_affine_solution(
    flow: Flow,
    problem: SaddleProblem,
    z0: ArrayLike,
    t: ArrayLike,
    *,
    rtol: float,
    atol: float,
    anchor: ArrayLike | None = None,
) -> LargeAffineSolution:
    """Solution of a flow of a large affine problem G(z) = Mz + q, from t = 0.

    ``Z(t) = Z0 − t k(−tN) w`` with ``k(z) = ₁F₁(1; γ+2; z)/(γ+1)``, ``N = α(I+βM)⁻¹M`` and
    ``w = α(I+βM)⁻¹G(Z0)``, also where M is singular or G has no zero. No function of a matrix
    is formed. Skew M (bilinear games): one Chebyshev series in M for all times, about t‖M‖ + 60
    products. Other M: Krylov bases, afresh from time to time along the way; if β‖M‖ is too
    large for polynomials in M, bases of N with inner solves. Memory: the output, and about 20
    vectors of length d (skew M) or 140 (other M).

    Parameters
    ----------
    flow : Flow
        Gradient, optimistic or anchored flow, with numbers for parameters.
    problem : SaddleProblem
        Affine; its matrix in any storage.
    z0 : array_like, shape (d,) or (N, d)
        Start, or N starts (one after the other).
    t : array_like, shape (T,)
        Increasing output times ≥ 0; 0 is allowed.
    rtol, atol : float
        The Euclidean norm of the error stays below atol + rtol ‖Z0‖.
    anchor : array_like, optional
        If given to a flow with an anchor, it must be `z0`: from another anchor no solution
        leaves t = 0.

    Raises
    ------
    ProblemError
        The problem is not affine, the flow is not one of the three, or an argument is wrong.
    IntegrationError
        The tolerance cannot be reached; carries the estimate that was.

    Notes
    -----
    The formula for the anchored flow and the error bounds are derived in this project.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> game = SaddleProblem.bilinear([[1.0]])
    >>> large = large_affine_solution(
    ...     AnchoredFlow(1), game, [1.0, 0.0], [2 * np.pi], rtol=1e-10, atol=0.0
    ... )
    >>> bool(np.linalg.norm(large.z[0]) <= large.error_estimate[0] < 1e-10)  # Z(2π) = 0
    True
    """
    rates_ = _rates(flow)
    _check(problem, rtol, atol)
    start, times = check_point(z0, problem.d), _times(t)
    if rates_.gamma and anchor is not None:
        _check_anchor(check_point(anchor, problem.d, "anchor"), start)
    matrix = CountedMatrix(problem.matrix, lambda v: problem.jvp(v, v))
    solver = _solver(matrix, problem, rates_, float(times[-1]))
    members = np.atleast_2d(start)
    z = np.empty((len(members), len(times), problem.d))
    errors = np.empty(z.shape[:2])
    for i, member in enumerate(members):
        tolerance = atol + rtol * float(np.linalg.norm(member))
        errors[i], method, reason = solver.solve(member, times, z[i], tolerance)
        _check_errors(errors[i], tolerance)
    shape = start.shape[:-1] + times.shape
    return LargeAffineSolution(
        z=z.reshape(*shape, problem.d),
        error_estimate=errors.reshape(shape),
        applications=matrix.applications,
        method=method,
        reason=reason,
    )


def _solver(matrix: CountedMatrix, problem: SaddleProblem, rates_: Rates, end: float) -> Solver:
    """Choose by the symmetry of M and by the number of products to expect."""
    q = np.asarray(problem.offset)
    if not is_skew(problem):
        return GeneralFlow(matrix, q, rates_, "M is not known to be skew")
    radius = skew_norm_bound(matrix, problem.d) or 1.0
    explicit = not isinstance(problem.matrix, LinearOperator)
    if explicit:
        radius = min(radius, row_sum_bound(problem.matrix))
    flow = SkewFlow(matrix, lambda z: matrix(z) + q, rates_, radius)
    most = DIRECT_TERMS + int(2.0 * rates_.alpha * radius * end)
    if rates_.beta and explicit and not flow.resolves(end, most):
        return GeneralFlow(matrix, q, rates_, "a Chebyshev series would be too long")
    return flow


def _rates(flow: Flow) -> Rates:
    alpha, beta, gamma = (float(rate) for rate in rates(numerical(flow)))
    if beta and gamma:
        raise ProblemError(
            f"the {flow.name} flow has optimism and an anchor at once; use integrate"
        )
    return Rates(alpha, beta, gamma)


def _times(t: ArrayLike) -> Array:
    times = np.asarray(t, dtype=np.float64)
    if times.ndim != 1 or not times.size or not np.all(np.isfinite(times)):
        raise ProblemError(f"t has shape {times.shape}; needed: a row of finite times")
    if times[0] < 0.0 or np.any(np.diff(times) < 0.0):
        raise ProblemError("t must be increasing and start at 0 or later")
    return times


def _check(problem: SaddleProblem, rtol: float, atol: float) -> None:
    if not problem.is_affine:
        raise ProblemError("the problem is not affine: there is no closed form; use integrate")
    if not (0.0 <= rtol < np.inf and 0.0 <= atol < np.inf and rtol + atol > 0.0):
        raise ProblemError(f"rtol = {rtol}, atol = {atol}; needed: numbers >= 0, one of them > 0")


def _check_anchor(anchor: Array, start: Array) -> None:
    if anchor.shape not in (start.shape, start.shape[-1:]) or np.any(anchor != start):
        raise ProblemError("anchor differs from z0; at t = 0 an anchored flow leaves its anchor")


def _check_errors(errors: Array, tolerance: float) -> None:
    if not np.all(errors <= tolerance):
        raise IntegrationError(
            f"error estimate {np.max(errors):.2g} (rounding included) is above the tolerance "
            f"{tolerance:.2g} = atol + rtol |Z0|; take a looser one or a shorter time"
        )
