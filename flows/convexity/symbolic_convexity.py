"""Convexity verdict for expressions: sound rules for a proof, verified points for a refutation."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from ..problems.points import Array
from .convexity import GRID, Verdict, Witness, as_fractions, both_players, sample_points
from .curvature import curvature
from .expression_sign import is_total, sign
from .intervals import IntervalEvaluator, UndecidedError

if TYPE_CHECKING:
    from ..problems.symbolic import SymbolicOperator

SAMPLED_SIZE = 20  # most variables for which points are sampled
MINORS_SIZE = 3  # largest Hessian block decided by its principal minors
OPERATIONS = 300  # longest expression that is expanded
ATTEMPTS = 5  # sampled points that are verified


def symbolic_verdict(G: SymbolicOperator, differentiable: bool = True) -> Verdict:
    """Verdict for an expression L, which may have kinks if it is not `differentiable`.

    Proved when L is finite on the whole space and each player's part follows from the rules
    of convex calculus, or from principal minors of the Hessian that are visibly
    non-negative (which says nothing at kinks). Refuted by a point on a fixed sample where the
    curvature has the wrong sign in interval arithmetic. Unknown otherwise.
    """
    L = G.expression
    total = is_total(L)
    points = sample_points(G.d) if G.d <= SAMPLED_SIZE else np.empty((0, G.d))
    return both_players(
        _player(G, L if total else None, range(G.n), "convex in x", points, differentiable),
        _player(G, -L if total else None, range(G.n, G.d), "concave in u", points, differentiable),
    )


def _player(
    G: SymbolicOperator, f: Any, block: range, claim: str, points: Array, differentiable: bool
) -> Verdict:
    """Verdict on convexity of f = ±L (None if not total) in the variables of the block."""
    if f is not None:
        if _follows_from_rules(f, frozenset(G.variables[i] for i in block)):
            return Verdict("proved", f"L is {claim} by the rules of convex calculus")
        if differentiable and _minors_nonnegative(G, block):
            return Verdict("proved", f"L is {claim}: its Hessian has visibly non-negative minors")
    witness = _find_witness(G, block, points)
    if witness is not None:
        where = "(" + ", ".join(f"{float(c):g}" for c in witness.point) + ")"
        return Verdict(
            "refuted", f"L is not {claim}: curvature {witness.value:.3g} at z = {where}", witness
        )
    return Verdict("unknown", f"neither a proof nor a counterexample that L is {claim}")


def _follows_from_rules(f: Any, variables: frozenset[Any]) -> bool:
    if curvature(f, variables).convex:
        return True
    if sympy.count_ops(f) > OPERATIONS:
        return False
    expanded = sympy.expand(f)
    return is_total(expanded) and curvature(expanded, variables).convex


def _minors_nonnegative(G: SymbolicOperator, block: range) -> bool:
    """Whether all principal minors of the Hessian block are visibly non-negative."""
    if len(block) > MINORS_SIZE:
        return False
    entries = G.jacobian_entries
    H = sympy.Matrix(len(block), len(block), lambda i, j: entries.get((block[i], block[j]), 0))
    if H.has(sympy.Piecewise, sympy.sign) or sympy.count_ops(H) > OPERATIONS:
        return False
    for size in range(1, len(block) + 1):
        for rows in combinations(range(len(block)), size):
            minor = H.extract(list(rows), list(rows)).det(method="berkowitz")
            if not _visibly_nonnegative(minor):
                return False
    return True


def _visibly_nonnegative(e: Any) -> bool:
    expanded = sympy.expand(e)
    if is_total(expanded) and sign(expanded).nonnegative:
        return True
    if sympy.count_ops(expanded) > OPERATIONS:
        return False
    factored = sympy.factor(sympy.together(e))
    return bool(is_total(factored) and sign(factored).nonnegative)


def _find_witness(G: SymbolicOperator, block: range, points: Array) -> Witness | None:
    """Point of the sample where the block of DG has a verified negative curvature."""
    if not len(points):
        return None
    DG = G.jacobian(points)[:, block.start : block.stop, block.start : block.stop]
    finite = np.isfinite(DG).all(axis=(1, 2))
    if not finite.any():
        return None
    values, vectors = np.linalg.eigh(DG[finite])
    candidates = zip(points[finite], values[:, 0], vectors[:, :, 0], strict=True)
    for z, value, v in sorted(candidates, key=lambda c: float(c[1]))[:ATTEMPTS]:
        if value >= 0:
            return None
        direction = np.zeros(G.d)
        direction[block.start : block.stop] = np.round(GRID * v) / GRID
        witness = _verified(G, as_fractions(z), as_fractions(direction))
        if witness is not None:
            return witness
    return None


def _verified(
    G: SymbolicOperator, point: tuple[Fraction, ...], direction: tuple[Fraction, ...]
) -> Witness | None:
    """Witness whose negative curvature, and the existence of L there, are enclosed rigorously."""
    evaluator = IntervalEvaluator(dict(zip(G.variables, point, strict=True)))
    form = sympy.Add(
        *(
            sympy.Rational(*(direction[i] * direction[j]).as_integer_ratio()) * entry
            for (i, j), entry in G.jacobian_entries.items()
            if direction[i] and direction[j]
        )
    )
    try:
        evaluator.enclosure(G.expression)
        value = evaluator.upper(form)
    except UndecidedError:
        return None
    return Witness(point, direction, value) if value < 0 else None
