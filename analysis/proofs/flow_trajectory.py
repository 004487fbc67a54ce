"""The trajectory of a flow for a rotation, from its closed form: rounded, or enclosed in intervals.

With e = Z − z*, ``e(t) = Σ wⁿ/(γ+1)_n e(0)`` for ``w = −αtM(I + βM)⁻¹``: the exponential series of
the gradient and the optimistic flow (γ = 0), and ₁F₁(1; γ+1; −tM) of the anchored one (β = 0).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...flows.errors import ProblemError
from ...flows.flow import rates
from ..readings.vector import Vector
from .evaluation import INTERVALS, At, Number, Plane, exact_value, interval, numeric, vector_value
from .field import TIME, ScalarField
from .flow_motion import FlowMotion
from .rotations import Rotation

_LARGEST = 40  # of |w|: up to there 256 bits are plenty

Values = dict[str, Plane]


@dataclass(frozen=True)
class FlowNumbers:
    """A flow with a closed form at one time, with exact numbers for all its coefficients.

    Parameters
    ----------
    at : mapping
        Time and the values of the parameters.
    velocity : Vector
        Ż.
    rates : tuple of Fraction
        α, β, γ of ``Ż = −αG − β d/dt G − (γ/t)(Z − Z0)``; β or γ is 0.
    """

    at: At
    velocity: Vector
    rates: tuple[Fraction, Fraction, Fraction]


def flow_numbers(motion: FlowMotion, scalars: ScalarField, at: At) -> FlowNumbers:
    """Return the numbers of a flow at one time.

    Raises
    ------
    ProblemError
        No closed form is known: the flow is of another form.
    """
    alpha, beta, gamma = rates(numeric(motion.system, at))
    if beta and gamma:
        raise ProblemError("no closed form is known for both β and γ")
    velocity = motion.vectors.z_dot.map(lambda c: exact_value(scalars, c, at))
    return FlowNumbers(at, velocity, (Fraction(alpha), Fraction(beta), Fraction(gamma)))


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
        Values of Z, Z0, z*, G, Ġ.

    Raises
    ------
    ProblemError
        The flow has another form, or tM is too large for the series.
    """
    alpha, beta, gamma = numbers.rates
    turn, scale = M.after(M.resolvent(beta)), -alpha * numbers.at[TIME]
    e = (_enclosed if number is interval else _rounded)(
        Rotation(scale * turn.a, scale * turn.b), gamma
    )
    star = np.array([number(x) for x in zstar], dtype=object)
    unit = np.array([number(Fraction(1)), number(Fraction(0))], dtype=object)
    values = {"z*": star, "Z0": star + unit, "Z": star + e, "G": M.times(e, number)}
    values["Y"] = values["Z0"]  # the anchor of a flow of this form does not move
    lag = Fraction(numbers.velocity.coefficient("Ġ"))  # Ż = known + lag·MŻ
    known = vector_value(numbers.velocity - Vector({"Ġ": lag}), values, number)
    z_dot = M.resolvent(-lag).times(known, number)
    return values | {"Ġ": M.times(z_dot, number)}


def _rounded(w: Rotation, gamma: Fraction) -> Plane:
    """Return ``Σ wⁿ/(γ+1)_n (1, 0)`` in floats."""
    z, shift = complex(float(w.a), -float(w.b)), float(gamma)  # what w does to x + iu
    term = total = 1 + 0j
    for n in range(1, _terms(w) + 1):
        term *= z / (shift + n)
        total += term
    return np.array([total.real, total.imag], dtype=object)


def _enclosed(w: Rotation, gamma: Fraction) -> Plane:
    """Return the same in intervals, with the terms left out."""
    term = np.array([interval(Fraction(1)), interval(Fraction(0))], dtype=object)
    total: Plane = term
    for n in range(_terms(w)):
        divisor = gamma + 1 + n
        term = Rotation(w.a / divisor, w.b / divisor).times(term, interval)
        total = total + term
    rest = (abs(w.a) + abs(w.b)) / (gamma + 1 + _terms(w))  # the tail is below a geometric series
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
