"""The search for certificates: multipliers by linear equations, and what is left in squares."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...flows.errors import ProblemError
from ..basics.proof_outcome import CertificateError, ProofOutcome, Proved, Unknown, brief
from ..basics.time_limit import OutOfTime, share_of_time
from ..claims.claims import Claim, is_equality
from ..coefficients.signs import nonnegative, regular
from ..multipliers.multipliers import MultiplierSystem
from ..multipliers.programme import available
from ..multipliers.proposing import proposals
from ..readings.scalar_text import scalar_text
from ..refuting.refutation import refute
from .certificate import Certificate
from .squares import Square, sum_of_squares

_FOR_PROOFS = 2 / 3  # of the time, when it is limited
_CANDIDATES = 20  # guesses for multipliers that no equation determines
_PROPOSALS = 4  # of multipliers by a solver


def decide(
    claim: Claim, given: Mapping[str, Any], squares: Iterable[Square] | None = None
) -> ProofOutcome:
    """Prove a claim, or else refute it, or else say why the proof failed.

    If time is limited, a third of it is left for the search for a counterexample.
    """
    result: Proved | Unknown
    try:
        with share_of_time(_FOR_PROOFS):
            result = prove_freely(claim, given) if squares is None else check(claim, given, squares)
    except OutOfTime as error:
        result = Unknown(f"the search for a proof was given up while {error}")
    if isinstance(result, Proved):
        return result
    try:
        refuted = refute(claim)
    except OutOfTime:
        return Unknown(f"{result.reason}; no time was left to refute it", result.lacking)
    return _advised(result, claim) if refuted is None else refuted


def _advised(result: Unknown, claim: Claim) -> Unknown:
    """Say what may help when the sign of a coefficient ended a proof."""
    parameters = set(claim.scalars.names) - set(claim.scalars.moving)
    if result.lacking is None or not parameters:
        return result
    names = ", ".join(sorted(parameters))
    advice = f"a narrower range of {names} may help; decrease_region (prove --region) looks for one"
    return Unknown(f"{result.reason}; {advice}", result.lacking)


def check(claim: Claim, given: Mapping[str, Any], squares: Iterable[Square]) -> Proved | Unknown:
    """Check a proof of which everything is given."""
    certificate = Certificate(claim, given, tuple(squares))
    try:
        certificate.verify()
    except CertificateError as error:
        values = certificate.signed()
        undecided = (value for value in values if not nonnegative(value, claim.scalars).holds)
        return Unknown(str(error), next(undecided, None))
    return Proved(certificate)


def prove_claim(claim: Claim, given: Mapping[str, Any]) -> Proved | Unknown:
    """Find multipliers for which the rest splits into squares; verify the whole."""
    found = candidates(claim, given)
    if isinstance(found, Unknown):
        return found
    failures: list[Unknown] = []
    for multipliers in found:
        result = _attempt_in_time(claim, multipliers, failures)
        if isinstance(result, Proved):
            return result
        failures.append(result)
    return failures[0]


def _attempt_in_time(
    claim: Claim, multipliers: Mapping[str, Any], failures: list[Unknown]
) -> Proved | Unknown:
    try:
        return attempt(claim, multipliers)
    except OutOfTime as error:
        chosen = brief(", ".join(f"{name}: {scalar_text(v)}" for name, v in multipliers.items()))
        before = (
            f"; before, {len(failures)} others failed: {failures[0].reason}" if failures else ""
        )
        raise OutOfTime(f"{error}, with the multipliers {chosen or 'all 0'}{before}") from error


def prove_freely(claim: Claim, given: Mapping[str, Any]) -> Proved | Unknown:
    """Prove a claim by equations and guesses, or else by multipliers that a solver proposes."""
    result = prove_claim(claim, given)
    if isinstance(result, Proved):
        return result
    system = multiplier_system(claim, given)
    if not isinstance(system, MultiplierSystem):
        return result
    for multipliers in itertools.islice(proposals(claim, system), _PROPOSALS):
        proposed = _attempt_in_time(claim, multipliers, [result])
        if isinstance(proposed, Proved):
            return proposed
    return result


def candidates(claim: Claim, given: Mapping[str, Any]) -> Iterator[dict[str, Any]] | Unknown:
    """Return the multipliers to try: given, determined by linear equations, or guessed."""
    system = multiplier_system(claim, given)
    if isinstance(system, Unknown):
        return system
    tried = itertools.islice(system.candidates(claim.scalars), _CANDIDATES)
    return (candidate.values(claim.scalars) for candidate in tried)


def multiplier_system(claim: Claim, given: Mapping[str, Any]) -> MultiplierSystem | Unknown:
    """Return what is known about the multipliers of a claim, of which some are given."""
    scalars, inequalities = claim.scalars, claim.inequalities
    if unknown := given.keys() - inequalities.keys():
        raise ProblemError(
            f"no inequality is called {', '.join(unknown)}; there are {', '.join(inequalities)}"
        )
    exact = {name: scalars.convert(value) for name, value in given.items()}
    if reason := _undefined(claim):
        return Unknown(reason)
    signless = frozenset(name for name in inequalities if is_equality(claim, name))
    return MultiplierSystem.of(claim.target, inequalities, signless).fix(exact).reduce(scalars)


def attempt(claim: Claim, multipliers: Mapping[str, Any]) -> Proved | Unknown:
    """Prove a claim with given multipliers; those that are missing are 0."""
    if (objection := _objection(claim, multipliers)) is not None:
        return objection
    rest = claim.target
    for name, value in multipliers.items():
        rest -= claim.inequalities[name] * value
    squares = sum_of_squares(rest, claim.scalars)
    if isinstance(squares, Unknown):
        free = ", ".join(name for name in claim.inequalities if name not in multipliers)
        return Unknown(squares.reason + (_hint(free) if free else ""), squares.lacking)
    used = {name: value for name, value in multipliers.items() if value}
    certificate = Certificate(claim, used, squares)
    try:
        certificate.verify()
    except CertificateError as error:  # squares with a pole at a step
        return Unknown(str(error))
    return Proved(certificate)


def _hint(free: str) -> str:
    more = "" if available() else ", or Clarabel, extra `prove`, which might find some"
    return f" (no equation determines the multiplier of {free}; try multipliers={more})"


def _undefined(claim: Claim) -> str | None:
    """Return why a coefficient of the claim is undefined somewhere, or None."""
    for value in {value.denom.monic(): value for value in claim.coefficients()}.values():
        if not (sign := regular(value, claim.scalars)).holds:
            return f"{sign}, so the coefficient {scalar_text(value)} may be undefined"
    return None


def _objection(claim: Claim, multipliers: Mapping[str, Any]) -> Unknown | None:
    """Return why these multipliers are not allowed, or None."""
    for name, value in multipliers.items():
        signs, signed = [regular(value, claim.scalars)], not is_equality(claim, name)
        if signed:
            signs.append(nonnegative(value, claim.scalars))
        for sign in signs:
            if not sign.holds:
                needed = brief(scalar_text(value))
                reason = f"the multiplier of {name} has to be {needed}, but {sign}"
                return Unknown(reason, value if signed else None)
    return None
