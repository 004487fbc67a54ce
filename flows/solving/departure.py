"""How a flow behaves at a pole at t = 0: the powers of t in its velocity, and its memory."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProblemError
from ..flow import Flow, anchor_weights, scalar_parameters, weights
from ..problems.points import Array

# Times at which a velocity is compared with powers of t; no period divides them all.
TIMES = (1.0, 4.0, 16.0, 2e-5, 0.0371, 0.618034)
SAME = 1e-10  # relative difference from a power of t that rounding may cause
PANELS, NODES, FIRST = 12, 20, 0.5  # 1e-14 on polynomials up to degree 24, for every law


@dataclass(frozen=True, eq=False)
class Departure:
    """Law ``Ż = −αt^r G(Z) − (γ/t^p)(Z − Y)``, ``Ẏ = −δt^r G(Z)``, ``Z(0) = Y(0) = Z0``.

    By variation of constants ``Z(t) = Z0 − (α−δ) ∫_0^t K(t,s) s^r G ds − δ ∫_0^t s^r G ds``
    with the memory ``K(t,s) = exp(−∫_s^t γ/s^p ds)``, also where the integral diverges at 0. All
    of α, δ, r, γ, p are numbers or, if they differ between members, arrays (N, 1).
    """

    alpha: Any
    drift: Any
    lead: Any
    gamma: Any
    power: Any

    @property
    def anchor_moves(self) -> bool:
        """Whether δ is not 0."""
        return bool(np.any(self.drift != 0))

    def pull(self, t: Any) -> Any:
        """Strength ``κ = γ t^{1−p}`` of the anchor, relative to 1/t."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.minimum(self.gamma * np.asarray(t, dtype=float) ** (1.0 - self.power), 1e100)

    @cached_property
    def members(self) -> tuple[list[Departure], NDArray[np.intp]]:
        """The different laws, each with numbers, and which one every member obeys."""
        values = (self.alpha, self.drift, self.lead, self.gamma, self.power)
        if all(np.size(value) == 1 for value in values):
            return [Departure(*(float(np.ravel(v)[0]) for v in values))], np.zeros(1, dtype=np.intp)
        columns = np.broadcast_arrays(*(np.reshape(value, -1) for value in values))
        rows, index = np.unique(np.stack(columns, axis=-1), axis=0, return_inverse=True)
        return [Departure(*map(float, row)) for row in rows], index.reshape(-1)


def departure(flow: Flow) -> Departure:
    """Read the law of a flow near t = 0 off its weights.

    Raises
    ------
    ProblemError
        It has another shape there.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> law = departure(AnchoredFlow(2.0, 0.5))
    >>> float(law.alpha), float(law.gamma), float(law.power)
    (1.0, 2.0, 0.5)
    """
    return _remembered(flow) if isinstance(flow, Hashable) and _is_one(flow) else _departure(flow)


def _is_one(flow: Flow) -> bool:
    """Whether no parameter is an array, which has no hash."""
    return not any(isinstance(value, np.ndarray) for value in scalar_parameters(flow).values())


def _departure(flow: Flow) -> Departure:
    at, anchor = ([read(flow, t) for t in TIMES] for read in (weights, anchor_weights))
    if any(np.any(w.g_dot != 0) for w in at):
        raise ProblemError(
            f"the {flow.name} flow has optimism and a pole at t = 0; start it at t > 0"
        )
    try:
        if any(np.any(w.z + w.anchor != 0) for w in at) or any(
            np.any(w.z != 0) or np.any(w.anchor != 0) for w in anchor
        ):
            raise ValueError
        alpha, lead = _power([-w.g for w in at])
        gamma, power = _power([w.anchor for w in at])
        drift, same = _power([-w.g for w in anchor])
        if np.any((drift != 0) & (np.abs(same - lead) > SAME)) or np.any(lead <= -1.0):
            raise ValueError
    except ValueError:
        raise ProblemError(
            f"the {flow.name} flow has a pole at t = 0 that is not of the form "
            "Ż = −αt^r G − (γ/t^p)(Z − Z0); start it at t > 0"
        ) from None
    return Departure(alpha, drift, lead, gamma, -power)


_remembered = lru_cache(maxsize=64)(_departure)


def _power(values: Sequence[Any]) -> tuple[Any, Any]:
    """Return c and q for which the values at TIMES are c t^q.

    Raises
    ------
    ValueError
        There are none.
    """
    listed = [np.asarray(value, dtype=np.float64) for value in values]
    c, four = listed[0], listed[1]
    ratio = np.divide(four, c, out=np.ones_like(c), where=c != 0)
    if np.any(c < 0) or np.any(ratio <= 0):
        raise ValueError
    q = np.log(ratio) / math.log(4.0)
    for t, value in zip(TIMES, listed, strict=True):
        if np.any(np.abs(value - c * t**q) > SAME * np.abs(c) * t**q):
            raise ValueError
    return c, q


def memory(law: Departure, t: Array) -> tuple[Array, Array]:
    """Nodes σ and weights, shape (T, k), of ``f ↦ ∫_0^1 K(t, σt) σ^r f(σ) dσ`` at times (T,).

    In v = −log σ the weight is ``exp(−(1+r)v − κ(e^{(p−1)v} − 1)/(p−1))``, without a singularity
    for any p: Gauss–Legendre on panels that double in length. The law has numbers in it.
    """
    x, w = np.polynomial.legendre.leggauss(NODES)
    edges = np.concatenate([[0.0], FIRST * 2.0 ** np.arange(PANELS)])
    half = np.diff(edges)[:, None] / 2.0
    u, w = (edges[:-1, None] + half * (1.0 + x)).ravel(), (half * w).ravel()
    pull = law.pull(t)[:, None]
    scale = 1.0 + law.lead + pull
    v, p1 = u / scale, law.power - 1.0
    with np.errstate(over="ignore"):
        fading = pull * (np.expm1(p1 * v) / p1 if p1 else v)
        # Nodes below e^−500 have no weight; they would only overflow in quotients.
        return np.exp(-np.minimum(v, 500.0)), w / scale * np.exp(-(1.0 + law.lead) * v - fading)
