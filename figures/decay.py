"""Decay of ‖G‖ over time, with the bounds that were proved drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..flows.errors import ProblemError, SaddleodeError
from ..flows.results.trajectory import Trajectory
from .style import family, look, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..analysis.theorems.theorem import Theorem
    from ..discretize.iterates import Iterates

Array = NDArray[np.float64]

# Distance between markers of iterates, as a fraction of the diagonal of the axes.
_SPACING = 0.03


def plot_decay(
    runs: Sequence[Trajectory | Iterates],
    *,
    theorems: Sequence[Theorem] = (),
    ax: Axes | None = None,
) -> Axes:
    """Decay of the operator norm, ‖G(Z(t))‖ of flows and ‖G(z^k)‖ at t_k of methods.

    Both axes are logarithmic. Flows are lines, methods are markers. What the theorems prove about
    a flow is drawn as dotted lines in its colour; see `proved_bound`.

    Parameters
    ----------
    runs : sequence of Trajectory or Iterates
        Single runs; t = 0 is left out, as it has no logarithm.
    theorems : sequence of Theorem
        Theorems whose bounds are drawn, where they prove one.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ProblemError
        A run is an ensemble.

    Examples
    --------
    >>> from saddleode.analysis import THEOREMS
    >>> from saddleode.flows import AnchoredFlow, SaddleProblem, integrate
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> ax = plot_decay([integrate(AnchoredFlow(1), xu, [1, 0], (0, 9))], theorems=THEOREMS)
    >>> [line.get_label() for line in ax.get_lines()]
    ['anchored flow', 'proved bound, anchored-master']
    """
    with style():
        ax = ax if ax is not None else new_axes(5.6, 4.0)
        for run in runs:
            require_single(run)
            if isinstance(run, Trajectory):
                _draw_flow(run, ax)
                _draw_bounds(run, theorems, ax)
            else:
                _draw_iterates(run, ax)
        ax.set(xscale="log", yscale="log", xlabel="$t$", ylabel=r"$\Vert G\Vert$")
    return ax


def require_single(run: Trajectory | Iterates) -> None:
    """Refuse a run of many starts.

    Raises
    ------
    ProblemError
        With the number of its paths.
    """
    if run.z.ndim != 2:
        raise ProblemError(f"a run with {len(run.z)} paths; a picture needs one start")


def _draw_flow(run: Trajectory, ax: Axes) -> None:
    drawn, later = look(family(run.flow)), run.t > 0
    ax.plot(
        run.t[later],
        run.operator_norm[later],
        color=drawn.color,
        linestyle=drawn.linestyle,
        label=f"{run.flow.name} flow",
    )


def _draw_iterates(run: Iterates, ax: Axes) -> None:
    drawn, later = look(family(run.method)), run.t > 0
    ax.plot(
        run.t[later],
        run.operator_norm[later],
        color=drawn.color,
        linestyle="none",
        marker=drawn.marker,
        markerfacecolor="white",
        markevery=_SPACING,
        label=run.method.name,
    )


def _draw_bounds(run: Trajectory, theorems: Sequence[Theorem], ax: Axes) -> None:
    for theorem in theorems:
        bound = proved_bound(theorem, run)
        if bound is not None:
            ax.plot(
                run.t[run.t > 0],
                bound[run.t > 0],
                color=look(family(run.flow)).color,
                linestyle=(0, (1, 1.6)),
                linewidth=1.3,
                label=f"proved bound, {theorem.name}",
            )


def proved_bound(theorem: Theorem, run: Trajectory) -> Array | None:
    """Bound on ‖G‖ that a theorem proves for a trajectory, or None when it proves none.

    It proves one when it is about this kind of flow and about ‖G‖, when the parameters are those
    it speaks of, when the trajectory starts at t = 0 and has a saddle point to go to, and when
    the problem is known to be convex-concave.

    Parameters
    ----------
    theorem : Theorem
    run : Trajectory
        Of one start.

    Returns
    -------
    ndarray, shape (T,), or None
    """
    if theorem.bound is None or theorem.quantity != "operator_norm":
        return None
    about = type(theorem.system) is type(run.flow)
    if not about or run.t[0] != 0 or run.problem.convexity().status != "proved":
        return None
    try:
        return np.asarray(theorem.bound(run.t, run.flow, run.problem, run.z[0]))
    except SaddleodeError:
        return None
