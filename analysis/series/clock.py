"""The clock of a method for large k: the time t_k, and the variable in which all is expanded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr

from ...discretize.method import Method
from ...flows.errors import ProblemError
from .b_series import Grades, Terms, add_all
from .index_series import IndexSeries
from .scalars import Scalars
from .trees import Tree, anchors, vertices


@dataclass(frozen=True, eq=False)
class Clock:
    """Clock ``t = A v^{−q}`` of a method, v being a variable of the size of 1/k.

    A step of the clock takes the time ``h = qA v^{1−q}`` to leading order, so ``v = h/(q t)``:
    for t fixed each v counts as one order of the step, and so does each value of G, which
    carries the factor ``v^p``, p = 1 − q.

    Attributes
    ----------
    field : Scalars
        The field of A and q.
    A, q : elements of the field
        Scale and power of the clock.
    index : IndexSeries
        The step k as a series in v.
    drift : tuple
        ``d_0, d_1, …`` in ``dv/dk = −v² (d_0 + d_1 v + …)``.
    """

    field: Scalars
    A: Any
    q: Any
    index: IndexSeries
    drift: tuple[Any, ...]

    @property
    def scalars(self) -> Scalars:
        """The domain of all coefficients: that of the index."""
        return self.index.scalars

    @cached_property
    def p(self) -> Any:
        """Power of v that goes with each value of G."""
        return 1 - self.scalars.take(self.q, self.field)

    def over(self, scalars: Scalars) -> Clock:
        """Return the same clock with the coefficients in another domain of the same symbols."""
        drift = tuple(scalars.take(d, self.scalars) for d in self.drift)
        return Clock(self.field, self.A, self.q, self.index.over(scalars), drift)

    def unscaled(self, c: Any, values: int, powers: int) -> Expr:
        """Return ``c/((qA)^values q^powers)``, what is left of c in terms of h and t."""
        scale = (self.q * self.A) ** values * self.q**powers
        return self.field.expression(self.field.take(c, self.scalars) / scale)

    def exponent(self, tau: Tree) -> Any:
        """Power of v that goes with F(τ): p for each value of G, 1 for each leaf e."""
        return self.p * (vertices(tau) - anchors(tau)) + anchors(tau)

    def power(self, tau: Tree, n: int) -> Any:
        """Power of v in the coefficient of F(τ) at order n of the step."""
        return self.exponent(tau) + n - vertices(tau)

    def per_time(self, field: Grades) -> list[Terms]:
        """Divide a field in the time k by ``dt/dk = h (d_0 + d_1 v + …)``, up to the factor h."""
        found: list[Terms] = [{} for _ in field]
        for n, terms in enumerate(field):
            found[n] |= terms
            for i, d in enumerate(self.drift[1 : n + 1], start=1):
                add_all(found[n], found[n - i], -d)
        return found


def clock_of(method: Method, scalars: Scalars, length: int) -> Clock:
    """Clock of a method, from the times t_k that it states.

    Raises
    ------
    ProblemError
        The times are no increasing series in powers of k.
    """
    u = IndexSeries.variable(scalars, length)
    time = method.time(1 / u)
    q = -time.exponent
    if not q or not time.terms:
        raise ProblemError("the clock of the method stands still")
    ratio = time * u**q / time.leading
    v = _inverse(ratio ** (1 / q), u)
    index = 1 / v
    drift = -1 / (u * u * index.derivative())
    return Clock(scalars, time.leading, q, index, _list(drift, length - 2))


def _inverse(stretch: IndexSeries, v: IndexSeries) -> IndexSeries:
    """Solve ``u = v · stretch(u)`` for u as a series in v; each round settles one more term."""
    u = v
    for _ in range(v.length):
        u = v * stretch.at(u)
    return u


def _list(series: IndexSeries, count: int) -> tuple[Any, ...]:
    zero = series.scalars.convert(0)
    found = series.coefficients(zero, count)
    return tuple(found.get(i, zero) for i in range(max(found, default=-1) + 1))
