"""The chain of ideals: derivatives along the flow, roots and squares, until it stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import comb

from sympy import QQ

from ..sos.basis import half_monomials, parity_classes
from ..sos.decomposition import Square, decomposed
from ..sos.gram import Block
from ..sos.polynomials import Polynomial
from .facts import Derivative, Fact, InSumOfSquares, Root
from .ideals import Ideal, squarefree
from .setting import Setting

ROUNDS = 12  # times that everything is tried again
ENTRIES = 300  # largest Gram matrix that is tried for an element of the ideal
DEGREE = 24  # of derivatives; beyond it they are left out


@dataclass(frozen=True)
class Derivation:
    """All that was found to vanish on the limit set.

    Parameters
    ----------
    facts : tuple of Fact
        In the order of their proofs.
    ideal : Ideal
        What they generate.
    reached : bool
        Whether all components of G lie in the ideal.
    """

    facts: tuple[Fact, ...]
    ideal: Ideal
    reached: bool


def derive(setting: Setting, start: Iterable[Fact]) -> Derivation:
    """Enlarge the ideal of what vanishes until G lies in it, or nothing new follows."""
    ring, goal = setting.ring, setting.operator
    facts: list[Fact] = []
    ideal = Ideal.of(ring, [])
    new: Iterable[Fact] = start
    for _ in range(ROUNDS):
        before = len(facts)
        for fact in new:
            if isinstance(fact.rule, Derivative):  # others may have been added since
                fact = replace(fact, polynomial=ideal.reduced(fact.polynomial))
            if fact.polynomial not in ideal:
                facts.append(fact)
                ideal = Ideal.of(ring, [*ideal.basis, fact.polynomial])
        if all(g in ideal for g in goal):
            return Derivation(tuple(facts), ideal, reached=True)
        if before and len(facts) == before:
            break
        new = list(_consequences(setting, facts, ideal))
        if not new:
            break
    return Derivation(tuple(facts), ideal, reached=False)


def _consequences(setting: Setting, facts: list[Fact], ideal: Ideal) -> Iterator[Fact]:
    """Yield what follows in one step, the simplest rules first."""
    simple = list(_roots(ideal)) or list(_in_squares(ideal))
    yield from simple
    if simple:
        return
    for index, fact in enumerate(facts):
        slope = setting.derivative(fact.polynomial)
        if slope and max(map(sum, slope)) <= DEGREE:
            rest = ideal.reduced(slope)
            if rest:
                yield Fact(rest, Derivative(index))


def _roots(ideal: Ideal) -> Iterator[Fact]:
    for g in ideal.basis:
        root, power = squarefree(g)
        if power > 1 and root not in ideal:
            yield Fact(root, Root(power))


def _in_squares(ideal: Ideal) -> Iterator[Fact]:
    for g in ideal.basis:
        squares = _sum_of_squares(g) or _sum_of_squares(-g)
        for square in squares:
            if square.polynomial not in ideal:
                yield Fact(square.polynomial, InSumOfSquares(squares))


def _sum_of_squares(p: Polynomial) -> tuple[Square, ...]:
    if max(map(sum, p)) % 2:
        return ()
    blocks = [
        Block((), tuple(p.ring.from_dict({m: QQ.one}) for m in group))
        for group in parity_classes(half_monomials(p), p)
    ]
    if sum(comb(len(block.basis) + 1, 2) for block in blocks) > ENTRIES:
        return ()
    return decomposed(p, blocks) or ()
