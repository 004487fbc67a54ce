"""Weak Minty: an inequality that holds against one zero of the operator, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.parameter_range import require_nonnegative
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .operator_class import Point


@dataclass(frozen=True)
class WeakMinty:
    """Lipschitz operators with a weak Minty solution z*: ``⟨G(z), z − z*⟩ ≥ −(ρ/2)‖G(z)‖²``.

    It compares z with z* alone: nothing is said of two other points, nor of ⟨Ġ, Ż⟩. The
    operator is R-Lipschitz. Source: Diakonikolas, Daskalakis, Jordan 2021.

    Parameters
    ----------
    rho : int, Fraction or SymPy expression, ≥ 0
        The constant ρ; 0 is the Minty condition.
    R : int, Fraction or SymPy expression
        The Lipschitz constant.

    Raises
    ------
    ProblemError
        ρ or R is negative.
    """

    rho: Any
    R: Any

    name: ClassVar[str] = "weak-minty"
    equalities: ClassVar[frozenset[str]] = frozenset()
    extends: ClassVar[bool] = False

    def __post_init__(self) -> None:
        require_nonnegative("rho", self.rho)
        require_nonnegative("R", self.R)

    @property
    def title(self) -> str:
        """How a sentence names a member."""
        rho, R = scalar_text(self.rho), scalar_text(self.R)
        return f"({R})-Lipschitz operator of weak Minty constant {rho}, with z* as that solution,"

    def between(self, a: Point, b: Point) -> Mapping[str, Form]:
        """Return LIP, and MINTY: ⟨g, z − z*⟩ + (ρ/2)‖g‖² ≥ 0 if `b` is a zero."""
        lipschitz = {"LIP": self._lipschitz(a.z - b.z, a.g - b.g)}
        if not b.is_zero:
            return lipschitz
        return {"MINTY": a.g @ (a.z - b.z) + self.rho * (a.g @ a.g) / 2, **lipschitz}

    def along(self, point: Point, z_dot: Vector, g_dot: Vector) -> Mapping[str, Form]:
        """Return LIP of the derivatives."""
        return {"LIP": self._lipschitz(z_dot, g_dot)}

    def read(self, form: Form) -> Form:
        """Return the form itself."""
        return form

    def _lipschitz(self, z: Vector, g: Vector) -> Form:
        form: Form = self.R**2 * (z @ z) - g @ g
        return form
