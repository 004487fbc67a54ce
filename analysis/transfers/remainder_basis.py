"""Vectors of one step between which a remainder can be estimated: near and far, with scales.

One value of G stands for all of them; the others are it and a change over a step of order h.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Integer, Symbol, sympify

from ..claims.step_motion import StepMotion
from ..claims.step_reading import offset_of
from ..classes.operator_class import Point
from ..readings.vector import Form, Vector
from .nearness import Nearness
from .remainder_estimate import Basis, Change

_Z, _E, _A = "z^{k}", "z^{k} − z*", "z^{k} − z^{0}"


@dataclass(frozen=True)
class Surroundings:
    """A remainder with all that is near it.

    Parameters
    ----------
    remainder : Form
        Over the vectors of the method.
    motion : StepMotion
        The method.
    nearness : Nearness
        What the class says of near points.
    h : scalar
        The step of time.
    """

    remainder: Form
    motion: StepMotion
    nearness: Nearness
    h: Any

    @property
    def values(self) -> list[str]:
        """Names of the values of G in the remainder."""
        return [name for name in self.remainder.generators if name.startswith("g^")]

    @property
    def time(self) -> Any:
        """t_k."""
        return sympify(self.motion.system.time(self.motion.vectors.k), strict=True)

    def step_at(self, t: Any) -> Any:
        """Return the k with t_k = t, for the number of a step between whole ones too."""
        return plain((t - self.motion.system.time(0)) / self.h)

    @property
    def starts_at_zero(self) -> bool:
        """Whether t_0 = 0."""
        return not self.motion.system.time(0)

    @property
    def divides_by_time(self) -> bool:
        """Whether a vector is compared with others on the scale of t."""
        return "z^{0}" in self.remainder.generators or self._far == self.time

    def coordinates(self, form: Form, reference: str | None) -> Form:
        """Return a form over the names of a basis."""
        return form.substitute({**self._near_points, **self._near_values(reference)})

    def basis(self, reference: str | None) -> Basis:
        """Return the basis with all values as changes of one; with all as they are, for None."""
        v, near = self.motion.vectors, self._near_values(reference)
        vectors = {_Z: v.z, _E: v.z - v.zstar, _A: v.z - v.z0}
        scales = {_Z: self._far, _E: self._far, _A: self.time}
        for point in self._kept:
            vectors[_step("k", point.label)] = (v.z - point.z) * (1 / self.h)
        for name in self._points:
            vectors[name] = Vector.generator(name)
        changes = {_change(name): self._change_of(name, str(reference)) for name in near}
        for name, change in changes.items():
            vectors[name] = change.d
            scales[name] = self.h * self.nearness.constant
            if change.along not in vectors:
                vectors[change.along] = change.s * (1 / self.h)
        return Basis(vectors, {**dict.fromkeys(vectors, Integer(1)), **scales}, changes)

    def _change_of(self, name: str, reference: str) -> Change:
        point, other = self._points[name], self._points[reference]
        s, d = point.z - other.z, point.g - other.g
        parts = s.substitute(self._near_points)
        along, slope = _step(point.label, other.label), self.h
        if len(parts.terms) == 1:
            ((along, slope),) = parts.terms.items()
        return Change((point.label, other.label), s, d, along, slope)

    def _near_values(self, reference: str | None) -> dict[str, Vector]:
        if reference is None:
            return {}
        base = Vector.generator(reference)
        others = (name for name in self.values if name != reference)
        return {name: base + Vector.generator(_change(name)) for name in others}

    @cached_property
    def _near_points(self) -> Mapping[str, Vector]:
        z, unit = Vector.generator(_Z), Vector.generator
        kept = {next(iter(p.z)): z - self.h * unit(_step("k", p.label)) for p in self._kept}
        return {"z*": z - unit(_E), "z^{0}": z - unit(_A), **kept}

    @cached_property
    def _points(self) -> dict[str, Point]:
        return {next(iter(point.g)): point for point in self.motion.vectors.points}

    @cached_property
    def _kept(self) -> list[Point]:
        return [point for point in self.motion.vectors.points if offset_of(point.label) < 0]

    @property
    def _far(self) -> Any:
        """The scale of z − z* against values of G: 1/L, or t, or 1."""
        if self.nearness.constant is not None:
            return 1 / self.nearness.constant
        symbols = (getattr(c, "free_symbols", ()) for c in self.remainder.terms.values())
        return self.time if any(self.motion.vectors.k in x for x in symbols) else Integer(1)


def plain(formula: Any) -> Expr:
    """Return a formula with symbols of the same names without assumptions."""
    exact: Expr = sympify(formula, strict=True)
    return exact.xreplace({x: Symbol(x.name) for x in exact.free_symbols})


def _step(*labels: str) -> str:
    later, earlier = sorted(labels, key=offset_of, reverse=True)
    return f"(z^{{{later}}} − z^{{{earlier}}})/h"


def _change(name: str) -> str:
    return f"change of {name}"
