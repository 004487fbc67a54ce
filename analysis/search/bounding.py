"""From a V that is proved to decrease to the best rate that it gives, proved as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..basics.proof_outcome import Proved
from ..claims.claims import Decrease, Nonnegativity
from ..coefficients.rational import simplest
from ..proofs.certificate import Certificate
from ..proofs.proving import prove_claim
from ..readings.vector import Form
from .completion import Weights, proved
from .conic import ACCURACY, Solution, solve
from .identity import Identity
from .optimising import FACTOR, Optimising
from .proved_rate import ProvedRate
from .requirements import ORIGIN, Requirements
from .rounding import INSIDE, TOLERANCES, candidates
from .starting import bounded_start
from .stating import proved_rate, stated_distance, stated_start

_EQUAL = 1e-9  # relative; of constants that close the simpler one is taken


@dataclass(frozen=True)
class Bounding:
    """The search for the factor and the constant with which V proves a rate.

    Parameters
    ----------
    requirements : Requirements
        The flow or method, class, family, metric and weight.
    bounded : bool
        Whether V at the start has to be at most C‖Z0 − z*‖².
    certificate : Certificate
        That V decreases.
    still : frozenset of str
        Members of the family that never change.
    """

    requirements: Requirements
    bounded: bool
    certificate: Certificate
    still: frozenset[str]

    def best(self) -> ProvedRate | None:
        """Return the rate with the smallest constant, of about equal ones the simplest."""
        if (rate := self._least()) is not None:
            return rate
        found = sorted(self._candidates(), key=lambda V: self._constant(V))
        if not found:
            return None
        close = [V for V in found if self._constant(V) <= self._constant(found[0]) * (1 + _EQUAL)]
        for V in (min(close, key=lambda V: self._constant(V).denominator), *found):
            if (rate := self._proved(V)) is not None:
                return rate
        return None

    @property
    def _shape(self) -> Form:
        return self._claim.V

    @property
    def _claim(self) -> Decrease:
        claim = self.certificate.claim
        assert isinstance(claim, Decrease)
        return claim

    def _least(self) -> ProvedRate | None:
        """Return the rate with the least constant, if that is a number in rationals and √d."""
        solution = self._solution
        if not self.still or solution is None:
            return None
        numbers = {FACTOR: solution.free[FACTOR], **solution.signed[0]}
        noise = ACCURACY * max(map(abs, numbers.values()))
        kept = {name: number for name, number in numbers.items() if abs(number) > noise}
        return Optimising(self.requirements, self.certificate).run(kept)

    @property
    def _multipliers(self) -> Weights:
        return self._solution.signed[0] if self._solution else {}

    @cached_property
    def _solution(self) -> Solution | None:
        bound = self.requirements.bound()
        still = {n: form for n, form in bound.free.items() if n in self.still}
        free = {FACTOR: self._shape.substitute(ORIGIN), **still}
        costs = self.requirements.start_costs(free) or {FACTOR: 1.0}
        return solve([Identity(bound.constant, free, bound.signed)], costs)

    def _candidates(self) -> Iterator[Form]:
        """Yield rational V: a factor times the shape, and the least constant, if it has one."""
        solution = self._solution
        if solution is None:
            return
        size = solution.free[FACTOR]
        if not self.still:
            for width in (tolerance * size for tolerance in TOLERANCES):
                yield self._shape * simplest(size + INSIDE * width, width)
            return
        for rational in candidates({FACTOR: size, **solution.signed[0]}):
            V = self._shape * rational.pop(FACTOR, Fraction(0))
            if (constant := self._least_constant(V, rational)) is not None:
                yield V + constant

    def _least_constant(self, V: Form, multipliers: dict[Any, Fraction]) -> Form | None:
        """Return the least multiple of ‖Z0 − z*‖² with which V − τ · metric is proved ≥ 0."""
        needs = self.requirements
        constant = needs.least_constant(V, multipliers, needs.family.scalars)
        if not constant or not (constant.numer.is_ground and constant.denom.is_ground):
            return None
        least: Form = needs.distance * constant
        return least

    def _constant(self, V: Form) -> Fraction:
        """Return the coefficient of ‖Z0 − z*‖² in V at the start."""
        z0, _ = self.requirements.start_vectors
        (name,) = z0
        value = self.requirements.at_start(V).coefficient(name, name)
        return Fraction(str(value.as_expr())) if value else Fraction(0)

    def _proved(self, V: Form) -> ProvedRate | None:
        needs, claim = self.requirements, self._claim
        ratio = next(V.terms[pair] / c for pair, c in self._shape.terms.items() if pair in V)
        given = {n: weight * ratio for n, weight in self.certificate.multipliers.items()}
        first = prove_claim(replace(claim, V=V), given)
        bound = Nonnegativity(
            V - needs.goal, needs.operator, needs.family.scalars, {}, needs.motion
        )
        second = proved(bound, {}) or proved(bound, self._multipliers)
        if not isinstance(first, Proved) or second is None:
            return None
        certificates: tuple[Certificate, ...] = (first.certificate, second)
        right, constant = stated_start(needs, needs.at_start(V)), self._constant(V)
        if self.bounded:
            if (found := bounded_start(needs, V)) is None:
                return None
            constant, more = found
            right, certificates = stated_distance(needs, constant), certificates + more
        return proved_rate(needs, right, constant, V, certificates)
