"""The least constant that V gives, exactly: also where it is irrational.

A certificate has rational numbers alone. So the bound is proved for all s of an interval, with a
constant C(s); the least one is that of an s = √d, which `Optimum` shows to lie in the interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from sympy import Symbol

from ..basics.proof_outcome import Proved
from ..basics.ranges import Range
from ..claims.claims import Decrease, Nonnegativity
from ..coefficients.field import ScalarField
from ..proofs.certificate import Certificate
from ..proofs.proving import prove_claim
from .minimum import ROOT, Minimum, minimum
from .optimum import Optimum
from .proved_rate import ProvedRate
from .requirements import Requirements
from .stating import proved_rate, stated_distance

FACTOR = "factor"
"""What V is multiplied by."""

_PARTS = (10, 100, 1000)  # of 1, as intervals of s: signs may need a short one


@dataclass(frozen=True)
class Optimising:
    """The bound with the least constant, from a V that is proved to decrease and starts at 0.

    Parameters
    ----------
    requirements : Requirements
        The flow or method, class, family, metric and weight.
    certificate : Certificate
        That V decreases.
    """

    requirements: Requirements
    certificate: Certificate

    def run(self, numbers: Mapping[Any, float]) -> ProvedRate | None:
        """Return the rate with the least constant near what a solver found.

        Parameters
        ----------
        numbers : mapping
            `FACTOR`, and names of inequalities with powers of the clock -> number.
        """
        if self.requirements.at_start(self._claim.V) or (found := self._minimum(numbers)) is None:
            return None
        point = dict(zip(numbers, found.point.values(), strict=True))
        rates = (self._rate(point, found.square, span) for span in _spans(found))
        return next((rate for rate in rates if rate is not None), None)

    @property
    def _claim(self) -> Decrease:
        claim = self.certificate.claim
        assert isinstance(claim, Decrease)
        return claim

    def _minimum(self, numbers: Mapping[Any, float]) -> Minimum | None:
        """Return where the constant is least, as a function of the factor and the multipliers."""
        symbols = {name: Symbol(f"p{i}") for i, name in enumerate(numbers)}
        scalars = self._over({symbol.name: Range() for symbol in symbols.values()})
        constant = self._constant(symbols, scalars)
        if constant is None or Symbol(scalars.clock) in constant.as_expr().free_symbols:
            return None
        return minimum(constant, {symbols[name]: number for name, number in numbers.items()})

    def _over(self, ranges: Mapping[str, Range]) -> ScalarField:
        return ScalarField(ranges, clock=self.requirements.motion.clock)

    def _constant(self, values: Mapping[Any, Any], scalars: ScalarField) -> Any:
        V = self._claim.V.map(scalars.convert) * scalars.convert(values[FACTOR])
        multipliers = {name: value for name, value in values.items() if name != FACTOR}
        return self.requirements.least_constant(V, multipliers, scalars)

    def _rate(
        self, point: Mapping[Any, Any], square: int, ranges: Mapping[str, Range]
    ) -> ProvedRate | None:
        scalars, needs = self._over(ranges), self.requirements
        if (constant := self._constant(point, scalars)) is None:
            return None
        size, apart = scalars.convert(point[FACTOR]), needs.distance.map(scalars.convert)
        V = self._claim.V.map(scalars.convert) * size + apart * constant
        given = {n: scalars.convert(m) * size for n, m in self.certificate.multipliers.items()}
        decrease = Decrease(V, needs.motion, needs.operator, scalars)
        rest = V - needs.goal.map(scalars.convert)
        bound = Nonnegativity(rest, needs.operator, scalars, {}, needs.motion)
        proofs = prove_claim(decrease, given), prove_claim(bound, _multipliers(point, scalars))
        if not all(isinstance(proof, Proved) for proof in proofs):
            return None
        optimum = Optimum(square, ranges[str(ROOT)], constant) if ranges else None
        value = optimum.value if optimum else Fraction(str(constant.as_expr()))
        certificates = tuple(proof.certificate for proof in proofs if isinstance(proof, Proved))
        return proved_rate(needs, stated_distance(needs, value), value, V, certificates, optimum)


def _multipliers(point: Mapping[Any, Any], scalars: ScalarField) -> dict[str, Any]:
    """Return the multipliers of the inequalities as functions of the clock."""
    found: dict[str, Any] = {}
    for name, power in (key for key in point if key != FACTOR):
        term = scalars.convert(point[name, power]) * scalars.convert(Symbol(scalars.clock)) ** power
        found[name] = found[name] + term if name in found else term
    return found


def _spans(found: Minimum) -> Iterator[dict[str, Range]]:
    """Yield ranges of s with √d inside; none for a rational minimum, which needs no s."""
    if found.square == 1:
        yield {}
        return
    for parts in _PARTS:
        low = isqrt(found.square * parts**2)
        yield {str(ROOT): Range(Fraction(low, parts), Fraction(low + 1, parts))}
