"""Radau's implicit Runge–Kutta method of order 5, for stiff flows, stepping onto given times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse
from scipy.integrate import Radau

from ..errors import IntegrationError
from ..flow import weights
from ..problems.points import Array
from .anchored_start import Tolerance
from .forms import VelocityForm

MOST_STEPS = 100_000  # minutes
REMEDY = "shorten t_span or loosen the tolerance"


class ImplicitSteps:
    """States of one trajectory at increasing times, each of them the end of a step.

    The polynomials of the method between its steps are of order 3 only: they are not used.

    Parameters
    ----------
    form : VelocityForm
        Of one member.
    t : float
        Start.
    state : ndarray, shape (d,), or (2d,) if the anchor moves
    times : ndarray, shape (T,)
        Increasing times after `t`.
    tolerance : Tolerance
        Of the steps.

    Attributes
    ----------
    nfev : int
        Evaluations of the right-hand side so far.
    """

    def __init__(
        self, form: VelocityForm, t: float, state: Array, times: Array, tolerance: Tolerance
    ) -> None:
        def rate(s: float, y: Array) -> Array:
            return np.asarray(form.rate(s, y[None])[0])

        self._times = times
        self._solver = Radau(
            rate, t, state, float(times[-1]), jac=_jacobian(form), **tolerance._asdict()
        )

    @property
    def nfev(self) -> int:
        """Evaluations of the right-hand side so far."""
        return int(self._solver.nfev)

    def __iter__(self) -> Iterator[Array]:
        """Step from one time to the next.

        Raises
        ------
        IntegrationError
            It cannot go on; the message begins with "stopped at t = ".
        """
        solver, steps = self._solver, 0
        for target in self._times.tolist():
            solver.t_bound, solver.status = target, "running"
            while solver.status == "running":
                _advance(solver)
                steps += 1
                if steps == MOST_STEPS:
                    raise _stopped(solver, f"{steps} steps were made; {REMEDY}")
            yield solver.y


def _advance(solver: Radau) -> None:
    try:
        solver.step()
    except (ValueError, np.linalg.LinAlgError):  # from the factors of a Jacobian that overflows
        raise _stopped(solver, "the values after it are not finite") from None
    if solver.status == "failed":
        raise _stopped(
            solver,
            "the steps shrank to nothing; the solution blows up there, or the operator is not "
            "smooth",
        )


def _stopped(solver: Radau, words: str) -> IntegrationError:
    return IntegrationError(f"stopped at t = {solver.t:.6g}: {words}")


def _jacobian(form: VelocityForm) -> Callable[[float, Array], Any] | None:
    """Jacobian of the velocity; None, for differences, if it takes second derivatives of L."""
    if form.anchor_moves or np.any(weights(form.flow, 1.0).g_dot != 0):
        return None

    def jacobian(t: float, y: Array) -> Any:
        w = weights(form.flow, t)
        z, g = (float(np.ravel(weight)[0]) for weight in (w.z, w.g))
        DG = form.problem.jacobian(y)
        identity = scipy.sparse.eye_array(len(y)) if scipy.sparse.issparse(DG) else np.eye(len(y))
        return z * identity + g * DG

    return jacobian
