"""The list of operator classes: the one place to which a new class is added."""

from __future__ import annotations

from ..classes.cocoercive import Cocoercive, LipschitzNegativelyComonotone, NegativelyComonotone
from ..classes.linear_skew import LinearSkew
from ..classes.monotone import (
    Lipschitz,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    StronglyMonotone,
)
from ..classes.operator_class import OperatorClass
from ..classes.weak_minty import WeakMinty

CLASSES: tuple[type[OperatorClass], ...] = (
    Monotone,
    StronglyMonotone,
    Lipschitz,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Cocoercive,
    NegativelyComonotone,
    LipschitzNegativelyComonotone,
    WeakMinty,
    LinearSkew,
)
"""All classes of operators, for files and the command line."""
