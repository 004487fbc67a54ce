"""Signs by a solver for nonlinear real arithmetic, z3, when no other method decides.

That the negation has no solution is a proof, but one that has to be believed: it cannot be
checked again without the solver. Work is limited by z3's own count of steps, so that the same
question has the same answer on every machine; a limit of time (`time_limit`) holds besides.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..basics.time_limit import require_time, time_left
from .facts import Fact, Known, occurring

_STEPS = 2_000_000  # z3's resource limit for one question; about a second
_LONGEST = 20_000  # factors in all terms of a question; longer ones are not asked
METHOD = "z3: the contrary has no solution"
"""What the method of a fact that rests on the solver says."""


def available() -> bool:
    """Tell whether z3 is installed (extra ``prove``)."""
    return importlib.util.find_spec("z3") is not None


def sign_by_solver(polynomial: Any, known: Known) -> Fact | None:
    """Return a fact about ± the polynomial that z3 proves on the region, or None."""
    if not available() or _is_too_long([polynomial], known):
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
    if _is_too_long(polynomials, known):
        return None
    solver, variables = _solver({**polynomials, **inside}, known)
    import z3

    if _answer(solver) != z3.sat:
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
    return bool(_answer(solver) == z3.unsat)


def _answer(solver: Any) -> Any:
    """Ask; a limit of time counts, too, and nothing is concluded from having reached it."""
    require_time("z3 was being asked")
    left = time_left()
    if left is not None:
        solver.set("timeout", max(1, int(1000 * left)))
    answer = solver.check()
    require_time("z3 was being asked")
    return answer


def _is_too_long(polynomials: Iterable[Any], known: Known) -> bool:
    asked = [*polynomials, *(fact.polynomial for fact in known.conditions)]
    return sum(sum(powers) for p in asked for powers in p) > _LONGEST


def _solver(polynomials: Mapping[Any, bool], known: Known) -> tuple[Any, dict[int, Any]]:
    import z3

    relations = [(f.polynomial, f.strict) for f in known.conditions] + list(polynomials.items())
    indices = sorted({i for polynomial, _ in relations for i in occurring(polynomial)})
    own = z3.Context()  # the common one is not for several threads
    variables = {i: z3.Real(str(known.ring.symbols[i]), own) for i in indices}
    relations += [(f.polynomial, f.strict) for i in indices for f in known.ends[i] if f]
    solver = z3.SolverFor("QF_NRA", own)
    solver.set("rlimit", _STEPS)
    for polynomial, strict in relations:
        formula = _formula(polynomial, variables, own)
        solver.add(formula > 0 if strict else formula >= 0)
    return solver, variables


def _formula(polynomial: Any, variables: Mapping[int, Any], own: Any) -> Any:
    import z3

    total = z3.RealVal(0, own)
    for powers, coefficient in polynomial.terms():
        term = z3.RealVal(str(coefficient), own)
        for i, x in variables.items():
            for _ in range(powers[i]):
                term = term * x
        total = total + term
    return total
