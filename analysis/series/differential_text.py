"""Elementary differentials as text: ``D²G(G, DG·G)`` in Unicode, in LaTeX, and as nested lists."""

from __future__ import annotations

from typing import Any

from .trees import Tree

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def differential_text(tau: Tree) -> str:
    """Write the elementary differential of a tree in Unicode.

    Examples
    --------
    >>> from saddleode.analysis.series.trees import ANCHOR, tree
    >>> leaf = tree("G")
    >>> print(differential_text(tree("G", [leaf, tree("G", [ANCHOR])])))
    D²G(G, DG·e)
    """
    parts = [differential_text(branch) for branch in tau.branches]
    if len(parts) < 2:
        return f"D{tau.colour}·{parts[0]}" if parts else tau.colour
    power = str(len(parts)).translate(_SUPERSCRIPTS)
    return f"D{power}{tau.colour}({', '.join(parts)})"


def differential_latex(tau: Tree) -> str:
    r"""Write the elementary differential of a tree in LaTeX.

    Examples
    --------
    >>> from saddleode.analysis.series.trees import tree
    >>> leaf = tree("Gx")
    >>> print(differential_latex(tree("Gu", [leaf, leaf])), differential_latex(tree("G", [leaf])))
    D^{2} G_u(G_x, G_x) DG \, G_x
    """
    root = tau.colour[0] + (f"_{tau.colour[1:]}" if tau.colour[1:] else "")
    parts = [differential_latex(branch) for branch in tau.branches]
    if len(parts) < 2:
        return rf"D{root} \, {parts[0]}" if parts else root
    return f"D^{{{len(parts)}}} {root}({', '.join(parts)})"


def nested(tau: Tree) -> list[Any]:
    """Tree as nested lists, each with its colour first.

    Examples
    --------
    >>> from saddleode.analysis.series.trees import tree
    >>> nested(tree("G", [tree("G"), tree("e")]))
    ['G', ['G'], ['e']]
    """
    return [tau.colour, *map(nested, tau.branches)]
