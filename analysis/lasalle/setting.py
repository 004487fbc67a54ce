"""What is asked of a limit set: the problem, the flow, a saddle point, what vanishes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ...flows.flow import Flow, weights
from ..polynomial_proofs.decreasing import exact_flow
from ..polynomial_proofs.saddle_polynomial import SaddlePolynomial
from ..sos.polynomials import Polynomial, polynomial_ring, rational
from .equality import equalities


@dataclass(frozen=True)
class Setting:
    """An autonomous flow ``Ż = −αG − β d/dt G`` on a polynomial problem, and one zero of G.

    Parameters
    ----------
    saddle : SaddlePolynomial
        The problem.
    flow : Flow
        The gradient or the optimistic flow, or another one of that form.
    zero : mapping or None
        Rational coordinates of a point c with G(c) = 0, by name. None when no such point is known:
        then the coordinates of c are further variables, for which G(c) = 0.
    """

    saddle: SaddlePolynomial
    flow: Flow
    zero: Mapping[str, Fraction] | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "flow", exact_flow(self.flow))
        _ = self.rates

    @cached_property
    def rates(self) -> tuple[Any, Any]:
        """α > 0 and β ≥ 0.

        Raises
        ------
        ProblemError
            The flow depends on time or on its start, or has other signs.
        """
        found = weights(self.flow, sympy.Symbol("t"))
        a, b, c, e = map(sympy.sympify, found)
        numbers = all(w.is_Rational for w in (a, b, c, e))
        if not numbers or a != 0 or b != 0 or not (c < 0 and e <= 0):
            raise ProblemError(
                f"the {self.flow.name} flow is not of the form Ż = −αG − β d/dt G with α > 0 and "
                "β ≥ 0, for which limit sets are invariant; take the gradient or optimistic flow"
            )
        return rational(-c), rational(-e)

    @property
    def point(self) -> Mapping[str, Fraction]:
        """The zero c.

        Raises
        ------
        ProblemError
            Its coordinates are not known.
        """
        if self.zero is None:
            raise ProblemError("no zero of G with rational coordinates is known")
        return self.zero

    @cached_property
    def ring(self) -> PolyRing:
        """Ring of the variables, and of the coordinates of c if they are not known."""
        names = self.saddle.names
        if self.zero is not None:
            return self.saddle.ring
        return polynomial_ring([*names, *(star_name(name, names) for name in names)])

    @cached_property
    def operator(self) -> list[Polynomial]:
        """Components of G in that ring."""
        return [g.set_ring(self.ring) for g in self.saddle.operator]

    @cached_property
    def center(self) -> list[Polynomial]:
        """Coordinates of c in that ring."""
        if self.zero is None:
            return list(self.ring.gens[len(self.saddle.names) :])
        return [self.ring(rational(self.zero[name])) for name in self.saddle.names]

    @cached_property
    def motion(self) -> list[Polynomial]:
        """Ż times a positive factor: −G, or ``−adj(I + βDG) G``.

        With optimism Ż = −α(I + βDG)⁻¹G. For monotone G the eigenvalues of I + βDG have real
        parts ≥ 1, so its determinant is positive, and α/det is the factor left out.
        """
        G, ring, (_, beta) = self.saddle.operator, self.saddle.ring, self.rates
        if not beta:
            return [-g for g in self.operator]
        d = len(G)
        rows = [
            [g.diff(z) * beta + (1 if i == j else 0) for j, z in enumerate(ring.gens)]
            for i, g in enumerate(G)
        ]
        adjugate, _ = DomainMatrix(rows, (d, d), ring.to_domain()).adj_det()
        entries = adjugate.to_list()
        found = [sum((a * g for a, g in zip(row, G, strict=True)), ring.zero) for row in entries]
        return [-velocity.set_ring(self.ring) for velocity in found]

    def derivative(self, p: Polynomial) -> Polynomial:
        """Lie derivative of a polynomial along the motion."""
        pairs = zip(self.ring.gens, self.motion, strict=False)  # c does not move
        return sum((p.diff(z) * velocity for z, velocity in pairs), self.ring.zero)

    @cached_property
    def distance_slope(self) -> Polynomial:
        """−V̇/α for V = ½‖W − c‖²: ``⟨G, Z − c⟩ + β‖G‖²``."""
        _, beta = self.rates
        terms = zip(self.operator, self.ring.gens, self.center, strict=False)
        return sum((g * (z - c + g * beta) for g, z, c in terms), self.ring.zero)

    @cached_property
    def equalities(self) -> list[tuple[str, Polynomial]]:
        """What vanishes where ⟨G, Z − c⟩ + β‖G‖² = 0, with reasons, L being convex-concave."""
        return [(reason, p.monic()) for reason, p in equalities(self) if p]

    @cached_property
    def equations(self) -> list[tuple[str, Polynomial]]:
        """G(c) = 0, when the coordinates of c are not known."""
        if self.zero is not None:
            return []
        moved = list(zip(self.ring.gens, self.center, strict=False))
        return [("c is a zero of G", g.compose(moved).monic()) for g in self.operator if g]


def star_name(name: str, taken: list[str]) -> str:
    """Name of a coordinate of c, different from all names taken."""
    star = f"{name}_star"
    while star in taken:
        star = f"{star}_"
    return star
