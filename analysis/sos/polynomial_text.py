"""Polynomials for people: Unicode and LaTeX."""

from __future__ import annotations

from sympy import latex

from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from .decomposition import Square
from .polynomials import Polynomial


def polynomial_text(p: Polynomial) -> str:
    """Write a polynomial in Unicode."""
    return scalar_text(p.as_expr())


def polynomial_latex(p: Polynomial) -> str:
    """Write a polynomial in LaTeX."""
    return str(latex(p.as_expr()))


def squares_text(squares: tuple[Square, ...]) -> str:
    """Write a weighted sum of squares in Unicode."""
    return join_terms([(scalar_text(s.weight), _square_text(s)) for s in squares])


def squares_latex(squares: tuple[Square, ...]) -> str:
    """Write a weighted sum of squares in LaTeX."""
    terms = [(scalar_latex(s.weight), _square_latex(s)) for s in squares]
    return join_terms(terms).replace("−", "-")


def _square_text(square: Square) -> str:
    factors = "".join(_bracketed(polynomial_text(f), f) for f in square.factors)
    if square.polynomial == 1:
        return factors or "1"
    return factors + _bracketed(polynomial_text(square.polynomial), square.polynomial) + "²"


def _square_latex(square: Square) -> str:
    factors = "".join(rf"\left({polynomial_latex(f)}\right)" for f in square.factors)
    if square.polynomial == 1:
        return factors or "1"
    return rf"{factors}\left({polynomial_latex(square.polynomial)}\right)^2"


def _bracketed(text: str, p: Polynomial) -> str:
    return text if p.is_generator else f"({text})"
