"""A leg: the smooth motion in one mode, step by step, up to the event that ends it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.integrate import DOP853

from ..errors import IntegrationError
from ..problems.points import Array
from .first_crossing import first_crossing, nodes, quadrature, slopes
from .mode import Mode

PATIENCE = 2000  # steps after which the pace is looked at
FURTHEST = 1e6  # steps still to go that are worth it: minutes
SLACK = 1e-13  # relative negative margin that is put down to rounding


class LegStep(NamedTuple):
    """A step of a leg: its end, its dense output, and what is known of it.

    `defect` is ∫ ‖ż − velocity(z)‖ dt along the dense output z: solutions do not move apart, so
    the error grows by at most that.
    """

    end: float
    interpolant: Callable[[Array], Array]
    z: Array
    is_event: bool
    defect: float
    nfev: int


def follow(
    mode: Mode, t: float, z: Array, t_end: float, rtol: float, atol: float
) -> Iterator[LegStep]:
    """Follow a mode from (t, z) with the Runge–Kutta method DOP853 to its event or to t_end.

    Raises
    ------
    IntegrationError
        The steps became too short.
    """
    solver, counted, event = DOP853(mode.velocity, t, z, t_end, rtol=rtol, atol=atol), 0, None
    for count in itertools.count(1):
        message = solver.step()
        if solver.status == "failed" or not np.isfinite(solver.y).all():
            raise IntegrationError(f"stopped at t = {solver.t:.6g}: {message or 'not finite'}")
        dense = solver.dense_output()
        event, defect = _examine(mode, dense, solver.t_old, solver.t)
        end = float(solver.t) if event is None else event
        z = solver.y if event is None else np.asarray(dense(event))
        yield LegStep(
            end, dense, z, event is not None, defect, solver.nfev - counted + len(nodes())
        )
        counted = solver.nfev
        if solver.status != "running" or event is not None:
            return
        if count % PATIENCE == 0:
            _check_pace(solver.t - t, count, t_end - solver.t)


def _check_pace(done: float, steps: int, rest: float) -> None:
    missing = steps * rest / done
    if missing > FURTHEST:
        raise IntegrationError(
            f"stopped after {steps} short steps: at this pace the end is {missing:.0e} steps away; "
            "shorten t_span or, if the problem is stiff, ask for engine='resolvent'"
        )


def _examine(
    mode: Mode, dense: Callable[[float], Array], start: float, end: float
) -> tuple[float | None, float]:
    """Time of the event in a step, or None, and the defect of the step."""
    times = start + (end - start) * (1.0 + nodes()) / 2.0
    times[-1] = end
    points = np.array([dense(t) for t in times])
    velocities, margins = zip(
        *(mode.sample(t, z) for t, z in zip(times, points, strict=True)), strict=True
    )
    samples = np.array(margins)
    slack = SLACK * (1.0 + np.abs(points).max() + np.abs(samples).max(axis=0, initial=0.0))
    event = first_crossing(lambda t: mode.sample(t, dense(t))[1], samples, slack, start, end)
    half = (end - start) / 2.0
    defects = np.linalg.norm(slopes(points) - half * np.array(velocities), axis=-1)
    return event, float(max(quadrature() @ defects, 0.0))
