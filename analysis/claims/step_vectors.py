"""The vectors of one step of a method, for every k at once: z^k, g^k, z^{k+1}, and what is kept.

The step is read from a state of which nothing is known but its names, and the next step after
it. Each new point at which G is asked gets a label: ``k`` for z^k, ``k+1/2`` for the first
point in between (``k+2/3`` for a second), ``k+1`` for z^{k+1}; its value is ``g^{label}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ..classes.operator_class import Point
from ..readings.vector import Vector
from .step_reading import Z0, K, Z, label_at, offset_of, read_two_steps, value_at

ZSTAR = Vector.generator("z*")


@dataclass(frozen=True)
class StepVectors:
    """Vectors of which Lyapunov functions V_k of a method are made.

    Parameters
    ----------
    k : Symbol
        The step, an integer ≥ 0.
    z, z0, zstar : Vector
        The iterate z^k, the start z^0, any zero z* of the operator.
    z_next : Vector
        z^{k+1}, as the method's step gives it.
    points : tuple of Point
        Points of the graph of G: those whose values the method keeps from the step before, as a
        rule z^{k−1}; z^k; those inside the step; z^{k+1}; those inside the next step.
    shift : mapping
        Generator at step k -> the vector that stands for it at step k + 1.
    asked : frozenset of str
        Labels of the points at which step k itself asks for G, and of those kept.
    state : tuple of str
        Names of the entries of the method's state before step k.
    """

    k: Any
    z: Vector
    z0: Vector
    zstar: Vector
    z_next: Vector
    points: tuple[Point, ...]
    shift: Mapping[str, Vector]
    asked: frozenset[str]
    state: tuple[str, ...]

    @property
    def g(self) -> Vector:
        """G(z^k)."""
        return value_at(0)

    @property
    def previous(self) -> Point:
        """The point whose value is kept from the step before: as a rule z^{k−1}."""
        return self._one(lambda offset: offset < 0, "keeps no value from the step before")

    @property
    def half(self) -> Point:
        """The first point inside the step at which G is asked."""
        return self._one(lambda offset: 0 < offset < 1, "asks for G at no point inside a step")

    def _one(self, here: Any, otherwise: str) -> Point:
        found = [point for point in self.points if here(offset_of(point.label))]
        if not found:
            raise ProblemError(f"the method {otherwise}; make V of z, z0, zstar, g, z_next")
        return found[0]


def step_vectors(method: Method) -> StepVectors:
    """Vectors of a method: one step, and the next, from a state of which only names are known.

    Parameters
    ----------
    method : Method
        Method with exact parameters: int, Fraction, SymPy expression, or a schedule that is
        rational in k.

    Returns
    -------
    StepVectors

    Raises
    ------
    ProblemError
        The method needs G by players or by coordinates, of which formal vectors know nothing, or
        has a schedule with cases.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import OptimisticSimGD
    >>> v = step_vectors(OptimisticSimGD(*symbols("alpha beta", positive=True)))
    >>> print(v.z_next - v.z)
    (−α − β) g^k + β g^{k-1}
    >>> print(v.previous.z, v.previous.g, v.shift["g^{k-1}"], sep="; ")
    z^{k-1}; g^{k-1}; g^k
    """
    state, new, graph, asked = read_two_steps(method)
    points = {offset_of(label): Point(label, z, value_at(offset_of(label))) for z, label in graph}
    shift = {"z^{0}": Z0, "z*": ZSTAR}
    for before, after in zip(state, new, strict=True):
        (name,) = before
        shift[name] = after
        if before != Z and name.startswith("g^"):  # a kept value; its point moves with it
            offset = offset_of(name[3:-1])
            if offset < 0:
                z = Vector.generator(f"z^{{{label_at(offset)}}}")
                shift[next(iter(z))] = points[offset + 1].z
                points[offset] = Point(label_at(offset), z, before)
    shift |= {f"g^{{{p.label}}}": value_at(x + 1) for x, p in points.items() if x + 1 in points}
    kept = {point.label for x, point in points.items() if x < 0}
    ordered = tuple(points[x] for x in sorted(points))
    names = tuple(next(iter(entry)) for entry in state)
    return StepVectors(K, Z, Z0, ZSTAR, new[0], ordered, shift, frozenset(asked | kept), names)
