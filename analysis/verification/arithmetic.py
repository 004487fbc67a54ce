"""Exact rational functions and quadratic forms, from the standard library alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from fractions import Fraction

Vector = Mapping[str, "Ratio"]
Form = Mapping[tuple[str, str], "Ratio"]

_PRODUCTS, _BITS = 100_000, 20_000
"""Far more than proofs need: a file cannot keep its reader busy for hours."""


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


class Polynomial(dict[tuple[tuple[str, int], ...], Fraction]):
    """Polynomial: monomials such as ``(("k", 2), ("x", 1))`` -> coefficients other than 0."""

    def __add__(self, other: Polynomial) -> Polynomial:
        keys = {**self, **other}
        sums = {key: self.get(key, Fraction(0)) + other.get(key, Fraction(0)) for key in keys}
        return Polynomial({key: c for key, c in sums.items() if c})

    def __mul__(self, other: Polynomial) -> Polynomial:
        require(len(self) * len(other) <= _PRODUCTS, "a polynomial in it has too many terms")
        sums: dict[tuple[tuple[str, int], ...], Fraction] = {}
        for (first, c), (second, d) in ((a, b) for a in self.items() for b in other.items()):
            powers = dict(first)
            for name, n in second:
                powers[name] = powers.get(name, 0) + n
            key = tuple(sorted(powers.items()))
            sums[key] = sums.get(key, Fraction(0)) + c * d
        longest = max((c.numerator.bit_length() for c in sums.values()), default=0)
        require(longest <= _BITS, "a number in it is too long")
        return Polynomial({key: c for key, c in sums.items() if c})

    def __pow__(self, n: int) -> Polynomial:
        require(0 <= n <= 200, f"the exponent {n} is out of bounds")
        return self ** (n - 1) * self if n else number(1)

    def at(self, name: str, value: Polynomial) -> Polynomial:
        """Return the polynomial with a name replaced by another polynomial."""
        parts = (_without(name, powers, c) * value**n for powers, c, n in self._by(name))
        return sum(parts, start=Polynomial())

    def derivative(self, name: str) -> Polynomial:
        """Return the partial derivative."""
        found = ((powers, c * n, n) for powers, c, n in self._by(name) if n)
        parts = (_without(name, powers, c) * variable(name) ** (n - 1) for powers, c, n in found)
        return sum(parts, start=Polynomial())

    def constant(self) -> Fraction | None:
        """Return the value of a constant polynomial, or None."""
        return None if any(self) else self.get((), Fraction(0))

    def _by(self, name: str) -> list[tuple[tuple[tuple[str, int], ...], Fraction, int]]:
        return [(powers, c, dict(powers).get(name, 0)) for powers, c in self.items()]


def _without(name: str, powers: tuple[tuple[str, int], ...], c: Fraction) -> Polynomial:
    return Polynomial({tuple(pair for pair in powers if pair[0] != name): c})


class Ratio:
    """Rational function ``top/bottom``, not in lowest terms; it is 0 when its top is."""

    def __init__(self, top: Polynomial, bottom: Polynomial) -> None:
        require(bottom, "a formula divides by zero")
        self.top, self.bottom = top, bottom if top else number(1)

    def __add__(self, other: Ratio) -> Ratio:
        if self.bottom == other.bottom:
            return Ratio(self.top + other.top, self.bottom)
        return Ratio(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(self.top * other.top, self.bottom * other.bottom)

    def __neg__(self) -> Ratio:
        return Ratio(self.top * number(-1), self.bottom)


def number(value: Fraction | int) -> Polynomial:
    """Return a constant polynomial."""
    return Polynomial({(): Fraction(value)} if value else {})


def variable(name: str) -> Polynomial:
    """Return the polynomial that is one variable."""
    return Polynomial({((name, 1),): Fraction(1)})


ONE = Ratio(number(1), number(1))

_PLAIN = re.compile(r"[A-Za-z0-9_ ()+*/^-]*")  # no comments: a formula says all that it says


def formula(text: str, names: frozenset[str]) -> Ratio:
    """Read a formula of whole numbers, declared names, ``+ - * /``, brackets and powers."""
    plain = isinstance(text, str) and len(text) <= 20_000 and _PLAIN.fullmatch(text)
    require(plain, f"not a formula: {text!r:.80}")
    try:
        return _read(ast.parse(text.replace("^", "**").strip(), mode="eval").body, names)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise VerificationError(f"not a formula: {text!r:.80}") from error


def _read(node: ast.expr, names: frozenset[str]) -> Ratio:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return Ratio(number(value), number(1))
        case ast.Name(id=name) if name in names:
            return Ratio(variable(name), number(1))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_read(operand, names)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as n)):
            raised = _read(base, names)
            return Ratio(raised.top**n, raised.bottom**n)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _read(left, names) + _read(right, names)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _read(left, names) + -_read(right, names)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _read(left, names) * _read(right, names)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            divisor = _read(right, names)
            return _read(left, names) * Ratio(divisor.bottom, divisor.top)
    raise VerificationError(f"{ast.unparse(node)!r:.80} does not belong into a formula")


def total(*parts: tuple[Form, Ratio]) -> Form:
    """Return the sum of forms with weights."""
    found: dict[tuple[str, str], Ratio] = {}
    for form, weight in parts:
        for pair, c in form.items():
            found[pair] = found[pair] + c * weight if pair in found else c * weight
    return {pair: c for pair, c in found.items() if c.top}


def dot(a: Vector, b: Vector) -> Form:
    """Return the inner product of two vectors; a pair of generators is in alphabetical order."""
    pairs = ((i, j) for i in a for j in b)
    return total(*(({(min(i, j), max(i, j)): a[i] * b[j]}, ONE) for i, j in pairs))


def substitute(form: Form, images: Mapping[str, Vector]) -> Form:
    """Return a form with generators replaced by vectors."""
    return total(*((dot(images[i], images[j]), c) for (i, j), c in form.items()))
