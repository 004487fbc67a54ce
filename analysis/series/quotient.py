"""Polynomials modulo a system with finitely many zeros: its real zeros, exactly isolated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import QQ, Dummy, Poly, Rational, Symbol
from sympy.polys.groebnertools import groebner
from sympy.polys.matrices import DomainMatrix
from sympy.polys.orderings import grevlex
from sympy.polys.polyerrors import CoercionFailed, GeneratorsNeeded, PolynomialError
from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ...flows.problems.remembering import Remembering

MOST = 100
"""Largest number of complex zeros, counted with multiplicity, that is dealt with."""

WIDTH = Rational(1, 10**80)
"""Width of the intervals in which the real roots are known."""

THETA = Dummy("theta")

Monomial = tuple[int, ...]
Vector = list[Any]


@dataclass(frozen=True, eq=False)
class QuotientAlgebra(Remembering):
    """Algebra of polynomials with rational coefficients modulo a Gröbner basis.

    Parameters
    ----------
    ring : sympy.polys.rings.PolyRing
        The polynomials.
    basis : list
        The Gröbner basis.
    monomials : tuple of tuple of int
        Exponents of the monomials that are not reducible: a basis of the algebra.

    Examples
    --------
    >>> from sympy.abc import x, u
    >>> algebra = quotient_algebra([x * u, x**2 + u**2 - 1], [x, u])
    >>> sorted(tuple(map(int, point)) for point in algebra.real_points())
    [(-1, 0), (0, -1), (0, 1), (1, 0)]
    """

    ring: PolyRing
    basis: list[Any]
    monomials: tuple[Monomial, ...]

    def real_points(self) -> Iterator[tuple[Rational, ...]]:
        """Yield the real zeros of the system, with rational coordinates to 80 digits or so.

        With a linear form t that separates the zeros, and f the square-free part of its
        characteristic polynomial, coordinate z_j is ``g_{z_j}/g_1`` at the roots of f, where
        ``g_v = Σ_i Tr(v t^i) H_{d−1−i}``, H the Horner polynomials of f (Rouillier 1999).
        """
        if not self.monomials:
            return
        f, powers = self._separated()
        horner = _horner(f)
        weight = self._representation(horner, powers)
        numerators = [
            self._representation(horner, [self._times(j, power) for power in powers])
            for j in range(self.ring.ngens)
        ]
        for (low, high), _ in f.intervals(eps=WIDTH):
            theta = (low + high) / 2
            yield tuple(g.eval(theta) / weight.eval(theta) for g in numerators)

    def _separated(self) -> tuple[Poly, list[Vector]]:
        """Polynomial f of a form t that takes different values at all zeros; vectors of t^i."""
        distinct = self._trace_form.rank()
        one = [QQ(int(not any(m))) for m in self.monomials]
        for c in itertools.count(1):
            powers = [one]
            for _ in self.monomials:
                powers.append(self._form_times(c, powers[-1]))
            f = _characteristic([self._trace(power) for power in powers]).sqf_part()
            if f.degree() == distinct:
                return f.monic(), powers[:distinct]
        raise AssertionError("one of finitely many forms separates the zeros")

    def _form_times(self, c: int, vector: Vector) -> Vector:
        """Vector of ``t·p``, t = Σ c^j z_j."""
        columns = zip(*(self._times(j, vector) for j in range(self.ring.ngens)), strict=True)
        return [sum((c**j * p for j, p in enumerate(column)), QQ(0)) for column in columns]

    def _representation(self, horner: list[Poly], vectors: list[Vector]) -> Poly:
        traces = map(self._trace, vectors)
        return sum(
            (h * QQ.to_sympy(c) for c, h in zip(traces, reversed(horner), strict=True)),
            start=0 * horner[0],
        )

    def _trace(self, vector: Vector) -> Any:
        return sum((c * t for c, t in zip(vector, self._traces, strict=True)), QQ(0))

    def _times(self, j: int, vector: Vector) -> Vector:
        """Vector of z_j times a polynomial."""
        found = [QQ(0)] * len(self.monomials)
        for c, column in zip(vector, self._multiplication[j], strict=True):
            if c:
                for i, entry in column:
                    found[i] += c * entry
        return found

    @cached_property
    def _multiplication(self) -> list[list[list[tuple[int, Any]]]]:
        """Images of the basis under multiplication with each variable, sparse."""
        place = {monomial: i for i, monomial in enumerate(self.monomials)}
        return [
            [
                [(place[m], c) for m, c in (self.ring({b: 1}) * z).rem(self.basis).terms()]
                for b in self.monomials
            ]
            for z in self.ring.gens
        ]

    @cached_property
    def _products(self) -> dict[Monomial, Vector]:
        """Vectors of all products of two basis monomials."""
        size = len(self.monomials)
        known = {
            monomial: [QQ(int(i == j)) for j in range(size)]
            for i, monomial in enumerate(self.monomials)
        }
        for a, b in itertools.product(self.monomials, repeat=2):
            self._vector(tuple(x + y for x, y in zip(a, b, strict=True)), known)
        return known

    def _vector(self, monomial: Monomial, known: dict[Monomial, Vector]) -> Vector:
        if monomial not in known:
            j = next(j for j, power in enumerate(monomial) if power)
            lower = (*monomial[:j], monomial[j] - 1, *monomial[j + 1 :])
            known[monomial] = self._times(j, self._vector(lower, known))
        return known[monomial]

    @cached_property
    def _traces(self) -> Vector:
        """Traces of the multiplications with the basis monomials."""
        return [
            sum((self._product(b, c)[i] for i, c in enumerate(self.monomials)), QQ(0))
            for b in self.monomials
        ]

    @cached_property
    def _trace_form(self) -> DomainMatrix:
        """Matrix of Tr(b c): its rank is the number of distinct zeros."""
        size = len(self.monomials)
        rows = [[self._trace(self._product(b, c)) for c in self.monomials] for b in self.monomials]
        return DomainMatrix(rows, (size, size), QQ)

    def _product(self, b: Monomial, c: Monomial) -> Vector:
        return self._products[tuple(x + y for x, y in zip(b, c, strict=True))]


def quotient_algebra(system: Sequence[Any], variables: Sequence[Any]) -> QuotientAlgebra:
    """Algebra of the polynomials in `variables` modulo a system of polynomials.

    Raises
    ------
    ProblemError
        The system is not polynomial with rational coefficients, or its zeros are not isolated,
        or more than 100.
    """
    names = [Symbol(f"z{i}") for i in range(len(variables))]
    ring = PolyRing(names, QQ, grevlex)
    try:
        plain = [p.xreplace(dict(zip(variables, names, strict=True))) for p in system]
        polynomials = [ring.from_expr(p) for p in plain if p != 0]
    except (ValueError, CoercionFailed, GeneratorsNeeded, PolynomialError) as error:
        raise ProblemError(
            "equilibria are found for fields that are polynomials with rational coefficients, "
            "and this one is not: integrate it, or take a polynomial L"
        ) from error
    _require_few(polynomials)
    basis = groebner(polynomials, ring)
    leading = [p.LM for p in basis]
    bounds = [_bound(leading, j) for j in range(len(variables))]
    box = itertools.product(*map(range, bounds))
    kept = (m for m in box if not any(map(ring.monomial_div, itertools.repeat(m), leading)))
    return QuotientAlgebra(ring, basis, tuple(kept))


def _require_few(polynomials: Sequence[Any]) -> None:
    most = math.prod(max(sum(m) for m in p.itermonoms()) for p in polynomials)
    if most > MOST:
        raise ProblemError(
            f"the field may have {most} complex zeros, and up to {MOST} are dealt with; lower the "
            "order of the equation, or take a problem of fewer variables"
        )


def _bound(leading: Sequence[Monomial], j: int) -> int:
    """Exponent from which powers of z_j are reducible."""
    powers = [m[j] for m in leading if sum(m) == m[j]]
    if not powers:
        raise ProblemError(
            "the field vanishes on a whole curve: its zeros cannot be listed; where G itself does "
            "so, they are its zeros"
        )
    return min(powers)


def _characteristic(traces: Sequence[Any]) -> Poly:
    """Polynomial whose roots have the power sums `traces`, by Newton's identities."""
    e = [QQ(1)]
    for k in range(1, len(traces)):
        terms = (-e[k - i] * traces[i] * (-1) ** i for i in range(1, k + 1))
        e.append(sum(terms, QQ(0)) / k)
    return Poly([QQ.to_sympy(c * (-1) ** k) for k, c in enumerate(e)], THETA, domain=QQ)


def _horner(f: Poly) -> list[Poly]:
    """Horner polynomials H_0 = 1, H_i = T H_{i−1} + a_i of a monic polynomial."""
    found = [Poly(1, THETA, domain=QQ)]
    for a in f.all_coeffs()[1:-1]:
        found.append(found[-1] * THETA + a)
    return found
