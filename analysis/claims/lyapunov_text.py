"""Lyapunov functions from text, for the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sympy import Integer, Rational, exp, sqrt

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.formulas.expression import evaluate
from ..readings.vector import Form, Vector
from .motion import motion_of

_NONE: Mapping[str, Any] = MappingProxyType({})


def lyapunov_function(text: str, system: Flow | Method, names: Mapping[str, Any] = _NONE) -> Form:
    """Read a Lyapunov function from text.

    Parameters
    ----------
    text : str
        Formula with ``dot(a, b)`` for ⟨a, b⟩ and ``sq(a)`` for ‖a‖². Numbers are exact: 0.2 is
        1/5. ``exp(r*t)``, ``sqrt(t)`` and, for a method, ``sqrt(k + gamma)`` are allowed. For a
        flow over Z, Z0, zstar, G, Gdot, Zdot (and Y, the anchor, if it moves) and t;
        for a method over z, z0, zstar, g, z_next, z_previous and g_previous (what it keeps),
        z_half and g_half (inside the step), and k. Also the parameters and `names`.
    system : Flow or Method
        The flow or the method; it gives its parameters their values.
    names : mapping, optional
        Further parameters: name -> number or symbol.

    Returns
    -------
    Form

    Raises
    ------
    ExpressionError
        The text is not a formula; the error points at the character.
    ProblemError
        The formula is a number or a vector, not a quadratic function.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow
    >>> print(lyapunov_function("sq(Z - zstar)/2", GradientFlow()))
    1/2 ‖Z‖² − ⟨Z, z*⟩ + 1/2 ‖z*‖²
    """
    value = _read(text, system, names)
    if not isinstance(value, Form):
        kind = "a vector" if isinstance(value, Vector) else "a number"
        raise ProblemError(
            f"{text!r} is {kind}; a Lyapunov function is a sum of terms like c*sq(a) or c*dot(a, b)"
        )
    return value


def scalar_formula(text: str, system: Flow | Method, names: Mapping[str, Any] = _NONE) -> Any:
    """Read a formula of t or k and the parameters, such as a rate.

    Raises
    ------
    ProblemError
        The formula is not a scalar, or no formula.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow
    >>> scalar_formula("1/(1 + t)", GradientFlow())
    1/(t + 1)
    """
    value = _read(text, system, names)
    if isinstance(value, Form | Vector):
        raise ProblemError(f"{text!r} is no scalar; give a number or a formula of the parameters")
    return value


def _read(text: str, system: Flow | Method, names: Mapping[str, Any]) -> Any:
    motion = motion_of(system)
    known = {name: _exact(value) for name, value in {**names, **motion.parameters}.items()}
    known |= motion.names
    functions: dict[str, Callable[..., Any]] = {
        "dot": _dot,
        "sq": _square,
        "exp": _of_scalars(exp),
        "sqrt": _of_scalars(sqrt),
    }
    return evaluate(text, known, functions, number=_exact)


def _dot(a: Any, b: Any) -> Form:
    if not (isinstance(a, Vector) and isinstance(b, Vector)):
        raise ValueError("dot and sq take vectors such as G or Z - Z0, not numbers")
    return a @ b


def _square(a: Any) -> Form:
    return _dot(a, a)


def _of_scalars(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def of_scalar(a: Any) -> Any:
        if isinstance(a, Form | Vector):
            raise ValueError("exp and sqrt take formulas of t or k, not vectors")
        return function(a)

    return of_scalar


def _exact(value: Any) -> Any:
    """Return a number as SymPy's, so that quotients of integers stay exact; formulas too."""
    if isinstance(value, int):
        return Integer(value)
    if hasattr(value, "_sympy_"):
        return value._sympy_()
    return Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else value
