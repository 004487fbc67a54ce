"""The kernel of few paths: one after the other, with the random numbers of eight steps at once."""

from __future__ import annotations

from typing import Any

from .frame import Frame
from .lanes import Code, Lanes, llvm_builder
from .loops import Variable, load, loop, store, whole

WIDE = 16
"""Steps whose random numbers are made side by side."""

AHEAD = 64
"""Steps whose random numbers are in memory at a time: a power of 2, and a multiple of `WIDE`."""


def write_alone(frame: Frame) -> None:
    """Write the kernel: for each path, load, do all the steps, store."""
    builder, arguments, d = frame.code.builder, frame.arguments, frame.program.d
    state, stop = frame.variables(d * frame.program.inputs), frame.variables(1)
    totals = frame.variables(d if frame.totals else 0)
    parts = (("state", state), ("stop", stop), ("total", totals))
    word = llvm_builder().IntType(64)
    group, t, kept = (Variable.new(builder, word, whole(0)) for _ in range(3))
    with loop(builder, group, arguments["groups"]):
        this = group.get()
        for name, variables in parts:
            frame.read(name, this, variables)
        t.set(whole(0))
        kept.set(whole(0))
        still = frame.code.compare("<", Lanes(frame.code, stop[0].get()), frame.code.constant(0.0))
        with builder.if_then(still):
            _run(frame, this, t, kept, (state, stop[0], totals))
        with loop(builder, t, arguments["steps"]):  # what is left when the path has stopped
            frame.note(this, t.get(), kept, state[:d], totals)
        for name, variables in parts:
            frame.write(name, this, variables)
    builder.ret_void()


def _run(
    frame: Frame,
    group: Any,
    t: Variable,
    kept: Variable,
    variables: tuple[list[Variable], Variable, list[Variable]],
) -> None:
    """Do the steps, so many at a time; `t` tells how many were done."""
    builder, steps, d = frame.code.builder, frame.arguments["steps"], frame.program.d
    state, stop, totals = variables
    table = _table(frame)
    first = Variable.new(builder, t.kind, whole(0))
    with loop(builder, first, steps, by=AHEAD) as ended:
        _fill(frame, table, group, first.get())
        end = builder.add(first.get(), whole(AHEAD))
        end = builder.select(builder.icmp_signed("<", end, steps), end, steps)
        with loop(builder, t, end):
            phase = builder.and_(t.get(), whole(AHEAD - 1))
            _step(frame, t.get(), state, stop, _reader(frame, table, phase), ended)
            frame.note(group, t.get(), kept, state[:d], totals)


def _step(
    frame: Frame, t: Any, state: list[Variable], stop: Variable, normal: Any, ended: Any
) -> None:
    """Do a step, or stop the path and go to the block `ended`."""
    code, builder = frame.code, frame.code.builder
    after = frame.step(state, t, normal)
    going, stopping = builder.append_basic_block("going"), builder.append_basic_block("stopping")
    builder.cbranch(frame.finite(after[0]), going, stopping)
    builder.position_at_end(stopping)
    stop.set(code.real(Lanes(code, builder.add(frame.arguments["k"], t))).value)
    builder.branch(ended)
    builder.position_at_end(going)
    for variable, new in zip(state, [x for point in after for x in point], strict=True):
        variable.set(new.value)


def _table(frame: Frame) -> Any:
    """Return the address of the random numbers, (samples, normals, AHEAD)."""
    size = frame.program.samples * _normals(frame) * AHEAD // WIDE
    builder = frame.code.builder
    with builder.goto_entry_block():
        return builder.alloca(Code(builder, WIDE).reals(), size=max(size, 1))


def _normals(frame: Frame) -> int:
    return (frame.program.normals + 1) // 2 * 2


def _fill(frame: Frame, table: Any, group: Any, t: Any) -> None:
    """Write the random numbers of steps t, …, t + AHEAD − 1 to the table."""
    if not frame.program.samples:
        return
    builder, wide = frame.code.builder, Code(frame.code.builder, WIDE)
    path = wide.spread(builder.add(frame.arguments["path"], group))
    turn = Variable.new(builder, llvm_builder().IntType(64), whole(0))
    with loop(builder, turn, whole(AHEAD), by=WIDE):
        first = turn.get()
        steps = wide.spread(builder.add(t, first)) + wide.count()
        for sample in range(frame.program.samples):
            for i, x in enumerate(frame.normals(wide, steps, path, sample)):
                row = whole((sample * _normals(frame) + i) * AHEAD)
                store(wide, x, table, builder.add(first, row))


def _reader(frame: Frame, table: Any, phase: Any) -> Any:
    """Return the function that reads a random number from the table."""

    def normal(sample: int, i: int) -> Lanes:
        row = whole((sample * _normals(frame) + i) * AHEAD)
        return load(frame.code, table, frame.code.builder.add(phase, row))

    return normal
