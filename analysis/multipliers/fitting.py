"""Functions with rational coefficients that satisfy semidefinite conditions at sample points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..coefficients.rational import simplest
from .programme import Array, Samples, most_inner, sparsest

_WIDTHS = (1.0, 0.6, 0.2, 0.05, 1e-2, 1e-3, 1e-5)
"""How far a coefficient may be from what the solver found, relative to itself: 0 is tried first."""

_LARGEST = 1000  # denominator; larger ones are no multipliers that somebody would write
_TINY = 1e-6  # the cost of what costs nothing, to keep it bounded
_STARTS = (0, 3, 5)  # rougher ones are left out if what they lead to does not hold


@dataclass(frozen=True)
class Fitting:
    """The search for multipliers ``λ_i = Σ c_ij f_j``.

    Parameters
    ----------
    samples : Samples
        What the multipliers must satisfy.
    functions : ndarray, shape (points, size)
        Values of the functions f_j at the points.
    costs : ndarray, shape (m, size)
        What each function costs in each multiplier: simple ones are cheap, infinite ones are not
        used.
    least : tuple of int and ndarray, optional
        Index of a multiplier that is to be small, and what would be too large at each point.
    """

    samples: Samples
    functions: Array
    costs: Array
    least: tuple[int, Array] | None = None

    def best(self) -> dict[int, Fraction] | None:
        """Return coefficients with which everything holds at all samples.

        Few functions are used, cheap ones if possible. Their coefficients are rounded one after
        the other, as roughly as the others can make up for.

        Returns
        -------
        mapping or None
            Index ``i·size + j`` -> c_ij, those that are not 0; None if none were found.
        """
        count = len(self.costs)
        allowed = np.flatnonzero(np.isfinite(self.costs).ravel())
        scale = np.tile(np.abs(self.functions).mean(axis=0), count)[allowed]
        maps = np.array([np.kron(np.eye(count), f)[:, allowed] for f in self.functions]) / scale
        costs = self.costs.ravel()[allowed]
        samples = self.samples if self.least is None else self._with_least(maps)
        if samples is None or most_inner(samples, maps) is None:
            return None
        found = sparsest(samples, maps, costs)
        if found is None:
            return None
        sizes = np.abs(found)
        used = [i for i in range(len(found)) if sizes[i] > 1e-6 * sizes.max()]
        for kept in (_needed(samples, maps, used, costs), used):
            rounding = _Rounding(samples, maps[:, :, kept], scale[kept])
            for start in _STARTS:
                if (rounded := rounding.run(_WIDTHS[start:])) is not None:
                    return {int(allowed[kept[i]]): c for i, c in rounded.items() if c}
        return None

    def _with_least(self, maps: Array) -> Samples | None:
        """Return the samples with one multiplier as small as these functions make it."""
        assert self.least is not None
        multiplier, too_large = self.least
        slopes = (maps[:, multiplier] / too_large[:, None]).mean(axis=0)
        found = sparsest(self.samples, maps, np.full(len(slopes), _TINY), slopes)
        if found is None:
            return None
        least = (maps @ found)[:, multiplier]
        return None if np.median(least / too_large) > 1 else self.samples.below(multiplier, least)


def _needed(samples: Samples, maps: Array, used: list[int], costs: Array) -> list[int]:
    """Return those functions that cannot be left out; dear ones are left out first."""
    kept = used
    for i in sorted(used, key=lambda i: -costs[i]):
        others = [j for j in kept if j != i]
        if others and most_inner(samples, maps[:, :, others]) is not None:
            kept = others
    return kept


@dataclass(frozen=True)
class _Rounding:
    """Rounding of the coefficients ``x / scale`` of multipliers ``map · x``."""

    samples: Samples
    maps: Array
    scale: Array

    def run(self, widths: tuple[float, ...]) -> dict[int, Fraction] | None:
        """Round one coefficient after the other, the largest first."""
        fixed: dict[int, Fraction] = {}
        x = most_inner(self.samples, self.maps)
        while x is not None and len(fixed) < len(self.scale):
            free = [i for i in range(len(self.scale)) if i not in fixed]
            i = max(free, key=np.abs(x).__getitem__)
            c, x = float(x[i] / self.scale[i]), None
            for tried in dict.fromkeys(simplest(c, w * abs(c)) for w in widths):
                if (
                    tried.denominator <= _LARGEST
                    and (x := self._completed({**fixed, i: tried})) is not None
                ):
                    fixed[i] = tried
                    break
        return fixed if x is not None else None

    def _completed(self, fixed: Mapping[int, Fraction]) -> Array | None:
        """Return coefficients of which some are given, or None if that is impossible."""
        x = np.zeros(len(self.scale))
        for i, c in fixed.items():
            x[i] = float(c) * self.scale[i]
        free = [i for i in range(len(x)) if i not in fixed]
        if not free:
            return x if self.samples.hold(self.maps @ x) else None
        rest = most_inner(self.samples.plus(self.maps @ x), self.maps[:, :, free])
        if rest is None:
            return None
        x[free] = rest
        return x
