"""Integration of inclusions event by event: smooth motion in a mode, then the next mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..errors import IntegrationError
from ..flow import Flow
from ..problems.points import Array
from .checks import checked, start_of
from .drive import Drive, drive
from .leg import LegStep, follow
from .mode import select_mode
from .piecewise import Pieces
from .record import Ended, Record, Watch, finished
from .sdirk import implicit_steps
from .set_valued import SetValuedOperator
from .solution import InclusionSolution, joined

MAX_EVENTS = 10_000
STALLED = 1e-13  # a leg so short, relative to the time span, is no progress
STALLS = 3  # legs without progress after which a step of the implicit method leads on
FIRST = 1e-6  # size of that step, relative to the rest of the time span
RESOLVENTS = 7  # evaluations of a step of the implicit method
STEP_SAFETY = 10.0  # the error of a step is kept so far below the tolerance of the trajectory


@dataclass
class _Events(Record):
    """Steps, what held during each, and the times of the events."""

    ties: list[tuple[float, float, frozenset[str]]] = field(default_factory=list)
    switches: list[float] = field(default_factory=list)

    def add_step(self, step: LegStep, operator: SetValuedOperator, z: Array) -> None:
        """Append a step that starts at z."""
        start = self.ends[-1]
        self.nfev += step.nfev
        if step.end > start:
            middle = np.asarray(step.interpolant(np.asarray((start + step.end) / 2)))
            self.ties.append((start, step.end, operator.ties(z, middle, step.z)))
        if step.is_event:
            self.switches.append(step.end)
        self.add(step.end, step.interpolant, step.defect)

    def stop(self, error: BaseException) -> None:
        """Note that and why the integration ended early; what would come later is forgotten."""
        super().stop(error)
        end = self.ends[-1]
        self.ties = [(a, min(b, end), where) for a, b, where in self.ties if a < end]
        self.switches = [t for t in self.switches if t <= end]


def integrate_by_events(
    flow: Flow,
    operator: SetValuedOperator,
    z0: Array,
    t_span: tuple[float, float],
    *,
    t_eval: Array | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    anchor: Array | None = None,
    watch: Watch | None = None,
    max_events: int = MAX_EVENTS,
) -> InclusionSolution:
    """Solution of ``Ż ∈ −G(Z)``, or of an anchored inclusion, with every event located.

    At a kink or wall the right velocity is minus the element of least norm; it tells which pieces
    stay tied. On these the motion is smooth (`Mode`), and is followed with DOP853 to the next
    event: another piece or wall is met, or a tied one lets go.

    Parameters
    ----------
    flow : Flow
        A flow without d/dt G.
    operator : SetValuedOperator
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
    max_events : int
        Events after which the integration stops: they may accumulate.

    Raises
    ------
    ProblemError
        An argument is wrong, or L is not convex-concave at a kink that is met.

    Examples
    --------
    >>> import sympy
    >>> from saddleode.flows import GradientFlow
    >>> from saddleode.flows.inclusions import kinked, set_valued_operator
    >>> x, u = sympy.symbols("x u")
    >>> G = set_valued_operator(kinked(abs(x) - abs(u), (x,), (u,)), ("x",), ("u",))
    >>> solution = integrate_by_events(GradientFlow(), G, [1.0, -2.0], (0, 5))
    >>> solution.z[-1], [(round(s.start, 9), s.where) for s in solution.sliding]
    (array([0., 0.]), [(1.0, 'x = 0'), (2.0, 'u = 0')])
    """
    options = checked(flow, t_span, t_eval, rtol, atol)
    z, note = start_of(operator, z0)
    moving = drive(flow, z, anchor, options.start)
    record = _Events([options.start], operator.project, watch)
    tolerances = max(rtol / STEP_SAFETY, 3e-14), atol / STEP_SAFETY
    try:
        _run(operator, moving, z, options.end, tolerances, max_events, record)
    except (IntegrationError, KeyboardInterrupt, Ended) as error:
        record.stop(error)
    ties = joined(record.ties)
    return finished(record, options, note, record.path(z), ties, record.switches)


def _run(
    operator: SetValuedOperator,
    moving: Drive,
    z: Array,
    t_end: float,
    tolerances: tuple[float, float],
    max_events: int,
    record: _Events,
) -> None:
    """Leg after leg to t_end, written into the record."""
    G, t, stalls = operator.pieces, record.ends[0], 0
    span, active = t_end - t, G.active(z, operator.slack(z))
    z = G.settled(z, active)
    while t < t_end:
        if len(record.switches) >= max_events:
            raise IntegrationError(
                f"stopped at t = {t:.6g}: {max_events} events, which may accumulate there; "
                "engine='resolvent' does not wait for events"
            )
        start, mode = t, select_mode(G, moving, t, z, active)
        if stalls < STALLS and not moving.is_stiff(t, t_end):
            tied, steps = mode.tied, follow(mode, t, z, t_end, *tolerances)
        else:
            tied = np.zeros_like(active)
            steps = _implicit_leg(operator, moving, t, z, t_end, tolerances)
        for step in steps:
            record.add_step(step, operator, z)
            t, z = step.end, step.z
        stalls = stalls + 1 if t - start <= STALLED * span else 0
        z, active = _landed(operator, z, tied)


def _landed(operator: SetValuedOperator, z: Array, tied: Pieces) -> tuple[Array, Pieces]:
    """Point at the end of a leg, rounding errors projected out, and what is active there."""
    z = operator.project(z)
    active = tied | operator.pieces.active(z, operator.slack(z))
    return operator.pieces.settled(z, active), active


def _implicit_leg(
    operator: SetValuedOperator,
    moving: Drive,
    t: float,
    z: Array,
    t_end: float,
    tolerances: tuple[float, float],
) -> Iterator[LegStep]:
    """Make steps of the implicit method, which needs no mode: one leads out of a stall.

    From the pole of a strong anchor, γ/t^p with p > 1, it goes on as long as this is stiff.
    """
    resolvent, first = operator.successive_resolvents(), FIRST * (t_end - t)
    is_stall = not moving.is_stiff(t, t_end)
    for step in implicit_steps(moving, resolvent, t, z, t_end, *tolerances, first):
        yield LegStep(step.t, step, step.z, is_stall, step.error, RESOLVENTS)
        if is_stall or not moving.is_stiff(step.t, t_end):
            return
