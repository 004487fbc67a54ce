"""Pictures for the command line: of a trajectory, a comparison, a region, a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from ..analysis.comparing.comparison import Comparison
from ..analysis.maps.region_map import RegionMap
from ..analysis.stability.region import StabilityRegion
from ..analysis.theorems import THEOREMS
from ..flows.results.trajectory import Trajectory
from .decay import plot_decay, require_single
from .maps import plot_region_map
from .overlay import plot_comparison
from .plane import frame_plane, plane_of
from .portrait import draw_directions
from .regions import plot_region
from .style import look, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 6.0
"""Width of a figure, in inches, from which three columns of a legend fit."""


def run_picture(run: Trajectory) -> Figure:
    """Draw a trajectory: path (for one primal and one dual variable), ‖G‖, and what is proved.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow, SaddleProblem, integrate
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> len(run_picture(integrate(AnchoredFlow(1), xu, [1, 0], (0, 9))).axes)
    2

    Raises
    ------
    ProblemError
        The trajectory is an ensemble.
    """
    require_single(run)
    plane = plane_of(run.problem)
    planar = plane is not None
    with style():
        figure = Figure(figsize=(8.4, 3.9) if planar else (5.2, 3.9), layout="constrained")
        *left, right = figure.subplots(1, 1 + planar, squeeze=False)[0]
        if plane is not None:
            drawn, path = look(run.flow.name), plane.flat(run.z)
            line: dict[str, Any] = {"color": drawn.color, "linestyle": drawn.linestyle}
            left[0].plot(*path.T, label=f"{run.flow.name} flow", **line)
            draw_directions(left[0], path, drawn.color)
            frame_plane(run.problem, left[0])
        plot_decay([run], theorems=THEOREMS, ax=right)
        _legend_below(figure, [*left, right])
    return figure


def comparison_picture(comparison: Comparison) -> Figure:
    """Draw a comparison with its legend in a figure of its own."""
    with style():
        figure = Figure(figsize=(5.2, 4.6), layout="constrained")
        _legend_below(figure, [plot_comparison(comparison, ax=figure.add_subplot())])
    return figure


def region_picture(region: StabilityRegion) -> Figure:
    """Draw a stability region in a figure of its own."""
    with style():
        figure = Figure(figsize=(4.8, 4.4), layout="constrained")
        plot_region(region, ax=figure.add_subplot())
    return figure


def map_picture(found: RegionMap) -> Figure:
    """Draw a region map with its legend in a figure of its own."""
    with style():
        figure = Figure(figsize=(5.6, 4.6), layout="constrained")
        _legend_below(figure, [plot_region_map(found, ax=figure.add_subplot())])
    return figure


def _legend_below(figure: Figure, axes: Sequence[Axes]) -> None:
    """Show one legend for all axes, each label once, where it covers nothing."""
    shown: dict[str, Any] = {}
    for ax in axes:
        handles, labels = ax.get_legend_handles_labels()
        shown |= {label: h for label, h in zip(labels, handles, strict=True) if label not in shown}
    columns = 3 if figure.get_figwidth() > WIDE else 2
    figure.legend([*shown.values()], [*shown], loc="outside lower center", ncols=columns)
