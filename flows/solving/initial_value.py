"""An initial value problem for a flow, checked: which flow, of what, from where, since when."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ProblemError
from ..flow import Flow, is_flow, numerical, parameters, scalar_parameters, weights
from ..problems.points import Array
from ..problems.problem import SaddleProblem

OUTSIDE = 1e-12  # relative distance from the sets of the players that is not worth a message


@dataclass(frozen=True, eq=False)
class InitialValue:
    """Initial value problem of N members.

    Attributes
    ----------
    flow : Flow
        The flow; its parameters are floats, or arrays (N, 1) if they differ between members.
    problem : SaddleProblem
        The problem.
    z0 : ndarray, shape (N, d)
        Starts, at time `t_start`.
    anchor : ndarray, shape (N, d)
        Z0 of the anchor term.
    t_start : float
        The time at which Z = z0.
    note : str
        What to say if starts were projected on the sets of the players.
    """

    flow: Flow
    problem: SaddleProblem
    z0: Array
    anchor: Array
    t_start: float
    note: str = ""

    def __post_init__(self) -> None:
        if not np.isfinite(self.t_start):
            raise ProblemError(f"the start is t = {self.t_start}; a finite time is needed")
        if self.is_singular and np.any(self.z0 != self.anchor):
            raise ProblemError(
                f"at t = 0 the {self.flow.name} flow leaves from its anchor; z0 and anchor differ"
            )
        if self.t_start < 0.0 and np.any(weights(self.flow, self.t_start).anchor != 0):
            raise ProblemError(
                f"the {self.flow.name} flow starts at t = {self.t_start:g}; t >= 0 is needed"
            )

    @property
    def has_several_flows(self) -> bool:
        """Whether parameters differ between members."""
        return bool(_arrays(self.flow))

    def flow_of(self, member: int) -> Flow:
        """Return the flow of one member, with floats for parameters."""
        return _with_arrays(self.flow, lambda values: float(values[member, 0]))

    def members(self, rows: Any) -> InitialValue:
        """Return the initial values of some members, given by a slice or by their numbers."""
        flow = _with_arrays(self.flow, lambda values: values[rows])
        return dataclasses.replace(self, flow=flow, z0=self.z0[rows], anchor=self.anchor[rows])

    @property
    def is_singular(self) -> bool:
        """Whether the velocity has a pole at the start."""
        try:
            with np.errstate(all="ignore"):
                found = weights(self.flow, self.t_start)
        except ZeroDivisionError:
            return True
        return not all(np.all(np.isfinite(weight)) for weight in found)


def initial_value(
    flow: Flow, problem: SaddleProblem, z0: Any, anchor: Any, t_start: float
) -> InitialValue:
    """Check a start and an anchor (`z0` if None), and bring them to the shape (N, d).

    Starts are projected on the sets of the players, and anchors that are these starts with them.

    Raises
    ------
    ProblemError
        A shape, a value or the time does not fit the flow and the problem.
    """
    if not dataclasses.is_dataclass(flow) or isinstance(flow, type):
        raise ProblemError(f"flow is {flow!r}; a flow is needed, such as GradientFlow()")
    if not hasattr(problem, "check_point"):
        raise ProblemError(f"problem is {problem!r}; a SaddleProblem is needed")
    flow = numerical(flow)
    given, flow = _one_for_each(np.atleast_2d(problem.check_point(z0)), flow)
    starts, note = _feasible(problem, given)
    anchors = given if anchor is None else problem.check_point(anchor, "anchor")
    if anchors.ndim > 1 and anchors.shape != given.shape:
        raise ProblemError(
            f"anchor has shape {anchors.shape}; ({problem.d},) or that of z0 is needed"
        )
    anchors = np.where(np.all(anchors == given, axis=-1, keepdims=True), starts, anchors)
    return InitialValue(flow, problem, starts, anchors, float(t_start), note)


def _feasible(problem: SaddleProblem, starts: Array) -> tuple[Array, str]:
    """Nearest points on the sets of the players, and what to say if they are others."""
    feasible = problem.project(starts)
    distances = np.linalg.norm(feasible - starts, axis=-1)
    outside = distances > OUTSIDE * (1.0 + np.abs(starts).max(axis=-1))
    if not outside.any():
        return feasible, ""
    who = "z0 lies" if len(starts) == 1 else f"{outside.sum()} of {len(starts)} starts lie"
    was = "was projected by" if len(starts) == 1 else "were projected, by up to"
    return feasible, f"{who} outside the constraint sets and {was} {distances.max():.3g}; "


def _one_for_each(starts: Array, flow: Flow) -> tuple[Array, Flow]:
    """Bring starts (N, d) and arrays of N parameters together; one start serves all of these."""
    listed = _arrays(flow)
    lengths = {values.size for values in listed.values()} | ({len(starts)} - {1})
    if len(lengths) > 1:
        sizes = ", ".join(f"{name} {values.size}" for name, values in listed.items())
        raise ProblemError(
            f"parameters come in other numbers than starts: {sizes}, starts {len(starts)}"
        )
    if listed and lengths:
        starts = np.broadcast_to(starts, (*lengths, starts.shape[1]))
    return starts, _with_arrays(flow, lambda values: values.reshape(-1, 1))


def _arrays(flow: Flow) -> dict[str, Array]:
    """Parameters of a flow, and of flows among them, that differ between members."""
    return {k: v for k, v in scalar_parameters(flow).items() if isinstance(v, np.ndarray)}


def _with_arrays(flow: Flow, change: Callable[[Array], Any]) -> Flow:
    """Return the same flow with every array among its parameters changed."""
    changed: dict[str, Any] = {}
    for name, value in parameters(flow).items():
        if isinstance(value, np.ndarray):
            changed[name] = change(value)
        else:
            changed[name] = _with_arrays(value, change) if is_flow(value) else value
    return type(flow)(**changed)
