"""Saddle operators given as plain functions, checked once and wrapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse
from scipy.sparse.linalg import LinearOperator

from ..convexity.callable_convexity import callable_verdict
from ..convexity.convexity import Verdict
from ..errors import ProblemError
from .krylov_solves import LARGEST_DENSE
from .points import Array
from .remembering import Remembering
from .resolvent import newton_krylov_resolvent, newton_resolvent
from .zeros import nonlinear_saddle_point

LARGEST = 10_000  # coordinates of a dense Jacobian: 800 MB
WIDTH = float(np.cbrt(np.finfo(float).eps))  # best relative step of a central difference


@dataclass(frozen=True, eq=False)
class CallableOperator(Remembering):
    """Saddle operator G given as a function, with or without its Jacobian.

    Without a Jacobian derivatives are central differences: relative error about 1e-10 for
    smooth G of moderate size. Above 500 coordinates linear systems are solved by products
    ``DG(z) v`` alone, and no dense matrix is formed.

    Parameters
    ----------
    function : callable
        G, (..., d) -> (..., d).
    derivative : callable or None
        DG, (..., d) -> (..., d, d).
    n, d : int
        Number of primal coordinates, and of all coordinates.
    sparse_derivative : callable or None
        DG at one point, (d,) -> sparse array or LinearOperator of shape (d, d).
    """

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array] | None
    n: int
    d: int
    sparse_derivative: Callable[[Array], Any] | None = None

    is_affine = False
    is_set_valued = False
    matrix = offset = exact = None

    def value(self, z: Array) -> Array:
        """Not available: L is not known."""
        raise ProblemError("L is not known: this problem was given by its operator alone")

    def operator(self, z: Array) -> Array:
        """G(z), shape (..., d)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.function(z))

    def jacobian(self, z: Array) -> Array:
        """DG(z), shape (..., d, d): the given one, else column by column.

        Raises
        ------
        ProblemError
            It would not fit into memory.
        """
        if self.derivative is not None:
            with np.errstate(all="ignore"):
                return np.asarray(self.derivative(z))
        if self.d > LARGEST:
            raise ProblemError(
                f"a dense Jacobian in d = {self.d} coordinates takes {8e-9 * self.d**2:.0f} GB; "
                "use problem.jvp(z, v), its products"
            )
        columns = [self.jvp(z, np.broadcast_to(e, z.shape)) for e in np.eye(self.d)]
        return np.stack(columns, axis=-1)

    def jvp(self, z: Array, v: Array) -> Array:
        """DG(z) v, shape (..., d)."""
        with np.errstate(all="ignore"):
            if self.derivative is not None:
                return np.asarray(np.einsum("...ij,...j->...i", self.derivative(z), v))
            if self.sparse_derivative is not None:
                return self._products(self.sparse_derivative, z, v)
            size = np.linalg.norm(v, axis=-1, keepdims=True)
            scale = 1.0 + np.max(np.abs(z), axis=-1, keepdims=True)
            h = WIDTH * scale / np.where(size > 0, size, 1.0)
            return np.asarray((self.function(z + h * v) - self.function(z - h * v)) / (2 * h))

    def _products(self, derivative: Callable[[Array], Any], z: Array, v: Array) -> Array:
        """DG(z) v, point by point."""
        z, v = np.broadcast_arrays(z, v)
        pairs = zip(z.reshape(-1, self.d), v.reshape(-1, self.d), strict=True)
        return np.array([derivative(point) @ row for point, row in pairs]).reshape(z.shape)

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z) by damped Newton, in many coordinates with GMRES inside."""
        if self.d > LARGEST_DENSE:
            return newton_krylov_resolvent(self.operator, self.jvp, z, step)
        return newton_resolvent(self.operator, self.jacobian, z, step)

    def saddle_point(self, start: Array | None) -> Array:
        """Find a zero of G by proximal-point and Newton steps.

        Raises
        ------
        ProblemError
            There are too many coordinates for the dense matrices that takes.
        """
        if self.d > LARGEST_DENSE:
            raise ProblemError(
                f"saddle points of plain functions are searched for in up to {LARGEST_DENSE} "
                f"coordinates; this one has {self.d}: give nearest_saddle"
            )
        return nonlinear_saddle_point(self.operator, self.jacobian, start, self.d)

    def nearest_saddle(self, z: Array) -> Array:
        """Give the saddle point, taken to be the only one, in the shape of z."""
        return np.broadcast_to(self._saddle, z.shape)

    def convexity(self) -> Verdict:
        """Verdict on convexity in x and concavity in u."""
        return callable_verdict(self)

    def lipschitz(self) -> float:
        """Not available: a Lipschitz constant is computed for affine operators alone."""
        raise ProblemError(
            "the Lipschitz constant is computed for affine G alone, and this G is a plain "
            "function; give the constant yourself, or state the problem by its matrices"
        )

    @cached_property
    def _saddle(self) -> Array:
        return self.saddle_point(None)


def callable_operator(G: Any, n: int, m: int, jacobian: Any) -> CallableOperator:
    """Check G (and its Jacobian) on probe points and wrap it; a loop is added where needed.

    Raises
    ------
    ProblemError
        If G is not callable, the dimensions are not positive integers, or G answers a point
        with another shape or with values that are not finite.
    """
    for value, name in ((n, "n"), (m, "m")):
        if not isinstance(value, int | np.integer) or value < 1:
            raise ProblemError(f"{name} is {value!r}; needed: an integer of at least 1")
    d = int(n) + int(m)
    function = _vectorised(G, "G", d, (d,))
    if callable(jacobian) and _is_sparse(jacobian, d):
        return CallableOperator(function, None, int(n), d, jacobian)
    derivative = None if jacobian is None else _vectorised(jacobian, "jacobian", d, (d, d))
    return CallableOperator(function, derivative, int(n), d)


def _is_sparse(jacobian: Any, d: int) -> bool:
    """Whether a Jacobian answers one point with a sparse array or a LinearOperator.

    Raises
    ------
    ProblemError
        It does, and its shape is wrong.
    """
    try:
        answer = jacobian(np.random.default_rng(0).uniform(0.1, 0.9, d))
    except Exception:  # whatever the user's function raises: the checks to come say it in words
        return False
    sparse = scipy.sparse.issparse(answer) or isinstance(answer, LinearOperator)
    if sparse and answer.shape != (d, d):
        raise ProblemError(f"jacobian has shape {answer.shape}; needed: ({d}, {d})")
    return sparse


@dataclass(frozen=True)
class RowByRow:
    """A function of single points, applied to the points of a stack one by one."""

    function: Callable[[Array], Any]
    shape: tuple[int, ...]

    def __call__(self, z: Array) -> Array:
        """Values at the points `z`, shape (..., d) -> (..., *shape)."""
        if z.ndim == 1:
            return np.asarray(self.function(z), dtype=float)
        rows = [np.asarray(self.function(row), dtype=float) for row in z.reshape(-1, z.shape[-1])]
        return np.array(rows).reshape(z.shape[:-1] + self.shape)


@dataclass(frozen=True)
class AsFloats:
    """A function of stacks of points whose result is made a float array."""

    function: Callable[[Array], Any]

    def __call__(self, z: Array) -> Array:
        """Values at the points `z`."""
        return np.asarray(self.function(z), dtype=float)


def _vectorised(function: Any, name: str, d: int, shape: tuple[int, ...]) -> Any:
    """Return the function itself if it understands stacks of points, else with a loop around it."""
    if not callable(function):
        raise ProblemError(
            f"{name} is of type {type(function).__name__}; needed: a function of a point of "
            f"shape ({d},)"
        )
    probe = np.random.default_rng(0).uniform(0.1, 0.9, (2, 3, d))
    one_by_one = RowByRow(function, shape)
    expected = np.array([[_answer(function, row, name, shape) for row in rows] for rows in probe])
    try:
        with np.errstate(all="ignore"):
            together = np.asarray(function(probe.copy()), dtype=float)
    except Exception:  # whatever the user's function raises: it does not take stacks
        return one_by_one
    if together.shape == expected.shape and np.allclose(together, expected, equal_nan=True):
        return AsFloats(function)
    return one_by_one


def _answer(function: Any, z: Array, name: str, shape: tuple[int, ...]) -> Array:
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(function(z.copy()), dtype=float)
    except Exception as error:
        raise ProblemError(
            f"{name} failed at a point of shape {z.shape} with {type(error).__name__}: {error}"
        ) from error
    if value.shape != shape:
        raise ProblemError(
            f"{name} answers a point of shape {z.shape} with shape {value.shape}; needed: {shape}"
        )
    if not np.all(np.isfinite(value)):
        raise ProblemError(f"{name} is not finite at {np.array2string(z, precision=3)}")
    return value
