"""The iterates of a method for a rotation, with the values of all its generators: exact."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from ...flows.errors import ProblemError
from ..claims.step_motion import StepMotion
from ..claims.step_reading import offset_of
from ..coefficients.evaluation import At, Number, Plane, exact_value, numeric, vector_value
from ..coefficients.field import STEP, ScalarField
from ..readings.vector import Vector
from .rotations import Rotation

Values = dict[str, Plane]

_Step = tuple[list[tuple[str, Vector]], Mapping[str, Vector]]


@dataclass(frozen=True)
class StepNumbers:
    """Steps of a method with exact numbers for all its coefficients.

    Parameters
    ----------
    motion : StepMotion
        The method.
    scalars : ScalarField
        Field of the coefficients.
    at : mapping
        Values of the parameters.
    """

    motion: StepMotion
    scalars: ScalarField
    at: At

    def points(self, k: int) -> list[tuple[str, Vector]]:
        """Return the points of step k with the names of the values there, in order."""
        return self._steps(k)[0]

    def shift(self, k: int) -> Mapping[str, Vector]:
        """Return what becomes of the generators that are known before a step."""
        return self._steps(k)[1]

    def _steps(self, k: int) -> _Step:
        while len(self._known) <= k:
            self._known.append(self._step(len(self._known)))
        return self._known[k]

    @cached_property
    def _known(self) -> list[_Step]:
        return []

    def _step(self, k: int) -> _Step:
        v, now = self.motion.vectors, {**self.at, STEP: Fraction(k)}

        def exact(vector: Vector) -> Vector:
            return vector.map(lambda c: exact_value(self.scalars, c, now))

        points = [(next(iter(p.g)), exact(p.z)) for p in v.points if offset_of(p.label) >= 0]
        return points, {name: exact(v.shift[name]) for name in _carried(self.motion)}


def step_values(steps: StepNumbers, M: Rotation, zstar: Plane, number: Number) -> Iterator[Values]:
    """Yield the generators of a method in steps k = 0, 1, 2, … from z^0 = z* + (1, 0).

    Parameters
    ----------
    steps : StepNumbers
        The method.
    M : Rotation
        The operator is ``G(z) = M(z − z*)``.
    zstar : ndarray, shape (2,)
        z*, of Fractions.
    number : callable
        `Fraction`, or `float` for a look.

    Raises
    ------
    ProblemError
        What the method keeps at the start is not the value of G there.
    """
    star = np.array([number(x) for x in zstar], dtype=object)
    here = _start(steps.motion, steps.at, M, star, number)
    for k in itertools.count():
        for name, z in steps.points(k):
            own = Fraction(z.coefficient(name))  # an implicit point: z = rest + own·G(z)
            rest = vector_value(z - Vector({name: own}), here, number) - star
            here[name] = M.times(M.resolvent(-own).times(rest, number), number)
        yield here
        here = {name: vector_value(z, here, number) for name, z in steps.shift(k).items()}


def _start(motion: StepMotion, at: At, M: Rotation, star: Plane, number: Number) -> Values:
    v = motion.vectors
    z0 = star + np.array([number(Fraction(1)), number(Fraction(0))], dtype=object)

    def G(z: Plane) -> Plane:
        return M.times(z - star, number)

    state = numeric(motion.system, at).start(G, z0)
    here = {"z*": star, "z^{0}": z0, **dict(zip(v.state, state, strict=True))}
    for point in v.points:
        if offset_of(point.label) < 0:
            (name,), (value,) = point.z, point.g
            here[name] = z0
            if any(here[value] != G(z0)):
                raise ProblemError("the value kept at the start is not that at z^0")
    return here


def _carried(motion: StepMotion) -> list[str]:
    """Return the generators that are known before a step."""
    v = motion.vectors
    kept = [next(iter(p.z)) for p in v.points if offset_of(p.label) < 0]
    return list(dict.fromkeys(["z*", "z^{0}", *v.state, *kept]))
