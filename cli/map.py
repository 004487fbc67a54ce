"""saddleode map: where a method converges, over two of its parameters."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import chosen_method, chosen_problem, number, pick
from .messages import ExitCode, complain, reporting, say, say_json
from .outputs import require_writable

if TYPE_CHECKING:
    from ..analysis.maps.region_map import Family, Layer
    from ..flows.problems.problem import SaddleProblem

AXIS = 'Parameter and its values, e.g. "alpha:0.01:1.5" or "alpha:0.01:1.5:300".'


CLASS = (
    "Prove a rate for a whole class in each cell, too, e.g. lipschitz-monotone:R=1; a cell takes "
    "about a second (extra `prove`)."
)


@reporting
def map_command(
    method: Annotated[
        str, typer.Argument(metavar="METHOD", help="E.g. simgd-o; what is not mapped stays as set.")
    ] = "simgd-o",
    x: Annotated[str, typer.Option(metavar="NAME:LOW:HIGH[:N]", help=AXIS)] = "alpha:0.01:1.2",
    y: Annotated[str, typer.Option(metavar="NAME:LOW:HIGH[:N]", help=AXIS)] = "beta:0.01:1.2",
    problem: options.Problem = None,
    formula: options.Formula = None,
    primal: options.Primal = None,
    dual: options.Dual = None,
    z0: options.Start = None,
    iterations: Annotated[int, typer.Option(help="Steps of each run.")] = 2000,
    operator: Annotated[str | None, typer.Option(metavar="CLASS", help=CLASS)] = None,
    out: Annotated[Path | None, typer.Option(help="Save it as a NumPy archive (.npz).")] = None,
    plot: options.Plot = None,
    as_json: options.Json = False,
) -> ExitCode:
    """Map where a method converges over two parameters, exactly and by running it.

    Example: saddleode map simgd-o --problem bilinear --plot regions.png
    """
    require_writable(out, ".npz")
    require_writable(plot, ".png", ".svg", ".pdf")
    from ..analysis.maps.region_map import region_map
    from ..flows.errors import ProblemError

    saddle, start = chosen_problem(problem, formula, primal, dual, z0)
    x_axis, y_axis = _axis(x, method), _axis(y, method)
    if x_axis[0] == y_axis[0]:
        raise ProblemError(f"both axes are {x_axis[0]}; give --x and --y different parameters")
    family = _family(method, x_axis[0], y_axis[0])
    layers = _layers(saddle, start, method, iterations) | _class_layers(operator)
    found = region_map(family, x_axis, y_axis, layers)
    if plot is not None:
        from ..figures.run_picture import map_picture
        from ..figures.saving import save_figure

        save_figure(map_picture(found), plot)
    if out is not None:
        found.save(out)
    for path in filter(None, (out, plot)):
        complain(f"wrote {path}")
    if as_json:
        say_json(found.to_dict())
    else:
        say(str(found))
    return ExitCode.DONE


def _axis(text: str, method: str) -> tuple[str, Any]:
    """Name and values of a parameter from ``name:low:high`` or ``name:low:high:count``."""
    import numpy as np

    from ..flows.errors import ProblemError

    name, *numbers = text.split(":")
    fields = {field.name: field.name for field in dataclasses.fields(chosen_method(method))}
    known = pick(fields, name, "parameter")
    if len(numbers) not in (2, 3):
        raise ProblemError(f"{text!r}; write NAME:LOW:HIGH, e.g. alpha:0.01:1.5")
    low, high = (float(number(value)) for value in numbers[:2])
    count = int(number(numbers[2])) if len(numbers) == 3 else 100
    return known, np.linspace(low, high, count)


def _family(spec: str, x: str, y: str) -> Family:
    """Return the method of this text as a function of two of its parameters."""
    method = chosen_method(spec)
    return lambda a, b: dataclasses.replace(method, **{x: a, y: b})


def _layers(saddle: SaddleProblem, start: Any, spec: str, iterations: int) -> dict[str, Layer]:
    """Decide exactly where the method has a region or known exponents, and by runs always."""
    from ..analysis.maps.layers import exact_on, known_on
    from ..analysis.maps.measured import measured_on
    from ..analysis.stability.region import stability_region
    from ..flows.errors import ProblemError

    measured = {"runs": measured_on(saddle, start, iterations=iterations)}
    try:
        stability_region(chosen_method(spec))
    except ProblemError:
        return {"exponents": known_on(saddle), **measured} if saddle.is_affine else measured
    return {"exact": exact_on(saddle), **measured}


def _class_layers(spec: str | None) -> dict[str, Layer]:
    """Decide for a class of operators by a search for a Lyapunov function."""
    if spec is None:
        return {}
    from ..analysis.maps.searched import searched
    from .symbolic_choices import symbolic_operator

    return {"Lyapunov function": searched(symbolic_operator(spec))}
