"""Modified equations: the flow that a method really follows, order by order in its step."""

from __future__ import annotations

from collections.abc import Iterator

from ...discretize.method import Method
from ...flows.errors import ProblemError
from .equation import ModifiedEquation
from .reading import SeriesReading, require_method, series_reading
from .series_term import SeriesTerm
from .trees import anchors, vertices

HIGHEST = 8
"""Highest order that is computed: it takes 486 rooted trees, and each order 2.5 times as many."""


def modified_equation(method: Method, order: int = 2) -> ModifiedEquation:
    """Derive the modified equation of a method: backward error analysis by its series reading.

    It is the field whose flow from t_k to t_{k+1} takes z^k to z^{k+1}, as a series over rooted
    trees, cut after a power of the step: against the flow of what is left the iterates have an
    error of order `order` + 1. All rates of the method tend to 0 together, their ratios stay.
    What the method remembers is taken on its principal branch, the iterate before being the flow
    for one step back. With an anchor or fading steps the time t and e = Z − Z0 occur, each 1/t
    counts as one order of the step, and the series is one for many steps. All terms are kept: a
    high-resolution ODE is another truncation (`high_resolution_ode`).

    Source: Hairer, Lubich, Wanner 2006, Chapter IX; cut after s^r it is what Lu 2022 calls the
    O(s^r)-resolution ODE. With memory, players and anchors: derived in this project.

    Parameters
    ----------
    method : Method
        The method; a float among its parameters counts as its shortest decimal, 0.1 as 1/10.
    order : int, from 1 to 8
        Highest power of the step that is kept.

    Returns
    -------
    ModifiedEquation
        Coefficients by tree, text, LaTeX, JSON, and what it says on an eigenvalue.

    Raises
    ------
    ProblemError
        It is no method, or has no such series (a schedule of steps, averages by coordinate, steps
        that follow a recursion), or the order is out of range.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import OptimisticSimGD
    >>> s, kappa = symbols("s kappa")
    >>> print(modified_equation(OptimisticSimGD(s, kappa * s), 1))
    Ż = −G + s·(2·κ − 1)/2 DG·G + O(s²)
    """
    require_method(method)
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= HIGHEST:
        raise ProblemError(f"order = {order!r}; a whole number from 1 to {HIGHEST} is needed")
    try:
        reading = series_reading(method, order + 1)
        step, size = reading.step_symbol()
    except ProblemError as error:
        raise ProblemError(f"{method.title} has no modified equation: {error}") from error
    terms = sorted(_terms(reading), key=lambda term: term.rank)
    return ModifiedEquation(reading.method, order, tuple(terms), step, size)


def _terms(reading: SeriesReading) -> Iterator[SeriesTerm]:
    """Terms in the time t: ``v = h/(q t)``, and the field divided by dt/dk."""
    clock = reading.clock
    for n, terms in enumerate(clock.per_time(reading.field)):
        for tau, c in terms.items():
            power = n - vertices(tau) + anchors(tau)
            values = vertices(tau) - anchors(tau)
            yield SeriesTerm(tau, clock.unscaled(c, values, power), n - 1, power)
