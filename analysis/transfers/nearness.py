"""What a class of operators says of values at near points: ‖Δg‖ ≤ L‖Δz‖ and ⟨Δg, Δz⟩ ≥ 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import sympify

from ..claims.step_reading import offset_of
from ..classes.operator_class import OperatorClass, Point, constants
from ..proofs.squares import Square
from ..readings.vector import Vector

_Z, _G = Vector.generator("z"), Vector.generator("g")


@dataclass(frozen=True)
class Part:
    """A form ≥ 0 as inequalities of a class and squares.

    Parameters
    ----------
    multipliers : mapping
        Name of an inequality -> multiplier.
    squares : tuple of Square
        The squares.
    """

    multipliers: Mapping[str, Any]
    squares: tuple[Square, ...] = ()


@dataclass(frozen=True)
class Nearness:
    """What a class says of the change ``d`` of G over a small change ``s`` of its argument.

    Parameters
    ----------
    operator : OperatorClass
        The class.

    Examples
    --------
    >>> from saddleode.analysis import Cocoercive, LipschitzMonotone, Monotone
    >>> Nearness(LipschitzMonotone(2)).constant, Nearness(Cocoercive(2)).constant
    (2, 1/2)
    >>> Nearness(Monotone()).constant is None
    True
    """

    operator: OperatorClass

    @property
    def constant(self) -> Any | None:
        """The Lipschitz constant L, or None if the class has none."""
        known, names = constants(self.operator), self._names
        if "LIP" in names:
            return sympify(known["R"], strict=True) or None
        return 1 / sympify(known["c"], strict=True) if "COC" in names and known["c"] else None

    def lipschitz(self, pair: tuple[str, str], s: Vector, d: Vector) -> Part:
        """Return ``L²‖s‖² − ‖d‖² ≥ 0`` in parts, for points with the labels of a pair.

        For a c-cocoercive operator it is ``(2/c)(⟨d, s⟩ − c‖d‖²) + ‖d − s/c‖²``.
        """
        if "LIP" in self._names:
            return Part({_name("LIP", pair): 1})
        L = 1 / sympify(constants(self.operator)["c"], strict=True)
        return Part({_name("COC", pair): 2 * L}, (Square(1, d - s * L),))

    def monotone(self, pair: tuple[str, str], s: Vector, d: Vector) -> Part | None:
        """Return ``⟨d, s⟩ ≥ 0`` in parts; None if the class does not say so."""
        known = constants(self.operator)
        if "MON" in self._names:
            mu = known.get("mu", 0)
            return Part({_name("MON", pair): 1}, (Square(mu, s),) if mu else ())
        if "COC" in self._names:
            return Part({_name("COC", pair): 1}, (Square(known["c"], d),))
        return None

    @property
    def _names(self) -> frozenset[str]:
        point, other = Point("k+1", _Z, _G), Point("k", Vector(), Vector.generator("g'"))
        return frozenset(self.operator.between(point, other))


def _name(kind: str, pair: tuple[str, str]) -> str:
    """Return the name of an inequality between two points, the later one first."""
    first, second = sorted(pair, key=offset_of, reverse=True)
    return f"{kind}({first},{second})"
