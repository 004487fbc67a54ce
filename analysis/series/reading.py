"""The series reading: the map z^k ↦ z^{k+1} of a method and the field that generates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol, cancel

from ...discretize.method import Method, parameters
from ...discretize.operators import BlockOperator
from ...flows.errors import ProblemError
from ..readings.symbol import amplification_rows
from .b_series import Derivation, Terms, exponential, logarithm
from .clock import Clock, clock_of
from .index_series import IndexSeries
from .scalars import NotPolynomialError, exact_method, scalars_of
from .series_operator import POINT, SeriesOperator, TreeVector
from .series_term import TIME
from .trees import ANCHOR, COLOURS, Tree, anchors, vertices

SPARE = 4
"""Terms of the series in 1/k that divisions and derivatives may lose."""

RESERVED = frozenset({TIME.name, *COLOURS, "Z", "Z0"})
"""Letters of a modified equation, which no parameter may have for a name."""


@dataclass(frozen=True, eq=False)
class SeriesReading:
    """What a method does to every smooth operator near a point, as series over rooted trees.

    Attributes
    ----------
    method : Method
        The method, its parameters exact.
    clock : Clock
        The clock, and the field of the coefficients.
    step : list of dict
        ``z^{k+1} − z^k`` by order in the step: tree -> coefficient.
    field : list of dict
        The field of which ``z^{k+1}`` is the flow from k to k + 1, in the time k.
    """

    method: Method
    clock: Clock
    step: list[Terms]
    field: list[Terms]

    @property
    def is_autonomous(self) -> bool:
        """Whether steps are all alike: no anchor, no fading, no dependence on k."""
        listed = ((n, tau) for n, terms in enumerate(self.step) for tau in terms)
        return self.clock.q == 1 and all(n == vertices(t) and not anchors(t) for n, t in listed)

    def step_symbol(self) -> tuple[Symbol, Expr]:
        """Symbol of the step of the clock, and what it is: ``h = q A^{1/q} t^{1−1/q}``.

        Raises
        ------
        ProblemError
            A parameter of the method has the name of the step, the time or a vector.
        """
        A, q = map(self.clock.field.expression, (self.clock.A, self.clock.q))
        size = q * A ** (1 / q) * TIME ** cancel(1 - 1 / q)
        names = {symbol.name for symbol in self.clock.field.symbols}
        if size.is_Symbol:
            symbol, taken = size, names & RESERVED
        else:
            symbol = Symbol("s" if size.is_number else "h")
            taken = names & {*RESERVED, symbol.name}
        if taken:
            raise ProblemError(
                f"{', '.join(sorted(taken))} has a meaning of its own in a modified equation; "
                "rename the parameter"
            )
        return symbol, size


def require_method(method: Any) -> None:
    """Refuse what is no method.

    Raises
    ------
    ProblemError
        With what was got.
    """
    if isinstance(method, type) or not hasattr(method, "step"):
        raise ProblemError(f"method is {method!r}; a method such as SimGD(0.1) is needed")


def series_reading(method: Method, order: int) -> SeriesReading:
    """Series reading of a method: one step on formal vectors, G by the product rule on trees.

    What the method remembers (g^{k−1}, say) is taken on its principal branch: as the function of
    z^k and k that the method itself reproduces, the step before being the flow for time −1.

    Parameters
    ----------
    method : Method
        The method.
    order : int
        Highest order in the step that is kept, ≥ 1.

    Returns
    -------
    SeriesReading
        The map and its field.

    Raises
    ------
    ProblemError
        The method has no such series.
    """
    return settled_reading(
        method, order, lambda step, clock: logarithm(step, clock.drift, clock.power)
    )


def settled_reading(
    method: Method, order: int, field_of: Callable[[list[Terms], Clock], list[Terms]]
) -> SeriesReading:
    """Read a method again and again until what it remembers agrees with itself.

    Parameters
    ----------
    method, order
        As for `series_reading`.
    field_of : callable
        (``z^{k+1} − z^k``, clock) ↦ the field along which the iterates before are found.
    """
    method = exact_method(method)
    scalars = scalars_of(parameters(method).values())
    kept = _kept(method, IndexSeries.variable(scalars, order + SPARE))
    clock = clock_of(method, scalars, order + SPARE)
    colours = ("Gx", "Gu") if method.needs is BlockOperator else ("G",)
    try:
        fast = SeriesOperator(clock.over(scalars.ring), order, colours)
        return _settled(method, fast, kept, field_of)
    except NotPolynomialError:
        return _settled(method, SeriesOperator(clock, order, colours), kept, field_of)


def _settled(
    method: Method,
    G: SeriesOperator,
    kept: frozenset[int],
    field_of: Callable[[list[Terms], Clock], list[Terms]],
) -> SeriesReading:
    state = _first_state(method, G, kept)
    for _ in range(G.order + 2):
        after = method.step(G, state, G.clock.index)
        base, step = G.grades(after[0])
        if base != 1:
            raise ProblemError("z^{k+1} does not tend to z^k when the step tends to 0")
        field = field_of(step, G.clock)
        before = tuple(
            slot if i == 0 or i in kept else _one_step_before(G, field, after[i])
            for i, slot in enumerate(state)
        )
        if before == state:
            return SeriesReading(method, G.clock, step, field)
        state = before
    raise ProblemError(
        "what the method remembers does not settle order by order, as it does when the memory "
        "feeds on itself (momentum)"
    )


def _kept(method: Method, v: IndexSeries) -> frozenset[int]:
    """Slots of the state that every step hands on as they are: the anchor."""
    if method.needs is BlockOperator:
        return frozenset()
    rows = amplification_rows(method, 0, 1 / v)
    unit = [[int(i == j) for j in range(len(rows))] for i in range(len(rows))]
    return frozenset(i for i, row in enumerate(rows) if i and row == unit[i])


def _first_state(method: Method, G: SeriesOperator, kept: frozenset[int]) -> tuple[TreeVector, ...]:
    """State at z^k with which to begin: an anchor is z − e, all else as at the start."""
    z = TreeVector({POINT: 1})
    state = list(method.start(G, z))
    for i in kept:
        if state[i] != z:
            raise ProblemError("the method keeps more than z^0 for ever")
        state[i] = TreeVector({POINT: 1, ANCHOR: -1})
    return tuple(state)


def _one_step_before(G: SeriesOperator, field: list[Terms], after: TreeVector) -> TreeVector:
    """Return what a slot is at z^k, from what the step makes of it: the flow for time −1."""
    offset = G.offset(after)
    base, grades = G.grades(after, offset)

    def power(tau: Tree, n: int) -> Any:
        return G.clock.power(tau, n) + offset

    derivation = Derivation(field, G.clock.drift, power)
    return G.vector(base, exponential(grades, base, derivation, -1), offset)
