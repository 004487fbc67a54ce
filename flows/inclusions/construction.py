"""How a set-valued operator is put together from L and what the players carry."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from ..errors import ProblemError
from ..problems.operators import SaddleOperator
from ..terms.term import Term
from ..terms.term_text import parse_term
from .selections import Selections, smooth
from .set_valued import SetValuedOperator

Given = Term | str | None  # what a user gives: a term, its text, or nothing


class Carried(TypedDict, total=False):
    """What the players carry besides L: keyword arguments of problems.

    Attributes
    ----------
    primal_set, dual_set : Term or str, optional
        Constraint sets, such as ``Simplex()`` or ``"box(-1, 1)"`` (see `parse_term`).
    primal_term, dual_term : Term or str, optional
        Convex functions, such as ``L1(0.1)``; the dual one is subtracted from L.
    """

    primal_set: Given
    dual_set: Given
    primal_term: Given
    dual_term: Given


def set_valued_operator(
    selections: Selections,
    primal: tuple[str, ...],
    dual: tuple[str, ...],
    **carried: Unpack[Carried],
) -> SetValuedOperator:
    """Set-valued operator of a problem, its sets and terms checked against its variables.

    Parameters
    ----------
    selections : Selections
        The part of L: `smooth` of a differentiable problem, or `kinked` of an expression.
    primal, dual : tuple of str
        Names of the coordinates.
    **carried
        See `Carried`.

    Raises
    ------
    ProblemError
        A set is given as a term or a term as a set, or a dimension does not fit.
    """
    _check_names(carried)
    of_primal = _fitting(primal, "primal", carried.get("primal_set"), carried.get("primal_term"))
    of_dual = _fitting(dual, "dual", carried.get("dual_set"), carried.get("dual_term"))
    return SetValuedOperator(selections, primal + dual, len(primal), of_primal, of_dual)


def constrained(
    backend: SaddleOperator,
    n: int,
    names: tuple[str, ...] | None = None,
    **carried: Unpack[Carried],
) -> SaddleOperator:
    """Operator of a differentiable problem with what the players carry; itself if that is nothing.

    Parameters
    ----------
    backend : SaddleOperator
        The operator of L.
    n : int
        Number of primal coordinates.
    names : tuple of str, optional
        Names of all coordinates; x1, x2, …, u1, u2, … if not given.
    **carried
        See `Carried`.

    Examples
    --------
    >>> import numpy as np
    >>> from saddleode.flows import SaddleProblem
    >>> G = constrained(SaddleProblem("x*u", "x", "u").backend, 1, primal_set="box(-1, 1)")
    >>> G.resolvent(np.array([5.0, 3.0]), 1.0)
    array([1., 4.])
    """
    _check_names(carried)
    if all(given is None for given in carried.values()):
        return backend
    names = names or _numbered("x", n) + _numbered("u", backend.d - n)
    return set_valued_operator(smooth(backend), names[:n], names[n:], **carried)


def _check_names(carried: Carried) -> None:
    unknown = carried.keys() - Carried.__annotations__.keys()
    if unknown:
        known = ", ".join(Carried.__annotations__)
        raise TypeError(f"there is no keyword {min(unknown)!r}; players carry {known}")


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return (letter,) if count == 1 else tuple(f"{letter}{i + 1}" for i in range(count))


def _fitting(
    names: tuple[str, ...], player: str, of_set: Given, of_term: Given
) -> tuple[Term, ...]:
    """Return the set and the term of a player, checked."""
    checked = (_checked(player, "set", of_set), _checked(player, "term", of_term))
    given = tuple(term for term in checked if term is not None)
    for term in given:
        term.check(len(names))
    return given


def _checked(player: str, kind: str, given: Any) -> Term | None:
    """Return what is given as a term, if it is of this kind."""
    term: Term | None = parse_term(given) if isinstance(given, str) else given
    if term is None:
        return None
    if not hasattr(term, "is_set") or isinstance(term, type):
        raise ProblemError(
            f"{player}_{kind} is {term!r}; needed: a term such as Box(-1, 1) or Simplex()"
        )
    if term.is_set != (kind == "set"):
        is_what, other = ("a set", "set") if term.is_set else ("no set", "term")
        raise ProblemError(
            f"{player}_{kind} is {term!r}, which is {is_what}; give it as {player}_{other}"
        )
    return term
