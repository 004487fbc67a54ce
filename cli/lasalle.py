"""saddleode lasalle: whether every trajectory of a flow tends to a saddle point."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .choices import chosen_flow, chosen_problem
from .decrease import Latex, Save, tell
from .messages import ExitCode, reporting
from .outputs import require_writable


@reporting
def lasalle_command(
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    flow: options.FlowSpec = "gradient",
    lyapunov: Annotated[
        str | None,
        typer.Option("--lyapunov", metavar="V", help="A further V; needed if L is not convex."),
    ] = None,
    save: Save = None,
    latex: Latex = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove that every trajectory of a flow of one polynomial problem tends to a saddle point.

    The invariance principle of LaSalle and Krasovskii, each step exact.

    Exit code 0: proved; 1: refuted, with an invariant set and a start; 3: neither.

    Example: saddleode lasalle --problem quartic
    """
    require_writable(save, ".json")
    from ..analysis.lasalle.convergence import prove_convergence

    saddle, _ = chosen_problem(problem, formula, primal, dual, None)
    result = prove_convergence(saddle, chosen_flow(flow), lyapunov)
    return tell(result, save, latex=latex, as_json=as_json)
