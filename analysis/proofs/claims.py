"""Claims that certificates prove: a quadratic function decreases, or is non-negative.

A claim holds nothing but what was asked. What has to be proved, `target` ≥ 0, and the
inequalities that may be used are derived from it, each time anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

from ...flows.errors import ProblemError
from ...flows.flow import Flow, scalar_parameters
from ..readings.vector import Form, Vector
from .field import TIME, ScalarField
from .flow_vectors import G_DOT, ZSTAR, G, Z, derivative_over, flow_vectors
from .operator_classes import OperatorClass, constants

_DIFFERENCE = Vector.generator("Z − z*")


class Claim(Protocol):
    """What a certificate proves: ``target ≥ 0`` by certain inequalities."""

    @property
    def operator(self) -> OperatorClass:
        """The class of operators for which it is claimed."""

    @property
    def scalars(self) -> ScalarField:
        """The field of coefficients, with the ranges for which it is claimed."""

    @property
    def target(self) -> Form:
        """The form over the field that must be ≥ 0."""

    @property
    def inequalities(self) -> Mapping[str, Form]:
        """Name -> form over the field that is ≥ 0."""

    @property
    def readable_inequalities(self) -> Mapping[str, Form]:
        """The same inequalities over generators such as ``Z − z*`` and ``Ż``, for printing."""

    @property
    def landmarks(self) -> Mapping[str, Vector]:
        """Vectors with names of their own, recognised when a proof is printed."""

    @property
    def statement(self) -> str:
        """The claim in words, for a V or F that is printed beside it."""

    def coefficients(self) -> Iterator[Any]:
        """Yield the coefficients that must be defined on the whole region."""


@dataclass(frozen=True)
class Decrease:
    """Claim that V never increases along a flow, for every operator of a class.

    Parameters
    ----------
    V : Form
        Over the generators Z, Z0, z*, G; converted to `scalars`.
    flow : Flow
        The flow.
    operator : OperatorClass
        The class.
    scalars : ScalarField
        Field and region.
    """

    V: Form
    flow: Flow
    operator: OperatorClass
    scalars: ScalarField

    def __post_init__(self) -> None:
        _require_constants({**constants(self.operator), **scalar_parameters(self.flow)})
        object.__setattr__(self, "V", self.V.map(self.scalars.convert))

    @cached_property
    def velocity(self) -> Vector:
        """Ż over the field."""
        return flow_vectors(self.flow).z_dot.map(self.scalars.convert)

    @cached_property
    def anchor_velocity(self) -> Vector:
        """Velocity of the anchor over the field: Ẏ if it moves, else zero."""
        return flow_vectors(self.flow).anchor_dot.map(self.scalars.convert)

    @cached_property
    def derivative(self) -> Form:
        """V̇ over the field."""
        return derivative_over(self.scalars, self.V, self.flow)

    @property
    def target(self) -> Form:
        """−V̇."""
        return -self.derivative

    @cached_property
    def inequalities(self) -> Mapping[str, Form]:
        """``MON`` and its like between Z and z*, ``MON'`` and its like along the trajectory."""
        return _over(
            self.scalars, self._named_inequalities(Z - ZSTAR, flow_vectors(self.flow).z_dot)
        )

    @property
    def readable_inequalities(self) -> Mapping[str, Form]:
        """The inequalities over ``Z − z*``, G, Ż and Ġ."""
        return self._named_inequalities(_DIFFERENCE, Vector.generator("Ż"))

    def _named_inequalities(self, difference: Vector, velocity: Vector) -> dict[str, Form]:
        found = self.operator.inequalities(difference, G)
        along = self.operator.inequalities(velocity, G_DOT)
        return {**found, **{f"{name}'": form for name, form in along.items()}}

    @property
    def landmarks(self) -> Mapping[str, Vector]:
        """Ż."""
        return {"Ż": self.velocity}

    @property
    def statement(self) -> str:
        """The claim in words."""
        return (
            f"For every {self.operator.title} G with a zero z*, along every solution of the "
            f"{self.flow.title} on which Z and G(Z) are absolutely continuous, V never "
            f"increases, {_conditions(self.scalars)}."
        )

    def coefficients(self) -> Iterator[Any]:
        """Yield the coefficients of V, of the flow and of the inequalities."""
        yield from self.V.terms.values()
        yield from self.velocity.terms.values()
        yield from self.anchor_velocity.terms.values()
        for form in self.inequalities.values():
            yield from form.terms.values()


@dataclass(frozen=True)
class Nonnegativity:
    """Claim that a form is ≥ 0 at every point, for every operator of a class.

    Parameters
    ----------
    form : Form
        Over any generators; Z, z*, G have their meaning. Converted to `scalars`.
    operator : OperatorClass
        The class.
    scalars : ScalarField
        Field and region.
    assuming : mapping
        Name -> form assumed to be ≥ 0.
    """

    form: Form
    operator: OperatorClass
    scalars: ScalarField
    assuming: Mapping[str, Form] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_constants(constants(self.operator))
        object.__setattr__(self, "form", self.form.map(self.scalars.convert))
        object.__setattr__(self, "assuming", _over(self.scalars, self.assuming))
        taken = self.operator.inequalities(Z, G).keys() & self.assuming.keys()
        if taken:
            raise ProblemError(f"{', '.join(taken)} is a name of the class; rename the assumption")

    @property
    def target(self) -> Form:
        """The form itself."""
        return self.form

    @cached_property
    def inequalities(self) -> Mapping[str, Form]:
        """``MON`` and its like between Z and z*, and what is assumed."""
        return _over(self.scalars, {**self.operator.inequalities(Z - ZSTAR, G), **self.assuming})

    @property
    def landmarks(self) -> Mapping[str, Vector]:
        """None."""
        return {}

    @property
    def readable_inequalities(self) -> Mapping[str, Form]:
        """The inequalities over ``Z − z*`` and G, and what is assumed."""
        return {**self.operator.inequalities(_DIFFERENCE, G), **self.assuming}

    @property
    def statement(self) -> str:
        """The claim in words."""
        assumed = f" and {', '.join(self.assuming)} ≥ 0" if self.assuming else ""
        return (
            f"For every {self.operator.title} G with a zero z*{assumed}, F ≥ 0 at every point, "
            f"{_conditions(self.scalars)}."
        )

    def coefficients(self) -> Iterator[Any]:
        """Yield the coefficients of the form and of the inequalities."""
        for form in (self.form, *self.inequalities.values()):
            yield from form.terms.values()


def _conditions(scalars: ScalarField) -> str:
    return f"for all {scalars.region}"


def _require_constants(values: Mapping[str, Any]) -> None:
    """Refuse a μ, R, γ, … that contains t: a class or a flow is one for all times.

    What may change with time is a function of it, `flows.time_function.TimeFunction`.
    """
    for name, value in values.items():
        if any(symbol.name == TIME for symbol in getattr(value, "free_symbols", ())):
            raise ProblemError(
                f"{name} = {value} contains {TIME}, which is time; give the constant another name"
            )


def _over(scalars: ScalarField, forms: Mapping[str, Form]) -> Mapping[str, Form]:
    return MappingProxyType({name: form.map(scalars.convert) for name, form in forms.items()})
