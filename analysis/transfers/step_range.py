"""The steps for which a Lyapunov function decreases, with the proof and what happens beyond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from sympy import Symbol, sympify

from ...discretize.method import Method
from ..basics.proof_outcome import Proved, Unknown
from ..claims.claims import Decrease
from ..classes.linear_skew import LinearSkew
from ..classes.operator_class import OperatorClass
from ..coefficients.field import ScalarField
from ..coefficients.samples import region_points
from ..proofs.lyapunov import decrease_claim, prove_decrease
from ..readings.vector import Form
from ..refuting.rotations import Rotation, is_member
from ..regions.decrease_region import decrease_region
from ..regions.found_region import DecreaseRegion
from .found_steps import StepRange
from .step_bisection import LEAST, by_bisection, proof_up_to, refuted_at
from .step_limit import ALPHA, step_limit

_BEYOND = Fraction(1025, 1024)  # how far beyond the largest step a counterexample is looked for
_SAMPLES = 4  # values of other parameters at which one is looked for


def step_range(
    V: Form,
    method: Method,
    operator: OperatorClass,
    *,
    multipliers: Mapping[str, Any] | None = None,
    weights: Iterable[str] = (),
) -> StepRange:
    """Find the steps for which V_k decreases: up to a formula, beyond which it is refuted.

    The formula is read off the conditions of `decrease_region`. Where these are no bound on the
    step alone, or leave it too small, a bisection between a proof and a counterexample gives a
    number, if all other parameters are numbers.

    Parameters
    ----------
    V : Form
        V_k over the vectors of the method.
    method : Method
        The method with the symbol `ALPHA` for its step; numbers or symbols for the rest.
    operator : OperatorClass
        The class, with numbers or symbols for its constants.
    multipliers : mapping, optional
        As in `prove_decrease`.
    weights : iterable of str
        As in `decrease_region`.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.analysis import LipschitzStronglyMonotone, Monotone, step_vectors
    >>> method = SimGD(ALPHA)
    >>> v = step_vectors(method)
    >>> V = (v.z - v.zstar) @ (v.z - v.zstar)
    >>> print(step_range(V, method, Monotone()))
    no α > 0: on linear skew operators V_k never decreases
    >>> print(step_range(V, method, LipschitzStronglyMonotone(1, 2)))  # 2μ/R² = 1/2
    proved for 0 < α ≤ 1/2; refuted for α = 1025/2048
    >>> mu, R = symbols("mu R", positive=True)
    >>> print(str(step_range(V, method, LipschitzStronglyMonotone(mu, R))).split(";")[0])
    proved for 0 < α < 2·μ/R²
    """
    given = dict(multipliers or {})
    if (never := _never(V, method, operator)) is not None:
        return StepRange(never=never)
    found = decrease_region(V, method, operator, multipliers=given, weights=weights)
    exact = _from_conditions(found) if isinstance(found, DecreaseRegion) else None
    if exact is not None and (exact.largest is None or exact.refuted is not None):
        return exact
    claim = decrease_claim(V, method, operator, others=given.values())
    if set(claim.scalars.names) - {claim.scalars.clock, str(ALPHA)}:
        return exact or _otherwise(found, claim.scalars)
    if exact and not proof_up_to(V, method, operator, given, _just_beyond(exact.largest, {})):
        return exact
    steps = by_bisection(V, method, operator, given)
    return steps if steps.proved or not isinstance(found, DecreaseRegion) else _where(found)


def _from_conditions(found: DecreaseRegion) -> StepRange | None:
    """Return the steps that conditions allow, if they say no more than how large a step may be."""
    proved, weights = Proved(found.certificate), found.weights
    if not found.relations:
        return StepRange(proved, None, weights=weights)
    claim = cast(Decrease, found.certificate.claim)
    scalars = claim.scalars
    limit = step_limit(found.conditions, scalars, str(ALPHA))
    if limit is None:
        return None
    known = StepRange(proved, limit, weights=weights)
    for at in _samples(scalars, limit):
        beyond = _just_beyond(limit, at)
        if (refuted := refuted_at(claim, {**at, str(ALPHA): beyond})) is not None:
            return replace(known, refuted=refuted, failure=beyond, at=at)
    return known


def _samples(scalars: ScalarField, limit: Any) -> Iterator[dict[str, Fraction]]:
    """Yield values of all parameters but the step: some of those that the region allows."""
    names = [name for name in scalars.names if name not in (scalars.clock, str(ALPHA))]
    if not names:
        yield {}
        return
    seen: list[dict[str, Fraction]] = []
    for point in region_points(names, scalars.known, scalars.ranges):
        at = {name: point[name] for name in names}
        if at not in seen:
            seen.append(at)
            yield at
        if len(seen) == _SAMPLES:
            return


def _just_beyond(limit: Any, at: Mapping[str, Fraction]) -> Fraction:
    """Return a step a little larger than the limit, for values of the other parameters."""
    values = {Symbol(name): sympify(x, strict=True) for name, x in at.items()}
    number = sympify(limit, strict=True).subs(values)
    if number.is_Rational:
        return Fraction(int(number.p), int(number.q)) * _BEYOND
    beyond = Fraction(float(number)) * _BEYOND
    short = beyond.limit_denominator(1000)
    return short if short > number else beyond


def _otherwise(found: DecreaseRegion | Unknown, scalars: ScalarField) -> StepRange:
    """Return conditions that are no bound on the step alone, or why there is no proof."""
    if isinstance(found, DecreaseRegion):
        return _where(found)
    symbols = ", ".join(n for n in scalars.names if n not in (scalars.clock, str(ALPHA)))
    return StepRange(found=f"{found.reason}; a bisection needs numbers for {symbols}")


def _where(found: DecreaseRegion) -> StepRange:
    proved = Proved(found.certificate)
    return StepRange(proved, None, weights=found.weights, conditions=found.relations)


def _never(V: Form, method: Method, operator: OperatorClass) -> Proved | None:
    """Prove that −V_k decreases for every α on linear skew operators, if they are in the class.

    Not for a V that contains α: it may be constant for one of them.
    """
    if any(ALPHA in getattr(c, "free_symbols", ()) for c in V.terms.values()):
        return None
    result = prove_decrease(-V, method, LinearSkew())
    if not isinstance(result, Proved) or not isinstance(result.certificate.claim, Decrease):
        return None
    rotations = (Rotation(Fraction(0), b) for b in (Fraction(1), Fraction(1000)))
    claim = decrease_claim(V, method, operator)
    known = [name for name in claim.scalars.names if name != claim.scalars.clock]
    at = next(region_points(known, claim.scalars.known, claim.scalars.ranges))
    inside = all(is_member(M, operator, claim.scalars, at) for M in rotations)
    grows = inside and refuted_at(claim, {**at, str(ALPHA): LEAST}) is not None
    return result if grows else None
