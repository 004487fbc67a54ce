"""Integration of a saddle flow: checks, the choice of the engine, and the trajectory."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .engines.choice import solved
from .engines.outcome import Outcome
from .engines.output_file import mapped_output
from .engines.task import FormMaker, Task
from .errors import ProblemError
from .flow import Flow
from .problems.problem import SaddleProblem
from .results.trajectory import Trajectory
from .solving.events import Event, as_events
from .solving.initial_value import initial_value
from .solving.stepping import FINEST, step_tolerance
from .solving.times import time_grid, time_span


def integrate(
    flow: Flow,
    problem: SaddleProblem,
    z0: ArrayLike,
    t_span: tuple[float, float],
    *,
    t_eval: ArrayLike | None = None,
    engine: str = "auto",
    form: FormMaker | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    events: Event | Sequence[Event] | None = None,
    anchor: ArrayLike | None = None,
    progress: bool = False,
    reference: bool = False,
    out: str | os.PathLike[str] | None = None,
) -> Trajectory:
    """Integrate a saddle flow from one start or from many.

    The engine ``"exact"`` evaluates the closed form of an affine problem. ``"krylov"`` solves
    large affine problems by products with the matrix, and estimates its error. ``"taylor"``
    (extra ``fast``) sums Taylor series of compiled formulas, at the precision of floats whatever
    the tolerance. ``"scipy"`` takes every task: it is the Runge–Kutta method DOP853, its steps
    controlled so much more finely that the trajectory itself meets the tolerance: on ``L = xu``,
    where nothing damps errors, over [0, 100] with rtol = 1e-9 and atol = 1e-10 every flow stays
    below ``2 (atol + rtol |Z|)`` in each coordinate. ``"auto"`` takes the first of them that
    can; the trajectory says which engine ran and why. ``"implicit"``, Radau's method of order 5,
    is for stiff problems, at moderate tolerances: ask for it when another engine says so. An
    anchored flow leaves its pole at t = 0 on a polynomial with an error bound.

    A set-valued problem, with kinks, sets or terms, has engines of its own: ``"inclusion"`` solves
    ``Ż ∈ −G(Z)`` event by event, the optimistic flow in W = Z + βG(Z), and the trajectory knows
    when it was ``sliding`` on kinks and walls. ``"resolvent"`` needs nothing but resolvents: ask
    for it when the problem is stiff as well, or events accumulate; it is less accurate.

    Parameters
    ----------
    flow : Flow
        The flow, with numbers for parameters, or with arrays of N numbers, one for each member.
    problem : SaddleProblem
        The problem.
    z0 : array_like, shape (d,) or (N, d)
        Start at t_span[0], or N starts. Members that fail do not stop the others. Starts outside
        the sets of the players are projected, and the message says so.
    t_span : (float, float)
        First and last time, increasing; not negative for a flow with an anchor.
    t_eval : array_like, shape (T,), optional
        Increasing times in `t_span` at which to record Z; 501 equally spaced ones if not given.
        If the integration from one start ends early, its last time is appended.
    engine : {"auto", "exact", "krylov", "taylor", "scipy", "implicit", "inclusion", "resolvent"}
        Which engine runs.
    form : VelocityForm or ResolventForm, optional
        In which variable to integrate (the class itself); if not given that of the flow, which
        is VelocityForm for most.
    rtol, atol : float
        Relative (≥ 2.22e-14) and absolute (> 0) tolerance of the trajectory.
    events : callable or sequence of callable, optional
        Functions ``event(t, z)`` with attributes ``terminal`` and ``direction`` as in SciPy; for
        one start only. See `crossings`.
    anchor : array_like, broadcastable to z0, optional
        Z0 of the anchor term; `z0` if not given.
    progress : bool
        Show a progress bar.
    reference : bool
        Be as accurate as can be, tolerances aside: in extended precision with the extra
        ``fast``, else as far as double precision goes; the trajectory says which.
    out : path-like, optional
        For ensembles larger than memory: ``.npy`` file for the points, which `Trajectory.z` maps
        into memory. It gets its name when it is complete.

    Returns
    -------
    Trajectory
        With ``z`` of shape (T, d) or (N, T, d). A solution that blows up, a solver that fails
        and an interruption from the keyboard are no errors: the trajectory ends where it
        ended, with ``status`` −1 and a message. In an ensemble, members that ended before are
        named by ``failed`` and NaN from there on.

    Raises
    ------
    ProblemError
        An argument is wrong.
    IntegrationError
        The flow cannot leave its start.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> bilinear = SaddleProblem("x*u", "x", "u")
    >>> trajectory = integrate(AnchoredFlow(1), bilinear, [1.0, 0.0], (0, np.pi), t_eval=[np.pi])
    >>> float(trajectory.operator_norm[0])  # 2|sin(t/2)|/t
    0.6366197723...
    """
    span = time_span(t_span)
    task = _task(flow, problem, z0, anchor, span, t_eval, reference, rtol, atol)
    listed = as_events(events)
    if listed and not task.single:
        raise ProblemError(f"events need one start, shape ({problem.d},); z0 holds several")
    if out is not None and task.single:
        raise ProblemError(f"out is for ensembles, z0 of shape (N, {problem.d}); z0 is one start")
    problem.warn_unless_convex_concave()
    own = getattr(flow, "form", None)
    task = replace(task, events=listed, form=form or own, progress=progress)
    shape = (task.members, len(task.grid), problem.d)
    with nullcontext(None) if out is None else mapped_output(out, shape) as room:
        outcome, name, reason = solved(replace(task, out=room), engine)
    return Trajectory(
        flow=flow,
        problem=problem,
        engine=name,
        engine_reason=reason,
        **_record(outcome, task),
    )


def _task(
    flow: Flow,
    problem: SaddleProblem,
    z0: ArrayLike,
    anchor: ArrayLike | None,
    span: tuple[float, float],
    t_eval: ArrayLike | None,
    reference: bool,
    rtol: float,
    atol: float,
) -> Task:
    """Check the arguments that say what is to be solved."""
    grid = time_grid(t_eval, *span)
    step_tolerance(rtol, atol)
    initial = initial_value(flow, problem, z0, anchor, span[0])
    return Task(
        initial=initial,
        t_end=span[1],
        grid=grid,
        rtol=FINEST if reference else float(rtol),
        atol=FINEST if reference else float(atol),
        single=np.ndim(z0) == 1 and not initial.has_several_flows,
        reference=reference,
    )


def _record(outcome: Outcome, task: Task) -> dict[str, Any]:
    """Fields of the trajectory that the outcome fills."""
    one: Callable[[Any], Any] = (lambda a: a[0]) if task.single else (lambda a: a)
    error = outcome.error_estimate
    return {
        "t": outcome.t,
        "z": one(outcome.z),
        "anchor": np.array(one(task.initial.anchor)),
        "status": outcome.status,
        "message": task.initial.note + outcome.message,
        "nfev": outcome.nfev,
        "t_span": (task.initial.t_start, outcome.t_reached),
        "t_events": outcome.t_events or None,
        "z_events": outcome.z_events or None,
        "failed": one(outcome.failed),
        "error_estimate": None if error is None else one(error),
        "dense": outcome.dense,
        "sliding": None if outcome.sliding is None else one(outcome.sliding),
        "switches": None if outcome.switches is None else one(outcome.switches),
    }
