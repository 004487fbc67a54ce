"""How large coefficients may get: the greatest common divisor of very large ones takes hours."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

from ..basics.time_limit import OutOfTime

_LARGEST = 2_000_000  # product of the degrees in all variables; some seconds for one divisor
_WHY = "a quotient of very large polynomials was being brought to lowest terms"


def require_moderate(*elements: Any) -> None:
    """Require that a quotient made of these elements of a field can be brought to lowest terms.

    Raises
    ------
    OutOfTime
        It would take very long, whatever the limit of time is.
    """
    degrees = (
        max(top, bottom, 0) for e in elements for top, bottom in zip(*_degrees(e), strict=True)
    )
    total: Counter[int] = Counter()
    count = len(elements[0].numer.ring.gens)
    for n, degree in enumerate(degrees):
        total[n % count] += degree
    _require_small(total)


def require_moderate_formula(expression: Any) -> None:
    """Require the same of a formula that is to become an element of a field."""
    if not expression.is_polynomial(*expression.free_symbols):
        _require_small(_bound(expression)[0])


def _require_small(degrees: Counter[Any]) -> None:
    if prod(degree + 1 for degree in degrees.values()) > _LARGEST:
        raise OutOfTime(_WHY)


def _degrees(element: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return element.numer.degrees(), element.denom.degrees()


def _bound(expression: Any) -> tuple[Counter[Any], bool]:
    """Return bounds of the degrees of numerator and denominator, and whether there is one."""
    if not expression.args:
        return Counter(expression.free_symbols), False
    if expression.is_Pow:
        degrees, quotient = _bound(expression.base)
        times = abs(int(expression.exp)) if expression.exp.is_Integer else 1
        below = quotient or bool(expression.exp.is_negative)
        return Counter({x: times * n for x, n in degrees.items()}), below
    parts = [_bound(part) for part in expression.args]
    below = any(quotient for _, quotient in parts)
    total: Counter[Any] = Counter()
    for degrees, _ in parts:
        total = total | degrees if expression.is_Add and not below else total + degrees
    return total, below
