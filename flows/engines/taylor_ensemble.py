"""Ensembles in batches of a compiled Taylor integrator, on every processor."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ..errors import IntegrationError
from ..problems.points import Array
from ..solving.stepping import step_tolerance
from .compiled_flow import CompiledFlow
from .launch import launch
from .outcome import Members
from .task import Task
from .taylor_run import Course, rows_of, run_batch, run_one

SHARE = 512  # members a thread works on before it looks up


class Done(NamedTuple):
    """What became of a block: failures by member, and series computed (or values of G)."""

    failures: dict[int, str]
    nfev: int


def integrate_batches(task: Task, together: CompiledFlow, lone: CompiledFlow) -> Members:
    """Integrate an ensemble and record it on the grid.

    Parameters
    ----------
    task : Task
        The task.
    together : CompiledFlow
        For batches; one for single trajectories will do.
    lone : CompiledFlow
        For the members of batches that broke down.
    """
    z, blocks = task.room(), list(task.blocks(SHARE))
    stop = threading.Event()

    def work(block: slice) -> Done | None:
        return None if stop.is_set() else _integrate(task, together, lone, block, z)

    futures: list[Future[Done | None]] = []
    shown = tqdm(total=task.members, unit=" members", disable=not task.progress)
    with shown, ThreadPoolExecutor(min(_processors(), len(blocks))) as pool:
        try:
            futures.extend(pool.submit(work, block) for block in blocks)
            for future, block in zip(futures, blocks, strict=True):
                future.result()
                shown.update(block.stop - block.start)
        except KeyboardInterrupt:
            stop.set()
        found = [future.result() for future in futures]
        found += [None] * (len(blocks) - len(found))
    return _collected(z, blocks, found)


def _collected(z: Array, blocks: list[slice], found: list[Done | None]) -> Members:
    failures, nfev = dict[int, str](), 0
    for block, done in zip(blocks, found, strict=True):
        if done is None:
            z[block] = np.nan
            failures |= dict.fromkeys(range(block.start, block.stop), "was interrupted")
        else:
            failures |= done.failures
            nfev += done.nfev
    return Members(z, failures, nfev, interrupted=None in found)


def _integrate(
    task: Task, together: CompiledFlow, lone: CompiledFlow, block: slice, z: Array
) -> Done:
    """Integrate a block of members; if they cannot leave their start, halve it to find out why."""
    initial = task.initial.members(block)
    try:
        start = launch(initial, task.t_end, step_tolerance(task.rtol, task.atol))
    except IntegrationError as error:
        z[block] = np.nan
        if block.stop - block.start == 1:
            return Done({block.start: f"did not start: {error}"}, 0)
        middle = (block.start + block.stop) // 2
        halves = slice(block.start, middle), slice(middle, block.stop)
        return _sum(_integrate(task, together, lone, half, z) for half in halves)
    sooner = task.grid <= start.t
    z[block, sooner] = start.states(task.grid[sooner])
    if start.t == task.t_end:
        return Done({}, start.nfev)
    course = Course(start.t, task.grid[~sooner], task.t_end)
    rows, target = rows_of(initial), z[block, int(sooner.sum()) :]
    nfev, broken = start.nfev, np.arange(len(target))
    if together.batch > 1:
        steps, broken = _in_batches(together, course, start.state, rows, target)
        nfev += steps
    steps, failures = _one_by_one(lone, course, start.state[broken], rows[broken], broken, target)
    return Done({block.start + i: words for i, words in failures.items()}, nfev + steps)


def _in_batches(
    compiled: CompiledFlow, course: Course, z: Array, rows: Array, out: Array
) -> tuple[int, NDArray[np.intp]]:
    """Integrate all members into `out`; return steps, and who is in a batch that broke down."""
    nfev, broken = 0, []
    with compiled.borrowed() as integrator:
        for first in range(0, len(z), compiled.batch):
            part = slice(first, first + compiled.batch)
            out[part], good, steps = run_batch(integrator, course, z[part], rows[part])
            broken.append(first + np.flatnonzero(~good))
            nfev += steps
    return nfev, np.concatenate(broken)


def _one_by_one(
    compiled: CompiledFlow,
    course: Course,
    z: Array,
    rows: Array,
    members: NDArray[np.intp],
    out: Array,
) -> tuple[int, dict[int, str]]:
    """Integrate members into their places in `out`; return steps, and why some failed."""
    nfev, failures = 0, dict[int, str]()
    with compiled.borrowed() as integrator:
        for member, start, row in zip(members.tolist(), z, rows, strict=True):
            run = run_one(integrator, course, start, row)
            out[member] = run.states
            nfev += run.steps
            if run.words:
                failures[member] = run.words
    return nfev, failures


def _sum(parts: Iterable[Done]) -> Done:
    failures, nfev = dict[int, str](), 0
    for part in parts:
        failures |= part.failures
        nfev += part.nfev
    return Done(failures, nfev)


def _processors() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
