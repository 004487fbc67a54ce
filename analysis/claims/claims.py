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
from ..classes.operator_class import OperatorClass, Point, constants
from ..coefficients.field import TIME, ScalarField
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .flow_vectors import ZSTAR, G, Z
from .motion import Motion

_POINT, _ZERO = Point("Z", Z, G), Point("*", ZSTAR, Vector())
_READABLE = Point("Z", Vector.generator("Z − z*"), G), Point("*", Vector(), Vector())


class Claim(Protocol):
    """What a certificate proves: ``target ≥ 0`` by certain inequalities."""

    @property
    def operator(self) -> OperatorClass:
        """The class of operators for which it is claimed."""

    @property
    def scalars(self) -> ScalarField:
        """The field of coefficients, with the ranges for which it is claimed."""

    @property
    def motion(self) -> Motion | None:
        """The flow or the method it is about, if any."""

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
    """Claim that V never increases along a flow or a method, for every operator of a class.

    With a rate r it is more: ``V̇ ≤ −rV``, so that ``e^{rt} V`` never increases when r is constant,
    or ``V_{k+1} ≤ (1 − r)V_k``.

    Parameters
    ----------
    V : Form
        Over the generators of the flow or the method; converted to `scalars`.
    motion : Motion
        The flow or the method.
    operator : OperatorClass
        The class.
    scalars : ScalarField
        Field and region.
    rate : scalar
        The rate r.
    """

    V: Form
    motion: Motion
    operator: OperatorClass
    scalars: ScalarField
    rate: Any = 0

    def __post_init__(self) -> None:
        _require_constants(self.motion.clock, self.operator, self.motion)
        object.__setattr__(self, "V", self.V.map(self.scalars.convert))
        object.__setattr__(self, "rate", self.scalars.convert(self.rate))

    @cached_property
    def equations(self) -> Mapping[str, Vector]:
        """Ż or z^{k+1} over the field."""
        found = self.motion.equations.items()
        return {name: vector.map(self.scalars.convert) for name, vector in found}

    @cached_property
    def change(self) -> Form:
        """V̇ or V_{k+1} − V_k over the field."""
        return self.motion.change(self.V, self.scalars)

    @cached_property
    def target(self) -> Form:
        """−V̇ − rV or V_k − V_{k+1} − rV_k."""
        return self.operator.read(-self.change - self.V * self.rate)

    @cached_property
    def inequalities(self) -> Mapping[str, Form]:
        """``MON`` and its like between Z and z*, ``MON(k,*)`` and its like for a method."""
        return _over(self.scalars, self.motion.relations(self.operator, self.change))

    @property
    def readable_inequalities(self) -> Mapping[str, Form]:
        """The inequalities over ``Z − z*``, G, Ż and Ġ."""
        return self.motion.readable_relations(self.operator, self.change)

    @property
    def landmarks(self) -> Mapping[str, Vector]:
        """Ż; of a method, the step."""
        return self.equations

    @property
    def conclusion(self) -> str:
        """What is claimed of V."""
        decrease = f"{self.motion.change_text} ≤ −({scalar_text(self.rate)}) V"
        return decrease if self.rate else "V never increases"

    @property
    def statement(self) -> str:
        """The claim in words."""
        sentence = self.motion.sentence(self.operator, f"{self.conclusion}, ")
        return f"{sentence}for all {self.scalars.quantifiers}."

    def coefficients(self) -> Iterator[Any]:
        """Yield the coefficients of V, of its change, of the flow and of the inequalities."""
        yield self.rate
        for form in (self.V, self.change, *self.inequalities.values()):
            yield from form.terms.values()
        for vector in self.equations.values():
            yield from vector.terms.values()


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
    motion : Motion, optional
        The flow or the method of whose states the form is made.
    """

    form: Form
    operator: OperatorClass
    scalars: ScalarField
    assuming: Mapping[str, Form] = field(default_factory=dict)
    motion: Motion | None = None

    def __post_init__(self) -> None:
        _require_constants(self.scalars.clock, self.operator, self.motion)
        object.__setattr__(self, "form", self.form.map(self.scalars.convert))
        object.__setattr__(self, "assuming", _over(self.scalars, self.assuming))
        if taken := self._relations().keys() & self.assuming.keys():
            raise ProblemError(f"{', '.join(taken)} is a name of the class; rename the assumption")

    @cached_property
    def target(self) -> Form:
        """The form itself."""
        return self.operator.read(self.form)

    @cached_property
    def inequalities(self) -> Mapping[str, Form]:
        """``MON`` and its like, and what is assumed."""
        assumed = {name: self.operator.read(form) for name, form in self.assuming.items()}
        return _over(self.scalars, {**self._relations(), **assumed})

    @property
    def landmarks(self) -> Mapping[str, Vector]:
        """None."""
        return {}

    @property
    def readable_inequalities(self) -> Mapping[str, Form]:
        """The inequalities over ``Z − z*`` and G, and what is assumed."""
        if self.motion is None:
            return {**self.operator.between(*_READABLE), **self.assuming}
        forms = (self.form, *self.assuming.values())
        return {**self.motion.readable_relations(self.operator, *forms), **self.assuming}

    @property
    def statement(self) -> str:
        """The claim in words."""
        assumed = f" and {', '.join(self.assuming)} ≥ 0" if self.assuming else ""
        where = f"in every state of the {self.motion.system.title}" if self.motion else ""
        return (
            f"For every {self.operator.title} G with a zero z*{assumed}, F ≥ 0 "
            f"{where or 'at every point'}, for all {self.scalars.quantifiers}."
        )

    def coefficients(self) -> Iterator[Any]:
        """Yield the coefficients of the form and of the inequalities."""
        for form in (self.form, *self.inequalities.values()):
            yield from form.terms.values()

    def _relations(self) -> Mapping[str, Form]:
        if self.motion is None:
            return self.operator.between(_POINT, _ZERO)
        return self.motion.relations(self.operator, self.form, *self.assuming.values())


def is_equality(claim: Claim, name: str) -> bool:
    """Tell whether what a claim calls by this name is an equality; what is assumed never is."""
    assumed = isinstance(claim, Nonnegativity) and name in claim.assuming
    return not assumed and name.split("(")[0].rstrip("'") in claim.operator.equalities


def _require_constants(clock: str, operator: OperatorClass, motion: Motion | None) -> None:
    """Refuse a μ, R, γ, … that contains t or k: a class or a flow is one for all times.

    What may change with time is a function of it, `flows.time_function.TimeFunction`.
    """
    for name, value in {**constants(operator), **(motion.parameters if motion else {})}.items():
        if any(symbol.name == clock for symbol in getattr(value, "free_symbols", ())):
            what = "time" if clock == TIME else "the number of the step"
            raise ProblemError(
                f"{name} = {value} contains {clock}, which is {what}; give the constant another "
                "name"
            )


def _over(scalars: ScalarField, forms: Mapping[str, Form]) -> Mapping[str, Form]:
    return MappingProxyType({name: form.map(scalars.convert) for name, form in forms.items()})
