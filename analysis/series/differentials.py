"""Elementary differentials on a problem: exact expressions, or numbers at points."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from ...flows.errors import ProblemError
from ...flows.problems.compiled import CompiledExpressions
from ...flows.problems.points import Array
from ...flows.problems.problem import SaddleProblem
from ...flows.problems.remembering import Remembering
from .trees import Tree

Derivative = Callable[[str, Sequence[Any]], Any]
"""(colour, [v_1, …, v_m]) ↦ D^mG(v_1, …, v_m), or of the part of G with this colour."""

Entries = dict[tuple[int, ...], Any]
"""Entries of an m-th derivative that are not 0: (i, j_1 ≤ … ≤ j_m) -> ∂^m G_i/∂z_{j_1}…∂z_{j_m}."""


def elementary_differential(tau: Tree, derivative: Derivative, known: dict[Tree, Any]) -> Any:
    """Value of F(τ): from the leaves to the root, and remembered in `known`, tree -> value."""
    if tau not in known:
        parts = [elementary_differential(b, derivative, known) for b in tau.branches]
        known[tau] = derivative(tau.colour, parts)
    return known[tau]


def exact_operator(problem: SaddleProblem) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Variables and components of G as SymPy expressions.

    Raises
    ------
    ProblemError
        There are none, or G has kinks or is set-valued.
    """
    if problem.is_set_valued:
        raise ProblemError(
            "the problem is set-valued (kinks, sets or terms): a modified equation needs "
            "derivatives of G; take a smooth L without sets and terms"
        )
    if problem.expressions is not None:
        _require_smooth(problem.expressions)
        return (*problem.primal, *problem.dual), tuple(problem.expressions)
    if problem.exact_matrix is None:
        raise ProblemError(
            "G is not known as a formula; state the problem by an expression for L, or by "
            "matrices with exact entries"
        )
    n, m = problem.n, problem.m
    variables = sympy.symbols(f"x1:{n + 1}") + sympy.symbols(f"u1:{m + 1}")
    components = problem.exact_matrix * sympy.Matrix(variables) + problem.exact_offset
    return variables, tuple(components)


def _require_smooth(components: Sequence[Any]) -> None:
    kinks = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.Piecewise)
    if any(component.has(*kinks) for component in components):
        raise ProblemError(
            "G has kinks: a modified equation needs derivatives of G, which is smooth for it to "
            "mean anything; smooth L, or stay with the flow itself"
        )


def derivatives(variables: Sequence[Any], components: Sequence[Any], most: int) -> list[Entries]:
    """Return the derivatives of G of the orders 0, …, `most`, by their entries."""
    levels: list[Entries] = [{(i,): g for i, g in enumerate(components) if g != 0}]
    for _ in range(most):
        found = {
            (*index, j): entry.diff(variables[j])
            for index, entry in levels[-1].items()
            for j in range(index[-1] if len(index) > 1 else 0, len(variables))
        }
        levels.append({index: entry for index, entry in found.items() if entry != 0})
    return levels


def contracted(entries: Mapping[tuple[int, ...], Any], vectors: Sequence[Any]) -> Iterator[Any]:
    """Pairs (i, part) of which D^mG(v_1, …, v_m) is the sum, v_l[j] being coordinate j."""
    for (i, *directions), entry in entries.items():
        for order in set(itertools.permutations(directions)):
            part = entry
            for vector, j in zip(vectors, order, strict=True):
                part = part * vector[j]
            yield i, part


def expanded(expression: Any, variables: Sequence[Any]) -> Any:
    """Expand a polynomial in the variables; leave anything else, which would only get longer."""
    return sympy.expand(expression) if expression.is_polynomial(*variables) else expression


def rows(colour: str, n: int, d: int) -> range:
    """Coordinates of the part of G with this colour."""
    return {"Gx": range(n), "Gu": range(n, d)}.get(colour, range(d))


@dataclass(frozen=True, eq=False)
class ExactDifferentials(Remembering):
    """Elementary differentials of G as SymPy expressions.

    Parameters
    ----------
    variables, components : tuple
        Variables z and components of G.
    n : int
        Number of primal variables.
    most : int
        Highest order of a derivative of G.
    """

    variables: tuple[Any, ...]
    components: tuple[Any, ...]
    n: int
    most: int

    @cached_property
    def _levels(self) -> list[Entries]:
        return derivatives(self.variables, self.components, self.most)

    def __call__(self, colour: str, vectors: Sequence[Any]) -> tuple[Any, ...]:
        """Return D^mG(v_1, …, v_m); polynomials are expanded."""
        found = [sympy.Integer(0)] * len(self.variables)
        kept = rows(colour, self.n, len(self.variables))
        for i, part in contracted(self._levels[len(vectors)], vectors):
            if i in kept:
                found[i] += part
        return tuple(expanded(value, self.variables) for value in found)


@dataclass(frozen=True, eq=False)
class NumericalDifferentials(Remembering):
    """Elementary differentials of G at points z, shape (..., d).

    G and DG come from the problem, whichever way it was stated; higher derivatives are zero for
    affine G, and compiled from the formula of G otherwise.

    Parameters
    ----------
    problem : SaddleProblem
        The problem.
    most : int
        Highest order of a derivative of G.

    Raises
    ------
    ProblemError
        G has kinks, or no formula where second derivatives are needed.
    """

    problem: SaddleProblem
    most: int

    def __post_init__(self) -> None:
        higher = self.most > 1 and not self.problem.is_affine
        if higher or self.problem.is_set_valued or self.problem.expressions is not None:
            exact_operator(self.problem)

    def at(self, z: Array) -> Derivative:
        """Return the derivatives of G at the points `z`."""
        levels = self._values(z)
        problem = self.problem

        def derivative(colour: str, vectors: Sequence[Array]) -> Array:
            if len(vectors) < 2:
                value = problem.jvp(z, vectors[0]) if vectors else problem.operator(z)
                found = np.array(value)
            else:
                found = np.zeros(z.shape)
                columns = [np.moveaxis(v, -1, 0) for v in vectors]
                for i, part in contracted(levels[len(vectors)], columns):
                    found[..., i] += part
            other = [i for i in range(problem.d) if i not in rows(colour, problem.n, problem.d)]
            found[..., other] = 0.0
            return found

        return derivative

    def _values(self, z: Array) -> list[Mapping[tuple[int, ...], Array]]:
        if self.most < 2 or self.problem.is_affine:
            return [{}] * (self.most + 1)
        numbers = iter(np.moveaxis(self._compiled(z), -1, 0))
        return [{index: next(numbers) for index in entries} for entries in self._levels]

    @cached_property
    def _levels(self) -> list[Entries]:
        listed = derivatives(*exact_operator(self.problem), self.most)
        return [{}, {}, *listed[2:]]

    @cached_property
    def _compiled(self) -> CompiledExpressions:
        variables, _ = exact_operator(self.problem)
        entries = tuple(entry for level in self._levels for entry in level.values())
        return CompiledExpressions(variables, entries)
