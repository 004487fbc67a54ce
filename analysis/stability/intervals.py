"""Where polynomials in one variable are positive: open intervals with exact ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sympy import Expr, Poly, Rational, oo, sympify

from ..readings.scalar_text import scalar_latex, scalar_text

SHORT = 16
"""Characters up to which an exact number is written as it is."""


@dataclass(frozen=True)
class OpenInterval:
    """Open interval (low, high) of positive numbers, with exact ends.

    Parameters
    ----------
    low, high : sympy.Expr
        Algebraic numbers ≥ 0, or ∞ for `high`.

    Examples
    --------
    >>> print(OpenInterval(0, sympify(1) / 2).about("s"))
    0 < s < 1/2
    """

    low: Any
    high: Any

    def contains(self, value: Any) -> bool:
        """Tell whether a number lies inside."""
        return bool(self.low < value) and bool(value < self.high)

    def times(self, factor: Any) -> OpenInterval:
        """Return the interval stretched by a positive factor."""
        return OpenInterval(self.low * factor, self.high * factor)

    def about(self, name: str) -> str:
        """Write it as a condition on a name."""
        if self.high == oo:
            return f"{name} > {number_text(self.low)}"
        return f"{number_text(self.low)} < {name} < {number_text(self.high)}"

    def to_latex(self, name: str) -> str:
        """Write it as a condition on a name, in LaTeX."""
        if self.high == oo:
            return f"{name} > {number_latex(self.low)}"
        return f"{number_latex(self.low)} < {name} < {number_latex(self.high)}"


def number_text(value: Any) -> str:
    """Write an exact number: as it is if it is short, else by its first digits.

    Examples
    --------
    >>> from sympy import sqrt
    >>> number_text(sqrt(3) / 3), number_text(sqrt(2 + sqrt(3 + sqrt(5))))
    ('√3/3', '2.0708…')
    """
    text = scalar_text(value)
    return text if len(text.replace("√(", "sqrt(")) <= SHORT else f"{float(value):.4f}…"


def number_latex(value: Any) -> str:
    """Write an exact number in LaTeX: as it is if it is short, else by its first digits."""
    short = len(scalar_text(value)) <= SHORT + len("√()")
    return scalar_latex(value) if short else rf"{float(value):.4f}\ldots"


def all_positive(polynomials: Iterable[Poly]) -> tuple[OpenInterval, ...]:
    """Open intervals of x > 0 on which polynomials over the rationals are all > 0.

    Their ends are roots, isolated exactly; a number between two of them decides the signs.

    Examples
    --------
    >>> from sympy import symbols
    >>> x = symbols("x")
    >>> [interval.about("x") for interval in all_positive([Poly(x * (1 - 3 * x**2), x)])]
    ['0 < x < √3/3']
    """
    listed = list(polynomials)
    ends = [sympify(0), *positive_roots(listed), oo]
    pieces = [
        OpenInterval(low, high)
        for low, high in pairwise(ends)
        if all(p.eval(between(low, high)) > 0 for p in listed)
    ]
    return tuple(pieces)


def positive_roots(polynomials: Sequence[Poly]) -> list[Expr]:
    """All positive real roots of polynomials over the rationals, in increasing order, each once.

    Radicals where they are simple, else `sympy.CRootOf`.
    """
    product = Poly(1, *polynomials[0].gens)
    for polynomial in polynomials:
        product = product * polynomial.sqf_part() if not polynomial.is_zero else product
    roots = [] if product.is_ground else product.sqf_part().real_roots(multiple=True)
    return sorted((root for root in roots if root > 0), key=lambda root: root.evalf(50))


def between(low: Any, high: Any) -> Rational:
    """Return a rational number strictly between two numbers ≥ 0, the second may be ∞."""
    if high == oo:
        return Rational(int(low) + 1)
    middle = Rational(str(((low + high) / 2).evalf(30)))
    assert low < middle < high
    return middle
