"""A flow as what moves a Lyapunov function: its derivative, and what a class says along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from ...flows.flow import Flow, parameters, scalar_parameters
from ..classes.operator_class import OperatorClass, Point
from ..coefficients.field import TIME, ScalarField
from ..readings.vector import Form, Vector
from .flow_vectors import G_DOT, ZSTAR, FlowVectors, G, Z, derivative_over, flow_vectors

_ZERO = Vector()


@dataclass(frozen=True)
class FlowMotion:
    """Change along a flow: V̇.

    Parameters
    ----------
    system : Flow
        The flow.
    """

    system: Flow

    clock: ClassVar[str] = TIME
    kind: ClassVar[str] = "flow"
    change_text: ClassVar[str] = "V̇"
    change_latex: ClassVar[str] = r"\dot V"

    @cached_property
    def vectors(self) -> FlowVectors:
        """The vectors of the flow."""
        return flow_vectors(self.system)

    @property
    def settings(self) -> Mapping[str, Any]:
        """All parameters of the flow by name, flows among them."""
        return parameters(self.system)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Scalar parameters of the flow by name."""
        return scalar_parameters(self.system)

    @property
    def equations(self) -> Mapping[str, Vector]:
        """Ż, and Ẏ if the anchor moves."""
        anchor = {"Ẏ": self.vectors.anchor_dot} if self.vectors.anchor_dot else {}
        return {"Ż": self.vectors.z_dot, **anchor}

    @property
    def names(self) -> Mapping[str, Any]:
        """The vectors and time by the names they have in text."""
        v = self.vectors
        found = {"Z": v.z, "Z0": v.z0, "zstar": v.zstar, "G": v.g, "Gdot": v.g_dot}
        moving = {"Y": v.anchor} if v.anchor is not v.z0 else {}
        return {TIME: v.t, "Zdot": v.z_dot, **found, **moving}

    def change(self, V: Form, scalars: ScalarField) -> Form:
        """Return V̇ over the field."""
        return derivative_over(scalars, V, self.system)

    def relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return ``MON`` and its like between Z and z*, ``MON'`` and its like along the flow."""
        return _relations(operator, Point("Z", Z, G), Point("*", ZSTAR, _ZERO), self.vectors.z_dot)

    def readable_relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return the same over ``Z − z*``, G, Ż and Ġ."""
        point = Point("Z", Vector.generator("Z − z*"), G)
        return _relations(operator, point, Point("*", _ZERO, _ZERO), Vector.generator("Ż"))

    def sentence(self, operator: OperatorClass, decrease: str) -> str:
        """Return the sentence that says along which solutions V decreases."""
        return (
            f"For every {operator.title} G with a zero z*, along every solution of the "
            f"{self.system.title} on which Z and G(Z) are absolutely continuous, {decrease}"
        )


def _relations(
    operator: OperatorClass, point: Point, zero: Point, z_dot: Vector
) -> dict[str, Form]:
    from_zero = Point(point.label, point.z - zero.z, point.g)
    along = operator.along(from_zero, z_dot, G_DOT)
    return {**operator.between(point, zero), **{f"{name}'": form for name, form in along.items()}}
