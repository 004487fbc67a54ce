"""From a program to machine code: one step on lanes, operation by operation."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from .formulas import Formulas, power
from .lanes import Code, Lanes
from .program import Operation, Program, Slot

Coordinates = list[Lanes]

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


@dataclass(frozen=True, eq=False)
class StepCode:
    """Writes one step of a program.

    Parameters
    ----------
    code : Code
        Where the code goes.
    program : Program
        The step.
    formulas : CompiledExpressions or None
        G of an expression; None when it is affine.
    number : callable
        Slot -> its value.
    normal : callable
        (sample, coordinate) -> a normal number.
    """

    code: Code
    program: Program
    formulas: Any
    number: Callable[[Slot], Lanes]
    normal: Callable[[int, int], Lanes]

    def __call__(self, state: Sequence[Coordinates]) -> list[Coordinates]:
        """Write the step, and return the state after it."""
        points = list(state)
        for operation in self.program.operations:
            points.append(self._written(operation, [points[i] for i in operation.points]))
        return [points[place] for place in self.program.outputs]

    def _written(self, operation: Operation, points: list[Coordinates]) -> Coordinates:
        kind, size, detail = operation.kind, operation.size, operation.detail
        if kind in ARITHMETIC:
            left, right = (p * size if len(p) < size else p for p in points)
            return [ARITHMETIC[kind](a, b) for a, b in zip(left, right, strict=True)]
        if kind == "numbers":
            return [self.number(slot) for slot in operation.slots]
        if kind == "linear":
            return self._linear(operation, points[0])
        if kind == "normal":
            return [self.normal(detail[0], i) for i in range(size)]
        if kind == "block":
            zero = self.code.constant(0.0)
            return [g if detail[0] <= i < detail[1] else zero for i, g in enumerate(points[0])]
        if kind == "power":
            return [power(self.code, x, detail[0]) for x in points[0]]
        return self._operator(points[0])

    def _linear(self, operation: Operation, z: Coordinates) -> Coordinates:
        rows: list[list[Lanes]] = [[] for _ in range(operation.size)]
        for (i, j), slot in zip(operation.detail, operation.slots, strict=True):
            rows[i].append(self.number(slot) * z[j])
        zero = self.code.constant(0.0)
        return [reduce(operator.add, row) if row else zero for row in rows]

    def _operator(self, z: Coordinates) -> Coordinates:
        write = Formulas(self.code, dict(zip(self.formulas.variables, z, strict=True)))
        for symbol, body in self.formulas.definitions:
            write.define(symbol, body)
        return [write(g) for g in self.formulas.expressions]
