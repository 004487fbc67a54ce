"""The equations of a resolvent of a piecewise operator, and how well a point fulfils them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..problems.points import Array
from ..terms.simplex import Simplex
from .piecewise import PiecewiseOperator

SIMPLEX = Simplex()
FLATTEST = 1e-6  # squared slope below which a piece counts as no flatter
SHORTEST = 1e-12  # step below which rates do not grow: with larger ones P(μ + ρ s) loses digits
CAUTION = 0.25  # at 1 the prediction overshoots from one piece of |x| to the other, and back


class Point(NamedTuple):
    """Unknowns of a resolvent: the point w, the multipliers μ, those of the equalities ν."""

    w: Array
    mu: Array
    nu: Array


@dataclass(frozen=True, eq=False)
class ResolventEquations:
    """Equations ``w + step (element(w, μ) + Eᵀν) = v``, ``E w = e``, ``μ = P(μ + ρ s(w))``.

    P projects the multipliers of each maximum on the simplex and those of constraints on μ ≥ 0.
    Any rates ρ > 0, equal within a maximum, give the same solutions.

    Parameters
    ----------
    G : PiecewiseOperator
    v : ndarray, shape (d,)
    step : float
        > 0.
    """

    G: PiecewiseOperator
    v: Array
    step: float

    @cached_property
    def size(self) -> float:
        """1 + the largest |v_i|: what small residuals are compared with."""
        return 1.0 + float(np.abs(self.v).max())

    @cached_property
    def start(self) -> Point:
        """The point v itself, with equal multipliers of the pieces that are highest there."""
        highest = np.where(self.G.bound, 0.0, self.G.active(self.v, 0.0))
        for members in self.G.maxima:
            highest[members] /= np.sum(highest[members], axis=1, keepdims=True)
        return Point(self.v, highest, np.zeros(len(self.G.faces.levels)))

    @cached_property
    def rates(self) -> Array:
        """Rates ρ, shape (P,): a change of μ by ρ changes a height by about CAUTION."""
        G, start = self.G, self.start
        slopes = np.sum(G.gradients(start.w) ** 2, axis=-1)
        slopes[len(slopes) - len(G.faces.bends) :] += (
            np.max(G.faces.bends * self.size, axis=-1) ** 2
        )
        slopes *= np.abs(G.weights(start.w, start.mu))
        largest = np.zeros(2 + max(G.groups, default=0))
        np.maximum.at(largest, G.groups + 1, slopes)
        step = max(self.step, SHORTEST)
        return CAUTION / (step * np.maximum(largest[G.groups + 1], FLATTEST))

    def admissible(self, mu: Array) -> Array:
        """P(μ)."""
        mu = mu.copy()
        mu[self.G.bound] = np.maximum(mu[self.G.bound], 0.0)
        for members in self.G.maxima:
            mu[members] = SIMPLEX.prox(mu[members])
        return mu

    def predict(self, point: Point) -> Array:
        """P(μ + ρ s(w)): its positive entries are the pieces taken to be active."""
        return self.admissible(point.mu + self.rates * self.G.heights(point.w))

    def balance(self, point: Point) -> Array:
        """Return w + step (element(w, μ) + Eᵀν) − v."""
        w, mu, nu = point
        return w - self.v + self.step * (self.G.element(w, mu) + nu @ self.G.faces.equalities)

    def residual(self, point: Point) -> float:
        """Largest violation of the equations, relative to the size of v and of v − w."""
        w, mu, _ = point
        mismatch = (mu - self.predict(point)) / self.rates
        misfit = self.G.faces.equalities @ w - self.G.faces.levels
        scale = self.size + float(np.abs(w - self.v).max())
        return float(np.abs(np.concatenate([self.balance(point), mismatch, misfit])).max() / scale)
