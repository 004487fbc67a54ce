"""Scalars as text: how an exact coefficient is written, in Unicode for people and in LaTeX."""

from __future__ import annotations

import itertools
import re
import unicodedata
from fractions import Fraction
from typing import Any

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_GREEK = {
    unicodedata.name(letter).split()[-1].lower(): letter for letter in "αβγδεζηθκλμνξρστφχψω"
} | {"lambda": "λ"}  # Unicode calls it LAMDA
_ROOT = re.compile(r"sqrt\((\d+)\)")
_NAME = re.compile(r"[A-Za-z]+")
_FUNCTIONS = ((r"sqrt\((\w+)\)", r"√\1"), (r"sqrt(?=\()", "√"), (r"exp(?=\()", "e^"))


def scalar_text(value: Any) -> str:
    """Write a scalar on one line of Unicode: ``-gamma*t**2/2`` reads ``−γ·t²/2``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from sympy import symbols
    >>> gamma, t = symbols("gamma t")
    >>> scalar_text(gamma * t**2 / 2), scalar_text(Fraction(1, 2))
    ('γ·t²/2', '1/2')
    >>> from sympy import exp, sqrt
    >>> scalar_text(sqrt(t) * exp(-gamma * t)), scalar_text(sqrt(t + 1))
    ('√t·e^(−γ·t)', '√(t + 1)')
    """
    text = str(_plain(value))
    for function, written in _FUNCTIONS:
        text = re.sub(rf"\b{function}", written, text)
    text = re.sub(r"\*\*(\d+)", lambda power: power.group(1).translate(_SUPERSCRIPTS), text)
    text = _ROOT.sub(r"√\1", text)
    text = _NAME.sub(lambda name: _GREEK.get(name.group(), name.group()), text)
    return text.replace("**", "^").replace("*", "·").replace("-", "−")


def scalar_latex(value: Any) -> str:
    r"""Write a scalar in LaTeX.

    Examples
    --------
    >>> from fractions import Fraction
    >>> scalar_latex(Fraction(1, 2))
    '\\frac{1}{2}'
    """
    plain = _plain(value)
    if isinstance(plain, float):
        return repr(plain)
    from sympy import latex, sympify

    return str(latex(sympify(plain, strict=True)))


def join_terms(terms: list[tuple[str, str]]) -> str:
    """Join pairs (coefficient, thing) into a sum with its signs: ``[("1","G"),("-2","Z")]``.

    Examples
    --------
    >>> join_terms([("1", "G"), ("-2", "Z"), ("a + b", "W")])
    'G − 2 Z + (a + b) W'
    """
    text = ""
    for coefficient, thing in terms:
        negative = coefficient[:1] in ("-", "−") and not _is_sum(coefficient)
        size = coefficient[1:] if negative else coefficient
        size = f"({size})" if _is_sum(size) else size
        text += (" − " if negative else " + ") if text else ("−" if negative else "")
        text += thing if size == "1" else f"{size} {thing}"
    return text or "0"


def _is_sum(text: str) -> bool:
    """Tell whether text has a plus or minus outside brackets, after its first character."""
    depth = 0
    for before, character in itertools.pairwise(text):
        depth += (before in "({") - (before in ")}")
        if depth == 0 and character in "+-−" and before not in "^e":
            return True
    return False


def _plain(value: Any) -> Any:
    """Return a field element as the expression it stands for, anything else as it is."""
    if isinstance(value, int | float | Fraction):
        return value
    return value.as_expr() if hasattr(value, "as_expr") else value
