"""saddleode integrate: one flow on one problem from one start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import chosen_flow, chosen_problem, chosen_span, spec_text
from .messages import (
    ExitCode,
    complain,
    keeping_the_part_done,
    reporting,
    say,
    say_json,
)
from .outputs import require_writable

if TYPE_CHECKING:
    from ..flows.results.trajectory import Trajectory


@reporting
def integrate_command(
    flow: options.FlowSpec = "anchored",
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    z0: options.Start = None,
    t_span: Annotated[str, typer.Option(metavar="T0,T1", help="First and last time.")] = "0,20",
    points: Annotated[int, typer.Option(min=2, help="Recorded times, equally spaced.")] = 501,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="auto, or one that `integrate` knows.")
    ] = "auto",
    out: Annotated[Path | None, typer.Option(help="Save it as a NumPy archive (.npz).")] = None,
    plot: options.Plot = None,
    as_json: options.Json = False,
) -> ExitCode:
    """Integrate a saddle flow on a problem.

    Parameters of the flow that are not set are those of its example, and are shown.
    Ctrl-C ends it early: the part computed so far is shown and saved.

    Example: saddleode integrate --problem bilinear --flow anchored:gamma=2
    """
    require_writable(out, ".npz")
    require_writable(plot, ".png", ".svg", ".pdf")
    import numpy as np

    from ..flows.integration import integrate

    saddle, start = chosen_problem(problem, formula, primal, dual, z0)
    chosen, span = chosen_flow(flow), chosen_span(t_span)
    grid = np.linspace(*span, points) if span[0] < span[1] else None
    with keeping_the_part_done() as interrupted:
        run = integrate(chosen, saddle, start, span, t_eval=grid, engine=engine)
    _write(run, out, plot)
    if as_json:
        say_json(_data(run))
    else:
        say(f"{spec_text(chosen)} from z0 = {np.asarray(start).tolist()}\n{run}")
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE if run.success else ExitCode.REFUTED


def _write(run: Trajectory, out: Path | None, plot: Path | None) -> None:
    if plot is not None:
        from ..figures.run_picture import run_picture
        from ..figures.saving import save_figure

        save_figure(run_picture(run), plot)
    if out is not None:
        run.save(out)
    for path in filter(None, (out, plot)):
        complain(f"wrote {path}")


def _data(run: Trajectory) -> dict[str, Any]:
    from ..flows.flow import parameters

    return {
        "flow": run.flow.name,
        "parameters": parameters(run.flow),
        "problem": repr(run.problem),
        "status": run.status,
        "message": run.message,
        "engine": run.engine,
        "engine_reason": run.engine_reason,
        "evaluations": run.nfev,
        "t": run.t,
        "z": run.z,
        "operator_norm": run.operator_norm,
        "sliding": run.sliding,
        "switches": run.switches,
    }
