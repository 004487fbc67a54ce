"""How fast the product of a method's factors grows, for methods that change with k."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import Any, Literal

from sympy import Expr, Pow, Rational, Symbol, expand, series, sympify

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar
from ..readings.scalar_text import scalar_text
from ..readings.symbol import amplification_matrix
from .minors import exact_method

_COUNT = Symbol("_K", positive=True)  # k + 1
_SMALL = Symbol("_x", positive=True)  # a root of 1/(k + 1)
TERMS = 12
"""Terms of the expansion in the root of 1/k that are looked at."""


@dataclass(frozen=True)
class ProductGrowth:
    """Growth of ``Π_{j≤k} |a_j|``, where step j multiplies an eigenvector's part of z by a_j.

    Decided by the first term of ``|a_k|² = f_0 + C k^{−e} + …`` after f_0: with f_0 = 1 the
    product is like ``exp(C k^{1−e}/(2(1−e)))`` for e < 1 and like ``k^{C/2}`` for e = 1, and it
    tends to a positive number for e > 1. With an anchor this is the part of z^k that depends on
    the start but not on the anchor.

    Attributes
    ----------
    kind : {"decays", "grows", "tends to a positive number"}
        What the product does.
    limit : sympy.Expr
        f_0, the limit of |a_k|².
    coefficient, exponent : sympy.Expr
        C and e; 0 and 0 where all terms vanish or f_0 ≠ 1 decides.
    """

    kind: Literal["decays", "grows", "tends to a positive number"]
    limit: Any
    coefficient: Any
    exponent: Any

    @property
    def law(self) -> str:
        """The growth as a formula."""
        if self.limit != 1:
            return f"({scalar_text(self.limit)})^(k/2)"
        if self.kind == "tends to a positive number":
            return "a constant"
        if self.exponent == 1:
            return f"k^({scalar_text(self.coefficient / 2)})"
        rate = self.coefficient / (2 * (1 - self.exponent))
        return f"exp(({scalar_text(rate)})·k^({scalar_text(1 - self.exponent)}))"

    def __str__(self) -> str:
        return f"{self.kind}: like {self.law}"


def product_growth(method: Method, eigenvalue: Any) -> ProductGrowth:
    """Growth of a method that changes with k, on ``G(z) = λz``.

    Parameters
    ----------
    method : Method
        Of one vector, or of z^k and a fixed anchor; its step sizes are power laws in k, with
        rational exponents. Floats are read as the decimals they print.
    eigenvalue : int, Fraction, or SymPy number
        λ, exact; complex ones as in ``2*I``.

    Returns
    -------
    ProductGrowth

    Raises
    ------
    ProblemError
        The step is not of this kind.

    Examples
    --------
    On L = xu simGD diverges for a fixed step, and for square-summable steps ‖z^k‖ tends to a
    positive number; the anchor of SimGD-A wins for p > 1/2.

    >>> from sympy import I
    >>> from saddleode.discretize import AnchoredSimGD, PowerLaw, SimGD
    >>> print(product_growth(SimGD(1), I))
    grows: like (2)^(k/2)
    >>> print(product_growth(SimGD(PowerLaw(1, 1)), I))
    tends to a positive number: like a constant
    >>> print(product_growth(AnchoredSimGD(0.75, 2), I))
    decays: like k^(−1/2)
    """
    factor = _factor(exact_method(method), scalar(eigenvalue, "eigenvalue"))
    factor = factor.replace(_is_shifted_power, _unshifted)
    powers = {p.exp for p in factor.atoms(Pow) if p.base == _COUNT}
    if not all(p.is_Rational for p in powers) or factor.free_symbols - {_COUNT}:
        raise ProblemError(
            f"the factor of {method} on λ = {eigenvalue} is {factor}; numbers and power laws with "
            "rational exponents are needed"
        )
    root = lcm(*(int(p.q) for p in powers)) if powers else 1
    size = _square_of_modulus(factor).subs(_COUNT, _SMALL**-root)
    return _decide(size, root)


def _factor(method: Method, eigenvalue: Any) -> Any:
    """a_k as an expression in k + 1: the upper left entry of the amplification matrix."""
    try:
        matrix = amplification_matrix(method, eigenvalue, _COUNT - 1)
    except (TypeError, ValueError) as error:
        raise ProblemError(f"the step of {method} is not a formula in k: {error}") from error
    triangular = matrix.shape == (1, 1) or list(matrix[1, :]) == [0, 1]
    if not triangular or matrix.shape[0] > 2:
        raise ProblemError(
            f"{type(method).__name__} carries {matrix.shape[0]} vectors that depend on each other; "
            "the growth of one factor, or of one beside a fixed anchor, is decided here"
        )
    return matrix[0, 0]


def _is_shifted_power(e: Any) -> bool:
    return bool(e.is_Pow and e.base.is_Add and e.base.is_polynomial(_COUNT) and e.base.has(_COUNT))


def _unshifted(power: Pow) -> Any:
    """Write (K + c)^p as K^p (1 + c/K)^p."""
    return _COUNT**power.exp * expand(power.base / _COUNT) ** power.exp


def _square_of_modulus(factor: Expr) -> Expr:
    real, imaginary = expand(factor, complex=True).as_real_imag()
    return real**2 + imaginary**2


def _decide(size: Expr, root: int) -> ProductGrowth:
    """Decide by the expansion of |a_k|² in x = (k+1)^{−1/root}."""
    expansion = series(size, _SMALL, 0, TERMS * root).removeO()
    terms = sorted(
        (power.as_coeff_exponent(_SMALL)[::-1] for power in expand(expansion).as_ordered_terms()),
        key=lambda term: term[0],
    )
    total: dict[Any, Any] = {}
    for power, coefficient in terms:
        total[power] = total.get(power, 0) + coefficient
    limit = total.pop(sympify(0), sympify(0))
    if any(power < 0 for power, c in total.items() if c != 0):
        raise ProblemError("the step sizes grow without bound; give steps that do not")
    if limit != 1:
        return ProductGrowth("decays" if limit < 1 else "grows", limit, sympify(0), sympify(0))
    first = next(((p, c) for p, c in sorted(total.items()) if c != 0), None)
    if first is None:
        return ProductGrowth("tends to a positive number", limit, sympify(0), sympify(0))
    exponent, coefficient = Rational(first[0]) / root, first[1]
    if exponent > 1:
        return ProductGrowth("tends to a positive number", limit, coefficient, exponent)
    return ProductGrowth("grows" if coefficient > 0 else "decays", limit, coefficient, exponent)
