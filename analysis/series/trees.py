"""Rooted trees with coloured vertices, and how one is grafted onto another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from math import factorial, prod
from types import MappingProxyType
from typing import NamedTuple


class Tree(NamedTuple):
    """Rooted tree in canonical form: its branches are sorted. `tree` makes one.

    A vertex G with branches τ_1, …, τ_m stands for the elementary differential
    ``F(τ) = D^mG(F(τ_1), …, F(τ_m))``. The players' parts Gx = (∂_x L, 0) and Gu = (0, −∂_u L)
    are colours of their own; `ANCHOR` and `VELOCITY` are leaves that are no values of G.

    Attributes
    ----------
    colour : str
        Colour of the root, one of `COLOURS`.
    branches : tuple of Tree
        What hangs on the root.
    """

    colour: str
    branches: tuple[Tree, ...] = ()


ANCHOR = Tree("e")
"""The leaf ``e = Z − Z0``: the distance to the anchor, whose derivative is the identity."""

VELOCITY = Tree("w")
"""The leaf ``w = Ż``, where the velocity is an unknown of its own."""

COLOURS = ("G", "Gx", "Gu", ANCHOR.colour, VELOCITY.colour)
"""All colours."""


def tree(colour: str, branches: Iterable[Tree] = ()) -> Tree:
    """Tree with this root and these branches, in any order.

    Examples
    --------
    >>> leaf = tree("G")
    >>> tree("G", [tree("G", [leaf]), leaf]) == tree("G", [leaf, tree("G", [leaf])])
    True
    """
    return Tree(colour, tuple(sorted(branches)))


@cache
def vertices(tau: Tree) -> int:
    """Return the number |τ| of vertices.

    Examples
    --------
    >>> vertices(tree("G", [tree("G"), ANCHOR]))
    3
    """
    return 1 + sum(map(vertices, tau.branches))


@cache
def anchors(tau: Tree) -> int:
    """Return the number of leaves e."""
    return (tau == ANCHOR) + sum(map(anchors, tau.branches))


@cache
def symmetry(tau: Tree) -> int:
    """Return the symmetry coefficient σ(τ): the number of automorphisms of the tree.

    Examples
    --------
    >>> symmetry(tree("G", [tree("G")] * 3))
    6
    """
    counted = Counter(tau.branches).items()
    return prod(factorial(count) * symmetry(branch) ** count for branch, count in counted)


@cache
def graft(scion: Tree, stock: Tree) -> Mapping[Tree, int]:
    """Differentiate F(stock) in the direction of F(scion): tree -> how often it occurs.

    By the product rule the scion is grafted in turn onto every vertex of the stock, as one
    more branch; it takes the place of a leaf e, of which the derivative is the identity.

    Examples
    --------
    >>> leaf = tree("G")
    >>> for tau, count in graft(leaf, tree("G", [leaf, leaf])).items():
    ...     print(count, tau == tree("G", [leaf, leaf, leaf]))
    1 True
    2 False
    """
    if stock == ANCHOR:
        return MappingProxyType({scion: 1})
    if stock == VELOCITY:
        return MappingProxyType({})
    found = Counter({tree(stock.colour, (*stock.branches, scion)): 1})
    for i, branch in enumerate(stock.branches):
        others = stock.branches[:i] + stock.branches[i + 1 :]
        for grown, count in graft(scion, branch).items():
            found[tree(stock.colour, (*others, grown))] += count
    return MappingProxyType(dict(found))
