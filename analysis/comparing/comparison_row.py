"""One step size of a comparison: run the method, follow the flow at its times, take the errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...discretize.iterates import Iterates
from ...discretize.iteration import iterate
from ...discretize.method import Method, numerical
from ...flows.flow import Flow
from ...flows.integration import integrate
from ...flows.problems.problem import SaddleProblem
from ...flows.results.trajectory import Trajectory
from .clock import evenly_in_time
from .distances import frechet_distance, hausdorff_distance
from .outcome import Outcome, finite_or_none
from .reason import EnergyReason, PowerReason, explain
from .shadowing import shadow
from .verdict import method_outcome

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ComparisonRow:
    """One step size of a comparison.

    Attributes
    ----------
    step : float
        Learning rate α.
    iterations : int
        Number of steps to the end time.
    error, final_error : float
        Largest and last ``‖z^k − Z(t_k)‖``; infinite when one of the two did not arrive.
    operator_norm, flow_operator_norm : float
        Last ‖G(z^k)‖ and last ‖G(Z(t))‖.
    outcome : Outcome
        What becomes of the method with this step.
    iterates : Iterates
        The run.
    trajectory : Trajectory
        The flow at the times of the run.
    """

    step: float
    iterations: int
    error: float
    final_error: float
    operator_norm: float
    flow_operator_norm: float
    outcome: Outcome
    iterates: Iterates
    trajectory: Trajectory

    @cached_property
    def reason(self) -> EnergyReason | PowerReason | None:
        """Why the method does what it does, in numbers; None where there is no such reason."""
        return explain(self.iterates.method, self.iterates.problem, self.iterates, self.outcome)

    @cached_property
    def distances(self) -> Mapping[str, float]:
        """Distances of the run from the flow, by name, each computed when first asked for.

        ``"same clock"`` is `error`; ``"Hausdorff"`` and ``"Fréchet"`` compare the traces, the
        second in their order; ``"shadowing"`` is the distance on the same clock to the closest
        trajectory, from whatever start (NaN where none is found).
        """
        flow, at = self.trajectory.z, self.iterates.z
        found = {
            "same clock": self.error,
            "Hausdorff": hausdorff_distance(flow, at),
            "Fréchet": frechet_distance(flow, at),
        }
        return MappingProxyType(found | {"shadowing": self._shadowing()})

    def _shadowing(self) -> float:
        run, curve = self.iterates, self.trajectory
        if not np.isfinite(self.error):
            return float("nan")
        closest = shadow(curve.flow, curve.problem, curve.t, run.z, curve.anchor)
        return float("nan") if closest is None else closest.error

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers and the verdict as plain Python, ready for JSON."""
        return {
            "step": self.step,
            "iterations": self.iterations,
            "error": finite_or_none(self.error),
            "final_error": finite_or_none(self.final_error),
            "operator_norm": finite_or_none(self.operator_norm),
            "flow_operator_norm": finite_or_none(self.flow_operator_norm),
            "outcome": self.outcome.to_dict(),
            "reason": None if self.reason is None else self.reason.to_dict(),
        }


def run_row(
    flow: Flow,
    method: Method,
    problem: SaddleProblem,
    z0: Array,
    iterations: int,
    speed: float,
    **options: Any,
) -> ComparisonRow:
    """Run a method and the flow behind it, at the same times from the same start.

    Parameters
    ----------
    flow, method, problem, z0
        As for `compare`.
    iterations : int
        Number of steps.
    speed : float
        Time of the method per time of the flow.
    **options
        Tolerances and progress of the flow, as for `integrate`.
    """
    record = evenly_in_time(method, iterations)
    run = iterate(method, problem, z0, iterations, record=record, progress=options["progress"])
    t = numerical(method).time(np.array(record)) / speed
    trajectory = integrate(flow, problem, z0, (t[0], t[-1]), t_eval=t, anchor=z0, **options)
    arrived = run.success and trajectory.success
    with np.errstate(over="ignore", invalid="ignore"):  # either may end among the largest floats
        gap = np.linalg.norm(run.z - trajectory.z, axis=-1) if arrived else np.array([np.inf])
        return ComparisonRow(
            step=float(numerical(method).alpha),
            iterations=int(run.k[-1]),
            error=float(gap.max()),
            final_error=float(gap[-1]),
            operator_norm=float(run.operator_norm[-1]),
            flow_operator_norm=float(trajectory.operator_norm[-1]),
            outcome=method_outcome(method, problem, run),
            iterates=run,
            trajectory=trajectory,
        )


def error_slope(rows: Sequence[ComparisonRow], distance: str = "same clock") -> float:
    """Slope of log(error) against log(step), by least squares; NaN without two usable errors.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        One for each step.
    distance : str
        Which of `ComparisonRow.distances`.
    """
    if distance == "same clock":
        errors = [row.error for row in rows]
    else:
        errors = [row.distances[distance] for row in rows]
    steps = [row.step for row in rows]
    usable = [pair for pair in zip(steps, errors, strict=True) if 0 < pair[1] < np.inf]
    if len({step for step, _ in usable}) < 2:
        return float("nan")
    step, error = np.log(np.array(usable)).T
    return float(np.polyfit(step, error, 1)[0])
