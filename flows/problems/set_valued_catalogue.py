"""Problems of the catalogue whose operator is set-valued: kinks, and games on simplices."""

from __future__ import annotations

import numpy as np

from ..terms.simplex import Simplex
from .catalogue_entry import HERE, CatalogueEntry, entry
from .points import Array
from .problem import SaddleProblem

CLASSIC = "a classic of game theory"


def absolute() -> SaddleProblem:
    """Absolute values L = |x| − |u|: the flow is at the saddle point 0 at t = max(|x0|, |u0|)."""
    return SaddleProblem("abs(x) - abs(u)", "x", "u", name="absolute", nearest_saddle=np.zeros_like)


def kink() -> SaddleProblem:
    """Rotation with a kink, L = |x| + x u; saddle points: all of {0} × [−1, 1].

    The flow goes along arcs about (0, ∓1) until it meets x = 0 with |u| ≤ 1, where it stays.
    """
    return SaddleProblem("abs(x) + x*u", "x", "u", name="kink", nearest_saddle=_on_kink)


def flat() -> SaddleProblem:
    """Flat bottom, L = max(|x| − 1, 0) − max(|u| − 1, 0); saddle points: all of [−1, 1]²."""
    L = "max(abs(x) - 1, 0) - max(abs(u) - 1, 0)"
    return SaddleProblem(L, "x", "u", name="flat", nearest_saddle=_on_square)


def matching_pennies() -> SaddleProblem:
    """Game of matching pennies on simplices; at the saddle point each has probability ½."""
    return _game([[1, -1], [-1, 1]], "matching-pennies")


def rock_paper_scissors() -> SaddleProblem:
    """Game of rock, paper, scissors on simplices; at the saddle point each has probability ⅓."""
    return _game([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], "rock-paper-scissors")


def _game(payoff: list[list[int]], name: str) -> SaddleProblem:
    """Game ``min_x max_u xᵀA u`` whose only equilibrium is that all moves are equally likely."""
    return SaddleProblem.bilinear(
        payoff,
        primal_set=Simplex(),
        dual_set=Simplex(),
        name=name,
        nearest_saddle=_all_alike,
    )


def _all_alike(z: Array) -> Array:
    return np.full_like(z, 2 / z.shape[-1])


def _on_kink(z: Array) -> Array:
    return np.stack([np.zeros(z.shape[:-1]), np.clip(z[..., 1], -1.0, 1.0)], axis=-1)


def _on_square(z: Array) -> Array:
    return np.asarray(np.clip(z, -1.0, 1.0))


SET_VALUED: tuple[CatalogueEntry, ...] = (
    entry(absolute, "absolute values", "abs(x) - abs(u)", (1.5, -2.0), HERE),
    entry(kink, "rotation with a kink", "abs(x) + x*u", (3.0, 2.0), HERE),
    entry(
        flat, "a square of saddle points", "max(abs(x) - 1, 0) - max(abs(u) - 1, 0)", (3, -2), HERE
    ),
    entry(
        matching_pennies,
        "matching pennies on simplices",
        "(x1 - x2)*(u1 - u2)",
        (1.0, 0.0, 0.0, 1.0),
        CLASSIC,
    ),
    entry(
        rock_paper_scissors,
        "rock, paper, scissors on simplices",
        "x1*(u3 - u2) + x2*(u1 - u3) + x3*(u2 - u1)",
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        CLASSIC,
    ),
)
"""In the order in which they are shown."""
