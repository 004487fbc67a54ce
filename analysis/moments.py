"""Exact moments: mean and covariance of a linear method on an affine problem with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from ..discretize.method import Method, numerical, parameters
from ..flows.problems.problem import SaddleProblem
from .comparing.outcome import Outcome
from .comparing.tail import measured
from .moment_inputs import checked_covariance, checked_record, checked_start, dense_matrix
from .readings.linear import LinearMap, linear_start, linear_step

Array = NDArray[np.float64]

BORDER = 1e-9
"""Distance of a spectral radius from 1 within which it decides nothing."""


@dataclass(frozen=True, eq=False)
class ExactMoments:
    """Mean and covariance of the iterates of a method, step by step.

    Attributes
    ----------
    method : Method
        The method.
    problem : SaddleProblem
        The affine problem.
    saddle : ndarray, shape (d,)
        The saddle point z* nearest to z^0.
    k : ndarray of int, shape (K,)
        Recorded steps.
    mean : ndarray, shape (K, d)
        E z^k.
    covariance : ndarray, shape (K, d, d)
        Covariance of z^k; like the mean not finite once they have overflown.
    outcome : Outcome
        Whether E‖z^k − z*‖² tends to 0, by the spectral radius ρ of the state matrix when that is
        the same at every step (the second moments contract by ρ²), else by its measured slope.
    limit : float or None
        Limit of E‖z^k − z*‖² when it is known: 0, a number, or ∞.
    """

    method: Method
    problem: SaddleProblem
    saddle: Array
    k: NDArray[np.int64]
    mean: Array
    covariance: Array
    outcome: Outcome
    limit: float | None

    @property
    def second_moment(self) -> Array:
        """E‖z^k − z*‖² = ‖E z^k − z*‖² + tr Cov z^k, shape (K,)."""
        return _second_moment(self.mean - self.saddle, self.covariance)

    @property
    def operator_moment(self) -> Array:
        """E‖G(z^k)‖², shape (K,)."""
        M = dense_matrix(self.problem)
        with np.errstate(all="ignore"):
            bias = np.sum(self.problem.operator(self.mean) ** 2, axis=-1)
            return _overflown(bias + np.einsum("ij,kjl,il->k", M, self.covariance, M))


def exact_moments(
    method: Method,
    problem: SaddleProblem,
    noise_covariance: ArrayLike,
    iterations: int,
    *,
    z0: ArrayLike,
    record: Sequence[int] | None = None,
) -> ExactMoments:
    """Exact moments of a method with additive noise: E z^k and Cov z^k without any sampling.

    Each evaluation of G is answered by ``Mz + q + ξ`` with its own ξ, of mean 0 and the given
    covariance, independent of all others. A method that is linear in its state then has
    ``s_{k+1} = A_k s_k + B_k ξ_k`` for its state, which is iterated for mean and covariance:
    ``E s ← A E s``, ``C ← A C Aᵀ + B (I ⊗ Σ) Bᵀ``. Nothing but the first two moments of ξ is
    used. An implicit step is ``z⁺ = z − s(G(z⁺) + ξ)``.

    Parameters
    ----------
    method : Method
        Method with numbers or schedules for parameters; it may change with k.
    problem : SaddleProblem
        Affine problem with a saddle point.
    noise_covariance : float or array_like, shape (d, d)
        Covariance Σ of the noise in one evaluation; a number stands for its multiple of I.
    iterations : int, > 0
        Number of steps.
    z0 : array_like, shape (d,)
        The start, which is not random.
    record : sequence of int, optional
        Which k to keep, increasing; every one by default.

    Returns
    -------
    ExactMoments
        Mean, covariance, and whether the method converges in mean square.

    Raises
    ------
    ProblemError
        The problem is not affine or has no saddle point, the method works coordinate by
        coordinate, or an argument does not fit.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD
    >>> problem = SaddleProblem("x**2/2 - u**2/2", "x", "u")
    >>> moments = exact_moments(SimGD(0.5), problem, 0.1, 2, z0=[1, 0])
    >>> moments.second_moment.tolist()  # m ← m/4 + 2·(1/4)·0.1
    [1.0, 0.3, 0.125]
    >>> print(moments.outcome)
    cycles: E‖z − z*‖² tends to 0.0667, by ρ² = 0.25 a step
    """
    floating, start = numerical(method), checked_start(problem, z0)
    M, sigma = dense_matrix(problem), checked_covariance(problem, noise_covariance)
    kept = checked_record(iterations, record)
    first = linear_start(floating, M, problem.n)
    slots = len(first.state) // problem.d
    read: Callable[[int], LinearMap] = partial(linear_step, floating, M, problem.n, slots=slots)
    fixed = read(0) if _is_stationary(floating, read) else None
    saddle = problem.nearest_saddle(start)
    step = read if fixed is None else lambda k: fixed
    error, covariance = _moments(first, step, start - saddle, sigma, kept)
    outcome, limit = _fate(fixed, M, sigma, np.array(kept), _second_moment(error, covariance))
    return ExactMoments(
        method=method,
        problem=problem,
        saddle=saddle,
        k=np.array(kept, dtype=np.int64),
        mean=error + saddle,
        covariance=covariance,
        outcome=outcome,
        limit=limit,
    )


def _moments(
    first: LinearMap,
    step: Callable[[int], LinearMap],
    error: Array,
    sigma: Array,
    kept: Sequence[int],
) -> tuple[Array, Array]:
    """Mean and covariance of z^k − z* for each k of `kept`."""
    d = len(error)
    mean, C = first.state @ error, _added(first.noise, sigma)
    means, covariances = np.empty((len(kept), d)), np.empty((len(kept), d, d))
    row = 0
    for k in range(kept[-1] + 1):
        if k == kept[row]:
            means[row], covariances[row] = mean[:d], C[:d, :d]
            row += 1
        if k < kept[-1]:
            A, B = step(k)
            with np.errstate(all="ignore"):
                mean, C = A @ mean, A @ C @ A.T + _added(B, sigma)
    return means, covariances


def _added(B: Array, sigma: Array) -> Array:
    """B (I ⊗ Σ) Bᵀ: what fresh samples add to the covariance of the state."""
    samples = B.shape[1] // len(sigma)
    return np.asarray(B @ np.kron(np.eye(samples), sigma) @ B.T)


def _second_moment(error: Array, covariance: Array) -> Array:
    with np.errstate(all="ignore"):
        spread = np.trace(covariance, axis1=-2, axis2=-1)
        return _overflown(np.sum(error**2, axis=-1) + spread)


def _overflown(moments: Array) -> Array:
    """Undefined moments as infinite: they are differences of overflows."""
    return np.where(np.isnan(moments), np.inf, moments)


def _fate(
    fixed: LinearMap | None, M: Array, sigma: Array, k: NDArray[np.int64], second: Array
) -> tuple[Outcome, float | None]:
    """Outcome and limit by the spectral radius if it decides, else by the slope in k."""
    if fixed is not None and np.linalg.matrix_rank(M) == len(M):
        radius = float(np.abs(np.linalg.eigvals(fixed.state)).max())
        if radius < 1 - BORDER:
            return _contracting(fixed, sigma, radius**2, len(M))
        if radius > 1 + BORDER:
            reason = f"the second moments grow by ρ² = {radius**2:.6g} a step"
            return Outcome("diverges", radius**2, reason), float("inf")
    return measured(np.asarray(k, dtype=np.float64), second, "E‖z − z*‖²"), None


def _contracting(
    fixed: LinearMap, sigma: Array, rate: float, d: int
) -> tuple[Outcome, float | None]:
    """Outcome for ρ < 1: the limit of C = A C Aᵀ + B (I ⊗ Σ) Bᵀ decides."""
    added = _added(fixed.noise, sigma)
    if not added.any():
        reason = f"E‖z − z*‖² falls by ρ² = {rate:.6g} a step"
        return Outcome("converges", rate, reason), 0.0
    stationary = scipy.linalg.solve_discrete_lyapunov(fixed.state, added)
    limit = float(np.trace(stationary[:d, :d]))
    reason = f"E‖z − z*‖² tends to {limit:.3g}, by ρ² = {rate:.6g} a step"
    return Outcome("cycles", limit, reason), limit


def _is_stationary(method: Method, read: Callable[[int], LinearMap]) -> bool:
    if any(callable(parameter) for parameter in parameters(method).values()):
        return False
    first, *others = (read(k) for k in (0, 1, 10))
    return all(
        np.array_equal(first.state, other.state) and np.array_equal(first.noise, other.noise)
        for other in others
    )
