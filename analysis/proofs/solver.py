"""Signs by a solver for nonlinear real arithmetic, z3, when no other method decides.

That the negation has no solution is a proof, but one that has to be believed: it cannot be
checked again without the solver. Work is limited by z3's own count of steps, so that the same
question has the same answer on every machine.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .facts import Fact, Known, occurring

_STEPS = 2_000_000  # z3's resource limit for one question; about a second
METHOD = "z3: the contrary has no solution"
"""What the method of a fact that rests on the solver says."""


def available() -> bool:
    """Tell whether z3 is installed (extra ``prove``)."""
    return importlib.util.find_spec("z3") is not None


def sign_by_solver(polynomial: Any, known: Known) -> Fact | None:
    """Return a fact about ± the polynomial that z3 proves on the region, or None."""
    if not available():
        return None
    for candidate in (polynomial, -polynomial):
        if _impossible(candidate, known, strictly=True):
            strict = _impossible(candidate, known, strictly=False)
            return Fact(candidate, strict, METHOD)
    return None


def solution(polynomials: Mapping[Any, bool], known: Known) -> dict[int, Fraction] | None:
    """Return a rational point inside a region where polynomials are > 0 (True) or ≥ 0, if found.

    Variables that occur nowhere are left out. The caller checks the point exactly.
    """
    if not available():
        return None
    inside = {f.polynomial: True for f in known.given}
    solver, variables = _solver({**polynomials, **inside}, known)
    import z3

    if solver.check() != z3.sat:
        return None
    model = solver.model()
    values = {i: model.eval(x, model_completion=True) for i, x in variables.items()}
    if not all(z3.is_rational_value(value) for value in values.values()):
        return None
    return {i: Fraction(str(value.as_fraction())) for i, value in values.items()}


def _impossible(polynomial: Any, known: Known, *, strictly: bool) -> bool:
    """Tell whether z3 proves that nowhere polynomial < 0 (strictly) or ≤ 0."""
    import z3

    solver, _ = _solver({-polynomial: strictly}, known)
    return bool(solver.check() == z3.unsat)


def _solver(polynomials: Mapping[Any, bool], known: Known) -> tuple[Any, dict[int, Any]]:
    import z3

    relations = [(f.polynomial, f.strict) for f in known.conditions] + list(polynomials.items())
    indices = sorted({i for polynomial, _ in relations for i in occurring(polynomial)})
    variables = {i: z3.Real(str(known.ring.symbols[i])) for i in indices}
    relations += [(f.polynomial, f.strict) for i in indices for f in known.ends[i] if f]
    solver = z3.SolverFor("QF_NRA")
    solver.set("rlimit", _STEPS)
    for polynomial, strict in relations:
        formula = _formula(polynomial, variables)
        solver.add(formula > 0 if strict else formula >= 0)
    return solver, variables


def _formula(polynomial: Any, variables: Mapping[int, Any]) -> Any:
    import z3

    total = z3.RealVal(0)
    for powers, coefficient in polynomial.terms():
        term = z3.RealVal(str(coefficient))
        for i, x in variables.items():
            for _ in range(powers[i]):
                term = term * x
        total = total + term
    return total
