"""A flow beside its discretisation on the clock of the flow, for a list of step sizes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...discretize.method import Method, numerical
from ...discretize.report import latex_columns, latex_number, save_arrays, text_columns
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.flow import numerical as numerical_flow
from ...flows.problems.problem import SaddleProblem
from .clock import last_step, require_same_flow
from .comparison_row import ComparisonRow, error_slope, run_row
from .outcome import Outcome, finite_or_none
from .verdict import flow_outcome

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A flow and its discretisation side by side.

    Attributes
    ----------
    flow, method, problem :
        What was compared; the method with its own step.
    z0 : ndarray, shape (d,)
        The common start, and the anchor of anchored dynamics.
    t_end : float
        End time on the clock of the flow.
    flow_outcome : Outcome
        What becomes of the flow.
    rows : tuple of ComparisonRow
        One for each step size, in the order given.
    """

    flow: Flow
    method: Method
    problem: SaddleProblem
    z0: Array
    t_end: float
    flow_outcome: Outcome
    rows: tuple[ComparisonRow, ...]

    @property
    def orders(self) -> tuple[float, ...]:
        """Observed order from each step to the next: ``log(error ratio)/log(step ratio)``.

        NaN where an error is 0 or not finite.
        """
        return tuple(error_slope(self.rows[i : i + 2]) for i in range(len(self.rows) - 1))

    @property
    def order(self) -> float:
        """Observed order: the slope of log(error) against log(step), by least squares."""
        return error_slope(self.rows)

    @property
    def distance_orders(self) -> dict[str, float]:
        """Observed orders of all distances of `ComparisonRow.distances`, by name."""
        return {name: error_slope(self.rows, name) for name in self.rows[0].distances}

    def distances_text(self) -> str:
        """Table of the distances between flow and iterates, a row a step, with their orders."""
        names = list(self.rows[0].distances)
        rows = [
            [f"{row.step:.4g}", *(f"{row.distances[name]:.4g}" for name in names)]
            for row in self.rows
        ]
        orders = [f"{order:.3g}" for order in self.distance_orders.values()]
        return text_columns(["step", *names], [*rows, ["order", *orders]])

    def to_dict(self) -> dict[str, Any]:
        """Return the table and the verdicts as plain numbers and text, ready for JSON."""
        return {
            "flow": repr(self.flow),
            "method": repr(self.method),
            "problem": repr(self.problem),
            "z0": self.z0.tolist(),
            "t_end": self.t_end,
            "flow_outcome": self.flow_outcome.to_dict(),
            "order": finite_or_none(self.order),
            "rows": [row.to_dict() for row in self.rows],
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything as a NumPy archive, whole or not at all.

        The entry ``comparison`` is the text of `to_dict` in JSON; the runs are ``k_i``, ``z_i``
        (method), ``t_i`` and ``Z_i`` (flow) for the i-th step size.

        Parameters
        ----------
        path : path-like
            File to write or to replace, e.g. ``"comparison.npz"``.
        """
        arrays: dict[str, ArrayLike] = {"comparison": json.dumps(self.to_dict())}
        for i, row in enumerate(self.rows):
            arrays |= {f"k_{i}": row.iterates.k, f"z_{i}": row.iterates.z}
            arrays |= {f"t_{i}": row.trajectory.t, f"Z_{i}": row.trajectory.z}
        save_arrays(path, **arrays)

    def to_latex(self) -> str:
        """Table of the step sizes in LaTeX: step, errors, order, last ‖G‖ of both, verdict."""
        header = ["$\\alpha$", "max error", "last error", "order"]
        header += ["$\\|G(z^k)\\|$", "$\\|G(Z)\\|$", "method"]
        return latex_columns(header, self._cells(latex_number))

    def __str__(self) -> str:
        header = ["step", "max error", "last error", "order", "‖G(z^k)‖", "‖G(Z)‖", "method"]
        table = text_columns(header, self._cells(lambda value: f"{value:.4g}"))
        verdicts = [f"  step {row.step:.4g} {row.outcome}" for row in self.rows]
        first = self.rows[0]
        verdicts += [f"why, at step {first.step:.4g}: {first.reason}"] if first.reason else []
        return "\n".join(
            [
                f"{self.flow.title} and {self.method.title}, t ≤ {self.t_end:g}",
                table,
                f"observed order {self.order:.3g}",
                f"flow {self.flow_outcome}",
                *verdicts,
            ]
        )

    def _cells(self, number: Callable[[float], str]) -> list[list[str]]:
        orders = ["", *(number(order) if np.isfinite(order) else "–" for order in self.orders)]
        return [
            [
                *map(number, (row.step, row.error, row.final_error)),
                order,
                *map(number, (row.operator_norm, row.flow_operator_norm)),
                row.outcome.kind,
            ]
            for row, order in zip(self.rows, orders, strict=True)
        ]


def compare(
    flow: Flow,
    method: Method,
    problem: SaddleProblem,
    z0: ArrayLike,
    *,
    t_end: float = 10.0,
    steps: Sequence[float] | None = None,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    progress: bool = False,
) -> Comparison:
    """Compare a flow with its discretisation on the clock of the flow.

    For each step the method runs from `z0` to `t_end`, and the flow is evaluated at its times
    t_k = Σ steps. For SimGD-A, ``t_k = α(k+1)^{1−p}``: there the flow starts at t_0 = α from z^0,
    with anchor z^0. The errors are taken at all k, or at 2001 of them even in time.

    Parameters
    ----------
    flow : Flow
        The flow; any speed of its clock (`time_scale`) will do.
    method : Method
        A method that discretises this flow; its own step is replaced by `steps`.
    problem : SaddleProblem
        The problem both run on.
    z0 : array_like, shape (d,)
        The common start.
    t_end : float, > 0
        End time on the clock of the flow.
    steps : sequence of float, optional
        Learning rates α; by default that of the method and its halves α/2, α/4, α/8.
    rtol, atol : float
        Tolerances of the flow; keep them below the errors to be seen.
    progress : bool
        Whether to show progress on standard error.

    Returns
    -------
    Comparison
        Errors against the flow, observed order, last ‖G‖, and verdicts on both sides.

    Raises
    ------
    ProblemError
        The method discretises another flow, or needs too many steps to reach `t_end`.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow, SaddleProblem
    >>> from saddleode.discretize import SimGD
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> comparison = compare(GradientFlow(), SimGD(0.1), xu, [1, 0], t_end=1.0)
    >>> round(comparison.order, 1), comparison.flow_outcome.kind, comparison.rows[0].outcome.kind
    (1.0, 'cycles', 'diverges')
    """
    require_same_flow(flow, method)
    start = problem.check_point(z0)
    if start.ndim != 1:
        raise ProblemError(
            f"z0 has shape {start.shape}; one start, shape ({problem.d},), is needed"
        )
    methods = [method.with_step(step) for step in _steps(method, steps)]
    speed = float(numerical_flow(flow).time_scale / numerical_flow(method.flow()).time_scale)
    iterations = [last_step(one, speed * t_end) for one in methods]
    options = {"rtol": rtol, "atol": atol, "progress": progress}
    rows = tuple(
        run_row(flow, one, problem, start, count, speed, **options)
        for one, count in zip(methods, iterations, strict=True)
    )
    fate = flow_outcome(flow, problem, rows[-1].trajectory)
    return Comparison(flow, method, problem, start, float(t_end), fate, rows)


def _steps(method: Method, steps: Sequence[float] | None) -> list[float]:
    if steps is not None and len(steps) > 0:
        return [float(step) for step in steps]
    if steps is not None or callable(method.alpha):
        raise ProblemError(
            "no step sizes: give steps, e.g. steps=[0.1, 0.05] (the learning rate of the method "
            "is used only when it is a number)"
        )
    alpha = float(numerical(method).alpha)
    return [alpha, alpha / 2, alpha / 4, alpha / 8]
