"""saddleode compare: a method and the flow it discretises, on the clock of the flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import chosen_flow, chosen_method, chosen_problem, number, spec_text
from .messages import ExitCode, complain, reporting, say, say_json
from .outputs import require_writable

if TYPE_CHECKING:
    from ..analysis.comparing.comparison import Comparison


@reporting
def compare_command(
    method: options.MethodSpec = "simgd-o",
    flow: Annotated[
        str | None,
        typer.Option(metavar="NAME[:P=V,…]", help="Flow; without it the one of the method."),
    ] = None,
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    z0: options.Start = None,
    t_end: Annotated[str, typer.Option(metavar="TIME", help="Last time of the flow.")] = "10",
    steps: Annotated[
        str | None,
        typer.Option(metavar="NUMBERS", help="Steps, e.g. 0.2,0.1; without them α, α/2, α/4, α/8."),
    ] = None,
    distances: Annotated[
        bool,
        typer.Option("--distances", help="Also Hausdorff, Fréchet and shadowing distances."),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Save it as a NumPy archive (.npz).")] = None,
    plot: options.Plot = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the table in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Compare a method with its flow.

    Shows errors, the observed order, and what becomes of both; parameters that are not set are
    those of the example of the method, and are shown.

    Example: saddleode compare --problem bilinear --method simgd-a:gamma=2
    """
    require_writable(out, ".npz")
    require_writable(plot, ".png", ".svg", ".pdf")
    from ..analysis.comparing.comparison import compare

    saddle, start = chosen_problem(problem, formula, primal, dual, z0)
    chosen = chosen_method(method)
    result = compare(
        chosen.flow() if flow is None else chosen_flow(flow),
        chosen,
        saddle,
        start,
        t_end=float(number(t_end)),
        steps=None if steps is None else [float(number(step)) for step in steps.split(",")],
    )
    _write(result, out, plot)
    if as_json:
        say_json(_data(result, distances))
    elif latex:
        say(result.to_latex())
    else:
        pair = f"{spec_text(result.flow)} and {spec_text(result.method)}"
        say(f"{pair} from z0 = {result.z0.tolist()}\n{result}")
        if distances:
            say(f"distances\n{result.distances_text()}")
    arrived = all(row.iterates.success and row.trajectory.success for row in result.rows)
    return ExitCode.DONE if arrived else ExitCode.REFUTED


def _data(result: Comparison, distances: bool) -> dict[str, Any]:
    """Return the comparison as plain data, with all distances if they are wanted."""
    from ..analysis.comparing.outcome import finite_or_none

    data = result.to_dict()
    if distances:
        for row, shown in zip(result.rows, data["rows"], strict=True):
            shown["distances"] = {n: finite_or_none(d) for n, d in row.distances.items()}
    return data


def _write(result: Comparison, out: Path | None, plot: Path | None) -> None:
    if plot is not None:
        from ..figures.run_picture import comparison_picture
        from ..figures.saving import save_figure

        save_figure(comparison_picture(result), plot)
    if out is not None:
        result.save(out)
    for path in filter(None, (out, plot)):
        complain(f"wrote {path}")
