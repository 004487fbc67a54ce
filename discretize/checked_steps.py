"""Schedules that are watched while a method runs: a bad step size is told, not stepped with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..flows.errors import ProblemError
from .method import M, numerical, parameters
from .power_law import PowerLaw


def ready(method: M) -> M:
    """Return the method with floats for parameters and every value of its schedules checked.

    Power laws are positive by construction and stay as they are.

    Raises
    ------
    ProblemError
        A parameter is a symbol; later, at the step k where it happens, a schedule gives what is
        no finite number ≥ 0.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> ready(SimGD(lambda k: 1 - k)).alpha(2)
    Traceback (most recent call last):
    saddleode.flows.errors.ProblemError: alpha(k=2) = -1; a finite number ≥ 0 is needed
    """
    floating, given = numerical(method), parameters(method)
    watched = {
        name: _watched(name, schedule)
        for name, schedule in given.items()
        if callable(schedule) and not isinstance(schedule, PowerLaw)
    }
    return type(method)(**(parameters(floating) | watched)) if watched else floating


def _watched(name: str, schedule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def at(k: Any) -> Any:
        if np.ndim(k) > 0:  # a column of steps, see `kernels.program.steps`
            return np.array([at(int(j)) for j in np.ravel(k)]).reshape(np.shape(k))
        value = schedule(k)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not 0 <= number < math.inf:
            raise ProblemError(f"{name}(k={k}) = {value!r}; a finite number ≥ 0 is needed")
        return number

    return at
