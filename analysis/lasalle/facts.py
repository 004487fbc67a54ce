"""Polynomials that vanish on a limit set, each with the rule by which that follows.

Ω is the limit set of a trajectory: compact, invariant, and every V that never increases is
constant on it. A polynomial that vanishes on Ω does so along all trajectories in Ω.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..sos.decomposition import Square
from ..sos.polynomials import Polynomial
from .ideals import Ideal
from .setting import Setting


class Rule(Protocol):
    """Why a polynomial vanishes on the limit set."""

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Whether p vanishes wherever the earlier polynomials do all along a trajectory."""

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words; `numbers` name the earlier polynomials."""


@dataclass(frozen=True)
class Fact:
    """A polynomial that vanishes on the limit set, by a rule; its leading coefficient is 1."""

    polynomial: Polynomial
    rule: Rule

    def __post_init__(self) -> None:
        object.__setattr__(self, "polynomial", self.polynomial.monic())


@dataclass(frozen=True)
class FromConvexity:
    """It vanishes where V̇ = 0 for V = ½‖W − c‖², as L is convex-concave, or as G(c) = 0.

    Parameters
    ----------
    reason : str
        In words.
    """

    reason: str

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Whether the polynomial is one of those of the setting."""
        return (self.reason, p) in [*setting.equalities, *setting.equations]

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words."""
        return self.reason


@dataclass(frozen=True)
class FromSquares:
    """It is a square in −V̇ = Σ q_j ℓ_j²; the certificate compares it with that identity."""

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Nothing to check here."""
        return True

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words."""
        return "a square in −V̇"


@dataclass(frozen=True)
class Derivative:
    """It is the derivative of an earlier one along the flow, reduced by the earlier ones.

    Parameters
    ----------
    of : int
        Index of that one.
    """

    of: int

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Whether the remainder of the derivative is a multiple of p."""
        if self.of not in range(len(earlier)):
            return False
        ideal = Ideal.of(p.ring, earlier)
        rest = ideal.reduced(setting.derivative(earlier[self.of]))
        return bool(rest.monic() == p)

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words."""
        return f"derivative of {numbers[self.of]}"


@dataclass(frozen=True)
class Root:
    """A power of it lies in the ideal of the earlier ones.

    Parameters
    ----------
    power : int
        The power, at least 1.
    """

    power: int

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Whether that power lies in the ideal."""
        return self.power >= 1 and p**self.power in Ideal.of(p.ring, earlier)

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words."""
        return "follows from those before" if self.power == 1 else f"its power {self.power} follows"


@dataclass(frozen=True)
class InSumOfSquares:
    """It is squared in a sum Σ q_j ℓ_j², q_j > 0, that lies in the ideal of the earlier ones.

    Parameters
    ----------
    squares : tuple of Square
        The sum.
    """

    squares: tuple[Square, ...]

    def allows(self, p: Polynomial, earlier: Sequence[Polynomial], setting: Setting) -> bool:
        """Whether p occurs in the sum, and the sum lies in the ideal."""
        plain = all(square.weight > 0 and not square.factors for square in self.squares)
        total = sum((square.expanded() for square in self.squares), p.ring.zero)
        occurs = any(square.polynomial.monic() == p for square in self.squares)
        return plain and occurs and total in Ideal.of(p.ring, earlier)

    def about(self, numbers: Sequence[str]) -> str:
        """Return the rule in words."""
        return "squared in a sum of squares that vanishes"
