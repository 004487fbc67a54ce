"""saddleode search: find a Lyapunov function and the rate that it proves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from . import options
from .messages import ExitCode, reporting, say, say_json
from .outputs import require_writable
from .symbolic_choices import symbolic_operator, symbolic_system

if TYPE_CHECKING:
    from ..analysis.basics.proof_outcome import Unknown
    from ..analysis.search.proved_rate import ProvedRate


@reporting
def search_command(
    system: Annotated[
        str, typer.Argument(metavar="SYSTEM", help="Flow or method, e.g. anchored:gamma=2 or feg.")
    ],
    operator: Annotated[
        str, typer.Option(metavar="CLASS", help="E.g. monotone or lipschitz-monotone:R=1.")
    ] = "monotone",
    metric: Annotated[
        str | None, typer.Option(help='What tends to 0, e.g. "sq(G)", "sq(z - zstar)".')
    ] = None,
    weight: Annotated[
        str | None, typer.Option(help="How fast: t^2, t, k + 1, …; else the fastest that works.")
    ] = None,
    exponential: Annotated[
        bool, typer.Option("--exponential", help="Look for an exponential rate of the metric.")
    ] = False,
    best_iterate: Annotated[
        bool, typer.Option("--best-iterate", help="Look for a rate of the best iterate.")
    ] = False,
    seconds: Annotated[float, typer.Option(help="After that, nothing further is tried.")] = 60.0,
    save: Annotated[
        Path | None, typer.Option(help="Write the certificates here; `verify` checks the file.")
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the proof in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Find a Lyapunov function and the best rate that it proves.

    A semidefinite programme proposes (extra `prove`), exact arithmetic proves. All parameters are
    rational numbers; constants of a class of which only the square matters may be roots,
    "lipschitz-monotone:R=sqrt(2)/2".

    Exit code 0: found and proved; 3: nothing was found.

    Example: saddleode search anchored:gamma=1
    """
    from ..analysis.basics.proof_outcome import Unknown
    from ..flows.errors import ProblemError
    from ..flows.results.files import write_atomically

    require_writable(save)
    if sum((exponential, best_iterate, weight is not None)) > 1:
        raise ProblemError("give at most one of --weight, --exponential and --best-iterate")
    result = _search(system, operator, metric, weight, exponential, best_iterate, seconds)
    if isinstance(result, Unknown):
        if as_json:
            say_json({"status": "unknown", "reason": result.reason})
        else:
            say(str(result))
        return ExitCode.UNKNOWN
    if save is not None:
        content = result.to_json().encode()
        write_atomically(save, lambda file: cast(None, file.write(content)))
    if as_json:
        say_json({"status": "proved", **json.loads(result.to_json())})
    else:
        say(result.to_latex() if latex else f"proved\n{result}")
    return ExitCode.DONE


def _search(
    system: str,
    operator: str,
    metric: str | None,
    weight: str | None,
    exponential: bool,
    best_iterate: bool,
    seconds: float,
) -> ProvedRate | Unknown:
    from ..analysis.search.contraction import search_contraction
    from ..analysis.search.searching import search_lyapunov
    from ..analysis.search.summable import search_best_iterate
    from ..discretize.method import Method
    from ..flows.errors import ProblemError

    chosen, members = symbolic_system(system), symbolic_operator(operator)
    if exponential:
        if metric is None:
            raise ProblemError('name what decays, e.g. --metric "sq(Z - zstar)"')
        return search_contraction(chosen, metric, members, seconds=seconds)
    if best_iterate:
        if not hasattr(chosen, "step"):
            raise ProblemError(f"{chosen} is a flow; the best iterate is that of a method")
        return search_best_iterate(cast(Method, chosen), members, metric, seconds=seconds)
    return search_lyapunov(chosen, metric, members, weight=weight, seconds=seconds)
