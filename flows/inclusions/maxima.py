"""Abs, Max and Min in an expression, read as maxima of smooth pieces."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import sympy

from ..errors import ProblemError
from ..problems.differentiability import solved_for_one

MAX_PIECES = 1024  # of one maximum; nested ones multiply


@dataclass(frozen=True, eq=False)
class Maximum:
    """Maximum of pieces of one player, and the symbol that stands for it."""

    symbol: Any
    pieces: tuple[Any, ...]
    is_primal: bool

    def labels(self) -> tuple[str, ...]:
        """Say what ties each piece: an equation for a pair, the piece itself otherwise."""
        if len(self.pieces) > 2:
            return tuple(map(str, self.pieces))
        return (f"{self.pieces[1]} = 0",) * 2


@dataclass(frozen=True, eq=False)
class Peeled:
    """L as a smooth body in the variables and in the symbols of its maxima."""

    body: Any
    maxima: tuple[Maximum, ...]


def read_maxima(L: Any, primal: Sequence[Any], dual: Sequence[Any]) -> Peeled:
    """Read Abs, Max and Min in L as maxima of smooth pieces, none inside another.

    ``max(b + c max(p, q), r) = max(b + c p, b + c q, r)`` for c ≥ 0 takes nested ones apart; for
    c < 0 the piece is taken out first, ``max(a, b) = a + max(0, b − a)``. Pairs with the kink in
    the same place share one maximum, as ``|s| = 2 max(0, s) − s``. L is convex-concave at
    its kinks if each maximum is one of primal variables with a weight ∂L/∂max ≥ 0, or of dual
    variables with a weight ≤ 0. Weights that are no numbers are examined where they matter.

    Parameters
    ----------
    L : sympy.Expr
        In real variables.
    primal, dual : sequence of sympy.Symbol
        Variables of the two players.

    Raises
    ------
    ProblemError
        L is not convex-concave at a kink, or a maximum cannot be read.

    Examples
    --------
    >>> x, u = sympy.symbols("x u", real=True)
    >>> peeled = read_maxima(sympy.Max(sympy.Abs(x) - 1, 0) + x * u, [x], [u])
    >>> [maximum.pieces for maximum in peeled.maxima]
    [(0, -x - 1, x - 1)]
    """
    reader = _Reader(frozenset(primal), frozenset(dual))
    body = sympy.expand(reader.walk(L))
    used = tuple(m for m in reader.maxima if body.has(m.symbol))
    for maximum in used:
        _check_sign(maximum, sympy.diff(body, maximum.symbol))
    return Peeled(body, used)


class _Reader:
    """One pass over an expression that collects its maxima."""

    def __init__(self, primal: frozenset[Any], dual: frozenset[Any]) -> None:
        self.primal, self.dual = primal, dual
        self.maxima: list[Maximum] = []

    def walk(self, e: Any) -> Any:
        """Replace the maxima in e by their symbols, the inner ones first."""
        if not e.has(sympy.Abs, sympy.Max, sympy.Min):
            return e
        arguments = [self.walk(a) for a in e.args]
        if isinstance(e, sympy.Abs):
            return self.maximum([arguments[0], -arguments[0]])
        if isinstance(e, sympy.Max):
            return self.maximum(arguments)
        if isinstance(e, sympy.Min):
            return -self.maximum([-a for a in arguments])
        return e.func(*arguments)

    def maximum(self, arguments: Sequence[Any]) -> Any:
        """Maximum of arguments that may contain earlier ones, as an expression in symbols."""
        for base in (sympy.S.Zero, *arguments):
            unfolded = [self.unfold(sympy.expand(a - base)) for a in arguments]
            if None not in unfolded:
                return base + self.known(p for pieces in unfolded for p in pieces or ())
        raise ProblemError(
            f"the kink {self.plain(sympy.Max(*arguments))} cannot be read: a maximum "
            "inside another needs a constant factor; write it as one Max of smooth pieces"
        )

    def unfold(self, a: Any) -> list[Any] | None:
        """Pieces whose maximum is a, or None if a is not increasing and linear in its maxima."""
        inner = [m for m in self.maxima if a.has(m.symbol)]
        factors = [sympy.diff(a, m.symbol) for m in inner]
        if not all(c.is_number and c.is_nonnegative for c in factors):
            return None
        if math.prod(len(m.pieces) for m in inner) > MAX_PIECES:
            raise ProblemError(
                f"a nested maximum has over {MAX_PIECES} pieces; give |x| as a term, like l1(1)"
            )
        choices = product(*(m.pieces for m in inner))
        symbols = [m.symbol for m in inner]
        return [
            sympy.expand(a.xreplace(dict(zip(symbols, choice, strict=True)))) for choice in choices
        ]

    def known(self, pieces: Iterable[Any]) -> Any:
        """Symbol of the maximum of these pieces, found again if it occurred before."""
        distinct = tuple(dict.fromkeys(pieces))
        highest = tuple(p for p in distinct if not any(_above(q, p) for q in distinct))
        if len(highest) == 1:
            return highest[0]
        if len(highest) == 2:
            return self.known_pair(*highest)
        if not self.has_one_player(highest):
            base = highest[0]
            return base + self.known(sympy.expand(p - base) for p in highest)
        return self.symbol(highest)

    def known_pair(self, p: Any, q: Any) -> Any:
        """Maximum of two pieces, as ``base + c max(0, s)``: every kink at s = 0 has one symbol."""
        c, s = sympy.expand(q - p).as_content_primitive()
        if s.could_extract_minus_sign():
            p, s = q, sympy.expand(-s)
        self.has_one_player((sympy.S.Zero, s))
        return p + c * self.symbol((sympy.S.Zero, s))

    def symbol(self, highest: tuple[Any, ...]) -> Any:
        """Symbol of the maximum of exactly these pieces, an old one if there is one."""
        for maximum in self.maxima:
            if set(maximum.pieces) == set(highest):
                return maximum.symbol
        owner = frozenset().union(*(p.free_symbols for p in highest))
        maximum = Maximum(sympy.Dummy("max", real=True), highest, owner <= self.primal)
        self.maxima.append(maximum)
        return maximum.symbol

    def has_one_player(self, pieces: tuple[Any, ...]) -> bool:
        """Whether the pieces are of one player; refused when even their differences are not."""
        owner = frozenset().union(*(p.free_symbols for p in pieces))
        if owner <= self.primal or owner <= self.dual:
            return True
        gaps = frozenset().union(*(sympy.expand(p - pieces[0]).free_symbols for p in pieces))
        if gaps <= self.primal or gaps <= self.dual:
            return False
        raise ProblemError(
            f"L is not convex-concave at a kink: Max{pieces} has its kink where variables of both "
            f"players meet ({', '.join(sorted(map(str, gaps)))}); a kink must be of one player"
        )

    def plain(self, e: Any) -> Any:
        """Return e with Max in place of the symbols."""
        return e.xreplace({m.symbol: sympy.Max(*m.pieces) for m in self.maxima})


def _above(q: Any, p: Any) -> bool:
    gap = sympy.expand(q - p)
    return bool(gap.is_number and gap.is_positive)


def _check_sign(maximum: Maximum, weight: Any) -> None:
    """Refuse a weight that is seen to have the wrong sign, or no finite value, at the kink."""
    if len(maximum.pieces) == 2 and not weight.is_number:
        kink = sympy.expand(maximum.pieces[1] - maximum.pieces[0])
        base = solved_for_one(kink)
        level = maximum.pieces[0].subs(base)
        weight = weight.subs(maximum.symbol, level).subs(base)
    is_wrong = (weight if maximum.is_primal else -weight).is_negative or weight.is_infinite
    if weight.is_number and is_wrong:
        player, needed = ("primal", ">= 0") if maximum.is_primal else ("dual", "<= 0")
        raise ProblemError(
            f"L is not convex-concave at a kink: the {player} {sympy.Max(*maximum.pieces)} has the "
            f"weight {weight}; needed: a finite weight {needed}"
        )
