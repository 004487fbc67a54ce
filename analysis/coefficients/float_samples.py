"""Sample points of a region, in floats: for guesses of which nothing is concluded."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..basics.ranges import Range
from .field import ScalarField
from .region import Region

_POINTS = 600

Columns = list[NDArray[np.float64]]
"""The coordinates of points, one array for each name of a field."""


def sample(scalars: ScalarField) -> Columns:
    """Return the coordinates of the sample points of a region, one array for each of its names.

    The values of a name are the same in every field where it has the same range.
    """
    columns = [_spread(name, scalars.ranges[name]) for name in scalars.names]
    return within(scalars.region, scalars, columns)


def within(region: Region, scalars: ScalarField, columns: Columns) -> Columns:
    """Return those of the sample points that lie in a region."""
    inside = np.ones(columns[0].size, dtype=bool)
    for gap in region.gaps:
        inside &= values(scalars.convert(gap), scalars, columns) >= 0
    return [column[inside] for column in columns]


def _spread(name: str, span: Range) -> NDArray[np.float64]:
    """Return points of a range, on several scales where it is unbounded."""
    choice = random.Random(name)  # fixed seed: the same question gets the same answer
    if span.low is not None and span.high is not None:
        ends = float(span.low), float(span.high)
        return np.array([choice.uniform(*ends) for _ in range(_POINTS)])
    signs = (1,) if span.low is not None else (-1,) if span.high is not None else (1, -1)
    end = float(next((end for end in (span.low, span.high) if end is not None), 0))
    far = (choice.choice(signs) * math.exp(choice.gauss(0, 1.5)) for _ in range(_POINTS))
    return np.array([end + x for x in far])


def values(element: Any, scalars: ScalarField, columns: Columns) -> Any:
    """Return the values of an element at sample points; infinite or undefined at its poles."""
    with np.errstate(all="ignore"):
        return _polynomial(element.numer, columns) / _polynomial(element.denom, columns)


def _polynomial(polynomial: Any, columns: Columns) -> Any:
    total = np.zeros_like(columns[0])
    for powers, c in polynomial.terms():
        term = np.full_like(total, float(c))
        for x, n in zip(columns, powers, strict=True):
            if n:
                term *= x**n
        total += term
    return total
