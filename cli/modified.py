"""saddleode modified: the equation that a method really follows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..flows.errors import ProblemError
from . import options
from .choices import chosen_problem
from .messages import ExitCode, reporting, say, say_json
from .symbolic_choices import symbolic_method

if TYPE_CHECKING:
    from ..analysis.series.equation import ModifiedEquation
    from ..analysis.series.vector_field import ModifiedField


@reporting
def modified_command(
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD", help="E.g. extragradient or simgd:alpha=1/10; unset is a symbol."
        ),
    ],
    order: Annotated[int, typer.Option(help="Highest power of the step, 1 to 8.")] = 2,
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    high_resolution: Annotated[
        bool, typer.Option("--high-resolution", help="The high-resolution ODE as well.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print it in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Find the modified equation of a method, exactly.

    With a problem also the vector field on it and, if all parameters are numbers, its
    equilibria: the zeros of G, and spurious ones of the truncation.

    Example: saddleode modified extragradient:alpha=1/10 --order 1 --problem quartic
    """
    from ..analysis.series.backward_error import modified_equation
    from ..analysis.series.high_resolution import high_resolution_ode
    from ..analysis.series.vector_field import modified_field

    read = symbolic_method(method)
    equation = modified_equation(read, order)
    data, lines = equation.to_dict(), [equation.to_latex() if latex else str(equation)]
    if high_resolution:
        other = high_resolution_ode(read)
        data["high_resolution"] = other.to_dict()["terms"]
        lines.append(other.to_latex() if latex else f"high-resolution ODE: {other}")
    if problem is not None or formula is not None:
        saddle, _ = chosen_problem(problem, formula, primal, dual, None)
        field = modified_field(equation, saddle)
        data["problem"], more = _on_problem(equation, field)
        lines.append(field.to_latex() if latex else str(field))
        lines += [f"% {line}" if latex else line for line in more]
    if as_json:
        say_json(data)
    else:
        say("\n".join(lines))
    return ExitCode.DONE


def _on_problem(
    equation: ModifiedEquation, field: ModifiedField
) -> tuple[dict[str, Any], list[str]]:
    """Vector field on a problem, and its equilibria where there are some to find."""
    data: dict[str, Any] = {
        "variables": list(map(str, field.variables)),
        "field": list(map(str, field.components)),
    }
    if equation.symbols or not equation.is_autonomous:
        return data, []
    try:
        equilibria = field.equilibria()
    except ProblemError as error:
        data["equilibria_not_listed"] = str(error)
        return data, [f"equilibria not listed: {error}"]
    data["equilibria"] = [dataclasses.asdict(equilibrium) for equilibrium in equilibria]
    if not equilibria:
        return data, ["equilibria: none"]
    return data, ["equilibria:", *(f"  {equilibrium}" for equilibrium in equilibria)]
