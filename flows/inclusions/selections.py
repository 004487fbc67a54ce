"""The part of a saddle operator that comes from L, as a family of single-valued selections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..convexity.convexity import Verdict
from ..problems.points import Array


class Selections(Protocol):
    """Saddle operator of L as a family: ``G(z) = {element(z, μ)}``, μ on the highest pieces.

    L contains maxima ``max_p s_p`` of pieces, each of one player; μ has one number per piece, in
    each maximum ≥ 0 with sum 1, and `element` is affine in μ at a tie. Points have shape (d,), μ
    has shape (P,).

    Attributes
    ----------
    groups : ndarray of int, shape (P,)
        To which maximum each piece belongs: 0, 1, …
    labels : tuple of str
        What ties a piece: the same for both pieces of a pair, else the piece itself.
    are_flat : bool
        Whether all pieces are affine.
    """

    @property
    def groups(self) -> NDArray[np.intp]:
        """See above."""

    @property
    def labels(self) -> tuple[str, ...]:
        """See above."""

    @property
    def are_flat(self) -> bool:
        """See above."""

    def value(self, z: Array) -> Array:
        """L(z), shape (...,) for z of shape (..., d)."""

    def element(self, z: Array, mu: Array) -> Array:
        """Element (∂_x L, −∂_u L) that the multipliers select, (..., d), (..., P) -> (..., d)."""

    def jacobian(self, z: Array, mu: Array) -> Array:
        """Differentiate `element` by z: shape (d, d)."""

    def heights(self, z: Array) -> Array:
        """Values s_p(z), (..., d) -> (..., P)."""

    def gradients(self, z: Array) -> Array:
        """Gradients of the s_p, shape (P, d)."""

    def weights(self, z: Array, mu: Array) -> Array:
        """Weights w_p ≥ 0: `element` changes by w_p ∇s_p with μ_p, shape (P,)."""

    def convexity(self) -> Verdict:
        """Verdict on whether L is convex in x and concave in u."""


class SmoothOperator(Protocol):
    """What is needed of a problem whose L is differentiable; points have shape (..., d)."""

    @property
    def d(self) -> int:
        """Number of coordinates."""

    def value(self, z: Array) -> Array:
        """L(z)."""

    def operator(self, z: Array) -> Array:
        """G(z)."""

    def jacobian(self, z: Array) -> Any:
        """DG(z)."""

    def convexity(self) -> Verdict:
        """Verdict on whether L is convex in x and concave in u."""


@dataclass(frozen=True, eq=False)
class Smooth:
    """Selections of a differentiable L: the one operator, and no pieces."""

    backend: SmoothOperator
    groups: NDArray[np.intp]
    labels: tuple[str, ...] = ()
    are_flat: bool = True

    def value(self, z: Array) -> Array:
        """L(z)."""
        return self.backend.value(z)

    def element(self, z: Array, mu: Array) -> Array:
        """G(z)."""
        return self.backend.operator(z)

    def jacobian(self, z: Array, mu: Array) -> Array:
        """DG(z), dense."""
        matrix = self.backend.jacobian(z)
        return matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix @ np.eye(len(z)))

    def heights(self, z: Array) -> Array:
        """No pieces."""
        return np.zeros((*z.shape[:-1], 0))

    def gradients(self, z: Array) -> Array:
        """No pieces."""
        return np.zeros((0, len(z)))

    def weights(self, z: Array, mu: Array) -> Array:
        """No pieces."""
        return np.zeros(0)

    def convexity(self) -> Verdict:
        """Verdict on whether L is convex in x and concave in u."""
        return self.backend.convexity()


def smooth(backend: SmoothOperator) -> Smooth:
    """Read a differentiable problem as selections."""
    return Smooth(backend, np.zeros(0, dtype=np.intp))
