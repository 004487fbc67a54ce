"""saddleode transfer: a Lyapunov function of a flow on a discretisation of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from . import options
from .messages import ExitCode, reporting, say, say_json
from .outputs import require_writable
from .symbolic_choices import symbolic_method, symbolic_operator

if TYPE_CHECKING:
    from ..analysis.transfers.transfer import Transfer


@reporting
def transfer_command(
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD", help="E.g. simgd-o:beta=1/2; what is not set is a symbol > 0."
        ),
    ],
    lyapunov: Annotated[
        str,
        typer.Argument(
            metavar="V",
            help="For the flow of the method, with dot(a, b), sq(a): of Z, Z0, zstar, G, Zdot, t.",
        ),
    ],
    operator: Annotated[
        str, typer.Option(metavar="CLASS", help="E.g. monotone or lipschitz-monotone:R=1.")
    ] = "monotone",
    correction: Annotated[
        str | None,
        typer.Option(
            metavar="C",
            help="Added to V_k, and small with the step: of z, z_previous, g_previous, g, alpha, …",
        ),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="In C, a number > 0 to be chosen; repeatable."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the certificates here; `verify` checks the file.")
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the result in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Take a Lyapunov function of a flow to a discretisation.

    Printed are its change in one step, exactly in the step, by how much that differs from h V'
    at most, and for which steps it decreases, each proved for every operator of the class.

    Exit code 0: it decreases for some steps; 1: for none; 3: neither is proved.

    Example: saddleode transfer extragradient "sq(Z - zstar)/2" --operator lipschitz-monotone
    """
    from ..analysis.transfers.transfer import transfer
    from ..flows.results.files import write_atomically

    require_writable(save)
    found = transfer(
        lyapunov,
        symbolic_method(method),
        symbolic_operator(operator),
        correction=correction,
        weights=weight or [],
    )
    data = found.to_dict()
    if save is not None:
        content = json.dumps(data, ensure_ascii=False, indent=2).encode()
        write_atomically(save, lambda file: cast(None, file.write(content)))
    if as_json:
        say_json(data)
    else:
        say(found.to_latex() if latex else str(found))
    return _code(found)


def _code(found: Transfer) -> ExitCode:
    if found.steps.proved is not None:
        return ExitCode.DONE
    refuted = found.steps.never is not None or found.steps.refuted is not None
    return ExitCode.REFUTED if refuted else ExitCode.UNKNOWN
