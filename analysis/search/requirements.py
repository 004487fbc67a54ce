"""What a Lyapunov function must satisfy to prove a rate, as identities with unknowns.

V never increases; V ≥ τ · metric, with a weight τ = t^q or k^q; and V at the start is at most
C‖Z0 − z*‖². Then ``metric ≤ C‖Z0 − z*‖²/τ``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Symbol

from ..claims.flow_motion import FlowMotion
from ..claims.motion import Motion
from ..classes.operator_class import OperatorClass, Point
from ..coefficients.field import ScalarField
from ..proofs.squares import completed
from ..readings.vector import Form, Vector
from .family import Family
from .identity import Identity

CONSTANT = "C"
ORIGIN = {"z*": Vector()}
"""All depends on differences alone: let z* be the origin."""


@dataclass(frozen=True)
class Requirements:
    """The three identities for one flow or method, class, family and weight.

    Parameters
    ----------
    motion : Motion
        The flow or the method.
    operator : OperatorClass
        The class.
    family : Family
        Where V is sought.
    metric : Form
        What is to tend to 0.
    weight : field element
        τ.
    degree : int
        Highest power of the clock in a multiplier.
    """

    motion: Motion
    operator: OperatorClass
    family: Family
    metric: Form
    weight: Any
    degree: int

    @property
    def goal(self) -> Form:
        """τ · metric, over the field of the family."""
        form: Form = self.metric.map(self.family.scalars.convert) * self.weight
        return form

    @property
    def distance(self) -> Form:
        """‖Z0 − z*‖², over the field of the family."""
        z0, _ = self.start_vectors
        apart = z0 - Vector.generator("z*")
        form: Form = (apart @ apart).map(self.family.scalars.convert)
        return form

    def decrease(self) -> Identity:
        """−V̇ or V_k − V_{k+1} is a sum of squares and inequalities."""
        scalars = self.family.scalars
        changes = {n: -self.motion.change(form, scalars) for n, form in self.family.members.items()}
        relations = self.motion.relations(self.operator, *changes.values())
        return self._identity(Form(), changes, relations)

    def bound(self) -> Identity:
        """V − τ · metric is a sum of squares and inequalities."""
        relations = self.motion.relations(self.operator, self.metric)
        return self._identity(-self.goal, self.family.members, relations)

    def start(self) -> Identity:
        """C‖Z0 − z*‖² − V is a sum of squares and inequalities at the start."""
        z0, g = self.start_vectors
        scalars = self.family.scalars
        found = {name: -self.at_start(form) for name, form in self.family.members.items()}
        found[CONSTANT] = (z0 @ z0).map(scalars.convert)
        relations = self.operator.between(Point("0", z0, g), Point("*", Vector(), Vector()))
        return self._identity(Form(), found, relations, degree=0)

    @property
    def start_vectors(self) -> tuple[Vector, Vector]:
        """The start and the value of the operator there."""
        names = ("Z0", "G") if isinstance(self.motion, FlowMotion) else ("z^{0}", "g^{k}")
        z0, g = map(Vector.generator, names)
        return z0, g

    def at_start(self, V: Form) -> Form:
        """Return the limit of V at the start, for values of G that stay bounded."""
        z0, g = self.start_vectors
        moved = ("Z", "Y", "z^{k}", "z^{k-1}", "z^{k-1/2}")
        images = dict.fromkeys(moved, z0) | dict.fromkeys(("g^{k-1}", "g^{k-1/2}"), g)
        domain = self.family.scalars.domain
        first = V.map(lambda c: domain.convert(c.numer.coeff(1)) / c.denom.coeff(1))
        return first.substitute(images)

    def least_constant(self, V: Form, multipliers: Mapping[Any, Any], scalars: ScalarField) -> Any:
        """Return the least c with which squares and these multipliers make a V + c‖Z0 − z*‖².

        It is an element of `scalars`; None if there is no such c.

        Parameters
        ----------
        V : Form
            Over `scalars`.
        multipliers : mapping
            Name and power of the clock -> its weight in the multiplier, in `scalars`.
        scalars : ScalarField
            The field of the family, or one with parameters.
        """
        bound, (z0, _) = self.bound(), self.start_vectors
        (start,) = z0
        rest = V.substitute(ORIGIN) + bound.constant.map(scalars.convert)
        for name, weight in multipliers.items():
            rest -= bound.signed[name].map(scalars.convert) * scalars.convert(weight)
        moved = {name: Vector.generator("d") + z0 for name in ("Z", "z^{k}")}
        left = completed(rest.substitute(moved), start)
        return -left.coefficient(start, start) if left else None

    def start_costs(self, forms: Mapping[str, Form]) -> dict[str, float]:
        """Return the coefficient of ‖Z0 − z*‖² that each form has at the start, if not 0."""
        z0, _ = self.start_vectors
        (name,) = z0
        starts = {key: self.at_start(form).coefficient(name, name) for key, form in forms.items()}
        return {key: float(value.as_expr()) for key, value in starts.items() if value}

    def _identity(
        self,
        constant: Form,
        free: Mapping[str, Form],
        relations: Mapping[str, Form],
        degree: int | None = None,
    ) -> Identity:
        scalars = self.family.scalars
        clock = scalars.convert(Symbol(self.motion.clock))
        powers = range((self.degree if degree is None else degree) + 1)
        signed = {
            (name, power): form.map(scalars.convert).substitute(ORIGIN) * clock**power
            for name, form in relations.items()
            for power in powers
        }
        moved = {name: form.substitute(ORIGIN) for name, form in free.items()}
        return Identity(constant.substitute(ORIGIN), moved, signed)
