"""The largest stable step of a method on a problem, and the eigenvalue that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from sympy import Matrix, Poly, Rational, Symbol, oo, resultant, sympify

from ...discretize.method import Method, numerical
from ...discretize.operators import BlockOperator
from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..readings.linear import state_matrix
from .circle import circle_crossings, inside_circle
from .intervals import OpenInterval, all_positive, between, positive_roots
from .linearisation import exact_linearisation, floating_eigenvalues
from .minors import (
    REAL,
    SQUARE,
    characteristic,
    exact_method,
    require_unchanging,
    stability_minors,
    unchanging,
)
from .minors import STEP as NOW
from .radius import spectral_radius

STEP, ROOT, LAMBDA = Symbol("s", positive=True), Symbol("rho"), Symbol("lambda")
LARGEST_DEGREE = 8
"""Degree in ρ up to which thresholds are computed exactly."""


_DRIFT = "DG has a Jordan block for λ = 0, along which iterates drift away"


@dataclass(frozen=True)
class StepThreshold:
    """Stable learning rates of a method on a problem, by its linearisation at the saddle point.

    Attributes
    ----------
    intervals : tuple of OpenInterval
        The steps for which all eigenvalues of DG other than 0 are in the stability region.
    eigenvalue : complex
        The eigenvalue of DG that leaves first; NaN if none does.
    exact : bool
        Whether the ends of the intervals are exact numbers, or floats.
    note : str
        What the linearisation does not say, or that 0 is what decides; mostly empty for affine G.
    """

    intervals: tuple[OpenInterval, ...]
    eigenvalue: complex
    exact: bool
    note: str

    @property
    def step(self) -> Any:
        """The largest s such that all steps below it are stable: 0 if there is none."""
        first = self.intervals[0] if self.intervals else None
        return first.high if first is not None and first.low == 0 else sympify(0)

    def to_dict(self) -> dict[str, Any]:
        """Return the thresholds as text and numbers, ready for JSON."""
        return {
            "step": str(self.step),
            "intervals": [[str(i.low), str(i.high)] for i in self.intervals],
            "eigenvalue": None if np.isnan(self.eigenvalue) else str(self.eigenvalue),
            "exact": self.exact,
            "note": self.note,
        }

    def __str__(self) -> str:
        where = ", ".join(interval.about("step") for interval in self.intervals) or "for no step"
        decided = (
            "" if np.isnan(self.eigenvalue) else f"; λ = {self.eigenvalue:.6g} of DG leaves first"
        )
        return f"stable {where}{decided}" + (f" ({self.note})" if self.note else "")


def step_threshold(method: Method, problem: SaddleProblem) -> StepThreshold:
    """Stable steps of a method on a problem: where it converges near the saddle point.

    For affine G with rational numbers, and wherever DG at the saddle point is known exactly, the
    thresholds are exact algebraic numbers: the characteristic polynomial of the method on an
    irreducible factor of that of DG is a resultant; a root reaches the unit circle only where it
    has a root in common with its reciprocal polynomial. Eigenvalues λ = 0, along saddle points,
    are left out, unless DG has a Jordan block for them, which no monotone DG has.

    Parameters
    ----------
    method : Method
        The same at every step; its own learning rate is replaced.
    problem : SaddleProblem
        With a saddle point at which G is differentiable.

    Returns
    -------
    StepThreshold

    Raises
    ------
    ProblemError
        The method changes with k or has no linear reading, there is no saddle point, or L is not
        smooth.

    Examples
    --------
    >>> from saddleode.discretize import OGDA, SimGD
    >>> from saddleode.flows import SaddleProblem
    >>> paper = SaddleProblem("0.2*x**2 + x*u", "x", "u")
    >>> print(step_threshold(SimGD(1), paper))
    stable 0 < step < 2/5; λ = 0.2+0.979796j of DG leaves first
    >>> step_threshold(OGDA(1), SaddleProblem("x*u", "x", "u")).step
    sqrt(3)/3
    """
    stepped = exact_method(method.with_step(STEP))
    note = "" if problem.is_affine else "by the linearisation at the saddle point"
    matrix = exact_linearisation(problem)
    if matrix is not None and (matrix * matrix).rank() < matrix.rank():
        require_unchanging(stepped)
        return StepThreshold((), 0j, True, _DRIFT)
    factors = None if matrix is None else _factors(stepped, matrix, problem.n)
    if factors is not None:
        intervals = _common([_stable_steps(factor) for factor in factors])
    else:
        _require_eigenvalues_decide(method, problem)
        eigenvalues = floating_eigenvalues(problem)
        intervals = _common([_stable_on(stepped, complex(value)) for value in eigenvalues])
    return StepThreshold(intervals, _leaving(method, problem, intervals), factors is not None, note)


def _require_eigenvalues_decide(method: Method, problem: SaddleProblem) -> None:
    if method.needs is BlockOperator:
        raise ProblemError(
            f"{type(method).__name__} treats the players differently, so that eigenvalues of DG do "
            f"not decide, and {problem.d} variables are too many for its own polynomial "
            f"(degree at most {LARGEST_DEGREE}); use compare, which measures"
        )


def _factors(method: Method, M: Matrix, n: int) -> list[Poly] | None:
    """Polynomials in ρ and s of the method on the parts of M with λ ≠ 0; None if they are large."""
    if method.needs is BlockOperator:
        matrix = unchanging(method, state_matrix(method, M, n, NOW))
        whole = Poly(matrix.charpoly(ROOT).as_expr(), ROOT, STEP)
        found = [f for f, _ in whole.factor_list()[1] if f.as_expr() != ROOT - 1]
    else:
        coefficients = characteristic(method, LAMBDA)
        of_method = Poly(coefficients, ROOT).as_expr()
        parts = M.charpoly(LAMBDA).as_poly(LAMBDA).factor_list()[1]
        listed = [part.as_expr() for part, _ in parts if part.as_expr() != LAMBDA]
        if any(Poly(p, LAMBDA).degree() * (len(coefficients) - 1) > LARGEST_DEGREE for p in listed):
            return None
        found = [Poly(resultant(of_method, part, LAMBDA), ROOT, STEP) for part in listed]
    return found if all(f.degree(ROOT) <= LARGEST_DEGREE for f in found) else None


def _stable_steps(polynomial: Poly) -> tuple[OpenInterval, ...]:
    """Return the steps s > 0 for which all roots ρ of a polynomial are inside the circle."""
    crossings = circle_crossings(polynomial, ROOT)
    if crossings is None:
        return ()
    ends = [sympify(0), *positive_roots([crossings]), oo]
    return tuple(
        OpenInterval(low, high)
        for low, high in pairwise(ends)
        if inside_circle(_at(polynomial, between(low, high)))
    )


def _at(polynomial: Poly, step: Rational) -> list[Any]:
    """Return all coefficients at a step; the first is 0 where a root goes to infinity."""
    return [c.subs(STEP, step) for c in Poly(polynomial.as_expr(), ROOT).all_coeffs()]


def _stable_on(method: Method, value: complex) -> tuple[OpenInterval, ...]:
    """Stable steps on an eigenvalue in floating point, read as the decimals it prints."""
    real, imaginary = Rational(repr(value.real)), Rational(repr(value.imag))
    numbers = {REAL: real, SQUARE: real**2 + imaginary**2}
    minors = [Poly(minor.as_expr().subs(numbers), STEP) for minor in stability_minors(method)]
    found = all_positive(minors)
    return tuple(OpenInterval(i.low.evalf(17), i.high.evalf(17)) for i in found)


def _common(listed: list[tuple[OpenInterval, ...]]) -> tuple[OpenInterval, ...]:
    """Intersection of unions of intervals; all s > 0 for none."""
    everything = (OpenInterval(sympify(0), oo),)
    return reduce(_met, listed, everything)


def _met(
    first: tuple[OpenInterval, ...], second: tuple[OpenInterval, ...]
) -> tuple[OpenInterval, ...]:
    pairs = [(max(a.low, b.low), min(a.high, b.high)) for a in first for b in second]
    return tuple(OpenInterval(low, high) for low, high in pairs if bool(low < high))


def _leaving(
    method: Method, problem: SaddleProblem, intervals: tuple[OpenInterval, ...]
) -> complex:
    """Eigenvalue of DG with the largest |ρ| just above the threshold."""
    first = intervals[0] if intervals and intervals[0].low == 0 else None
    if first is not None and first.high == oo:
        return complex("nan")
    eigenvalues = floating_eigenvalues(problem)
    if first is None:
        step = 1e-3 / max(1e-300, float(np.abs(eigenvalues).max(initial=0.0)))
    else:
        step = float(first.high) * (1 + 1e-6)
    radii = spectral_radius(numerical(method.with_step(step)), eigenvalues)
    return complex(eigenvalues[int(np.argmax(radii))])
