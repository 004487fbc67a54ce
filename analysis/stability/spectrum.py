"""Eigenvalues of an affine saddle operator, with the imaginary axis told from its neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem

LARGEST_DIMENSION = 1000
"""Largest d for which all eigenvalues are computed (about a second)."""

DEFECTIVE = 1e-4
"""Relative error to which eigenvalues of a matrix with Jordan blocks are trusted: a block of size
three moves its eigenvalue by the cube root of the rounding unit."""


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues λ of M in ``G(z) = Mz + q``.

    For monotone M (``M + Mᵀ ⪰ 0``) an eigenvalue on the imaginary axis is a normal one: its
    eigenvector is also one of Mᵀ, so it is semisimple (no Jordan block, nothing grows like t) and
    is computed to rounding. Real parts within rounding of 0 are set to 0 then. For other M neither
    holds, and `trusted` tells whether all eigenvalues keep clear of the axis.

    Attributes
    ----------
    eigenvalues : ndarray of complex
        The eigenvalues with imaginary part ≥ 0 that are not 0.
    monotone : bool
        Whether M is monotone, to rounding.
    trusted : bool
        Whether the side of the imaginary axis on which each eigenvalue lies is sure.
    errors : ndarray of float
        How far each of them may be from the true one, because of rounding.
    drift : float
        Least norm of G: 0 when there is a saddle point, else the speed at which everything leaves.
    """

    eigenvalues: NDArray[np.complex128]
    monotone: bool
    trusted: bool
    errors: NDArray[np.float64]
    drift: float


def spectrum(problem: SaddleProblem) -> Spectrum | None:
    """Spectrum of an affine problem; None when it is not affine, or too large to have it all.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> spectrum(SaddleProblem("2*x*u", "x", "u")).eigenvalues
    array([0.+2.j])
    """
    if not problem.is_affine or problem.d > LARGEST_DIMENSION:
        return None
    M = _dense(problem.matrix)
    size = float(np.linalg.norm(M))
    rounding = 16 * len(M) * float(np.finfo(float).eps) * size
    monotone = bool(np.linalg.eigvalsh(M + M.T)[0] >= -rounding)
    values, errors = _eigenvalues(M, rounding)
    near = np.full(len(M), rounding) if monotone else np.maximum(DEFECTIVE * size, errors)
    on_axis = np.abs(values.real) <= near
    values = np.where(on_axis, 1j * values.imag, values)
    kept = (values.imag >= 0) & (np.abs(values) > near)
    trusted = monotone or not bool(on_axis.any())
    return Spectrum(values[kept], monotone, trusted, errors[kept], _drift(problem, M))


def _eigenvalues(
    M: NDArray[np.float64], rounding: float
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Eigenvalues of M, and bounds on their errors when M is known to `rounding`.

    The error of an eigenvalue is `rounding` times its condition number, and never more than
    Elsner's bound; for a normal M it is `rounding`. As in `flows.modes`, the Schur form is
    cleared of rounding first, so that a repeated eigenvalue is ill-conditioned only where M has a
    Jordan block, or almost one.
    """
    size = float(np.linalg.norm(M))
    if np.linalg.norm(M @ M.T - M.T @ M) <= rounding * size:
        return np.linalg.eigvals(M).astype(np.complex128), np.full(len(M), rounding)
    triangle = scipy.linalg.schur(M, output="complex")[0]
    triangle[np.abs(triangle) <= rounding] = 0.0
    values, right = np.linalg.eig(triangle)
    elsner = (2 * size + rounding) ** (1 - 1 / len(M)) * rounding ** (1 / len(M))
    try:
        left = np.linalg.inv(right)
    except np.linalg.LinAlgError:
        return np.linalg.eigvals(M).astype(np.complex128), np.full(len(M), elsner)
    with np.errstate(over="ignore"):  # the eigenvectors of an exact Jordan block
        condition = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=0)
    errors = np.minimum(rounding * condition, elsner)
    # Conjugate pairs must stay pairs: the real algorithm keeps them, the complex one to rounding.
    paired = np.linalg.eigvals(M).astype(np.complex128)
    nearest = np.abs(paired[:, None] - values[None, :]).argmin(axis=1)
    gap = np.abs(paired - values[nearest])
    return paired, np.maximum(errors[nearest], gap)


def _dense(M: Any) -> NDArray[np.float64]:
    if scipy.sparse.issparse(M):
        return np.asarray(M.toarray(), dtype=np.float64)
    return np.asarray(M @ np.eye(M.shape[0]), dtype=np.float64)


def _drift(problem: SaddleProblem, M: NDArray[np.float64]) -> float:
    try:
        problem.saddle_point()
    except ProblemError:
        z = np.linalg.lstsq(M, -np.asarray(problem.offset), rcond=None)[0]
        return float(np.linalg.norm(problem.operator(z)))
    return 0.0
