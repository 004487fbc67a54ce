"""Polynomials and sums of squares in LaTeX, broken into lines that fit on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Mul, Symbol, latex

from ..readings.scalar_text import scalar_latex
from .polynomials import Polynomial, fraction

if TYPE_CHECKING:
    from .decomposition import Square

LINE = 78  # characters of a line of a display, not counting commands and brackets
STAR = "_star"  # how the names of the coordinates of a fixed point end


def polynomial_latex(p: Polynomial) -> str:
    r"""Write a polynomial in LaTeX.

    Examples
    --------
    >>> from .polynomials import polynomial_ring
    >>> x, star = polynomial_ring(["x_1", "x_1_star"]).gens
    >>> polynomial_latex(x**2 / 3 - 2 * star - 1)
    '\\frac{x_{1}^{2}}{3} - 2 x_{1}^{*} - 1'
    """
    return joined(polynomial_pieces(p))


def polynomial_pieces(p: Polynomial) -> list[str]:
    """Write the terms of a polynomial, each with its sign."""
    symbols = p.ring.symbols
    names = {s: name_latex(s.name) for s in symbols if s.name.endswith(STAR)}
    found = []
    for e, c in p.terms():
        value = fraction(c)
        term = Mul(*(s**k for s, k in zip(symbols, e, strict=True)))
        size = latex(term * abs(p.ring.domain.to_sympy(c)), symbol_names=names)
        found.append(f"{'-' if value < 0 else '+'} {size}")
    first = next((i for i, piece in enumerate(found) if piece[0] == "+"), 0)
    found.insert(0, found.pop(first) if found else "+ 0")  # 2 - x rather than -x + 2
    return found


def squares_pieces(squares: Iterable[Square]) -> list[str]:
    """Write a weighted sum of squares as pieces between which lines may be broken."""
    pieces: list[str] = []
    for square in squares:
        factors = "".join(rf"\bigl({polynomial_latex(f)}\bigr)" for f in square.factors)
        weight = "" if square.weight == 1 else f"{scalar_latex(square.weight)} "
        if square.polynomial == 1:
            pieces.append(f"+ {weight}{factors}" if factors else f"+ {weight or 1}")
            continue
        first, *rest = inner = polynomial_pieces(square.polynomial)
        if len(inner) == 1 and square.polynomial.is_generator:
            pieces.append(f"+ {weight}{factors}{{{_unsigned(first)}}}^2")
            continue
        opened = [rf"+ {weight}{factors}\bigl({_unsigned(first)}", *rest]
        pieces += [*opened[:-1], rf"{opened[-1]}\bigr)^2"]
    return pieces or ["+ 0"]


def joined(pieces: list[str]) -> str:
    """Join signed pieces to one formula."""
    return " ".join([_unsigned(pieces[0]), *pieces[1:]])


def broken(pieces: list[str], left: str = "") -> str:
    r"""Join signed pieces to a formula of as many lines as needed, beside what is left of them.

    Examples
    --------
    >>> broken(["+ x", "- y"])
    'x - y'
    >>> broken(["+ " + "x" * 60, "- " + "y" * 30]).count("quad")
    1
    """
    lines, room = [[_unsigned(pieces[0])]], LINE - _width(left)
    for piece in pieces[1:]:
        if sum(map(_width, lines[-1])) + _width(piece) > room:
            lines.append([])
        lines[-1].append(piece)
    return " \\\\\n&\\quad ".join(" ".join(line) for line in lines)


def point_latex(point: Mapping[str, Fraction]) -> str:
    r"""Write the coordinates of a point: ``\left(\frac{1}{3}, -2\right)``."""
    return rf"\left({', '.join(map(scalar_latex, point.values()))}\right)"


def name_latex(name: str) -> str:
    """Write the name of a variable; a coordinate of a fixed point has a star."""
    base = str(latex(Symbol(name.removesuffix(STAR))))
    return f"{base}^{{*}}" if name.endswith(STAR) else base


def vector_latex(names: Iterable[str]) -> str:
    """Write a list of variables: ``x_{1}, x_{2}``."""
    return ", ".join(map(name_latex, names))


def _unsigned(piece: str) -> str:
    return piece.removeprefix("+ ")


def _width(piece: str) -> int:
    """Rough number of characters on the page."""
    return len(re.sub(r"\\[a-zA-Z]+|[{}^_\s]", "", piece)) + 2
