"""The last step to an irrational constant: what is proved for all s of an interval, at s = √d."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Poly, factor, sqrt, sqrtdenest

from ...flows.errors import ProblemError
from ..basics.ranges import Range
from ..readings.scalar_text import scalar_latex, scalar_text
from .minimum import ROOT


@dataclass(frozen=True)
class Optimum:
    """Constant C(s) of a rate that is proved for all s of an interval, and the number √d in it.

    Certificates have rational numbers alone. Those of such a rate have s as a parameter; the rate
    is the one for s = √d, where C(s) is least.

    Parameters
    ----------
    square : int
        d.
    span : Range
        Of s, with ends > 0.
    constant : field element
        C(s), a rational function of s alone.

    Raises
    ------
    ProblemError
        √d does not lie in the interval, or C is not stationary there.

    Examples
    --------
    >>> from sympy import QQ
    >>> C = QQ.frac_field(ROOT).from_sympy(2 * (ROOT + 1) * (ROOT + 2) / ROOT)
    >>> print(Optimum(2, Range(1, 2), C).value)
    (sqrt(2) + 2)**2
    """

    square: int
    span: Range
    constant: Any

    def __post_init__(self) -> None:
        low, high = self.span.low, self.span.high
        if low is None or high is None or not (low > 0 and low**2 < self.square < high**2):
            raise ProblemError(f"sqrt({self.square}) does not lie in {self.span.about('s')}")
        if self._at_root(self.constant.diff(self.constant.field(ROOT))):
            raise ProblemError(f"{self.constant} has a slope at s = sqrt({self.square})")

    @property
    def value(self) -> Expr:
        """C(√d), as a square where it is one: (2 + √2)² rather than 6 + 4√2."""
        return sqrtdenest(sqrt(self._at_root(self.constant))) ** 2

    def _at_root(self, function: Any) -> Expr:
        """Return a rational function of s at √d: N/D reduced modulo s² − d, in exact arithmetic."""
        modulus = Poly(ROOT**2 - self.square, ROOT, domain="QQ")
        numer, denom = (
            Poly(part.as_expr(), ROOT, domain="QQ").rem(modulus)
            for part in (function.numer, function.denom)
        )
        reduced = (numer * denom.invert(modulus)).rem(modulus).as_expr()
        return reduced.subs(ROOT, sqrt(self.square))

    @property
    def reason(self) -> str:
        """Why the rate follows."""
        function = scalar_text(factor(self.constant.as_expr()))
        return (
            f"The proofs below hold for all {self.span.about('s')} and give the constant "
            f"C(s) = {function}. The rate is that of s = √{self.square}, where C' = 0: it lies in "
            f"the interval, as the squares of the ends show, and C(√{self.square}) = "
            f"{scalar_text(self.value)} follows from s² = {self.square}."
        )

    @property
    def reason_latex(self) -> str:
        """Why the rate follows, in LaTeX."""
        span = rf"{scalar_latex(self.span.low)} < s < {scalar_latex(self.span.high)}"
        function, value = scalar_latex(factor(self.constant.as_expr())), scalar_latex(self.value)
        root = rf"\sqrt{{{self.square}}}"
        return (
            f"What follows holds for all ${span}$ and gives the constant $C(s) = {function}$. "
            f"The rate is that of $s = {root}$, where $C' = 0$: it lies in the interval, and "
            f"$C({root}) = {value}$ follows from $s^2 = {self.square}$."
        )

    def data(self) -> dict[str, str]:
        """Return the step as text, for JSON."""
        return {
            "parameter": str(ROOT),
            "range": self.span.about(str(ROOT)),
            "value": f"sqrt({self.square})",
            "C": str(self.constant.as_expr()),
        }
