"""The linear equations of a sum of squares: Σ_j g_j b_jᵀ Q_j b_j = p for Gram matrices Q_j."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from .polynomials import Polynomial

Entry: TypeAlias = tuple[int, int, int]
"""Block j, row i and column k ≥ i of an entry of Q_j."""

Matrix: TypeAlias = list[list[Any]]
"""Symmetric matrix of rational numbers, row by row."""


@dataclass(frozen=True)
class Block:
    """One sum of squares g(z) · b(z)ᵀ Q b(z), Q ⪰ 0.

    Parameters
    ----------
    factors : tuple of Polynomial
        The factors of g, not negative where the claim is made; none for a plain sum of squares.
    basis : tuple of Polynomial
        The polynomials b, linearly independent.
    """

    factors: tuple[Polynomial, ...]
    basis: tuple[Polynomial, ...]


@dataclass(frozen=True)
class GramSystem:
    """All solutions of the linear equations, in terms of entries that can be chosen freely.

    Parameters
    ----------
    blocks : tuple of Block
        What the Gram matrices belong to.
    entries : tuple of Entry
        The unknowns.
    free : tuple of int
        Indices of the unknowns that are free.
    fixed : dict
        Index of every other unknown -> its constant, and index of a free one -> coefficient.
    """

    blocks: tuple[Block, ...]
    entries: tuple[Entry, ...]
    free: tuple[int, ...]
    fixed: dict[int, tuple[Any, dict[int, Any]]]

    def matrices(self, values: Sequence[Any]) -> list[Matrix]:
        """Gram matrices for these rational values of the free entries."""
        chosen = dict(zip(self.free, values, strict=True))
        for index, (constant, weights) in self.fixed.items():
            chosen[index] = constant + sum(
                (w * chosen[f] for f, w in weights.items()), start=QQ.zero
            )
        matrices = [[[QQ.zero] * len(b.basis) for _ in b.basis] for b in self.blocks]
        for index, (j, i, k) in enumerate(self.entries):
            matrices[j][i][k] = matrices[j][k][i] = chosen[index]
        return matrices


def gram_system(p: Polynomial, blocks: Sequence[Block]) -> GramSystem | None:
    """Solve the linear equations exactly; None when they have no solution.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> ring = polynomial_ring(["x"])
    >>> x = ring.gens[0]
    >>> system = gram_system(x**2 + 2 * x + 1, [Block((), (ring.one, x))])
    >>> system.free, [[str(v) for v in row] for row in system.matrices([])[0]]
    ((), [['1', '1'], ['1', '1']])
    """
    entries = [
        (j, i, k)
        for j, block in enumerate(blocks)
        for i, k in itertools.combinations_with_replacement(range(len(block.basis)), 2)
    ]
    rows: dict[Any, dict[int, Any]] = {}
    for index, (j, i, k) in enumerate(entries):
        product = prod(blocks[j].factors, start=blocks[j].basis[i] * blocks[j].basis[k])
        for monomial, c in product.terms():
            rows.setdefault(monomial, {})[index] = c if i == k else 2 * c
    last = len(entries)
    for monomial, c in p.terms():
        rows.setdefault(monomial, {})[last] = c
    shape = (len(rows), last + 1)
    reduced, pivots = DomainMatrix(dict(enumerate(rows.values())), shape, QQ).rref()
    if last in pivots:
        return None
    found = reduced.to_dod() if hasattr(reduced, "to_dod") else reduced.rep.to_dod()
    fixed = {}
    for row, pivot in enumerate(pivots):
        line = dict(found[row])
        constant = line.pop(last, QQ.zero)
        fixed[pivot] = (constant, {f: -c for f, c in line.items() if f != pivot})
    free = tuple(index for index in range(last) if index not in fixed)
    return GramSystem(tuple(blocks), tuple(entries), free, fixed)
