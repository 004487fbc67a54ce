"""What the commands say: results on stdout, one line for an error or a warning on stderr."""

from __future__ import annotations

import json
import math
import os
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from typing import Any, ParamSpec

import typer

from ..flows.errors import (
    ExpressionError,
    NotConvexConcaveWarning,
    OutsideTheoremWarning,
    SaddleodeError,
)

P = ParamSpec("P")


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    REFUTED = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    INTERRUPTED = 130


def reporting(command: Callable[P, ExitCode]) -> Callable[P, None]:
    """Make a command speak in single lines and end with its exit code, never with a traceback."""

    @wraps(command)
    def reported(*args: P.args, **kwargs: P.kwargs) -> None:
        with _warnings_as_lines():
            code = _run(lambda: command(*args, **kwargs))
        raise typer.Exit(int(code))

    return reported


class _Interrupted(BaseException):
    """Ctrl-C, under a name that no computation mistakes for a request to keep what it has."""


def _run(command: Callable[[], ExitCode]) -> ExitCode:
    try:
        with _interruptible():
            return command()
    except SaddleodeError as error:
        complain(f"error: {_one_line(error)}")
        if isinstance(error, ExpressionError):
            complain(error.pointer())
        return ExitCode.BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output stopped reading (`saddleode … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.DONE
    except OSError as error:
        complain(f"error: {error.strerror}: {error.filename}; name a file that can be used here")
        return ExitCode.BAD_INPUT
    except (_Interrupted, KeyboardInterrupt):
        complain("interrupted")
        return ExitCode.INTERRUPTED


def say(text: str) -> None:
    """Print a result for people."""
    typer.echo(text)


def complain(text: str) -> None:
    """Print a remark that is not a result."""
    typer.echo(text, err=True)


def say_json(data: Mapping[str, Any]) -> None:
    """Print a result for machines: strict JSON, values that are not finite as null."""
    typer.echo(json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """Turn a value into what JSON knows; whatever it does not know becomes its text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@contextmanager
def _interruptible() -> Iterator[None]:
    def interrupt(*_: Any) -> None:
        raise _Interrupted

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def keeping_the_part_done() -> Iterator[list[int]]:
    """Turn Ctrl-C into a request to keep what there is; the list then holds its signal."""
    signals: list[int] = []

    def interrupt(number: int, _: Any) -> None:
        signals.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield signals
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    said: set[str] = set()

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        line = f"warning: {_one_line(message)}"
        if line not in said:
            said.add(line)
            complain(line)

    with warnings.catch_warnings():
        for kind in (NotConvexConcaveWarning, OutsideTheoremWarning):
            warnings.simplefilter("always", kind)
        warnings.showwarning = show
        yield


def _one_line(message: object) -> str:
    return " ".join(str(message).split())
