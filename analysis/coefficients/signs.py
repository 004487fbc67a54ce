"""Signs of exact coefficients over whole ranges of time and parameters.

Each decision is a proof and says by which method each factor of the coefficient was decided
(`deciding`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import QQ

from ..basics.proof_outcome import brief
from ..basics.time_limit import OutOfTime
from ..readings.scalar_text import scalar_text
from . import solver
from .deciding import decide, factor_sign
from .facts import Fact, Term, factors_of, occurring
from .field import ScalarField
from .samples import in_whole_numbers, region_points, value
from .whole_numbers import sign_at_whole_numbers


@dataclass(frozen=True)
class Sign:
    """Outcome of a question about a sign on a region.

    Parameters
    ----------
    holds : bool or None
        True: proved on the whole region; False: refuted; None: undecided.
    method : str
        How it was decided, factor by factor.
    witness : tuple of (name, Fraction)
        When refuted, a point of the region where it fails (empty when found without a point).
    evidence : Term or None
        When proved of an element N/D ≠ 0, the product ``N · D`` as a term ≥ 0.
    """

    holds: bool | None
    method: str
    witness: tuple[tuple[str, Fraction], ...] = ()
    evidence: Term | None = None

    @property
    def at_whole_numbers(self) -> bool:
        """Whether it is decided for whole k alone."""
        return self.evidence is not None and any(fact.cases for fact, _ in self.evidence.facts)

    def __str__(self) -> str:
        at = ", ".join(f"{name} = {number}" for name, number in self.witness)
        return f"{self.method} at {at}" if at else self.method


def nonnegative(element: Any, field: ScalarField) -> Sign:
    """Decide whether a coefficient is ≥ 0 on the region of its field, wherever it is defined.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.analysis.basics.ranges import Range
    >>> K = ScalarField({"gamma": Range(low=1, low_closed=True)})
    >>> gamma, t = symbols("gamma t")
    >>> print(nonnegative(K.convert((gamma - 1) / t), K))
    γ − 1 ≥ 0 (its range); t > 0 (its range)
    >>> print(nonnegative(K.convert(gamma - 2), K))
    negative at gamma = 3/2
    """
    return _decide(element, field, strict=False)


def positive(element: Any, field: ScalarField) -> Sign:
    """Decide whether a coefficient is defined and > 0 on the whole region of its field."""
    return _decide(element, field, strict=True)


def regular(element: Any, field: ScalarField) -> Sign:
    """Decide whether the denominator of a coefficient vanishes nowhere on the region."""
    square = field.domain.field(element.denom) ** 2
    sign = _decide(square, field, strict=True)
    if sign.holds and field.closure is not field:  # a first step on the edge of the region
        edge = _decide(square, field.closure, strict=True)
        sign = sign if edge.holds else edge
    if sign.holds:
        return sign
    at = " vanishes" if sign.holds is False else " is not known to be ≠ 0"
    return Sign(sign.holds, f"the denominator {scalar_text(element.denom)}{at}", sign.witness)


def _decide(element: Any, field: ScalarField, *, strict: bool) -> Sign:
    try:
        return _decided(element, field, strict=strict)
    except OutOfTime as error:
        what = brief(scalar_text(element))
        raise OutOfTime(f"the sign of {what} was being decided") from error


def _decided(element: Any, field: ScalarField, *, strict: bool) -> Sign:
    """Try what is cheap, points where the sign is wrong, whole numbers alone, then the solver."""
    if not element:
        return Sign(not strict, "0")
    found = _by_factors(element, field, strict=strict, with_solver=False)
    if found.holds:
        return found
    if witness := _witness(element, field, strict=strict):
        return Sign(False, "not positive" if strict else "negative", witness)
    if (at_whole_numbers := _at_whole_numbers(element, field, strict=strict)) is not None:
        return at_whole_numbers
    if found.holds is None:
        found = _by_factors(element, field, strict=strict, with_solver=True)
    return (found.holds is None and _by_solver(element, field, strict=strict)) or found


def _by_factors(element: Any, field: ScalarField, *, strict: bool, with_solver: bool) -> Sign:
    """Decide the sign of a coefficient by those of its irreducible factors."""
    ring = field.known.ring
    sign, term, methods = 1, Term(QQ(1), (), ring.one), []
    for polynomial in (element.numer, element.denom):
        unit, factors = factors_of(polynomial)
        sign *= 1 if unit > 0 else -1
        term *= Term(abs(unit), (), ring.one)
        for factor, power in factors:
            if power % 2 == 0 and not strict:
                term *= Term(QQ(1), (), factor ** (power // 2))
                methods.append(f"{_bracketed(factor)}^{power} ≥ 0 (even power)")
                continue
            fact = decide(factor, field.known, solver=with_solver)
            if fact is None or (strict and not fact.strict):
                return Sign(
                    None, f"the sign of {brief(scalar_text(factor))} is not decided{_hint()}"
                )
            own, part = factor_sign(factor, fact)
            sign, term = sign * own**power, term * part**power
            methods.append(_about(factor, own, fact))
    if sign < 0:
        return Sign(False, ": ".join(filter(None, ("negative", "; ".join(methods)))))
    return Sign(True, "; ".join(methods) or "a constant", evidence=term)


def _at_whole_numbers(element: Any, field: ScalarField, *, strict: bool) -> Sign | None:
    """Decide the product of the factors that are not known to be > 0, for whole k."""
    rest = field.known.ring.one
    term, methods = Term(QQ(1), (), rest), []
    for polynomial in (element.numer, element.denom):
        unit, factors = factors_of(polynomial)
        rest, term = (
            rest * (1 if unit > 0 else -1),
            term * Term(abs(unit), (), term.square.ring.one),
        )
        for factor, power in factors:
            fact = decide(factor, field.known, solver=False)
            if fact is not None and fact.strict:
                own, part = factor_sign(factor, fact)
                rest, term = rest * own**power, term * part**power
                methods.append(_about(factor, own, fact))
            elif strict:
                rest *= factor**power
            else:
                rest *= factor ** (power % 2)
                term *= Term(QQ(1), (), factor ** (power // 2))
    fact = sign_at_whole_numbers(rest, field.known, strict=strict)
    if fact is None:
        return None
    methods.append(_about(rest, 1, fact))
    return Sign(True, "; ".join(methods), evidence=term * factor_sign(rest, fact)[1])


def _hint() -> str:
    return "" if solver.available() else " (with z3, extra `prove`, it might be)"


def _about(factor: Any, sign: int, fact: Fact) -> str:
    """Write what is known about a factor: ``γ − 1 ≥ 0 (its range)``."""
    relation = (">" if fact.strict else "≥") if sign > 0 else ("<" if fact.strict else "≤")
    return f"{scalar_text(factor)} {relation} 0 ({fact.method})"


def _bracketed(factor: Any) -> str:
    text = scalar_text(factor)
    return text if factor.is_generator else f"({text})"


def _witness(
    element: Any, field: ScalarField, *, strict: bool
) -> tuple[tuple[str, Fraction], ...] | None:
    """Look for a rational point of the region where the sign is wrong."""
    variables = sorted({*occurring(element.numer), *occurring(element.denom)})
    names = [str(field.domain.field.symbols[i]) for i in variables]
    for point in region_points(names, field.known, field.ranges):
        if _is_wrong(element, point, strict=strict):
            return tuple(point.items())
    return None


def _by_solver(element: Any, field: ScalarField, *, strict: bool) -> Sign | None:
    """Refute a sign by a point that the solver proposes and exact arithmetic confirms."""
    proposed = solver.solution({-element.numer * element.denom: not strict}, field.known)
    if proposed is None:
        return None
    point = {str(field.known.ring.symbols[i]): x for i, x in proposed.items()}
    if not _is_wrong(element, point, strict=strict) or not in_whole_numbers(point, field.known):
        return None
    return Sign(False, "not positive" if strict else "negative", tuple(point.items()))


def _is_wrong(element: Any, point: Mapping[str, Fraction], *, strict: bool) -> bool:
    product = value(element.numer, point) * value(element.denom, point)
    return bool(product < 0 or (strict and product == 0))
