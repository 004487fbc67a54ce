"""saddleode prove: exact proofs that a Lyapunov function decreases along a flow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .choices import symbolic_flow, symbolic_operator
from .messages import ExitCode, reporting, say, say_json

if TYPE_CHECKING:
    from ..analysis.proofs.proof_outcome import Proved, Unknown


@reporting
def prove_command(
    flow: Annotated[
        str,
        typer.Argument(metavar="FLOW", help="E.g. anchored; parameters not set are symbols > 0."),
    ],
    lyapunov: Annotated[
        str,
        typer.Argument(
            metavar="V", help="Function of Z, Z0, zstar, G, Zdot, t with dot(a, b) and sq(a)."
        ),
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RANGE",
            help='Range or condition, e.g. "gamma >= 1", "alpha < 2*beta"; repeatable.',
        ),
    ] = None,
    operator: Annotated[
        str, typer.Option(metavar="CLASS", help="E.g. monotone or strongly-monotone:mu=1.")
    ] = "monotone",
    save: Annotated[
        Path | None, typer.Option(help="Write the certificate here; `verify` checks the file.")
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the proof in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove that V never increases along a flow.

    The proof is exact, for every operator of the class; the certificate is printed.

    Exit code 0: proved; 3: neither proved nor refuted.

    Example: saddleode prove optimistic "sq(Z + beta*G - zstar)"
    """
    from ..analysis.proofs.lyapunov import prove_decrease
    from ..analysis.proofs.proof_outcome import Proved
    from ..analysis.proofs.region import parse_ranges

    ranges = parse_ranges(where or [])
    result = prove_decrease(
        lyapunov, symbolic_flow(flow), symbolic_operator(operator), ranges=ranges
    )
    if save is not None and isinstance(result, Proved):
        result.certificate.save(save)
    _print(result, latex=latex, as_json=as_json)
    return ExitCode.DONE if result else ExitCode.UNKNOWN


def _print(result: Proved | Unknown, *, latex: bool, as_json: bool) -> None:
    from ..analysis.proofs.proof_outcome import Unknown

    if isinstance(result, Unknown):
        if as_json:
            say_json({"status": "unknown", "reason": result.reason})
        else:
            say(str(result))
    elif as_json:
        certificate = json.loads(result.certificate.to_json())
        say_json({"status": "proved", "certificate": certificate})
    else:
        say(result.certificate.to_latex() if latex else str(result))
