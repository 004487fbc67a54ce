"""Loops, variables and memory in machine code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .lanes import Code, Lanes, llvm_builder


@dataclass(frozen=True, eq=False)
class Variable:
    """A place for one value, which the compiler turns into a register.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where the code goes.
    place : llvmlite.ir.Value
        Its address.
    kind : llvmlite.ir.Type
        Type of the value.
    """

    builder: Any
    place: Any
    kind: Any

    @classmethod
    def new(cls, builder: Any, kind: Any, value: Any = None) -> Variable:
        """Make room at the head of the function, and store a value."""
        with builder.goto_entry_block():
            place = builder.alloca(kind)
        variable = cls(builder, place, kind)
        if value is not None:
            variable.set(value)
        return variable

    def get(self) -> Any:
        """Return its value."""
        return self.builder.load(self.place, typ=self.kind)

    def set(self, value: Any) -> None:
        """Store a value."""
        self.builder.store(value, self.place)


@contextmanager
def loop(builder: Any, counter: Variable, end: Any, by: int = 1) -> Iterator[Any]:
    """Repeat the code inside while the counter, which it increases, is below `end`.

    Yields the block after the loop, to leave it early.
    """
    head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
    builder.branch(head)
    builder.position_at_end(head)
    builder.cbranch(builder.icmp_signed("<", counter.get(), end), body, after)
    builder.position_at_end(body)
    yield after
    counter.set(builder.add(counter.get(), whole(by)))
    builder.branch(head)
    builder.position_at_end(after)


def whole(value: int) -> Any:
    """Return a plain word."""
    ir = llvm_builder()
    return ir.Constant(ir.IntType(64), value)


def element(builder: Any, base: Any, index: Any, kind: Any) -> Any:
    """Return the address of an element of an array of numbers of this type."""
    return builder.gep(base, [index], source_etype=kind)


def load(code: Code, base: Any, index: Any) -> Lanes:
    """Return real numbers from memory, `index` counted in single numbers."""
    ir = llvm_builder()
    place = element(code.builder, base, index, ir.DoubleType())
    return Lanes(code, code.builder.load(place, align=8, typ=code.reals()))


def store(code: Code, value: Lanes, base: Any, index: Any) -> None:
    """Write real numbers to memory."""
    place = element(code.builder, base, index, llvm_builder().DoubleType())
    code.builder.store(value.value, place, align=8)
