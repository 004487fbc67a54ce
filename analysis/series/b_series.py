"""B-series, graded by the step: composition, the Lie derivative, its exponential and logarithm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

from .trees import Tree, graft, tree

Terms = dict[Tree, Any]
"""Sum ``Σ c(τ) F(τ)``: tree -> coefficient."""

Grades = Sequence[Terms]
"""Series by grade: entry n holds the terms of order n in the step; entry 0 is empty."""


@dataclass(frozen=True)
class Derivation:
    """Derivative along a field ``Σ b(τ) F(τ)`` and along the index k.

    A tree τ in the entry n of a series stands for ``v^{n−|τ|+w(τ)} F(τ)``, where the variable v
    of the coefficients obeys ``dv/dk = −v² (d_0 + d_1 v + …)``.

    Parameters
    ----------
    field : sequence of dict
        The field by grade; entries are looked up when they are needed.
    drift : sequence
        The d_i; empty when nothing depends on k.
    power : callable
        (tree, n) -> the power of v in that term.
    """

    field: Grades
    drift: Sequence[Any]
    power: Callable[[Tree, int], Any]

    def grade(self, series: Grades, n: int) -> Terms:
        """Entry n of the derivative of a series; it uses entries below n alone."""
        found: Terms = {}
        for m in range(1, n):
            for scion, b in self.field[m].items():
                for stock, c in series[n - m].items():
                    for grown, count in graft(scion, stock).items():
                        add(found, grown, b * c * count)
        for i, d in enumerate(self.drift[: n - 1]):
            for tau, c in series[n - 1 - i].items():
                add(found, tau, -c * d * self.power(tau, n - 1 - i))
        return found


def logarithm(step: Grades, drift: Sequence[Any], power: Callable[[Tree, int], Any]) -> list[Terms]:
    """Field whose flow takes z to ``z + Σ step`` in one unit of the index: ``exp(D) z``.

    Entry n of the field is that of the step less ``Σ_{j≥2} D^{j−1}b / j!``, which needs lower
    entries of the field b alone.
    """
    orders = range(len(step))
    field: list[Terms] = [{} for _ in orders]
    derivation = Derivation(field, drift, power)
    powers = [field]  # D^{j−1} b for j = 1, 2, …
    powers += [[{} for _ in orders] for _ in orders]
    for n in orders[1:]:
        for j in range(1, n):
            powers[j][n] = derivation.grade(powers[j - 1], n)
        field[n] |= step[n]
        for j in range(1, n):
            for tau, c in powers[j][n].items():
                add(field[n], tau, -c / factorial(j + 1))
    return field


def exponential(series: Grades, base: Any, derivation: Derivation, time: int) -> list[Terms]:
    """Series ``exp(time D)(base z + Σ series)`` without its first term ``base z``."""
    orders = range(len(series))
    found: list[Terms] = [dict(terms) for terms in series]
    power: Grades = series
    for j in orders[1:]:
        power = [derivation.grade(power, n) for n in orders]
        if j == 1:  # D z is the field itself
            for n in orders:
                add_all(power[n], derivation.field[n], base)
        for n in orders:
            add_all(found[n], power[n], time**j, factorial(j))
    return found


def composition(colours: Sequence[str], increment: Grades) -> list[Terms]:
    """Series of G at ``z + Σ increment``: the product rule on rooted trees.

    ``Σ D^mG(v, …, v)/m!`` is G grafted with the exponential E of v over forests, whose grades
    obey ``n E_n = Σ_m m v_m E_{n−m}``.
    """
    forests: list[dict[tuple[Tree, ...], Any]] = [{(): 1}]
    for n in range(1, len(increment) - 1):
        found: dict[tuple[Tree, ...], Any] = {}
        for m in range(1, n + 1):
            for tau, c in increment[m].items():
                for forest, e in forests[n - m].items():
                    add(found, tuple(sorted((*forest, tau))), c * e * m)
        forests.append({forest: c / n for forest, c in found.items()})
    grown = [
        {tree(colour, forest): c for forest, c in terms.items() for colour in colours}
        for terms in forests
    ]
    return [{}, *grown]


def add(terms: dict[Any, Any], key: Any, value: Any) -> None:
    """Add a value to the term of this key, which disappears when it becomes 0."""
    total = terms.pop(key) + value if key in terms else value
    if total:
        terms[key] = total


def add_all(terms: Terms, others: Mapping[Tree, Any], factor: Any, divisor: int = 1) -> None:
    """Add ``factor/divisor`` times other terms."""
    for tau, c in others.items():
        add(terms, tau, c * factor / divisor)
