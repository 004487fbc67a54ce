"""Exact proofs that a method diverges, converges or stays bounded on an affine problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sympy import Matrix, Poly, Symbol, eye

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..readings.linear import state_matrix
from .circle import inside_circle, some_root_outside
from .linearisation import exact_linearisation
from .minors import STEP, exact_method, unchanging

ROOT = Symbol("rho")


@dataclass(frozen=True)
class SpectralProof:
    """Exact proof of what a method does on an affine problem with rational numbers.

    Attributes
    ----------
    kind : {"diverges", "converges", "bounded", "undecided"}
        From almost every start the iterates leave every ball; from every start they converge to a
        saddle point; from every start they stay bounded; or neither is proved.
    polynomial : sympy.Poly
        Characteristic polynomial in ρ of one step of the method on the whole problem.
    reason : str
        What was decided about its roots.
    flow : str
        What is proved of the gradient flow on the same problem.
    """

    kind: Literal["diverges", "converges", "bounded", "undecided"]
    polynomial: Poly
    reason: str
    flow: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}; {self.flow}"


def prove_fate(method: Method, problem: SaddleProblem) -> SpectralProof:
    """Prove what a method does on an affine problem, over the rationals.

    The characteristic polynomial of the step is factored, and each factor decided by Schur's
    recursion, or if it is its own reciprocal by Sturm's theorem; no floating point enters.

    Parameters
    ----------
    method : Method
        The same at every step, with exact numbers; floats are read as the decimals they print.
    problem : SaddleProblem
        Affine and dense, with a saddle point.

    Returns
    -------
    SpectralProof

    Raises
    ------
    ProblemError
        The problem is not such a one, or the method changes with k.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import SaddleProblem
    >>> proof = prove_fate(SimGD(0.1), SaddleProblem("x*u", "x", "u"))
    >>> print(proof.kind, "-", proof.reason)
    diverges - a root of ρ² − 2ρ + 101/100 has modulus > 1
    """
    M = exact_linearisation(problem) if problem.is_affine else None
    if M is None:
        raise ProblemError(
            "the proof needs an affine problem with rational numbers; for others there is "
            "prove_escape, over a finite horizon"
        )
    S = unchanging(method, state_matrix(exact_method(method), M, problem.n, STEP))
    polynomial = Poly(S.charpoly(ROOT).as_expr(), ROOT)
    kind, reason = _decided(S, M, polynomial)
    return SpectralProof(kind, polynomial, reason, _flow(M))


def _decided(S: Matrix, M: Matrix, polynomial: Poly) -> tuple[Any, str]:
    factors = polynomial.factor_list()[1]
    outside = next((f for f, _ in factors if some_root_outside(f)), None)
    if outside is not None:
        return "diverges", f"a root of {_text(outside)} has modulus > 1"
    moving = [f for f, _ in factors if f.as_expr() != ROOT - 1]
    at_rest = sum(power for f, power in factors if f.as_expr() == ROOT - 1)
    rest = _states_at_rest(S)
    settles = all(inside_circle(f.all_coeffs()) for f in moving) and at_rest == len(rest)
    if settles and _are_zeros(rest, M):
        other = "other " if at_rest else ""
        saddles = f"; {at_rest} are 1, along the saddle points" if at_rest else ""
        return "converges", f"every {other}root has modulus < 1{saddles}"
    if _annihilates(polynomial.sqf_part(), S):
        return "bounded", "no root has modulus > 1, and the step is diagonalisable"
    return "undecided", "no root has modulus > 1, but there may be Jordan blocks on the circle"


def _states_at_rest(S: Matrix) -> list[Matrix]:
    """Basis of the eigenspace of 1."""
    return list((S - eye(S.rows)).nullspace())


def _are_zeros(states: list[Matrix], M: Matrix) -> bool:
    """Whether M vanishes at the points of all states: a method may rest where G does not."""
    return all((M * state[: M.rows, :]).is_zero_matrix for state in states)


def _annihilates(polynomial: Poly, S: Matrix) -> bool:
    total = Matrix.zeros(S.rows, S.rows)
    for coefficient in polynomial.all_coeffs():
        total = (total * S + coefficient * eye(S.rows)).expand()
    return bool(total.is_zero_matrix)


def _flow(M: Matrix) -> str:
    if (M + M.T).is_positive_semidefinite:
        return "M + Mᵀ ⪰ 0, so along the gradient flow ‖Z − z*‖ never increases"
    return "M + Mᵀ is not positive semidefinite, so nothing is said about the flow"


def _text(polynomial: Poly) -> str:
    monic = polynomial.monic()
    text = str(monic.as_expr()).replace("rho", "ρ").replace("**2", "²").replace("**3", "³")
    return text.replace("**4", "⁴").replace("*", "").replace("-", "−")
