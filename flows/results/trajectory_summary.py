"""The facts of a trajectory that fit in a small table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SaddleodeError
from ..flow import parameters
from ..problems.points import Array
from .sliding import sliding_rows
from .tables import escape, scientific

if TYPE_CHECKING:
    from .trajectory import Trajectory


def summary(trajectory: Trajectory) -> list[tuple[str, str]]:
    """Rows (label, value) in plain text; of an ensemble, the worst member counts."""
    values = ", ".join(f"{k} = {_short(v)}" for k, v in parameters(trajectory.flow).items())
    rows = [
        ("flow", trajectory.flow.title + (f", {values}" if values else "")),
        ("problem", trajectory.problem.name or repr(trajectory.problem)),
        ("time", f"{trajectory.t_span[0]:g} to {trajectory.t_span[1]:g}"),
        ("points", " x ".join(str(length) for length in trajectory.z.shape[:-1])),
    ]
    for label, (first, last) in _ends(trajectory).items():
        rows.append((label, f"{first:.4g} to {last:.4g}"))
    rows += sliding_rows(trajectory)
    return [
        *rows,
        ("engine", f"{trajectory.engine}: {trajectory.engine_reason}"),
        ("evaluations", str(trajectory.nfev)),
        ("status", f"{trajectory.status}: {trajectory.message}"),
    ]


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.min():g} to {value.max():g}"
    return str(value)


def latex_summary(trajectory: Trajectory) -> list[tuple[str, str]]:
    """Rows (label, value) in LaTeX; of an ensemble, the worst member counts."""
    numbers = {
        label: f"{scientific(first)} to {scientific(last)}"
        for label, (first, last) in _ends(trajectory).items()
    }
    labels = {"‖G‖": r"$\|G(Z)\|$"}
    rows = [("equation", f"${trajectory.flow.formula}$")]
    for label, value in summary(trajectory):
        rows.append((labels.get(label, label), numbers.get(label, escape(value))))
    return rows


def _ends(trajectory: Trajectory) -> dict[str, tuple[float, float]]:
    """‖G‖ and, where it is known, the distance to the saddle set, at the first and last time."""
    ends = trajectory.z[..., [0, -1], :]
    measures: dict[str, Callable[[], Array]] = {
        "‖G‖": lambda: np.asarray(np.linalg.norm(trajectory.problem.operator(ends), axis=-1)),
        "distance": lambda: trajectory.problem.distance(ends),
    }
    found = {}
    for label, measure in measures.items():
        try:
            first, last = np.fmax.reduce(np.atleast_2d(measure()), axis=0)
        except SaddleodeError:  # no saddle point, or none was found: a table can do without
            continue
        found[label] = (float(first), float(last))
    return found
