"""How a saddle problem shows itself: one line, a few lines, LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from ..inclusions.set_valued import SetValuedOperator
from ..terms.term import Term

if TYPE_CHECKING:
    from .problem import SaddleProblem

LONGEST = 300  # characters of a formula that are still shown in full
MATRIX_FORM = r"\tfrac12 x^\top P x + x^\top A u - \tfrac12 u^\top Q u + b^\top x + c^\top u"


def short_form(problem: SaddleProblem) -> str:
    """One line: how the problem was given."""
    options = [f"{key}={_cut(repr(term), 60)}" for key, term in carried(problem).items()]
    options += [f"name={problem.name!r}"] if problem.name else []
    if problem.L is not None:
        given = map(repr, (_cut(str(problem.L)), _names(problem.primal), _names(problem.dual)))
        return f"SaddleProblem({', '.join([*given, *options])})"
    kind = type(problem.matrix).__name__ if problem.is_affine else "function"
    how = "" if problem.is_set_valued else f", G by {kind}"
    return f"<SaddleProblem: n={problem.n}, m={problem.m}{how}{''.join(f', {o}' for o in options)}>"


def long_form(problem: SaddleProblem) -> str:
    """Give a few lines: the problem, its operator, and what is known about it."""
    xs, us, L = "x", "u", "L(x, u)"
    if problem.L is not None:
        xs, us, L = _names(problem.primal), _names(problem.dual), f"L = {_cut(str(problem.L))}"
    lines = [problem.name] if problem.name else []
    lines.append(f"min over {xs}, max over {us} of {L}")
    for key, term in carried(problem).items():
        player = xs if key.startswith("primal") else us
        lines.append(f"{player} {'lies in' if term.is_set else 'pays'} {_cut(str(term))}")
    if problem.expressions is not None:
        lines.append(f"G = ({_cut(', '.join(str(g) for g in problem.expressions))})")
    return "\n".join([*lines, _size(problem)])


def latex(problem: SaddleProblem) -> str:
    """Write the problem, and G unless it is set-valued, as LaTeX in an aligned environment."""
    L, G = _latex_parts(problem)
    if not problem.is_set_valued:
        return _aligned([f"L(x, u) &= {L}", f"G(z) &= {G}"])
    x, u = (_latex_name(v, name) for v, name in ((problem.primal, "x"), (problem.dual, "u")))
    conditions = []
    for key, term in carried(problem).items():
        primal = key.startswith("primal")
        shown = term.to_latex(x if primal else u)
        if term.is_set:
            conditions.append(shown)
        else:
            L += f" {'+' if primal else '-'} {shown}"
    lines = [rf"\min_{{{x}}} \max_{{{u}}} \quad & {L}"]
    lines += [rf"\text{{subject to}} \quad & {conditions[0]}"] if conditions else []
    return _aligned([*lines, *(f"& {condition}" for condition in conditions[1:])])


def carried(problem: SaddleProblem) -> dict[str, Term]:
    """Return what the players carry, each under its keyword, such as ``primal_set``."""
    backend = problem.backend
    if not isinstance(backend, SetValuedOperator):
        return {}
    players = {"primal": backend.primal_terms, "dual": backend.dual_terms}
    return {
        f"{player}_{'set' if term.is_set else 'term'}": term
        for player, terms in players.items()
        for term in terms
    }


def _size(problem: SaddleProblem) -> str:
    kind = "affine" if problem.is_affine else "not affine"
    kind = "set-valued" if problem.is_set_valued else kind
    return f"{problem.n} primal and {problem.m} dual variables; G is {kind}"


def _aligned(lines: list[str]) -> str:
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _latex_parts(problem: SaddleProblem) -> tuple[str, str]:
    if problem.L is not None:
        G = sympy.latex(sympy.Matrix(problem.expressions)) if problem.expressions else ""
        return sympy.latex(problem.L), G
    if problem.is_affine:
        return MATRIX_FORM, rf"M z + q, \quad z \in \mathbb{{R}}^{{{problem.d}}}"
    unknown = "L(x, u)" if problem.is_set_valued else r"\text{not given}"
    return unknown, rf"\text{{a function on }} \mathbb{{R}}^{{{problem.d}}}"


def _latex_name(variables: tuple[Any, ...], otherwise: str) -> str:
    """One variable by its name, several as a row; `otherwise` if they have no names."""
    names = ", ".join(sympy.latex(v) for v in variables)
    return f"({names})" if len(variables) > 1 else names or otherwise


def _names(variables: tuple[Any, ...]) -> str:
    return _cut(", ".join(str(v) for v in variables), 60)


def _cut(text: str, length: int = LONGEST) -> str:
    return text if len(text) <= length else text[: length - 2] + " …"
