"""The proximal point method: the implicit Euler method on the gradient flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..method import State
from ..operators import Operator, ResolventOperator, with_resolvent
from ..schedules import at
from .gradient_steps import GradientSteps


@dataclass(frozen=True)
class ProximalPoint(GradientSteps):
    """Proximal point method.

    ``z^{k+1} = J_α(z^k)``, that is ``z^{k+1} = z^k − α G(z^{k+1})``. It converges for every
    maximal monotone G with a zero and every fixed α > 0, and
    ``‖z^k − z^{k−1}‖² ≤ ((k−1)^{k−1}/k^k) ‖z^0 − z*‖²``, which rotations with ``α²R² = 1/(k−1)``
    attain (Gu, Yang 2019). Sets, terms and kinks are in the resolvent.

    Source: Martinet 1970; Rockafellar 1976.

    Parameters
    ----------
    alpha : real number, SymPy expression, or function of k with such values, > 0
        Learning rate α, or the schedule α_k.

    Raises
    ------
    ProblemError
        α is outside its range, or G comes without a resolvent.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> iterate(ProximalPoint(1), SaddleProblem("x*u", "x", "u"), [1, 0], 1).z.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """

    name: ClassVar[str] = "proximal-point"
    title: ClassVar[str] = "proximal point method"
    formula: ClassVar[str] = r"z^{k+1} = (I + \alpha G)^{-1}(z^k)"
    source: ClassVar[str] = "Martinet 1970; Rockafellar 1976"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 1}
    needs: ClassVar[Any] = ResolventOperator

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1},) from (z^k,)."""
        (z,) = state
        return (with_resolvent(G, self).resolvent(z, at(self.alpha, k)),)
