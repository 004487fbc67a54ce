"""Saddle points of set-valued operators, by resolvents."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ..errors import IntegrationError
from ..problems.points import Array

ZERO = 1e-9  # ‖G(z)‖ ≤ ZERO (1 + ‖z‖) is needed of a saddle point
FAR = ((1e4, 8 / 3), (5e3, -2.0), (2.5e3, 1 / 3))  # steps s of resolvents J_s, and the weights
# that extrapolate J_s to s = ∞ but for terms of the order s⁻³
STEPS = (*(4.0**k for k in range(9)), *(4.0**8,) * 8)


class Operator(Protocol):
    """What is needed of a maximal monotone operator; points have shape (..., d)."""

    @property
    def d(self) -> int:
        """Number of coordinates."""

    def project(self, z: Array) -> Array:
        """Nearest point of the closure of its domain."""

    def operator(self, z: Array) -> Array:
        """Element of least norm of G(z)."""

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z)."""


def saddle_point(G: Operator, start: Array | None) -> Array:
    """Zero of G by proximal-point steps of growing size.

    Raises
    ------
    IntegrationError
        None was found; carries the residual.
    """
    z = G.project(np.zeros(G.d) if start is None else start)
    for step in STEPS:
        residual = float(np.linalg.norm(G.operator(z)))
        if residual <= ZERO * (1.0 + float(np.linalg.norm(z))):
            return z
        z = G.project(G.resolvent(z, step))
    raise IntegrationError(
        f"no saddle point found: the least element of G has norm {residual:.2g} after "
        f"{len(STEPS)} proximal steps; give a start near one, or check that there is one"
    )


def nearest_saddle(G: Operator, z: Array) -> Array:
    """Projection on the saddle points: the limit of J_s(z) for s → ∞, extrapolated.

    Raises
    ------
    IntegrationError
        The limit is no saddle point: there is none, or G is not piecewise affine near it.
    """
    limit = G.project(np.asarray(sum(w * G.resolvent(z, step) for step, w in FAR)))
    size = np.linalg.norm(G.operator(limit), axis=-1) / (1.0 + np.abs(limit).max(axis=-1))
    if np.any(size > ZERO):
        raise IntegrationError(
            f"no nearest saddle point found (residual {np.max(size):.2g}); give the projection "
            "as nearest_saddle=…"
        )
    return limit
