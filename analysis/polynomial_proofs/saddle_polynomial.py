"""Saddle problems with polynomial L, in exact coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ..sos.polynomial_latex import polynomial_latex, vector_latex
from ..sos.polynomial_text import shortened
from ..sos.polynomials import Polynomial, polynomial_ring, rational, read_polynomial

if TYPE_CHECKING:
    from ...flows.problems.problem import SaddleProblem

LARGEST = 40  # variables of a problem given by matrices


@dataclass(frozen=True)
class SaddlePolynomial:
    """Polynomial saddle function L(z), z = (x, u).

    Parameters
    ----------
    L : Polynomial
        In the ring of the variables, primal ones first.
    n : int
        Number of primal variables.
    """

    L: Polynomial
    n: int

    @property
    def ring(self) -> PolyRing:
        """Ring of the variables."""
        return self.L.ring

    @property
    def names(self) -> list[str]:
        """Names of the variables, primal ones first."""
        return [symbol.name for symbol in self.ring.symbols]

    @property
    def operator(self) -> list[Polynomial]:
        """Components of G = (∂_x L, −∂_u L)."""
        slopes = [self.L.diff(z) for z in self.ring.gens]
        return slopes[: self.n] + [-g for g in slopes[self.n :]]

    def about(self) -> str:
        """Say what is minimised and maximised: ``min over x, max over u of L = …``."""
        xs, us = ", ".join(self.names[: self.n]), ", ".join(self.names[self.n :])
        return f"min over {xs}, max over {us} of L = {shortened(self.L)}"

    @property
    def latex(self) -> str:
        """L, its variables and G, in LaTeX."""
        xs, us = vector_latex(self.names[: self.n]), vector_latex(self.names[self.n :])
        players = "" if (xs, us) == ("x", "u") else f"$x = ({xs})$, $u = ({us})$, "
        L = polynomial_latex(self.L)
        return rf"$L = {L}$, {players}$G = (\partial_x L, -\partial_u L)$"


def saddle_polynomial(problem: SaddleProblem) -> SaddlePolynomial:
    """Exact polynomial of a problem; floats in it count as they are stored.

    A problem given by matrices has the variables x1, …, xn, u1, …, um, or x and u when n = m = 1.

    Raises
    ------
    ProblemError
        L is not a polynomial with rational coefficients, or not known, or there are sets or terms.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> saddle_polynomial(SaddleProblem("0.2*x^2 + x*u", "x", "u")).operator
    [2/5*x + u, -x]
    >>> saddle_polynomial(SaddleProblem.bilinear([[2]])).L
    2*x*u
    """
    if problem.is_set_valued:
        raise ProblemError(
            "G is set-valued, by a set, a term or a kink; these proofs need a polynomial L alone"
        )
    if problem.L is not None:
        names = [v.name for v in (*problem.primal, *problem.dual)]
        return SaddlePolynomial(read_polynomial(problem.L, polynomial_ring(names)), problem.n)
    if not problem.is_affine:
        raise ProblemError("this problem is a plain function; exact proofs need L as a formula")
    if problem.d > LARGEST:
        raise ProblemError(f"{problem.d} variables; proofs take problems of up to {LARGEST}")
    return _from_matrices(problem)


def _from_matrices(problem: SaddleProblem) -> SaddlePolynomial:
    n, d = problem.n, problem.d
    names = ["x", "u"] if d == 2 else [*_numbered("x", n), *_numbered("u", d - n)]
    ring = polynomial_ring(names)
    M, q = _entries(problem)
    L = ring.zero
    for i, z in enumerate(ring.gens):
        row = sum((w * rational(v) / 2 for w, v in zip(ring.gens, M[i], strict=True)), ring.zero)
        L += (1 if i < n else -1) * z * (row + rational(q[i]))
    found = SaddlePolynomial(L, n)
    for g, row, c in zip(found.operator, M, q, strict=True):
        linear = sum((w * rational(v) for w, v in zip(ring.gens, row, strict=True)), ring.zero)
        if g != linear + rational(c):
            raise ProblemError("M is not of the form [[P, A], [-A.T, Q]], so there is no L")
    return found


def _entries(problem: SaddleProblem) -> tuple[list[list[Fraction]], list[Fraction]]:
    """M and q exactly: as they were given, or as the floats they are stored in."""
    if problem.exact_matrix is not None:
        M, q = problem.exact_matrix.tolist(), list(problem.exact_offset)
        if not all(v.is_Rational for v in (*q, *(v for row in M for v in row))):
            raise ProblemError(
                "M or q has entries that are not rational; proofs need rational ones"
            )
        return [[_exact(v) for v in row] for row in M], [_exact(v) for v in q]
    import numpy as np

    origin = np.zeros(problem.d)
    rows, shifts = problem.jacobian(origin), problem.operator(origin)
    return [[Fraction(float(v)) for v in row] for row in rows], [Fraction(float(v)) for v in shifts]


def _exact(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _numbered(letter: str, count: int) -> Sequence[str]:
    return [letter] if count == 1 else [f"{letter}{i + 1}" for i in range(count)]
