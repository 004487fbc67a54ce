"""How paths lie in the memory of a kernel: side by side in groups, coordinate by coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ..method import State
from ..task import Position
from .tracing import Traced

Array = NDArray[np.float64]

ABREAST = 8
"""Paths in a group: eight double-precision numbers fill the widest registers."""


class Arrays(NamedTuple):
    """The arrays of a kernel, see `Frame`, with groups in the first axis or, in `out`, the second.

    All of them are made for one call, which changes them.
    """

    state: Array
    stop: Array
    total: Array
    constants: Array
    varying: Array
    keep: NDArray[np.int64]
    out: Array

    def addresses(self, group: int) -> list[int]:
        """Return where they are, as seen by a kernel that begins with this group."""
        places = [array.__array_interface__["data"][0] for array in self]
        for i in (0, 1, 2):
            places[i] += group * self[i].strides[0]
        places[-1] += group * self.out.strides[1]
        return places


@dataclass(frozen=True)
class Layout:
    """Shape of the points of a run, and of the same in a kernel.

    Attributes
    ----------
    shape : tuple of int
        (d,) or (N, d).
    width : int
        Paths in a group.
    """

    shape: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, start: Array) -> Layout:
        """Return the layout for starts (d,) or (N, d): groups when there are enough for one."""
        paths = start.size // start.shape[-1]
        return cls(start.shape, ABREAST if paths >= ABREAST else 1)

    @property
    def d(self) -> int:
        """Number of coordinates."""
        return self.shape[-1]

    @property
    def paths(self) -> int:
        """Number of paths."""
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def groups(self) -> int:
        """Number of groups."""
        return -(-self.paths // self.width)

    @property
    def row(self) -> int:
        """Numbers in one record of all paths."""
        return self.groups * self.d * self.width

    def packed(self, at: Position, step: Traced, keep: Sequence[int]) -> Arrays:
        """Return the arrays of a kernel at a position."""
        stopped = np.full(self.shape[:-1], -1.0) if at.stopped_at is None else at.stopped_at
        total = self._grouped((at.total,)) if at.total is not None else np.empty((0, 0))
        return Arrays(
            self._grouped(cast(State, at.state)),
            self._grouped((np.asarray(stopped, dtype=np.float64)[..., None],)),
            total,
            step.constants,
            step.varying,
            np.array([*keep, -1], dtype=np.int64),
            np.empty((len(keep), self.groups, self.d, self.width)),
        )

    def unpacked(self, at: Position, arrays: Arrays) -> Position:
        """Return a position with what a kernel has left, but for k and the evaluations."""
        points = self._paths(arrays.state.reshape(self.groups, -1, self.d, self.width))
        stops = self._paths(arrays.stop[:, None])[0][..., 0].astype(np.int64)
        return at._replace(
            state=tuple(points),
            stopped_at=stops if (stops >= 0).any() else None,
            total=None if at.total is None else self._paths(arrays.total[:, None])[0],
        )

    def rows(self, arrays: Arrays) -> Array:
        """Return the iterates that were kept, shape (kept, ..., d)."""
        return self._paths(np.moveaxis(arrays.out, 0, 1))

    def _grouped(self, points: State) -> Array:
        """Points (..., c) as (groups, points·c, lanes); the last path fills the last group."""
        stacked = np.stack([np.reshape(point, (self.paths, -1)) for point in points])
        spare = self.groups * self.width - self.paths
        padded = np.pad(stacked, ((0, 0), (0, spare), (0, 0)), mode="edge")
        lanes = padded.reshape(len(points), self.groups, self.width, -1)
        return np.ascontiguousarray(lanes.transpose(1, 0, 3, 2)).reshape(
            self.groups, -1, self.width
        )

    def _paths(self, lanes: Array) -> Array:
        """Points (groups, several, c, lanes) as (several, ..., c)."""
        shape = lanes.shape[1], self.groups * self.width, lanes.shape[2]
        flat = lanes.transpose(1, 0, 3, 2).reshape(shape)
        return flat[:, : self.paths].reshape(shape[0], *self.shape[:-1], shape[2])
