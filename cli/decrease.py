"""saddleode decrease, saddleode convexity: exact proofs for one problem with polynomial L."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import chosen_flow, chosen_problem
from .messages import ExitCode, complain, reporting, say, say_json
from .outputs import require_writable

if TYPE_CHECKING:
    from ..analysis.basics.proof_outcome import Proved, Refuted, Unknown

Box = Annotated[
    list[str] | None,
    typer.Option(metavar="RANGE", help='Only where this holds, e.g. "-1 <= x <= 1"; repeatable.'),
]
Latex = Annotated[bool, typer.Option("--latex", help="Print the proof in LaTeX.")]
Save = Annotated[Path | None, typer.Option(help="Save the certificate in this .json file.")]


@reporting
def decrease_command(
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    lyapunov: Annotated[
        str | None,
        typer.Option(
            "--lyapunov",
            metavar="V",
            help="Polynomial, e.g. x^2/2 + u^2/2; without it ½‖z − z*‖² (‖W − z*‖² with optimism).",
        ),
    ] = None,
    flow: options.FlowSpec = "gradient",
    box: Box = None,
    save: Save = None,
    latex: Latex = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove that V never increases along a flow of one problem with polynomial L.

    In V the variables of the problem stand for Z, and for W = Z + βG(Z) with the optimistic flow.

    Exit code 0: proved; 1: refuted, with a point where V grows; 3: neither.

    Example: saddleode decrease --problem quartic --lyapunov "(x^2 + u^2)^2"
    """
    require_writable(save, ".json")
    from ..analysis.polynomial_proofs.claims import read_box
    from ..analysis.polynomial_proofs.proving import prove_decrease_on

    saddle, _ = chosen_problem(problem, formula, primal, dual, None)
    ranges = read_box(box or [])
    result = prove_decrease_on(saddle, lyapunov, chosen_flow(flow), box=ranges)
    return tell(result, save, latex=latex, as_json=as_json)


@reporting
def convexity_command(
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    box: Box = None,
    save: Save = None,
    latex: Latex = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove that a polynomial L is convex in the primal and concave in the dual variables.

    Exit code 0: proved; 1: refuted, with a point and a direction; 3: neither.

    Example: saddleode convexity --problem nonconvex --box "x >= 1"
    """
    require_writable(save, ".json")
    from ..analysis.polynomial_proofs.claims import read_box
    from ..analysis.polynomial_proofs.proving import prove_convexity

    saddle, _ = chosen_problem(problem, formula, primal, dual, None)
    result = prove_convexity(saddle, box=read_box(box or []))
    return tell(result, save, latex=latex, as_json=as_json)


def tell(
    result: Proved | Refuted | Unknown, save: Path | None, *, latex: bool, as_json: bool
) -> ExitCode:
    """Print a result, save its certificate if asked to, and return the exit code."""
    from ..analysis.basics.proof_outcome import Proved, Refuted

    if isinstance(result, Proved) and save is not None:
        result.certificate.save(save)
        complain(f"wrote {save}")
    if as_json:
        say_json(_data(result))
    elif isinstance(result, Proved) and latex:
        say(result.certificate.to_latex())
    else:
        say(str(result))
    if isinstance(result, Proved):
        return ExitCode.DONE
    return ExitCode.REFUTED if isinstance(result, Refuted) else ExitCode.UNKNOWN


def _data(result: Proved | Refuted | Unknown) -> Mapping[str, Any]:
    from ..analysis.basics.proof_outcome import Proved, Unknown

    if isinstance(result, Proved):
        return {"status": "proved", "certificate": json.loads(result.certificate.to_json())}
    if isinstance(result, Unknown):
        return {"status": "unknown", "reason": result.reason}
    return {"status": "refuted", **result.witness.to_dict()}
