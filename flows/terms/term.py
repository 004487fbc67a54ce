"""What a term is: a convex function of one player, known by its prox and by its faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from ..errors import ProblemError
from ..problems.points import Array
from .faces import FEASIBLE, Faces


class Term(Protocol):
    """Convex function f of one player's variables, possibly the indicator of a set.

    The primal player pays f(x), the dual player pays f(u): ``min_x max_u L + f(x) − f(u)``.
    Implementations are small frozen dataclasses; arrays of points have shape (..., n). Their str
    is the text that `parse_term` reads.

    Attributes
    ----------
    name : str
        The word for it in text: ``"box"``.
    is_set : bool
        Whether f is the indicator of a set: 0 on it and ∞ elsewhere.
    """

    name: ClassVar[str]
    is_set: ClassVar[bool]

    def check(self, n: int) -> None:
        """Refuse the dimension n if f is not a function on Rⁿ."""

    def prox(self, v: Any, step: float = 1.0) -> Array:
        """Proximal map ``argmin_w f(w) + ‖w − v‖²/(2 step)``; for a set the projection."""

    def value(self, x: Any) -> Array:
        """Values f(x), shape (...,); ∞ outside a set."""

    def faces(self, names: Sequence[str]) -> Faces:
        """Faces of f as a function of the coordinates of these names."""

    def to_latex(self, x: str) -> str:
        """LaTeX of f(x), for a set of "x lies in it"; `x` is LaTeX itself."""


def written(*values: Any) -> str:
    """Arguments of a term in brackets, as `parse_term` reads them.

    Examples
    --------
    >>> written(0.5, [1, np.inf])
    '(0.5, [1, inf])'
    """
    return f"({', '.join(_written(np.asarray(value).tolist()) for value in values)})"


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return repr(value).removesuffix(".0")


def indicator(violation: Array, scale: Array) -> Array:
    """0 where a violation is within rounding of `scale`, ∞ elsewhere."""
    return np.where(violation <= FEASIBLE * (1.0 + scale), 0.0, np.inf)


def largest(x: Array) -> Array:
    """Largest |x_i| of each point, shape (...,)."""
    return np.asarray(np.max(np.abs(x), axis=-1))


def fit(value: Any, n: int, what: str) -> Array:
    """Return numbers given once or per coordinate as an array of shape (n,).

    Raises
    ------
    ProblemError
        There are neither 1 nor n of them.
    """
    numbers = np.asarray(value, dtype=float)
    if numbers.shape not in ((), (1,), (n,)):
        raise ProblemError(
            f"{what} has shape {numbers.shape}, but the player has {n} variables; needed: one "
            f"number, or {n} of them"
        )
    return np.broadcast_to(numbers, (n,))


def numbers_of(value: Any, what: str) -> Array:
    """Read-only float array of a number or a row of numbers; NaN is refused.

    Raises
    ------
    ProblemError
        It is neither.
    """
    try:
        numbers = np.array(value, dtype=float)
    except (TypeError, ValueError):
        raise ProblemError(f"{what} is {value!r}; needed: a number or a row of numbers") from None
    if numbers.ndim > 1 or numbers.size == 0 or np.isnan(numbers).any():
        raise ProblemError(f"{what} is {value!r}; needed: a number or a row of numbers")
    numbers.flags.writeable = False
    return numbers
