"""What one step of a method does, as a list of operations on points: the trace of `method.step`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError

Array = NDArray[np.float64]


class Slot(NamedTuple):
    """Where a number of a step stands: in the constants, or in the row of numbers of step k."""

    varying: bool
    place: int


class Operation(NamedTuple):
    """One operation on points, named by their places in the program.

    Kinds are ``add``, ``subtract``, ``multiply``, ``divide`` (of two points, by coordinate; a point
    of one coordinate goes with every other), ``power`` (of a point, with a fixed exponent),
    ``numbers`` (a point made of slots), ``linear`` (a sparse matrix of slots times a point),
    ``operator`` (G of an expression), ``block`` (the coordinates from `detail[0]` to `detail[1]`,
    zeros elsewhere) and ``normal`` (sample `detail[0]` of the step, independent N(0, 1)).
    """

    kind: str
    points: tuple[int, ...]
    size: int
    slots: tuple[Slot, ...] = ()
    detail: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Program:
    """One step: the state in the first places, then the operations, and which places go out.

    Attributes
    ----------
    d : int
        Coordinates of a point.
    inputs : int
        Points in the state.
    operations : tuple of Operation
        In the order of their evaluation.
    outputs : tuple of int
        Places of the points of the next state.
    samples : int
        Random samples in a step, and
    normals : int
        normal numbers in each of them.
    """

    d: int
    inputs: int
    operations: tuple[Operation, ...]
    outputs: tuple[int, ...]
    samples: int
    normals: int


@dataclass(eq=False)
class Trace:
    """A program in the making, and the numbers in its slots.

    Parameters
    ----------
    d, inputs : int
        As for `Program`.
    """

    d: int
    inputs: int
    operations: list[Operation] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)
    varying: list[Array] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)

    def state(self) -> tuple[Point, ...]:
        """Return the points of the state."""
        return tuple(Point(self, place, self.d) for place in range(self.inputs))

    def add(self, operation: Operation) -> Point:
        """Append an operation, and return its point."""
        self.operations.append(operation)
        return Point(self, self.inputs + len(self.operations) - 1, operation.size)

    def numbers(self, values: Any) -> Point:
        """Return a number, d numbers, or a column of numbers one for each k, as a point."""
        array = np.asarray(values, dtype=np.float64)
        if array.ndim == 2:  # a column: see `steps`
            return self.add(Operation("numbers", (), 1, (self.slot(array[:, 0]),)))
        if array.shape not in ((), (1,), (self.d,)):
            raise ProblemError(f"a step multiplies by an array of shape {array.shape}")
        slots = tuple(self.slot(value) for value in array.ravel())
        return self.add(Operation("numbers", (), len(slots), slots))

    def linear(self, matrix: Array, point: Point) -> Point:
        """Return matrix @ point, for a matrix (d, d), or one for each k (T, d, d)."""
        used = np.argwhere(matrix.reshape(-1, *matrix.shape[-2:]).any(axis=0))
        entries = tuple((int(i), int(j)) for i, j in used)
        slots = tuple(self.slot(matrix[..., i, j]) for i, j in entries)
        return self.add(Operation("linear", (point.place,), self.d, slots, entries))

    def slot(self, value: Any) -> Slot:
        """Return the place of a number, or of an array with one for each k."""
        if np.ndim(value) == 0:
            self.constants.append(float(value))
            return Slot(varying=False, place=len(self.constants) - 1)
        self.varying.append(value)
        return Slot(varying=True, place=len(self.varying) - 1)

    def program(self, outputs: tuple[Point, ...]) -> Program:
        """Return the finished program."""
        places = tuple(point.place for point in outputs)
        operations, normals = tuple(self.operations), max(self.samples, default=0)
        return Program(self.d, self.inputs, operations, places, len(self.samples), normals)


def steps(first: int, count: int) -> Array:
    """Return the steps k = first, first + 1, … as a column: what `method.step` gets for k.

    A column of numbers cannot be mistaken for the d numbers that an oracle multiplies by.
    """
    return np.arange(first, first + count, dtype=np.float64)[:, None]


@dataclass(frozen=True, eq=False)
class Point:
    """A point in a trace: it adds up like an array of d numbers, and writes down what it does.

    Parameters
    ----------
    trace : Trace
        Where it is written.
    place : int
        Place in the program.
    size : int
        Number of coordinates, d or 1.
    """

    trace: Trace
    place: int
    size: int

    __array_ufunc__ = None  # arrays leave the arithmetic to the point

    @property
    def shape(self) -> tuple[int]:
        """Shape of the array it stands for."""
        return (self.size,)

    def __add__(self, other: Any) -> Point:
        return self._with("add", self, other)

    def __radd__(self, other: Any) -> Point:
        return self._with("add", other, self)

    def __sub__(self, other: Any) -> Point:
        return self._with("subtract", self, other)

    def __rsub__(self, other: Any) -> Point:
        return self._with("subtract", other, self)

    def __mul__(self, other: Any) -> Point:
        return self._with("multiply", self, other)

    def __rmul__(self, other: Any) -> Point:
        return self._with("multiply", other, self)

    def __truediv__(self, other: Any) -> Point:
        return self._with("divide", self, other)

    def __neg__(self) -> Point:
        return self._with("multiply", -1.0, self)

    def __pow__(self, exponent: float) -> Point:
        detail = (float(exponent),)
        return self.trace.add(Operation("power", (self.place,), self.size, (), detail))

    def __matmul__(self, matrix: Array) -> Point:
        return self.trace.linear(np.asarray(matrix).T, self)

    def __bool__(self) -> bool:
        raise ProblemError("a step that decides by the values of a point")

    def _with(self, kind: str, left: Any, right: Any) -> Point:
        first, second = (
            value if isinstance(value, Point) else self.trace.numbers(value)
            for value in (left, right)
        )
        size = max(first.size, second.size)
        return self.trace.add(Operation(kind, (first.place, second.place), size))
