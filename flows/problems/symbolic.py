"""Saddle operators of SymPy expressions: G and its Jacobian by exact differentiation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from ..convexity.convexity import Verdict
from ..convexity.symbolic_convexity import symbolic_verdict
from ..errors import ProblemError
from .compiled import CompiledExpressions
from .kinks import Peeled
from .points import Array
from .remembering import Remembering
from .resolvent import newton_resolvent
from .zeros import nonlinear_saddle_point

REFUSED = (
    sympy.Piecewise,
    sympy.sign,
    sympy.Heaviside,
    sympy.DiracDelta,
    sympy.floor,
    sympy.ceiling,
    sympy.frac,
    sympy.Mod,
    sympy.re,
    sympy.im,
    sympy.arg,
    sympy.conjugate,
    sympy.Derivative,
    sympy.Integral,
    sympy.Sum,
    sympy.Product,
    sympy.core.function.AppliedUndef,
)


@dataclass(frozen=True, eq=False)
class SymbolicOperator(Remembering):
    """Saddle operator G = (∂_x L, −∂_u L) of an expression L.

    Parameters
    ----------
    variables : tuple of sympy.Symbol
        Real stand-ins of the variables, primal ones first.
    n : int
        Number of primal variables.
    expression : sympy.Expr
        L in these variables.
    peeled : Peeled
        The same with its kinks taken apart.
    """

    variables: tuple[Any, ...]
    n: int
    expression: Any
    peeled: Peeled

    is_affine = False
    is_set_valued = False
    matrix = offset = exact = None

    @property
    def d(self) -> int:
        """Number of coordinates."""
        return len(self.variables)

    @cached_property
    def components(self) -> tuple[Any, ...]:
        """The d components of G as expressions in the stand-in variables."""
        return tuple(self.peeled.restore(g) for g in self._peeled_components)

    @cached_property
    def jacobian_entries(self) -> dict[tuple[int, int], Any]:
        """Non-zero entries (i, j) -> ∂G_i/∂z_j, exact away from kinks."""
        return {index: self.peeled.restore(e) for index, e in self._peeled_entries.items()}

    def value(self, z: Array) -> Array:
        """L(z), shape (...,)."""
        return self._value(z)[..., 0]

    def operator(self, z: Array) -> Array:
        """G(z), shape (..., d)."""
        return self._operator(z)

    def jacobian(self, z: Array) -> Array:
        """DG(z), shape (..., d, d)."""
        DG = np.zeros((*z.shape, self.d))
        rows, columns = self._pattern
        DG[..., rows, columns] = self._entries(z)
        return DG

    def jvp(self, z: Array, v: Array) -> Array:
        """DG(z) v, shape (..., d)."""
        with np.errstate(all="ignore"):
            return np.asarray(np.einsum("...ij,...j->...i", self.jacobian(z), v))

    def resolvent(self, z: Array, step: float) -> Array:
        """J_s(z) by damped Newton."""
        return newton_resolvent(self.operator, self.jacobian, z, step)

    def saddle_point(self, start: Array | None) -> Array:
        """Find a zero of G by proximal-point and Newton steps."""
        return nonlinear_saddle_point(self.operator, self.jacobian, start, self.d)

    def nearest_saddle(self, z: Array) -> Array:
        """Give the saddle point, taken to be the only one, in the shape of z."""
        return np.broadcast_to(self._saddle, z.shape)

    def convexity(self) -> Verdict:
        """Verdict on convexity in x and concavity in u."""
        return symbolic_verdict(self)

    def in_symbols(self, z: tuple[Any, ...]) -> tuple[Any, ...]:
        """Components of G in the given symbols."""
        names = dict(zip(self.variables, z, strict=True))
        return tuple(g.xreplace(names) for g in self.components)

    def lipschitz(self) -> float:
        """Not available: a Lipschitz constant is computed for affine operators alone."""
        raise ProblemError(
            "the Lipschitz constant is computed for affine G alone, and this G is not affine; "
            "give the constant yourself, or bound the norm of problem.jacobian(z) on your region"
        )

    @cached_property
    def _peeled_components(self) -> tuple[Any, ...]:
        gradient = self.peeled.gradient(self.peeled.body)
        slopes = [gradient.get(v, sympy.S.Zero) for v in self.variables]
        return tuple(slopes[: self.n]) + tuple(-g for g in slopes[self.n :])

    @cached_property
    def _peeled_entries(self) -> dict[tuple[int, int], Any]:
        column = {v: j for j, v in enumerate(self.variables)}
        return {
            (i, column[v]): slope
            for i, g in enumerate(self._peeled_components)
            for v, slope in self.peeled.gradient(g).items()
            if v in column
        }

    def _compiled(self, expressions: tuple[Any, ...]) -> CompiledExpressions:
        return CompiledExpressions(self.variables, expressions, self.peeled.definitions)

    @cached_property
    def _value(self) -> CompiledExpressions:
        return self._compiled((self.peeled.body,))

    @cached_property
    def _operator(self) -> CompiledExpressions:
        return self._compiled(self._peeled_components)

    @property
    def formulas(self) -> CompiledExpressions:
        """G as expressions in the stand-in variables, with the kinks defined one by one."""
        return self._operator

    @cached_property
    def _entries(self) -> CompiledExpressions:
        return self._compiled(tuple(self._peeled_entries.values()))

    @cached_property
    def _pattern(self) -> tuple[list[int], list[int]]:
        return [i for i, _ in self._peeled_entries], [j for _, j in self._peeled_entries]

    @cached_property
    def _saddle(self) -> Array:
        return self.saddle_point(None)


def check_supported(L: Any) -> None:
    """Refuse L that is complex or infinite, or contains a function without a place in it.

    Raises
    ------
    ProblemError
        Names the function.
    """
    if L.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise ProblemError(f"L = {L} is not a finite real function")
    for function in REFUSED:
        if L.has(function):
            raise ProblemError(
                f"L contains {function.__name__}, which has no place in a differentiable L; "
                "write branches with Abs, Max and Min, as in Max(x - 1, 0)**2"
            )
