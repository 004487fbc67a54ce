"""SimGD-O: simGD corrected by how much the operator has just changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.errors import ProblemError
from ...flows.optimistic import OptimisticFlow
from ..method import State
from ..operators import Operator, backward
from ..schedules import (
    at,
    elapsed,
    require_nonnegative_schedule,
    require_positive_schedule,
)


@dataclass(frozen=True)
class OptimisticSimGD:
    """Optimistic simultaneous gradient descent-ascent (SimGD-O), with its own optimism rate.

    ``z^{k+1} = z^k − α G(z^k) − β (G(z^k) − G(z^{k−1}))``, ``z^{−1} = z^0``; α = β is OGDA. It
    converges for ``0 < α < 2β(1 − 2βR)`` (Theorem 2), and for every monotone R-Lipschitz G
    exactly when ``α < 2β(1 − β²R²)/(1 + β²R²)`` (derived in this project). The value G(z^{k−1})
    is kept from the step before: a stochastic oracle is asked once a step, and its sample reused.

    With additive noise and rates α_k ~ k^{−p}, β_k ~ k^{−q} there is no theorem. On L = xu the
    exact second moments tend to 0 where they were computed with 0 < q < p and p + q ≤ 1, and do
    not for q = 0, for q ≥ p and for p + q > 1 (Figure 2 of the source; a heuristic of this
    project, with `exact_moments` at single points).

    On sets and terms, G = F + A, it is the forward-reflected-backward method
    ``z^{k+1} = (I + αA)⁻¹(z^k − α F(z^k) − β (F(z^k) − F(z^{k−1})))``, which converges for α = β,
    monotone R-Lipschitz F and ``αR < 1/2`` (Malitsky, Tam 2020).

    Source: Ryu, Yuan, Yin 2019, Section 3.

    Parameters
    ----------
    alpha : real number, SymPy expression, or function of k with such values, > 0
        Learning rate α, or the schedule α_k.
    beta : real number, SymPy expression, or function of k with such values, ≥ 0
        Optimism rate β, or the schedule β_k; it stays as it is when α tends to 0.

    Raises
    ------
    ProblemError
        A rate is outside its range.

    Examples
    --------
    >>> method = OptimisticSimGD(alpha=1, beta=2)
    >>> method.step(lambda z: 10 * z, state=(3, 20), k=0)  # 3 − 1·30 − 2·(30 − 20)
    (-47, 30)
    """

    alpha: Any
    beta: Any

    name: ClassVar[str] = "simgd-o"
    title: ClassVar[str] = "optimistic simultaneous gradient descent-ascent"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - \alpha G(z^k) - \beta \bigl(G(z^k) - G(z^{k-1})\bigr)"
    )
    source: ClassVar[str] = "Ryu, Yuan, Yin 2019, Section 3"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.125, "beta": 0.25}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive_schedule("alpha", self.alpha)
        require_nonnegative_schedule("beta", self.beta)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, G(z^{−1})) with z^{−1} = z^0."""
        return z0, G(z0)

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, G(z^k)) from (z^k, G(z^{k−1}))."""
        z, g_previous = state
        g, alpha = G(z), at(self.alpha, k)
        return backward(G, z - alpha * g - at(self.beta, k) * (g - g_previous), alpha), g

    def flow(self) -> OptimisticFlow:
        """Return the optimistic flow Ż = −G(Z) − β d/dt G(Z).

        Raises
        ------
        ProblemError
            β changes with k: no flow of the toolkit stands behind the method.
        """
        if callable(self.beta):
            raise ProblemError(
                "beta is a schedule, the optimistic flow has a fixed rate; give beta as a number"
            )
        return OptimisticFlow(1, self.beta)

    def time(self, k: Any) -> Any:
        """Return t_k = Σ_{j<k} α_j for `k` an integer or an array of integers."""
        return elapsed(self.alpha, k)

    def with_step(self, alpha: Any) -> OptimisticSimGD:
        """Return SimGD-O with learning rate `alpha` and the same optimism rate."""
        return dataclasses.replace(self, alpha=alpha)
