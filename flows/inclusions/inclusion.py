"""Integration of a set-valued saddle flow: the integrator that suits the flow."""

from __future__ import annotations

from ..flow import Flow, numerical, weights
from ..problems.points import Array
from .by_events import integrate_by_events
from .by_yosida import integrate_by_yosida, yosida_rates
from .drive import check_rest
from .record import Watch
from .set_valued import SetValuedOperator
from .solution import InclusionSolution


def integrate_inclusion(
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
) -> InclusionSolution:
    """Solution of a set-valued saddle flow.

    A flow without d/dt G is integrated event by event (`integrate_by_events`); the optimistic
    flow in W = Z + βG(Z) (`integrate_by_yosida`). For stiff problems, or when events accumulate,
    there is `integrate_by_resolvents`. `integrate` calls all of these.

    Parameters
    ----------
    flow : Flow
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

    Raises
    ------
    ProblemError
        An argument is wrong, or L is not convex-concave at a kink that is met.

    Examples
    --------
    Matching pennies on the square: the flow rotates, slides along walls, and ends on the circle.

    >>> import numpy as np
    >>> from saddleode.flows import GradientFlow, SaddleProblem
    >>> from saddleode.flows.inclusions import set_valued_operator, smooth
    >>> from saddleode.flows.terms import Box
    >>> L, box = SaddleProblem("x*u", "x", "u"), Box(-1, 1)
    >>> G = set_valued_operator(smooth(L.backend), ("x",), ("u",), primal_set=box, dual_set=box)
    >>> solution = integrate_inclusion(GradientFlow(), G, [1.0, -1.0], (0, 10))
    >>> [(round(s.end, 9), s.where) for s in solution.sliding]
    [(1.0, 'x = 1')]
    >>> float(np.linalg.norm(solution.z[-1]).round(7))
    1.0
    """
    if is_optimistic(flow):
        return integrate_by_yosida(
            flow, operator, z0, t_span, t_eval=t_eval, rtol=rtol, atol=atol, watch=watch
        )
    return integrate_by_events(
        flow, operator, z0, t_span, t_eval=t_eval, rtol=rtol, atol=atol, anchor=anchor, watch=watch
    )


def is_optimistic(flow: Flow) -> bool:
    """Whether a flow contains d/dt G."""
    return bool(weights(numerical(flow), 1.0).g_dot != 0)


def check_flow(flow: Flow) -> None:
    """Refuse a flow that is not defined for a set-valued G.

    Raises
    ------
    ProblemError
        The message is the reason alone.
    """
    if is_optimistic(flow):
        yosida_rates(flow)
    else:
        check_rest(flow)
