"""Integration of inclusions by resolvents alone: implicit, adaptive, without modes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..errors import IntegrationError
from ..flow import Flow
from ..problems.points import Array
from .checks import checked, start_of
from .drive import drive
from .record import Ended, Record, Watch, finished_blindly
from .sdirk import implicit_steps
from .solution import InclusionSolution

FIRST = 1e-4  # first step, relative to the time span
STEP_SAFETY = 10.0  # the error of a step is kept so far below the tolerance of the trajectory


class HasResolvent(Protocol):
    """Maximal monotone operator known by its resolvent."""

    @property
    def d(self) -> int:
        """Number of coordinates."""

    def project(self, z: Array) -> Array:
        """Nearest point of the closure of its domain."""

    def successive_resolvents(self) -> Callable[[Array, float], Array]:
        """Return the resolvent (z, step) -> J_s(z), for points that follow each other."""

    def ties(self, *points: Array) -> frozenset[str]:
        """Kinks and walls that all of the points are on."""


@dataclass(frozen=True, eq=False)
class GivenResolvent:
    """Operator given by its resolvent as a function, ``(z, step) -> J_s(z)``.

    Parameters
    ----------
    function : callable
        The resolvent, for points of shape (d,).
    d : int
        Number of coordinates.

    Examples
    --------
    >>> G = GivenResolvent(lambda z, s: z / (1 + s), d=2)
    >>> G.successive_resolvents()(np.ones(2), 1.0)
    array([0.5, 0.5])
    """

    function: Callable[[Array, float], Array]
    d: int

    def project(self, z: Array) -> Array:
        """Return J_s(z) for a tiny s: J_s(z) tends to the projection."""
        w = np.asarray(self.function(z, 1e-14), dtype=float)
        return z if np.linalg.norm(w - z) <= 1e-12 * (1.0 + np.linalg.norm(z)) else w

    def successive_resolvents(self) -> Callable[[Array, float], Array]:
        """Return the function, its values as arrays."""
        return lambda z, step: np.asarray(self.function(z, step), dtype=float)

    def ties(self, *points: Array) -> frozenset[str]:
        """Nothing is known of kinks and walls."""
        return frozenset()


def integrate_by_resolvents(
    flow: Flow,
    operator: HasResolvent,
    z0: Array,
    t_span: tuple[float, float],
    *,
    t_eval: Array | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    anchor: Array | None = None,
    watch: Watch | None = None,
) -> InclusionSolution:
    """Solution of ``Ż ∈ −G(Z)``, or of an anchored inclusion, by an implicit method of order 4.

    Every stage of a step is a resolvent (`sdirk_step`), so no kink, wall or mode has to be known;
    stiff problems are no obstacle. Where a trajectory meets a kink the steps shrink to the
    tolerance, and grow again. The order of equal steps, as measured: 4 where the motion is smooth,
    at rest on a flat kink or wall included, 3 from the pole of an anchored flow, 2 along a curved
    wall, 1 across a kink.

    Parameters
    ----------
    flow : Flow
        A flow without d/dt G.
    operator : SetValuedOperator, GivenResolvent or the like
    z0 : ndarray, shape (d,)
        Start; projected on the constraint sets if it lies outside, which the message says.
    t_span : (float, float)
    t_eval : ndarray, shape (T,), optional
        Times to record; those of the steps if not given.
    rtol, atol : float
        Tolerances of the trajectory.
    anchor : ndarray, shape (d,), optional
        Z0 of the anchor term; the start if not given.
    watch : callable, optional
        Called after every step, see `Watch`.

    Raises
    ------
    ProblemError
        An argument is wrong.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow
    >>> soft = GivenResolvent(lambda z, s: np.sign(z) * np.maximum(abs(z) - s, 0), d=2)
    >>> solution = integrate_by_resolvents(GradientFlow(), soft, [1.0, -2.0], (0, 1.5))
    >>> solution.z[-1].round(6)
    array([ 0. , -0.5])
    """
    options = checked(flow, t_span, t_eval, rtol, atol)
    z, note = start_of(operator, z0)
    moving = drive(flow, z, anchor, options.start)
    record = Record([options.start], operator.project, watch)
    resolvent = record.counted(operator.successive_resolvents())
    tolerances = rtol / STEP_SAFETY, atol / STEP_SAFETY
    first = FIRST * (options.end - options.start)
    try:
        for step in implicit_steps(
            moving, resolvent, options.start, z, options.end, *tolerances, first
        ):
            record.add(step.t, step, step.error)
    except (IntegrationError, KeyboardInterrupt, Ended) as error:
        record.stop(error)
    return finished_blindly(record, options, note, record.path(z), operator)
