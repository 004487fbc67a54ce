"""Where a Lyapunov function decreases: conditions on the parameters, with the proof under them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, cast

from sympy import Symbol, latex

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.formulas.expression import parse_expression
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass, constants
from ..readings.vector import Form, Vector
from .certificate import Certificate
from .claims import Decrease
from .lyapunov import beyond_the_class, decrease_claim, given_squares, prove_decrease
from .narrowing import narrowed, sufficient, without_implied
from .proof_outcome import Proved, Unknown
from .proving import attempt, candidates, check
from .ranges import Range
from .region import Region
from .squares import Square

_MONOTONE = Monotone()
_MOST = 20  # conditions of one certificate


@dataclass(frozen=True)
class DecreaseRegion:
    """Region of parameters in which V never increases, or has its rate of decrease, proved.

    The conditions are sufficient. Outside them V may decrease too, by another certificate.

    Parameters
    ----------
    conditions : Region
        What is to hold besides the ranges given; empty if nothing is.
    certificate : Certificate
        The proof on the ranges and conditions together.
    """

    conditions: Region
    certificate: Certificate

    @property
    def relations(self) -> tuple[str, ...]:
        """The conditions as text, in the grammar of ranges: ``alpha < 2*mu/R**2``."""
        return tuple(map(_solved, self.conditions.relations))

    @property
    def statement(self) -> str:
        """The result in words."""
        where = f"where {', '.join(self.relations)}" if self.relations else "on the whole range"
        return f"{cast(Decrease, self.certificate.claim).conclusion} {where}"

    def to_dict(self) -> dict[str, Any]:
        """Return statement, conditions and certificate as JSON data; `verify` reads the last."""
        certificate = json.loads(self.certificate.to_json())
        conditions = list(self.relations)
        return {"statement": self.statement, "conditions": conditions, "certificate": certificate}

    def to_latex(self) -> str:
        """Return the conditions and the proof under them in LaTeX."""
        conditions = r",\qquad ".join(map(_latex, self.relations))
        return "\n".join([rf"\[{conditions}\]"] * bool(conditions) + [self.certificate.to_latex()])

    def __str__(self) -> str:
        return f"{self.statement}\n{self.certificate}"


def decrease_region(
    V: Form | str,
    system: Flow | Method,
    operator: OperatorClass = _MONOTONE,
    *,
    rate: Any = 0,
    multipliers: Mapping[str, Any] | None = None,
    squares: Iterable[tuple[Any, Vector]] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
) -> DecreaseRegion | Unknown:
    """Find conditions on the parameters under which V never increases, and prove it under them.

    Multipliers and squares are found as by `prove_decrease`. Each sign that is not decided on the
    ranges becomes a condition: without the factors whose sign is known, solved for one parameter
    where that is possible. The first certificate with conditions that can hold is taken, and
    `prove_decrease` proves the claim again under them.

    Parameters
    ----------
    V, system, operator, rate, multipliers, squares, ranges
        As in `prove_decrease`.

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
    >>> alpha, mu, R = symbols("alpha mu R", positive=True)
    >>> operator = LipschitzStronglyMonotone(mu, R)
    >>> found = decrease_region("sq(z - zstar)", SimGD(alpha), operator)
    >>> print(found.statement)
    V never increases where alpha < 2*mu/R**2
    """
    given, pairs = dict(multipliers or {}), None if squares is None else tuple(squares)
    claim = decrease_claim(V, system, operator, rate, ranges=ranges, others=given.values())
    if (beyond := beyond_the_class(claim)) is not None:
        return beyond
    failures: list[Unknown] = []
    for found in _narrowed(claim, given, given_squares(pairs)):
        if isinstance(found, Unknown):
            failures.append(found)
            continue
        whole = narrowed(claim.scalars, [found]).region
        proof = prove_decrease(
            V, system, operator, rate=rate, multipliers=given, squares=pairs, ranges=whole
        )
        if isinstance(proof, Proved):
            return DecreaseRegion(found, proof.certificate)
        failures.append(Unknown(f"under {found} still {proof}"))
    return failures[0]


def _narrowed(
    claim: Decrease, given: Mapping[str, Any], squares: tuple[Square, ...] | None
) -> Iterator[Region | Unknown]:
    """Yield for each way to prove a claim the conditions that it needs."""
    if squares is not None:
        yield _conditions(claim, lambda narrower: check(narrower, given, squares))
        return
    found = candidates(claim, given)
    if isinstance(found, Unknown):
        yield found
        return
    tried = list(found)
    if any(_attempt(multipliers, claim) for multipliers in tried):
        yield Region({})
    for multipliers in tried:
        yield _conditions(claim, partial(_attempt, multipliers))


def _attempt(multipliers: Mapping[str, Any], claim: Decrease) -> Proved | Unknown:
    exact = {name: claim.scalars.convert(value) for name, value in multipliers.items()}
    return attempt(claim, exact)


def _conditions(claim: Decrease, prove: Callable[[Decrease], Proved | Unknown]) -> Region | Unknown:
    """Add the condition that a failed proof lacks, and try again until it succeeds."""
    parts: list[Region] = []
    field, result = claim.scalars, prove(claim)
    while not isinstance(result, Proved):
        if result.lacking is None or len(parts) > _MOST:
            return result
        more = sufficient(result.lacking, field, _order(claim))
        if not more:
            return Unknown(result.reason)
        parts += more
        try:
            field = narrowed(field, more)
        except ProblemError as error:
            return Unknown(f"{result.reason}; and {error}")
        result = prove(replace(claim, scalars=field))
    return without_implied(parts, claim.scalars)


def _order(claim: Decrease) -> list[str]:
    """Return the parameters, those of the flow or the method first."""
    values = (*claim.motion.parameters.values(), *constants(claim.operator).values())
    symbols = (sorted(getattr(value, "free_symbols", ()), key=str) for value in values)
    return [symbol.name for symbol in chain.from_iterable(symbols)]


def _solved(relation: str) -> str:
    """Write ``formula < name`` as ``name > formula``."""
    left, _, right = relation.partition(" < ")
    turned = right.isidentifier() and not left.isidentifier()
    return f"{right} > {left}" if turned else relation


def _latex(relation: str) -> str:
    """Write a relation of the grammar of `parse_ranges` in LaTeX."""
    sides = re.split(r"\s*(<=|>=|<|>|=)\s*", relation)
    names = {name: Symbol(name) for name in re.findall(r"[A-Za-z_]\w*", relation)}
    signs = {"<=": r"\le", ">=": r"\ge"}
    return " ".join(
        signs.get(side, side) if n % 2 else latex(parse_expression(side, names), order="none")
        for n, side in enumerate(sides)
    )
