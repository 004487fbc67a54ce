"""Bisection for the largest step: between a proof and a counterexample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from ...discretize.method import Method
from ..basics.proof_outcome import Proved, Refuted
from ..basics.ranges import Range
from ..claims.claims import Decrease
from ..classes.operator_class import OperatorClass
from ..proofs.lyapunov import decrease_claim
from ..proofs.proving import prove_claim
from ..readings.vector import Form
from ..refuting.refutation import refute
from .found_steps import StepRange
from .step_limit import ALPHA

LEAST = Fraction(1, 1024)
"""A step that is smaller than those that matter."""

_LARGEST = Fraction(16)
_BISECTIONS = 10


def by_bisection(
    V: Form, method: Method, operator: OperatorClass, given: Mapping[str, Any]
) -> StepRange:
    """Find a number a little below the largest step of a proof, by bisection.

    Parameters
    ----------
    V, method, operator, given
        As in `step_range`, all parameters but the step being numbers.
    """
    whole = decrease_claim(V, method, operator, others=given.values())
    if (refuted := refuted_at(whole, {str(ALPHA): LEAST})) is not None:
        return StepRange(None, Fraction(0), refuted, LEAST, found="")
    if not proof_up_to(V, method, operator, given, LEAST):
        return StepRange(found="")
    proved, largest, beyond = _bisected(partial(proof_up_to, V, method, operator, given))
    refuted = refuted_at(whole, {str(ALPHA): beyond})
    failure = beyond if refuted is not None else None
    return StepRange(proved, largest, refuted, failure, found="bisection" if proved else "")


def proof_up_to(
    V: Form,
    method: Method,
    operator: OperatorClass,
    given: Mapping[str, Any],
    alpha: Fraction,
) -> Proved | None:
    """Prove the decrease for all steps up to one, if that succeeds."""
    ranges = {ALPHA: f"0 < alpha <= {alpha}"}
    claim = decrease_claim(V, method, operator, ranges=ranges, others=given.values())
    result = prove_claim(claim, given)
    return result if isinstance(result, Proved) else None


def _bisected(
    prove: Callable[[Fraction], Proved | None],
) -> tuple[Proved | None, Fraction, Fraction]:
    """Return a proof, up to which step it goes, and a step a little larger without one."""
    low, beyond, found = Fraction(0), _LARGEST, None
    while beyond > LEAST:  # down by halves to the first proof
        half = beyond / 2
        if (found := prove(half)) is not None:
            low = half
            break
        beyond = half
    for _ in range(_BISECTIONS if found else 0):
        middle = (low + beyond) / 2
        better = prove(middle)
        low, beyond, found = (middle, beyond, better) if better else (low, middle, found)
    return found, low, beyond


def refuted_at(claim: Decrease, at: Mapping[str, Fraction]) -> Refuted | None:
    """Refute a claim for given values of all its parameters."""
    spans = {name: Range(x, x, True, True) for name, x in at.items()}
    clock = {claim.scalars.clock: claim.scalars.ranges[claim.scalars.clock]}
    scalars = replace(claim.scalars, ranges={**clock, **spans}, conditions=())
    return refute(replace(claim, scalars=scalars))
