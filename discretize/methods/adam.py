"""Adam with optimism and with an anchor: baselines that work coordinate by coordinate."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from ...flows.errors import ProblemError
from ...flows.parameter_range import require_nonnegative, require_positive
from ..method import State
from ..operators import CoordinateOperator, Operator, by_coordinates


def _direction(
    method: OptimisticAdam | AnchoredAdam, G: Operator, z: Any, m: Any, v: Any, k: Any
) -> tuple[Any, Any, Any]:
    """Adam's direction u^k at z^k, with the new averages m^k, v^k of G and of its square."""
    arrays = by_coordinates(G, method)
    g, beta1, beta2, epsilon = arrays(z), method.beta1, method.beta2, method.epsilon
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * arrays.coordinatewise(lambda g: g * g, g)
    u = arrays.coordinatewise(
        lambda m, v: m / (v**0.5 + epsilon), m / (1 - beta1 ** (k + 1)), v / (1 - beta2 ** (k + 1))
    )
    return u, m, v


def _check(method: OptimisticAdam | AnchoredAdam) -> None:
    require_positive("alpha", method.alpha)
    for name in ("beta1", "beta2"):
        require_nonnegative(name, getattr(method, name))
        require_positive(f"1 - {name}", 1 - getattr(method, name))
    require_positive("epsilon", method.epsilon)


def _no_flow(method: OptimisticAdam | AnchoredAdam) -> NoReturn:
    raise ProblemError(
        f"{type(method).__name__} discretises no flow of the toolkit: it divides by a running "
        "norm of G, coordinate by coordinate; compare SimGD-O or SimGD-A instead"
    )


