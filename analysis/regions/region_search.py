"""The search for a region of decrease: multipliers, the conditions they need, the best weights."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Symbol, factor

from ...flows.errors import ProblemError
from ..basics.proof_outcome import Proved, Unknown
from ..claims.claims import Decrease
from ..classes.operator_class import constants
from ..coefficients.region import Region
from ..proofs.proving import attempt, check, multiplier_system
from ..proofs.squares import Square
from .found_region import DecreaseRegion
from .merit import merit
from .narrowing import narrowed, sufficient, without_implied
from .weights import Choice, choices, require_weight

_MOST = 20  # conditions of one certificate
_FEW = 20  # guesses for multipliers of either kind
_HOPELESS = 4  # multipliers that are tried though they work at no sample point

Way = Callable[[Decrease], Proved | Unknown]
"""A way to prove a claim, on any region."""


def given_region(
    claim: Decrease, given: Mapping[str, Any], squares: tuple[Square, ...]
) -> DecreaseRegion | Unknown:
    """Find the conditions under which a proof holds of which everything is given."""
    return _region(claim, lambda narrower: check(narrower, given, squares))


def best_region(claim: Decrease, given: Mapping[str, Any]) -> DecreaseRegion | Unknown:
    """Find the conditions that the multipliers which lead furthest need."""
    tried = promising(claim, given)
    if isinstance(tried, Unknown):
        return tried
    failures: list[Unknown] = []
    equals = (multipliers for reached, multipliers in tried if reached == tried[0][0])
    for proof in (_attempt(multipliers, claim) for multipliers in equals):
        if isinstance(proof, Proved):
            return DecreaseRegion(Region({}), proof.certificate)
    hopeless = [reached for reached, _ in tried].count(0)
    for _, multipliers in tried[: len(tried) - hopeless + _HOPELESS]:
        found = _region(claim, partial(_attempt, multipliers))
        if isinstance(found, DecreaseRegion):
            return found
        failures.append(found)
    return failures[0]


def best_weights(
    claim: Decrease, given: Mapping[str, Any], weights: tuple[str, ...]
) -> DecreaseRegion | Unknown:
    """Find the region of a claim, each weight where one of the conditions on it is tight."""
    if not weights:
        return best_region(claim, given)
    weight, *others = weights
    require_weight(claim, weight)
    best = _best_choice(claim, given, weight)
    if isinstance(best, Unknown):
        return best
    found = best_weights(best.claim, best.given, tuple(others))
    if isinstance(found, Unknown):
        return found
    later = {Symbol(name): value for name, value in found.weights.items()}
    return replace(found, weights={weight: factor(best.value.subs(later)), **found.weights})


def promising(
    claim: Decrease, given: Mapping[str, Any]
) -> list[tuple[int, dict[str, Any]]] | Unknown:
    """Return the multipliers to try with their merit, the best first, and none of them twice."""
    system = multiplier_system(claim, given)
    if isinstance(system, Unknown):
        return system
    found: dict[Any, dict[str, Any]] = {}
    for tried in (system.candidates(claim.scalars), system.extremes(claim.scalars)):
        for candidate in itertools.islice(tried, _FEW):
            values = candidate.values(claim.scalars)
            used = {name: value for name, value in values.items() if value}
            found.setdefault(frozenset(used.items()), used)
    ranked = [(merit(claim, used), used) for used in found.values()]
    return sorted(ranked, key=lambda pair: -pair[0])


def _best_choice(claim: Decrease, given: Mapping[str, Any], weight: str) -> Choice | Unknown:
    tried = promising(claim, given)
    if isinstance(tried, Unknown):
        return tried
    best: list[tuple[int, Choice]] = []
    for _, multipliers in tried:
        parts = _needed(claim, partial(_attempt, multipliers))
        if not isinstance(parts, Unknown):
            for choice in choices(claim, given, weight, parts):
                reached = promising(choice.claim, choice.given)
                if not isinstance(reached, Unknown):
                    best.append((reached[0][0], choice))
            break
    if not best:
        return Unknown(f"no condition of degree one in {weight} was found that bounds it")
    return max(best, key=lambda pair: pair[0])[1]


def _region(claim: Decrease, prove: Way) -> DecreaseRegion | Unknown:
    """Return the conditions that a way to prove a claim needs, with the proof under them."""
    parts = _needed(claim, prove)
    if isinstance(parts, Unknown):
        return parts
    found = without_implied(parts, claim.scalars)
    proof = prove(replace(claim, scalars=narrowed(claim.scalars, [found])))
    if isinstance(proof, Proved):
        return DecreaseRegion(found, proof.certificate)
    return Unknown(f"under {found} still {proof}")


def _attempt(multipliers: Mapping[str, Any], claim: Decrease) -> Proved | Unknown:
    exact = {name: claim.scalars.convert(value) for name, value in multipliers.items()}
    return attempt(claim, exact)


def _needed(claim: Decrease, prove: Way) -> list[Region] | Unknown:
    """Add the condition that a failed proof lacks, and try again until it succeeds."""
    parts: list[Region] = []
    scalars, result = claim.scalars, prove(claim)
    while not isinstance(result, Proved):
        if result.lacking is None or len(parts) > _MOST:
            return result
        more = sufficient(result.lacking, scalars, _order(claim))
        if not more:
            return Unknown(result.reason)
        parts += more
        try:
            scalars = narrowed(scalars, more)
        except ProblemError as error:
            return Unknown(f"{result.reason}; and {error}")
        result = prove(replace(claim, scalars=scalars))
    return parts


def _order(claim: Decrease) -> list[str]:
    """Return the parameters, those of the flow or the method first."""
    values = (*claim.motion.parameters.values(), *constants(claim.operator).values())
    symbols = (sorted(getattr(value, "free_symbols", ()), key=str) for value in values)
    return [symbol.name for symbol in itertools.chain.from_iterable(symbols)]
