"""From LLVM code to a function that can be called; compiled once for each program."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ...flows.errors import ProblemError
from .abreast import write_abreast
from .alone import write_alone
from .frame import ARRAYS, NUMBERS, Frame
from .lanes import llvm_builder
from .program import Program

COMPILED = 256
"""Kernels kept in memory."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """A compiled kernel; while it runs other threads run too.

    Attributes
    ----------
    run : callable
        The function, with the arguments of `Frame`.
    library : object
        What keeps its code in memory.
    """

    run: Callable[..., None]
    library: Any


@lru_cache(maxsize=COMPILED)
def kernel(program: Program, formulas: Any, columns: int, totals: bool, width: int) -> Kernel:
    """Compile the kernel of a program, or return what an earlier call compiled."""
    module = llvm_builder().Module("kernel")
    frame = Frame.new(module, width, program, formulas, columns, totals)
    (write_alone if width == 1 else write_abreast)(frame)
    library = _compiled(str(module))
    signature = [ctypes.c_void_p] * len(ARRAYS) + [ctypes.c_int64] * len(NUMBERS)
    run = ctypes.CFUNCTYPE(None, *signature)(library.get_function_address("kernel"))
    return Kernel(run, library)


@cache
def compiler() -> Any:
    """Return LLVM, ready to compile for this machine.

    Raises
    ------
    ProblemError
        It is not installed, or does not know this machine.
    """
    llvm_builder()
    llvm = importlib.import_module("llvmlite.binding")
    try:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        llvm.Target.from_default_triple()
    except RuntimeError as error:
        raise ProblemError(f"LLVM does not compile for this machine: {error}") from None
    return llvm


def _compiled(text: str) -> Any:
    """Return an execution engine with the optimised code of a module."""
    llvm = compiler()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    llvm_passes = llvm.create_pass_builder(target, options)
    llvm_passes.getModulePassManager().run(module, llvm_passes)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return engine
