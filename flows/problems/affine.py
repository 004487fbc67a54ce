"""Affine saddle operators G(z) = M z + q, in any storage of M."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from ..convexity.affine_convexity import affine_verdict
from ..convexity.convexity import Verdict
from ..errors import IntegrationError, ProblemError
from .linear_maps import LinearMap
from .points import Array
from .remembering import Remembering

CONSISTENT = 1e-9  # relative residual up to which M z = −q counts as solvable
OPTIMAL = 1e-6  # ‖Mᵀ r‖ / ‖Mᵀ q‖ up to which r counts as the least residual


class ExactSource(Protocol):
    """Where exact values of M and q can be had from."""

    def exact(self) -> tuple[Any, Any] | None:
        """(M, q) as immutable SymPy matrices, or None."""

    @property
    def rounded(self) -> bool:
        """Whether the floats of M differ from its exact values."""

    def in_symbols(self, z: tuple[Any, ...]) -> tuple[Any, ...]:
        """Components of M z + q."""


@dataclass(frozen=True, eq=False)
class AffineOperator(Remembering):
    """Saddle operator G(z) = M z + q of a quadratic saddle function.

    Parameters
    ----------
    map : LinearMap
        The matrix M, shape (d, d).
    offset : ndarray, shape (d,)
        The vector q.
    n : int
        Number of primal coordinates.
    blocks : tuple
        Diagonal blocks (P, Q) of M in its storage; None for a zero block.
    saddle : bool
        Whether M = [[P, A], [−Aᵀ, Q]] with symmetric P and Q, so that L exists.
    constant : float
        L(0).
    source : ExactSource or None
        Exact values, when they are known.
    """

    map: LinearMap
    offset: Array
    n: int
    blocks: tuple[Any, Any]
    saddle: bool = True
    constant: float = 0.0
    source: ExactSource | None = None

    is_affine = True
    is_set_valued = False

    @property
    def d(self) -> int:
        """Number of coordinates."""
        return len(self.offset)

    @property
    def matrix(self) -> Any:
        """M as it is stored."""
        return self.map.matrix

    def value(self, z: Array) -> Array:
        """L(z) = ½(⟨x, M_x z⟩ − ⟨u, M_u z⟩) + ⟨q_x, x⟩ − ⟨q_u, u⟩ + L(0)."""
        if not self.saddle:
            raise ProblemError(
                "L is not known: that needs M = [[P, A], [-A.T, Q]] with symmetric P and Q, stored "
                "as a matrix"
            )
        with np.errstate(all="ignore"):
            slope = (0.5 * self.map.apply(z) + self.offset) * z
            half = np.sum(slope[..., : self.n], axis=-1) - np.sum(slope[..., self.n :], axis=-1)
        return np.asarray(half + self.constant)

    def operator(self, z: Array) -> Array:
        """G(z) = M z + q."""
        with np.errstate(all="ignore"):
            product = self.map.apply(z)
            return product + self.offset if self._shifts else product

    def jacobian(self, z: Array) -> Any:
        """M, repeated over the leading axes of z when it is dense."""
        return self.map.jacobian(z.shape[:-1])

    def jvp(self, z: Array, v: Array) -> Array:
        """M v, broadcast over the leading axes of z and v."""
        shape = np.broadcast_shapes(z.shape, v.shape)
        with np.errstate(all="ignore"):
            return self.map.apply(np.broadcast_to(v, shape))

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z) = (I + s M)⁻¹ (z − s q)."""
        return self.map.solve_shifted(step, z - step * self.offset)

    def saddle_point(self, start: Array | None) -> Array:
        """Saddle point of least norm, or the one nearest to `start`."""
        self._check_consistent()
        return self._least_norm if start is None else self.nearest_saddle(start)

    def nearest_saddle(self, z: Array) -> Array:
        """P(z) = z − M⁺(M z + q), the orthogonal projection on {M z = −q}."""
        self._check_consistent()
        with np.errstate(all="ignore"):
            return z - self.map.least_squares(self.operator(z))

    def lipschitz(self) -> float:
        """Spectral norm ‖M‖."""
        return self._norm

    def convexity(self) -> Verdict:
        """Verdict on convexity: are the diagonal blocks of M positive semidefinite."""
        return affine_verdict(self)

    @cached_property
    def exact(self) -> tuple[Any, Any] | None:
        """Exact (M, q), or None."""
        return self.source.exact() if self.source else None

    def in_symbols(self, z: tuple[Any, ...]) -> tuple[Any, ...]:
        """Components of G in the given symbols."""
        if self.source is None:
            raise ProblemError("this problem has no exact entries")
        return self.source.in_symbols(z)

    @cached_property
    def _shifts(self) -> bool:
        return bool(self.offset.any())

    @cached_property
    def _norm(self) -> float:
        return self.map.norm()

    @cached_property
    def _least_norm(self) -> Array:
        z = self.map.least_squares(-self.offset) + 0.0  # + 0.0: no negative zeros
        z.flags.writeable = False
        return z

    def _check_consistent(self) -> None:
        residual, shown = self._inconsistency
        if residual == 0.0:
            return
        if shown:
            raise ProblemError(
                f"no saddle point: M z = -q has no solution, the least-squares residual is "
                f"{residual:.3g}; q has a part along the kernel of the transpose of M"
            )
        raise IntegrationError(
            f"no saddle point found: least squares stopped at the residual {residual:.3g}, as M "
            "is too ill-conditioned"
        )

    @cached_property
    def _inconsistency(self) -> tuple[float, bool]:
        """Residual of M z = −q, 0 if negligible, and whether it is known to be the least."""
        r = self.operator(self._least_norm)
        residual, scale = float(np.linalg.norm(r)), float(np.linalg.norm(self.offset))
        if residual <= CONSISTENT * scale:
            return 0.0, True
        slope = np.linalg.norm(self.matrix.T @ r)
        return residual, bool(slope <= OPTIMAL * np.linalg.norm(self.matrix.T @ self.offset))
