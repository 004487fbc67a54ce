"""saddleode stability: where a method is stable, exactly, and its threshold on a problem."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import chosen_method, chosen_problem
from .messages import ExitCode, complain, reporting, say, say_json
from .outputs import require_writable
from .symbolic_choices import symbolic_method

if TYPE_CHECKING:
    from ..analysis.stability.region import StabilityRegion
    from ..discretize.method import Method
    from ..flows.problems.problem import SaddleProblem


@reporting
def stability_command(
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD", help="E.g. ogda or simgd-o:alpha=1/8,beta=1/4; unset is a symbol."
        ),
    ],
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    z0: options.Start = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Also measure the threshold by runs from the start.")
    ] = False,
    plot: options.Plot = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the region in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Find the stability region of a method, exactly.

    With a problem also the largest stable step on it, the eigenvalue that decides it, and the
    step with which the method contracts fastest.

    Example: saddleode stability ogda --problem paper
    """
    require_writable(plot, ".png", ".svg", ".pdf")
    from ..analysis.stability.region import stability_region

    region = stability_region(symbolic_method(method))
    data = dict(region.to_dict())
    text = region.to_latex() if latex else str(region)
    if problem is not None or formula is not None:
        chosen, (saddle, start) = (
            chosen_method(method),
            chosen_problem(problem, formula, primal, dual, z0),
        )
        data["problem"], lines = _on_problem(chosen, saddle, start if measure else None)
        text = "\n".join([text, *(f"% {line}" if latex else line for line in lines)])
    if plot is not None:
        _draw(region, plot)
    if as_json:
        say_json(data)
    else:
        say(text)
    return ExitCode.DONE


def _on_problem(
    method: Method, saddle: SaddleProblem, start: Any
) -> tuple[dict[str, object], list[str]]:
    """Threshold and best step on a problem, as data and as lines; measured from a start, if any."""
    from ..analysis.maps.measured_threshold import measured_threshold
    from ..analysis.stability.best import best_parameters
    from ..analysis.stability.threshold import step_threshold
    from ..discretize.operators import BlockOperator

    threshold = step_threshold(method, saddle)
    data: dict[str, object] = {"threshold": threshold.to_dict()}
    lines = [f"on L = {saddle.L}:" if saddle.L is not None else "on the problem:", f"  {threshold}"]
    if method.needs is not BlockOperator:
        best = best_parameters(method, saddle)
        data["best"] = {"alpha": best.method.alpha, "factor": best.factor}
        lines.append(f"  best step: {best}")
    if start is not None:
        found = measured_threshold(method, saddle, start)
        data["measured"] = [found.low, found.high]
        lines.append(f"  {found}")
    return data, lines


def _draw(region: StabilityRegion, path: Path) -> None:
    from ..analysis.stability.region import stability_region
    from ..figures.run_picture import region_picture
    from ..figures.saving import save_figure

    shown = stability_region(region.method.with_step(1)) if region.only_unit else region
    save_figure(region_picture(shown), path)
    complain(f"wrote {path}")
