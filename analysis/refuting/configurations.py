"""The search for counterexamples that are not linear: random points, in floats first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..claims.claims import Claim, Decrease
from ..claims.flow_motion import FlowMotion
from ..claims.step_motion import StepMotion
from ..claims.step_reading import offset_of
from ..coefficients.evaluation import At, exact_value, form_value, vector_value
from ..coefficients.field import STEP, TIME
from ..readings.vector import Form, Vector
from .configuration import Configuration, Pair, is_autonomous
from .rotations import members

_SAMPLES = 20_000  # of the values of G in the first step of a method
_SLOPES = 8  # derivatives of G that are tried along a flow
_TRIED = 5  # of those that fail in floats, exactly
_VALUES = tuple((Fraction(x), Fraction(y, 2)) for x in (0, 1, 3) for y in (-9, -3, -1, 1, 3, 9))
_ORIGIN, _UNIT = (Fraction(0), Fraction(0)), (Fraction(1), Fraction(0))

Sample = NDArray[np.float64]


def configurations(claim: Claim, at: At) -> Iterator[Configuration]:
    """Yield configurations on which a claim seems to fail, for values `at` of the parameters."""
    if not claim.operator.extends or not isinstance(claim, Decrease):
        return
    if isinstance(claim.motion, StepMotion):
        yield from itertools.islice(_first_steps(claim, claim.motion, at), _TRIED)
    elif isinstance(claim.motion, FlowMotion) and is_autonomous(claim):
        yield from _starts(claim, claim.motion, {**at, TIME: Fraction(1)})


def _starts(claim: Decrease, motion: FlowMotion, at: At) -> Iterator[Configuration]:
    velocity = motion.vectors.z_dot.map(lambda c: exact_value(claim.scalars, c, at))
    target = claim.target.map(lambda c: exact_value(claim.scalars, c, at))
    lag = Fraction(velocity.coefficient("Ġ"))
    slopes = itertools.islice(members(claim.operator, claim.scalars, at), _SLOPES)
    for N, g in itertools.product(slopes, _VALUES):
        values = {"z*": _ORIGIN, "Z": _UNIT, "G": g}
        planes = {name: np.array(pair, dtype=object) for name, pair in values.items()}
        known = vector_value(velocity - Vector({"Ġ": lag}), planes, Fraction)
        g_dot = N.times(N.resolvent(-lag).times(known))
        if form_value(target, planes | {"Ġ": g_dot}, Fraction) < 0:
            x, y = g_dot
            yield Configuration(claim, at, {**values, "Ġ": (x, y)}, N)


def _first_steps(claim: Decrease, motion: StepMotion, at: At) -> Iterator[Configuration]:
    """Yield what fails in floats among random values of G in the first step from z^0."""
    start = {**at, STEP: Fraction(0)}
    if not all(name.startswith(("z^", "g^")) for name in motion.vectors.state):
        return  # the method keeps what is no value of G

    def numbers(thing: Any) -> Any:
        return thing.map(lambda c: float(exact_value(claim.scalars, c, start)))

    forms = [numbers(form) for form in claim.inequalities.values()]
    values = _samples(motion, (claim.target, *claim.inequalities.values()))
    failing = numbers(claim.target).evaluate(values) < -1e-6
    for form in forms:
        failing &= form.evaluate(values) >= -1e-12
    for i in np.flatnonzero(failing):
        chosen = {name: _pair(sample[i]) for name, sample in values.items()}
        yield Configuration(claim, start, chosen)


def _samples(motion: StepMotion, forms: tuple[Form, ...]) -> Mapping[str, Sample]:
    """Return random values of all generators that occur, shape (_SAMPLES, 2); multiples of 1/2."""
    rng, v = np.random.default_rng(0), motion.vectors
    first = np.broadcast_to([1.0, 0.0], (_SAMPLES, 2))
    values: dict[str, Sample] = {"z*": 0 * first, "z^{0}": first, "z^{k}": first}
    here = rng.integers(-6, 7, (_SAMPLES, 2)) / 2
    for point in v.points:
        (name,), offset = point.g, offset_of(point.label)
        if offset < 0:  # z^{−1} = z^0
            values |= {next(iter(point.z)): first, name: here}
        values.setdefault(name, here if offset == 0 else rng.integers(-6, 7, here.shape) / 2)
    occurring = {name for form in forms for name in form.generators} | {"z*", "z^{0}", "z^{k}"}
    return {name: value for name, value in values.items() if name in occurring}


def _pair(value: Sample) -> Pair:
    x, y = (Fraction(int(2 * number), 2) for number in value)
    return x, y
