"""The least multiple of a form that makes another one ≥ 0, proved."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..basics.proof_outcome import Proved
from ..claims.claims import Nonnegativity
from ..multipliers.multipliers import MultiplierSystem
from ..multipliers.programme import Array, available, sparsest
from ..multipliers.proposing import Least, Proposer
from ..multipliers.sampled_claim import SampledClaim
from ..readings.vector import Form
from .certificate import Certificate
from .proving import attempt, multiplier_system

_MULTIPLE = "C"
_ABOVE = (1e-5, 0.1, 1.0)
"""How much larger than the least, relative to it, a multiple may be that is easier to write."""

_PROPOSALS = 2  # for each of them


def least_multiple(
    claim: Nonnegativity, unit: Form, *, constant: bool = False
) -> tuple[Any, Certificate] | None:
    """Return a C, as small as can be written and proved, with ``form + C · unit ≥ 0``.

    C is a rational function of the parameters and the clock.

    Parameters
    ----------
    claim : Nonnegativity
        That the form is ≥ 0; it need not be true.
    unit : Form
        Over the field of the claim.
    constant : bool
        Whether C may not depend on the clock.

    Returns
    -------
    C, certificate : field element and Certificate
        None if none was found.
    """
    for above in _ABOVE if available() else ():
        for multipliers in itertools.islice(
            _proposals(claim, unit, above, constant=constant), _PROPOSALS
        ):
            C = multipliers.pop(_MULTIPLE, claim.scalars.convert(0))
            result = attempt(replace(claim, form=claim.form + unit * C), multipliers)
            if isinstance(result, Proved):
                return C, result.certificate
    return None


def _proposals(
    claim: Nonnegativity, unit: Form, above: float, *, constant: bool
) -> Iterator[dict[str, Any]]:
    """Yield multipliers, C among them: the multiplier of −unit, as if that were ≥ 0."""
    asked = replace(claim, assuming={**claim.assuming, _MULTIPLE: -unit})
    system = multiplier_system(asked, {})
    if not isinstance(system, MultiplierSystem):
        return
    sampled = SampledClaim(asked)
    least = None
    if _MULTIPLE in system.free(asked.inequalities):
        found = _least(sampled, system)
        if found is None:
            return
        scalars = claim.scalars
        clock = frozenset(i for i, n in enumerate(scalars.names) if n in scalars.moving)
        least = Least(_MULTIPLE, found * (1 + above) + 1e-9, clock if constant else frozenset())
    yield from Proposer(sampled, system, least).proposals()


def _least(sampled: SampledClaim, system: MultiplierSystem) -> Array | None:
    """Return the least C at each sample point, or None if there is none at one of them."""
    free = system.free(sampled.claim.inequalities)
    samples, good = sampled.samples(system, free)
    least, place = np.full(len(good), np.inf), free.index(_MULTIPLE)
    for i, point in enumerate(np.flatnonzero(good)):
        costs = np.eye(len(free))[place]
        x = sparsest(samples.at(i), np.eye(len(free))[None], costs)
        if x is None:
            return None
        least[point] = x[place]
    return least
