"""From a V that is proved to decrease to the best rate that it gives, proved as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sympy import factor

from ..proofs.certificate import Certificate
from ..proofs.certificate_text import factored, readable
from ..proofs.claims import Decrease, Nonnegativity
from ..proofs.proof_outcome import Proved
from ..proofs.proving import prove_claim
from ..proofs.squares import completed
from ..readings.scalar_text import scalar_latex, scalar_text
from ..readings.vector import Form, Vector
from .completion import proved
from .conic import Solution, solve
from .identity import Identity
from .proved_rate import ProvedRate
from .requirements import ORIGIN, Requirements
from .rounding import TOLERANCES, candidates, simplest
from .starting import bounded_start, distance

_FACTOR = "factor"


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
        """Return the rate with the smallest constant, of those within 1e-9 the simplest."""
        found = sorted(self._candidates(), key=lambda V: self._constant(V))
        if not found:
            return None
        close = [V for V in found if self._constant(V) <= self._constant(found[0]) * (1 + 1e-9)]
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

    def _solution(self) -> Solution | None:
        bound = self.requirements.bound()
        still = {n: form for n, form in bound.free.items() if n in self.still}
        free = {_FACTOR: self._shape.substitute(ORIGIN), **still}
        costs = self.requirements.start_costs(free) or {_FACTOR: 1.0}
        return solve([Identity(bound.constant, free, bound.signed)], costs)

    def _candidates(self) -> Iterator[Form]:
        """Yield rational V: a factor times the shape, and the least constant, if it has one."""
        solution = self._solution()
        if solution is None:
            return
        size = solution.free[_FACTOR]
        if not self.still:
            for width in (tolerance * size for tolerance in TOLERANCES):
                yield self._shape * simplest(size + 0.99 * width, width)
            return
        for rational in candidates({_FACTOR: size, **solution.signed[0]}):
            V = self._shape * rational.pop(_FACTOR, Fraction(0))
            if (constant := self._least_constant(V, rational)) is not None:
                yield V + constant

    def _least_constant(self, V: Form, multipliers: dict[Any, Fraction]) -> Form | None:
        """Return the least multiple of ‖Z0 − z*‖² with which V − τ · metric is proved ≥ 0."""
        needs, bound = self.requirements, self.requirements.bound()
        rest = V.substitute(ORIGIN) + bound.constant
        for name, number in multipliers.items():
            rest -= bound.signed[name] * needs.family.scalars.convert(number)
        z0, _ = needs.start_vectors
        (start,) = z0
        moved = {name: Vector.generator("d") + z0 for name in ("Z", "z^{k}")}
        left = completed(rest.substitute(moved), start)
        if left is None:
            return None
        constant = -left.coefficient(start, start)
        if not constant or not (constant.numer.is_ground and constant.denom.is_ground):
            return None
        least: Form = distance(needs) * constant
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
        rest = V - needs.metric.map(needs.family.scalars.convert) * needs.weight
        bound = Nonnegativity(rest, needs.operator, needs.family.scalars, {}, needs.motion)
        second = proved(bound, solution.signed[0] if (solution := self._solution()) else {})
        if not isinstance(first, Proved) or second is None:
            return None
        certificates = (first.certificate, second)
        if not self.bounded:
            return self._rate(needs.at_start(V), self._constant(V), V, certificates)
        found = bounded_start(needs, V)
        if found is None:
            return None
        constant, more = found
        return self._rate(distance(needs) * constant, constant, V, certificates + more)

    def _rate(
        self, start: Form, constant: Fraction, V: Form, certificates: tuple[Certificate, ...]
    ) -> ProvedRate:
        needs, tau = self.requirements, factor(self.requirements.weight.as_expr())
        left, right = readable(needs.metric), factored(readable(start))
        return ProvedRate(
            needs.motion.system,
            needs.operator,
            f"({scalar_text(tau)}) ({left}) ≤ {right}",
            rf"{scalar_latex(tau)} \left({left.to_latex()}\right) \le {right.to_latex()}",
            constant,
            V,
            certificates,
        )
