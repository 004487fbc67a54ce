"""Counterexamples that are not linear: a few points of a graph, which an operator goes through.

For some classes every finite set of points that satisfies their inequalities in pairs lies on the
graph of a member, defined on the whole space where the class is (Bauschke, Combettes 2017,
Theorem 20.21 for monotone operators; the other classes are images of it, or of non-expansive
ones, under linear maps of the graph). The first step of a method meets finitely many points. A
trajectory of a flow starts at a point Z, next to which the operator is ``G(Z) + N(z − Z)``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from ..claims.claims import Claim
from ..claims.flow_motion import FlowMotion
from ..claims.step_motion import StepMotion
from ..claims.step_reading import offset_of
from ..coefficients.evaluation import (
    At,
    Plane,
    exact_value,
    form_value,
    in_region,
    rounded_down,
    vector_value,
)
from ..coefficients.field import STEP
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .rotations import Rotation, is_member
from .witness import WitnessError, excess_name

Pair = tuple[Fraction, Fraction]


_ZERO = (Fraction(0), Fraction(0))


def is_autonomous(claim: Claim) -> bool:
    """Tell whether every point can be where a trajectory starts, at every time."""
    changing = [c for c in claim.coefficients() if claim.scalars.derivative(c)]
    return not changing and not {"Z0", "Y"} & set(claim.target.generators)


@dataclass(frozen=True)
class Configuration:
    """Counterexample: points with their values of G, in the plane.

    Parameters
    ----------
    claim : Claim
        What fails.
    at : mapping
        Values of all parameters, and of t or k: the start.
    values : mapping
        Generator -> its value: points and values of G.
    slope : Rotation or None
        For a flow, the derivative N of G at Z.
    """

    claim: Claim
    at: At
    values: Mapping[str, Pair]
    slope: Rotation | None = None

    @cached_property
    def excess(self) -> tuple[Fraction, Fraction]:
        """What is claimed to be ≤ 0, twice, as for other witnesses."""
        size = -self.value(self.claim.target)
        return size, size

    def value(self, form: Form) -> Fraction:
        """Return the exact value of a form."""
        exact = form.map(lambda c: exact_value(self.claim.scalars, c, self.at))
        planes = {name: np.array(pair, dtype=object) for name, pair in self.values.items()}
        return Fraction(form_value(exact, planes, Fraction))

    def verify(self) -> None:
        """Verify everything anew: the region, every inequality, and that the claim fails.

        Raises
        ------
        WitnessError
            With what fails.
        """
        claim = self.claim
        if not claim.operator.extends:
            raise WitnessError(f"a few points do not make a {claim.operator.title}")
        if not in_region(claim.scalars, self.at):
            raise WitnessError(f"the region is {claim.scalars.region}")
        if isinstance(claim.motion, FlowMotion):
            self._require_start_of_flow(claim.motion)
        elif isinstance(claim.motion, StepMotion):
            self._require_start_of_method(claim.motion)
        for name, form in claim.inequalities.items():
            if self.value(form) < 0:
                raise WitnessError(f"{name} does not hold")
        if self.excess[0] <= 0:
            raise WitnessError("the claim does not fail there")

    def _require_start_of_flow(self, motion: FlowMotion) -> None:
        """Require a ball around Z on which G is linear, and the velocity there."""
        claim, N = self.claim, self.slope
        if not is_autonomous(claim):
            raise WitnessError("not every point can be where a trajectory is at that time")
        if N is None or not is_member(N, claim.operator, claim.scalars, self.at):
            raise WitnessError("the derivative of G is none of a member")
        for name, form in claim.inequalities.items():
            if not name.endswith("'") and self.value(form) <= 0:
                raise WitnessError(f"{name} leaves no room around Z")
        if tuple(N.times(self._plane(motion.vectors.z_dot))) != self.values["Ġ"]:
            raise WitnessError("d/dt G is not the derivative of G times the velocity")

    def _require_start_of_method(self, motion: StepMotion) -> None:
        """Require z^k = z^{k−1} = z^0, where the method starts, and one value at each point."""
        seen: dict[tuple[Fraction, ...], Pair] = {tuple(self.values["z*"]): _ZERO}
        if self.at[STEP] != 0 or self.values["z^{k}"] != self.values["z^{0}"]:
            raise WitnessError("it is not about the first step")
        for point in motion.vectors.points:
            (name,) = point.g
            if name not in self.values:
                continue
            z = tuple(self._plane(point.z))
            if offset_of(point.label) < 0 and z != self.values["z^{0}"]:
                raise WitnessError("what is kept at the start is not the value at z^0")
            if seen.setdefault(z, self.values[name]) != self.values[name]:
                raise WitnessError("G has two values at one point")

    def _plane(self, vector: Vector) -> Plane:
        exact = vector.map(lambda c: exact_value(self.claim.scalars, c, self.at))
        planes = {name: np.array(pair, dtype=object) for name, pair in self.values.items()}
        return vector_value(exact, planes, Fraction)

    def to_json(self) -> str:
        """Return the counterexample as JSON with exact numbers."""
        N = self.slope
        data = {
            "statement": self.claim.statement,
            "at": {name: str(x) for name, x in self.at.items()},
            "points": {name: [str(x) for x in pair] for name, pair in self.values.items()},
            "slope": [[str(N.a), str(N.b)], [str(-N.b), str(N.a)]] if N else None,
            "excess": [str(x) for x in self.excess],
        }
        return json.dumps(data, ensure_ascii=False, indent=2)

    def to_latex(self) -> str:
        """Return the counterexample in LaTeX."""
        shown = ", ".join(f"{name} = ({x}, {y})" for name, (x, y) in self.values.items())
        name = excess_name(self.claim, latex=True)
        return rf"\[ {shown}: \quad {name} \ge {rounded_down(self.excess[0])} > 0 \]"

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {scalar_text(x)}" for name, x in self.at.items())
        points = ", ".join(f"{name} = ({x}, {y})" for name, (x, y) in self.values.items())
        N = self.slope
        slope = f", DG(Z) = [[{N.a}, {N.b}], [{-N.b}, {N.a}]]" if N else ""
        return (
            f"{self.claim.statement}\nThis is false for an operator of the class through\n"
            f"  {points}{slope}:\n  at {where}, {excess_name(self.claim, latex=False)} ≥ "
            f"{rounded_down(self.excess[0])} > 0"
        )
