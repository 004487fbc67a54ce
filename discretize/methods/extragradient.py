"""The extragradient method: step with the value of G found at the end of a trial step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..method import State
from ..operators import Operator, backward
from ..schedules import at
from .gradient_steps import GradientSteps


@dataclass(frozen=True)
class Extragradient(GradientSteps):
    """Extragradient method.

    ``h^k = P(z^k − α G(z^k))``, ``z^{k+1} = P(z^k − α G(h^k))``, with P the identity; with sets P
    is the projection on them, with terms the proximal map with step α. For monotone R-Lipschitz
    G and αR < 1 it converges; without sets and terms ``‖G(z^k)‖`` never increases and
    ``‖G(z^k)‖² ≤ ‖z^0 − z*‖²/(α²(1 − α²R²)(k+1))`` (derived in this project).

    Source: Korpelevich 1976.

    Parameters
    ----------
    alpha : real number, SymPy expression, or function of k with such values, > 0
        Learning rate α, or the schedule α_k.

    Raises
    ------
    ProblemError
        α is outside its range.

    Examples
    --------
    >>> Extragradient(1).step(lambda z: 10 * z, state=(3,), k=0)  # h = −27
    (273,)
    """

    name: ClassVar[str] = "extragradient"
    title: ClassVar[str] = "extragradient method"
    formula: ClassVar[str] = r"h^k = P(z^k - \alpha G(z^k)), \quad z^{k+1} = P(z^k - \alpha G(h^k))"
    source: ClassVar[str] = "Korpelevich 1976"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.5}

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1},) from (z^k,)."""
        (z,) = state
        alpha = at(self.alpha, k)
        h = backward(G, z - alpha * G(z), alpha)
        return (backward(G, z - alpha * G(h), alpha),)
