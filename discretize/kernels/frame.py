"""What both kernels share: their arguments, the state in registers, and what they write down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from .emission import Coordinates, StepCode
from .lanes import Code, Lanes, llvm_builder
from .loops import Variable, element, load, store, whole
from .normals import normal_pair, threefry
from .program import Program, Slot

ARRAYS = ("state", "stop", "total", "constants", "varying", "keep", "out")
"""Addresses that a kernel takes: of doubles, but `keep` of words."""

NUMBERS = ("groups", "path", "k", "steps", "evaluation", "row", "key0", "key1")
"""Words that it takes."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A kernel in the making: for each group of lanes, each of the steps.

    The arrays are ``state`` (groups, points·d, lanes), ``stop`` (groups, lanes) with the last k of
    a path that has stopped and −1 for the others, ``total`` (groups, d, lanes) with the sum of
    the iterates, ``constants``, ``varying`` (steps, columns), ``keep`` with the k to write down
    and −1 at its end, ``out`` (kept, groups, d, lanes).

    Parameters
    ----------
    code : Code
        Lanes of the state: paths abreast, or one.
    program : Program
        The step.
    formulas : CompiledExpressions or None
        G of an expression.
    columns : int
        Numbers that change with k.
    totals : bool
        Whether the sum of the iterates is kept.
    arguments : dict
        Values of the arguments by name.
    """

    code: Code
    program: Program
    formulas: Any
    columns: int
    totals: bool
    arguments: dict[str, Any]

    @classmethod
    def new(cls, module: Any, width: int, program: Program, formulas: Any, columns: int,
            totals: bool) -> Frame:  # fmt: skip
        """Begin the function ``kernel`` in a module."""
        ir = llvm_builder()
        word, address = ir.IntType(64), ir.PointerType()
        kinds = [address] * len(ARRAYS) + [word] * len(NUMBERS)
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), "kernel")
        for argument in function.args[: len(ARRAYS)]:
            argument.add_attribute("noalias")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        names = dict(zip(ARRAYS + NUMBERS, function.args, strict=True))
        start = builder.append_basic_block("start")
        builder.branch(start)
        builder.position_at_end(start)
        return cls(Code(builder, width), program, formulas, columns, totals, names)

    def variables(self, count: int, value: float = 0.0) -> list[Variable]:
        """Return new variables of the width of the state."""
        builder = self.code.builder
        kind, start = self.code.reals(), self.code.constant(value).value
        return [Variable.new(builder, kind, start) for _ in range(count)]

    def read(self, name: str, group: Any, variables: list[Variable]) -> None:
        """Fill variables with the rows of a group."""
        for i, variable in enumerate(variables):
            place = self._place(group, len(variables), i)
            variable.set(load(self.code, self.arguments[name], place).value)

    def write(self, name: str, group: Any, variables: list[Variable]) -> None:
        """Store variables in the rows of a group."""
        for i, variable in enumerate(variables):
            value = Lanes(self.code, variable.get())
            store(self.code, value, self.arguments[name], self._place(group, len(variables), i))

    def step(
        self, state: list[Variable], t: Any, normal: Callable[[int, int], Lanes]
    ) -> list[Coordinates]:
        """Write one step from the state in the variables."""
        d = self.program.d
        values = [Lanes(self.code, variable.get()) for variable in state]
        points = [values[i : i + d] for i in range(0, len(values), d)]

        def number(slot: Slot) -> Lanes:
            name, index = ("varying", t) if slot.varying else ("constants", whole(0))
            place = self.code.builder.mul(index, whole(self.columns))
            place = self.code.builder.add(place, whole(slot.place))
            plain = Code(self.code.builder, 1)
            return self.code.spread(load(plain, self.arguments[name], place).value)

        return StepCode(self.code, self.program, self.formulas, number, normal)(points)

    def finite(self, z: Coordinates) -> Any:
        """Return the condition that a point is finite: 0·z = 0."""
        probe = reduce(add, [x * 0.0 for x in z])
        return self.code.compare("==", probe, self.code.constant(0.0))

    def note(self, group: Any, t: Any, kept: Variable, z: list[Variable],
             totals: list[Variable]) -> None:  # fmt: skip
        """Add z^{k+1} to the totals, and write it down if it is the next one to keep."""
        builder, arguments = self.code.builder, self.arguments
        for total, x in zip(totals, z, strict=False):
            total.set(builder.fadd(total.get(), x.get()))
        word = llvm_builder().IntType(64)
        wanted = builder.load(element(builder, arguments["keep"], kept.get(), word), typ=word)
        now = builder.add(builder.add(arguments["k"], t), whole(1))
        with builder.if_then(builder.icmp_signed("==", wanted, now), likely=False):
            first = builder.mul(kept.get(), arguments["row"])
            for i, x in enumerate(z):
                place = builder.add(first, self._place(group, len(z), i))
                store(self.code, Lanes(self.code, x.get()), arguments["out"], place)
            kept.set(builder.add(kept.get(), whole(1)))

    def normals(self, code: Code, steps: Lanes, paths: Lanes, sample: int) -> list[Lanes]:
        """Return the normal numbers of one sample, at steps (from the first) and paths."""
        arguments, pairs = self.arguments, (self.program.normals + 1) // 2
        evaluation = code.spread(arguments["evaluation"]) + steps * self.program.samples + sample
        key = (code.spread(arguments["key0"]), code.spread(arguments["key1"]))
        numbers: list[Lanes] = []
        for pair in range(pairs):
            words = threefry((evaluation * pairs + pair, paths), key)
            numbers += normal_pair(words, code)
        return numbers

    def _place(self, group: Any, rows: int, row: int) -> Any:
        builder, width = self.code.builder, self.code.width
        return builder.add(builder.mul(group, whole(rows * width)), whole(row * width))
