"""The kernel of many paths: eight abreast, one in each lane, with their states in registers."""

from __future__ import annotations

from functools import cache
from typing import Any

from .frame import Frame
from .lanes import Lanes, llvm_builder
from .loops import Variable, loop, whole


def write_abreast(frame: Frame) -> None:
    """Write the kernel: for each group, load, do all the steps, store."""
    builder, arguments = frame.code.builder, frame.arguments
    word, d = llvm_builder().IntType(64), frame.program.d
    state, stop = frame.variables(d * frame.program.inputs), frame.variables(1)
    totals = frame.variables(d if frame.totals else 0)
    group, t, kept = (Variable.new(builder, word) for _ in range(3))
    group.set(whole(0))
    with loop(builder, group, arguments["groups"]):
        this = group.get()
        for name, variables in (("state", state), ("stop", stop), ("total", totals)):
            frame.read(name, this, variables)
        t.set(whole(0))
        kept.set(whole(0))
        with loop(builder, t, arguments["steps"]):
            _step(frame, this, t.get(), state, stop[0])
            frame.note(this, t.get(), kept, state[:d], totals)
        for name, variables in (("state", state), ("stop", stop), ("total", totals)):
            frame.write(name, this, variables)
    builder.ret_void()


def _step(frame: Frame, group: Any, t: Any, state: list[Variable], stop: Variable) -> None:
    """Do a step on the lanes that have not stopped; those without a finite z^{k+1} stop."""
    code, arguments = frame.code, frame.arguments
    builder, first = code.builder, Lanes(code, stop.get())
    path = builder.add(arguments["path"], builder.mul(group, whole(code.width)))
    paths, steps = code.spread(path) + code.count(), code.spread(t)

    @cache
    def numbers(sample: int) -> list[Lanes]:
        return frame.normals(code, steps, paths, sample)

    after = frame.step(state, t, lambda sample, i: numbers(sample)[i])
    runs = code.compare("<", first, code.constant(0.0))
    goes = builder.and_(runs, frame.finite(after[0]))
    ends = builder.and_(runs, builder.not_(goes))
    k = code.real(code.spread(builder.add(arguments["k"], t)))
    stop.set(code.select(ends, k, first).value)
    for variable, new in zip(state, [x for point in after for x in point], strict=True):
        variable.set(code.select(goes, new, Lanes(code, variable.get())).value)
