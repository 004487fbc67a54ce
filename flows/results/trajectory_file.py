"""Trajectories on disk: a NumPy archive of plain arrays."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ProblemError
from ..flow import Flow, numerical, parameters
from ..problems.problem import SaddleProblem
from .files import write_atomically
from .sliding import sliding_arrays, sliding_fields

if TYPE_CHECKING:
    from .trajectory import Trajectory

FACTS = ("status", "message", "nfev", "engine", "engine_reason", "t_span")
ARRAYS = ("t", "z", "anchor")
SAME_OPERATOR = 1e-9  # relative difference of G that compilation on another machine may cause


def save_trajectory(trajectory: Trajectory, path: str | os.PathLike[str]) -> Path:
    """Save a trajectory; see `Trajectory.save`."""
    content = {name: np.asarray(getattr(trajectory, name)) for name in ARRAYS + FACTS}
    content["failed"] = trajectory.failed
    if trajectory.error_estimate is not None:
        content["error_estimate"] = trajectory.error_estimate
    content["flow"] = np.asarray(_signature(trajectory.flow))
    content["problem"] = np.asarray(str(trajectory.problem.name or ""))
    content["operator"] = trajectory.problem.operator(trajectory.z)
    content |= sliding_arrays(trajectory)
    for i, times in enumerate(trajectory.t_events or ()):
        content[f"t_events_{i}"] = times
    for i, points in enumerate(trajectory.z_events or ()):
        content[f"z_events_{i}"] = points
    return write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **content))


def load_arrays(path: str | os.PathLike[str], flow: Flow, problem: SaddleProblem) -> dict[str, Any]:
    """Load the fields of a trajectory; see `Trajectory.load`.

    Raises
    ------
    ProblemError
        It is not such a file, or `flow` or `problem` is not what was integrated.
    """
    content = _read(path)
    saved = str(content["flow"])
    if saved != _signature(flow):
        raise ProblemError(f"{path} holds a trajectory of {saved}; got {_signature(flow)}")
    z, g = content["z"], content["operator"]
    same = z.shape[-1] == problem.d and np.allclose(
        problem.operator(z), g, rtol=SAME_OPERATOR, atol=SAME_OPERATOR * np.max(np.abs(g))
    )
    if not same:
        raise ProblemError(f"{path} holds a trajectory of another problem than the one given")
    fields: dict[str, Any] = {name: content[name] for name in ARRAYS}
    fields |= {name: content[name].item() for name in FACTS if content[name].ndim == 0}
    fields["failed"], fields["error_estimate"] = (
        content["failed"][()],
        content.get("error_estimate"),
    )
    fields |= sliding_fields(content, z.shape)
    fields["t_span"] = tuple(content["t_span"].tolist())
    for name in ("t_events", "z_events"):
        count = sum(key.startswith(f"{name}_") for key in content)
        fields[name] = tuple(content[f"{name}_{i}"] for i in range(count)) if count else None
    return fields


def _signature(flow: Flow) -> str:
    """Text of a flow with numbers for parameters, in which arrays are whole."""
    listed = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in parameters(numerical(flow)).items()
    }
    inside = ", ".join(f"{name}={value!r}" for name, value in listed.items())
    return f"{type(flow).__name__}({inside})"


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            content = dict(archive)
    except (OSError, ValueError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        raise ProblemError(f"{path} is not a saved trajectory: {error}") from error
    missing = {*ARRAYS, *FACTS, "failed", "flow", "operator"} - content.keys()
    if missing:
        raise ProblemError(f"{path} is not a saved trajectory: it has no {min(missing)}")
    return content
