"""The operator G on formal vectors over trees: what a method meets in the series reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...flows.errors import ProblemError
from ..readings.vector import FormalSum
from .b_series import Terms, composition
from .clock import Clock
from .index_series import IndexSeries
from .trees import Tree, vertices

POINT = Tree("z")
"""The point z^k at which all elementary differentials are taken."""


class TreeVector(FormalSum[Tree]):
    """Formal vector ``b z + Σ c(τ) F(τ)(z)``, the coefficients numbers or series in the index."""

    __slots__ = ()


@dataclass(frozen=True)
class SeriesOperator:
    """Saddle operator that answers by the product rule on rooted trees, up to an order.

    Parameters
    ----------
    clock : Clock
        How the coefficients depend on the index.
    order : int
        Highest order in the step that is kept.
    colours : tuple of str
        ``("G",)``, or the two players' ``("Gx", "Gu")``.
    """

    clock: Clock
    order: int
    colours: tuple[str, ...] = ("G",)

    def __call__(self, z: TreeVector) -> TreeVector:
        """Return G(z)."""
        return self._answer(z, self.colours)

    def primal(self, z: TreeVector) -> TreeVector:
        """Return (∂_x L(z), 0)."""
        return self._answer(z, self.colours[:1])

    def dual(self, z: TreeVector) -> TreeVector:
        """Return (0, −∂_u L(z))."""
        return self._answer(z, self.colours[1:])

    def resolvent(self, z: TreeVector, step: Any) -> TreeVector:
        """Return the w with ``w = z − step G(w)``: each round settles one more order."""
        w = z
        for _ in range(self.order):
            w = z - step * self(w)
        return w

    def _answer(self, z: TreeVector, colours: Sequence[str]) -> TreeVector:
        base, increment = self.grades(z)
        if base != 1:
            raise ProblemError("the method asks for G at a point that does not tend to z^k")
        return self.vector(0, composition(colours, increment), -self.clock.p)

    def grades(self, z: TreeVector, offset: Any = 0) -> tuple[Any, list[Terms]]:
        """Coefficient of z, and the other terms by their order in the step.

        A value of G that no step size multiplies yet has the `offset` −p.
        """
        constant, zero = self.clock.index.constant, self.clock.scalars.convert(0)
        base, grades = zero, [Terms() for _ in range(self.order + 1)]
        for tau, coefficient in z.terms.items():
            if tau == POINT:
                found = constant(coefficient).coefficients(zero, self.order + 1)
                base = found.pop(0, zero)
                if found:
                    raise ProblemError("the method asks for G at a multiple of z^k")
                continue
            exponent, size = self.clock.exponent(tau) + offset, vertices(tau)
            found = constant(coefficient).coefficients(exponent, self.order + 1 - size)
            for j, c in found.items():
                grades[size + j][tau] = c
        return base, grades

    def offset(self, z: TreeVector) -> Any:
        """Offset of a vector: 0 when step sizes multiply its values of G, else −p."""
        for tau, coefficient in z.terms.items():
            series = self.clock.index.constant(coefficient)
            difference = series.exponent - self.clock.exponent(tau)
            if tau != POINT and self.clock.scalars.integer(difference) is None:
                return -self.clock.p
        return self.clock.scalars.convert(0)

    def vector(self, base: Any, grades: Sequence[Terms], offset: Any = 0) -> TreeVector:
        """Return the formal vector with this coefficient of z and these terms."""
        by_tree: dict[Tree, dict[int, Any]] = {}
        for n, terms in enumerate(grades):
            for tau, c in terms.items():
                by_tree.setdefault(tau, {})[n - vertices(tau)] = c
        series = {tau: self._series(tau, terms, offset) for tau, terms in by_tree.items()}
        return TreeVector({POINT: base, **series})

    def _series(self, tau: Tree, terms: dict[int, Any], offset: Any) -> IndexSeries:
        first, index = min(terms), self.clock.index
        shifted = {j - first: c for j, c in terms.items()}
        known = self.order + 1 - vertices(tau) - first
        exponent = self.clock.exponent(tau) + offset + first
        return IndexSeries(index.scalars, exponent, shifted, known, index.length)
