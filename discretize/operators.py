"""What a method may ask of the saddle operator: values, and where it must, a little more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from ..flows.errors import ProblemError

Operator = Callable[[Any], Any]
"""The saddle operator G as every method sees it: a point in, a value out."""


@runtime_checkable
class ResolventOperator(Protocol):
    """Operator with a resolvent, that is, with implicit steps."""

    def __call__(self, z: Any) -> Any:
        """Return G(z)."""

    def resolvent(self, z: Any, step: Any) -> Any:
        """Return J_s(z) = (I + sG)⁻¹(z) for s = `step`."""


@runtime_checkable
class BlockOperator(Protocol):
    """Operator by players: the values of one player, with zeros for the other."""

    def __call__(self, z: Any) -> Any:
        """Return G(z)."""

    def primal(self, z: Any) -> Any:
        """Return (∂_x L(z), 0)."""

    def dual(self, z: Any) -> Any:
        """Return (0, −∂_u L(z))."""


@runtime_checkable
class CoordinateOperator(Protocol):
    """Operator whose points and values have coordinates: arrays, not formal vectors."""

    def __call__(self, z: Any) -> Any:
        """Return G(z)."""

    def coordinatewise(self, f: Callable[..., Any], *vectors: Any) -> Any:
        """Return the vector with coordinates f(v_i, w_i, …) of vectors v, w, …."""


@runtime_checkable
class SplitOperator(Protocol):
    """Operator G = F + A: F by its values, A (the players' sets and terms) by backward steps."""

    def __call__(self, z: Any) -> Any:
        """Return F(z)."""

    def backward(self, z: Any, step: Any) -> Any:
        """Return (I + sA)⁻¹(z) for s = `step`, a number or a pair with one for each player.

        It is the projection on the sets, and the proximal map of the terms.
        """


def with_resolvent(G: Operator, method: object) -> ResolventOperator:
    """Return `G` as an operator with a resolvent, for a method that needs it.

    Raises
    ------
    ProblemError
        `G` has none.

    Examples
    --------
    >>> from saddleode.discretize.methods.proximal import ProximalPoint
    >>> with_resolvent(abs, ProximalPoint(1))
    Traceback (most recent call last):
    saddleode.flows.errors.ProblemError: ProximalPoint needs the resolvent of G, which is ...
    """
    if isinstance(G, ResolventOperator):
        return G
    raise ProblemError(
        f"{type(method).__name__} needs the resolvent of G, which is missing here: problems and "
        "GaussianNoise have it, functions and other oracles do not; run it on a problem, or use "
        "Extragradient"
    )


def by_players(G: Operator, method: object) -> BlockOperator:
    """Return `G` as an operator by players, for a method that needs it.

    Raises
    ------
    ProblemError
        `G` does not know the players apart.
    """
    if isinstance(G, BlockOperator):
        return G
    raise ProblemError(
        f"{type(method).__name__} needs G by players, G.primal and G.dual, which are missing "
        "here: run it on a problem; its linear reading is state_matrix, of a matrix in blocks"
    )


def by_coordinates(G: Operator, method: object) -> CoordinateOperator:
    """Return `G` as an operator on arrays, for a method that works coordinate by coordinate.

    Raises
    ------
    ProblemError
        Points are not arrays.
    """
    if isinstance(G, CoordinateOperator):
        return G
    raise ProblemError(
        f"{type(method).__name__} works coordinate by coordinate and needs arrays: it has no "
        "linear, symbolic, oracle or series reading; run it with iterate"
    )


def backward(G: Operator, z: Any, step: Any) -> Any:
    """Backward step ``(I + sA)⁻¹(z)`` of G = F + A, see `SplitOperator`; `z` itself if A = 0.

    Examples
    --------
    >>> backward(abs, 3, step=0.5)
    3
    """
    resolvent = getattr(G, "backward", None)
    return z if resolvent is None else resolvent(z, step)


def require_split(method: Any) -> None:
    """Refuse a method that has no form for sets and terms.

    Raises
    ------
    ProblemError
        With methods that have one.
    """
    if not method.splits:
        raise ProblemError(
            f"{type(method).__name__} has no projected or proximal form, and the players have "
            "sets or terms; use e.g. Extragradient, OGDA, AnchoredSimGD or Halpern"
        )
