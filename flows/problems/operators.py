"""What a saddle problem asks of its operator, however that is stored."""

from __future__ import annotations

from typing import Any, Protocol

from ..convexity.convexity import Verdict
from .points import Array


class SaddleOperator(Protocol):
    """Saddle operator G: affine, symbolic, a plain function, or set-valued.

    Arrays of points have shape (..., d). ``matrix``, ``offset`` and ``exact`` are None unless
    G is affine.
    """

    @property
    def n(self) -> int:
        """Number of primal coordinates."""

    @property
    def d(self) -> int:
        """Number of coordinates."""

    @property
    def is_affine(self) -> bool:
        """Whether G(z) = M z + q."""

    @property
    def is_set_valued(self) -> bool:
        """Whether G(z) is a set."""

    @property
    def matrix(self) -> Any:
        """M."""

    @property
    def offset(self) -> Array | None:
        """The vector q."""

    @property
    def exact(self) -> tuple[Any, Any] | None:
        """Exact (M, q)."""

    def value(self, z: Array) -> Array:
        """L(z)."""

    def operator(self, z: Array) -> Array:
        """G(z)."""

    def jacobian(self, z: Array) -> Any:
        """DG(z)."""

    def jvp(self, z: Array, v: Array) -> Array:
        """DG(z) v."""

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z)."""

    def saddle_point(self, start: Array | None) -> Array:
        """Find a zero of G."""

    def nearest_saddle(self, z: Array) -> Array:
        """P(z)."""

    def lipschitz(self) -> float:
        """Lipschitz constant of G."""

    def convexity(self) -> Verdict:
        """Verdict on convexity in x and concavity in u."""
