"""Deciding a family of methods by searching for a Lyapunov function, cell by cell."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..classes.operator_class import OperatorClass
from ..search.summable import search_best_iterate
from .region_map import Array, Family, Layer, Verdicts

CLOSEST = 10**6
"""Largest denominator of the rational parameters that stand for floats."""


def searched(operator: OperatorClass, metric: str | None = None) -> Layer:
    """Decide by a proved Lyapunov function for a whole class of operators.

    Each cell is one search with an exact proof, `search_best_iterate`: a third of a second, so
    that maps are coarse. Where nothing is found nothing is said. It needs the extra ``prove``.

    Parameters
    ----------
    operator : OperatorClass
        With numbers for constants, e.g. ``LipschitzMonotone(1)``.
    metric : str, optional
        What is to tend to 0; ``"sq(g)"`` if not given.
    """

    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        exact = [
            tuple(Fraction(float(value)).limit_denominator(CLOSEST) for value in pair)
            for pair in zip(x, y, strict=True)
        ]
        found = [bool(search_best_iterate(family(*pair), operator, metric)) for pair in exact]
        return np.array(found, dtype=np.int8)

    return decide
