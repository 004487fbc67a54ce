"""Exact rational functions, from the standard library alone."""

from __future__ import annotations

import ast
import itertools
import math
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

WORK, LIMIT = ContextVar("WORK", default=0), 1_000_000
"""How much has been computed, in terms with short numbers; a proof needs far less."""


class VerificationError(ValueError):
    """The file proves nothing: this says what in it is wrong."""


class FormatError(VerificationError):
    """The file is not a certificate of the format that is known here."""


class UncheckedError(VerificationError):
    """A sign rests on something that is not checked here, such as a solver's word."""


def require(condition: object, complaint: str) -> None:
    """Raise a `VerificationError` unless a condition holds."""
    if not condition:
        raise VerificationError(complaint)


def spend(work: int) -> None:
    """Refuse a file that keeps its reader busy."""
    WORK.set(WORK.get() + work)
    require(WORK.get() <= LIMIT, "it is too long: too many terms or digits")


class Ratio(dict[tuple[str, ...], Fraction]):
    """Rational function: a polynomial, ``("k", "k", "x")`` -> coefficient, over factors."""

    def __init__(self, terms: Iterable[tuple[Any, Any]], bottom: Iterable[Ratio] = ()) -> None:
        sums, self.bottom = defaultdict[tuple[str, ...], Fraction](Fraction), Counter(bottom)
        for names, c in terms:
            sums[tuple(sorted(names))] += c
        super().__init__({names: c for names, c in sums.items() if c})
        spend(self.size)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __add__(self, other: Ratio) -> Ratio:
        bottom = self.bottom | other.bottom
        tops = (math.prod((bottom - r.bottom).elements(), start=r).items() for r in (self, other))
        return Ratio(itertools.chain(*tops), bottom)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + atom(-1) * other

    def __mul__(self, other: Ratio) -> Ratio:
        spend(self.size * other.size)
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
        rises = (
            ((*key[:i], *key[i + 1 :]), c)
            for key, c in self.items()
            for i, x in enumerate(key)
            if x == name
        )
        falls = (self * factor.derivative(name) / factor for factor in self.bottom.elements())
        return Ratio(rises, self.bottom) - sum(falls, start=atom(0))

    @property
    def size(self) -> int:
        """The number of terms, of which one with many digits or names counts for more."""
        words = (len(key) + (c.numerator * c.denominator).bit_length() for key, c in self.items())
        return sum(1 + size // 64 for size in words)

    @property
    def cleared(self) -> Ratio:
        """The numerator times the denominator, a polynomial of the same sign."""
        return math.prod(self.bottom.elements(), start=Ratio(self.items()))

    @property
    def constant(self) -> Fraction:
        """The value of a constant, and 0 of anything else."""
        return Fraction(0) if any(self) or self.bottom else self.get((), Fraction(0))


def atom(value: str | int | Fraction) -> Ratio:
    """Return a name, or a number."""
    return Ratio([((value,), Fraction(1)) if isinstance(value, str) else ((), Fraction(value))])


_PLAIN = re.compile(r"(\b[0-9]+\b|\b[A-Za-z_]\w*|[-+*/() ])*", re.ASCII)  # no comments, no 0x1
_OPERATIONS: Mapping[type, Callable[[Ratio, Ratio], Ratio]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv
}  # fmt: skip


def formula(
    text: str, names: Mapping[str, Ratio], nonzero: Callable[[Ratio], object] = bool
) -> Ratio:
    """Read whole numbers, names, ``+ - * / **`` and brackets; divisors must be `nonzero`."""

    def read(node: ast.AST) -> Ratio:
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return atom(value)
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return atom(-1) * read(operand)
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int(n))):
                return read(base) ** n
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                a, b = read(left), read(right)
                require(not isinstance(op, ast.Div) or nonzero(b), f"{text:.80} may divide by 0")
                return _OPERATIONS[type(op)](a, b)
        raise VerificationError(f"{ast.unparse(node)!r:.80} does not belong into a formula")

    require(isinstance(text, str) and _PLAIN.fullmatch(text), f"not a formula: {text!r:.80}")
    try:
        return read(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise VerificationError(f"not a formula: {text!r:.80}") from error
