"""From words to flows, methods and classes with symbols for the numbers that are not set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .choices import number, split_spec

if TYPE_CHECKING:
    from ..analysis.classes.operator_class import OperatorClass
    from ..discretize.method import Method
    from ..flows.flow import Flow


def symbolic_system(spec: str) -> Flow | Method:
    """Flow or method for a proof, e.g. ``anchored``: what is not set is a symbol > 0.

    Raises
    ------
    ProblemError
        The name, a parameter or a value is not one; the message lists those there are.

    Examples
    --------
    >>> symbolic_system("optimistic:alpha=1"), symbolic_system("simgd")
    (OptimisticFlow(alpha=1, beta=beta), SimGD(alpha=alpha))
    """
    from ..discretize.registry import METHODS
    from ..flows.registry import FLOWS

    system: Flow | Method = _symbolic((*FLOWS, *METHODS), spec, "flow or method")
    return system


def symbolic_method(spec: str) -> Method:
    """Return a method, e.g. ``simgd-o:beta=1/4``: what is not set is a symbol > 0.

    Raises
    ------
    ProblemError
        The name, a parameter or a value is not one; the message lists those there are.

    Examples
    --------
    >>> symbolic_method("simgd-o:beta=1/4")
    OptimisticSimGD(alpha=alpha, beta=Fraction(1, 4))
    """
    from ..discretize.registry import METHODS

    method: Method = _symbolic(METHODS, spec, "method")
    return method


def symbolic_operator(spec: str) -> OperatorClass:
    """Class of operators for a proof, e.g. ``strongly-monotone:mu=1``; unset is a symbol > 0.

    Raises
    ------
    ProblemError
        The name, a constant or a value is not one; the message lists those there are.

    Examples
    --------
    >>> symbolic_operator("lipschitz-monotone")
    LipschitzMonotone(R=R)
    """
    from ..analysis.claims.operator_classes import CLASSES

    operator: OperatorClass = _symbolic(CLASSES, spec, "operator class", exact_number)
    return operator


def exact_number(text: str) -> Any:
    """Return an exact number, also if it is irrational: proofs may need its square alone.

    Examples
    --------
    >>> exact_number("1/3"), exact_number("sqrt(2)/2")
    (Fraction(1, 3), sqrt(2)/2)
    """
    from ..flows.formulas.expression import parse_expression

    value = number(text)
    return parse_expression(text, {}) if isinstance(value, float) else value


def _symbolic(
    classes: Iterable[Any], spec: str, what: str, read: Callable[[str], Any] = number
) -> Any:
    from sympy import Symbol

    kind, settings = split_spec(classes, spec, what, symbolic_system, read)
    for field in dataclasses.fields(kind):
        if field.name not in settings and field.default is dataclasses.MISSING:
            symbol = Symbol(field.name, positive=True)
            example = getattr(kind, "example", {}).get(field.name, 1)
            settings[field.name] = symbol if isinstance(example, int | float) else example
    return kind(**settings)
