"""Multipliers that no equation determines: proposed by semidefinite programmes, for exact proof.

At sample points a programme tells which multipliers are needed. Those are sought as rational
functions with unknown coefficients, simple ones first: one programme for all samples. Its numbers
are rounded. Nothing is proved by them; what is proposed has to be proved exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..basics.proof_outcome import Unknown
from ..claims.claims import Claim
from ..coefficients.facts import occurring
from ..readings.vector import Vector
from .fitting import Fitting
from .multipliers import MultiplierSystem
from .programme import Array, Samples, available, most_inner, sparsest
from .sampled_claim import SampledClaim

_DEGREE = 0.3  # what a degree, or one more term, adds to the cost 1 of a function


def proposals(claim: Claim, system: MultiplierSystem) -> Iterator[dict[str, Any]]:
    """Yield multipliers with which a claim may be provable, simple ones first.

    Parameters
    ----------
    claim : Claim
        The claim.
    system : MultiplierSystem
        What linear equations say of its multipliers.

    Yields
    ------
    mapping
        Name -> multiplier. Nothing is yielded without the solver (extra ``prove``), or if there
        are no multipliers at one of the sample points.
    """
    proposer = Proposer(SampledClaim(claim), system)
    if available() and proposer.free:
        yield from proposer.proposals()


@dataclass(frozen=True)
class Least:
    """A multiplier that is to be small.

    Parameters
    ----------
    name : str
        Its name.
    too_large : ndarray
        What would be too large at each of the sample points.
    without : frozenset of int
        Indices of the variables on which it may not depend.
    """

    name: str
    too_large: Array
    without: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Proposer:
    """The search for multipliers of one claim.

    Parameters
    ----------
    sampled : SampledClaim
        The claim, at sample points.
    system : MultiplierSystem
        What linear equations say of its multipliers.
    least : Least, optional
        Which of them is to be small.
    """

    sampled: SampledClaim
    system: MultiplierSystem
    least: Least | None = None

    @cached_property
    def free(self) -> list[str]:
        """The multipliers that no equation determines."""
        return self.system.free(self.sampled.claim.inequalities)

    def proposals(self) -> Iterator[dict[str, Any]]:
        """Yield multipliers, simple ones first."""
        scalars = self.sampled.claim.scalars
        for names in self._supports():
            system = self.system
            for name in self.free:
                system = system if name in names else system.settle(name, Vector())
            reduced = system.reduce(scalars)
            if isinstance(reduced, Unknown):
                continue
            free = [name for name in names if name not in reduced.solved]
            found = self._fitted(reduced, free) if free else [{}]
            yield from (reduced.fix(values).values(scalars) for values in found)

    def _supports(self) -> Iterator[list[str]]:
        """Yield sets of multipliers that are enough at all samples, with none to spare."""
        samples = self.sampled.samples(self.system, self.free)[0].normalised()
        use = _use(samples) if len(samples) else None
        if use is None:
            return
        tried: list[list[int]] = []
        for order in (np.argsort(use, kind="stable"), np.arange(len(use))):
            kept = list(range(len(use)))
            for i in order:
                others = [j for j in kept if j != i]
                if _enough(samples, others):
                    kept = others
            if kept not in tried:
                tried.append(kept)
                yield [self.free[i] for i in kept]

    def _fitted(self, system: MultiplierSystem, free: list[str]) -> Iterator[dict[str, Any]]:
        """Yield the free multipliers as functions that hold at all samples."""
        samples, good = self.sampled.samples(system, free)
        if not len(samples):
            return
        for functions in self.sampled.ansatzes(system):
            columns = np.array([self.sampled.values(f)[good] for f in functions])
            finite = np.isfinite(columns).all(axis=1)
            chosen = [f for f, fits in zip(functions, finite, strict=True) if fits]
            costs = np.tile([1 + _DEGREE * _size(f) for f in chosen], (len(free), 1))
            least = None
            if self.least is not None and self.least.name in free:
                least = free.index(self.least.name), self.least.too_large[good]
                costs[least[0], [bool(self.least.without & _variables(f)) for f in chosen]] = np.inf
            found = Fitting(samples, columns[finite].T, costs, least).best()
            if found is not None:
                terms: dict[str, dict[Any, Any]] = {name: {} for name in free}
                for place, c in found.items():
                    i, j = divmod(place, len(chosen))
                    terms[free[i]][chosen[j]] = c
                yield {name: self.sampled.multiplier(name, t) for name, t in terms.items()}


def _use(samples: Samples) -> Array | None:
    """Return how much each multiplier is used at all samples, or None if one has no multipliers."""
    count = samples.grams.shape[1] - 1
    every, use = np.eye(count)[None], np.zeros(count)
    for i in range(len(samples)):
        if most_inner(samples.at(i), every) is None:
            return None
        x = sparsest(samples.at(i), every, np.ones(count))
        use += np.abs(x) / max(np.abs(x).max(), 1e-9) if x is not None else 0
    return use


def _enough(samples: Samples, kept: list[int]) -> bool:
    """Tell whether some of the multipliers are enough at all samples."""
    map_ = np.eye(samples.grams.shape[1] - 1)[:, kept]
    if not kept:
        return samples.hold(np.zeros((len(samples), len(map_))))
    return all(most_inner(samples.at(i), map_[None]) is not None for i in range(len(samples)))


def _variables(function: Any) -> set[int]:
    return {i for part in (function.numer, function.denom) for i in occurring(part)}


def _size(function: Any) -> int:
    parts = (function.numer, function.denom)
    return sum(len(part.terms()) - 1 + sum(part.degrees()) for part in parts)
