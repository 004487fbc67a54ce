"""The linear reading: a method on ``G(z) = Mz`` plus noise, as one matrix on its whole state."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ...discretize.method import Method, numerical
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar

Rows = NDArray[Any]


class LinearMap(NamedTuple):
    """``s ↦ state · s + noise · ξ``: a map of the stacked state, and of its stacked samples ξ.

    Attributes
    ----------
    state : ndarray, shape (S d, S' d)
        From the S' vectors of the state before to the S vectors after.
    noise : ndarray, shape (S d, E d)
        From the E independent samples of noise, one an evaluation of G, to the state after.
    """

    state: NDArray[Any]
    noise: NDArray[Any]


def linear_start(method: Method, M: NDArray[Any], n: int) -> LinearMap:
    """Linear reading of the start: from z^0 to the state of the method before step 0."""
    return _read(lambda G, vectors: method.start(G, vectors[0]), 1, M, n)


def linear_step(
    method: Method, M: NDArray[Any], n: int, k: Any = 0, *, slots: int | None = None
) -> LinearMap:
    """Linear reading of step `k` on ``G(z) = Mz + ξ``, with a fresh ξ at each evaluation.

    Parameters
    ----------
    method : Method
        The method, with parameters in the algebra of M.
    M : ndarray, shape (d, d)
        Floating point numbers, or SymPy expressions in an array of objects.
    n : int
        Number of primal coordinates.
    k : int or SymPy integer
        The step.
    slots : int, optional
        Number of vectors in the state, when it is known.

    Raises
    ------
    ProblemError
        The method works coordinate by coordinate.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> linear_step(SimGD(0.5), np.array([[0.0, 1.0], [-1.0, 0.0]]), 1).state.tolist()
    [[1.0, -0.5], [0.5, 1.0]]
    """
    if slots is None:
        slots = len(linear_start(method, M, n).state) // len(M)
    return _read(lambda G, vectors: method.step(G, tuple(vectors), k), slots, M, n)


def state_matrix(method: Method, M: Any, n: int, k: Any = 0) -> Any:
    """State matrix of a method: step `k` on ``G(z) = Mz`` with n primal coordinates.

    It is `amplification_matrix` for a whole matrix in place of an eigenvalue, and reads methods
    that treat the players differently as well. The state is stacked: z^k first.

    Parameters
    ----------
    method : Method
        The method.
    M : array_like or sympy.Matrix, shape (d, d)
        One floating point entry makes the answer floating point, otherwise it is exact.
    n : int
        Number of primal coordinates, 0 < n < d.
    k : int or SymPy integer
        The step; matters only to methods that change with k.

    Returns
    -------
    ndarray or sympy.Matrix, shape (S d, S d)
        The matrix, S the number of vectors in the state.

    Raises
    ------
    ProblemError
        M is not square, the method works coordinate by coordinate, or asks for a resolvent where
        there is none.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize.methods.alternating import AlternatingGDA
    >>> s, sigma = symbols("s sigma")
    >>> state_matrix(AlternatingGDA(s), [[0, sigma], [-sigma, 0]], n=1)
    Matrix([
    [      1,        -s*sigma],
    [s*sigma, -s**2*sigma**2 + 1]])
    """
    rows = [list(row) for row in (M.tolist() if hasattr(M, "tolist") else M)]
    if not 0 < n < len(rows) or any(len(row) != len(rows) for row in rows):
        raise ProblemError(
            f"M has {len(rows)} rows and n = {n}; a square M and 0 < n < d is needed"
        )
    if any(_is_floating(entry) for row in rows for entry in row):
        return linear_step(numerical(method), np.array(rows, dtype=np.float64), n, k).state
    from sympy import Matrix, sympify

    exact = np.array(
        [[scalar(entry, "an entry of M") for entry in row] for row in rows], dtype=object
    )
    return Matrix(linear_step(method, exact, n, sympify(k, strict=True)).state).expand()


class _RowOperator:
    """G(z) = Mz + ξ on rows of points, with the j-th sample ξ for the j-th evaluation."""

    def __init__(self, M: Rows, n: int, samples: Sequence[Rows]) -> None:
        self.M, self.n, self.samples = M, n, samples
        self.asked = 0

    def __call__(self, z: Rows) -> Rows:
        return np.asarray(z @ self.M.T + self._sample(z))

    def primal(self, z: Rows) -> Rows:
        g = self(z)
        g[:, self.n :] = 0 * g[:, self.n :]
        return g

    def dual(self, z: Rows) -> Rows:
        g = self(z)
        g[:, : self.n] = 0 * g[:, : self.n]
        return g

    def resolvent(self, z: Rows, step: Any) -> Rows:
        """Solve w + s(Mw + ξ) = z."""
        implicit = _identity(self.M) + step * self.M
        return cast(Rows, (z - step * self._sample(z)) @ _inverse(implicit).T)

    def _sample(self, z: Rows) -> Rows:
        self.asked += 1
        return self.samples[self.asked - 1] if self.asked <= len(self.samples) else 0 * z


def _read(
    function: Callable[[Any, Sequence[Rows]], tuple[Rows, ...]], slots: int, M: Rows, n: int
) -> LinearMap:
    """Read a linear function of `slots` vectors by giving it the unit vectors, all at once."""
    counting = _RowOperator(M, n, [])
    function(counting, [0 * M[:1]] * slots)
    units = _units(M, slots + counting.asked)
    images = function(_RowOperator(M, n, units[slots:]), units[:slots])
    matrix = np.concatenate(images, axis=1).T
    return LinearMap(matrix[:, : slots * len(M)], matrix[:, slots * len(M) :])


def _units(M: Rows, vectors: int) -> list[Rows]:
    """Rows (·, d) for each vector: the unit matrix of all their coordinates, cut into columns."""
    d = len(M)
    zero, unit = 0 * M, _identity(M)
    return [
        np.concatenate([unit if i == j else zero for j in range(vectors)]).reshape(-1, d)
        for i in range(vectors)
    ]


def _identity(M: Rows) -> Rows:
    return 0 * M + np.eye(len(M), dtype=int)


def _inverse(A: Rows) -> Rows:
    from sympy import Matrix
    from sympy.matrices.exceptions import NonInvertibleMatrixError

    try:
        if A.dtype != object:
            return np.linalg.inv(A)
        return np.array(Matrix(A).inv().tolist(), dtype=object)
    except (np.linalg.LinAlgError, NonInvertibleMatrixError) as error:
        raise ProblemError("the resolvent is not defined: I + sM is singular") from error


def _is_floating(value: Any) -> bool:
    exact = isinstance(value, numbers.Rational) or hasattr(value, "free_symbols")
    return isinstance(value, numbers.Complex) and not exact
