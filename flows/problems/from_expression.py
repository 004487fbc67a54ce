"""From a formula to a saddle operator: affine, symbolic, or set-valued, as the formula says."""

from __future__ import annotations

from typing import Any, Unpack

import sympy

from ..errors import ProblemError
from ..inclusions.construction import Carried, constrained, set_valued_operator
from ..inclusions.symbolic_kinks import kinked
from .affine import AffineOperator
from .differentiability import is_differentiable
from .kinks import peel
from .linear_maps import linear_map
from .operators import SaddleOperator
from .polynomial import QuadraticForm, read_quadratic
from .symbolic import SymbolicOperator, check_supported
from .variables import check_distinct, check_used, declare


def declared(L: Any, primal: Any, dual: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """L as a SymPy expression, and the primal and dual symbols it is made of.

    Raises
    ------
    ProblemError
        If L is no scalar expression, or not one of exactly the declared variables.
    """
    if isinstance(L, str):
        known: dict[str, Any] = {}
    else:
        L = _scalar(L)
        known = {symbol.name: symbol for symbol in L.free_symbols}
    xs, us = declare(primal, "primal", known), declare(dual, "dual", known)
    check_distinct(xs, us)
    if isinstance(L, str):
        from ..formulas.expression import parse_expression

        L = parse_expression(L, {v.name: v for v in xs + us})
    check_used(L, xs + us)
    return L, xs, us


def expression_operator(
    L: Any, primal: tuple[Any, ...], dual: tuple[Any, ...], **carried: Unpack[Carried]
) -> SaddleOperator:
    """Saddle operator of the expression L, set-valued if L has kinks or the players carry sets.

    Raises
    ------
    ProblemError
        If L is not real, or not convex-concave at a kink, or what a player carries does not fit.
    """
    n, names = len(primal), tuple(v.name for v in primal + dual)
    part = _differentiable(L, primal + dual, n)
    if part is None:
        selections = kinked(L, primal, dual)
        return set_valued_operator(selections, names[:n], names[n:], **carried)
    return constrained(part, n, names, **carried)


def _differentiable(
    L: Any, variables: tuple[Any, ...], n: int
) -> AffineOperator | SymbolicOperator | None:
    """Operator of L, or None if its gradient jumps."""
    form = read_quadratic(L, variables, n)
    if form is not None:
        return _affine(form)
    # make the variables real: then Abs(x)**2 is x**2, and sqrt(x**2) is Abs(x)
    reals = tuple(sympy.Symbol(v.name, real=True) for v in variables)
    L = L.xreplace(dict(zip(variables, reals, strict=True)))
    form = read_quadratic(L, reals, n)
    if form is not None:
        return _affine(form)
    check_supported(L)
    peeled = peel(L)
    form = read_quadratic(peeled.body, reals, n)  # kinks may cancel: max(x,0) + min(x,0)
    if form is not None:
        return _affine(form)
    return SymbolicOperator(reals, n, L, peeled) if is_differentiable(peeled) else None


def operator_expressions(problem: Any) -> tuple[Any, ...]:
    """Components of G in the user's symbols."""
    variables = problem.primal + problem.dual
    return tuple(problem.backend.in_symbols(variables))


def _affine(form: QuadraticForm) -> AffineOperator:
    M, q = form.matrix(), form.offset()
    M.flags.writeable = q.flags.writeable = False
    primal, dual = M[: form.n, : form.n], M[form.n :, form.n :]
    blocks = (primal if primal.any() else None, dual if dual.any() else None)
    return AffineOperator(linear_map(M), q, form.n, blocks, constant=form.constant, source=form)


def _scalar(L: Any) -> Any:
    try:
        L = sympy.sympify(L, strict=True)
    except sympy.SympifyError:
        L = None
    if not isinstance(L, sympy.Expr) or L.is_Matrix:
        raise ProblemError(f"L is of type {type(L).__name__}; needed: a SymPy expression or text")
    return L
