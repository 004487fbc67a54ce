"""SimGD-A: simGD with fading steps, pulled back to its start by a force that fades too."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.anchored import AnchoredFlow
from ...flows.errors import ProblemError
from ...flows.parameter_range import require_nonnegative, require_positive
from ..method import State
from ..operators import Operator, backward


@dataclass(frozen=True)
class AnchoredSimGD:
    """Anchored simultaneous gradient descent-ascent (SimGD-A).

    ``z^{k+1} = z^k − α(1−p)/(k+1)^p G(z^k) + (1−p)γ/(k+1)^{1−ε} (z^0 − z^k)``; the paper has
    α = 1. It is the anchored flow in steps of the clock ``t_k = α(k+1)^{1−p}``. For monotone
    Lipschitz G, p ∈ (1/2, 1), γ ≥ 2, ε = 0: ``‖G(z^k)‖² = O(1/k^{2−2p})`` at the last iterate
    (Theorem 3; γ > 1 suffices, derived in this project). With a stochastic oracle, L not
    necessarily differentiable, p ∈ (1/2, 1), γ > 0 and a small ε > 0 it is SSSGD-A, which
    converges in mean square (Theorem 4; ε = 0 does as well, derived in this project).

    Outside the theorems: p ≤ 1/2 is allowed, with a warning of `iterate`, and diverges on bilinear
    problems for p < 1/2; from ε = 1 − p on the anchor no longer fades against G and the limit is
    no zero of G.

    On sets and terms, G = F + A, with h the step of F, the iterate is
    ``z^{k+1} = (I + hA)⁻¹(z^k − h F(z^k) + (1−p)γ/(k+1)^{1−ε} (z^0 − z^k))``. At p = 1/2 a rate for
    anchored gradient descent on such inclusions was announced by Cai, Zheng 2026.

    Source: Ryu, Yuan, Yin 2019, Section 4.

    Parameters
    ----------
    p : real number or SymPy expression, in [0, 1)
        How fast the steps fade.
    gamma : real number or SymPy expression, > 0
        Anchor rate γ.
    epsilon : real number or SymPy expression, in [0, 1)
        How much slower than 1/k the anchor fades.
    alpha : real number or SymPy expression, > 0
        Learning rate: the scale of the clock.

    Raises
    ------
    ProblemError
        A parameter is outside its range.

    Examples
    --------
    >>> method = AnchoredSimGD(p=0.5, gamma=2)
    >>> method.step(lambda z: 10 * z, state=(3, 5), k=0)  # 3 − ½·30 + ½·2·(5 − 3)
    (-10.0, 5)
    """

    p: Any
    gamma: Any
    epsilon: Any = 0
    alpha: Any = 1

    name: ClassVar[str] = "simgd-a"
    title: ClassVar[str] = "anchored simultaneous gradient descent-ascent"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - \frac{\alpha (1-p)}{(k+1)^p} G(z^k)"
        r" + \frac{(1-p) \gamma}{(k+1)^{1-\varepsilon}} (z^0 - z^k)"
    )
    source: ClassVar[str] = "Ryu, Yuan, Yin 2019, Section 4"
    example: ClassVar[Mapping[str, Any]] = {"p": 0.6, "gamma": 2}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_nonnegative("p", self.p)
        require_positive("1 - p", 1 - self.p)
        require_positive("gamma", self.gamma)
        require_nonnegative("epsilon", self.epsilon)
        require_positive("1 - epsilon", 1 - self.epsilon)
        require_positive("alpha", self.alpha)

    def outside_theorem(self) -> str | None:
        """Return what takes the parameters outside Theorems 3 and 4; None if nothing does.

        Examples
        --------
        >>> print(AnchoredSimGD(p=0.4, gamma=2).outside_theorem())
        p = 0.4 is outside Theorems 3 and 4, which need 1/2 < p < 1
        """
        if 2 * self.p <= 1:
            return f"p = {self.p} is outside Theorems 3 and 4, which need 1/2 < p < 1"
        if self.epsilon >= 1 - self.p:
            return f"epsilon = {self.epsilon} is outside Theorem 4: epsilon < 1 - p is needed"
        return None

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        z, anchor = state
        p, gamma, epsilon, alpha = self.p, self.gamma, self.epsilon, self.alpha
        h = alpha * (1 - p) / (k + 1) ** p
        c = (1 - p) * gamma / (k + 1) ** (1 - epsilon)
        return backward(G, z - h * G(z) + c * (anchor - z), h), anchor

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow Ż = −G(Z) − (γ/t)(Z − Z0).

        Raises
        ------
        ProblemError
            ε ≠ 0: the anchor of that limit does not fade like 1/t, no flow of the toolkit does so.
        """
        if self.epsilon != 0:
            raise ProblemError(
                f"epsilon = {self.epsilon}: the anchored flow stands behind SimGD-A with "
                "epsilon = 0 only; take epsilon=0"
            )
        return AnchoredFlow(self.gamma)

    def time(self, k: Any) -> Any:
        """Return t_k = α(k+1)^{1−p} for `k` an integer or an array of integers."""
        return self.alpha * (k + 1) ** (1 - self.p)

    def with_step(self, alpha: Any) -> AnchoredSimGD:
        """Return SimGD-A with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
