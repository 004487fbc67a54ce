"""When trajectories of set-valued problems were on kinks and walls: as text and as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..inclusions.solution import Sliding, SlidingInterval
from ..problems.points import Array

if TYPE_CHECKING:
    from .trajectory import Trajectory

SHOWN = 3  # sliding intervals in a table


def sliding_rows(trajectory: Trajectory) -> list[tuple[str, str]]:
    """Rows (label, value) of a table; none for a trajectory that knows of no kinks and walls."""
    sliding, switches = _by_members(trajectory)
    if not switches:
        return []
    if trajectory.z.ndim == 3:
        counts = [len(times) for times in switches]
        return [("switches", f"{min(counts)} to {max(counts)} a member")]
    listed, more = sliding[0][:SHOWN], len(sliding[0]) - SHOWN
    shown = [f"{s.where} from t = {s.start:.4g} to {s.end:.4g}" for s in listed]
    shown += [f"{more} more"] if more > 0 else []
    return [("switches", str(len(switches[0]))), ("sliding", "; ".join(shown) or "never")]


def sliding_arrays(trajectory: Trajectory) -> dict[str, Any]:
    """Sliding intervals and switches as plain arrays, each with the number of its member."""
    sliding, switches = _by_members(trajectory)
    if not switches:
        return {}
    listed = [interval for intervals in sliding for interval in intervals]
    return {
        "sliding_member": np.repeat(np.arange(len(sliding)), [len(s) for s in sliding]),
        "sliding_times": np.array([s[:2] for s in listed]).reshape(-1, 2),
        "sliding_where": np.array([s.where for s in listed], dtype=str),
        "switches_member": np.repeat(np.arange(len(switches)), [len(s) for s in switches]),
        "switches": np.concatenate(switches),
    }


def sliding_fields(content: Mapping[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """Fields of a trajectory with points of this shape, from what `sliding_arrays` made."""
    if "switches" not in content:
        return {}
    members = range(1 if len(shape) == 2 else shape[0])
    sliding = tuple(_intervals(content, i) for i in members)
    switches: tuple[Array, ...] = tuple(
        content["switches"][content["switches_member"] == i] for i in members
    )
    if len(shape) == 2:
        return {"sliding": sliding[0], "switches": switches[0]}
    return {"sliding": sliding, "switches": switches}


def _by_members(trajectory: Trajectory) -> tuple[Sequence[Sliding], Sequence[Array]]:
    """Sliding intervals and switches, one entry a member; none if nothing is known of them."""
    sliding: Any = trajectory.sliding
    switches: Any = trajectory.switches
    if switches is None:
        return (), ()
    return ((sliding,), (switches,)) if trajectory.z.ndim == 2 else (sliding, switches)


def _intervals(content: Mapping[str, Any], member: int) -> Sliding:
    here = content["sliding_member"] == member
    times, where = content["sliding_times"][here].tolist(), content["sliding_where"][here].tolist()
    return tuple(
        SlidingInterval(start, end, w) for (start, end), w in zip(times, where, strict=True)
    )
