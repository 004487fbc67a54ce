"""Values in machine code: real numbers and words in lanes, with the operators of Python."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...flows.errors import ProblemError


def llvm_builder() -> Any:
    """Return the module that writes LLVM code.

    Raises
    ------
    ProblemError
        It is not installed.
    """
    try:
        return importlib.import_module("llvmlite.ir")
    except ImportError:
        raise ProblemError("llvmlite is not installed; pip install 'saddleode[fast]'") from None


@dataclass(frozen=True, eq=False)
class Code:
    """Writes operations on values of so many lanes; also the arithmetic that `normals` needs.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where the code goes.
    width : int
        Number of lanes; 1 stands for plain numbers.
    """

    builder: Any
    width: int

    def kind(self, scalar: Any) -> Any:
        """Return the type of values with this type in each lane."""
        return scalar if self.width == 1 else llvm_builder().VectorType(scalar, self.width)

    def reals(self) -> Any:
        """Return the type of real numbers."""
        return self.kind(llvm_builder().DoubleType())

    def words(self) -> Any:
        """Return the type of words."""
        return self.kind(llvm_builder().IntType(64))

    def constant(self, value: float | int) -> Lanes:
        """Return a number in all lanes: a real number for a float, a word for an int."""
        kind = self.reals() if isinstance(value, float) else self.words()
        each = value if self.width == 1 else [value] * self.width
        return Lanes(self, llvm_builder().Constant(kind, each))

    def spread(self, scalar: Any) -> Lanes:
        """Return a plain number in all lanes."""
        if self.width == 1:
            return Lanes(self, scalar)
        ir, builder = llvm_builder(), self.builder
        empty, index = ir.Constant(self.kind(scalar.type), ir.Undefined), ir.IntType(32)
        first = builder.insert_element(empty, scalar, ir.Constant(index, 0))
        mask = ir.Constant(ir.VectorType(index, self.width), [0] * self.width)
        return Lanes(self, builder.shuffle_vector(first, empty, mask))

    def count(self) -> Lanes:
        """Return the words 0, 1, … of the lanes."""
        each = list(range(self.width)) if self.width > 1 else 0
        return Lanes(self, llvm_builder().Constant(self.words(), each))

    def function(self, name: str, *values: Lanes) -> Lanes:
        """Return a function of the C library, by its name in LLVM, in every lane."""
        full = f"llvm.{name}.f64" if self.width == 1 else f"llvm.{name}.v{self.width}f64"
        module, kind = self.builder.module, self.reals()
        known = module.globals.get(full)
        if known is None:
            signature = llvm_builder().FunctionType(kind, [kind] * len(values))
            known = llvm_builder().Function(module, signature, full)
        return Lanes(self, self.builder.call(known, [value.value for value in values]))

    def real(self, word: Lanes) -> Lanes:
        """Return words below 2^63 as real numbers."""
        return Lanes(self, self.builder.sitofp(word.value, self.reals()))

    def bits(self, real: Lanes) -> Lanes:
        """Return the words of the same bits."""
        return Lanes(self, self.builder.bitcast(real.value, self.words()))

    def from_bits(self, word: Lanes) -> Lanes:
        """Return the real numbers of the same bits."""
        return Lanes(self, self.builder.bitcast(word.value, self.reals()))

    def where(self, word: Lanes, yes: Lanes, no: Lanes) -> Lanes:
        """Return `yes` where a word is not 0."""
        chosen = self.builder.icmp_unsigned("!=", word.value, self.constant(0).value)
        return self.select(chosen, yes, no)

    def select(self, condition: Any, yes: Lanes, no: Lanes) -> Lanes:
        """Return `yes` where a condition of LLVM holds."""
        return Lanes(self, self.builder.select(condition, yes.value, no.value))

    def sqrt(self, real: Lanes) -> Lanes:
        """Return the square root."""
        return self.function("sqrt", real)

    def compare(self, sign: str, left: Lanes, right: Lanes) -> Any:
        """Return a condition on real numbers; it fails where one of them is undefined."""
        return self.builder.fcmp_ordered(sign, left.value, right.value)


@dataclass(frozen=True, eq=False)
class Lanes:
    """Real numbers or words in machine code.

    Parameters
    ----------
    code : Code
        Where operations on them are written.
    value : llvmlite.ir.Value
        The value.
    """

    code: Code
    value: Any

    @property
    def is_word(self) -> bool:
        """Whether these are words."""
        return bool(self.value.type == self.code.words())

    def __add__(self, other: Any) -> Lanes:
        return self._with("add", self, other)

    def __radd__(self, other: Any) -> Lanes:
        return self._with("add", other, self)

    def __sub__(self, other: Any) -> Lanes:
        return self._with("sub", self, other)

    def __rsub__(self, other: Any) -> Lanes:
        return self._with("sub", other, self)

    def __mul__(self, other: Any) -> Lanes:
        return self._with("mul", self, other)

    def __rmul__(self, other: Any) -> Lanes:
        return self._with("mul", other, self)

    def __truediv__(self, other: Any) -> Lanes:
        return self._with("div", self, other)

    def __rtruediv__(self, other: Any) -> Lanes:
        return self._with("div", other, self)

    def __neg__(self) -> Lanes:
        return Lanes(self.code, self.code.builder.fneg(self.value))

    def __xor__(self, other: Any) -> Lanes:
        return self._by(self.code.builder.xor, other)

    def __or__(self, other: Any) -> Lanes:
        return self._by(self.code.builder.or_, other)

    def __and__(self, other: Any) -> Lanes:
        return self._by(self.code.builder.and_, other)

    def __lshift__(self, other: Any) -> Lanes:
        return self._by(self.code.builder.shl, other)

    def __rshift__(self, other: Any) -> Lanes:
        return self._by(self.code.builder.lshr, other)

    def _with(self, name: str, left: Any, right: Any) -> Lanes:
        operation = getattr(self.code.builder, name if self.is_word else f"f{name}")
        first, second = (
            value if isinstance(value, Lanes) else self.code.constant(value)
            for value in (left, right)
        )
        return Lanes(self.code, operation(first.value, second.value))

    def _by(self, operation: Callable[..., Any], other: Any) -> Lanes:
        second = other if isinstance(other, Lanes) else self.code.constant(other)
        return Lanes(self.code, operation(self.value, second.value))
