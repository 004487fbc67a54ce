"""The steps for which a Lyapunov function decreases, as a result that shows itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Symbol, latex, sympify

from ..basics.proof_outcome import Proved, Refuted
from ..readings.scalar_text import scalar_text
from ..regions.found_region import relation_latex
from ..regions.narrowing import product_text
from .step_limit import ALPHA


@dataclass(frozen=True)
class StepRange:
    """Steps α for which V_k decreases, for every operator of a class.

    Parameters
    ----------
    proved : Proved or None
        The proof for all 0 < α < `largest`; None if there is none.
    largest : Fraction, Expr or None
        The largest step up to which it was proved, a number or a formula of the other parameters;
        0 if none, None if it was for every α > 0.
    refuted : Refuted or None
        A counterexample at α = `failure`.
    failure : Fraction or None
        A step just above `largest`, if it is refuted there.
    at : mapping
        The values of the other parameters for which it is.
    never : Proved or None
        The proof that V_k does not decrease for any α > 0 on linear skew operators, if the class
        contains them.
    weights : mapping
        Weights of V_k that were chosen: name -> formula.
    conditions : tuple of str
        What has to hold, if it is no bound on the step alone: `largest` is None then.
    found : str
        How `largest` was found: ``"conditions"`` is a closed form, ``"bisection"`` a number a
        little below the largest step; or why there is no proof.
    """

    proved: Proved | None = None
    largest: Any = Fraction(0)
    refuted: Refuted | None = None
    failure: Fraction | None = None
    at: Mapping[str, Fraction] = field(default_factory=dict)
    never: Proved | None = None
    weights: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    found: str = "conditions"

    def __str__(self) -> str:
        if self.never is not None:
            return "no α > 0: on linear skew operators V_k never decreases"
        if self.proved is None:
            known = "proved for no α" + f" ({self.found})" * bool(self.found)
        elif self.conditions:
            known = f"proved where {scalar_text(', '.join(self.conditions))}"
        elif self.largest is None:
            known = "proved for every α > 0"
        else:
            known = f"proved for 0 < α {'≤' if self._closed else '<'} {_text(self.largest)}"
            known += " (by bisection)" * (self.found == "bisection")
        chosen = (f", with {name} = {_text(c)}" for name, c in self.weights.items())
        return f"{known}{''.join(chosen)}{self._beyond()}"

    def to_latex(self) -> str:
        """Return the range of steps in LaTeX."""
        if self.never is not None or self.proved is None:
            return r"\emptyset" if self.never is not None else r"\text{no proof}"
        if self.conditions:
            return r",\quad ".join(map(relation_latex, self.conditions))
        sign = r"\le" if self._closed else "<"
        known = r"\alpha > 0" if self.largest is None else rf"0 < \alpha {sign} "
        largest = "" if self.largest is None else latex(sympify(self.largest, strict=True))
        chosen = (rf",\quad {latex(Symbol(n))} = {latex(c)}" for n, c in self.weights.items())
        return f"{known}{largest}{''.join(chosen)}"

    @property
    def _closed(self) -> bool:
        """Whether the proof holds for the largest step too."""
        if self.proved is None:
            return False
        span = self.proved.certificate.claim.scalars.ranges[ALPHA.name]
        return bool(span.high_closed and span.high == self.largest)

    def _beyond(self) -> str:
        if self.failure is None:
            return ""
        at = ", ".join(f"{scalar_text(Symbol(name))} = {x}" for name, x in self.at.items())
        return f"; refuted for α = {self.failure}" + f" at {at}" * bool(at)


def _text(formula: Any) -> str:
    """Write a number or formula in factors: ``2·β·(1 − R·β)/(1 + R·β)``."""
    if isinstance(formula, Fraction):
        return str(formula)
    text = scalar_text(product_text(formula))
    return re.sub(r"sqrt\((\w+)\)", r"√\1", text)
