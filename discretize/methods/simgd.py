"""SimGD: simultaneous gradient descent-ascent, the explicit Euler method on the gradient flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..method import State
from ..operators import Operator, backward
from ..power_law import StepConditions, step_conditions
from ..schedules import at
from .gradient_steps import GradientSteps


@dataclass(frozen=True)
class SimGD(GradientSteps):
    """Simultaneous gradient descent-ascent (simGD).

    ``z^{k+1} = z^k − α G(z^k)``. For μ-strongly monotone R-Lipschitz G it converges when
    ``α < 2μ/R²``; on bilinear problems it diverges for every fixed α > 0. With a stochastic
    oracle and ``Σα_k = ∞``, ``Σα_k² < ∞`` it is SSSGD, which converges almost surely when L is
    strictly convex in x for all u (Theorem 1; see `theorem1` for the steps).

    On sets and terms, G = F + A, it is the projected or proximal gradient method
    ``z^{k+1} = (I + αA)⁻¹(z^k − α F(z^k))``, which converges when ``α < 2μ/R²`` for μ-strongly
    monotone R-Lipschitz F (the same contraction, as backward steps expand nothing). At kinks of L
    it is the subgradient method.

    Source: Ryu, Yuan, Yin 2019, Section 2.

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
    >>> method = SimGD(alpha=0.5)
    >>> method.step(lambda z: 2 * z, state=(3.0,), k=0)
    (0.0,)
    """

    name: ClassVar[str] = "simgd"
    title: ClassVar[str] = "simultaneous gradient descent-ascent"
    formula: ClassVar[str] = r"z^{k+1} = z^k - \alpha G(z^k)"
    source: ClassVar[str] = "Ryu, Yuan, Yin 2019, Section 2"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.125}

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1},) from (z^k,)."""
        (z,) = state
        alpha = at(self.alpha, k)
        return (backward(G, z - alpha * G(z), alpha),)

    def theorem1(self) -> StepConditions:
        """Return whether the steps satisfy the conditions of Theorem 1, Σα_k = ∞ and Σα_k² < ∞.

        Decided for constants and power laws; unknown for other functions of k. The other
        conditions, on L and on the oracle, are the problem's matter.

        Examples
        --------
        >>> from saddleode.discretize.power_law import PowerLaw
        >>> SimGD(PowerLaw(1, 0.6)).theorem1().holds, SimGD(PowerLaw(1, 0.5)).theorem1().holds
        (True, False)
        """
        return step_conditions(self.alpha)
