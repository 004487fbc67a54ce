"""Measuring and printing: medians of interleaved repeats, ratios to a baseline, errors."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

REPEATS = 5


@dataclass(frozen=True)
class Contestant:
    """Something to be measured.

    `error` and `remark` are computed from the last result; `scale` multiplies the time, for a
    sample of the work. Without `warm` the first run counts, and there is no other.
    """

    name: str
    run: Callable[[], Any]
    error: Callable[[Any], float] | None = None
    remark: str | Callable[[Any], str] = ""
    repeats: int = REPEATS
    warm: bool = True
    scale: float = 1.0


@dataclass(frozen=True)
class Row:
    """One line of a table: median time in seconds, largest error, remark, time of the first run."""

    name: str
    seconds: float
    error: float | None = None
    remark: str = ""
    first: float | None = None


def race(contestants: Sequence[Contestant]) -> list[Row]:
    """Run all of them once, then in turns, so that a change of the machine's pace meets all.

    The first run, which compiles, is told apart from the others.
    """
    firsts = [_seconds(one.run) for one in contestants]
    times = [
        [] if one.warm else [first] for one, (first, _) in zip(contestants, firsts, strict=True)
    ]
    results = [result for _, result in firsts]
    for turn in range(max(one.repeats for one in contestants)):
        for i, one in enumerate(contestants):
            if one.warm and turn < one.repeats:
                seconds, results[i] = _seconds(one.run)
                times[i].append(seconds)
    return [
        _row(one, statistics.median(own), first if one.warm else None, result)
        for one, own, (first, _), result in zip(contestants, times, firsts, results, strict=True)
    ]


def measured(name: str, run: Callable[[], Any], error: Any = None, **options: Any) -> Row:
    """Measure one contestant by itself."""
    return race([Contestant(name, run, error, **options)])[0]


def _seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


def _row(one: Contestant, seconds: float, first: float | None, result: Any) -> Row:
    remark = one.remark(result) if callable(one.remark) else one.remark
    error = one.error(result) if one.error else None
    first = None if first is None else one.scale * first
    return Row(one.name, one.scale * seconds, error, remark, first)


def table(
    title: str, rows: Sequence[Row], baseline: str, targets: str, left_out: Sequence[str] = ()
) -> str:
    """Return a table in Markdown: times, ratios to the baseline, errors.

    The baseline of a row is the last one so far whose name ends like that, or the first row.
    """
    base = rows[0]
    against = baseline if base.name.endswith(baseline) else base.name
    lines = [
        f"### {title}",
        "",
        f"| | seconds | time / {against} | first call | max error | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        base = row if row.name.endswith(baseline) else base
        error = "" if row.error is None else f"{row.error:.1e}"
        first = "" if row.first is None else f"{row.first:.3g}"
        ratio = f"{row.seconds / base.seconds:.3g}"
        lines.append(
            f"| {row.name} | {row.seconds:.3g} | {ratio} | {first} | {error} | {row.remark} |"
        )
    lines += ["", f"To reach: {targets}"]
    lines += [f"Left out: {reason}" for reason in left_out]
    return "\n".join([*lines, ""])
