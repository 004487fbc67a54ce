"""Operators known by ``⟨Δg, Δz⟩`` against ``‖Δg‖²``: cocoercive, and negatively comonotone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.parameter_range import require_nonnegative
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .operator_class import DifferenceClass


@dataclass(frozen=True)
class Cocoercive(DifferenceClass):
    """Cocoercive operators: ``⟨G(a) − G(b), a − b⟩ ≥ c‖G(a) − G(b)‖²``.

    Yosida approximations and gradients of smooth convex functions are. ``I − T`` is
    ½-cocoercive exactly when T is non-expansive. Source: Bauschke, Combettes 2017,
    Definition 4.10.

    Parameters
    ----------
    c : int, Fraction or SymPy expression, ≥ 0
        The constant c.

    Raises
    ------
    ProblemError
        c is negative.
    """

    c: Any

    name: ClassVar[str] = "cocoercive"
    extends: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_nonnegative("c", self.c)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return f"({scalar_text(self.c)})-cocoercive operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return COC: ⟨g, z⟩ − c‖g‖² ≥ 0."""
        return {"COC": g @ z - self.c * (g @ g)}


@dataclass(frozen=True)
class NegativelyComonotone(DifferenceClass):
    """Negatively comonotone operators: ``⟨G(a) − G(b), a − b⟩ ≥ −ρ‖G(a) − G(b)‖²``.

    ρ = 0 is monotone; ρ > 0 allows saddle functions that are not convex-concave. Source:
    Bauschke, Moursi, Wang 2021 (cohypomonotone operators: Combettes, Pennanen 2004).

    Parameters
    ----------
    rho : int, Fraction or SymPy expression, ≥ 0
        The constant ρ.

    Raises
    ------
    ProblemError
        ρ is negative.
    """

    rho: Any

    name: ClassVar[str] = "negatively-comonotone"
    extends: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_nonnegative("rho", self.rho)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return f"({scalar_text(self.rho)})-negatively comonotone operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return COM: ⟨g, z⟩ + ρ‖g‖² ≥ 0."""
        return {"COM": g @ z + self.rho * (g @ g)}


@dataclass(frozen=True)
class LipschitzNegativelyComonotone(DifferenceClass):
    """Negatively comonotone operators that are R-Lipschitz: the class of FEG (Lee, Kim 2021).

    Parameters
    ----------
    rho : int, Fraction or SymPy expression, ≥ 0
        The constant ρ.
    R : int, Fraction or SymPy expression
        The Lipschitz constant.

    Raises
    ------
    ProblemError
        ρ or R is negative.
    """

    rho: Any
    R: Any

    name: ClassVar[str] = "lipschitz-negatively-comonotone"

    def __post_init__(self) -> None:
        require_nonnegative("rho", self.rho)
        require_nonnegative("R", self.R)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        rho, R = scalar_text(self.rho), scalar_text(self.R)
        return f"({rho})-negatively comonotone ({R})-Lipschitz operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return COM: ⟨g, z⟩ + ρ‖g‖² ≥ 0 and LIP: R²‖z‖² − ‖g‖² ≥ 0."""
        return {"COM": g @ z + self.rho * (g @ g), "LIP": self.R**2 * (z @ z) - g @ g}
