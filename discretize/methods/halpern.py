"""Halpern's iteration on a resolvent: implicit steps, averaged with the start."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...flows.anchored import AnchoredFlow
from ...flows.parameter_range import require_nonnegative, require_positive
from ..method import State
from ..operators import Operator, ResolventOperator, with_resolvent


@dataclass(frozen=True)
class Halpern:
    """Halpern iteration (OHM) on a relaxed resolvent.

    ``z^{k+1} = z^0/(k+2) + ((k+1)/(k+2)) T z^k`` with ``T = I + θ(J_α − I)``, which is
    non-expansive for 0 < θ ≤ 2: θ = 1 is the resolvent J_α, θ = 2 the reflected resolvent
    2J_α − I, with which this is the optimal Halpern method (OHM). For non-expansive T
    ``‖z^k − T z^k‖ ≤ 2‖z^0 − z*‖/(k+1)``, which is attained (Lieder 2021). Sets, terms and kinks
    are in the resolvent: J_α z^k respects the sets, and z^k as well for θ ≤ 1; for
    θ > 1 iterates may leave them, where ‖G(z^k)‖ = ∞.

    Source: Halpern 1967; Lieder 2021; Kim 2021 (θ = 2).

    Parameters
    ----------
    alpha : real number or SymPy expression, > 0
        Learning rate α: the step of the resolvent.
    theta : real number or SymPy expression, in (0, 2]
        Relaxation θ.

    Raises
    ------
    ProblemError
        A parameter is outside its range, or G comes without a resolvent.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> iterate(Halpern(1), SaddleProblem("x*u", "x", "u"), [1, 0], 1).z.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """

    alpha: Any
    theta: Any = 2

    name: ClassVar[str] = "halpern"
    title: ClassVar[str] = "Halpern iteration"
    formula: ClassVar[str] = (
        r"z^{k+1} = \tfrac{1}{k+2} z^0 + \tfrac{k+1}{k+2} T z^k, \quad"
        r" T = I + \theta \bigl((I + \alpha G)^{-1} - I\bigr)"
    )
    source: ClassVar[str] = "Halpern 1967; Lieder 2021; Kim 2021"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.5}
    needs: ClassVar[Any] = ResolventOperator
    splits: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_positive("alpha", self.alpha)
        require_positive("theta", self.theta)
        require_nonnegative("2 - theta", 2 - self.theta)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0): the iterate and the anchor."""
        return z0, z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0) from (z^k, z^0)."""
        z, anchor = state
        Tz = z + self.theta * (with_resolvent(G, self).resolvent(z, self.alpha) - z)
        return Tz + (anchor - Tz) / (k + 2), anchor

    def flow(self) -> AnchoredFlow:
        """Return the anchored flow with γ = 1: (k+1)(z^k − z^0) grows by (k+1)(T − I)z^k a step."""
        return AnchoredFlow(1)

    def time(self, k: Any) -> Any:
        """Return t_k = αθk for `k` an integer or an array of integers."""
        return self.alpha * self.theta * k

    def with_step(self, alpha: Any) -> Halpern:
        """Return the Halpern iteration with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
