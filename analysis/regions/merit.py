"""How far multipliers lead: at how many sample points of a region they prove a claim, in floats.

This only chooses what is tried first; nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..claims.claims import Claim, is_equality
from ..coefficients.float_samples import sample, values

_ROUNDING = 1e-9  # relative: an eigenvalue above −this may be 0


def merit(claim: Claim, multipliers: Mapping[str, Any]) -> int:
    """Return at how many sample points multipliers have the right sign and leave squares.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.analysis import LipschitzStronglyMonotone
    >>> from saddleode.analysis.proofs.lyapunov import decrease_claim
    >>> alpha = Symbol("alpha", positive=True)
    >>> claim = decrease_claim("sq(z - zstar)", SimGD(alpha), LipschitzStronglyMonotone(1, 2))
    >>> best = merit(claim, {"MON(k,*)": 2 * alpha, "LIP(k,*)": alpha**2})  # α < 1/2
    >>> best > merit(claim, {"MON(k,*)": 2 * alpha}) == 0
    True
    """
    scalars, rest = claim.scalars, claim.target
    for name, value in multipliers.items():
        rest -= claim.inequalities[name] * scalars.convert(value)
    points = sample(scalars)
    right = np.ones(points[0].size, dtype=bool)
    for value in (x for name, x in multipliers.items() if not is_equality(claim, name)):
        right &= values(scalars.convert(value), scalars, points) >= 0
    names = rest.generators
    gram = np.zeros((points[0].size, len(names), len(names)))
    for (first, second), c in rest.terms.items():
        i, j = names.index(first), names.index(second)
        gram[:, i, j] += values(c, scalars, points) / 2
        gram[:, j, i] += values(c, scalars, points) / 2
    right &= np.isfinite(gram).all(axis=(1, 2))
    least = np.linalg.eigvalsh(gram[right]).min(axis=1, initial=0)
    return int(np.sum(least >= -_ROUNDING * np.linalg.norm(gram[right], axis=(1, 2))))
