"""A claim at sample points: what its multipliers must satisfy there, and what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..claims.claims import Claim
from ..claims.flow_vectors import ZSTAR
from ..coefficients.facts import occurring
from ..coefficients.float_samples import Columns, values
from ..readings.vector import Vector
from ..refuting.refutation import depends_on_the_origin
from .ansatz import ansatzes
from .closure import closure_samples
from .multipliers import MultiplierSystem
from .programme import Array, Samples
from .scaling import Scaling, scaling_of

_TARGET = _ONE = ""
_FAR = 1e9  # a larger value of a coefficient is a pole


@dataclass(frozen=True)
class SampledClaim:
    """A claim with sample points of its region.

    Parameters
    ----------
    claim : Claim
        The claim.
    """

    claim: Claim

    @cached_property
    def scaling(self) -> Scaling:
        """The units in which the claim is measured; they are 1 at the points."""
        forms = {_TARGET: self.claim.target, **self.claim.inequalities}
        return scaling_of(forms, self.claim.scalars)

    @cached_property
    def columns(self) -> Columns:
        """The coordinates of the points."""
        return closure_samples(self.claim.scalars, self.scaling)

    def values(self, element: Any) -> Array:
        """Return the values of a coefficient at the points, infinite at poles."""
        found = values(self.claim.scalars.convert(element), self.claim.scalars, self.columns)
        return np.where(np.abs(found) < _FAR, found, np.inf)

    def samples(self, system: MultiplierSystem, free: Sequence[str]) -> tuple[Samples, Array]:
        """Return what free multipliers must satisfy, and at which points that is defined."""
        grams, signs = self._grams(system, free), self._signs(system, free)
        pairs = zip(grams, signs, strict=True)
        finite = [bool(np.isfinite(g).all() and np.isfinite(r).all()) for g, r in pairs]
        good = np.array(finite, dtype=bool)
        grams = grams[good]
        largest = np.abs(np.einsum("pkii->pki", grams)).max(axis=1)
        largest = np.maximum(largest, 1e-8 * largest.max(axis=0, initial=0))
        scale = 1 / np.sqrt(np.where(largest > 0, largest, 1))
        grams *= scale[:, None, :, None] * scale[:, None, None, :]
        return Samples(grams, signs[good]), good

    def _grams(self, system: MultiplierSystem, free: Sequence[str]) -> Array:
        """Return the Gram matrices without z*, where only differences matter."""
        star = set() if depends_on_the_origin(self.claim) else set(ZSTAR)
        entries = {pair: e for pair, e in system.entries.items() if e and not star & set(pair)}
        generators = sorted({name for pair in entries for name in pair})
        place = {name: i for i, name in enumerate([_ONE, *free])}
        size = len(generators)
        grams = np.zeros((len(self.columns[0]), len(place), size, size))
        for (first, second), entry in entries.items():
            i, j = generators.index(first), generators.index(second)
            for name, c in entry.terms.items():
                half = self.values(c) / (1 if i == j else 2)
                grams[:, place[name], i, j] = grams[:, place[name], j, i] = half
        return grams

    def _signs(self, system: MultiplierSystem, free: Sequence[str]) -> Array:
        """Return the multipliers that must be ≥ 0 as affine functions of the free ones."""
        place = {name: i for i, name in enumerate([_ONE, *free])}
        own = {name: Vector.generator(name) for name in free}
        known = {
            n: v for n, v in {**system.solved, **own}.items() if n not in system.signless and v
        }
        signs = np.zeros((len(self.columns[0]), len(known), len(place)))
        for row, vector in enumerate(known.values()):
            for name, c in vector.terms.items():
                signs[:, row, place[name]] = self.values(c)
        return signs

    def ansatzes(self, system: MultiplierSystem) -> Iterator[list[Any]]:
        """Yield functions of which multipliers may be made, where all units are 1."""
        scalars = self.claim.scalars
        found: dict[Any, None] = {}
        for entry in system.entries.values():
            for c in map(scalars.convert, entry.terms.values()):
                parts = [self.scaling.reduced(p, scalars.names) for p in (c.numer, c.denom)]
                if all(parts):
                    found[scalars.domain.field(parts[0]) / scalars.domain.field(parts[1])] = None
        used = {i for c in found for p in (c.numer, c.denom) for i in occurring(p)}
        yield from ansatzes(scalars, sorted(used), found)

    def multiplier(self, name: str, terms: Mapping[Any, Fraction]) -> Any:
        """Return a multiplier, found as a sum of functions where all units are 1, in any units."""
        scalars = self.claim.scalars
        gens, one = scalars.domain.field.gens, scalars.domain.field.one
        units = dict(zip(scalars.names, gens, strict=True))
        images = [x / self.scaling.worth(n, units, one) for n, x in units.items()]
        total = 0 * one
        for function, c in terms.items():
            top, bottom = (_composed(p, images, one) for p in (function.numer, function.denom))
            total += scalars.convert(c) * top / bottom
        worth, own = (self.scaling.worth(n, units, one) for n in (_TARGET, name))
        return total * worth / own


def _composed(polynomial: Any, images: Sequence[Any], one: Any) -> Any:
    total = 0 * one
    for powers, c in polynomial.terms():
        term = one * c
        for x, n in zip(images, powers, strict=True):
            term *= x**n
        total += term
    return total
