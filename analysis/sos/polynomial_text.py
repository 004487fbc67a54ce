"""Polynomials for people, in Unicode."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..readings.scalar_text import join_terms, scalar_text
from .decomposition import Square
from .polynomials import Polynomial

LONGEST = 300  # characters of a formula in a sentence
DIGITS = 40  # characters of a number in a sentence


def polynomial_text(p: Polynomial) -> str:
    """Write a polynomial in Unicode."""
    return scalar_text(p.as_expr())


def shortened(p: Polynomial) -> str:
    """Write a polynomial in Unicode, but no more than a few lines of it.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> shortened(polynomial_ring(["x"]).gens[0] + 1)
    'x + 1'
    """
    text = polynomial_text(p)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(p)} terms)"


def point_text(point: Mapping[str, Fraction]) -> str:
    """Write a point: ``x = 1/3, u = −2``; numbers with many digits are rounded, with ≈.

    Examples
    --------
    >>> point_text({"x": Fraction(1, 3), "u": Fraction(10**40, 10**40 + 1)})
    'x = 1/3, u ≈ 1'
    """
    texts = {name: str(value) for name, value in point.items()}
    return ", ".join(
        f"{name} = {text}" if len(text) <= DIGITS else f"{name} ≈ {float(point[name]):.6g}"
        for name, text in texts.items()
    ).replace("-", "−")


def squares_text(squares: tuple[Square, ...]) -> str:
    """Write a weighted sum of squares in Unicode."""
    return join_terms([(scalar_text(s.weight), _square_text(s)) for s in squares])


def _square_text(square: Square) -> str:
    factors = "".join(_bracketed(polynomial_text(f), f) for f in square.factors)
    if square.polynomial == 1:
        return factors or "1"
    return factors + _bracketed(polynomial_text(square.polynomial), square.polynomial) + "²"


def _bracketed(text: str, p: Polynomial) -> str:
    return text if p.is_generator else f"({text})"
