"""The selections of a symbolic L with kinks, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..convexity.convexity import Verdict
from ..convexity.symbolic_convexity import symbolic_verdict
from ..problems.compiled import CompiledExpressions
from ..problems.kinks import peel
from ..problems.points import Array
from ..problems.remembering import Remembering
from ..problems.symbolic import SymbolicOperator, check_supported
from .maxima import Peeled, read_maxima


@dataclass(frozen=True, eq=False)
class Kinked(Remembering):
    """Selections of L with Abs, Max or Min: each maximum becomes Σ_p μ_p s_p.

    Parameters
    ----------
    L : sympy.Expr
        In real variables.
    variables : tuple of sympy.Symbol
        Primal ones first.
    n : int
        Number of primal variables.
    peeled : Peeled
        L with its maxima taken out.
    """

    L: Any
    variables: tuple[Any, ...]
    n: int
    peeled: Peeled

    @cached_property
    def groups(self) -> NDArray[np.intp]:
        """To which maximum each piece belongs."""
        sizes = [len(m.pieces) for m in self.peeled.maxima]
        return np.repeat(np.arange(len(sizes)), sizes)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What ties each piece."""
        return tuple(label for m in self.peeled.maxima for label in m.labels())

    @cached_property
    def are_flat(self) -> bool:
        """Whether all pieces are affine."""
        slopes = (sympy.diff(s, v) for s in self._pieces for v in self.variables)
        return all(slope.is_number for slope in slopes)

    def value(self, z: Array) -> Array:
        """L(z)."""
        return self._value(z)[..., 0]

    def element(self, z: Array, mu: Array) -> Array:
        """Element (∂_x L, −∂_u L) that the multipliers select."""
        return self._element(np.concatenate([z, mu], axis=-1))

    def jacobian(self, z: Array, mu: Array) -> Array:
        """Differentiate `element` by z."""
        return self._jacobian(np.concatenate([z, mu])).reshape(len(z), len(z))

    def heights(self, z: Array) -> Array:
        """Values of the pieces."""
        return self._heights(z)

    def gradients(self, z: Array) -> Array:
        """Gradients of the pieces."""
        return self._gradients(z).reshape(-1, len(z))

    def weights(self, z: Array, mu: Array) -> Array:
        """Weights ±∂L/∂max, one per piece."""
        return self._weights(np.concatenate([z, mu]))[self.groups]

    def convexity(self) -> Verdict:
        """Verdict on convexity in x and concavity in u."""
        operator = SymbolicOperator(self.variables, self.n, self.L, peel(self.L))
        return symbolic_verdict(operator, differentiable=False)

    @cached_property
    def _pieces(self) -> tuple[Any, ...]:
        return tuple(p for m in self.peeled.maxima for p in m.pieces)

    @cached_property
    def _multipliers(self) -> tuple[Any, ...]:
        return tuple(sympy.Dummy("mu", real=True) for _ in self._pieces)

    @cached_property
    def _mixtures(self) -> dict[Any, Any]:
        terms = np.array([mu * s for mu, s in zip(self._multipliers, self._pieces, strict=True)])
        sums = [sympy.Add(*terms[self.groups == i]) for i in range(len(self.peeled.maxima))]
        return {m.symbol: s for m, s in zip(self.peeled.maxima, sums, strict=True)}

    @cached_property
    def _components(self) -> tuple[Any, ...]:
        mixed = self.peeled.body.xreplace(self._mixtures)
        signs = [1] * self.n + [-1] * (len(self.variables) - self.n)
        return tuple(s * sympy.diff(mixed, v) for s, v in zip(signs, self.variables, strict=True))

    @cached_property
    def _value(self) -> CompiledExpressions:
        return CompiledExpressions(self.variables, (self.L,))

    @cached_property
    def _element(self) -> CompiledExpressions:
        return CompiledExpressions(self.variables + self._multipliers, self._components)

    @cached_property
    def _jacobian(self) -> CompiledExpressions:
        entries = tuple(sympy.diff(g, v) for g in self._components for v in self.variables)
        return CompiledExpressions(self.variables + self._multipliers, entries)

    @cached_property
    def _heights(self) -> CompiledExpressions:
        return CompiledExpressions(self.variables, self._pieces)

    @cached_property
    def _gradients(self) -> CompiledExpressions:
        entries = tuple(sympy.diff(s, v) for s in self._pieces for v in self.variables)
        return CompiledExpressions(self.variables, entries)

    @cached_property
    def _weights(self) -> CompiledExpressions:
        weights = tuple(
            (1 if m.is_primal else -1)
            * sympy.diff(self.peeled.body, m.symbol).xreplace(self._mixtures)
            for m in self.peeled.maxima
        )
        return CompiledExpressions(self.variables + self._multipliers, weights)


def kinked(L: Any, primal: tuple[Any, ...], dual: tuple[Any, ...]) -> Kinked:
    """Read the selections of an expression L with Abs, Max or Min.

    Raises
    ------
    ProblemError
        L is not convex-concave at a kink, or contains another function that is not smooth.

    Examples
    --------
    >>> x, u = sympy.symbols("x u")
    >>> L = kinked(abs(x) + x * u, (x,), (u,))
    >>> L.element(np.array([0.0, 2.0]), np.array([1.0, 0.0])), L.labels[0]
    (array([ 1., -0.]), 'x = 0')
    """
    reals = {v: sympy.Symbol(v.name, real=True) for v in primal + dual}
    L = L.xreplace(reals)
    check_supported(L)
    xs, us = tuple(reals[v] for v in primal), tuple(reals[v] for v in dual)
    return Kinked(L, xs + us, len(xs), read_maxima(L, xs, us))
