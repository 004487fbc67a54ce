"""OGDA and Popov's method: one new evaluation a step, with the last one as a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..method import State
from ..operators import Operator, backward
from ..schedules import at
from .gradient_steps import GradientSteps


@dataclass(frozen=True)
class OGDA(GradientSteps):
    """Optimistic gradient descent-ascent (OGDA): SimGD-O with both rates equal.

    ``z^{k+1} = z^k − 2α G(z^k) + α G(z^{k−1})``, ``z^{−1} = z^0``. It converges for every monotone
    R-Lipschitz G exactly when ``αR < 1/√3`` (derived in this project; rotations are the worst
    case). Here α tends to 0 as a whole, so the flow behind it is the gradient flow; with an
    optimism rate that stays, it is `OptimisticSimGD`.

    On sets and terms, G = F + A, it is the forward-reflected-backward method
    ``z^{k+1} = (I + αA)⁻¹(z^k − 2α F(z^k) + α F(z^{k−1}))``, which converges for ``αR < 1/2``
    (Malitsky, Tam 2020); `PastExtragradient` is the other form that respects constraints.

    Source: Popov 1980; Daskalakis, Ilyas, Syrgkanis, Zeng 2018.

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
    >>> OGDA(1).step(lambda z: 10 * z, state=(3, 20), k=0)  # 3 − 2·30 + 20
    (-37, 30)
    """

    name: ClassVar[str] = "ogda"
    title: ClassVar[str] = "optimistic gradient descent-ascent"
    formula: ClassVar[str] = r"z^{k+1} = z^k - 2 \alpha G(z^k) + \alpha G(z^{k-1})"
    source: ClassVar[str] = "Popov 1980; Daskalakis, Ilyas, Syrgkanis, Zeng 2018"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.25}

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, G(z^{−1})) with z^{−1} = z^0."""
        return z0, G(z0)

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, G(z^k)) from (z^k, G(z^{k−1}))."""
        z, g_previous = state
        g, alpha = G(z), at(self.alpha, k)
        return backward(G, z - 2 * alpha * g + alpha * g_previous, alpha), g


@dataclass(frozen=True)
class PastExtragradient(GradientSteps):
    """Past extragradient method (Popov), the form of OGDA made for constraints.

    ``h^k = P(z^k − α g^{k−1})``, ``g^k = G(h^k)``, ``z^{k+1} = P(z^k − α g^k)`` with
    ``g^{−1} = G(z^0)`` and P the identity; with sets P is the projection on them, with terms the
    proximal map with step α. Without both h^{k+1} = h^k − 2αg^k + αg^{k−1}, which is OGDA for h:
    the same region ``αR < 1/√3`` (derived in this project).

    Source: Popov 1980.

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
    >>> PastExtragradient(1).step(lambda z: 10 * z, state=(3, 20), k=0)  # h = −17
    (173, -170)
    """

    name: ClassVar[str] = "past-extragradient"
    title: ClassVar[str] = "past extragradient method"
    formula: ClassVar[str] = (
        r"h^k = P(z^k - \alpha G(h^{k-1})), \quad z^{k+1} = P(z^k - \alpha G(h^k))"
    )
    source: ClassVar[str] = "Popov 1980"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.25}

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, g^{−1}) with g^{−1} = G(z^0)."""
        return z0, G(z0)

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, g^k) from (z^k, g^{k−1})."""
        z, g_previous = state
        alpha = at(self.alpha, k)
        g = G(backward(G, z - alpha * g_previous, alpha))
        return backward(G, z - alpha * g, alpha), g
