"""Statistics over the paths of a run while it runs: no iterates are kept but three a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..flows.problems.problem import SaddleProblem
from .recording import Rule
from .splitting import least_elements

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Statistics:
    """Record statistics over the paths instead of the iterates: ``record=Statistics(at=…)``.

    The memory is a handful of numbers for each recorded k and a handful of points for each path,
    however long the run.

    Parameters
    ----------
    at : int or sequence of int, optional
        At which k: every one (None), every m-th and the last (m), or those of an increasing
        sequence, e.g. of `log_spaced`. G is evaluated once more at each.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD, iterate
    >>> from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
    >>> problem = SaddleProblem("x**2/2 - u**2/2", "x", "u")
    >>> noise, record = GaussianNoise(0.1), Statistics(at=[1, 10])
    >>> run = iterate(SimGD(0.5), problem, [1, 0], 10, oracle=noise, paths=1000, seed=1,
    ...               record=record)
    >>> run.statistics.distance.mean.round(1).tolist()  # exactly 0.3 and 0.0667
    [0.3, 0.1]
    """

    at: Rule = None


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean, variance and standard error over paths of one quantity, at each recorded k.

    Attributes
    ----------
    mean : ndarray, shape (K,)
        Mean over the paths.
    variance : ndarray, shape (K,)
        Unbiased variance over the paths; undefined (NaN) for a single path.
    standard_error : ndarray, shape (K,)
        ``√(variance/N)``, the standard deviation of the mean of N paths.
    """

    mean: Array
    variance: Array
    standard_error: Array


@dataclass(frozen=True, eq=False)
class PathStatistics:
    """What `Statistics` recorded: moments over N paths, and the best and the mean iterate of each.

    A path that left the finite numbers counts with its last finite iterate, which usually makes
    the means infinite: nothing is left out of them.

    Attributes
    ----------
    k : ndarray of int, shape (K,)
        The recorded steps.
    distance : Moments
        Of ‖z^k − z*‖², the squared distance to the saddle set.
    operator : Moments
        Of ‖G(z^k)‖², with the exact G of the problem.
    stopped : ndarray of int, shape (K,)
        Number of paths that had left the finite numbers.
    best : ndarray, shape (d,) or (N, d)
        Iterate with the least ‖G‖ among those at the recorded k, path by path.
    best_operator : ndarray, shape () or (N,)
        ‖G‖² there.
    ergodic : ndarray, shape (d,) or (N, d)
        Mean of z^0, …, z^k over all steps, recorded or not, path by path.
    """

    k: NDArray[np.int64]
    distance: Moments
    operator: Moments
    stopped: NDArray[np.int64]
    best: Array
    best_operator: Array
    ergodic: Array

    def joined(self, later: PathStatistics) -> PathStatistics:
        """Return these with those of the continued run behind them."""
        return PathStatistics(
            np.concatenate([self.k, later.k]),
            _joined(self.distance, later.distance),
            _joined(self.operator, later.operator),
            np.concatenate([self.stopped, later.stopped]),
            *_better(self.best, self.best_operator, later.best, later.best_operator),
            later.ergodic,
        )


class Sums(NamedTuple):
    """One recorded k of one quantity: mean and variance over the paths, and their number."""

    mean: float
    variance: float
    paths: int


class _Row(NamedTuple):
    """One recorded k, kept in one piece so that an interruption leaves no half of it."""

    k: int
    distance: Sums
    operator: Sums
    stopped: int


class Tally:
    """Statistics in the making, fed with all paths at one recorded k after the other.

    Parameters
    ----------
    problem : SaddleProblem
        The problem, for distances and ‖G‖.
    start : ndarray, shape (d,) or (N, d)
        The start.
    """

    def __init__(self, problem: SaddleProblem, start: Array) -> None:
        self._problem = problem
        self._rows: list[_Row] = []
        self._best = start, np.full(start.shape[:-1], np.inf)

    def add(self, k: int, z: Array, stopped: int) -> None:
        """Add the iterates z^k."""
        squares = _overflown(_squares(least_elements(self._problem, z)))
        distance = _moments(_overflown(self._problem.distance(z) ** 2))
        self._best = _better(*self._best, z, squares)
        self._rows.append(_Row(k, distance, _moments(squares), stopped))

    def extend(self, kept: Sequence[int], z: Array, stopped: Sequence[int]) -> None:
        """Add the iterates of several k."""
        for row in zip(kept, z, stopped, strict=True):
            self.add(*row)

    def latest(self) -> int:
        """Return the last k that was added, −1 if there is none."""
        return self._rows[-1].k if self._rows else -1

    def result(self, ergodic: Array) -> PathStatistics:
        """Return what was gathered, with the mean iterates."""
        return PathStatistics(
            k=np.array([row.k for row in self._rows], dtype=np.int64),
            distance=_gathered([row.distance for row in self._rows]),
            operator=_gathered([row.operator for row in self._rows]),
            stopped=np.array([row.stopped for row in self._rows], dtype=np.int64),
            best=self._best[0],
            best_operator=self._best[1],
            ergodic=ergodic,
        )


def _overflown(squares: Array) -> Array:
    """Undefined squares as infinite: z is finite, so they are differences of overflows."""
    return np.where(np.isnan(squares), np.inf, squares)


def _squares(g: Array) -> Array:
    return np.asarray(np.sum(g * g, axis=-1))


def _moments(values: Array) -> Sums:
    spread = float(np.var(values, ddof=1)) if values.size > 1 else float("nan")
    return Sums(float(np.mean(values)), spread, values.size)


def _gathered(rows: list[Sums]) -> Moments:
    mean, variance, count = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return Moments(mean, variance, np.sqrt(variance / count))


def _joined(first: Moments, second: Moments) -> Moments:
    return Moments(
        np.concatenate([first.mean, second.mean]),
        np.concatenate([first.variance, second.variance]),
        np.concatenate([first.standard_error, second.standard_error]),
    )


def _better(z: Array, z_norm: Array, w: Array, w_norm: Array) -> tuple[Array, Array]:
    """Path by path the point of the smaller norm, the first of equals."""
    first = z_norm <= w_norm
    return np.where(first[..., None], z, w), np.where(first, z_norm, w_norm)
