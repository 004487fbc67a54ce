"""Real zeros of polynomial vector fields, all of them, by a rational univariate representation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from .quotient import quotient_algebra

DIGITS = 50
"""Digits to which G is computed at an equilibrium."""

ZERO = 1e-30
"""Below this G is 0 there: coordinates are known to about 80 digits."""


@dataclass(frozen=True)
class Equilibrium:
    """Equilibrium of a truncated modified equation.

    Attributes
    ----------
    point : tuple of float
        Its coordinates.
    spurious : bool
        Whether it is no zero of G: an artefact of the truncation.
    growth : float
        Largest real part of the eigenvalues of the linearised field: < 0 attracts, > 0 repels.
    """

    point: tuple[float, ...]
    spurious: bool
    growth: float

    def __str__(self) -> str:
        kind = "spurious" if self.spurious else "zero of G"
        fate = "attracts" if self.growth < 0 else "repels" if self.growth > 0 else "undecided"
        place = ", ".join(f"{c:.6g}" for c in self.point)
        return f"({place})  {kind}, {fate} (largest real part {self.growth:.4g})"


def real_zeros(
    field: Sequence[Any], operator: Sequence[Any], variables: Sequence[Any]
) -> tuple[Equilibrium, ...]:
    """All real zeros of a polynomial field with rational coefficients.

    A Gröbner basis gives the algebra of polynomials modulo the field; a linear form that takes
    different values at all zeros then gives their coordinates as rational functions of the roots
    of one polynomial, which are isolated exactly. Source: Rouillier 1999 (rational univariate
    representation).

    Parameters
    ----------
    field, operator : sequence of sympy.Expr
        The components of the field, and of G, for which a zero may be spurious or not.
    variables : sequence of sympy.Symbol
        The variables.

    Raises
    ------
    ProblemError
        The field is no polynomial with rational coefficients, or has infinitely many zeros, or
        more than 100.
    """
    points = quotient_algebra(field, variables).real_points()
    found = [_equilibrium(point, field, operator, variables) for point in points]
    return tuple(sorted(found, key=lambda equilibrium: equilibrium.point))


def _equilibrium(
    point: Sequence[Any], field: Sequence[Any], operator: Sequence[Any], variables: Sequence[Any]
) -> Equilibrium:
    place = dict(zip(variables, point, strict=True))
    size = max(abs(g.subs(place).evalf(DIGITS)) for g in operator)
    jacobian = sympy.Matrix(field).jacobian(list(variables)).subs(place)
    growth = np.linalg.eigvals(np.array(jacobian, dtype=float)).real.max()
    coordinates = tuple(float(c) + 0.0 for c in point)
    return Equilibrium(coordinates, bool(size > ZERO), float(growth))
