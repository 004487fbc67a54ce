"""Exact multipliers from approximate ones: what linear equations leave free is rounded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sympy import Rational, Symbol

from ..basics.proof_outcome import Proved, Unknown
from ..claims.claims import Claim, is_equality
from ..multipliers.multipliers import MultiplierSystem
from ..proofs.certificate import Certificate
from ..proofs.proving import attempt, prove_claim
from ..readings.vector import Vector
from .rounding import candidates

Weights = Mapping[tuple[str, int], float]
"""Name of an inequality and a power of the clock -> its weight in the multiplier."""

_COMPLETIONS = 3  # of each claim: the finest, with a hundred digits, has never been needed


def proved(claim: Claim, weights: Weights) -> Certificate | None:
    """Return a certificate near approximate weights; without any, by linear equations alone."""
    few = itertools.islice(completions(claim, weights), _COMPLETIONS)
    near = (attempt(claim, given) for given in few)
    for result in near if weights else (prove_claim(claim, {}),):
        if isinstance(result, Proved):
            certificate: Certificate = result.certificate
            return certificate
    return None


def completions(claim: Claim, weights: Weights) -> Iterator[dict[str, Any]]:
    """Yield exact multipliers for a claim near approximate ones, simplest first.

    Multipliers that are about 0 are 0. The others are settled one after the other: by the
    equations that a vanishing diagonal gives, and where there are none by rounding.

    Parameters
    ----------
    claim : Claim
        What is to be proved.
    weights : mapping
        The approximate multipliers.
    """
    signless = frozenset(name for name in claim.inequalities if is_equality(claim, name))
    system = MultiplierSystem.of(claim.target, claim.inequalities, signless)
    for rounded in candidates(weights):
        if (found := _completed(claim, system, rounded)) is not None:
            yield found


def _completed(
    claim: Claim, system: MultiplierSystem, rounded: Mapping[tuple[str, int], Fraction]
) -> dict[str, Any] | None:
    clock = Symbol(claim.scalars.clock)
    functions: dict[str, Any] = dict.fromkeys(claim.inequalities, 0)
    for (name, power), number in ((n, c) for n, c in rounded.items() if n[0] in functions):
        functions[name] += Rational(str(number)) * clock**power
    exact = {name: claim.scalars.convert(value) for name, value in functions.items()}
    reduced = system.fix({name: value for name, value in exact.items() if not value})
    for name in ("", *exact):  # first of all, what follows without any rounding
        if name and name not in reduced.solved:
            reduced = reduced.settle(name, Vector({"": exact[name]}))
        outcome = reduced.reduce(claim.scalars)
        if isinstance(outcome, Unknown):
            return None
        reduced = outcome
    return {name: value for name, value in reduced.values(claim.scalars).items() if value}
