"""Polynomials with rational coefficients: read from formulas, written, shifted, evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any, TypeAlias

import sympy
from sympy import QQ
from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ...flows.formulas.expression import parse_expression
from ...flows.problems.polynomial import degree_bound

Polynomial: TypeAlias = Any
"""Element of Q[z₁, …, z_d], a `sympy.polys.rings.PolyElement`: exponents -> coefficient."""

MONOMIALS = 20_000  # most monomials a polynomial is written out to

_TERM = re.compile(r"([+-]?)\s*([^\s+-]+)")
_NUMBER = re.compile(r"\d+(/[1-9]\d*)?", re.ASCII)


def polynomial_ring(names: Sequence[str]) -> PolyRing:
    """Ring Q[names], ordered by degree."""
    return PolyRing([sympy.Symbol(name) for name in names], QQ, "grevlex")


def read_polynomial(formula: Any, ring: PolyRing) -> Polynomial:
    """Read text or a SymPy expression as an element of a ring; floats count as they are stored.

    Raises
    ------
    ProblemError
        It is not a polynomial with rational coefficients in the variables of the ring, or it
        has too many monomials.

    Examples
    --------
    >>> read_polynomial("0.2*x^2 + x*u", polynomial_ring(["x", "u"]))
    1/5*x**2 + x*u
    """
    symbols = {symbol.name: symbol for symbol in ring.symbols}
    if isinstance(formula, str):
        formula = parse_expression(formula, symbols)
    e = sympy.sympify(formula, strict=True)
    e = e.xreplace({s: symbols[s.name] for s in e.free_symbols if s.name in symbols})
    e = e.xreplace({f: sympy.Rational(f) for f in e.atoms(sympy.Float)})
    _check(e, ring)
    try:
        return ring.from_expr(e)
    except (ValueError, sympy.CoercionFailed, sympy.GeneratorsError) as error:
        raise ProblemError(
            f"{e} has coefficients that are not rational; exact proofs need rational ones"
        ) from error


def _check(e: Any, ring: PolyRing) -> None:
    names = ", ".join(str(s) for s in ring.symbols)
    if unknown := sorted(e.free_symbols - set(ring.symbols), key=str):
        raise ProblemError(f"{e} contains {unknown[0]}; the variables here are {names}")
    degree = degree_bound(e, {symbol: i for i, symbol in enumerate(ring.symbols)})
    if degree is None:
        raise ProblemError(f"{e} is not a polynomial in {names}; needed: a polynomial")
    if comb(ring.ngens + degree, degree) > MONOMIALS and degree > 2:
        raise ProblemError(
            f"a polynomial of degree {degree} in {ring.ngens} variables is too large to be "
            f"written out (more than {MONOMIALS} monomials)"
        )


def write_polynomial(p: Polynomial) -> str:
    """Write a polynomial as text, multiplied out, as `read_written` and people read it."""
    return str(p)


def read_written(text: Any, ring: PolyRing) -> Polynomial:
    """Read what `write_polynomial` wrote, of any length, and nothing else.

    Raises
    ------
    ProblemError
        It is not a polynomial of this ring, written in this way.

    Examples
    --------
    >>> read_written("1/5*x**2 + x*u", polynomial_ring(["x", "u"])).degree()
    2
    """
    indices = {symbol.name: i for i, symbol in enumerate(ring.symbols)}
    terms: dict[tuple[int, ...], Any] = {}
    for sign, body in _TERM.findall(str(text).replace("**", "^")):
        coefficient, exponents = Fraction(-1 if sign == "-" else 1), [0] * ring.ngens
        for factor in body.split("*"):
            name, _, power = factor.partition("^")
            if name in indices:
                exponents[indices[name]] += int(power or 1)
            elif _NUMBER.fullmatch(factor):
                coefficient *= Fraction(factor)
        terms[tuple(exponents)] = rational(coefficient)
    p = ring.from_dict(terms)
    if write_polynomial(p) != text:
        names = ", ".join(indices)
        raise ProblemError(f"{text!r} is not a polynomial in {names}, written out term by term")
    return p


def rational(value: Any) -> Any:
    """Return an int, a Fraction or a number of SymPy as an element of Q."""
    return QQ(int(value.numerator), int(value.denominator))


def fraction(value: Any) -> Fraction:
    """Return an element of Q as a Fraction."""
    return Fraction(int(value.numerator), int(value.denominator))


def value_at(p: Polynomial, point: Mapping[str, Fraction]) -> Fraction:
    """Exact value at a point, given by name; a variable without a value counts as 0."""
    zero = Fraction(0)
    values = [rational(point.get(symbol.name, zero)) for symbol in p.ring.symbols]
    return fraction(p.ring.domain.convert(p(*values)))


def used_names(polynomials: Iterable[Polynomial]) -> list[str]:
    """Names of the variables that occur, in the order of the ring."""
    polynomials = list(polynomials)
    if not polynomials:
        return []
    ring = polynomials[0].ring
    occurring = {i for p in polynomials for e in p for i, power in enumerate(e) if power}
    return [ring.symbols[i].name for i in sorted(occurring)]


def restricted(p: Polynomial, names: Sequence[str]) -> Polynomial:
    """Return the same polynomial in the ring of the given variables.

    Raises
    ------
    ProblemError
        It has other variables as well.
    """
    if others := set(used_names([p])) - set(names):
        raise ProblemError(f"{p} depends on {min(others)}; needed: a polynomial in {names}")
    ring, position = polynomial_ring(names), {s.name: i for i, s in enumerate(p.ring.symbols)}
    kept = [position[name] for name in names]
    return ring.from_dict({tuple(e[i] for i in kept): c for e, c in p.terms()})
