"""saddleode prove: exact proofs that a Lyapunov function decreases along a flow or a method."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .messages import ExitCode, reporting, say, say_json
from .outputs import require_writable
from .symbolic_choices import symbolic_operator, symbolic_system

if TYPE_CHECKING:
    from ..analysis.basics.proof_outcome import ProofOutcome
    from ..analysis.proofs.certificate import Certificate
    from ..analysis.refuting.witness import Witness
    from ..analysis.regions.found_region import DecreaseRegion


@reporting
def prove_command(
    system: Annotated[
        str,
        typer.Argument(
            metavar="FLOW|METHOD", help="E.g. anchored or simgd; what is not set is a symbol > 0."
        ),
    ],
    lyapunov: Annotated[
        str,
        typer.Argument(
            metavar="V",
            help="With dot(a, b), sq(a): of Z, Z0, zstar, G, Zdot, t for a flow; of z, z0, zstar, "
            "g, z_next, z_previous, g_previous, z_half, g_half, k for a method.",
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
    rate: Annotated[
        str, typer.Option(metavar="R", help="Prove V' <= -R V, or V_{k+1} <= (1 - R) V_k.")
    ] = "0",
    region: Annotated[
        bool, typer.Option("--region", help="Find conditions under which it holds; prove it there.")
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option(metavar="S", help="Limit of time; then: unknown."),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --region: a number in V to be chosen; repeatable."),
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the proof in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove that V never increases along a flow or a method.

    The proof is exact, for every operator of the class; the certificate, or a counterexample, is
    printed.

    Exit code 0: proved; 1: refuted; 3: neither.

    With --region, conditions on the parameters are found under which it is proved, if V does not
    decrease on the whole range.

    Example: saddleode prove optimistic "sq(Z + beta*G - zstar)"
    """
    from ..analysis.basics.proof_outcome import Proved
    from ..analysis.coefficients.region import parse_ranges
    from ..analysis.proofs.lyapunov import prove_decrease
    from ..analysis.regions.decrease_region import decrease_region
    from ..analysis.regions.found_region import DecreaseRegion
    from ..flows.errors import ProblemError

    require_writable(save)
    ranges = parse_ranges(where or [])
    named = symbolic_system(system), symbolic_operator(operator)
    _require_used(ranges, lyapunov, rate, *ranges.conditions, *named)
    if weight and not region:
        raise ProblemError("--weight chooses a number in V for a large region; add --region")
    prove = partial(decrease_region, weights=weight or []) if region else prove_decrease
    result = prove(lyapunov, *named, rate=rate, ranges=ranges, seconds=seconds)
    if save is not None and isinstance(result, Proved | DecreaseRegion):
        result.certificate.save(save)
    if isinstance(result, DecreaseRegion):
        return _print_region(result, latex=latex, as_json=as_json)
    return _print(result, latex=latex, as_json=as_json)


def _require_used(names: Iterable[str], *things: Any) -> None:
    """Refuse ranges of names that occur nowhere, such as one with a letter missing."""
    from ..flows.errors import ProblemError

    used = {"t", "k"}
    for thing in things:
        values = vars(thing).values() if hasattr(thing, "__dataclass_fields__") else [thing]
        used |= {name for value in values for name in re.findall(r"[A-Za-z_]\w*", str(value))}
    for name in names:
        if name not in used:
            raise ProblemError(f"a range is given for {name}, which occurs nowhere in the claim")


def _print_region(found: DecreaseRegion, *, latex: bool, as_json: bool) -> ExitCode:
    if as_json:
        say_json({"status": "proved", **found.to_dict()})
    else:
        say(found.to_latex() if latex else str(found))
    return ExitCode.DONE


def _print(result: ProofOutcome, *, latex: bool, as_json: bool) -> ExitCode:
    from ..analysis.basics.proof_outcome import Proved, Refuted

    found: Certificate | Witness | None = None
    status, code, what = "unknown", ExitCode.UNKNOWN, "reason"
    if isinstance(result, Proved):
        found, status, code, what = result.certificate, "proved", ExitCode.DONE, "certificate"
    elif isinstance(result, Refuted):
        found, status, code, what = result.witness, "refuted", ExitCode.REFUTED, "witness"
    if as_json:
        content = json.loads(found.to_json()) if found else getattr(result, "reason", "")
        say_json({"status": status, what: content})
    else:
        say(found.to_latex() if found and latex else str(result))
    return code
