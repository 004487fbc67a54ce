"""Exact proofs that a Lyapunov function decreases along a flow or a method, or a form is ≥ 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sympy import Symbol

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ..basics.proof_outcome import ProofOutcome, Unknown
from ..basics.ranges import Range
from ..basics.time_limit import within
from ..claims.claims import Decrease, Nonnegativity
from ..claims.lyapunov_text import lyapunov_function, scalar_formula
from ..claims.motion import motion_of
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass, constants
from ..coefficients.field import TIME, field_for
from ..coefficients.region import Region, named_ranges
from ..readings.vector import Form, Vector
from .proving import decide
from .squares import Square

_MONOTONE = Monotone()


def prove_decrease(
    V: Form | str,
    system: Flow | Method,
    operator: OperatorClass = _MONOTONE,
    *,
    rate: Any = 0,
    multipliers: Mapping[str, Any] | None = None,
    squares: Iterable[tuple[Any, Vector]] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
    seconds: float | None = None,
) -> ProofOutcome:
    """Prove that a quadratic Lyapunov function never increases along a flow or a method.

    Looks for ``V̇ ≡ −Σ λ_i I_i − Σ q_j ‖v_j‖²``, or the same for ``V_{k+1} − V_k``, with I_i ≥ 0
    from the operator class and λ_i, q_j ≥ 0 for all t > 0, or all integers k ≥ 0, and all
    parameters in their ranges, exactly. For monotone operators the I_i are, along a flow,
    ``MON = ⟨G, Z − z*⟩`` and ``MON' = ⟨Ġ, Ż⟩``; along a method ``MON(k,*)``, ``MON(k+1,k)``, …
    between the points at which G is asked. With a rate r, ``V̇ ≤ −rV`` or
    ``V_{k+1} ≤ (1 − r)V_k`` is proved.

    Parameters
    ----------
    V : Form or str
        Function made of the vectors of `flow_vectors(flow)` or `step_vectors(method)`, or text
        such as ``"t^2/2*sq(G) + gamma*t*dot(G, Z - Z0)"``; see `lyapunov_function` for the names.
        Coefficients are rational in t or k and the parameters; exponentials e^{ct} and powers
        of t are allowed, and for a method the root of k plus a number or parameter.
    system : Flow or Method
        The flow or the method; its parameters are numbers (int, Fraction) or symbols.
    operator : OperatorClass
        The class of operators G for which it is to hold.
    rate : int, Fraction, SymPy expression or str
        The rate r.
    multipliers : mapping, optional
        Name of an inequality -> λ_i. Those not given are determined as far as linear equations
        go; others are guessed, or proposed by a semidefinite programme (extra ``prove``).
    squares : iterable of (coefficient, Vector), optional
        All q_j and v_j, when the proof is known: then it is checked as given, with `multipliers`.
    ranges : mapping, optional
        Name or symbol of a parameter -> `Range`, or a text like ``"gamma >= 1"``. Without one, the
        assumptions of the symbol count: a positive symbol is > 0.
    seconds : float, optional
        Limit of time. It is looked at between the steps of the work, in any thread; when it is
        over, Unknown says how far the proof came.

    Returns
    -------
    Proved, Refuted or Unknown
        A verified certificate, a verified counterexample, or the reason why there is neither.

    Raises
    ------
    ProblemError
        The input is not such a function, flow, method, or range.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from saddleode.flows import AnchoredFlow
    >>> flow = AnchoredFlow(Symbol("gamma"))
    >>> V = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
    >>> result = prove_decrease(V, flow, ranges={"gamma": "gamma >= 1"})
    >>> print(str(result.certificate).split("Proof:")[1].splitlines()[1])
      V̇ = −t² ⟨Ġ, Ż⟩ − t·(γ − 1) ‖Ż‖²
    >>> print(str(prove_decrease(V, flow, ranges={"gamma": "gamma > 0"})).splitlines()[-1])
      at γ = 1/2, t = 1/2, V̇ ≥ 0.109 > 0
    """
    given, all_squares = dict(multipliers or {}), given_squares(squares)
    others = (*given.values(), *_scalars_of(all_squares))

    def search() -> ProofOutcome:
        claim = decrease_claim(V, system, operator, rate, ranges=ranges, others=others)
        beyond = beyond_the_class(claim)
        return decide(claim, given, all_squares) if beyond is None else beyond

    return within(seconds, search)


def decrease_claim(
    V: Form | str,
    system: Flow | Method,
    operator: OperatorClass,
    rate: Any = 0,
    *,
    ranges: Mapping[Any, Range | str] | None = None,
    others: Iterable[Any] = (),
) -> Decrease:
    """Return the claim of `prove_decrease`; `others` are scalars that its proof may contain."""
    require_class(operator)
    motion, spans = motion_of(system), named_ranges(ranges)
    _require_free(spans, {**constants(operator), **motion.parameters})
    names = {name: Symbol(name) for name in spans.names} | constants(operator)
    V = lyapunov_function(V, system, names) if isinstance(V, str) else V
    rate = scalar_formula(rate, system, names) if isinstance(rate, str) else rate
    require_form(V)
    equations = (c for vector in motion.equations.values() for c in vector.terms.values())
    values = (*motion.parameters.values(), *constants(operator).values(), *others, rate)
    scalars = field_for((*V.terms.values(), *equations, *values), spans, motion.clock)
    return Decrease(V, motion, operator, scalars, rate)


def prove_nonnegative(
    form: Form,
    operator: OperatorClass = _MONOTONE,
    *,
    system: Flow | Method | None = None,
    assuming: Mapping[str, Form] | None = None,
    multipliers: Mapping[str, Any] | None = None,
    squares: Iterable[tuple[Any, Vector]] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
    seconds: float | None = None,
) -> ProofOutcome:
    """Prove that a quadratic form is ≥ 0 at every point, for every operator of a class.

    Turns a Lyapunov function into a bound: finds ``F ≡ Σ λ_i I_i + Σ q_j ‖v_j‖²`` with the
    inequalities of the class between Z and z*, and those that are assumed.

    Parameters
    ----------
    form : Form
        F, over generators of which Z, z* and G have their usual meaning.
    operator : OperatorClass
        The class of operators.
    system : Flow or Method, optional
        The flow or the method of whose vectors F is made; its inequalities may be used then,
        such as ``MON(k-1,*)``.
    assuming : mapping, optional
        Name -> form that may be taken to be ≥ 0, e.g. ``{"-V": -V}`` when V ≤ 0 is known.
    multipliers, squares, ranges, seconds : optional
        As in `prove_decrease`.

    Returns
    -------
    Proved, Refuted or Unknown
        A verified certificate, a verified counterexample, or the reason why there is neither.

    Examples
    --------
    >>> from saddleode.analysis import Vector
    >>> a, b = Vector.generator("a"), Vector.generator("b")
    >>> bool(prove_nonnegative(a @ a - 2 * (a @ b) + 2 * (b @ b)))
    True
    >>> print(prove_nonnegative(a @ a - 3 * (a @ b) + 2 * (b @ b)))
    unknown: the coefficient −1/4 of ‖b‖² is negative
    """
    require_class(operator)
    known, given = dict(assuming or {}), dict(multipliers or {})
    all_squares = given_squares(squares)
    parts = (form, *known.values())
    for part in parts:
        require_form(part)
    motion, spans = motion_of(system) if system is not None else None, named_ranges(ranges)
    values: list[Any] = [c for part in parts for c in part.terms.values()]
    values += [*constants(operator).values(), *given.values(), *_scalars_of(all_squares)]
    if motion is not None:
        _require_free(spans, {**constants(operator), **motion.parameters})
        values += motion.parameters.values()
        values += (c for vector in motion.equations.values() for c in vector.terms.values())
    clock = motion.clock if motion is not None else TIME

    def search() -> ProofOutcome:
        scalars = field_for(values, spans, clock)
        claim = Nonnegativity(form, operator, scalars, known, motion)
        return decide(claim, given, all_squares)

    return within(seconds, search)


def beyond_the_class(claim: Decrease) -> Unknown | None:
    """Return why a class of operators says nothing about a claim, or None."""
    if "Ġ" not in claim.V.generators:
        return None
    return Unknown(
        "V contains Ġ, so V̇ contains d²/dt² G, about which the operator class says nothing; "
        "make V of Z, Z0, zstar and G"
    )


def given_squares(given: Iterable[tuple[Any, Vector]] | None) -> tuple[Square, ...] | None:
    """Return pairs (coefficient, Vector) as squares."""
    if given is None:
        return None
    squares = tuple(Square(q, v) for q, v in given)
    if wrong := [square.vector for square in squares if not isinstance(square.vector, Vector)]:
        raise ProblemError(f"got {wrong[0]!r} in squares; give pairs (coefficient, Vector)")
    return squares


def _scalars_of(squares: Iterable[Square] | None) -> Iterator[Any]:
    for square in squares or ():
        yield from (square.coefficient, *square.vector.terms.values())


def _require_free(spans: Region, values: Mapping[str, Any]) -> None:
    """Refuse a range of a parameter that has a value: the claim would say "for all" of one."""
    for name in spans.names & values.keys():
        value, span = values[name], spans.get(name, Range())
        free = {symbol.name for symbol in getattr(value, "free_symbols", ())}
        if name not in free and not (span.is_point and value == span.low):
            raise ProblemError(
                f"{name} is {value} here and cannot have the range {span.about(name)}; leave out "
                f"one of the two, or give {name} as a symbol"
            )


def require_class(operator: Any) -> None:
    """Refuse what is no class of operators."""
    if isinstance(operator, type) or not hasattr(operator, "between"):
        raise ProblemError(f"got {operator!r}; a class of operators such as Monotone() is needed")


def require_form(V: Any) -> None:
    """Refuse what is no quadratic function."""
    if not isinstance(V, Form):
        raise ProblemError(
            f"got {type(V).__name__}; a quadratic function is a Form such as v @ v, or text"
        )
