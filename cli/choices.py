"""From words to things: problems, flows, methods, points and numbers named on the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..flows.errors import ProblemError
from .settings import listed, setting

if TYPE_CHECKING:
    from ..discretize.method import Method
    from ..flows.flow import Flow
    from ..flows.problems.problem import SaddleProblem


def chosen_flow(spec: str) -> Flow:
    """Read a flow from short text, e.g. ``anchored:gamma=2``; what is not set is the example.

    Raises
    ------
    ProblemError
        The name, a parameter or a value is not one; the message lists those there are.

    Examples
    --------
    >>> chosen_flow("anchored:gamma=3/2")
    AnchoredFlow(gamma=Fraction(3, 2), power=1)
    """
    from ..flows.registry import FLOWS

    flow: Flow = _chosen(FLOWS, spec, "flow")
    return flow


def chosen_method(spec: str) -> Method:
    """Read a method from short text, e.g. ``simgd-o:alpha=0.1``; what is not set is the example.

    Raises
    ------
    ProblemError
        The name, a parameter or a value is not one; the message lists those there are.

    Examples
    --------
    >>> chosen_method("simgd:alpha=1/4")
    SimGD(alpha=Fraction(1, 4))
    """
    from ..discretize.registry import METHODS

    method: Method = _chosen(METHODS, spec, "method")
    return method


def spec_text(thing: Flow | Method) -> str:
    """Write a flow or a method as the short text that names it on the command line.

    Examples
    --------
    >>> spec_text(chosen_method("simgd-a:p=3/4"))
    'simgd-a:p=3/4,gamma=2,epsilon=0,alpha=1'
    """
    fields = [field.name for field in dataclasses.fields(thing)]
    values = {name: getattr(thing, name) for name in fields}
    settings = ",".join(
        f"{name}=({spec_text(value)})" if hasattr(value, "velocity") else f"{name}={value}"
        for name, value in values.items()
    )
    return f"{thing.name}:{settings}" if settings else thing.name


def chosen_problem(
    problem: str | None, formula: str | None, primal: str | None, dual: str | None, z0: str | None
) -> tuple[SaddleProblem, Any]:
    """Return a problem and a start: from the catalogue, from a TOML file, or from a formula.

    The start is what `z0` says, e.g. ``1,0``; without it, that of the catalogue or of the file;
    else all coordinates are 1.

    Raises
    ------
    ProblemError
        None or several of these are given, or what is given describes no problem or point.
    """
    if (problem is None) == (formula is None):
        raise ProblemError("give one of --problem NAME, --problem FILE.toml, --formula TEXT")
    if formula is not None:
        found, start = _stated(formula, primal, dual), None
    elif primal is not None or dual is not None:
        raise ProblemError("--primal and --dual belong to --formula; leave them out")
    else:
        found, start = _stored(str(problem))
    if z0 is not None:
        return found, [float(number(coordinate)) for coordinate in z0.split(",")]
    return found, (1.0,) * found.d if start is None else start


def _stated(formula: str, primal: str | None, dual: str | None) -> SaddleProblem:
    if primal is None or dual is None:
        raise ProblemError("--formula needs --primal and --dual, e.g. --primal x --dual u")
    from ..flows.problems.problem import SaddleProblem

    (xs, X), (us, U) = _player(primal), _player(dual)
    return SaddleProblem.from_text(formula, xs, us, primal_set=X, dual_set=U)


def _player(text: str) -> tuple[str, str | None]:
    """Variables of a player, and the set after "in"."""
    names, _, its_set = text.partition(" in ")
    return names, its_set or None


def _stored(name: str) -> tuple[SaddleProblem, Any]:
    if name.endswith(".toml"):
        from ..flows.problems.problem_file import read_problem_file

        file = read_problem_file(name)
        return file.problem, file.z0
    from ..flows.problems.catalogue import CATALOGUE

    entry = pick({entry.name: entry for entry in CATALOGUE}, name, "problem")
    return entry.build(), entry.start


def chosen_span(text: str) -> tuple[float, float]:
    """First and last time from text such as ``0,20``.

    Raises
    ------
    ProblemError
        These are not two numbers.
    """
    times = [float(number(time)) for time in text.split(",")]
    if len(times) != 2:
        raise ProblemError(f"--t-span {text!r}; give two times, e.g. --t-span 0,20")
    return times[0], times[1]


def number(text: str) -> Any:
    """Exact number written in `text`, e.g. ``2``, ``1/3``, ``0.25``; ``sqrt(2)`` is rounded.

    Raises
    ------
    ExpressionError
        The text is not a number.

    Examples
    --------
    >>> number("0.25"), number("2")
    (Fraction(1, 4), 2)
    """
    from ..flows.formulas.expression import parse_expression

    value = parse_expression(text, {})
    if not value.is_Rational:
        return float(value)
    return int(value) if value.is_Integer else Fraction(int(value.p), int(value.q))


def pick(things: Mapping[str, Any], name: str, what: str) -> Any:
    """Thing of this name.

    Raises
    ------
    ProblemError
        There is none; the message has the nearest name and all of them.

    Examples
    --------
    >>> pick({"anchored": 1, "gradient": 2}, "anchord", "flow")
    Traceback (most recent call last):
    saddleode.flows.errors.ProblemError: there is no flow 'anchord'; did you mean 'anchored'? ...
    """
    if name in things:
        return things[name]
    close = get_close_matches(name, things, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    raise ProblemError(f"there is no {what} {name!r}; {guess}there are: {', '.join(things)}")


def _chosen(classes: Iterable[Any], spec: str, what: str) -> Any:
    kind, settings = split_spec(classes, spec, what, chosen_flow)
    return kind(**{**kind.example, **settings})


def split_spec(
    classes: Iterable[Any],
    spec: str,
    what: str,
    flow: Callable[[str], Any],
    read: Callable[[str], Any] = number,
) -> tuple[Any, dict[str, Any]]:
    """Class and settings in the text ``name:parameter=value,parameter=value``."""
    name, _, rest = spec.partition(":")
    kind = pick({kind.name: kind for kind in classes}, name, what)
    fields = {field.name: field.name for field in dataclasses.fields(kind)}
    settings: dict[str, Any] = {}
    for item in listed(rest):
        parameter, equals, value = item.partition("=")
        if not fields:
            raise ProblemError(f"{item!r} in {spec!r}, but the {name} {what} has no parameters")
        if not equals:
            example = f"{name}:{next(iter(fields))}=1"
            raise ProblemError(f"{item!r} in {spec!r}; write parameter=value, e.g. {example}")
        known = pick(fields, parameter, f"parameter of {name}")
        if known in settings:
            raise ProblemError(f"{known} occurs twice in {spec!r}; give it one value")
        settings[known] = setting(getattr(kind, "example", {}).get(known), value, read, flow)
    return kind, settings
