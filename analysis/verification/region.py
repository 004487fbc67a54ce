"""Signs on a region of parameters, checked from evidence that consists of identities.

A fact is a relation ``p > 0`` or ``p >= 0``. Those of the region are facts. Another one needs
``p · times ≡ Σ terms``, each term a number > 0 times powers of earlier facts times a square. If p
were < 0 somewhere, it would be so on an open part of the region, which lies in the closure of its
interior; but there ``times`` is not identically 0: a contradiction. Facts that hold for whole
numbers k alone say nothing of open parts: with them, ``times`` must vanish nowhere.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any

from .arithmetic import Ratio, UncheckedError, atom, formula, require

TAKEN = {"Z", "Z0", "Y", "G", "V", "z", "g"}  # they mean something else in the statement


class Region:
    """Relations between names that have a point strictly inside, and facts that follow."""

    def __init__(
        self, relations: Iterable[str], point: Mapping[str, str], steps: bool = False
    ) -> None:
        plain = all(n.isidentifier() and n.isascii() and n not in TAKEN for n in point)
        require(plain, "a name is not a name, or that of a vector")
        self.names = {name: atom(name) for name in point}
        self.facts = {text: relation(text, self.names) for text in relations}
        self.whole = set[str]()  # the facts that hold for whole numbers k alone
        inside = {name: formula(value, {}) for name, value in point.items()}
        for text, (p, strict) in self.facts.items():
            require(strict or sum(map(len, p)) == 1, f"{text} must be strict")  # 1: a bound
            within = relation(text, inside)[0].constant > 0
            require(within, f"the point is not strictly inside {text}")
        bounds = [t for t, (p, strict) in self.facts.items() if not strict and p.derivative("k")]
        first = re.fullmatch("k >= ([0-9]+)", ", ".join(bounds))
        self.first = int(first[1]) if first and steps else None

    def nonzero(self, value: Ratio) -> bool:
        """Tell whether a strict fact says that a value, or its square, is not 0."""
        p, known = value.cleared, {_monic(p) for p, strict in self.facts.values() if strict}
        return bool(p.constant or known & {_monic(p), _monic(p * p)})

    def learn(self, text: str, evidence: Any) -> None:
        """Add a fact for which there is an identity, or one for every whole number k."""
        if isinstance(evidence, str):
            raise UncheckedError(f"{text} rests on {evidence!r:.80}, which is not checked here")
        if "cases" in evidence:
            self.whole.add(text)
            for part, case in self._parts(**evidence):
                part.learn(text, case)
        elif not self._holds_for_real_k(text, **evidence):
            self.whole.add(text)
        self.facts[text] = relation(text, self.names)

    def _parts(self, integer: str, cases: list[Any]) -> Iterator[tuple[Region, Any]]:
        """Yield the region at one k after the other, then that of all k from the last one on."""
        require(integer == "k" and self.first is not None and cases, "k is no whole number")
        part, last = copy(self), (self.first or 0) + len(cases) - 1
        part.first, names = None, self.names
        for k, case in enumerate(cases, last - len(cases) + 1):
            part.names = names if k == last else {**names, "k": atom(k)}
            part.facts = {fact: relation(fact, part.names) for fact in self.facts}
            part.facts |= {f"k >= {k}": (atom("k") - atom(k), False)} if k == last else {}
            part.whole = set(self.whole if k == last else ())
            yield part, case

    def _holds_for_real_k(self, text: str, times: Any, terms: Any) -> bool:
        p, strict = relation(text, self.names)
        (factor, used), *parts = map(self._term, (times, *terms))
        same = factor and p * factor == sum((term for term, _ in parts), start=atom(0))
        require(same, f"the identity of {text} fails")
        sets = [part for _, part in parts]
        require(not strict or self._never_vanish(*sets), f"{text} is not shown to be strict")
        real = not self.whole & used.union(*sets)
        require(real or self._never_vanish(used), f"{text}: times may vanish for a whole number k")
        return real

    def _term(self, data: Any) -> tuple[Ratio, set[str]]:
        """Read ``[number, {fact: power}, square]``; return also by what it may vanish."""
        c, powers, root = data
        scale, square = formula(c, self.names), formula(root, self.names)
        known = powers.keys() <= self.facts.keys() and not square.bottom
        require(known and square and scale.constant > 0, f"a term is wrong: {data[0]!r:.80}")
        product = math.prod((self.facts[fact][0] ** n for fact, n in powers.items()), start=scale)
        return product * square * square, {*powers, *([] if square.constant else [root])}

    def _never_vanish(self, *terms: set[str]) -> bool:
        """Tell whether a term is left whatever squares and weak facts vanish together.

        Two facts whose sum is a number > 0, such as x - a and b - x, do not vanish together.
        """
        weak = {t for t in set[str]().union(*terms) if t not in self.facts or not self.facts[t][1]}
        pairs = itertools.combinations(sorted(weak & self.facts.keys()), 2)
        apart = [(a, b) for a, b in pairs if (self.facts[a][0] + self.facts[b][0]).constant > 0]
        require(len(apart) <= 12, "too many ranges have two ends")
        choices = itertools.product(*apart)
        return all(any(not term & (weak - set(kept)) for term in terms) for kept in choices)


def relation(text: str, names: Mapping[str, Ratio]) -> tuple[Ratio, bool]:
    """Return p, and whether it is strict, of a relation that says p > 0 or p >= 0."""
    left, sign, right = re.split("(<=|>=|<|>)", text)
    a, b = formula(left, names), formula(right, names)
    return (b - a if "<" in sign else a - b).cleared, "=" not in sign


def _monic(p: Ratio) -> Ratio:
    return p * atom(1 / p[max(p)])
