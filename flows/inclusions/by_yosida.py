"""Integration of the optimistic inclusion in W = Z + βG(Z), where it is a smooth equation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.integrate import DOP853

from ..errors import IntegrationError, ProblemError
from ..flow import Flow, numerical, rates
from ..problems.points import Array
from .checks import Options, checked, start_of
from .first_crossing import nodes, quadrature, slopes
from .record import Ended, Record, Watch, finished_blindly
from .set_valued import SetValuedOperator
from .solution import InclusionSolution

STEP_SAFETY = 10.0  # the error of a step is kept so far below the tolerance of the trajectory


def integrate_by_yosida(
    flow: Flow,
    operator: SetValuedOperator,
    z0: Array,
    t_span: tuple[float, float],
    *,
    t_eval: Array | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    watch: Watch | None = None,
) -> InclusionSolution:
    """Solution of the optimistic inclusion ``Ż + β d/dt G(Z) ∈ −αG(Z)``, β > 0.

    ``Ẇ = −α(W − Z)/β`` with ``Z = J_βW`` is Lipschitz for every maximal monotone G: the right side
    is the Yosida approximation −αG_β(W). The start is ``W = Z0 + βG⁰(Z0)``, G⁰ the least element.
    Source: Ryu, Yuan, Yin 2019, Section 3.

    Parameters
    ----------
    flow : Flow
        The optimistic flow.
    operator : SetValuedOperator
    z0 : ndarray, shape (d,)
        Start; projected on the constraint sets if it lies outside, which the message says.
    t_span : (float, float)
    t_eval : ndarray, shape (T,), optional
        Times to record; those of the steps if not given.
    rtol, atol : float
        Tolerances of the trajectory.
    watch : callable, optional
        Called after every step, see `Watch`.

    Raises
    ------
    ProblemError
        An argument is wrong, or the flow is not of this form.
    """
    options = checked(flow, t_span, t_eval, rtol, atol)
    alpha, beta = yosida_rates(flow)
    z, note = start_of(operator, z0)
    record = Record([options.start], lambda W: operator.resolvent(W, beta), watch)
    resolvent = record.counted(operator.successive_resolvents())

    def rate(t: float, W: Array) -> Array:
        return -(alpha / beta) * (W - resolvent(W, beta))

    _integrate(rate, z + beta * operator.operator(z), options, record)
    return finished_blindly(record, options, note, record.path(z), operator)


def yosida_rates(flow: Flow) -> tuple[float, float]:
    """Rates α and β of a flow ``Ż = −αG(Z) − β d/dt G(Z)``, β > 0.

    Raises
    ------
    ProblemError
        It has another form.
    """
    alpha, beta, gamma = (float(rate) for rate in rates(numerical(flow)))
    if beta <= 0 or gamma != 0:
        raise ProblemError(
            f"the {flow.name} flow with beta = {beta:g} and anchor rate {gamma:g} has no form in W "
            "= Z + βG(Z); needed: the optimistic flow with beta > 0"
        )
    return alpha, beta


def _integrate(
    rate: Callable[[float, Array], Array], W: Array, options: Options, record: Record
) -> None:
    """Make steps of DOP853, with the integral of the defect along the dense output."""
    rtol, atol = max(options.rtol / STEP_SAFETY, 3e-14), options.atol / STEP_SAFETY
    try:
        solver = DOP853(rate, options.start, W, options.end, rtol=rtol, atol=atol)
        while solver.status == "running":
            if message := solver.step():
                raise IntegrationError(f"stopped at t = {solver.t:.6g}: {message}")
            dense = solver.dense_output()
            record.add(float(solver.t), dense, _defect(rate, dense, solver.t_old, solver.t))
    except (IntegrationError, KeyboardInterrupt, Ended) as error:
        record.stop(error)


def _defect(
    rate: Callable[[float, Array], Array], dense: Callable[[Array], Array], start: float, end: float
) -> float:
    """Integral of ‖ẇ − rate(w)‖ over a step: by how much more the solutions may be apart."""
    half = (end - start) / 2
    times = start + half * (1.0 + nodes())
    points = np.array([dense(t) for t in times])
    rates_there = np.array([rate(t, w) for t, w in zip(times, points, strict=True)])
    defects = np.linalg.norm(slopes(points) - half * rates_there, axis=-1)
    return float(max(quadrature() @ defects, 0.0))
