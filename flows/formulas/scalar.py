"""Scalars that users hand over: numbers and SymPy expressions, never text."""

from __future__ import annotations

from typing import Any

from ..errors import ProblemError


def scalar(value: Any, what: str) -> Any:
    """Return a number or a SymPy expression as one of SymPy; nothing is read from text.

    Raises
    ------
    ProblemError
        It is neither.

    Examples
    --------
    >>> from fractions import Fraction
    >>> scalar(Fraction(1, 2), "lambda")
    1/2
    >>> scalar("1/2", "lambda")
    Traceback (most recent call last):
    saddleode.flows.errors.ProblemError: lambda = '1/2'; a number or a SymPy expression is needed
    """
    from sympy import SympifyError, sympify

    try:
        return sympify(value, strict=True)
    except SympifyError:
        raise ProblemError(
            f"{what} = {value!r}; a number or a SymPy expression is needed"
        ) from None
