"""One moment of a trajectory of a rotation, at which the forms of a claim have values."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...flows.errors import ProblemError
from ..claims.claims import Claim
from ..claims.flow_motion import FlowMotion
from ..claims.step_motion import StepMotion
from ..coefficients.evaluation import At, Number, Plane, bounds, form_at, interval
from ..coefficients.field import STEP
from ..readings.vector import Form
from .flow_trajectory import flow_numbers, flow_values
from .rotations import Rotation
from .step_trajectory import StepNumbers, step_values

Values = dict[str, Plane]


@dataclass(frozen=True)
class Moment:
    """Trajectory of a rotation from z* + (1, 0), at a time t or a step k.

    Parameters
    ----------
    claim : Claim
        It says which flow or method moves.
    M : Rotation
        The operator is ``G(z) = M(z − z*)``.
    at : mapping
        Values of all parameters, and of t or k.
    zstar : tuple of Fraction
        z*.
    """

    claim: Claim
    M: Rotation
    at: At
    zstar: tuple[Fraction, Fraction]

    def bounds(self, form: Form) -> tuple[Fraction, Fraction]:
        """Return exact bounds of the value of a form; equal along a method."""
        exact = isinstance(self.claim.motion, StepMotion)
        return bounds(self.value(form, Fraction if exact else interval))

    def value(self, form: Form, number: Number) -> Any:
        """Return the value of a form in some arithmetic."""
        return form_at(self.claim.scalars, form, self.at, self._values(number), number)

    def _values(self, number: Number) -> Values:
        motion, scalars = self.claim.motion, self.claim.scalars
        star = np.array(self.zstar, dtype=object)
        if isinstance(motion, StepMotion):
            steps = step_values(StepNumbers(motion, scalars, self.at), self.M, star, number)
            return next(itertools.islice(steps, int(self.at[STEP]), None))
        if isinstance(motion, FlowMotion):
            return flow_values(flow_numbers(motion, scalars, self.at), self.M, star, number)
        raise ProblemError("the claim is about no trajectory")
