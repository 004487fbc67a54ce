"""The bound of a remainder, as a result that shows itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from sympy import latex

from ..claims.claims import Nonnegativity
from ..coefficients.field import STEP
from ..proofs.certificate import Certificate
from ..readings.generator_text import product_latex as square_latex
from ..readings.generator_text import product_text as square_text
from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from ..readings.vector import Form, Vector
from ..regions.narrowing import product_text


@dataclass(frozen=True)
class BoundTerm:
    """One term ``M‖v‖²`` of a bound.

    Parameters
    ----------
    size : Expr
        M, a formula of the parameters and of t = t_k.
    name : str
        How v is written.
    vector : Vector
        v over the vectors of the method.
    """

    size: Any
    name: str
    vector: Vector


@dataclass(frozen=True)
class RemainderBound:
    """Bound ``|V_{k+1} − V_k − h V̇| ≤ h² Σ M_i‖v_i‖²`` for every operator of a class.

    Parameters
    ----------
    terms : tuple of BoundTerm
        The M_i and v_i.
    largest : Expr or None
        The bound holds for 0 < α ≤ `largest`; None if for every α > 0.
    upper, lower : Certificate
        Proofs that the bound minus the remainder, and the bound plus the remainder, are ≥ 0.
    """

    terms: tuple[BoundTerm, ...]
    largest: Any | None
    upper: Certificate
    lower: Certificate

    @property
    def form(self) -> Form:
        """The bound over the vectors of the method, with h and t_k written out."""
        sides = (cast(Nonnegativity, side.claim).form for side in (self.upper, self.lower))
        total: Form = sum(sides, start=Form())
        return total.map(lambda c: c.as_expr() / 2)

    @property
    def first_step(self) -> Fraction:
        """The step from which the bound holds: 0, or 1 where vectors are divided by t_k."""
        return self.upper.claim.scalars.ranges[STEP].low or Fraction(0)

    def __str__(self) -> str:
        sums = [
            (scalar_text(product_text(m.size)), square_text(m.name, m.name)) for m in self.terms
        ]
        where = "every α > 0" if self.largest is None else f"0 < α ≤ {scalar_text(self.largest)}"
        where += f" and k ≥ {self.first_step}" if self.first_step else ""
        return f"at most h² ({join_terms(sums)}) in size, for {where}"

    def to_latex(self) -> str:
        """Return the bound in LaTeX."""
        sums = [(scalar_latex(m.size), square_latex(m.name, m.name)) for m in self.terms]
        where = r"\alpha > 0" if self.largest is None else rf"0 < \alpha \le {latex(self.largest)}"
        where += rf",\ k \ge {self.first_step}" if self.first_step else ""
        return rf"h^2 \Bigl({join_terms(sums).replace('−', '-')}\Bigr), \quad {where}"
