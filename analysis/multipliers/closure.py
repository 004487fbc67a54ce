"""Sample points of a region, inside and just inside its boundary, in floats."""

from __future__ import annotations

import itertools

import numpy as np

from ..coefficients.facts import Fact
from ..coefficients.field import STEP, ScalarField
from ..coefficients.float_samples import Columns, sample, values
from ..coefficients.samples import region_points
from .programme import Array
from .scaling import Scaling

_INNER, _OUTER = 30, 12  # how many points inside, and near the boundary
_NEAR = 1e-3  # how near: at the boundary itself conditions may leave a solver no room
_LARGEST = 60.0  # of a coordinate: farther out numbers are too different for a solver


def closure_samples(scalars: ScalarField, scaling: Scaling) -> Columns:
    """Return points of the region of a field, with all units equal to 1, an array for each name.

    Near the boundary, what holds inside is sharper; but no end 0 of a range is approached, where
    powers may have poles. The number of the step is a whole number. There may be no points, in a
    region that is thin or far out.
    """
    region = _Region(scalars)
    points = region.points()
    if not len(points):
        return list(points.T)
    rng = np.random.default_rng(0)  # fixed seed: the same question gets the same answer
    first, second = points[rng.integers(len(points), size=(2, 8 * _INNER))]
    away = first + rng.uniform(1.0, 4.0, size=(len(first), 1)) * (second - first)
    away[:, region.whole] = first[:, region.whole]
    found = np.vstack([points[:_INNER], region.boundary(first, away)[:_OUTER]])
    return _in_units(scalars, list(found.T), scaling)


class _Region:
    """The facts that define a region, in floats."""

    def __init__(self, scalars: ScalarField) -> None:
        self.scalars = scalars
        given = scalars.known.given
        self.rays = [fact for fact in given if fact.strict and fact.polynomial.is_generator]
        self.others = [fact for fact in given if fact not in self.rays]
        self.whole = [i for i, name in enumerate(scalars.names) if name == STEP == scalars.clock]

    def points(self) -> Array:
        """Return points inside: random ones, then those of a grid."""
        spread = np.array(sample(self.scalars)).T
        spread[:, self.whole] = np.floor(spread[:, self.whole])
        names, known = self.scalars.names, self.scalars.known
        grid = itertools.islice(region_points(names, known, self.scalars.ranges), _INNER)
        exact = [[float(point[name]) for name in names] for point in grid]
        points = np.vstack([spread, np.array(exact).reshape(-1, len(names))])
        return points[self._hold(self.rays, points, 1e-9) & self._hold(self.others, points, 0.0)]

    def boundary(self, inside: Array, away: Array) -> Array:
        """Return where segments are about to leave the region, not through an end 0 of a range."""
        leaving = self._hold(self.rays, away, 1e-3) & ~self._hold(self.others, away, 0.0)
        start, low, high = inside[leaving], inside[leaving], away[leaving]
        for _ in range(50):
            middle = (low + high) / 2
            held = self._hold(self.others, middle, 0.0)[:, None]
            low, high = np.where(held, middle, low), np.where(held, high, middle)
        return low + _NEAR * (start - low)

    def _hold(self, facts: list[Fact], points: Array, bound: float) -> Array:
        held, field = np.ones(len(points), dtype=bool), self.scalars.domain.field
        for fact in facts:
            held &= values(field(fact.polynomial), self.scalars, list(points.T)) >= bound
        return held


def _in_units(scalars: ScalarField, columns: Columns, scaling: Scaling) -> Columns:
    known = dict(zip(scalars.names, columns, strict=True))
    worth = [scaling.worth(name, known, np.ones(1)) for name in scalars.names]
    points = np.array([column / w for column, w in zip(columns, worth, strict=True)])
    points = points[:, (np.abs(points) <= _LARGEST).all(axis=0)]
    _, kept = np.unique(points.round(9), axis=1, return_index=True)
    return list(points[:, np.sort(kept)])
