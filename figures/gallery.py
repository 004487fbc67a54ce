"""The figures of the study, by name: what `saddleode figures` and the report draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..analysis.theorems import THEOREMS
from ..flows.integration import integrate
from ..flows.registry import PAPER_FLOWS
from ..flows.results.trajectory import Trajectory
from .decay import plot_decay
from .overlay import plot_comparison
from .paper.figure1 import figure1
from .paper.optimism_regions import optimism_regions
from .study import STUDY_PROBLEMS, StudyProblem, study_comparisons
from .style import style

_LONG = 80.0  # end of the runs whose decay is drawn


@dataclass(frozen=True)
class Picture:
    """A figure that can be asked for by name.

    Parameters
    ----------
    name : str
        Name of its files.
    caption : str
        What is to be seen, in Unicode.
    draw : callable
        Computes and draws it anew.
    """

    name: str
    caption: str
    draw: Callable[[], Figure]


def flow_and_iterates() -> Figure:
    """Draw each flow and its discretisation: a row for each problem, a column for each pair."""
    with style():
        figure = Figure(figsize=(9.6, 7.9), layout="constrained")
        grid = figure.subplots(len(STUDY_PROBLEMS), len(PAPER_FLOWS))
        for row, stated in zip(grid, STUDY_PROBLEMS, strict=True):
            for ax, comparison in zip(row, study_comparisons(stated), strict=True):
                plot_comparison(comparison, ax=ax).set_title(
                    f"{comparison.flow.name}, {stated.tex}"
                )
                _square(ax)
        for ax in grid[-1]:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure


def decay_and_bounds() -> Figure:
    """Draw ‖G‖ along the three flows on each problem, with the bounds that are proved."""
    with style():
        figure = Figure(figsize=(9.6, 4.4), layout="constrained")
        axes = figure.subplots(1, len(STUDY_PROBLEMS), sharey=True)
        for ax, stated in zip(axes, STUDY_PROBLEMS, strict=True):
            plot_decay(_long_runs(stated), theorems=THEOREMS, ax=ax)
            ax.set(xlim=(0.2, _LONG), ylim=(3e-3, 6.0), title=stated.tex)
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=len(PAPER_FLOWS))
    return figure


def _square(ax: Axes) -> None:
    """Show a square about all that is drawn, so that all panels are of one size."""
    box = ax.dataLim
    half = 0.56 * max(box.width, box.height)
    ax.set_xlim(box.x0 + box.width / 2 - half, box.x0 + box.width / 2 + half)
    ax.set_ylim(box.y0 + box.height / 2 - half, box.y0 + box.height / 2 + half)
    ax.locator_params(nbins=5)


def _long_runs(stated: StudyProblem) -> list[Trajectory]:
    flows = [kind(**kind.example) for kind in PAPER_FLOWS]
    times = np.concatenate([[0.0], np.geomspace(0.2, _LONG, 3001)])
    span = (0.0, _LONG)
    return [integrate(flow, stated.problem, stated.start, span, t_eval=times) for flow in flows]


GALLERY: tuple[Picture, ...] = (
    Picture(
        "figure1",
        "Phase portraits of the gradient flow (Figure 1 of the paper): on xu it cycles; on "
        "0.2x² + xu it spirals in, although ⟨G(z), z⟩ = 0 on the dashed line.",
        figure1,
    ),
    Picture(
        "flow-and-iterates",
        "Each flow (line) and its discretisation (markers) from the same start, with the step of "
        "the table and a quarter of it: smaller steps follow the flow more closely.",
        flow_and_iterates,
    ),
    Picture(
        "decay",
        "‖G(Z(t))‖ along the three flows, and the bounds proved for every monotone operator "
        "(dotted). On xu the gradient flow stays on its bound, and the anchored flow with γ = 1 "
        "touches its own again and again.",
        decay_and_bounds,
    ),
    Picture(
        "optimism-regions",
        "Where SimGD-O converges for every monotone operator with Lipschitz constant 1: the exact "
        "region, runs on xu (the worst case), and two sufficient conditions, of which Theorem 2 "
        "is the paper's.",
        optimism_regions,
    ),
)
"""All pictures, in the order of the report."""
