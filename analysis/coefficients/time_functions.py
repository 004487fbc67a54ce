"""Exponentials and powers of time as generators of a field, with their derivatives.

``e^m``, m = ct or any ct^e, is E with Ė = ṁE; ``t^{1/q}`` is s with ṡ = s^{1−q}/q, and t is s^q;
``t^c`` with a parameter c is P with Ṗ = cP/t. All of them are > 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from sympy import Add, Expr, Mul, Pow, Rational, S, Symbol, cancel, exp, expand

from ...flows.errors import ProblemError
from ..basics.ranges import POSITIVE, Range
from .clock_functions import TIME, ClockFunctions

_T = Symbol(TIME)
_DENOMINATORS = 16  # of roots of times at which something is tried
_ONE = Fraction(1)
_ABOVE_ONE, _BELOW_ONE = Range(low=_ONE, low_closed=True), Range(Fraction(0), _ONE, False, True)

Generator = tuple[str, Expr, int]
"""Name of e^m or t^c, m or c, and the sign of that: 1, −1, or 0 if it is not known."""


@dataclass(frozen=True)
class TimeFunctions(ClockFunctions):
    """Exponentials ``e^m``, m = ct^e, powers ``t^c`` and a root ``t^{1/q}`` of time.

    Parameters
    ----------
    clock : "t"
        Time.
    exponentials, powers : tuple of Generator
        ``e^m`` and ``t^c``; c is free of t.
    root : (name, q)
        The generator ``t^{1/q}``; q = 1 for none.
    span : Range
        The range of t.
    """

    exponentials: tuple[Generator, ...] = ()
    powers: tuple[Generator, ...] = ()
    root: tuple[str, int] = ("", 1)
    span: Range = POSITIVE

    @property
    def formulas(self) -> Mapping[str, Expr]:
        """Name of each generator -> e^m, t^c or t^{1/q}."""
        found = {name: exp(m) for name, m, _ in self.exponentials}
        found |= {name: _T**c for name, c, _ in self.powers}
        name, q = self.root
        return found | ({name: _T ** Rational(1, q)} if self.replaces_clock else {})

    def exact_values(self, at: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
        """Return the root of t, if it is rational."""
        name, q = self.root
        value = _near_root(at[TIME], q) if self.replaces_clock and TIME in at else Fraction(0)
        return {name: value} if value and value**q == at[TIME] else {}

    def near(self, time: Fraction) -> Fraction:
        """Return a time near a given one that has a rational root."""
        q = self.root[1]
        return _near_root(time, q) ** q if self.replaces_clock else time

    @property
    def ranges(self) -> Mapping[str, Range]:
        """All are > 0; e^m is on the side of 1 that the sign of m says."""
        sides = {1: _ABOVE_ONE, -1: _BELOW_ONE, 0: POSITIVE}
        found = {name: sides[sign] for name, _, sign in self.exponentials}
        found |= {name: POSITIVE for name, *_ in self.powers}
        (name, q), span = self.root, self.span
        low, high = (end if end is None else _root(end, q) for end in (span.low, span.high))
        of_root = Range(low, high, span.low_closed, span.high_closed)
        return found | ({name: of_root} if self.replaces_clock else {})

    @property
    def replaces_clock(self) -> bool:
        """Whether there is a root, of which t is a power."""
        return self.root[1] > 1

    @property
    def derivatives(self) -> Mapping[str, Expr]:
        """Ė = ṁE, Ṗ = cP/t, ṡ = s^{1−q}/q."""
        name, q = self.root
        found = {E: self.rational(m.diff(_T)) * Symbol(E) for E, m, _ in self.exponentials}
        found |= {P: self.rational(c * Symbol(P) / _T) for P, c, _ in self.powers}
        return found | (
            {name: Symbol(name) ** (1 - q) / q} if self.replaces_clock else {TIME: S.One}
        )

    def rational(self, expression: Expr) -> Expr:
        """Return an expression with its exponentials and powers as powers of generators."""

        def exponential(argument: Expr) -> Expr:
            return _product(_monomials(argument), self.exponentials)

        def power(base: Expr, exponent: Expr) -> Expr:
            if base != _T or exponent.is_Integer:
                return Pow(base, exponent)
            number, rest = exponent.as_coeff_Add()
            if not (number * self.root[1]).is_Integer:
                raise ProblemError(f"t**({number}) is not among the powers of this proof")
            base = Symbol(self.root[0]) if self.replaces_clock else _T
            root = base ** (number * self.root[1])
            return root * _product(Add.make_args(rest), self.powers)

        changed = expression.replace(exp, exponential).replace(Pow, power)
        time = {_T: Symbol(self.root[0]) ** self.root[1]} if self.replaces_clock else {}
        return changed.xreplace(time)

    def shown(self, element: Any) -> Expr:
        """Return an element with exponentials and powers of t."""
        formulas = {Symbol(name): formula for name, formula in self.formulas.items()}
        return element.as_expr().xreplace(formulas)


def time_functions(
    expressions: Iterable[Expr],
    fresh: Callable[[str], str],
    sign: Callable[[Expr], int],
    span: Range,
) -> ClockFunctions:
    """Return the generators that some expressions need.

    Parameters
    ----------
    expressions : iterable
        Formulas of t and parameters.
    fresh : callable
        Makes a name that no parameter has from one that is wanted.
    sign : callable
        The sign of a formula of the parameters: 1, −1, or 0 if it is not known.
    span : Range
        The range of t.
    """
    rates: list[Expr] = []
    exponents: list[Expr] = []
    q = 1
    for expression in expressions:
        for found in sorted(expression.atoms(exp), key=str):
            rates += _monomials(found.args[0])
        for found in sorted(expression.atoms(Pow), key=str):
            if found.base == _T and not found.exp.is_Integer:
                number, rest = found.exp.as_coeff_Add()
                q = lcm(q, int(number.q))
                exponents += [term for term in Add.make_args(rest) if term]
    if not rates and not exponents and q == 1:
        return ClockFunctions(TIME)
    exponentials, powers = (
        tuple(
            (fresh(f"{word}_{n}"), c, sign(c.as_independent(_T, as_Add=False)[0]))
            for n, c in enumerate(_bases(values), 1)
        )
        for word, values in (("exp", rates), ("power", exponents))
    )
    return TimeFunctions(TIME, exponentials, powers, (fresh("root"), q), span)


def _near_root(time: Fraction, q: int) -> Fraction:
    return Fraction(float(time) ** (1 / q)).limit_denominator(_DENOMINATORS)


def _root(end: Fraction, q: int) -> Fraction:
    """Return the q-th root of an end of the range of t."""
    root = Rational(end.numerator, end.denominator) ** Rational(1, q)
    if not root.is_Rational:
        raise ProblemError(
            f"with t**(1/{q}) in a proof, the end {end} of the range of t needs a rational root; "
            "take another unit of time"
        )
    return Fraction(int(root.p), int(root.q))


def _monomials(argument: Expr) -> list[Expr]:
    """Return the terms of an exponent, each a power of t with a factor that is free of t."""
    terms = [cancel(term) for term in Add.make_args(expand(argument))]
    for term in terms:
        base, exponent = term.as_independent(_T, as_Add=False)[1].as_base_exp()
        if base != _T or not exponent.is_Rational:
            raise ProblemError(
                f"got exp({argument}); in a proof exponents are sums of multiples of t, or of "
                "powers of t: give exp(c*t), and any constant as a parameter with a range"
            )
    return terms


def _bases(values: list[Expr]) -> list[Expr]:
    """Return as few values as there are, of which all are whole multiples."""
    bases: list[Expr] = []
    for value in values:
        for i, base in enumerate(bases):
            if (ratio := cancel(value / base)).is_Rational:
                bases[i] = base / ratio.q
                break
        else:
            bases.append(-value if value.could_extract_minus_sign() else value)
    return bases


def _product(exponents: Iterable[Expr], generators: tuple[Generator, ...]) -> Expr:
    """Return the product of generators that has a sum of exponents.

    Raises
    ------
    ProblemError
        An exponent is no whole multiple of one that a generator has.
    """
    factors = []
    for exponent in filter(None, exponents):
        ratios = ((name, cancel(exponent / c)) for name, c, _ in generators)
        power = next((Symbol(name) ** ratio for name, ratio in ratios if ratio.is_Integer), None)
        if power is None:
            raise ProblemError(f"the exponent {exponent} is not among those of this proof")
        factors.append(power)
    return Mul(*factors)
