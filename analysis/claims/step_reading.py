"""The reading behind `step_vectors`: a method run for two steps on an operator that only names."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol, cancel

from ...discretize.method import Method
from ..coefficients.field import STEP
from ..readings.vector import Vector
from .schedule_formulas import require_formulas

K = Symbol(STEP, integer=True, nonnegative=True)
Z, Z0 = (Vector.generator(name) for name in ("z^{k}", "z^{0}"))

State = tuple[Vector, ...]

_VALUE = Vector.generator("g")


def read_two_steps(method: Method) -> tuple[State, State, list[tuple[Vector, str]], set[str]]:
    """Read step k and step k + 1 of a method from a state made of generators.

    Returns
    -------
    state, new : tuple of Vector
        The state before and after step k.
    graph : list of (Vector, str)
        The points at which G was asked, with their labels.
    asked : set of str
        Labels of those at which step k asked.
    """
    require_formulas(method, K)
    start = method.start(lambda _: _VALUE, Z0)
    guess = _Answers(frozenset())
    unknown = (Z, *(Vector.generator(f"s{i}") for i in range(1, len(start))))
    after = _step(guess, method, unknown, 0)
    arrivals = frozenset(j for j, z in enumerate(guess.inside, 1) if z == after[0])
    G = _Answers(arrivals)
    names = {guess.graph[z]: G.label(j) for j, z in enumerate(guess.inside, 1)}
    state = tuple(
        _entry(before, later, first, names)
        for before, later, first in zip(unknown, after, start, strict=True)
    )
    G(Z)
    G.asked.clear()
    new = _step(G, method, state, 0)
    asked = set(G.asked)
    G.begin(new[0], 1)
    G(new[0])
    _step(G, method, new, 1)
    return state, new, list(G.graph.items()), asked


class _Answers:
    """The unknown operator: it names its answers, and remembers where each was given."""

    def __init__(self, arrivals: frozenset[int]) -> None:
        self.arrivals = arrivals  # which points inside a step are z^{k+1}
        self.graph: dict[Vector, str] = {}
        self.asked: list[str] = []
        self.begin(Z, 0)

    def begin(self, z: Vector, offset: int) -> None:
        """Begin the step from `z` = z^{k + offset}."""
        self.z, self.offset = z, offset
        self.inside: list[Vector] = []

    def label(self, j: int) -> str:
        """Return the label of the j-th point inside the step."""
        return label_at(self.offset + (1 if j in self.arrivals else Fraction(j, j + 1)))

    def __call__(self, z: Vector) -> Vector:
        point = _lowest_terms(z)
        if point not in self.graph:
            self._add(point, label_at(self.offset) if point == self.z else self._next_label())
        self.asked.append(self.graph[point])
        return Vector.generator(f"g^{{{self.graph[point]}}}")

    def resolvent(self, z: Vector, step: Any) -> Vector:
        label = self._next_label()
        point = _lowest_terms(z - step * Vector.generator(f"g^{{{label}}}"))
        self._add(point, label)
        self.asked.append(label)
        return point

    def _next_label(self) -> str:
        return self.label(len(self.inside) + 1)

    def _add(self, point: Vector, label: str) -> None:
        self.graph[point] = label
        if point != self.z:
            self.inside.append(point)


def label_at(offset: Fraction | int) -> str:
    """Return the label of the point at k + offset.

    Examples
    --------
    >>> label_at(0), label_at(-1), label_at(Fraction(3, 2))
    ('k', 'k-1', 'k+3/2')
    """
    return STEP if offset == 0 else f"{STEP}{'+' if offset > 0 else '-'}{abs(offset)}"


def offset_of(label: str) -> Fraction:
    """Return the offset of a label: the inverse of `label_at`."""
    return Fraction(label.removeprefix(STEP) or 0)


def value_at(offset: Fraction | int) -> Vector:
    """Return the generator that stands for the value of G at the point of an offset."""
    return Vector.generator(f"g^{{{label_at(offset)}}}")


def _entry(before: Vector, after: Vector, start: Vector, names: dict[str, str]) -> Vector:
    """Return the generator that stands for an entry of the state before step k.

    It is a value kept from the step before if it is one from the start on and after each step.
    """
    if after == before and start == Z0:
        return Z0
    for old, label in (names | {STEP: STEP}).items():
        if start == _VALUE and after == value_at(offset_of(old)):
            return value_at(offset_of(label) - 1)
    return before


def _step(G: _Answers, method: Method, state: State, ahead: int) -> State:
    G.begin(state[0], ahead)
    return tuple(map(_lowest_terms, method.step(G, state, K + ahead)))


def _lowest_terms(z: Vector) -> Vector:
    return z.map(lambda c: cancel(c) if isinstance(c, Expr) else c)
