"""Monotone operators and those with more: strongly monotone, Lipschitz, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.parameter_range import require_nonnegative, require_positive
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .operator_class import DifferenceClass


@dataclass(frozen=True)
class Monotone(DifferenceClass):
    """Monotone operators: ``⟨G(a) − G(b), a − b⟩ ≥ 0``.

    The saddle operator of every convex-concave function is one. Source: Minty 1962.

    Examples
    --------
    >>> z, g = Vector.generator("z"), Vector.generator("g")
    >>> print(Monotone().inequalities(z, g)["MON"])
    ⟨g, z⟩
    """

    name: ClassVar[str] = "monotone"
    extends: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return "monotone operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return MON: ⟨g, z⟩ ≥ 0."""
        return {"MON": g @ z}


@dataclass(frozen=True)
class StronglyMonotone(DifferenceClass):
    """Strongly monotone operators: ``⟨G(a) − G(b), a − b⟩ ≥ μ‖a − b‖²``.

    Source: Bauschke, Combettes 2017, Definition 22.1.

    Parameters
    ----------
    mu : int, Fraction or SymPy expression
        The constant μ.
    """

    mu: Any

    name: ClassVar[str] = "strongly-monotone"
    extends: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return f"({scalar_text(self.mu)})-strongly monotone operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return MON: ⟨g, z⟩ − μ‖z‖² ≥ 0."""
        return {"MON": g @ z - self.mu * (z @ z)}


@dataclass(frozen=True)
class Lipschitz(DifferenceClass):
    """Lipschitz operators, monotone or not: ``‖G(a) − G(b)‖ ≤ R‖a − b‖``.

    Parameters
    ----------
    R : int, Fraction or SymPy expression, ≥ 0
        The Lipschitz constant.

    Raises
    ------
    ProblemError
        R is negative.
    """

    R: Any

    name: ClassVar[str] = "lipschitz"
    extends: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_nonnegative("R", self.R)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return f"({scalar_text(self.R)})-Lipschitz operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return LIP: R²‖z‖² − ‖g‖² ≥ 0."""
        return {"LIP": self.R**2 * (z @ z) - g @ g}


@dataclass(frozen=True)
class LipschitzMonotone(DifferenceClass):
    """Monotone R-Lipschitz operators: also ``‖G(a) − G(b)‖ ≤ R‖a − b‖``.

    Parameters
    ----------
    R : int, Fraction or SymPy expression
        The Lipschitz constant.

    Raises
    ------
    ProblemError
        R is negative.
    """

    R: Any

    name: ClassVar[str] = "lipschitz-monotone"

    def __post_init__(self) -> None:
        require_nonnegative("R", self.R)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        return f"monotone ({scalar_text(self.R)})-Lipschitz operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return MON: ⟨g, z⟩ ≥ 0 and LIP: R²‖z‖² − ‖g‖² ≥ 0."""
        return {"MON": g @ z, "LIP": self.R**2 * (z @ z) - g @ g}


@dataclass(frozen=True)
class LipschitzStronglyMonotone(DifferenceClass):
    """Strongly monotone R-Lipschitz operators; μ ≤ R, or there is none.

    Parameters
    ----------
    mu : int, Fraction or SymPy expression, > 0
        The constant μ of strong monotonicity.
    R : int, Fraction or SymPy expression, ≥ μ
        The Lipschitz constant.

    Raises
    ------
    ProblemError
        μ is not positive, or R is negative.
    """

    mu: Any
    R: Any

    name: ClassVar[str] = "lipschitz-strongly-monotone"

    def __post_init__(self) -> None:
        require_positive("mu", self.mu)
        require_nonnegative("R", self.R)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        mu, R = scalar_text(self.mu), scalar_text(self.R)
        return f"({mu})-strongly monotone ({R})-Lipschitz operator"

    def inequalities(self, z: Vector, g: Vector) -> Mapping[str, Form]:
        """Return MON: ⟨g, z⟩ − μ‖z‖² ≥ 0 and LIP: R²‖z‖² − ‖g‖² ≥ 0."""
        return {"MON": g @ z - self.mu * (z @ z), "LIP": self.R**2 * (z @ z) - g @ g}