@dataclass(frozen=True)
class OptimisticAdam:
    """Optimistic Adam: a baseline for arrays, without a theorem.

    ``m^k = β₁m^{k−1} + (1−β₁)g^k``, ``v^k = β₂v^{k−1} + (1−β₂)(g^k)²``,
    ``u^k = m̂^k/(√v̂^k + ε)`` with ``m̂^k = m^k/(1−β₁^{k+1})``, ``v̂^k = v^k/(1−β₂^{k+1})``,
    ``z^{k+1} = z^k − αu^k − β(u^k − u^{k−1})``, u^{−1} = u^0 as in SimGD-O. β = α is the published
    Optimistic Adam. The operations are by coordinate: there is no symbolic reading and no flow.

    Source: Daskalakis, Ilyas, Syrgkanis, Zeng 2018, Algorithm 1; a baseline of Ryu, Yuan,
    Yin 2019, Section 5.

    Parameters
    ----------
    alpha : real number, > 0
        Learning rate α.
    beta : real number, ≥ 0
        Optimism rate β.
    beta1, beta2 : real number, in [0, 1)
        Memory of the averages of G and of its square.
    epsilon : real number, > 0
        Keeps the division away from 0.

    Raises
    ------
    ProblemError
        A parameter is outside its range, or points are not arrays.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> run = iterate(OptimisticAdam(0.1, 0.1), SaddleProblem("x*u", "x", "u"), [2, 1], 1)
    >>> run.z.round(6).tolist()
    [[2.0, 1.0], [1.9, 1.1]]
    """

    alpha: Any
    beta: Any
    beta1: Any = 0.5
    beta2: Any = 0.9
    epsilon: Any = 1e-8

    name: ClassVar[str] = "optimistic-adam"
    title: ClassVar[str] = "Optimistic Adam"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - \alpha u^k - \beta (u^k - u^{k-1}), \quad"
        r" u^k = \hat m^k / (\sqrt{\hat v^k} + \varepsilon)"
    )
    source: ClassVar[str] = "Daskalakis, Ilyas, Syrgkanis, Zeng 2018, Algorithm 1"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.01, "beta": 0.01}
    needs: ClassVar[Any] = CoordinateOperator
    splits: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _check(self)
        require_nonnegative("beta", self.beta)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, m^{−1}, v^{−1}, u^{−1}) = (z^0, 0, 0, u^0)."""
        zero = 0 * z0
        u, _, _ = _direction(self, G, z0, zero, zero, 0)
        return z0, zero, zero, u

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, m^k, v^k, u^k) from (z^k, m^{k−1}, v^{k−1}, u^{k−1})."""
        z, m, v, u_previous = state
        u, m, v = _direction(self, G, z, m, v, k)
        return z - self.alpha * u - self.beta * (u - u_previous), m, v, u

    def flow(self) -> NoReturn:
        """Refuse: no flow of the toolkit stands behind Adam."""
        _no_flow(self)

    def time(self, k: Any) -> Any:
        """Return αk, the clock of the step sizes, for `k` an integer or an array of integers."""
        return self.alpha * k

    def with_step(self, alpha: Any) -> OptimisticAdam:
        """Return the same method with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)


@dataclass(frozen=True)
class AnchoredAdam:
    """Anchored Adam: a baseline for arrays, without a theorem.

    ``z^{k+1} = z^k − αu^k + (γ/(k+1))(z^0 − z^k)`` with Adam's direction u^k, see
    `OptimisticAdam`: the anchor of SimGD-A with p = 0. How fast the anchor fades is a choice of
    this project: the experiments tried several fadings. The operations are by coordinate: there
    is no symbolic reading and no flow.

    Source: after Ryu, Yuan, Yin 2019, Section 5.

    Parameters
    ----------
    alpha : real number, > 0
        Learning rate α.
    gamma : real number, > 0
        Anchor rate γ.
    beta1, beta2 : real number, in [0, 1)
        Memory of the averages of G and of its square.
    epsilon : real number, > 0
        Keeps the division away from 0.

    Raises
    ------
    ProblemError
        A parameter is outside its range, or points are not arrays.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import iterate
    >>> run = iterate(AnchoredAdam(0.1, 1), SaddleProblem("x*u", "x", "u"), [2, 1], 1)
    >>> run.z.round(6).tolist()
    [[2.0, 1.0], [1.9, 1.1]]
    """

    alpha: Any
    gamma: Any
    beta1: Any = 0.5
    beta2: Any = 0.9
    epsilon: Any = 1e-8

    name: ClassVar[str] = "anchored-adam"
    title: ClassVar[str] = "Anchored Adam"
    formula: ClassVar[str] = (
        r"z^{k+1} = z^k - \alpha u^k + \frac{\gamma}{k+1} (z^0 - z^k), \quad"
        r" u^k = \hat m^k / (\sqrt{\hat v^k} + \varepsilon)"
    )
    source: ClassVar[str] = "after Ryu, Yuan, Yin 2019, Section 5"
    example: ClassVar[Mapping[str, Any]] = {"alpha": 0.01, "gamma": 1}
    needs: ClassVar[Any] = CoordinateOperator
    splits: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _check(self)
        require_positive("gamma", self.gamma)

    def start(self, G: Operator, z0: Any) -> State:
        """Return (z^0, z^0, m^{−1}, v^{−1}) = (z^0, z^0, 0, 0)."""
        return z0, z0, 0 * z0, 0 * z0

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return (z^{k+1}, z^0, m^k, v^k) from (z^k, z^0, m^{k−1}, v^{k−1})."""
        z, anchor, m, v = state
        u, m, v = _direction(self, G, z, m, v, k)
        return z - self.alpha * u + self.gamma / (k + 1) * (anchor - z), anchor, m, v

    def flow(self) -> NoReturn:
        """Refuse: no flow of the toolkit stands behind Adam."""
        _no_flow(self)

    def time(self, k: Any) -> Any:
        """Return αk, the clock of the step sizes, for `k` an integer or an array of integers."""
        return self.alpha * k

    def with_step(self, alpha: Any) -> AnchoredAdam:
        """Return the same method with learning rate `alpha`."""
        return dataclasses.replace(self, alpha=alpha)
