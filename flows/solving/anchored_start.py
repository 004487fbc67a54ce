"""How a flow with a singular anchor term (γ/t^p)(Z − Z0) leaves t = 0, with its error."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import IntegrationError
from ..problems.points import Array
from .departure import Departure, memory

DEGREE = 12  # of G along the path; the defect is measured with twice this degree
FACTOR = 1 / 16  # wanted of the fixed-point iteration: short, for explicit steps cost less
CONTRACTION = 0.5  # largest accepted factor of the fixed-point iteration
CONVERGED = 0.05  # change, in units of the tolerance, at which the iteration may stop
ITERATIONS = 60  # 0.5^60 is below rounding
AT_ONCE = 64  # times whose integrals are worked on together: 2 MB
HALVINGS = 45  # then Z differs from Z0 by little more than rounding

Operator = Callable[[Array], Array]


class Tolerance(NamedTuple):
    """Accepted error of a point z: atol + rtol·max|z|."""

    rtol: float
    atol: float


@dataclass(frozen=True, eq=False)
class AnchoredStart:
    """First piece of a trajectory, on [0, t_end]: G(Z(t)) is a polynomial, Z its exact integral.

    Attributes
    ----------
    anchor : ndarray, shape (N, d)
        Z0.
    law : Departure
        The flow near t = 0.
    t_end : float
        End of the interval on which the error bound holds.
    values : ndarray, shape (n + 1, N, d)
        G(Z) at the Chebyshev points of [0, t_end].
    error_bound : float
        Bound of |Z − Z_exact| in units of the tolerance, at most 1.
    evaluations : int
        Evaluations of G, each on all points at once.
    """

    anchor: Array
    law: Departure
    t_end: float
    values: Array
    error_bound: float
    evaluations: int

    def __call__(self, t: Array) -> Array:
        """Return Z at times (T,) of [0, t_end], shape (N, T, d); with Y behind it if Y moves."""
        if not self.law.anchor_moves:
            return self._path(self.law, t)
        anchor = dataclasses.replace(self.law, alpha=self.law.drift)
        return np.concatenate([self._path(self.law, t), self._path(anchor, t)], axis=-1)

    def _path(self, law: Departure, t: Array) -> Array:
        moved = _steps(_weights(law, DEGREE, t, self.t_end), self.values)
        return np.asarray(self.anchor[:, None] + np.moveaxis(moved, 0, 1))


def leave_anchor(
    G: Operator, anchor: Array, law: Departure, t_end: float, tolerance: Tolerance
) -> AnchoredStart:
    """Start of a flow at a pole, ``Z(0) = Z0``, with a bound of its error.

    The path is the fixed point of ``(TZ)(t) = Z0 − (α−δ) ∫_0^t K(t,s) s^r G(Z(s)) ds − δ ∫_0^t
    s^r G(Z(s)) ds``, see `Departure`. With G along the path taken as a polynomial on Chebyshev
    points, the integrals are exact. The factor κ of the fixed-point iteration is measured on
    the way. The defect |Z − TZ| of the result is measured with twice the degree, and Banach's
    theorem bounds the error by that over 1−κ. The interval is halved until it meets the
    tolerance.

    Parameters
    ----------
    G : callable
        Vectorised operator, (..., d) -> (..., d).
    anchor : ndarray, shape (N, d)
        Z0 of every member.
    law : Departure
        The flow near t = 0.
    t_end : float
        The start reaches no further than this.
    tolerance : Tolerance
        Accepted error.

    Raises
    ------
    IntegrationError
        No interval is short enough, as when G is not continuous at Z0.
    """
    t = min(t_end, _first_guess(G, anchor, law))
    unit = tolerance.atol + tolerance.rtol * np.max(np.abs(anchor), axis=-1, keepdims=True)
    evaluations = 2
    with np.errstate(all="ignore"):
        for _ in range(HALVINGS):
            values, factor, iterations = _fixed_point(G, anchor, law, t, unit)
            bound = _defect(G, anchor, law, t, values, unit) / (1.0 - factor)
            evaluations += iterations + 1
            if factor <= CONTRACTION and bound <= 1.0:
                return AnchoredStart(anchor, law, t, values, bound, evaluations)
            t /= 2.0
    raise IntegrationError(
        f"the flow cannot leave t = 0: even on [0, {2 * t:.2g}] the fixed-point iteration has "
        f"factor {factor:.2g} and {bound:.2g} times the accepted error; is G continuous at z0?"
    )


def _first_guess(G: Operator, anchor: Array, law: Departure) -> float:
    """Time on which the iteration has the factor wanted, by a difference quotient of G."""
    g = G(anchor)
    size = np.max(np.abs(g), axis=-1, keepdims=True)
    move = 1e-4 * (1.0 + np.max(np.abs(anchor), axis=-1, keepdims=True))
    direction = np.divide(g, size, out=np.zeros_like(g), where=size > 0.0)
    slope = np.max(np.abs(G(anchor - move * direction) - g) / move)
    if not 0.0 < slope < np.inf:
        return np.inf
    rate, order = slope / FACTOR * np.asarray(law.alpha), 1.0 + np.asarray(law.lead)
    with np.errstate(divide="ignore"):
        t = (order / rate) ** (1.0 / order)
        return float(np.min(((order + law.pull(t)) / rate) ** (1.0 / order)))


def _fixed_point(
    G: Operator, anchor: Array, law: Departure, t: float, unit: Array
) -> tuple[Array, float, int]:
    """G at the Chebyshev points of [0, t], the factor of convergence, iterations."""
    matrix = _weights(law, DEGREE, t * _points(DEGREE), t)
    step = np.zeros((DEGREE + 1, *anchor.shape))
    change, factor = np.inf, 0.0
    for iteration in range(1, ITERATIONS + 1):
        values = G(anchor + step)
        new = _steps(matrix, values)
        before, change = change, float(np.max(np.abs(new - step) / unit))
        factor, step = max(factor, change / before), new
        if change <= CONVERGED:
            return values, factor, iteration
        if not factor <= CONTRACTION:
            break
    return values, np.inf, iteration


def _defect(
    G: Operator, anchor: Array, law: Departure, t: float, values: Array, unit: Array
) -> float:
    """Largest |Z − TZ| in units of the tolerance, on twice as many points as G has."""
    times = t * _points(2 * DEGREE)
    step = _steps(_weights(law, DEGREE, times, t), values)
    image = _steps(_weights(law, 2 * DEGREE, times, t), G(anchor + step))
    return float(np.max(np.abs(step - image) / unit))


def _steps(matrix: Array, values: Array) -> Array:
    """Displacements Z − Z0, shape (T, N, d), by weights (1 or N, T, n+1) of values (n+1, N, d)."""
    if len(matrix) > 1:
        return np.asarray(-np.einsum("itj,jid->tid", matrix, values))
    return np.asarray(-(matrix[0] @ values.reshape(len(values), -1))).reshape(-1, *values.shape[1:])


def _weights(law: Departure, n: int, t: Array, t_end: float) -> Array:
    """Weights of Z0 − Z(t) on values of G at the n + 1 Chebyshev points, (1 or N, T, n+1)."""
    laws, index = law.members
    return np.stack([_weights_of_one(one, n, t, t_end) for one in laws])[index]


def _weights_of_one(law: Departure, n: int, t: Array, t_end: float) -> Array:
    """``(α−δ) ∫_0^t K(t,s) s^r ℓ_j(s) ds + δ ∫_0^t s^r ℓ_j(s) ds`` for every cardinal ℓ_j."""
    if law.power == 1.0:  # then the moments are polynomials in t, whatever the unit of time
        numbers = (law.alpha, law.drift, law.lead, law.gamma)
        moments = _cardinals(n, t / t_end) @ _moments_at_points(n, *numbers)
    else:
        parts = np.array_split(t, 1 + len(t) // AT_ONCE)
        moments = np.concatenate([_moments(law, n, part, t_end) for part in parts])
    return np.asarray((t ** (1.0 + law.lead))[:, None] * moments)


@lru_cache(maxsize=1024)
def _moments_at_points(n: int, alpha: float, drift: float, lead: float, gamma: float) -> Array:
    return _moments(Departure(alpha, drift, lead, gamma, 1.0), n, _points(n), 1.0)


def _moments(law: Departure, n: int, t: Array, t_end: float) -> Array:
    """``(α−δ) ∫_0^1 K(t,σt) σ^r ℓ_j(σt) dσ + δ ∫_0^1 σ^r ℓ_j(σt) dσ``, shape (T, n+1)."""
    total = np.zeros((len(t), n + 1))
    free = dataclasses.replace(law, gamma=0.0)
    for factor, kernel in ((law.alpha - law.drift, law), (law.drift, free)):
        if factor:
            nodes, weights = memory(kernel, t)
            cardinals = _cardinals(n, nodes * (t / t_end)[:, None])
            total += factor * np.einsum("tk,tkj->tj", weights, cardinals)
    return total


def _points(n: int) -> Array:
    """Chebyshev points of [0, 1], both ends included, increasing."""
    return np.asarray(np.sin(0.5 * np.pi * np.arange(n + 1) / n) ** 2)


def _cardinals(n: int, s: Array) -> Array:
    """Cardinal polynomials ℓ_j(s) of the Chebyshev points by the barycentric formula."""
    signs = (-1.0) ** np.arange(n + 1)
    signs[[0, -1]] /= 2.0
    difference = np.asarray(s)[..., None] - _points(n)
    hit = difference == 0.0
    ratio = signs / np.where(hit, 1.0, difference)
    values = ratio / ratio.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(hit.any(axis=-1, keepdims=True), hit.astype(float), values))
