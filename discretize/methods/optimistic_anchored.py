"""SimGD-OA: the correction of SimGD-O and the anchor of SimGD-A together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.anchored import AnchoredFlow
from ...flows.parameter_range import require_nonnegative, require_positive
from ..method import State
from ..operators import Operator, backward


@dataclass(frozen=True)
class OptimisticAnchoredSimGD:
    """Optimistic and anchored simultaneous gradient descent-ascent (SimGD-OA).

    With ``h_k = α(1−p)/(k+1)^p``:
    ``z^{k+1} = z^k − h_k G(z^k) − κh_k (G(z^k) − G(z^{k−1})) + ((1−p)γ/(k+1)) (z^0 − z^k)``,
    z^{−1} = z^0. κ = 0 is SimGD-A; p = 0, κ = 1 is OGDA with an anchor. Sets and terms are stepped
    on backward, with the step h_k. No theorem is quoted for it here. Measured: on rotations, with
    p = 0, κ = 1, αR ∈ {1/4, 1/2} and γ ∈ {1, 2}, ``(k+1)‖G(z^k)‖`` tends to ``(γ/α)‖z^0 − z*‖``.

    Source: both corrections of Ryu, Yuan, Yin 2019, Sections 3 and 4, combined in this project.

    Parameters
    ----------
    p : real number or SymPy expression, in [0, 1)
        How fast the steps fade.
    gamma : real number or SymPy expression, > 0
        Anchor rate γ.
    kappa : real number or SymPy expression, ≥ 0
        Optimism κ, in units of the step.
    alpha : real number or SymPy expression, > 0
        Learning rate: the scale of the clock.

    Raises
    ------
    ProblemError
        A parameter is outside its range.

    Examples
    --------
    >>> method = OptimisticAnchoredSimGD(p=0, gamma=2, alpha=1)
    >>> method.step(lambda z: 10 * z, state=(3, 5, 20), k=1)  # 3 − 30 − (30 − 20) + (5 − 3)
    (-35.0, 5, 30)
    """

    p: Any
    gamma: Any
    kappa: Any = 1
    alpha: Any = 1

    name: ClassVar[str] = "simgd-oa"
    title: ClassVar[str] = "optimistic and anchored simultaneous gradient descent-ascent"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - h_k G(z^k) - \kappa h_k \bigl(G(z^k) - G(z^{k-1})\bigr)"
        r" + \frac{(1-p) \gamma}{k+1} (z^0 - z^k), \quad h_k = \frac{\alpha (1-p)}{(k+1)^p}"
    )
    source: ClassVar[str] = "Ryu, Yuan, Yin 2019, Sections 3 and 4, combined in this project"
    example: ClassVar[Mapping[str, Any]] = {"p": 0, "gamma": 2, "alpha": 0.25}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_nonnegative("p", self.p)
        require_positive("1 - p", 1 - self.p)
        require_positive("gamma", self.gamma)
        require_nonnegative("kappa", self.kappa)
        require_positive("alpha", self.alpha)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0, G(z^{−1})) with z^{−1} = z^0."""
        return z0, z0, G(z0)

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0, G(z^k)) from (z^k, z^0, G(z^{k−1}))."""
        z, anchor, g_previous = state
        g = G(z)
        h = self.alpha * (1 - self.p) / (k + 1) ** self.p
        c = (1 - self.p) * self.gamma / (k + 1)
        moved = z - h * g - self.kappa * h * (g - g_previous) + c * (anchor - z)
        return backward(G, moved, h), anchor, g

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow Ż = −G(Z) − (γ/t)(Z − Z0), whatever κ is."""
        return AnchoredFlow(self.gamma)

    def time(self, k: Any) -> Any:
        """Return t_k = α(k+1)^{1−p} for `k` an integer or an array of integers."""
        return self.alpha * (k + 1) ** (1 - self.p)

    def with_step(self, alpha: Any) -> OptimisticAnchoredSimGD:
        """Return SimGD-OA with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
