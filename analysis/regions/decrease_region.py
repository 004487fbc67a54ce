"""Where a Lyapunov function decreases: conditions on the parameters, with the proof under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ..basics.proof_outcome import Unknown
from ..basics.ranges import Range
from ..basics.time_limit import within
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass
from ..proofs.lyapunov import beyond_the_class, decrease_claim, given_squares
from ..readings.vector import Form, Vector
from .found_region import DecreaseRegion
from .region_search import best_weights, given_region

_MONOTONE = Monotone()


def decrease_region(
    V: Form | str,
    system: Flow | Method,
    operator: OperatorClass = _MONOTONE,
    *,
    rate: Any = 0,
    multipliers: Mapping[str, Any] | None = None,
    squares: Iterable[tuple[Any, Vector]] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
    weights: Iterable[str] = (),
    seconds: float | None = None,
) -> DecreaseRegion | Unknown:
    """Find conditions on the parameters under which V never increases, and prove it under them.

    Multipliers and squares are found as by `prove_decrease`. Each sign that is not decided on the
    ranges becomes a condition: without the factors whose sign is known, solved for one parameter
    where that is possible. Where equations leave multipliers free, those are taken that lead
    furthest, at sample points; the claim is proved again under the conditions.

    Parameters
    ----------
    V, system, operator, rate, multipliers, squares, ranges
        As in `prove_decrease`.
    weights : iterable of str
        Names of symbols in V that may be chosen, as formulas of the other parameters, so that the
        region becomes large. Each gets a value at which one of the conditions on it is tight.
    seconds : float, optional
        Limit of time, as in `prove_decrease`.

    Returns
    -------
    DecreaseRegion or Unknown
        Sufficient conditions with a verified certificate, or why there are none.

    Raises
    ------
    ProblemError
        The input is not such a function, flow, method, or range.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.analysis import LipschitzStronglyMonotone
    >>> from saddleode.discretize import SimGD
    >>> alpha, beta, mu, R = symbols("alpha beta mu R", positive=True)
    >>> operator = LipschitzStronglyMonotone(mu, R)
    >>> found = decrease_region("sq(z - zstar)", SimGD(alpha), operator)
    >>> print(found.statement)
    V never increases where alpha < 2*mu/R**2

    A weight is chosen such that SimGD-O decreases wherever it converges for all operators:

    >>> from saddleode.analysis import LipschitzMonotone
    >>> from saddleode.discretize import OptimisticSimGD
    >>> V = (
    ...     "sq(z + beta*g_previous - zstar) + c*sq(z - z_previous)"
    ...     " - (alpha^2 + c*(alpha^2 + 2*alpha*beta))/2*sq(g_previous)"
    ... )
    >>> method, c = OptimisticSimGD(alpha, beta), {"c": "c > 0"}
    >>> found = decrease_region(V, method, LipschitzMonotone(1), ranges=c, weights=["c"])
    >>> print(found.statement)
    V never increases where alpha < 2*beta*(1 + beta)*(1 - beta)/(1 + beta**2),
    with c = (-alpha + 2*beta)/alpha
    """
    given, exact, names = dict(multipliers or {}), given_squares(squares), tuple(map(str, weights))
    if exact is not None and names:
        raise ProblemError("squares are given for one V; leave out weights, or squares")

    def search() -> DecreaseRegion | Unknown:
        claim = decrease_claim(V, system, operator, rate, ranges=ranges, others=given.values())
        if (beyond := beyond_the_class(claim)) is not None:
            return beyond
        if exact is not None:
            return given_region(claim, given, exact)
        return best_weights(claim, given, names)

    found = within(seconds, search)
    if isinstance(found, Unknown):
        return found
    return DecreaseRegion(found.conditions, found.certificate, found.weights)
