"""The family in which Lyapunov functions are sought: quadratic, with powers of the clock.

A family belongs to a weight τ = t^q or k^q of the metric. A product of two vectors has the powers
of the clock that it can have when each value of G comes with the power q/2: up to q for two of
them, q/2 for one, 0 for none.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from ..claims.flow_motion import FlowMotion
from ..claims.flow_vectors import ZSTAR, Y
from ..claims.motion import Motion
from ..claims.step_motion import StepMotion
from ..coefficients.field import ScalarField
from ..readings.vector import Form, Vector


@dataclass(frozen=True)
class Family:
    """Forms of which V is a combination.

    Parameters
    ----------
    scalars : ScalarField
        Rational functions of the clock alone.
    members : mapping
        Name -> form over the generators of a flow or a method.
    """

    scalars: ScalarField
    members: Mapping[str, Form]

    def combine(self, weights: Mapping[str, Any]) -> Form:
        """Return ``Σ weight · member``."""
        parts = (form * weights[name] for name, form in self.members.items() if weights.get(name))
        return sum(parts, start=Form())


def family(
    motion: Motion, degree: int, *, lower: bool, without: frozenset[str] = frozenset()
) -> Family:
    """Return the family for the weight clock^degree.

    Parameters
    ----------
    motion : Motion
        The flow or the method.
    degree : int
        q.
    lower : bool
        Whether lower powers of the clock belong to it too.
    without : frozenset of str
        Names of `state_vectors` that are left out.
    """
    scalars = ScalarField({}, clock=motion.clock)
    clock = scalars.convert(Symbol(motion.clock))
    members = {}
    vectors = {n: v for n, v in state_vectors(motion).items() if n not in without}
    pairs = itertools.combinations_with_replacement(vectors.items(), 2)
    for (first, a), (second, b) in pairs:
        highest = degree * (first.startswith("g") + second.startswith("g")) // 2
        for power in range(0 if lower else highest, highest + 1):
            form = (a @ b).map(scalars.convert) * clock**power
            members[f"{first} {second} {power}"] = form
    return Family(scalars, members)


def state_vectors(motion: Motion) -> dict[str, Vector]:
    """Return the vectors of which V is made; names of values of G begin with g.

    Z − Z0 and Z0 − z* if the start occurs in the equation, else Z − z*.
    """
    if isinstance(motion, FlowMotion):
        v = motion.vectors
        anchored = "Z0" in v.z_dot or v.anchor == Y
        found = {"g": v.g, **_positions(v.z, v.z0, anchored=anchored)}
        return found | ({"y": v.anchor - v.z0} if v.anchor == Y else {})
    assert isinstance(motion, StepMotion)
    w = motion.vectors
    anchored = "z^{0}" in w.z_next
    inside = [point.g for point in w.points if point.label in w.asked and "+" in point.label]
    g = w.g if w.asked & {"k", "k+1"} else inside[0]
    found = {"g": g, **_positions(w.z, w.z0, anchored=anchored)}
    for point in w.points:
        if point.label.startswith("k-"):
            found |= {"p": point.z - w.z, "g-": point.g}
    return found


def _positions(z: Vector, z0: Vector, *, anchored: bool) -> dict[str, Vector]:
    return {"d": z - z0, "x": z0 - ZSTAR} if anchored else {"e": z - ZSTAR}
