"""Exact proofs that a Lyapunov function decreases along a flow, or that a form is ≥ 0."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from sympy import Symbol

from ...flows.errors import ProblemError
from ...flows.flow import Flow, scalar_parameters
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form
from .certificate import Certificate
from .claims import Claim, Decrease, Nonnegativity
from .field import field_for
from .flow_vectors import flow_vectors
from .lyapunov_text import lyapunov_function
from .multipliers import MultiplierSystem
from .operator_classes import Monotone, OperatorClass, constants
from .proof_outcome import Proved, Unknown
from .ranges import Range
from .region import named_ranges
from .signs import nonnegative, regular
from .squares import sum_of_squares

_MONOTONE = Monotone()
_CANDIDATES = 20  # guesses for multipliers that no equation determines


def prove_decrease(
    V: Form | str,
    flow: Flow,
    operator: OperatorClass = _MONOTONE,
    *,
    multipliers: Mapping[str, Any] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
) -> Proved | Unknown:
    """Prove that a quadratic Lyapunov function never increases along a flow.

    Looks for ``V̇ ≡ −Σ λ_i I_i − Σ q_j ‖v_j‖²`` with I_i ≥ 0 from the operator class and
    λ_i, q_j ≥ 0 for all t > 0 and all parameters in their ranges, exactly. For monotone operators
    the I_i are ``MON = ⟨G, Z − z*⟩`` and ``MON' = ⟨Ġ, Ż⟩``.

    Parameters
    ----------
    V : Form or str
        Function made of the vectors of `flow_vectors(flow)`, or text such as
        ``"t^2/2*sq(G) + gamma*t*dot(G, Z - Z0)"`` with the names Z, Z0, zstar, G, Zdot, t and
        the parameters. Coefficients are rational in t and the parameters.
    flow : Flow
        The flow; its parameters are numbers (int, Fraction) or symbols.
    operator : OperatorClass
        The class of operators G for which it is to hold.
    multipliers : mapping, optional
        Name of an inequality -> λ_i. Those not given are determined as far as linear equations
        go, and else 0.
    ranges : mapping, optional
        Name or symbol of a parameter -> `Range`, or a text like ``"gamma >= 1"``. Without one, the
        assumptions of the symbol count: a positive symbol is > 0.

    Returns
    -------
    Proved or Unknown
        A verified certificate, or the reason why there is none.

    Raises
    ------
    ProblemError
        The input is not such a function, flow, or range.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from saddleode.flows import AnchoredFlow
    >>> flow = AnchoredFlow(Symbol("gamma"))
    >>> V = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
    >>> result = prove_decrease(V, flow, ranges={"gamma": "gamma >= 1"})
    >>> print(str(result.certificate).split("Proof:")[1].splitlines()[1])
      V̇ = −t² ⟨Ġ, Ż⟩ − t·(γ − 1) ‖Ż‖²
    >>> prove_decrease(V, flow, ranges={"gamma": "gamma > 0"})
    Unknown(reason='the coefficient γ·t − t of ‖G‖² is negative at t = 1/2, gamma = 1/2')
    """
    spans = named_ranges(ranges)
    _require_free(spans, {**constants(operator), **scalar_parameters(flow)})
    if isinstance(V, str):
        free = {name: Symbol(name) for name in spans}
        V = lyapunov_function(V, flow, {**free, **constants(operator)})
    _require_form(V)
    vectors = flow_vectors(flow)
    velocity = (*vectors.z_dot.terms.values(), *vectors.anchor_dot.terms.values())
    values = (*scalar_parameters(flow).values(), *constants(operator).values())
    given = dict(multipliers or {})
    coefficients = (*V.terms.values(), *velocity, *values, *given.values())
    scalars = field_for(coefficients, spans)
    if "Ġ" in V.generators:
        return Unknown(
            "V contains Ġ, so V̇ contains d²/dt² G, about which the operator class says nothing; "
            "make V of Z, Z0, zstar and G"
        )
    return _prove(Decrease(V, flow, operator, scalars), given)


def prove_nonnegative(
    form: Form,
    operator: OperatorClass = _MONOTONE,
    *,
    assuming: Mapping[str, Form] | None = None,
    multipliers: Mapping[str, Any] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
) -> Proved | Unknown:
    """Prove that a quadratic form is ≥ 0 at every point, for every operator of a class.

    Turns a Lyapunov function into a bound: finds ``F ≡ Σ λ_i I_i + Σ q_j ‖v_j‖²`` with the
    inequalities of the class between Z and z*, and those that are assumed.

    Parameters
    ----------
    form : Form
        F, over generators of which Z, z* and G have their usual meaning.
    operator : OperatorClass
        The class of operators.
    assuming : mapping, optional
        Name -> form that may be taken to be ≥ 0, e.g. ``{"-V": -V}`` when V ≤ 0 is known.
    multipliers, ranges : mapping, optional
        As in `prove_decrease`.

    Returns
    -------
    Proved or Unknown
        A verified certificate, or the reason why there is none.

    Examples
    --------
    >>> from saddleode.analysis import Vector
    >>> a, b = Vector.generator("a"), Vector.generator("b")
    >>> bool(prove_nonnegative(a @ a - 2 * (a @ b) + 2 * (b @ b)))
    True
    >>> print(prove_nonnegative(a @ a - 3 * (a @ b) + 2 * (b @ b)))
    unknown: the coefficient −1/4 of ‖b‖² is negative
    """
    known, given = dict(assuming or {}), dict(multipliers or {})
    parts = (form, *known.values())
    for part in parts:
        _require_form(part)
    coefficients = [c for part in parts for c in part.terms.values()]
    values = (*coefficients, *constants(operator).values(), *given.values())
    scalars = field_for(values, named_ranges(ranges))
    return _prove(Nonnegativity(form, operator, scalars, known), given)


def _require_free(spans: Mapping[str, Range], values: Mapping[str, Any]) -> None:
    """Refuse a range of a parameter that has a value: the claim would say "for all" of one."""
    for name in spans.keys() & values.keys():
        value, span = values[name], spans[name]
        free = {symbol.name for symbol in getattr(value, "free_symbols", ())}
        if name not in free and not (span.is_point and value == span.low):
            raise ProblemError(
                f"{name} is {value} here and cannot have the range {span.about(name)}; leave out "
                f"one of the two, or give {name} as a symbol"
            )


def _require_form(V: Any) -> None:
    if not isinstance(V, Form):
        raise ProblemError(
            f"got {type(V).__name__}; a quadratic function is a Form such as v @ v, or text"
        )


def _prove(claim: Claim, given: Mapping[str, Any]) -> Proved | Unknown:
    """Find multipliers for which the rest splits into squares; verify the whole."""
    scalars, inequalities = claim.scalars, claim.inequalities
    if unknown := given.keys() - inequalities.keys():
        raise ProblemError(
            f"no inequality is called {', '.join(unknown)}; there are {', '.join(inequalities)}"
        )
    exact = {name: scalars.convert(value) for name, value in given.items()}
    if reason := _undefined(claim):
        return Unknown(reason)
    system = MultiplierSystem.of(claim.target, inequalities).fix(exact).reduce(scalars)
    if isinstance(system, Unknown):
        return system
    failures: list[Unknown] = []
    for candidate in itertools.islice(system.candidates(scalars), _CANDIDATES):
        result = _attempt(claim, candidate.values(scalars))
        if isinstance(result, Proved):
            return result
        failures.append(result)
    return failures[0]


def _attempt(claim: Claim, multipliers: Mapping[str, Any]) -> Proved | Unknown:
    """Prove a claim with given multipliers; those that are missing are 0."""
    if reason := _objection(claim, multipliers):
        return Unknown(reason)
    rest = claim.target
    for name, value in multipliers.items():
        rest -= claim.inequalities[name] * value
    squares = sum_of_squares(rest, claim.scalars)
    if isinstance(squares, Unknown):
        free = ", ".join(name for name in claim.inequalities if name not in multipliers)
        hint = (
            f" (no equation determines the multiplier of {free}; try multipliers=)" if free else ""
        )
        return Unknown(squares.reason + hint)
    used = {name: value for name, value in multipliers.items() if value}
    certificate = Certificate(claim, used, squares)
    certificate.verify()
    return Proved(certificate)


def _undefined(claim: Claim) -> str | None:
    """Return why a coefficient of the claim is undefined somewhere, or None."""
    for value in claim.coefficients():
        if not (sign := regular(value, claim.scalars)).holds:
            return f"{sign}, so the coefficient {scalar_text(value)} may be undefined"
    return None


def _objection(claim: Claim, multipliers: Mapping[str, Any]) -> str | None:
    """Return why these multipliers are not allowed, or None."""
    for name, value in multipliers.items():
        for sign in (regular(value, claim.scalars), nonnegative(value, claim.scalars)):
            if not sign.holds:
                return f"the multiplier of {name} has to be {scalar_text(value)}, but {sign}"
    return None
