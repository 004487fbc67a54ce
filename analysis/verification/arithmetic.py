"""Exact rational functions, from the standard library alone."""

from __future__ import annotations

import math
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

WORK: ContextVar[list[int]] = ContextVar("WORK")
"""How many terms may still be computed: no file is to keep its reader busy."""


class VerificationError(ValueError):
    """The file proves nothing: this says what in it is wrong."""


class FormatError(VerificationError):
    """The file is not a certificate of the format that is known here."""


class UncheckedError(VerificationError):
    """A sign rests on something that is not checked here, such as a solver's word."""


def require(condition: object, complaint: str) -> None:
    """Raise a `VerificationError` unless a condition holds."""
    if not condition:
        raise VerificationError(complaint[:10_000])


class Ratio(dict[tuple[str, ...], Fraction]):
    """Rational function: a polynomial, ``("k", "k", "x")`` -> coefficient, over factors."""

    def __init__(self, terms: Iterable[tuple[Any, Any]], bottom: Iterable[Ratio] = ()) -> None:
        sums, self.bottom = defaultdict[tuple[str, ...], Fraction](Fraction), Counter(bottom)
        work = WORK.get([10**9])
        work[0] -= 5
        for names, c in terms:
            key = tuple(sorted(names))
            value = sums[key] = sums[key] + c
            digits = value.numerator.bit_length() + value.denominator.bit_length()
            work[0] -= 1 + digits // 500
            short = work[0] > 0 and len(key) < 1000 and digits < 20_000
            require(short, "there is too much in it: terms, digits or powers")
        super().__init__({key: c for key, c in sums.items() if c})

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __add__(self, other: Ratio) -> Ratio:
        bottom = self.bottom | other.bottom
        tops = (math.prod((bottom - r.bottom).elements(), start=r).items() for r in (self, other))
        return Ratio((term for top in tops for term in top), bottom)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + atom(-1) * other

    def __mul__(self, other: Ratio) -> Ratio:
        products = ((a + b, c * d) for a, c in self.items() for b, d in other.items())
        return Ratio(products, self.bottom + other.bottom)

    def __truediv__(self, other: Ratio) -> Ratio:
        require(other, "a formula divides by zero")
        c, product = other.constant, math.prod(other.bottom.elements(), start=self)
        return product * (atom(1 / c) if c else Ratio(atom(1).items(), [Ratio(other.items())]))

    def __pow__(self, n: int) -> Ratio:
        require(0 <= n <= 200, f"the exponent {n} is out of bounds")
        return math.prod([self] * n, start=atom(1))

    def derivative(self, name: str) -> Ratio:
        """Return the partial derivative."""
        places = ((key, i, c) for key, c in self.items() for i, x in enumerate(key) if x == name)
        rises = Ratio(((key[:i] + key[i + 1 :], c) for key, i, c in places), self.bottom)
        falls = (self * factor.derivative(name) / factor for factor in self.bottom.elements())
        return rises - sum(falls, start=atom(0))

    @property
    def cleared(self) -> Ratio:
        """The numerator times the denominator, a polynomial of the same sign."""
        return math.prod(self.bottom.elements(), start=Ratio(self.items()))

    @property
    def constant(self) -> Fraction:
        """The value of a number, and 0 of anything else."""
        return Fraction(0) if any(self) or self.bottom else self.get((), Fraction(0))


def atom(value: str | int | Fraction) -> Ratio:
    """Return a name, or a number."""
    return Ratio([((value,), Fraction(1)) if isinstance(value, str) else ((), Fraction(value))])


_SIGNS: Mapping[str, tuple[int, Callable[[Ratio, Ratio], Ratio]]] = {
    "+": (1, operator.add), "-": (1, operator.sub),
    "*": (2, operator.mul), "/": (2, operator.truediv),
}  # fmt: skip


def formula(
    text: str, names: Mapping[str, Ratio], nonzero: Callable[[Ratio], object] = bool
) -> Ratio:
    """Read whole numbers, names, ``+ - * / **`` and brackets; divisors must be `nonzero`."""
    plain, shown = text.isascii() and text.isprintable(), repr(text[:80])
    tokens = ["", *re.findall(r"[0-9]+|[A-Za-z_]\w*|\*\*|\S", text, re.ASCII)[::-1]]

    def read(least: int) -> Ratio:
        token = tokens.pop()
        known = token in names or token in ("-", "(") or token.isdigit()
        require(known and plain, f"{token!r} does not belong into the formula {shown}")
        if token == "-":
            value = atom(-1) * read(3)
        elif token == "(":
            value = read(1)
            require(tokens.pop() == ")", f"a bracket is not closed in {shown}")
        else:
            value = names[token] if token in names else atom(int(token))
        if token != "-" and tokens[-1] == "**":
            value **= int(tokens.pop() and tokens.pop())
        while tokens[-1] in _SIGNS and _SIGNS[tokens[-1]][0] >= least:
            level, operation = _SIGNS[sign := tokens.pop()]
            operand = read(level + 1)
            require(sign != "/" or nonzero(operand), f"{shown} may divide by 0")
            value = operation(value, operand)
        return value

    value = read(1)
    require(tokens == [""], f"{tokens[-1]!r} does not belong into the formula {shown}")
    return value
