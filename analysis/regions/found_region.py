"""A region of parameters in which a Lyapunov function decreases, with the proof."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sympy import Symbol, latex

from ...flows.formulas.expression import parse_expression
from ..claims.claims import Decrease
from ..coefficients.region import Region
from ..proofs.certificate import Certificate
from .narrowing import product_text


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
    weights : mapping
        Weights of V that were chosen: name -> formula of the other parameters.
    """

    conditions: Region
    certificate: Certificate
    weights: Mapping[str, Any] = field(default_factory=dict)

    @property
    def relations(self) -> tuple[str, ...]:
        """The conditions as text, in the grammar of ranges: ``alpha < 2*mu/R**2``."""
        return tuple(map(_solved, self.conditions.relations))

    @property
    def statement(self) -> str:
        """The result in words."""
        where = f"where {', '.join(self.relations)}" if self.relations else "on the whole range"
        where += "".join(f", with {name} = {product_text(c)}" for name, c in self.weights.items())
        return f"{cast(Decrease, self.certificate.claim).conclusion} {where}"

    def to_dict(self) -> dict[str, Any]:
        """Return statement, conditions and certificate as JSON data; `verify` reads the last."""
        certificate = json.loads(self.certificate.to_json())
        weights = {name: product_text(c) for name, c in self.weights.items()}
        return {
            "statement": self.statement,
            "conditions": list(self.relations),
            "weights": weights,
            "certificate": certificate,
        }

    def to_latex(self) -> str:
        """Return the conditions and the proof under them in LaTeX."""
        chosen = [f"{latex(Symbol(name))} = {latex(c)}" for name, c in self.weights.items()]
        conditions = r",\qquad ".join([*map(relation_latex, self.relations), *chosen])
        return "\n".join([rf"\[{conditions}\]"] * bool(conditions) + [self.certificate.to_latex()])

    def __str__(self) -> str:
        return f"{self.statement}\n{self.certificate}"


def _solved(relation: str) -> str:
    """Write ``formula < name`` as ``name > formula``."""
    left, _, right = relation.partition(" < ")
    turned = right.isidentifier() and not left.isidentifier()
    return f"{right} > {left}" if turned else relation


def relation_latex(relation: str) -> str:
    """Write a relation of the grammar of `parse_ranges` in LaTeX."""
    sides = re.split(r"\s*(<=|>=|<|>|=)\s*", relation)
    names = {name: Symbol(name) for name in re.findall(r"[A-Za-z_]\w*", relation)}
    signs = {"<=": r"\le", ">=": r"\ge"}
    return " ".join(
        signs.get(side, side) if n % 2 else latex(parse_expression(side, names), order="none")
        for n, side in enumerate(sides)
    )
