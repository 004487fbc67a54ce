"""What a class of operators is to a proof: inequalities between the points of its graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ..readings.vector import Form, Vector


@dataclass(frozen=True)
class Point:
    """Point of the graph of an operator: ``g = G(z)``.

    Parameters
    ----------
    label : str
        What the names of inequalities call it: ``k``, ``k+1/2``, ``*`` for a zero.
    z, g : Vector
        The point and the value of the operator there; the value at a zero is the zero vector.
    """

    label: str
    z: Vector
    g: Vector

    @property
    def is_zero(self) -> bool:
        """Whether the operator vanishes there."""
        return not self.g


class OperatorClass(Protocol):
    """Class of operators G, as quadratic inequalities that all its members satisfy.

    Implementations are frozen dataclasses whose fields are the constants of the class. Most
    speak of differences alone: they are made from `DifferenceClass` and one method.

    Attributes
    ----------
    name : str
        One word for files and the command line.
    equalities : frozenset of str
        Names of those "inequalities" that hold with =, so that their multipliers may be negative.
    extends : bool
        Whether every finite set of points that satisfies the inequalities in pairs lies on the
        graph of a member.
    """

    name: ClassVar[str]
    equalities: ClassVar[frozenset[str]]
    extends: ClassVar[bool]
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @property
    def title(self) -> str:
        """How a sentence names a member."""

    def between(self, a: Point, b: Point) -> Mapping[str, Form]:
        """Return forms that are ≥ 0 for any two points of the graph of a member, by name."""

    def along(self, point: Point, z_dot: Vector, g_dot: Vector) -> Mapping[str, Form]:
        """Return forms that are ≥ 0 along a differentiable curve (Z, G(Z)) through `point`."""

    def read(self, form: Form) -> Form:
        """Return a form in the terms of the class; most classes leave it as it is."""


@dataclass(frozen=True)
class DifferenceClass:
    """Base of the classes that know only differences: of two points and of their values.

    Their inequality passes to the limit of two points on one trajectory; it then needs a
    trajectory on which Z and G(Z) can be differentiated.
    """

    equalities: ClassVar[frozenset[str]] = frozenset()
    extends: ClassVar[bool] = False

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return forms that are ≥ 0 when `g` is the change of G over the change `z`, by name."""
        raise NotImplementedError

    def between(self, a: Point, b: Point) -> Mapping[str, Form]:
        """Return the inequalities of the differences of two points."""
        return self.inequalities(a.z - b.z, a.g - b.g)

    def along(self, point: Point, z_dot: Vector, g_dot: Vector) -> Mapping[str, Form]:
        """Return the inequalities of the derivatives (Ż, Ġ)."""
        return self.inequalities(z_dot, g_dot)

    def read(self, form: Form) -> Form:
        """Return the form itself."""
        return form


def constants(operator: OperatorClass) -> dict[str, Any]:
    """Constants of a class by name, in the order of its definition."""
    return {field.name: getattr(operator, field.name) for field in dataclasses.fields(operator)}
