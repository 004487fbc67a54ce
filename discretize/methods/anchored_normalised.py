"""SimGD-A with steps shifted by γ: at p = 1/2 the schedule for which O(1/k) is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...flows.anchored import AnchoredFlow
from ...flows.parameter_range import require_positive
from ..method import State
from ..operators import Operator, backward


@dataclass(frozen=True)
class NormalisedAnchoredSimGD:
    """Anchored simultaneous gradient descent-ascent with the normalised schedule.

    ``z^{k+1} = z^k − (α/(k+γ)^p) G(z^k) + (γ/(k+γ)) (z^0 − z^k)``. For monotone R-Lipschitz G,
    p = 1/2, α = 1/R and γ ≥ 2 there is a C with ``‖G(z^k)‖² ≤ C/k`` at the last iterate; the
    source names no C. ``C = γ(√(γ/2) + 1)(√(2γ) + 1) R²‖z^0 − z*‖²`` will do, with k + γ for k
    (derived in this project, theorem ``simgd-a-half``). It is SimGD-A with k + γ in place of
    k + 1 and anchor rate γ/(1−p). Sets and terms are stepped on backward, with the step of G.

    Source: Surina et al. 2026, arXiv 2604.03782.

    Parameters
    ----------
    gamma : real number or SymPy expression, > 0
        Anchor weight γ.
    p : real number or SymPy expression, in (0, 1)
        How fast the steps fade, 1/2 in the theorem.
    alpha : real number or SymPy expression, > 0
        Learning rate α, 1/R in the theorem.

    Raises
    ------
    ProblemError
        A parameter is outside its range.

    Examples
    --------
    >>> method = NormalisedAnchoredSimGD(gamma=4)
    >>> method.step(lambda z: 10 * z, state=(3, 5), k=0)  # 3 − 30/2 + (5 − 3)
    (-10.0, 5)
    """

    gamma: Any
    p: Any = Fraction(1, 2)
    alpha: Any = 1

    name: ClassVar[str] = "simgd-a-normalised"
    title: ClassVar[str] = "normalised anchored simultaneous gradient descent-ascent"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - \frac{\alpha}{(k+\gamma)^p} G(z^k)"
        r" + \frac{\gamma}{k+\gamma} (z^0 - z^k)"
    )
    source: ClassVar[str] = "Surina et al. 2026, arXiv 2604.03782"
    example: ClassVar[Mapping[str, Any]] = {"gamma": 2, "p": 0.5, "alpha": 0.5}
    needs: ClassVar[Any] = Operator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive("gamma", self.gamma)
        require_positive("p", self.p)
        require_positive("1 - p", 1 - self.p)
        require_positive("alpha", self.alpha)

    def outside_theorem(self) -> str | None:
        """Return what takes p and γ outside the theorem; None if nothing does."""
        if 2 * self.p != 1 or self.gamma < 2:
            return f"p = {self.p}, gamma = {self.gamma}: the theorem needs p = 1/2 and gamma >= 2"
        return None

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        z, anchor = state
        h = self.alpha / (k + self.gamma) ** self.p
        c = self.gamma / (k + self.gamma)
        return backward(G, z - h * G(z) + c * (anchor - z), h), anchor

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow with rate γ/(1−p), 2γ at p = 1/2."""
        return AnchoredFlow(self.gamma / (1 - self.p))

    def time(self, k: Any) -> Any:
        """Return t_k = α(k+γ)^{1−p}/(1−p) for `k` an integer or an array of integers."""
        return self.alpha * (k + self.gamma) ** (1 - self.p) / (1 - self.p)

    def with_step(self, alpha: Any) -> NormalisedAnchoredSimGD:
        """Return the same method with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
