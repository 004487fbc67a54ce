"""Exact sums of squares: floats propose, rational numbers dispose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from sympy import QQ

from .faces import smaller_faces
from .gram import Block, GramSystem, Matrix, gram_system
from .polynomials import Polynomial, fraction, rational
from .semidefinite import most_definite, solver_is_installed

ROUNDS = 6  # facial reductions in a row
INSIDE = 1e-6  # margin from which the Gram matrices count as positive definite
OUTSIDE = -1e-3  # margin below which there is certainly no decomposition of this shape
GRIDS = (1, 2, 4, 12, 60, 10**3, 10**5, 10**7, 10**9, 10**12)  # denominators tried in turn


@dataclass(frozen=True)
class Square:
    """One term ``weight · g₁ g₂ … · polynomial²`` of a decomposition.

    Parameters
    ----------
    weight : Fraction
        Positive.
    factors : tuple of Polynomial
        The g_i, constraints of the domain; none for a plain square.
    polynomial : Polynomial
        What is squared; of p and −p the one whose leading coefficient is positive.
    """

    weight: Fraction
    factors: tuple[Polynomial, ...]
    polynomial: Polynomial

    def __post_init__(self) -> None:
        if self.polynomial.LC < 0:
            object.__setattr__(self, "polynomial", -self.polynomial)

    def expanded(self) -> Polynomial:
        """Return the product as one polynomial."""
        return prod(self.factors, start=self.polynomial**2 * rational(self.weight))


def decomposed(p: Polynomial, blocks: Sequence[Block]) -> tuple[Square, ...] | None:
    """Write p exactly as Σ_j g_j Σ_i q_ji b_ji², q_ji > 0; None when that is not achieved.

    Peyrl and Parrilo 2008 (Computing sum of squares decompositions with rational
    coefficients), after facial reduction: where p has zeros the Gram matrices are singular and
    could not be rounded otherwise.
    """
    return _search(p, tuple(blocks), ROUNDS)


def _search(p: Polynomial, blocks: tuple[Block, ...], rounds: int) -> tuple[Square, ...] | None:
    system = gram_system(p, blocks)
    if system is None:
        return None
    simple = _squares(system, [QQ.zero] * len(system.free))
    if simple is not None or not system.free or not solver_is_installed():
        return simple
    proposal = most_definite(system)
    if proposal is None or proposal.margin < OUTSIDE:
        return None
    if proposal.margin > INSIDE:
        return _rounded(system, proposal.values)
    if rounds:
        for face in smaller_faces(blocks, proposal):
            found = _search(p, face, rounds - 1)
            if found is not None:
                return found
    return _rounded(system, proposal.values)


def _rounded(system: GramSystem, values: Any) -> tuple[Square, ...] | None:
    """Round the free entries, more and more finely, until the matrices are exactly definite."""
    for grid in GRIDS:
        found = _squares(system, [QQ(round(float(v) * grid), grid) for v in values])
        if found is not None:
            return found
    return None


def _squares(system: GramSystem, values: list[Any]) -> tuple[Square, ...] | None:
    squares: list[Square] = []
    for block, Q in zip(system.blocks, system.matrices(values), strict=True):
        rows = ldl(Q)
        if rows is None:
            return None
        for pivot, row in rows:
            polynomial = sum((b * c for b, c in zip(block.basis, row, strict=True) if c))
            squares.append(Square(fraction(pivot), block.factors, polynomial))
    return tuple(squares)


def ldl(Q: Matrix) -> list[tuple[Any, list[Any]]] | None:
    """Exact Q = Σ d_i ℓ_i ℓ_iᵀ with d_i > 0, or None when Q is not positive semidefinite.

    Examples
    --------
    >>> [(str(d), [str(c) for c in row]) for d, row in ldl([[QQ(2), QQ(1)], [QQ(1), QQ(1, 2)]])]
    [('2', ['1', '1/2'])]
    >>> ldl([[QQ(0), QQ(1)], [QQ(1), QQ(1)]]) is None
    True
    """
    found = []
    while pivot := max((Q[i][i] for i in range(len(Q))), default=QQ.zero):
        if pivot < 0:
            return None
        k = next(i for i in range(len(Q)) if Q[i][i] == pivot)
        row = [c / pivot for c in Q[k]]
        found.append((pivot, row))
        line = Q[k]
        Q = [
            [a - ratio * b for a, b in zip(other, line, strict=True)] if ratio else other
            for other, ratio in zip(Q, row, strict=True)
        ]
    return None if any(any(row) for row in Q) else found
