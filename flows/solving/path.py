"""A trajectory between its grid points: the pieces a solver leaves behind, one after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..problems.points import Array

States = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Piece:
    """One step of a solver with its interpolant: times (T,) of the step -> states (N, T, …).

    `nfev` counts the evaluations of the right-hand side that it took.
    """

    t_start: float
    t_end: float
    states: States
    nfev: int


class Samples:
    """Points at times chosen before, noted while the pieces pass: only the last one is kept.

    Parameters
    ----------
    z_start : ndarray, shape (N, d)
        Start.
    t_start : float
        Time of the start.
    grid : ndarray, shape (T,)
        Increasing times, not before the start.
    """

    def __init__(self, z_start: Array, t_start: float, grid: Array) -> None:
        self._grid = grid
        self._z = np.full((len(z_start), len(grid), z_start.shape[-1]), np.nan)
        self._z[:, grid <= t_start] = z_start[:, None]
        self._last = Path(z_start, (), lambda states: states)
        self.t_kept = t_start

    def add(self, piece: Piece, point: Callable[[Array], Array]) -> None:
        """Note the points at the times in a piece; `point` is that of `Path`."""
        self._last, self.t_kept = Path(self._last.z_start, (piece,), point), piece.t_start
        first, last = np.searchsorted(self._grid, (piece.t_start, piece.t_end), side="right")
        if first < last:
            self._z[:, first:last] = point(piece.states(self._grid[first:last]))

    def know(self, t: Array) -> NDArray[np.bool_]:
        """Whether times are on the grid or in the last piece."""
        return np.isin(t, self._grid) | (t > self.t_kept)

    def __call__(self, t: Array) -> Array:
        """Return the points at known times (T,), shape (N, T, d); NaN after the end."""
        if np.array_equal(t, self._grid):
            return self._z
        on_grid = np.isin(t, self._grid)
        z = np.empty((len(self._z), len(t), self._z.shape[-1]))
        z[:, on_grid] = self._z[:, np.searchsorted(self._grid, t[on_grid])]
        z[:, ~on_grid] = self._last(t[~on_grid])
        return z


@dataclass(frozen=True, eq=False)
class Path:
    """Dense output of an integration.

    Attributes
    ----------
    z_start : ndarray, shape (N, d)
        Start; the whole path as long as there is no piece.
    pieces : tuple of Piece
        Consecutive steps.
    point : callable
        From states (N, T, …) to points (N, T, d).
    """

    z_start: Array
    pieces: tuple[Piece, ...]
    point: Callable[[Array], Array]

    def __call__(self, t: Array) -> Array:
        """Return the points at times (T,) of the path, shape (N, T, d)."""
        z = np.repeat(self.z_start[:, None], len(t), axis=1)
        index = np.searchsorted([piece.t_end for piece in self.pieces], t, side="left")
        start = self.pieces[0].t_start if self.pieces else np.inf
        index[t <= start] = len(self.pieces)  # where the point is z_start itself
        where = [np.flatnonzero(index == i) for i in np.unique(index) if i < len(self.pieces)]
        if where:
            states = [self.pieces[index[here[0]]].states(t[here]) for here in where]
            z[:, np.concatenate(where)] = self.point(np.concatenate(states, axis=1))
        return z
