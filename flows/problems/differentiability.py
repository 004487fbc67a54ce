"""Is L continuously differentiable across its kinks? If not, its operator is set-valued."""

from __future__ import annotations

from itertools import product
from typing import Any

import sympy

from .kinks import Kink, Peeled

BRANCHES = 10  # most kinks one weight may involve: 2^10 sign patterns are looked at
Branch = dict[Kink, int]


def is_differentiable(L: Peeled) -> bool:
    """Whether the gradient of L is seen not to jump at any kink.

    Crossing s = 0 the gradient jumps by a multiple of (∂L/∂k) ∇s, k being |s| or max(s, 0).
    So the weight ∂L/∂k must vanish wherever s = 0, on every branch of the other kinks.
    """
    slopes = L.gradient(L.body)
    weights = ((k, slopes.get(k.value, sympy.S.Zero).subs(k.value, 0)) for k in L.kinks)
    return all(_vanishes_on_all_branches(L, weight, k) for k, weight in weights)


def _vanishes_on_all_branches(L: Peeled, weight: Any, k: Kink) -> bool:
    """Whether the weight is seen to vanish on s = 0 for all signs of the other kinks."""
    if _is_zero(weight):
        return True
    others = _involved(L, weight, k)
    if len(others) > BRANCHES or weight.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        return False
    for signs in product((1, -1), repeat=len(others)):
        branch = dict(zip(others, signs, strict=True))
        s = _on_branch(L, k.s, branch)
        on_branch = _on_branch(L, weight, branch).subs(k.value, 0)
        if not _is_empty(L, k, s, branch) and not _vanishes(on_branch, s):
            return False
    return True


def _involved(L: Peeled, weight: Any, k: Kink) -> list[Kink]:
    """Kinks on whose branch the weight or s depends, directly or through other kinks."""
    found: list[Kink] = []
    expressions = [weight, k.s]
    for other in reversed(L.kinks):
        if other is not k and any(e.has(other.value, other.slope) for e in expressions):
            found.append(other)
            expressions.append(other.s)
    return found


def _on_branch(L: Peeled, e: Any, branch: Branch) -> Any:
    """`e` where the kinks of the branch have its signs; outer kinks are resolved first."""
    for k in reversed(L.kinks):
        if k in branch and e.has(k.value, k.slope):
            value, slope = k.branch(branch[k])
            e = e.subs({k.value: value, k.slope: slope})
    return e


def _is_empty(L: Peeled, k: Kink, s: Any, branch: Branch) -> bool:
    """Whether constants alone show that no point with s = 0 lies on the branch."""
    if s.is_number:
        return not _is_zero(s)
    solution = solved_for_one(s)
    for other, sign in branch.items():
        value = _on_branch(L, other.s, branch).subs(k.value, 0)
        value = sympy.expand(value.subs(solution))
        if value.is_number and (sign * value).is_negative:
            return True
    return False


def _vanishes(weight: Any, s: Any) -> bool:
    """Whether s = 0 implies weight = 0: by elimination, or by division of polynomials."""
    if _is_zero(weight) or _is_zero(weight.subs(solved_for_one(s))):
        return True
    variables = sorted(s.free_symbols | weight.free_symbols, key=str)
    if s.is_number or not (s.is_polynomial(*variables) and weight.is_polynomial(*variables)):
        return False
    return bool(sympy.reduced(weight, [s], *variables)[1] == 0)


def solved_for_one(s: Any) -> dict[Any, Any]:
    """Solve s = 0 for one variable, where one occurs linearly with a constant factor."""
    for v in sorted(s.free_symbols, key=str):
        factor = sympy.expand(sympy.diff(s, v))
        if factor.is_number and factor != 0:
            return {v: sympy.expand(v - s / factor)}
    return {}


def _is_zero(e: Any) -> bool:
    e = sympy.expand(e)
    if e == 0 or e.is_polynomial(*e.free_symbols) or sympy.count_ops(e) > 200:
        return bool(e == 0)  # expansion decides polynomials
    return bool(sympy.simplify(e) == 0)
