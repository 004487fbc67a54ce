"""Rates from runs: slopes with standard errors, of exponential growth and of power laws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from ...flows.errors import ProblemError

Array = NDArray[np.float64]

GROUPS = 8
"""Most groups of consecutive points whose means carry the standard error."""

IN_GROUP = 2
"""Fewest points of a group."""

FEWEST_POINTS = 8
"""Points that a rate needs."""


@dataclass(frozen=True)
class Rate:
    """Slope of a straight line through data, with its standard error.

    Attributes
    ----------
    slope : float
        The slope.
    error : float
        Its standard error, from the scatter of group means about the line: consecutive points are
        not independent, as the residuals of an oscillation are not.
    low, high : float
        Ends of the 95 % confidence interval, with Student's t for the number of groups.
    """

    slope: float
    error: float
    low: float
    high: float

    def contains(self, value: float) -> bool:
        """Tell whether the confidence interval contains a value."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.slope:.4g} ± {self.error:.2g}"


def growth_rate(t: ArrayLike, value: ArrayLike) -> Rate:
    """Exponential rate r of a positive quantity, ``value ~ e^{rt}``: slope of its logarithm.

    Parameters
    ----------
    t, value : array_like, shape (K,)
        Times, and positive values.

    Raises
    ------
    ProblemError
        There are too few positive finite values.

    Examples
    --------
    >>> t = np.linspace(0, 10, 201)
    >>> round(growth_rate(t, np.exp(-0.5 * t)).slope, 12)
    -0.5
    """
    return fit_rate(np.asarray(t, dtype=float), np.asarray(value, dtype=float))


def power_rate(k: ArrayLike, value: ArrayLike) -> Rate:
    """Exponent p of a power law, ``value ~ k^p``: the slope of log(value) over log(k).

    The points are thinned out to be even in log k, so that late ones do not outweigh the others.

    Parameters
    ----------
    k, value : array_like, shape (K,)
        Steps or times > 0, increasing, and positive values.

    Raises
    ------
    ProblemError
        There are too few positive finite values.

    Examples
    --------
    >>> k = np.arange(1, 10_000)
    >>> round(power_rate(k, 3 / np.sqrt(k)).slope, 12)
    -0.5
    """
    numbers, values = np.asarray(k, dtype=float), np.asarray(value, dtype=float)
    usable = (numbers > 0) & (values > 0) & np.isfinite(values)
    numbers, values = numbers[usable], values[usable]
    if len(numbers) > 1:
        even = np.geomspace(numbers[0], numbers[-1], min(len(numbers), 400))
        chosen = np.unique(np.searchsorted(numbers, even).clip(0, len(numbers) - 1))
        numbers, values = numbers[chosen], values[chosen]
    return fit_rate(np.log(numbers), values)


def fit_rate(x: Array, value: Array) -> Rate:
    """Slope of log(value) over x through all points, its error from the means of groups.

    Raises
    ------
    ProblemError
        There are too few positive finite values.
    """
    usable = np.isfinite(value) & (value > 0)
    x, y = x[usable], np.log(value[usable])
    if len(x) < FEWEST_POINTS:
        raise ProblemError(
            f"{len(x)} positive finite values; at least {FEWEST_POINTS} are needed for a rate"
        )
    slope, offset = np.polyfit(x, y, 1)
    groups = np.array_split(np.arange(len(x)), min(GROUPS, len(x) // IN_GROUP))
    centres = np.array([x[group].mean() for group in groups])
    residuals = np.array([(y[group] - slope * x[group] - offset).mean() for group in groups])
    spread, freedom = float(np.sum((centres - centres.mean()) ** 2)), len(groups) - 2
    error = float(np.sqrt(np.sum(residuals**2) / freedom / spread))
    reach = float(student.ppf(0.975, freedom)) * error
    return Rate(float(slope), error, float(slope) - reach, float(slope) + reach)
