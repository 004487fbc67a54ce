"""What can do the steps of a run, and the choice of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..flows.errors import ProblemError
from ..flows.problems.problem import SaddleProblem
from .kernels.compiled_steps import CompiledSteps, require_compilable
from .method import Method
from .numpy_steps import NumpySteps
from .task import Position, Steps, Task

ENGINES: Mapping[str, Callable[[Task, Position], Steps]] = MappingProxyType(
    {"compiled": CompiledSteps, "numpy": NumpySteps}
)
"""All engines by name; the last one takes every task."""


def chosen(engine: str, method: Method, problem: SaddleProblem, oracle: Any) -> tuple[str, str]:
    """Return the name of the engine for a run, and why it is that one.

    The choice depends on the method, the problem and the oracle alone, and not on how many steps
    or paths there are: a continued run is done as one long run.

    Raises
    ------
    ProblemError
        There is no such engine, or the one asked for cannot.
    """
    if engine not in ("auto", *ENGINES):
        known = ", ".join(map(repr, ["auto", *ENGINES]))
        raise ProblemError(f"engine = {engine!r}; one of {known} is needed")
    if engine == "numpy":
        return engine, "asked for"
    try:
        require_compilable(method, problem, oracle)
    except ProblemError as error:
        if engine == "auto":
            return "numpy", str(error)
        raise ProblemError(f"engine 'compiled' cannot: {error}; use engine='auto'") from None
    return "compiled", "asked for" if engine == "compiled" else "the step is compiled"
