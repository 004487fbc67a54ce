"""Looking for a rational point where a polynomial is negative; whatever is found is exact."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import tanh
from typing import Any

import numpy as np
import scipy.optimize

from ...flows.problems.points import Array
from ..basics.ranges import Range
from .polynomials import Polynomial, fraction, value_at

GRID = (-3, -2, -1, 0, 1, 2, 3)
GRID_SIZE = 3000  # most points of the grid
CLOUD = 300  # random points at each scale
SCALES = (0.1, 1.0, 10.0)
SHOWN = 5  # simple negative points that are tried as they are
DESCENTS = 8  # best points from which a local minimum is sought
ITERATIONS = 80  # of each of these searches
CLEAR = 1e-2  # a value below −CLEAR ends them
DENOMINATORS = (1, 2, 3, 4, 10, 60, 10**3, 10**5, 10**8, 10**11)

Point = dict[str, Fraction]


def negative_point(p: Polynomial, box: Mapping[str, Range]) -> Point | None:
    """Find a point of the box with p < 0; None says nothing about p.

    A grid, random clouds, and local minimisation from the lowest of these points; each
    candidate is rounded to simple fractions and evaluated exactly. The search is
    deterministic.

    Examples
    --------
    >>> from .polynomials import polynomial_ring, read_polynomial
    >>> p = read_polynomial("(x - 1/3)^2 + u^2 - 0.000000001", polynomial_ring(["x", "u"]))
    >>> {name: str(value) for name, value in negative_point(p, {}).items()}
    {'x': '1/3', 'u': '0'}
    """
    names = [symbol.name for symbol in p.ring.symbols]
    spans = [box.get(name, Range()) for name in names]
    f = _Numerical(p)
    starts = _starts(spans)
    values = f.values(starts)
    best = starts[np.argsort(np.where(np.isfinite(values), values, np.inf), kind="stable")]
    negative = sorted(starts[values < 0], key=_complexity)
    descents = (_descended(f, z, spans) for z in best[:DESCENTS])
    for z in itertools.chain(negative[:SHOWN], descents):
        for rounded in _roundings(z, spans):
            point = dict(zip(names, rounded, strict=True))
            if value_at(p, point) < 0:
                return point
    return None


class _Numerical:
    """A polynomial and its gradient in floats."""

    def __init__(self, p: Polynomial) -> None:
        self.exponents = np.array([e for e, _ in p.terms()]).reshape(-1, p.ring.ngens)
        self.weights = np.array([_float(c) for _, c in p.terms()])

    def values(self, z: Array) -> Array:
        with np.errstate(all="ignore"):
            monomials = np.prod(z[:, None, :] ** self.exponents, axis=2)
            return np.asarray(monomials @ self.weights)

    def gradient(self, z: Array) -> Array:
        result = np.zeros(len(z))
        for i in range(len(z)):
            lowered = self.exponents.copy()
            lowered[:, i] = np.maximum(lowered[:, i] - 1, 0)
            result[i] = np.prod(z**lowered, axis=1) @ (self.weights * self.exponents[:, i])
        return result


def _complexity(z: Array) -> tuple[bool, float]:
    """Whole numbers near 0 come first, then what is neither small nor large."""
    size = float(np.abs(z).sum())
    whole = bool(np.all(z == np.round(z)))
    return not whole, size if whole else abs(size - 1)


def _starts(spans: list[Range]) -> Array:
    rng, d = np.random.default_rng(0), len(spans)
    clouds = [scale * rng.standard_normal((CLOUD, d)) for scale in SCALES]
    if len(GRID) ** d <= GRID_SIZE:
        clouds.insert(0, np.array(list(itertools.product(GRID, repeat=d)), dtype=float))
    z = np.concatenate(clouds)
    for i, span in enumerate(spans):
        z[:, i] = [_into(v, span) for v in z[:, i]]
    return z


def _into(v: float, span: Range) -> float:
    """Map a number near 0 into a range: interval by interval, half-line by half-line."""
    if span.low is not None and span.high is not None:
        return float(span.low) + (float(span.high) - float(span.low)) * (1 + tanh(v)) / 2
    if span.low is not None:
        return float(span.low) + abs(v)
    return v if span.high is None else float(span.high) - abs(v)


def _descended(f: _Numerical, z: Array, spans: list[Range]) -> Array:
    """Local minimum in floats, or a point on the way where f is clearly negative."""
    bounds = [tuple(None if e is None else float(e) for e in (s.low, s.high)) for s in spans]

    def stop_below(intermediate_result: Any) -> None:
        if intermediate_result.fun < -CLEAR:
            raise StopIteration

    with np.errstate(all="ignore"):
        found = scipy.optimize.minimize(
            lambda z: f.values(z[None, :])[0],
            z,
            jac=f.gradient,
            bounds=bounds,
            method="L-BFGS-B",
            callback=stop_below,
            options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": ITERATIONS},
        ).x
    return found if np.isfinite(found).all() else z


def _roundings(z: Array, spans: list[Range]) -> Iterator[list[Fraction]]:
    for denominator in DENOMINATORS:
        numbers = [Fraction(float(v)).limit_denominator(denominator) for v in z]
        if all(
            span.contains(Range(v, v, True, True)) for span, v in zip(spans, numbers, strict=True)
        ):
            yield numbers


def _float(value: Any) -> float:
    return float(fraction(value))
