"""Stepping through time: the singular start of anchored flows, then an explicit Runge–Kutta."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import DOP853

from ..errors import IntegrationError, ProblemError
from ..problems.points import Array
from .anchored_start import AnchoredStart, Tolerance, leave_anchor
from .departure import departure
from .forms import Form
from .initial_value import InitialValue
from .path import Piece, States

# A solver controls the error of each step, the user asks for that of the trajectory. On
# rotations, where nothing damps errors, those of the steps add up: on L = xu over [0, 100] with
# rtol = 1e-9 the trajectory came out at up to 33 times the steps' own tolerance (anchored,
# γ = 2; the gradient flow: 76), coordinate by coordinate. Of eighth order, DOP853 pays for a
# tolerance 50 times finer with 1.6 times the steps.
STEP_SAFETY = 50.0
FINEST = 100.0 * float(np.finfo(float).eps)  # relative tolerance below which rounding rules
PATIENCE = 2000  # steps after which the pace is looked at
REMEDY = "take engine='implicit' if it is stiff, shorten t_span or loosen the tolerance"
FURTHEST = 1e6  # steps still to go that are worth it: minutes, and a gigabyte of dense output


class Stopped(Exception):
    """The solver cannot go on; the message says why, in words.

    Parameters
    ----------
    message : str
        Why.
    culprits : ndarray of bool, shape (N,)
        Members because of which it cannot.
    """

    def __init__(self, message: str, culprits: NDArray[np.bool_]) -> None:
        super().__init__(message)
        self.culprits = culprits


class EnsembleDOP853(DOP853):  # type: ignore[misc]
    """Runge–Kutta method of order 8 (Dormand–Prince) with the error of the worst member.

    SciPy takes the root mean square over all coordinates, in which one bad member among N
    hides; here it is taken member by member, and the largest counts. Source of the estimate:
    Hairer, Nørsett, Wanner 1993, Section II.10.
    """

    def __init__(self, *arguments: Any, members: int, **options: Any) -> None:
        self.members = members
        self.errors = np.zeros(members)  # of the last step, by members
        super().__init__(*arguments, **options)

    def _estimate_error_norm(self, K: Array, h: float, scale: Array) -> float:
        fifth, third = (
            np.sum(((K.T @ weights) / scale).reshape(self.members, -1) ** 2, axis=-1)
            for weights in (self.E5, self.E3)
        )
        coordinates = len(scale) // self.members
        mixed = np.sqrt((fifth + 0.01 * third) * coordinates)
        ratio = np.divide(fifth, mixed, out=np.zeros_like(fifth), where=mixed != 0.0)
        self.errors = np.abs(h) * ratio
        return float(np.max(self.errors))

    def slowest(self) -> NDArray[np.bool_]:
        """Members that keep the steps short: those that would need steps below twice as long."""
        finite = np.isfinite(self.errors)
        if not finite.all():
            return ~finite
        return np.asarray(self.errors >= np.max(self.errors) / 2.0**8)


def step_tolerance(rtol: float, atol: float) -> Tolerance:
    """Tolerance of the steps for which a trajectory meets `rtol` and `atol`.

    Raises
    ------
    ProblemError
        `rtol` is below a hundred units of rounding, `atol` is not positive, or one is no number.
    """
    try:
        rtol, atol = float(rtol), float(atol)
    except (TypeError, ValueError):
        raise ProblemError(f"rtol = {rtol!r}, atol = {atol!r}; numbers are needed") from None
    if not FINEST <= rtol < 1.0:
        raise ProblemError(
            f"rtol = {rtol:g}; a number from {FINEST:.2g} to below 1 is needed (for the most "
            "accurate trajectory there can be, reference=True)"
        )
    if not 0.0 < atol < np.inf:
        raise ProblemError(f"atol = {atol:g}; a finite number > 0 is needed")
    return Tolerance(max(rtol / STEP_SAFETY, FINEST), atol / STEP_SAFETY)


def steps(form: Form, initial: InitialValue, t_end: float, tolerance: Tolerance) -> Iterator[Piece]:
    """Step a flow from its start to `t_end`.

    Raises
    ------
    IntegrationError
        The flow cannot start.
    Stopped
        It cannot go on.
    """
    check_start(initial)
    t, state = initial.t_start, form.state(initial.z0)
    if initial.is_singular:
        start = leave(initial, t_end, tolerance)
        yield Piece(t, start.t_end, start, start.evaluations)
        t, state = start.t_end, start(np.array([start.t_end]))[:, 0]
    if t < t_end:
        yield from _runge_kutta(form, state, t, t_end, tolerance)


def check_start(initial: InitialValue) -> None:
    """Refuse a start at which the operator has no value.

    Raises
    ------
    ProblemError
        It is not finite there.
    """
    if not np.all(np.isfinite(initial.problem.operator(initial.z0))):
        raise ProblemError("the operator is not finite at z0; start where it is")


def leave(initial: InitialValue, t_end: float, tolerance: Tolerance) -> AnchoredStart:
    """Leave the pole of a flow at t = 0.

    Raises
    ------
    ProblemError
        The flow has optimism as well, or a pole of another kind than an anchored one.
    IntegrationError
        It cannot leave.
    """
    law = departure(initial.flow)
    return leave_anchor(initial.problem.operator, initial.anchor, law, t_end, tolerance)


def _runge_kutta(
    form: Form, state: Array, t_start: float, t_end: float, tolerance: Tolerance
) -> Iterator[Piece]:
    shape = state.shape

    def rate(t: float, y: Array) -> Array:
        return form.rate(t, y.reshape(shape)).ravel()

    solver = EnsembleDOP853(
        rate, t_start, state.ravel(), t_end, members=shape[0], **tolerance._asdict()
    )
    counted, milestone = 0, t_start
    for step in itertools.count(1):
        advance(solver)
        states = _members(solver.dense_output(), shape)
        yield Piece(solver.t_old, solver.t, states, solver.nfev - counted)
        counted = solver.nfev
        if solver.status != "running":
            return
        if step % PATIENCE == 0:
            check_pace(solver, solver.t - milestone)
            milestone = solver.t


def _members(interpolant: Callable[[Array], Array], shape: tuple[int, ...]) -> States:
    """Read an interpolant of the stacked system member by member."""
    return lambda t: np.moveaxis(interpolant(t).reshape(*shape, len(t)), -1, 1)


def advance(solver: EnsembleDOP853) -> None:
    """Make one step, or say in words why there is none.

    Raises
    ------
    Stopped
        With the members at fault.
    """
    t = solver.t
    try:
        solver.step()
    except IntegrationError as error:
        everyone = np.ones(solver.members, dtype=bool)
        raise Stopped(f"stopped at t = {t:.6g}: {error}", everyone) from error
    if solver.status == "failed":
        raise Stopped(
            f"stopped at t = {t:.6g}: the steps shrank to nothing; the solution blows up there, "
            "or the operator is not smooth",
            solver.slowest(),
        )
    finite = np.isfinite(solver.y) & np.isfinite(solver.f)
    if not finite.all():
        raise Stopped(
            f"stopped at t = {t:.6g}: the values after it are not finite",
            ~finite.reshape(solver.members, -1).all(axis=-1),
        )


def check_pace(solver: EnsembleDOP853, progress: float) -> None:
    """Give up when, at the pace of the last steps, the end cannot be reached.

    Parameters
    ----------
    solver : EnsembleDOP853
        After another `PATIENCE` steps.
    progress : float
        Time these took it forward.

    Raises
    ------
    Stopped
        With the members that keep the steps short.
    """
    missing = PATIENCE * (solver.t_bound - solver.t) / progress
    if missing > FURTHEST:
        raise Stopped(
            f"stopped at t = {solver.t:.6g}: at the pace of the last {PATIENCE} steps the end is "
            f"{missing:.0e} steps away; the problem is stiff or its operator not smooth: {REMEDY}",
            solver.slowest(),
        )
