"""Exact reading of polynomial coefficients: whether L is quadratic, and with which M and q."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any, TypeAlias

import numpy as np
import sympy

from ..errors import ProblemError
from .points import Array
from .remembering import Remembering

Monomial: TypeAlias = tuple[int, ...]  # sorted indices of the variables, with repetition
Coefficients: TypeAlias = dict[Monomial, Any]

MONOMIALS = 5000  # most monomials that are written out to see whether high degrees cancel


@dataclass(frozen=True, eq=False)
class QuadraticForm(Remembering):
    """Quadratic saddle function by its exact coefficients, L(z) = Σ c_μ z^μ, degree ≤ 2.

    Parameters
    ----------
    coefficients : dict
        Sorted tuple of variable indices -> real SymPy number: ``{(): 1, (0,): 2, (0, 3): -1}``.
    n, d : int
        Number of primal variables, and of all variables.
    """

    coefficients: Coefficients
    n: int
    d: int

    @cached_property
    def entries(self) -> dict[tuple[int, int], Any]:
        """Non-zero entries (i, j) -> M_ij of G(z) = M z + q."""
        entries: dict[tuple[int, int], Any] = {}
        for monomial, c in self.coefficients.items():
            if len(monomial) == 2:
                i, j = monomial
                entries[i, j] = self._sign(i) * (2 * c if i == j else c)
                if i != j:
                    entries[j, i] = self._sign(j) * c
        return entries

    @cached_property
    def shifts(self) -> dict[int, Any]:
        """Non-zero entries i -> q_i of G(z) = M z + q."""
        linear = ((mu[0], c) for mu, c in self.coefficients.items() if len(mu) == 1)
        return {i: self._sign(i) * c for i, c in linear}

    @property
    def constant(self) -> float:
        """L(0)."""
        return float(self.coefficients.get((), 0))

    def matrix(self) -> Array:
        """M in floating point, shape (d, d)."""
        M = np.zeros((self.d, self.d))
        for (i, j), value in self.entries.items():
            M[i, j] = value
        return M

    def offset(self) -> Array:
        """Q in floating point, shape (d,)."""
        q = np.zeros(self.d)
        for i, value in self.shifts.items():
            q[i] = value
        return q

    def exact(self) -> tuple[Any, Any] | None:
        """(M, q) as immutable SymPy matrices, or None when a coefficient is a float."""
        if any(c.has(sympy.Float) for c in self.coefficients.values()):
            return None
        M = sympy.zeros(self.d, self.d)
        q = sympy.zeros(self.d, 1)
        for (i, j), value in self.entries.items():
            M[i, j] = value
        for i, value in self.shifts.items():
            q[i] = value
        return sympy.ImmutableMatrix(M), sympy.ImmutableMatrix(q)

    @property
    def rounded(self) -> bool:
        """Whether some coefficient is not a float."""
        return any(is_rounded(c) for c in self.coefficients.values())

    def in_symbols(self, z: tuple[Any, ...]) -> tuple[Any, ...]:
        """Components of M z + q as expressions in the symbols `z`."""
        terms: list[list[Any]] = [[self.shifts.get(i, 0)] for i in range(self.d)]
        for (i, j), value in self.entries.items():
            terms[i].append(value * z[j])
        return tuple(sympy.Add(*row) for row in terms)

    def _sign(self, i: int) -> int:
        return 1 if i < self.n else -1


def read_quadratic(L: Any, variables: tuple[Any, ...], n: int) -> QuadraticForm | None:
    """Exact coefficients of L when it is a polynomial of degree at most 2, else None.

    The expression tree is walked once with small coefficient dictionaries, so a dense
    quadratic form in 100 variables takes a few hundredths of a second. Higher powers that
    cancel, as in (x + u)³ − x³ − …, are written out when that gives at most 5000 monomials.

    Parameters
    ----------
    L : sympy.Expr
        Expression in `variables` alone.
    variables : tuple of sympy.Symbol
        Primal variables, then dual ones.
    n : int
        Number of primal variables.

    Raises
    ------
    ProblemError
        If a coefficient is not a finite real number.
    """
    index = {variable: i for i, variable in enumerate(variables)}
    degree = degree_bound(L, index)
    if degree is None:
        return None
    if degree > 2 and comb(len(variables) + degree, degree) > MONOMIALS:
        return None
    found = {mu: c for mu, c in _read(L, index).items() if c != 0}
    if any(len(mu) > 2 for mu in found):
        return None
    for c in found.values():
        _check_real(c)
    return QuadraticForm(found, n, len(variables))


def is_rounded(c: Any) -> bool:
    """Whether the exact number `c` is not a float: 1/3 and √2, but neither 0.3 nor 1/4."""
    return not c.is_Float and (not c.is_Rational or sympy.Rational(float(c)) != c)


def degree_bound(e: Any, index: dict[Any, int]) -> int | None:
    """Upper bound of the degree of a polynomial expression; None for anything else."""
    if e in index:
        return 1
    if e.is_Number:
        return 0
    if e.is_Pow and e.exp.is_Integer and e.exp >= 0:
        base = degree_bound(e.base, index)
        return None if base is None else base * int(e.exp)
    if e.is_Add or e.is_Mul:
        degrees = [degree_bound(a, index) for a in e.args]
        known = [a for a in degrees if a is not None]
        if len(known) < len(degrees):
            return None
        return max(known) if e.is_Add else sum(known)
    return None if e.free_symbols else 0


def _read(e: Any, index: dict[Any, int]) -> Coefficients:
    """Coefficients of a polynomial expression."""
    if e in index:
        return {(index[e],): sympy.S.One}
    if e.is_Number or not e.free_symbols:
        return {(): e}
    if e.is_Add:
        total: Coefficients = {}
        for part in e.args:
            _add_to(total, _read(part, index))
        return total
    factors = e.args if e.is_Mul else (e.base,) * int(e.exp)
    product: Coefficients = {(): sympy.S.One}
    for factor in factors:
        product = _multiply(product, _read(factor, index))
    return product


def _add_to(total: Coefficients, part: Coefficients) -> None:
    for mu, c in part.items():
        total[mu] = total[mu] + c if mu in total else c


def _multiply(left: Coefficients, right: Coefficients) -> Coefficients:
    product: Coefficients = {}
    for mu, a in left.items():
        for nu, b in right.items():
            key = tuple(sorted(mu + nu)) if mu and nu else mu or nu
            c = a * b
            product[key] = product[key] + c if key in product else c
    return product


def _check_real(c: Any) -> None:
    try:
        finite = bool(np.isfinite(float(c)))
    except (TypeError, OverflowError):
        finite = False
    if not finite:
        raise ProblemError(
            f"L has the coefficient {c}; all coefficients must be finite real numbers"
        )
