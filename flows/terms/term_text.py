"""Terms from text, such as ``box(-1, 1)``: names, numbers and rows of numbers, nothing else."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from ..errors import ExpressionError, ProblemError
from .affine_subspace import AffineSubspace
from .ball import Ball
from .box import Box
from .l1 import L1
from .simplex import Simplex
from .term import Term

TERMS: tuple[type[Term], ...] = (Box, Simplex, Ball, AffineSubspace, L1)
MAX_LENGTH = 100_000  # characters: a thousand equations in ten variables


def parse_term(text: str) -> Term:
    """Read a constraint set or term given as text; nothing in it is executed.

    The grammar: ``name``, or ``name(number, …)`` with the names box, simplex, ball, affine and l1
    and the arguments of `Box`, `Simplex`, `Ball`, `AffineSubspace` and `L1` in their order or by
    name; a number may be ``inf`` or a row ``[1, 2]``.

    Raises
    ------
    ExpressionError
        The text is not of this grammar; points at the character at fault.
    ProblemError
        The term itself refuses its arguments.

    Examples
    --------
    >>> parse_term("box(-1, inf)").prox([-5.0, 7.0])
    array([-1.,  7.])
    >>> parse_term("simplex")
    Simplex()
    """
    tree = _tree(text)
    call = tree if isinstance(tree, ast.Call) else ast.Call(tree, [], [])
    known = {term.name: term for term in TERMS}
    name = call.func
    if not isinstance(name, ast.Name) or name.id not in known:
        names = ", ".join(known)
        raise ExpressionError(f"{text[:40]!r} is not a term; known are {names}", text, 0)
    term = known[name.id]
    try:
        given = [_value(a, text) for a in call.args]
        named = {str(k.arg): _value(k.value, text) for k in call.keywords}
        return term(*given, **named)
    except (TypeError, OverflowError):
        needed = f"{term.name}{inspect.signature(term)}".split(" ->")[0]
        raise ProblemError(f"the arguments of {text[:40]!r} do not fit; needed: {needed}") from None


def _tree(text: Any) -> ast.expr:
    if not isinstance(text, str):
        raise ExpressionError(f"a term in text is needed; got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the term has {len(text)} characters; at most {MAX_LENGTH} are read")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(
            f"{text[:40]!r} is not a term; needed: one like box(-1, 1) or simplex", text, 0
        ) from None


def _value(node: ast.expr, text: str) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="inf"):
            return float("inf")
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.List):
            return -_value(operand, text)
        case ast.List(elts=entries):
            return [_value(entry, text) for entry in entries]
    raise ExpressionError(
        "only numbers, inf and rows of numbers like [1, 2] may stand in a term",
        text,
        node.col_offset,
    )
