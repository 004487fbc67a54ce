"""Finite sums: the mean of many operators, sampled by minibatches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from ..recording import whole
from ..splitting import forward
from .stochastic import OracleConstants, additive_constants
from .sum_terms import AffineTerms, Terms, as_terms

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

AGREEMENT = 1e-8
"""Relative error within which the mean of the terms must be G, at a probe point."""


@dataclass(frozen=True, eq=False)
class FiniteSum:
    """Minibatches of a finite sum: ``G = (1/N) Σ_i G_i``, ``g(z; ω) = (1/B) Σ_{i∈ω} G_i(z)``.

    Each sample draws B of the N indices, every one equally often: independently of each other,
    or without replacement within the sample. Samples are independent of each other either way.

    Parameters
    ----------
    terms : sequence of callable, AffineTerms or IndexedTerms
        The G_i, each (..., d) -> (..., d); their mean, not their sum, is G.
    batch : int, > 0
        Number B of terms in a sample.
    replacement : bool
        Whether an index may be drawn twice in one sample.

    Raises
    ------
    ProblemError
        There are no terms, or the batch is no whole number > 0, or larger than their number
        without replacement.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD, iterate
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> oracle = FiniteSum([lambda z: xu.operator(z) + 1, lambda z: xu.operator(z) - 1], batch=1)
    >>> run = iterate(SimGD(1), xu, [0, 0], 1, oracle=oracle, paths=9, seed=2)
    >>> sorted(set(run.z[:, -1, 0].tolist()))
    [-1.0, 1.0]
    """

    terms: Any
    batch: int
    replacement: bool = True

    def __post_init__(self) -> None:
        count = len(self._terms)
        whole("batch", self.batch)
        if not self.replacement and self.batch > count:
            raise ProblemError(
                f"batch = {self.batch} of {count} terms without replacement; at most {count} can "
                "be drawn"
            )

    @cached_property
    def _terms(self) -> Terms:
        return as_terms(self.terms)

    def sample(self, G: Callable[[Array], Array], z: Array, rng: np.random.Generator) -> Array:
        """Return the mean of a new minibatch for each point."""
        terms, points = self._terms, np.atleast_2d(z)
        draw = _with_replacement if self.replacement else _without_replacement
        chosen = draw(rng, len(terms), (len(points), int(self.batch)))
        total = sum(terms(points, chosen[:, b]) for b in range(self.batch))
        return np.asarray(total / self.batch).reshape(z.shape)

    def check(self, problem: SaddleProblem) -> None:
        """Raise ProblemError if the mean of the terms is not G, at a probe point."""
        terms, probe = self._terms, np.cos(np.arange(1.0, problem.d + 1))
        if isinstance(terms, AffineTerms) and terms.offsets.shape[-1] != problem.d:
            raise ProblemError(
                f"the terms are for points with {terms.offsets.shape[-1]} numbers, those of the "
                f"problem have {problem.d}"
            )
        every = np.arange(len(terms))
        values = terms(np.broadcast_to(probe, (len(terms), problem.d)), every)
        if np.shape(values) != (len(terms), problem.d):
            raise ProblemError(
                f"the terms answered with shape {np.shape(values)} at points of shape "
                f"({len(terms)}, {problem.d}); value and point must have the same shape"
            )
        off = float(np.linalg.norm(values.mean(axis=0) - forward(problem)(probe)))
        if not off <= AGREEMENT * float(np.abs(values).max(initial=1.0)):
            raise ProblemError(
                f"the mean of the terms differs from G by {off:.2g} at a probe point; the mean, "
                "not the sum, must be the operator of the problem"
            )

    def constants(self, problem: SaddleProblem) -> OracleConstants:
        """Return R1 = ‖M‖ and R2 = √(2V) for affine terms with one matrix, V = E‖g − G‖².

        With several matrices there are none: z₁ = z₂ = z leaves the variance, which grows with z.
        """
        self.check(problem)
        terms, size = self._terms, len(self._terms)
        if not isinstance(terms, AffineTerms):
            reason = "not known: they depend on how far the terms differ; give AffineTerms"
            return OracleConstants(None, None, reason)
        everything = not self.replacement and self.batch == size
        if not everything and not (terms.matrices == terms.matrices[0]).all():
            reason = "none: the terms have different matrices, so the variance grows with ‖z‖²"
            return OracleConstants(None, None, reason)
        spread = float(np.sum(np.var(terms.offsets, axis=0))) / self.batch
        fewer = (size - self.batch) / max(size - 1, 1)  # without replacement
        return additive_constants(problem, spread if self.replacement else spread * fewer)


def _with_replacement(rng: np.random.Generator, terms: int, shape: tuple[int, int]) -> Indices:
    return rng.integers(0, terms, shape)


def _without_replacement(rng: np.random.Generator, terms: int, shape: tuple[int, int]) -> Indices:
    """Floyd's algorithm on all rows at once: every subset of the terms is equally likely."""
    uniform, chosen = rng.random(shape), np.empty(shape, dtype=np.int64)
    for b, last in enumerate(range(terms - shape[1], terms)):
        index = (uniform[:, b] * (last + 1)).astype(np.int64)
        taken = (chosen[:, :b] == index[:, None]).any(axis=1)
        chosen[:, b] = np.where(taken, last, index)
    return chosen
