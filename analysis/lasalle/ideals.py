"""Ideals of polynomials: membership by Gröbner bases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from sympy.polys.groebnertools import groebner
from sympy.polys.rings import PolyRing

from ..sos.polynomials import Polynomial


@dataclass(frozen=True)
class Ideal:
    """Ideal of Q[z] by its reduced Gröbner basis.

    Parameters
    ----------
    ring : PolyRing
        The ring.
    basis : tuple of Polynomial
        The basis; empty for the zero ideal.

    Examples
    --------
    >>> from ..sos.polynomials import polynomial_ring
    >>> ring = polynomial_ring(["x", "u"])
    >>> x, u = ring.gens
    >>> ideal = Ideal.of(ring, [x**2 - u, u**2])
    >>> x**4 in ideal, x in ideal
    (True, False)
    """

    ring: PolyRing
    basis: tuple[Polynomial, ...]

    @classmethod
    def of(cls, ring: PolyRing, generators: Iterable[Polynomial]) -> Ideal:
        """Ideal with these generators."""
        found = [g for g in generators if g]
        return cls(ring, tuple(groebner(found, ring)) if found else ())

    @property
    def is_finite(self) -> bool:
        """Whether it has finitely many zeros: for each variable a power leads an element."""
        leading = [g.leading_expv() for g in self.basis]
        return all(any(e[i] == sum(e) for e in leading) for i in range(self.ring.ngens))

    def reduced(self, p: Polynomial) -> Polynomial:
        """Remainder of a polynomial, 0 iff it lies in the ideal."""
        return p.rem(list(self.basis)) if self.basis else p

    def __contains__(self, p: Polynomial) -> bool:
        return not self.reduced(p)

    def __str__(self) -> str:
        return f"⟨{', '.join(map(str, self.basis)) or '0'}⟩"


def squarefree(p: Polynomial) -> tuple[Polynomial, int]:
    """Product of the different irreducible factors of p, and the highest power among them."""
    _, factors = p.factor_list()
    return prod((f for f, _ in factors), start=p.ring.one), max((k for _, k in factors), default=1)
