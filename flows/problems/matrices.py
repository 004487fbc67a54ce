"""Saddle operators from matrices: checks of the blocks, and their assembly into M and q."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse
import sympy
from scipy.sparse.linalg import LinearOperator

from ..errors import ProblemError
from .affine import AffineOperator
from .game_map import GameMap, is_game
from .linear_maps import linear_map
from .points import Array
from .polynomial import is_rounded

ROUNDING = 1e-10  # relative asymmetry of P or Q that is taken for rounding


@dataclass(frozen=True, eq=False)
class ExactArrays:
    """Exact M and q given as arrays of integers, Fractions or SymPy numbers."""

    matrix: Any
    offset: Any

    def exact(self) -> tuple[Any, Any]:
        """(M, q) as immutable SymPy matrices."""
        M = sympy.ImmutableMatrix(*self.matrix.shape, [_number(v) for v in self.matrix.flat])
        return M, sympy.ImmutableMatrix(len(self.offset), 1, [_number(v) for v in self.offset])

    @property
    def rounded(self) -> bool:
        """Whether the entries of M are not all floats."""
        if self.matrix.dtype != object:  # integers: floats hold them up to 2⁵³
            return bool(np.any(np.abs(self.matrix) > 2**53))
        return any(is_rounded(_number(v)) for v in self.matrix.flat)

    def in_symbols(self, z: tuple[Any, ...]) -> tuple[Any, ...]:
        """Components of M z + q as expressions in the symbols `z`."""
        M, q = self.exact()
        return tuple(M * sympy.Matrix(z) + q)


def affine_operator(M: Any, q: Any, n: int) -> AffineOperator:
    """G(z) = M z + q from the whole matrix M, shape (d, d), and n primal coordinates.

    Raises
    ------
    ProblemError
        If shapes do not fit, or an entry is not a finite real number.
    """
    M = _matrix(M, "M")
    d = M.shape[0]
    if M.shape != (d, d):
        raise ProblemError(f"M has shape {M.shape}; needed: a square matrix")
    if not (isinstance(n, int | np.integer) and 0 < n < d):
        raise ProblemError(f"n is {n!r}; needed: an integer with 0 < n < {d}, the primal dimension")
    q = np.zeros(d, dtype=int) if q is None else _vector(q, d, "q")
    if isinstance(M, LinearOperator):
        return AffineOperator(linear_map(M), _float(q), n, (M, M), saddle=False)
    blocks = (M[:n, :n], M[n:, n:])
    saddle = all(_asymmetry(block) <= ROUNDING * _size(M) for block in blocks)
    saddle = saddle and _size(M[:n, n:] + M[n:, :n].T) <= ROUNDING * _size(M)
    return _stored(M, q, int(n), saddle=saddle)


def quadratic_operator(P: Any, A: Any, Q: Any, b: Any, c: Any) -> AffineOperator:
    """G(z) = (P x + A u + b, −Aᵀ x + Q u − c) from blocks; None stands for zero.

    Raises
    ------
    ProblemError
        If shapes do not fit, P or Q is not symmetric, or an entry is not finite and real.
    """
    A = _matrix(A, "A")
    n, m = A.shape
    P, Q = _symmetric(P, n, "P"), _symmetric(Q, m, "Q")
    b = np.zeros(n, dtype=int) if b is None else _vector(b, n, "b")
    c = np.zeros(m, dtype=int) if c is None else _vector(c, m, "c")
    q = np.concatenate([b, -c])
    parts = [part for part in (P, A, Q) if part is not None]
    if any(isinstance(part, LinearOperator) for part in parts):
        free = _matrix_free(P, A, Q)
        return AffineOperator(linear_map(free), _float(q), n, (P, Q))
    if any(scipy.sparse.issparse(part) for part in parts):
        return _stored(scipy.sparse.block_array([[P, A], [-A.T, Q]], format="csr"), q, n)
    M = np.zeros((n + m, n + m), dtype=np.result_type(*parts))
    M[:n, n:], M[n:, :n] = A, -A.T
    if P is not None:
        M[:n, :n] = P
    if Q is not None:
        M[n:, n:] = Q
    return _stored(M, q, n)


def _stored(M: Any, q: Any, n: int, saddle: bool = True) -> AffineOperator:
    """Affine operator of a dense or sparse M; exact values are kept beside the floats."""
    exact = not scipy.sparse.issparse(M) and _is_exact(M) and _is_exact(q)
    source = ExactArrays(M, q) if exact else None
    floats, sparse = M.astype(np.float64), scipy.sparse.issparse(M)
    if not sparse:
        floats.flags.writeable = False
    blocks = tuple(block if _size(block) else None for block in (floats[:n, :n], floats[n:, n:]))
    map_ = linear_map(floats) if sparse or not is_game(floats, n) else GameMap(floats, n)
    return AffineOperator(map_, _float(q), n, (blocks[0], blocks[1]), saddle, source=source)


def _matrix(value: Any, name: str) -> Any:
    """Finite real matrix as an ndarray, CSR array or LinearOperator."""
    if isinstance(value, LinearOperator):
        if np.issubdtype(value.dtype, np.complexfloating):
            raise ProblemError(f"{name} is complex; needed: real numbers")
        if 0 in value.shape:
            raise ProblemError(f"{name} has shape {value.shape}; needed: rows and columns")
        return value
    sparse = scipy.sparse.issparse(value)
    array = scipy.sparse.csr_array(value) if sparse else _array(value, name)
    if array.ndim != 2 or 0 in array.shape:
        raise ProblemError(
            f"{name} has shape {array.shape}; needed: a matrix with rows and columns"
        )
    _check_entries(array.data if sparse else array, name)
    return array


def _vector(value: Any, length: int, name: str) -> Any:
    array = _array(value, name)
    if array.shape == (length, 1) and isinstance(value, sympy.MatrixBase):
        array = array[:, 0]
    if array.shape != (length,):
        raise ProblemError(f"{name} has shape {array.shape}; needed: ({length},)")
    _check_entries(array, name)
    return array


def _array(value: Any, name: str) -> Any:
    try:
        array = np.array(value)
    except ValueError as error:
        raise ProblemError(f"{name} is not an array: {error}") from None
    if array.dtype.kind not in "biufcO":
        raise ProblemError(f"{name} has entries of type {array.dtype}; needed: real numbers")
    return array.astype(np.int64) if array.dtype.kind in "biu" else array


def _check_entries(array: Any, name: str) -> None:
    if np.iscomplexobj(array):
        raise ProblemError(f"{name} is complex; needed: real numbers")
    try:
        finite = np.isfinite(array.astype(np.float64))
    except (TypeError, ValueError) as error:
        raise ProblemError(f"{name} has an entry that is not a real number: {error}") from None
    if not finite.all():
        bad = array[tuple(np.argwhere(~finite)[0])]
        raise ProblemError(f"{name} has the entry {bad}; all entries must be finite")


def _symmetric(value: Any, size: int, name: str) -> Any:
    """Symmetric block, rounding-level asymmetry removed; None stays None."""
    if value is None:
        return None
    block = _matrix(value, name)
    if block.shape != (size, size):
        raise ProblemError(
            f"{name} has shape {block.shape}; needed: ({size}, {size}), as A sets the dimensions"
        )
    if isinstance(block, LinearOperator):
        return block
    asymmetry = _asymmetry(block)
    if asymmetry > ROUNDING * _size(block):
        raise ProblemError(
            f"{name} is not symmetric: its antisymmetric part ({name} - {name}.T)/2 has entries up "
            f"to {asymmetry:.3g}; give ({name} + {name}.T)/2, which defines the same L"
        )
    return (block + block.T) / 2 if asymmetry else block


def _asymmetry(block: Any) -> float:
    return _size(block - block.T) / 2


def _size(block: Any) -> float:
    """Largest absolute entry."""
    if scipy.sparse.issparse(block):
        return float(abs(block).max()) if block.nnz else 0.0
    return float(np.max(np.abs(block)))


def _matrix_free(P: Any, A: Any, Q: Any) -> LinearOperator:
    """M = [[P, A], [−Aᵀ, Q]] by products."""
    n, m = A.shape
    try:
        A.T @ np.zeros(n)
    except NotImplementedError:
        raise ProblemError("A has no rmatvec; needed: products with A.T as well") from None

    def product(z: Array, sign: int) -> Array:
        x, u = z[:n], z[n:]
        top, bottom = sign * (A @ u), -sign * (A.T @ x)
        return np.concatenate(
            [top if P is None else P @ x + top, bottom if Q is None else Q @ u + bottom]
        )

    return LinearOperator(
        (n + m, n + m),
        matvec=lambda z: product(z, 1),
        rmatvec=lambda z: product(z, -1),
        matmat=lambda z: product(z, 1),
        rmatmat=lambda z: product(z, -1),
        dtype=np.float64,
    )


def _is_exact(array: Any) -> bool:
    if array.dtype == object:
        return all(_exact_number(v) for v in array.flat)
    return bool(np.issubdtype(array.dtype, np.integer))


def _exact_number(v: Any) -> bool:
    if isinstance(v, sympy.Basic):
        return not v.has(sympy.Float)
    return isinstance(v, int | Fraction | np.integer)


def _number(v: Any) -> Any:
    return (
        sympy.Rational(v.numerator, v.denominator)
        if isinstance(v, Fraction)
        else sympy.sympify(v, strict=True)
    )


def _float(array: Any) -> Array:
    floats = np.array(array, dtype=np.float64)
    floats.flags.writeable = False
    return floats
