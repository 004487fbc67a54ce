"""DG at a saddle point: exact where the problem is, else its eigenvalues in floating point."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Matrix, Rational

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from .spectrum import spectrum

ROUNDED = 9
"""Decimals to which a saddle point is rounded before it is tried exactly."""

LARGEST = 16
"""Number of variables up to which a matrix of floats is read exactly."""

BESIDE, JUMP = 1e-7, 1e-4
"""Distance from a saddle point at which DG is looked at, and by how much it may differ there,
relative to its size: a derivative of DG up to 1000 is no jump."""

NULL = 1e-10
"""Size of an eigenvalue, relative to the largest, below which it counts as 0 in floats."""


def exact_linearisation(problem: SaddleProblem) -> Matrix | None:
    """DG at the saddle point as a matrix of rational numbers, or None where it is not known so.

    Known for affine problems with a dense matrix, floats read as the decimals they print, and for
    formulas whose saddle point, rounded to nine decimals, is exactly a zero of G with a rational
    DG.

    Raises
    ------
    ProblemError
        There is no saddle point, or L is not smooth.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> exact_linearisation(SaddleProblem("x**2/5 + x*u + u**4*x", "x", "u"))
    Matrix([
    [2/5, 1],
    [ -1, 0]])
    """
    saddle = smooth_saddle(problem)
    if problem.is_affine:
        exact = problem.exact_matrix
        return _decimals(problem.matrix) if exact is None else _rational(exact)
    if problem.expressions is None:
        return None
    variables = (*problem.primal, *problem.dual)
    values = [Rational(str(round(float(value), ROUNDED))) for value in saddle]
    point = dict(zip(variables, values, strict=True))
    if any(g.subs(point) != 0 for g in problem.expressions):
        return None
    return _rational(Matrix(problem.expressions).jacobian(variables).subs(point))


def floating_eigenvalues(problem: SaddleProblem) -> NDArray[np.complex128]:
    """Eigenvalues λ ≠ 0 of DG at the saddle point with imaginary part ≥ 0, in floats.

    Raises
    ------
    ProblemError
        The problem is affine and too large for all of them.
    """
    if problem.is_affine:
        known = spectrum(problem)
        if known is None:
            raise ProblemError(
                f"the problem has {problem.d} variables, too many for all eigenvalues"
            )
        return known.eigenvalues
    jacobian = np.asarray(problem.jacobian(smooth_saddle(problem)), dtype=np.float64)
    values = np.linalg.eigvals(jacobian).astype(np.complex128)
    size = float(np.abs(values).max(initial=0.0))
    return values[(np.abs(values) > NULL * size) & (values.imag >= 0)]


def smooth_saddle(problem: SaddleProblem) -> NDArray[np.float64]:
    """Return the saddle point of a problem, where DG must not jump.

    Raises
    ------
    ProblemError
        DG has other values beside it: there is no linearisation that decides.
    """
    if problem.is_set_valued:
        raise ProblemError(
            "G is set-valued: it has no linearisation; run the method on the problem instead"
        )
    saddle = problem.saddle_point()
    if problem.is_affine:
        return saddle
    beside = BESIDE * (1.0 + np.abs(saddle).max())
    around = saddle + beside * np.random.default_rng(0).choice([-1.0, 1.0], (32, problem.d))
    jump = np.abs(problem.jacobian(around) - problem.jacobian(saddle)).max()
    if jump > JUMP * (1.0 + np.abs(problem.jacobian(around)).max()):
        raise ProblemError(
            f"DG jumps by {jump:.2g} at the saddle point: L is not smooth enough there for a "
            "linearisation; compare and measured_threshold run the method instead"
        )
    return saddle


def _decimals(matrix: Any) -> Matrix | None:
    """Read a small dense matrix of floats as the decimals it prints."""
    if not isinstance(matrix, np.ndarray) or len(matrix) > LARGEST:
        return None
    return Matrix([[Rational(repr(float(entry))) for entry in row] for row in matrix])


def _rational(matrix: Any) -> Matrix | None:
    if not all(entry.is_Rational for entry in matrix):
        return None
    return Matrix(matrix)
