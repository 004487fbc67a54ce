"""How the names in a certificate move, and the coefficients of what moves, as text for its file.

With √(k + δ) among the coefficients a proof calculates in u = √(k+1+δ) − √(k+δ). In a file the
functions and points of a step are written in k and the root, which are sequences in u.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol, sqrt

from ..coefficients.clock_functions import STEP, TIME
from ..coefficients.field import ScalarField
from ..coefficients.step_root import StepRoot


def clock_data(scalars: ScalarField) -> dict[str, Any]:
    """Return the derivatives of names, or their values in step k and in step k + 1."""
    functions = scalars.functions
    if scalars.clock == TIME:
        rates = {name: scalars.text(rate) for name, rate in scalars.rates.items()}
        return {"derivatives": rates}
    if not isinstance(functions, StepRoot):
        return {"sequences": {STEP: [STEP, f"{STEP} + 1"]}}
    u, here = (
        functions.name,
        f"((1/{functions.name} - {functions.name})/2)**2 - ({functions.shift})",
    )
    root = [f"(1/{u} - {u})/2", f"(1/{u} + {u})/2"]
    return {"sequences": {root_name(scalars): root, STEP: [here, f"{here} + 1"]}}


def moving_text(value: Any, scalars: ScalarField) -> str:
    """Write a coefficient of V or of a point, which is read anew in the next step."""
    element, functions = scalars.convert(value), scalars.functions
    if not isinstance(functions, StepRoot):
        return scalars.text(element)
    rational, *others = functions.parts(element)
    root = root_name(scalars)
    later = f"({root} + {functions.name})"
    weights = zip(others, (root, later, f"{root}*{later}"), strict=True)
    irrational = [f"({scalars.text(part)})*{weight}" for part, weight in weights if part]
    return " + ".join([scalars.text(rational)] * bool(rational or not irrational) + irrational)


def meanings(scalars: ScalarField) -> dict[Symbol, Expr]:
    """Return what the names stand for that `moving_text` adds to those of the region."""
    functions = scalars.functions
    if not isinstance(functions, StepRoot):
        return {}
    return {Symbol(root_name(scalars)): sqrt(Symbol(STEP) + functions.shift)}


def root_name(scalars: ScalarField) -> str:
    """Return the name of the root, which no parameter has."""
    name = "root"
    while name in scalars.ranges:
        name += "_"
    return name
