"""The search for witnesses: rotations, parameters and moments are tried, in floats first."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from ...flows.errors import ProblemError
from ..basics.proof_outcome import Refuted
from ..basics.time_limit import require_time
from ..claims.claims import Claim
from ..claims.flow_motion import FlowMotion
from ..claims.step_motion import StepMotion
from ..coefficients.evaluation import At, Plane, coefficient_value, in_region
from ..coefficients.field import STEP, TIME
from ..coefficients.samples import region_points
from ..readings.vector import Form, Vector
from .configuration import Configuration
from .configurations import configurations
from .flow_trajectory import flow_numbers, flow_values
from .rotations import Rotation, members
from .step_trajectory import StepNumbers, Values, step_values
from .witness import Witness, WitnessError

_POINTS = 24  # values of the parameters that are tried
_FEW_POINTS = 4  # of them with random points
_STEPS = 8  # steps of each trajectory that are looked at
_TIMES = tuple(
    Fraction(n, d) for n, d in ((1, 2), (22, 7), (2, 1), (1, 50), (6, 1), (7, 1), (12, 1))
)
_STARS = tuple(
    (Fraction(x), Fraction(y)) for x, y in ((0, 0), (-2, 0), (2, 1))
)  # z*: it matters for functions that are not about z − z*
_SMALL = 1e-9  # relative: what is smaller is rounding, and is not looked at exactly


def refute(claim: Claim) -> Refuted | None:
    """Look for an operator on which a claim fails: rotations with dissipation, then a few points.

    Returns
    -------
    Refuted or None
        With a witness that has been verified; None says nothing.
    """
    if claim.scalars.clock == STEP and claim.scalars.functions.formulas:
        return None  # with roots of k no step has rational coefficients
    by_rotations = _first_verified(claim, _suspects, _POINTS)
    if by_rotations is not None:
        return by_rotations
    return _first_verified(claim, configurations, _FEW_POINTS)


def _first_verified(
    claim: Claim, look: Callable[[Claim, At], Iterator[Witness | Configuration]], count: int
) -> Refuted | None:
    for at in itertools.islice(_parameters(claim), count):
        with contextlib.suppress(ProblemError, ZeroDivisionError, OverflowError):
            # no closed form, or a coefficient has a pole here
            for witness in look(claim, at):
                require_time("counterexamples were being looked for")
                with contextlib.suppress(WitnessError):
                    witness.verify()
                    return Refuted(witness)
    return None


def _parameters(claim: Claim) -> Iterator[dict[str, Fraction]]:
    """Yield values of the parameters: those that are fixed, and a few of the others."""
    scalars = claim.scalars
    fixed = {
        n: span.low for n, span in scalars.ranges.items() if span.is_point and span.low is not None
    }
    names = [name for name in scalars.names if name not in scalars.moving]
    for point in region_points(names, scalars.known, scalars.ranges):
        yield {**fixed, **{n: x for n, x in point.items() if n not in scalars.moving}}


def _suspects(claim: Claim, at: At) -> Iterator[Witness]:
    """Yield the moments at which the claim seems to fail, in floats."""
    numbers = _steps_or_times(claim, at)
    stars = _STARS if depends_on_the_origin(claim) else _STARS[:1]
    for M, zstar in itertools.product(members(claim.operator, claim.scalars, at), stars):
        for moment, target, values in numbers.moments(M, np.array(zstar, dtype=object)):
            require_time("counterexamples were being looked for")
            if not set(target.generators) <= values.keys():
                return  # vectors of the caller's own
            terms = [float(c) * float(values[i] @ values[j]) for (i, j), c in target.terms.items()]
            if sum(terms) < -_SMALL * sum(map(abs, terms)):
                yield Witness(claim, M, moment, zstar)


def _steps_or_times(claim: Claim, at: At) -> _Steps | _Times:
    if isinstance(claim.motion, StepMotion):
        return _Steps(claim, claim.motion, at)
    if isinstance(claim.motion, FlowMotion):
        return _Times(claim, claim.motion, at)
    raise ProblemError("the claim is about no trajectory")


class _Steps:
    """The first steps of a method, for some values of the parameters."""

    def __init__(self, claim: Claim, motion: StepMotion, at: At) -> None:
        self.steps = StepNumbers(motion, claim.scalars, at)
        moments = [{**at, STEP: Fraction(k)} for k in range(_STEPS)]
        self.looked_at = {
            k: (moment, _target(claim, moment))
            for k, moment in enumerate(moments)
            if in_region(claim.scalars, moment)
        }

    def moments(self, M: Rotation, zstar: Plane) -> Iterator[tuple[At, Form, Values]]:
        for k, values in enumerate(step_values(self.steps, M, zstar, float)):
            if k in self.looked_at:
                yield *self.looked_at[k], values
            if k >= max(self.looked_at, default=0):
                return


class _Times:
    """Some times of a flow, for some values of the parameters."""

    def __init__(self, claim: Claim, motion: FlowMotion, at: At) -> None:
        moments = [{**at, TIME: claim.scalars.functions.near(t)} for t in _TIMES]
        inside = [
            flow_numbers(motion, claim.scalars, m) for m in moments if in_region(claim.scalars, m)
        ]
        self.looked_at = [(numbers, _target(claim, numbers.at)) for numbers in inside]

    def moments(self, M: Rotation, zstar: Plane) -> Iterator[tuple[At, Form, Values]]:
        for numbers, target in self.looked_at:
            with contextlib.suppress(ProblemError):  # too far out
                yield numbers.at, target, flow_values(numbers, M, zstar, float)


def _target(claim: Claim, moment: At) -> Form:
    return claim.target.map(lambda c: coefficient_value(claim.scalars, c, moment, float))


def depends_on_the_origin(claim: Claim) -> bool:
    """Tell whether the target changes when all points are moved by the same vector."""
    points = [name for name in claim.target.generators if name[0] in "zZY"]
    moved = claim.target.substitute({name: Vector({name: 1, "c": 1}) for name in points})
    return "c" in moved.generators
