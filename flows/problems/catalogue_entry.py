"""What an entry of the catalogue of problems says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .problem import SaddleProblem

HERE = "made for this project"


@dataclass(frozen=True)
class CatalogueEntry:
    """One problem of the catalogue.

    Parameters
    ----------
    name : str
        Key for `named_problem` and the command line.
    title : str
        One line: what is special about it.
    formula : str
        L as text, in the grammar of `parse_expression` when it has no free parameters.
    build : callable
        Makes the problem; keyword arguments, where there are any, have defaults.
    start : tuple of float
        A good starting point z0 for the problem made with these defaults.
    source : str
        Where it comes from.
    convex_concave : bool
        Whether L is convex in x and concave in u, so that the theorems apply.
    """

    name: str
    title: str
    formula: str
    build: Callable[..., SaddleProblem]
    start: tuple[float, ...]
    source: str
    convex_concave: bool


def entry(
    build: Callable[..., SaddleProblem],
    title: str,
    formula: str,
    start: tuple[float, ...],
    source: str,
    convex_concave: bool = True,
) -> CatalogueEntry:
    """Entry named after the function that builds the problem."""
    name = build.__name__.replace("_", "-")
    return CatalogueEntry(name, title, formula, build, start, source, convex_concave)
