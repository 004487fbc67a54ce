"""Estimates of a quadratic form by squares of a few vectors, with the proof in parts.

Products are split by ``2⟨a, b⟩ ≤ r‖a‖² + ‖b‖²/r``, with r from the scale of each vector, and the
change of G between two near points is at most L times their distance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..coefficients.field import ScalarField
from ..coefficients.signs import nonnegative
from ..proofs.squares import Square
from ..readings.vector import Form, Vector
from .nearness import Nearness, Part


@dataclass(frozen=True)
class Change:
    """A change of G between two near points.

    Parameters
    ----------
    labels : pair of str
        The points.
    s, d : Vector
        The change of the point and of the value, over the vectors of the method.
    along : str
        Name of the basis vector of which s is a multiple.
    slope : scalar
        That multiple.
    """

    labels: tuple[str, str]
    s: Vector
    d: Vector
    along: str
    slope: Any


@dataclass(frozen=True)
class Basis:
    """Vectors in which a form is written, with their scales.

    Parameters
    ----------
    vectors : mapping
        Name -> vector over those of the method.
    scales : mapping
        Name -> how large the vector is, against the others.
    changes : mapping
        Name of a vector -> what is known of it as a change of G.
    """

    vectors: Mapping[str, Vector]
    scales: Mapping[str, Any]
    changes: Mapping[str, Change]


@dataclass
class Estimate:
    """Estimate ``form ≤ Σ needs_i ‖v_i‖²`` over the vectors of a basis that are no changes.

    Parameters
    ----------
    basis : Basis
        The basis.
    scalars : ScalarField
        Field of the coefficients.
    nearness : Nearness
        What the class says.
    needs : mapping
        Name -> coefficient of ‖v_i‖².
    multipliers, squares
        What the right-hand side exceeds the form by.
    """

    basis: Basis
    scalars: ScalarField
    nearness: Nearness
    needs: dict[str, Any] = field(default_factory=lambda: defaultdict(int))
    multipliers: dict[str, Any] = field(default_factory=lambda: defaultdict(int))
    squares: list[Square] = field(default_factory=list)

    def add(self, form: Form) -> None:
        """Estimate a form over the names of the basis."""
        for (i, j), c in form.terms.items():
            for amount, sign in signed_parts(c, self.scalars):
                if i != j:
                    self._product(i, j, amount, sign)
                elif sign > 0:
                    self.needs[i] += amount
                else:
                    self.squares.append(Square(amount, self.basis.vectors[i]))
        for name, change in self.basis.changes.items():
            if need := self.needs.pop(name, 0):
                self._use(self.nearness.lipschitz(change.labels, change.s, change.d), need)
                self.needs[change.along] += need * self._exact(self._steepness(change))

    def _product(self, i: str, j: str, amount: Any, sign: int) -> None:
        """Estimate ``sign · amount ⟨v_i, v_j⟩``, by monotonicity if it is ≤ 0."""
        for name, other in ((i, j), (j, i)):
            change = self.basis.changes.get(name)
            if change is not None and change.along == other:
                slope = self._exact(change.slope)
                known = self.nearness.monotone(change.labels, change.s, change.d)
                if known is not None and nonnegative(-sign * slope, self.scalars).holds:
                    self._use(known, -sign * amount / slope)
                    return
        ratio = self._exact(self.basis.scales[j] / self.basis.scales[i])
        first, second = self.basis.vectors[i], self.basis.vectors[j]
        self.needs[i] += amount * ratio / 2
        self.needs[j] += amount / ratio / 2
        self.squares.append(
            Square(amount * ratio / 2, self._over(first) - self._over(second) * (sign / ratio))
        )

    def _use(self, part: Part, amount: Any) -> None:
        """Use ``amount`` times a form that is ≥ 0."""
        for name, value in part.multipliers.items():
            self.multipliers[name] += amount * self._exact(value)
        for square in part.squares:
            self.squares.append(Square(amount * self._exact(square.coefficient), square.vector))

    def _steepness(self, change: Change) -> Any:
        L = self.nearness.constant
        return (L * change.slope) ** 2

    def _exact(self, value: Any) -> Any:
        return self.scalars.convert(value)

    def _over(self, vector: Vector) -> Vector:
        return vector.map(self._exact)


def signed_parts(element: Any, scalars: ScalarField) -> Iterator[tuple[Any, int]]:
    """Yield elements ≥ 0 and signs, of which an element is the sum: one, or by its terms."""
    for sign in (1, -1):
        if nonnegative(element * sign, scalars).holds:
            yield element * sign, sign
            return
    one = scalars.domain.field
    for sign in (1, -1):
        terms = {powers: c * sign for powers, c in element.numer.terms() if c * sign > 0}
        part = one(element.numer.ring.from_dict(terms)) / one(element.denom)
        if terms:
            yield part, sign
