"""Flow against iterates: the solution as a line, the points of its discretisation on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .plane import frame_plane, plane_of, required_plane
from .style import Look, family, look, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..analysis.comparing.comparison import Comparison
    from ..analysis.comparing.comparison_row import ComparisonRow

# Least distance between markers, as a fraction of the size of the path, and most markers in time.
_GAP, _MARKERS = 0.035, 40


def plot_comparison(comparison: Comparison, *, ax: Axes | None = None) -> Axes:
    r"""Overlay of a flow and its discretisation.

    With one primal and one dual variable, the paths in the plane (x, u) with equal scales;
    otherwise ‖G‖ over the time of the flow. The line is the flow; the markers are the iterates,
    open for the first step size of the comparison, filled for the last. Where iterates crowd, not
    every one is marked.

    Parameters
    ----------
    comparison : Comparison
        Result of `saddleode.analysis.compare`.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from saddleode.analysis import compare
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import GradientFlow, SaddleProblem
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> ax = plot_comparison(compare(GradientFlow(), SimGD(0.2), xu, [1, 0], steps=[0.2]))
    >>> [line.get_label() for line in ax.get_lines()][:2]
    ['gradient flow', 'simgd, $\\alpha$ = 0.2']
    """
    draw = _draw_norms if plane_of(comparison.problem) is None else _draw_plane
    with style():
        ax = ax if ax is not None else new_axes()
        draw(comparison, look(family(comparison.method)), ax)
    return ax


def spread_out(path: NDArray[np.float64], gap: float = _GAP) -> list[int]:
    """Return indices of points of a path (K, 2), each at least `gap` path sizes after the last.

    Examples
    --------
    >>> spread_out(np.array([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]), gap=0.4)
    [0, 2, 4]
    """
    least = gap * float(np.ptp(path, axis=0).max())
    chosen = [0]
    for i, point in enumerate(path):
        if np.linalg.norm(point - path[chosen[-1]]) >= least and i > chosen[-1]:
            chosen.append(i)
    return chosen


def _draw_plane(comparison: Comparison, drawn: Look, ax: Axes) -> None:
    plane = required_plane(comparison.problem)
    ax.plot(*plane.flat(comparison.rows[-1].trajectory.z).T, **_line(comparison, drawn))
    for row, markers in _first_and_last(comparison, drawn):
        path = plane.flat(row.iterates.z)
        ax.plot(*path.T, markevery=spread_out(path), **markers)
    frame_plane(comparison.problem, ax)


def _draw_norms(comparison: Comparison, drawn: Look, ax: Axes) -> None:
    solution = comparison.rows[-1].trajectory
    ax.semilogy(solution.t, solution.operator_norm, **_line(comparison, drawn))
    for row, markers in _first_and_last(comparison, drawn):
        # Both were recorded at the same times, so the flow lends the iterates its clock.
        t = row.trajectory.t[: len(row.iterates.k)]
        every = max(1, len(t) // _MARKERS)
        ax.semilogy(t, row.iterates.operator_norm, markevery=every, **markers)
    ax.set(xlabel="$t$", ylabel=r"$\Vert G\Vert$")


def _line(comparison: Comparison, drawn: Look) -> dict[str, Any]:
    label = f"{comparison.flow.name} flow"
    return {"color": drawn.color, "linestyle": drawn.linestyle, "label": label, "zorder": 3}


def _first_and_last(
    comparison: Comparison, drawn: Look
) -> list[tuple[ComparisonRow, dict[str, Any]]]:
    first, *others = comparison.rows
    shown = [(first, _markers(first, drawn, filled=False))]
    return shown + [(row, _markers(row, drawn, filled=True)) for row in others[-1:]]


def _markers(row: ComparisonRow, drawn: Look, *, filled: bool) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": drawn.marker,
        "markersize": 3.2 if filled else 5.5,
        "color": drawn.color,
        "markerfacecolor": drawn.color if filled else "white",
        "label": rf"{row.iterates.method.name}, $\alpha$ = {row.step:g}",
    }
