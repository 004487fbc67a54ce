"""The remainder of a transfer, bounded by h² Σ M_i‖v_i‖²; both sides are proved."""

from __future__ import annotations

from typing import Any

from ...discretize.method import Method
from ..basics.proof_outcome import Unknown
from ..claims.step_motion import StepMotion
from ..classes.operator_class import OperatorClass
from ..readings.vector import Form
from .bounded_remainder import RemainderBound
from .nearness import Nearness
from .remainder_attempt import Attempt
from .remainder_basis import Surroundings


def bound_remainder(
    remainder: Form, method: Method, operator: OperatorClass, h: Any
) -> RemainderBound | Unknown:
    """Bound a remainder of order h² by squares, and prove both sides.

    Changes of G between two points of a step are estimated by the Lipschitz constant L of the
    class, for α ≤ 1/L; without one, the remainder must be of order h² as it stands.

    Parameters
    ----------
    remainder : Form
        Over the vectors of the method.
    method : Method
        The method, with the symbol `ALPHA` for its step.
    operator : OperatorClass
        The class.
    h : scalar
        The step of time.
    """
    around = Surroundings(remainder, StepMotion(method), Nearness(operator), h)
    L = around.nearness.constant
    if getattr(L, "is_irrational", False):
        return Unknown(f"the Lipschitz constant is {L}, no rational number; take a larger one")
    ways: list[tuple[str | None, bool]] = [(None, False)]
    if L is not None:
        ways += [(None, True), *((name, True) for name in around.values)]
    attempts = [Attempt(around, *way) for way in ways]
    possible = [attempt for attempt in attempts if attempt.is_possible]
    return min(possible, key=Attempt.rank).proved() if possible else Unknown(_why(around))


def _why(around: Surroundings) -> str:
    """Return why there is no bound."""
    if around.nearness.constant is None:
        return (
            f"the remainder contains changes of G in a step, and a "
            f"{around.nearness.operator.title} may change by any amount; take a class with a "
            "Lipschitz constant"
        )
    return "the remainder is not of order h² by the estimates that were tried"
