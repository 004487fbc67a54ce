"""Which multipliers a certificate can have, found by linear equations alone.

``F − Σ λ_i I_i`` is to be a sum of squares. If a generator has an identically zero diagonal
entry in its Gram matrix, the whole row must vanish: linear equations for the λ_i. This is
repeated until nothing more follows (facial reduction). Multipliers that are still free then are
guesses: 0, or such that one more product of two generators cancels, or a 2×2 determinant of the
Gram matrix is as large as it can be. As large as it can be is a multiplier that takes all of a
square: `extremes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..basics.proof_outcome import Unknown, brief
from ..basics.time_limit import require_time
from ..coefficients.field import ScalarField
from ..coefficients.signs import nonnegative
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Pair, Vector

_ONE = ""


@dataclass(frozen=True)
class MultiplierSystem:
    """The Gram matrix of ``F − Σ λ_i I_i``, and what is known about the multipliers λ.

    Parameters
    ----------
    entries : mapping
        Coefficient of each product, affine in the λ_i: a vector over their names and ``""``.
    solved : mapping
        Name -> λ_i, affine in those that are still free.
    signless : frozenset of str
        Names of the equalities among the I_i, whose multipliers may have any sign.
    """

    entries: Mapping[Pair, Vector]
    solved: Mapping[str, Vector]
    signless: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        form: Form,
        inequalities: Mapping[str, Form],
        signless: frozenset[str] = frozenset(),
    ) -> MultiplierSystem:
        """Return the system of a form, with every multiplier free."""
        pairs = sorted({pair for part in (form, *inequalities.values()) for pair in part})
        entries = {
            pair: Vector(
                {_ONE: form.coefficient(*pair)}
                | {name: -part.coefficient(*pair) for name, part in inequalities.items()}
            )
            for pair in pairs
        }
        return cls(entries, {}, signless)

    def settle(self, name: str, value: Vector) -> MultiplierSystem:
        """Return the system with λ_name = value."""
        require_time("multipliers were being determined")
        images = {name: value}
        entries = {pair: entry.substitute(images) for pair, entry in self.entries.items()}
        solved = {other: known.substitute(images) for other, known in self.solved.items()}
        return MultiplierSystem(entries, solved | images, self.signless)

    def fix(self, values: Mapping[str, Any]) -> MultiplierSystem:
        """Return the system with some multipliers prescribed."""
        system = self
        for name, value in values.items():
            system = system.settle(name, Vector({_ONE: value}))
        return system

    def reduce(self, field: ScalarField) -> MultiplierSystem | Unknown:
        """Draw every conclusion that zero diagonal entries allow."""
        conclusion = self._conclusion(field)
        if conclusion is None or isinstance(conclusion, Unknown):
            return self if conclusion is None else conclusion
        return self.settle(*conclusion).reduce(field)

    def candidates(self, field: ScalarField) -> Iterator[MultiplierSystem]:
        """Yield this system, and those in which some free multipliers are guessed.

        First those with one guess, then those with two, and so on.
        """
        level = [self]
        while level:
            yield from level
            level = [guess for system in level for guess in system._guesses(field)]

    def extremes(self, field: ScalarField) -> Iterator[MultiplierSystem]:
        """Yield systems in which a free multiplier is so large that a diagonal entry vanishes."""
        for (first, second), entry in self.entries.items():
            names = sorted(set(entry) - {_ONE}) if first == second else []
            for system in self._settled(((name, _solved(entry, name)) for name in names), field):
                yield system
                yield from system.extremes(field)

    def _guesses(self, field: ScalarField) -> Iterator[MultiplierSystem]:
        return self._settled((*self._cancelling(), *self._tangent()), field)

    def _settled(
        self, values: Iterable[tuple[str, Vector]], field: ScalarField
    ) -> Iterator[MultiplierSystem]:
        """Yield for each multiplier with its value the system that follows, if one does."""
        for name, value in values:
            reduced = self.settle(name, value).reduce(field)
            if isinstance(reduced, MultiplierSystem):
                yield reduced

    def _cancelling(self) -> Iterator[tuple[str, Vector]]:
        """Yield the values of free multipliers that cancel a product of two generators."""
        for (first, second), entry in self.entries.items():
            if first != second:
                yield from ((name, _solved(entry, name)) for name in entry if name != _ONE)

    def _tangent(self) -> Iterator[tuple[str, Vector]]:
        """Yield the values at which a 2×2 determinant, a parabola in one multiplier, is largest."""
        for (first, second), entry in self.entries.items():
            block = [self.entries.get((i, i), Vector()) for i in (first, second)]
            free = {name for part in (entry, *block) for name in part} - {_ONE}
            if first != second and len(free) == 1:
                (name,) = free
                (p0, p1), (q0, q1), (r0, r1) = (
                    (part.coefficient(_ONE), part.coefficient(name)) for part in (*block, entry)
                )
                if curvature := p1 * q1 - r1**2 / 4:
                    slope = p0 * q1 + p1 * q0 - r0 * r1 / 2
                    yield name, Vector({_ONE: -slope / (2 * curvature)})

    def free(self, names: Iterable[str]) -> list[str]:
        """Return those of some multipliers that occur and that nothing determines."""
        occurring = {name for entry in self.entries.values() for name in entry}
        return [name for name in names if name in occurring]

    def values(self, field: ScalarField) -> dict[str, Any]:
        """Return the multipliers that are solved, as elements, when the free ones are 0."""
        constants = {name: known.coefficient(_ONE) for name, known in self.solved.items()}
        return {name: field.convert(value) for name, value in constants.items()}

    def _conclusion(self, field: ScalarField) -> tuple[str, Vector] | Unknown | None:
        """Return one multiplier that the diagonal forces, a contradiction, or None."""
        for generator in sorted({name for pair in self.entries for name in pair}):
            diagonal = self.entries.get((generator, generator), Vector())
            if not diagonal:
                row = (pair for pair, entry in self.entries.items() if generator in pair and entry)
                if pair := next(row, None):
                    return self._vanishing(generator, pair)
            elif not self.signless & set(diagonal) and _is_never_positive(diagonal, field):
                return next(iter(diagonal)), Vector()
        return None

    def _vanishing(self, generator: str, pair: Pair) -> tuple[str, Vector] | Unknown:
        """Return the multiplier that makes the entry of a pair vanish."""
        entry = self.entries[pair]
        if any(name != _ONE for name in entry):
            name = next(name for name in entry if name != _ONE)
            return name, _solved(entry, name)
        first, second = pair
        return Unknown(
            f"‖{generator}‖² cancels but ⟨{first}, {second}⟩ remains with coefficient "
            f"{brief(scalar_text(entry.coefficient(_ONE)))}: no multipliers leave a sum of "
            f"squares; what may help is a V in which it cancels, more of ‖{generator}‖² in V, or a "
            "class of operators that says more"
        )


def _is_never_positive(diagonal: Vector, field: ScalarField) -> bool:
    """Tell whether a diagonal entry ``Σ c_i λ_i`` has all c_i ≤ 0, so that its λ_i must be 0."""
    terms = diagonal.terms
    return _ONE not in terms and all(nonnegative(-c, field).holds for c in terms.values())


def _solved(entry: Vector, name: str) -> Vector:
    """Solve ``entry = 0`` for one of the multipliers in it."""
    slope = entry.coefficient(name)
    rest = entry - Vector({name: slope})
    return rest.map(lambda value: -value / slope)
