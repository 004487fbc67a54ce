"""Damped Newton for the resolvent J_s = (I + sG)⁻¹ and for zeros of G, on stacks of points."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import IntegrationError
from .krylov_solves import Jvp, krylov_solve
from .points import Array

Field: TypeAlias = Callable[[Array], Array]
Indices: TypeAlias = NDArray[np.intp]
RowField: TypeAlias = Callable[[Array, Indices], Array]
Solver: TypeAlias = Callable[[Array, Array], Array]

TARGET = 1e-14  # relative residual at which a point is left alone
ACCEPTED = 1e-9  # relative residual that is still returned
INEXACT = 1e-5  # relative residual of a Newton direction: the next one corrects it
ITERATIONS = 100
HALVINGS = 40
STARTS = (1.0, 0.0, 0.25, 1.0 / 16)  # multiples of z that Newton's method is started from


def newton_resolvent(G: Field, DG: Field, z: Array, step: float) -> Array:
    """Evaluate the resolvent J_s(z), the solution w of w + s G(w) = z, by damped Newton.

    For monotone G the map F(w) = w + s G(w) − z is strongly monotone with modulus 1, so the
    error of w is at most ‖F(w)‖; the returned residual is at most 1e-9 (1 + ‖z‖ + ‖s G(w)‖),
    as a rule a few units of rounding.

    Parameters
    ----------
    G, DG : callable
        The operator, (N, d) -> (N, d), and its Jacobian, (N, d) -> (N, d, d).
    z : ndarray, shape (..., d)
        Points.
    step : float
        The step s ≥ 0.

    Raises
    ------
    IntegrationError
        If a residual stays too large, as may happen when G is not monotone.
    """

    def DF(w: Array) -> Array:
        return np.eye(w.shape[-1]) + step * DG(w)

    return _resolvent(G, z, step, lambda F, start: damped_newton(F, DF, start))


def newton_krylov_resolvent(G: Field, jvp: Jvp, z: Array, step: float) -> Array:
    """Evaluate the resolvent as `newton_resolvent` does, by products DG(w)v alone.

    Parameters
    ----------
    G : callable
        The operator, (N, d) -> (N, d).
    jvp : callable
        (w, v) ↦ DG(w) v, all of shape (d,).
    z : ndarray, shape (..., d)
        Points.
    step : float
        The step s ≥ 0.

    Raises
    ------
    IntegrationError
        As `newton_resolvent`.
    """

    def directions(w: Array, residuals: Array) -> Array:
        pairs = zip(w, residuals, strict=True)
        found = [krylov_solve(jvp, row, step, rhs, INEXACT) for row, rhs in pairs]
        return np.array([direction for direction, _ in found])

    return _resolvent(
        G, z, step, lambda F, start: damped_newton(F, lambda w: w, start, solver=directions)
    )


def _resolvent(
    G: Field, z: Array, step: float, newton: Callable[[RowField, Array], Array]
) -> Array:
    """J_s(z) by a variant of Newton's method, (F, start) -> w, started from several points."""
    flat = z.reshape(-1, z.shape[-1])
    w = np.array(flat)
    failed = np.array(np.isfinite(flat).all(axis=-1))
    residual = np.zeros(len(flat))
    for shrink in STARTS:  # z itself as a rule; others where G grows exponentially
        if not failed.any():
            break
        rows, targets = np.flatnonzero(failed), flat[failed]
        F = _shifted(G, step, targets)
        w[rows] = newton(F, shrink * targets)
        with np.errstate(all="ignore"):
            residual[rows] = np.linalg.norm(F(w[rows], np.arange(len(rows))), axis=-1)
            moved = np.linalg.norm(targets - w[rows], axis=-1)
            scale = 1.0 + np.linalg.norm(targets, axis=-1) + moved
            failed[rows] = ~(residual[rows] <= ACCEPTED * scale)
    if failed.any():
        raise _not_found(step, residual[failed], len(flat))
    return w.reshape(z.shape)


def _not_found(step: float, residuals: Array, count: int) -> IntegrationError:
    worst = float(np.max(np.nan_to_num(residuals, nan=np.inf)))
    return IntegrationError(
        f"resolvent with step {step:g}: Newton stopped at residual {worst:.2g} for "
        f"{len(residuals)} of {count} points; take a smaller step, or check that the problem is "
        "convex-concave"
    )


def _shifted(G: Field, step: float, targets: Array) -> RowField:
    """F(w, i) = w + s G(w) − target_i."""
    return lambda w, rows: np.asarray(w + step * G(w) - targets[rows])


def damped_newton(
    F: RowField, DF: Field, start: Array, target: float = TARGET, solver: Solver | None = None
) -> Array:
    """Newton's method with halved steps for F(w) = 0, every row on its own.

    A row is finished when its residual is at rounding level or no step of length 1, ½, …
    reduces it any more. The caller judges the residual that is left.

    Parameters
    ----------
    F : callable
        F(w, rows): residuals of the rows with these indices, (N, d) -> (N, d).
    DF : callable
        Jacobian, (N, d) -> (N, d, d), or whatever else of the points `solver` needs.
    start : ndarray, shape (N, d)
        First guess.
    target : float
        Relative residual at which a row is left alone.
    solver : callable, optional
        How Newton directions are found, `solve` (default) or `least_squares`.

    Returns
    -------
    ndarray, shape (N, d)
    """
    w = np.array(start, dtype=float)
    active = np.arange(len(w))
    with np.errstate(all="ignore"):
        for _ in range(ITERATIONS):
            residual = F(w[active], active)
            size = np.linalg.norm(residual, axis=-1)
            keep = size > target * (1.0 + np.linalg.norm(w[active], axis=-1))
            active, residual, size = active[keep], residual[keep], size[keep]
            if not active.size:
                break
            direction = (solver or solve)(DF(w[active]), residual)
            moved = _halve(F, w, active, direction, size)
            active = active[moved]
    return w


def _halve(F: RowField, w: Array, rows: Indices, direction: Array, size: Array) -> Array:
    """Move each row along −direction by the first of 1, ½, ¼, … that reduces its residual."""
    waiting = np.array(np.isfinite(direction).all(axis=-1))
    moved = np.zeros(len(rows), dtype=bool)
    length = 1.0
    for _ in range(HALVINGS):
        todo = np.flatnonzero(waiting)
        if not todo.size:
            break
        trial = w[rows[todo]] - length * direction[todo]
        better = np.linalg.norm(F(trial, rows[todo]), axis=-1) < (1 - 1e-4 * length) * size[todo]
        w[rows[todo[better]]] = trial[better]
        moved[todo[better]] = True
        waiting[todo[better]] = False
        length /= 2
    return moved


def solve(matrices: Array, rhs: Array) -> Array:
    """Solve each system of a stack; if one is singular, all by least squares."""
    try:
        return np.asarray(np.linalg.solve(matrices, rhs[..., None])[..., 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        return least_squares(matrices, rhs)


def least_squares(matrices: Array, rhs: Array) -> Array:
    """Solve each system of a stack by minimum-norm least squares; NaN if it is not finite."""
    return np.array([_minimum_norm(a, b) for a, b in zip(matrices, rhs, strict=True)])


def _minimum_norm(matrix: Array, rhs: Array) -> Array:
    if not (np.isfinite(matrix).all() and np.isfinite(rhs).all()):
        return np.full_like(rhs, np.nan)
    return np.asarray(np.linalg.lstsq(matrix, rhs, rcond=1e-12)[0], dtype=np.float64)
