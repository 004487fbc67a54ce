"""Why a polynomial is nowhere negative on a box: evidence that is checked without any solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sympy.polys.rings import PolyRing

from ..basics.proof_outcome import CertificateError
from ..basics.ranges import Range
from .cells import has_few_cells, negative_cell
from .decomposition import Square
from .polynomials import Polynomial, rational, write_polynomial
from .satisfiability import negative_model


class NotConfirmedError(CertificateError):
    """What a proof rests on could not be asked: it may be right all the same."""


class Evidence(Protocol):
    """A proof that a polynomial is ≥ 0 on a box."""

    def verify(self, p: Polynomial, box: Mapping[str, Range]) -> None:
        """Check the proof for this polynomial and box; raise CertificateError if it fails."""


@dataclass(frozen=True)
class SumOfSquares:
    """Identity ``multiplier · p ≡ Σ weight · g₁ g₂ … · polynomial²``.

    The weights are positive and the g_i constraints of the box, so the right-hand side is ≥ 0
    on it. The multiplier has even exponents and positive coefficients: it is positive except
    on coordinate planes, so p ≥ 0 off these, and on them by continuity.

    Parameters
    ----------
    multiplier : Polynomial
        1, or a polynomial such as 1 + x² + u².
    squares : tuple of Square
        The right-hand side.
    """

    multiplier: Polynomial
    squares: tuple[Square, ...]

    def verify(self, p: Polynomial, box: Mapping[str, Range]) -> None:
        """Check the identity and every sign in it.

        Raises
        ------
        CertificateError
            With what fails.
        """
        constraints = box_constraints(p.ring, box)
        idle = not self.squares and self.multiplier != 1  # 0 is proved in one way only
        if idle or not self.multiplier or not _visibly_positive(self.multiplier):
            raise CertificateError(f"the multiplier {self.multiplier} is not visibly positive")
        for square in self.squares:
            if square.weight <= 0:
                raise CertificateError(f"the weight {square.weight} is not positive")
            for factor in square.factors:
                if factor not in constraints:
                    raise CertificateError(f"{factor} ≥ 0 is not a constraint of the box")
        difference = self.multiplier * p - sum((s.expanded() for s in self.squares), p.ring.zero)
        if difference:
            raise CertificateError(f"the two sides differ by {write_polynomial(difference)}")


@dataclass(frozen=True)
class SignOnCells:
    """The polynomial is not negative at one point of each open cell on which it keeps its sign.

    Checking it is deciding it again, by exact isolation of real roots.
    """

    def verify(self, p: Polynomial, box: Mapping[str, Range]) -> None:
        """Decide the sign on every cell anew.

        Raises
        ------
        CertificateError
            The polynomial is negative somewhere, or has too many variables or too large degrees.
        """
        if not has_few_cells(p):
            raise CertificateError("its variables or degrees are too many to be decided by cells")
        point = negative_cell(p, box)
        if point is not None:
            where = ", ".join(f"{name} = {value}" for name, value in point.items())
            raise CertificateError(f"{write_polynomial(p)} is negative at {where}")


@dataclass(frozen=True)
class BySolver:
    """z3 finds no point of the box where the polynomial is negative.

    A proof, but one that has to be believed: checking it is asking z3 again.
    """

    def verify(self, p: Polynomial, box: Mapping[str, Range]) -> None:
        """Ask z3 again.

        Raises
        ------
        NotConfirmedError
            z3 is not installed, or gives up.
        CertificateError
            z3 finds a point.
        """
        answer = negative_model(p, box)
        if isinstance(answer, dict):
            raise CertificateError("z3 finds a point where it is negative")
        if not answer:
            raise NotConfirmedError("it rests on z3, of saddleode[prove], which did not confirm it")


def box_constraints(ring: PolyRing, box: Mapping[str, Range]) -> list[Polynomial]:
    """Linear polynomials that are ≥ 0 on the box.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> box_constraints(polynomial_ring(["x", "u"]), {"x": Range(0, 1), "u": Range(0)})
    [x, -x + 1, u]
    """
    constraints = []
    for symbol, generator in zip(ring.symbols, ring.gens, strict=True):
        span = box.get(symbol.name, Range())
        if span.low is not None:
            constraints.append(generator - rational(span.low))
        if span.high is not None:
            constraints.append(rational(span.high) - generator)
    return constraints


def _visibly_positive(p: Polynomial) -> bool:
    return all(c > 0 and all(power % 2 == 0 for power in e) for e, c in p.terms())
