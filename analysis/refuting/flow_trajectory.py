"""The trajectory of a flow for a rotation: rounded, or enclosed in intervals.

With e = Z − z*, ``e(t) = ₁F₁(a; b; w) e(0)``, ``w = −αtM(I + βM)⁻¹``: the exponential series of
the gradient and the optimistic flow (a = b = 1), that of the anchored one (a = 1, b = γ + 1) and of
fast OGDA (a = A/2, b = A). Of other flows with an anchor it is approximated
(`flow_approximation`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...flows.errors import ProblemError
from ...flows.fast_ogda import FastOGDAFlow
from ...flows.flow import rates
from ..claims.flow_motion import FlowMotion
from ..coefficients.evaluation import (
    INTERVALS,
    At,
    Number,
    Plane,
    exact_value,
    interval,
    numeric,
    vector_value,
)
from ..coefficients.field import TIME, ScalarField
from ..readings.vector import Vector
from .flow_approximation import AnchorWeights, anchor_weights
from .rotations import Rotation

_LARGEST = 40  # of |w|: up to there 256 bits are plenty

Values = dict[str, Plane]


@dataclass(frozen=True)
class FlowNumbers:
    """A flow at one time, with exact numbers for all its coefficients.

    Parameters
    ----------
    at : mapping
        Time and the values of the parameters.
    velocity : Vector
        Ż.
    path : Series or AnchorWeights
        What is known about the trajectory.
    """

    at: At
    velocity: Vector
    path: Series | AnchorWeights


@dataclass(frozen=True)
class Series:
    """Trajectory ``e(t) = ₁F₁(a; b; w) e(0)``, ``w = −αtM(I + βM)⁻¹``.

    Parameters
    ----------
    alpha, beta : Fraction
        α, β.
    a, b : Fraction
        0 < a ≤ b.
    follows : bool
        Whether the anchor Y moves, as that of the fast OGDA flow.
    """

    alpha: Fraction
    beta: Fraction
    a: Fraction
    b: Fraction
    follows: bool = False

    def points(self, M: Rotation, t: Fraction, number: Number) -> tuple[Plane, Plane]:
        """Return Z − z* and Y − z* at a time, from (1, 0).

        ``Y = Z + (t/(A−1))(Ż + bG)``, and ``Ż = −(b/2)M ₁F₁(a + 1; b + 1; w) e(0)``.
        """
        turn, scale = M.after(M.resolvent(self.beta)), -self.alpha * t
        w = Rotation(scale * turn.a, scale * turn.b)
        series = _enclosed if number is interval else _rounded
        e = series(w, self.a, self.b)
        if not self.follows:
            return e, np.array([number(Fraction(1)), number(Fraction(0))], dtype=object)
        later = series(w, self.a + 1, self.b + 1)
        share = number(1 / (self.b - 1))
        return e, e - w.times(e - later * number(Fraction(1, 2)), number) * share


def flow_numbers(motion: FlowMotion, scalars: ScalarField, at: At) -> FlowNumbers:
    """Return the numbers of a flow at one time.

    Raises
    ------
    ProblemError
        Nothing is known about its trajectories.
    """
    velocity = motion.vectors.z_dot.map(lambda c: exact_value(scalars, c, at))
    return FlowNumbers(at, velocity, _path(motion, scalars, at))


def _path(motion: FlowMotion, scalars: ScalarField, at: At) -> Series | AnchorWeights:
    flow, one = numeric(motion.system, at), Fraction(1)
    if isinstance(flow, FastOGDAFlow):
        A = Fraction(flow.A)
        return Series(Fraction(flow.b), 0 * one, A / 2, A, follows=True)
    try:
        alpha, beta, gamma = map(Fraction, rates(flow))
    except ProblemError:
        return anchor_weights(motion, scalars, at)
    if beta and gamma:
        raise ProblemError("no closed form is known for both β and γ")
    return Series(alpha, beta, one, gamma + 1)


def flow_values(numbers: FlowNumbers, M: Rotation, zstar: Plane, number: Number) -> Values:
    """Return the generators of a flow at one time of its trajectory from Z0 = z* + (1, 0).

    Parameters
    ----------
    numbers : FlowNumbers
        The flow and the time.
    M : Rotation
        The operator is ``G(z) = M(z − z*)``.
    zstar : ndarray, shape (2,)
        z*, of Fractions.
    number : callable
        `float`, or `interval` for an enclosure.

    Returns
    -------
    dict
        Values of Z, Z0, Y, z*, G, Ġ.

    Raises
    ------
    ProblemError
        The trajectory is not enclosed so far out.
    """
    e, y = numbers.path.points(M, numbers.at[TIME], number)
    star = np.array([number(x) for x in zstar], dtype=object)
    unit = np.array([number(Fraction(1)), number(Fraction(0))], dtype=object)
    values = {"z*": star, "Z0": star + unit, "Z": star + e, "G": M.times(e, number)}
    values["Y"] = star + y
    lag = Fraction(numbers.velocity.coefficient("Ġ"))  # Ż = known + lag·MŻ
    known = vector_value(numbers.velocity - Vector({"Ġ": lag}), values, number)
    z_dot = M.resolvent(-lag).times(known, number)
    return values | {"Ġ": M.times(z_dot, number)}


def _rounded(w: Rotation, a: Fraction, b: Fraction) -> Plane:
    """Return ``₁F₁(a; b; w) (1, 0)`` in floats."""
    z = complex(float(w.a), -float(w.b))  # what w does to x + iu
    term = total = 1 + 0j
    for n in range(_terms(w)):
        term *= z * float((a + n) / ((b + n) * (n + 1)))
        total += term
    return np.array([total.real, total.imag], dtype=object)


def _enclosed(w: Rotation, a: Fraction, b: Fraction) -> Plane:
    """Return the same in intervals, with the terms left out."""
    term = np.array([interval(Fraction(1)), interval(Fraction(0))], dtype=object)
    total: Plane = term
    for n in range(_terms(w)):
        ratio = (a + n) / ((b + n) * (n + 1))
        term = Rotation(w.a * ratio, w.b * ratio).times(term, interval)
        total = total + term
    rest = (abs(w.a) + abs(w.b)) / (1 + _terms(w))  # the tail is below a geometric series: a ≤ b
    bound = (abs(term[0]) + abs(term[1])) * interval(rest / (1 - rest))
    either_sign = INTERVALS.mpf([-1, 1])
    enclosure: Plane = total + np.array([bound * either_sign] * 2, dtype=object)
    return enclosure


def _terms(w: Rotation) -> int:
    """Return how many terms of the series are summed: then the next one is below 1e-30."""
    size = float(abs(w.a) + abs(w.b))
    if size > _LARGEST:
        raise ProblemError("the series is not used so far out")
    return 40 + math.ceil(4 * size)
