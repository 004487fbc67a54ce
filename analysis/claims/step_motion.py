"""A step of a method as what moves a Lyapunov function: V_{k+1} − V_k, and the pairs of points."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from sympy import Symbol, sympify

from ...discretize.method import Method, parameters
from ...flows.errors import ProblemError
from ..classes.operator_class import OperatorClass, Point
from ..coefficients.field import STEP, ScalarField, field_for
from ..readings.vector import Form, Vector
from .step_reading import offset_of
from .step_vectors import ZSTAR, StepVectors, step_vectors

_STAR = Point("*", ZSTAR, Vector())


@dataclass(frozen=True)
class StepMotion:
    """Change by one step of a method: V_{k+1} − V_k.

    Parameters
    ----------
    system : Method
        The method.
    """

    system: Method

    clock: ClassVar[str] = STEP
    kind: ClassVar[str] = "method"
    change_text: ClassVar[str] = "V_{k+1} − V_k"
    change_latex: ClassVar[str] = "V_{k+1} - V_k"

    @cached_property
    def vectors(self) -> StepVectors:
        """The vectors of the method."""
        return step_vectors(self.system)

    @property
    def settings(self) -> Mapping[str, Any]:
        """All parameters of the method by name, schedules among them."""
        return parameters(self.system)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Parameters of the method by name; schedules, which are functions of k, left out."""
        return {name: value for name, value in self.settings.items() if not callable(value)}

    @property
    def equations(self) -> Mapping[str, Vector]:
        """z^{k+1}."""
        return {"z^{k+1}": self.vectors.z_next}

    @property
    def names(self) -> Mapping[str, Any]:
        """The vectors and k by the names they have in text."""
        v = self.vectors
        found = {"z": v.z, "z0": v.z0, "zstar": v.zstar, "g": v.g, "z_next": v.z_next}
        for point in v.points:
            offset = offset_of(point.label)
            if offset < 0:
                found |= {"z_previous": point.z, "g_previous": point.g}
            if 0 < offset < 1 and "z_half" not in found:
                found |= {"z_half": point.z, "g_half": point.g}
        return {STEP: v.k, **found}

    def change(self, V: Form, scalars: ScalarField) -> Form:
        """Return V_{k+1} − V_k over the field."""
        shift = self.vectors.shift
        if strange := [name for name in V.generators if name not in shift]:
            raise ProblemError(
                f"what becomes of {', '.join(strange)} in the next step is not known; make V of "
                f"{', '.join(shift)}"
            )
        images = {name: shift[name].map(scalars.convert) for name in V.generators}
        exact = V.map(scalars.convert)
        return exact.map(scalars.shifted).substitute(images) - exact

    def relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return ``MON(k,*)``, ``LIP(k,k-1)`` and their like between the points that matter."""
        return self._pairs(operator, forms, lambda a, b: (a, b))

    def readable_relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return the same over differences such as ``z^{k} − z*``."""
        return self._pairs(operator, forms, _apart)

    def sentence(self, operator: OperatorClass, decrease: str) -> str:
        """Return the sentence that says at which steps V decreases."""
        return (
            f"For every {operator.title} G with a zero z*, in every step of the "
            f"{self.system.title}, {decrease}"
        )

    def _pairs(
        self,
        operator: OperatorClass,
        forms: tuple[Form, ...],
        shown: Callable[[Point, Point], tuple[Point, Point]],
    ) -> dict[str, Form]:
        pairs = itertools.combinations((*self._points(forms), _STAR), 2)
        return {
            f"{name}({a.label},{b.label})": form
            for a, b in pairs
            for name, form in operator.between(*shown(a, b)).items()
        }

    def _points(self, forms: tuple[Form, ...]) -> tuple[Point, ...]:
        """Points that step k asks for or keeps, and those that occur; the latest first."""
        occurring = {name for form in forms for name in form.generators}
        return tuple(
            point
            for point in reversed(self.vectors.points)
            if point.label in self.vectors.asked or occurring & set(point.g)
        )


def difference(V: Form, method: Method) -> Form:
    """Change of a quadratic function in one step of a method, V_{k+1} − V_k.

    Parameters
    ----------
    V : Form
        V_k over the vectors of `step_vectors(method)`, with coefficients rational in k and the
        parameters.
    method : Method
        The method.

    Returns
    -------
    Form
        With SymPy expressions in lowest terms as coefficients; the zero form iff V never changes.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> z = step_vectors(SimGD(2)).z
    >>> print(difference(z @ z, SimGD(2)))
    −4 ⟨g^k, z^k⟩ + 4 ‖g^k‖²
    """
    motion = StepMotion(method)
    values = [
        *V.terms.values(),
        *(c for z in motion.vectors.shift.values() for c in z.terms.values()),
    ]
    symbols = {symbol for value in map(sympify, values) for symbol in value.free_symbols}
    own = {Symbol(symbol.name): symbol for symbol in (*symbols, motion.vectors.k)}
    scalars = field_for(values, {}, STEP)
    return motion.change(V, scalars).map(lambda c: scalars.shown(c).xreplace(own))


def _apart(a: Point, b: Point) -> tuple[Point, Point]:
    """Return two points with the same names and differences, but written as ``z^{k} − z*``."""
    z = Vector.generator(f"z^{{{a.label}}} − {'z*' if b.is_zero else f'z^{{{b.label}}}'}")
    if b.is_zero:
        return Point(a.label, z, a.g), Point(b.label, Vector(), b.g)
    g = Vector.generator(f"g^{{{a.label}}} − g^{{{b.label}}}")
    base = Vector.generator(f"z^{{{b.label}}}")
    return Point(a.label, base + z, b.g + g), Point(b.label, base, b.g)
