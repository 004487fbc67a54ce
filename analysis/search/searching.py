"""Search for a Lyapunov function that proves a rate, with the smallest constant of a family."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from sympy import Expr, Symbol

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.formulas.expression import parse_expression
from ..basics.proof_outcome import Unknown
from ..basics.time_limit import in_time, time_told, within
from ..claims.lyapunov_text import lyapunov_function
from ..claims.motion import Motion, motion_of
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass, constants
from ..proofs.lyapunov import require_class, require_form
from ..readings.vector import Form, Vector
from .attempt import Attempt
from .conic import require_solver
from .family import family, state_vectors
from .proved_rate import ProvedRate
from .requirements import Requirements

_MONOTONE = Monotone()

SECONDS = 60.0
"""What a search may take, unless it is told otherwise."""


def search_lyapunov(
    system: Flow | Method,
    metric: Form | str | None = None,
    operator: OperatorClass = _MONOTONE,
    *,
    weight: Any = None,
    seconds: float = SECONDS,
) -> ProvedRate | Unknown:
    """Find a Lyapunov function that proves a rate for a metric, and prove it.

    Looks for a quadratic V with powers of t or k that never increases, is ≥ τ · metric, and is at
    the start at most C‖Z0 − z*‖² with the smallest C (or, if no C is enough, as little of
    ‖Z0 − z*‖² as possible). A semidefinite programme proposes V; its numbers are rounded to
    simple fractions, and everything is proved in exact arithmetic.

    Parameters
    ----------
    system : Flow or Method
        The flow or the method, with numbers for parameters.
    metric : Form or str, optional
        What is to tend to 0, e.g. ``"sq(G)"``, ``"sq(g)"`` for a method; that is the default.
    operator : OperatorClass
        The class of operators, with numbers for constants.
    weight : SymPy expression or str, optional
        τ, such as ``t**2`` or ``k + 1``. Without it t² and t are tried, or (k + 1)², k², k + 1
        and k.
    seconds : float
        The time after which no further candidate is tried.

    Returns
    -------
    ProvedRate or Unknown
        The proved rate; or why there is none, and how far the search came.

    Raises
    ------
    ProblemError
        Parameters are symbols or not rational (of the constants of a class, those that enter by
        more than their squares), or the solver (extra ``prove``) is not installed.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> print(search_lyapunov(AnchoredFlow(1)).claim)
    t² ‖G‖² ≤ 4 ‖Z0 − z*‖²
    """
    require_solver()
    motion = motion_of(system)
    require_numbers(motion, operator)
    chosen, reasons = chosen_metric(metric, motion), list[str]()
    weights = list(_weights(weight, motion))

    def search() -> ProvedRate | Unknown:
        for tau, result in in_time(_attempts(motion, operator, chosen, weights)):
            if isinstance(result, ProvedRate):
                return result
            reasons.append(f"{tau}: {result.reason}")
        return Unknown(time_told("; ".join(dict.fromkeys(reasons)) or "nothing was tried"))

    return within(seconds, search)


def _attempts(
    motion: Motion, operator: OperatorClass, metric: Form, weights: list[Expr]
) -> Iterator[tuple[Expr, ProvedRate | Unknown]]:
    lowers = (False, True) if motion.clock == "t" else (True,)
    for tau, bounded, lower in itertools.product(weights, (True, False), lowers):
        requirements = _requirements(motion, operator, metric, tau, lower=lower)
        yield tau, Attempt(requirements, bounded).run()


def _requirements(
    motion: Motion, operator: OperatorClass, metric: Form, weight: Expr, *, lower: bool
) -> Requirements:
    degree = int(weight.as_poly(Symbol(motion.clock)).degree())
    members = family(motion, degree, lower=lower)
    tau = members.scalars.convert(weight)
    return Requirements(motion, operator, members, metric, tau, degree)


def chosen_metric(metric: Form | str | None, motion: Motion) -> Form:
    """Return the metric as a form; ‖G‖² without one."""
    if metric is None:
        g = state_vectors(motion)["g"]
        form: Form = g @ g
        return form
    chosen = lyapunov_function(metric, motion.system) if isinstance(metric, str) else metric
    require_form(chosen)
    vectors = (vector for vector in motion.names.values() if isinstance(vector, Vector))
    known = {name for vector in vectors for name in vector}
    if foreign := [name for name in chosen.generators if name not in known]:
        raise ProblemError(
            f"{foreign[0]} in the metric is no vector of the {motion.system.title}; it has "
            f"{', '.join(sorted(known))}"
        )
    return chosen


def _weights(weight: Any, motion: Motion) -> Iterator[Expr]:
    clock = Symbol(motion.clock)
    if weight is None:
        shifts = (0,) if motion.clock == "t" else (1, 0)
        yield from ((clock + shift) ** power for power in (2, 1) for shift in shifts)
    else:
        tau = parse_expression(weight, {motion.clock: clock}) if isinstance(weight, str) else weight
        if not isinstance(tau, Expr):
            raise ProblemError(f"the weight is {weight!r}; give a polynomial in {clock}")
        tau = tau.xreplace({symbol: Symbol(symbol.name) for symbol in tau.free_symbols})
        if not tau.is_polynomial(clock) or tau.free_symbols != {clock}:
            raise ProblemError(f"the weight is {weight}; give a polynomial in {clock}")
        yield tau


def require_numbers(motion: Motion, operator: OperatorClass) -> None:
    """Refuse parameters that are symbols, and those of the system that are not rational."""
    require_class(operator)
    for name, value in motion.parameters.items():
        if isinstance(value, float) or getattr(value, "is_irrational", False):
            raise ProblemError(
                f"{name} is {value}, and proofs are made of rational numbers; give a Fraction, or "
                "measure G in other units: the step 1/√2 for R = 1 is the step 1 for R = 1/√2, "
                "where the square of R is rational"
            )
    for name, value in {**motion.parameters, **constants(operator)}.items():
        if getattr(value, "free_symbols", None):
            raise ProblemError(
                f"{name} is {value}; the search works with numbers: give {name} as a Fraction"
            )
