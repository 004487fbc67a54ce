"""Trajectories of flows with an anchor for a rotation, where no series is known.

With ``u = e(t)`` in the complex plane, ``u' = c_G λ u + c_Z (u − 1)``, c_G ≤ 0, c_Z ≤ 0, Re λ ≥ 0.
A polynomial ψ is fitted on [δ, T] in floats, and taken as it is; δ = 0 if no weight has a pole
there. What it lacks is an exact polynomial over D, the common denominator:
``r = ψ' − c_G λ ψ − c_Z (ψ − 1) = P/D``. Nothing makes an error grow:
``|u(T) − ψ(T)| ≤ |u(δ) − ψ(δ)| + ∫|r|``, and ``|u(δ) − 1| ≤ |λ| ∫|c_G|`` from 0 to δ.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from sympy import Poly, Rational, Symbol

from ...flows.errors import ProblemError
from ..claims.flow_motion import FlowMotion
from ..coefficients.evaluation import INTERVALS, At, Number, Plane, bounds, interval
from ..coefficients.field import TIME, ScalarField
from ..coefficients.signs import nonnegative
from ..coefficients.time_functions import TimeFunctions
from .rotations import Rotation

_DEGREE = 40  # of ψ
_FIRST = Fraction(1, 100_000)  # δ/T
_PARTS = 64  # of [δ, T], on each of which D is bounded
_T = Symbol(TIME)

Series = list[Fraction]
"""Coefficients of Chebyshev polynomials of s ∈ [−1, 1]; of a polynomial of t, from t⁰ on."""


@dataclass(frozen=True)
class AnchorWeights:
    """Weights of ``Ż = c_G G + c_Z (Z − Z0)``, as quotients over a common denominator.

    The clock is s = t, or s = t^{1/q} where the weights are rational functions of a root of time.

    Parameters
    ----------
    g, z, denominator : list of Fraction
        Coefficients of the polynomials c_G D, c_Z D and D of s.
    until : Fraction
        The s at which the trajectory is looked at.
    pull : pair of such lists
        Numerator and denominator of c_G, in lowest terms.
    """

    g: Series
    z: Series
    denominator: Series
    until: Fraction
    pull: tuple[Series, Series]

    def points(self, M: Rotation, t: Fraction, number: Number) -> tuple[Plane, Plane]:
        """Return Z − z* and Z0 − z* at the time, from (1, 0)."""
        start, t = (Fraction(0) if self.denominator[0] else self.until * _FIRST), self.until
        x, y = self._fitted(M, start, t)
        end = np.array([number(_total(x)), number(_total(y))], dtype=object)
        if number is interval:
            either_sign = interval(self._error(M, x, y, start, t)) * INTERVALS.mpf([-1, 1])
            end = end + np.array([either_sign] * 2, dtype=object)
        return end, np.array([number(Fraction(1)), number(Fraction(0))], dtype=object)

    def _fitted(self, M: Rotation, start: Fraction, end: Fraction) -> tuple[Series, Series]:
        """Return the real and the imaginary part of ψ, found by collocation."""
        s = np.cos(np.pi * np.arange(2 * _DEGREE) / (2 * _DEGREE - 1))
        half = float(end - start) / 2
        t = float(end + start) / 2 + half * s
        g, z, d = (np.polyval([float(c) for c in p[::-1]], t) for p in self._polynomials)
        factor = g / d * complex(float(M.a), -float(M.b))
        basis = np.eye(_DEGREE + 1)
        slopes = chebyshev.chebval(s, chebyshev.chebder(basis)).T / half
        rows = slopes - (factor + z / d)[:, None] * chebyshev.chebvander(s, _DEGREE)
        weight = 1 / (1 + abs(factor) + abs(z / d))
        first = chebyshev.chebvander(np.array([-1.0]), _DEGREE)
        rows, right = np.vstack([rows * weight[:, None], first]), np.append(-z / d * weight, 1)
        found = np.linalg.lstsq(rows, right, rcond=None)[0]
        x, y = ([Fraction(float(c)) for c in part] for part in (found.real, found.imag))
        return x, y

    @property
    def _polynomials(self) -> tuple[Series, Series, Series]:
        return self.g, self.z, self.denominator

    def _error(self, M: Rotation, x: Series, y: Series, start: Fraction, end: Fraction) -> Fraction:
        """Return a bound of |u(T) − ψ(T)|."""
        if M.a < 0:
            raise ProblemError("errors would grow")
        size = abs(M.a) + abs(M.b)
        left, right = (_total(part[::2]) - _total(part[1::2]) for part in (x, y))
        before = abs(left - 1) + abs(right)
        if start:
            top, bottom = (_range(part, 0, start) for part in self.pull)
            before += size * start * max(map(abs, bounds(top / bottom)))
        lacking = [abs(c) for part in self._lacking(M, x, y, start, end) for c in part]
        return before + _total(lacking) * self._weight(start, end)

    def _lacking(
        self, M: Rotation, x: Series, y: Series, start: Fraction, end: Fraction
    ) -> Iterator[Series]:
        """Yield the real and the imaginary part of P, with λ = a − ib."""
        middle, half = (end + start) / 2, (end - start) / 2

        def times(polynomial: Series, part: Series) -> Series:
            return _product(polynomial, part, middle, half)

        turned = [_sum((M.a, x), (M.b, y)), _sum((M.a, y), (-M.b, x))]
        moved = [_sum((1, x), (-1, [Fraction(1)])), y]
        for part, rotated, away in zip((x, y), turned, moved, strict=True):
            slope = [c / half for c in _derivative(part)]
            yield _sum((1, times(self.denominator, slope)), (-1, times(self.g, rotated)),
                       (-1, times(self.z, away)))  # fmt: skip

    def _weight(self, start: Fraction, end: Fraction) -> Fraction:
        """Return a bound of ∫ 1/|D|."""
        powers = (Fraction(float(_FIRST) ** (n / _PARTS)) for n in range(_PARTS - 1, -1, -1))
        ends = [start, *(end * power for power in powers)]
        total = Fraction(0)
        for low, high in itertools.pairwise(ends):
            least = min(map(abs, found := bounds(_range(self.denominator, low, high))))
            if found[0] <= 0 <= found[1]:
                raise ProblemError("a weight may have a pole")
            total += (high - low) / least
        return total


def anchor_weights(motion: FlowMotion, scalars: ScalarField, at: At) -> AnchorWeights:
    """Return the weights of a flow for some values of its parameters.

    Raises
    ------
    ProblemError
        The flow is of another form, or a weight is not a rational function, or > 0 somewhere.
    """
    velocity = motion.vectors.z_dot.map(scalars.convert)
    root, q, until = _clock(scalars, at)
    values = {Symbol(n): Rational(str(x)) for n, x in at.items() if n != TIME} | {Symbol(root): _T}
    g, z, anchor, other = (
        scalars.convert(velocity.coefficient(name)).as_expr().subs(values) * q * _T ** (q - 1)
        for name in ("G", "Z", "Z0", "Ġ")
    )
    K = ScalarField({})
    exact_g, exact_z = K.convert(g), K.convert(z)
    if other or motion.vectors.anchor_dot or K.convert(anchor) != -exact_z:
        raise ProblemError("the flow is not Ż = c_G G + c_Z (Z − Z0)")
    if not all(nonnegative(-c, K).holds for c in (exact_g, exact_z)):
        raise ProblemError("a weight is > 0 at some time")
    bottom = exact_g.denom * exact_z.denom
    of_g, of_z = exact_g.numer * exact_z.denom, exact_z.numer * exact_g.denom
    pull = _coefficients(exact_g.numer), _coefficients(exact_g.denom)
    top, of_anchor, below = (_coefficients(part) for part in (of_g, of_z, bottom))
    return AnchorWeights(top, of_anchor, below, until, pull)


def _clock(scalars: ScalarField, at: At) -> tuple[str, int, Fraction]:
    """Return the name of the clock s, q of ``t = s^q``, and the value of s."""
    if not isinstance(scalars.functions, TimeFunctions) or not scalars.functions.replaces_clock:
        return TIME, 1, at[TIME]
    name, q = scalars.functions.root
    if name not in (found := scalars.functions.exact_values(at)):
        raise ProblemError(f"the root of t = {at[TIME]} is irrational")
    return name, q, found[name]


def _coefficients(polynomial: Any) -> Series:
    found = Poly(polynomial.as_expr(), _T).all_coeffs()[::-1]
    return [Fraction(int(c.p), int(c.q)) for c in found]


def _range(polynomial: Series, low: Fraction | int, high: Fraction) -> Any:
    """Return an interval that contains the values of a polynomial of t on an interval."""
    t = INTERVALS.mpf([interval(Fraction(low)).a, interval(high).b])
    total = interval(Fraction(0))
    for c in reversed(polynomial):
        total = total * t + interval(c)
    return total


def _total(series: Series) -> Fraction:
    return sum(series, start=Fraction(0))


def _sum(*terms: tuple[Any, Series]) -> Series:
    count = max(len(series) for _, series in terms)
    zero = Fraction(0)
    return [sum((c * s[n] for c, s in terms if n < len(s)), start=zero) for n in range(count)]


def _product(polynomial: Series, series: Series, middle: Fraction, half: Fraction) -> Series:
    """Multiply by a polynomial of ``t = middle + half · s``, by Horner's rule."""
    total: Series = [Fraction(0)]
    for c in reversed(polynomial):
        total = _sum((middle, total), (half, _shifted(total)), (c, series))
    return total


def _shifted(series: Series) -> Series:
    """Multiply by s: ``s T_0 = T_1``, ``s T_n = (T_{n−1} + T_{n+1})/2``."""
    found = [Fraction(0)] * (len(series) + 1)
    for n, c in enumerate(series):
        found[n + 1] += c if n == 0 else c / 2
        if n:
            found[n - 1] += c / 2
    return found


def _derivative(series: Series) -> Series:
    """Return d/ds: ``T_n' = 2n (T_{n−1} + T_{n−3} + …)``, with half of T_0."""
    found = [Fraction(0)] * max(1, len(series) - 1)
    for n, c in enumerate(series):
        for j in range(n - 1, -1, -2):
            found[j] += c * n * (2 if j else 1)
    return found
