"""Linear skew operators, those of bilinear functions: equalities in place of inequalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..readings.vector import Form, Vector
from .operator_class import DifferenceClass, Point


@dataclass(frozen=True)
class LinearSkew(DifferenceClass):
    """Linear skew operators ``G(z) = M(z − z*)``, ``Mᵀ = −M``: those of ``L = ⟨x, Au⟩``.

    ``⟨Δg, Δz⟩ = 0`` for any two points, which for all pairs is the same as
    ``⟨g, z'⟩ + ⟨g', z⟩ = 0`` for points taken from z*. Source: Bousselmi, Hendrickx, Glineur 2024
    (interpolation conditions for linear operators).

    Examples
    --------
    >>> z, g = Vector.generator("z"), Vector.generator("g")
    >>> print(LinearSkew().inequalities(z, g)["SKEW"])
    ⟨g, z⟩
    """

    name: ClassVar[str] = "linear-skew"
    equalities: ClassVar[frozenset[str]] = frozenset({"SKEW", "CROSS"})

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return "linear skew operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return SKEW: ⟨g, z⟩ = 0."""
        return {"SKEW": g @ z}

    def along(self, point: Point, z_dot: Vector, g_dot: Vector) -> Mapping[str, Form]:
        """Return SKEW: ⟨Ġ, Ż⟩ = 0 and CROSS: ⟨G, Ż⟩ + ⟨Ġ, Z − z*⟩ = 0 (`point` is from z*)."""
        return {"SKEW": g_dot @ z_dot, "CROSS": point.g @ z_dot + g_dot @ point.z}
