"""Where a rational function is least, exactly: at rational numbers, or numbers ``u + v√d``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from sympy import QQ, Expr, Poly, Symbol, groebner, sqrt

ROOT = Symbol("s")
"""Stands for √d."""

_NEAR = 1e-3  # relative to the largest coordinate; what is farther off is another root


@dataclass(frozen=True)
class Minimum:
    """Zero of a gradient with coordinates ``u + v√d``.

    Parameters
    ----------
    square : int
        d, without square factors; 1 if all coordinates are rational.
    point : mapping
        Symbol -> coordinate, as an expression in `ROOT`.
    """

    square: int
    point: Mapping[Symbol, Expr]


def minimum(function: Any, guess: Mapping[Symbol, float]) -> Minimum | None:
    """Return where the gradient of a function vanishes near a guess, if it is such a point.

    Parameters
    ----------
    function : field element
        Rational function of the symbols in `guess`.
    guess : mapping
        Symbol -> number.

    Examples
    --------
    >>> from sympy import QQ, symbols
    >>> x, y = symbols("x y")
    >>> f = QQ.frac_field(x, y).from_sympy(x + 2 / x + (x - y)**2)
    >>> found = minimum(f, {x: 1.414, y: 1.414})
    >>> found.square, found.point
    (2, {x: s, y: s})
    """
    domain, symbols = function.field.to_domain(), tuple(guess)
    slopes = [function.diff(domain.from_sympy(symbol)).numer.as_expr() for symbol in symbols]
    if any(slope.is_number for slope in slopes):
        return None
    equations = [_vanishing(Poly(slope, *symbols, domain=QQ), guess) for slope in slopes]
    ideal = groebner(equations, *symbols, order="lex")
    if not ideal.is_zero_dimensional:
        return None
    last = symbols[-1]
    factor = _vanishing(Poly(ideal.exprs[-1], last, domain=QQ), guess)
    refined = groebner([*ideal.exprs, factor], *symbols, order="lex")
    return _near(_point(refined, factor, guess), guess)


def _vanishing(polynomial: Poly, guess: Mapping[Symbol, float]) -> Expr:
    """Return the irreducible factor that is nearest to 0 at the guess, by its terms."""

    def size(factor: Poly) -> float:
        terms = [
            float(c) * prod(guess[x] ** n for x, n in zip(factor.gens, powers, strict=True))
            for powers, c in factor.terms()
        ]
        return float(abs(sum(terms)) / sum(map(abs, terms)))

    return min((factor for factor, _ in polynomial.factor_list()[1]), key=size).as_expr()


def _point(ideal: Any, factor: Expr, guess: Mapping[Symbol, float]) -> Minimum | None:
    """Return the zero of an ideal in which the last coordinate is a root of a factor."""
    last = tuple(guess)[-1]
    root = _root(Poly(factor, last, domain=QQ), guess[last])
    coordinates = {symbol: ideal.reduce(symbol)[1] for symbol in guess}
    if root is None or any(c.free_symbols - {last} for c in coordinates.values()):
        return None
    square, value = root
    return Minimum(square, {x: c.subs(last, value).expand() for x, c in coordinates.items()})


def _root(factor: Poly, near: float) -> tuple[int, Expr] | None:
    """Return d and the root ``u + v√d`` of a polynomial of degree one or two."""
    if factor.degree() > 2:
        return None
    a, b, c = (0, *factor.all_coeffs())[-3:]
    if not a:
        return 1, -c / b
    outer, radical = sqrt(b**2 - 4 * a * c).as_coeff_Mul()
    roots = [(-b + sign * outer * ROOT) / (2 * a) for sign in (1, -1)]
    return int(radical**2), min(roots, key=lambda x: abs(float(x.subs(ROOT, radical)) - near))


def _near(found: Minimum | None, guess: Mapping[Symbol, float]) -> Minimum | None:
    """Return the point if it is the one that was looked for."""
    if found is None:
        return None
    size, root = max(map(abs, guess.values())), sqrt(found.square)
    apart = (abs(float(c.subs(ROOT, root)) - guess[x]) for x, c in found.point.items())
    return found if max(apart) <= _NEAR * size else None
