"""Ways to decide a family of methods at many parameters at once, exactly and by formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Symbol, lambdify

from ...flows.problems.problem import SaddleProblem
from ..comparing.verdict import known_outcome
from ..stability.linearisation import floating_eigenvalues
from ..stability.minors import REAL, SQUARE, stability_minors
from ..stability.spectrum import spectrum
from .region_map import Array, Family, Layer, Verdicts

SIGNS: Mapping[str, int] = MappingProxyType(
    {"converges": 1, "diverges": -1, "cycles": -1, "undecided": 0}
)
"""Verdicts as numbers: to cycle is not to converge."""

BOUNDARY = 256
"""Eigenvalues on the boundary of a half disk that are looked at."""


def exact_on(problem: SaddleProblem) -> Layer:
    """Decide by the exact stability region, at the eigenvalues of DG at the saddle point.

    The Schur–Cohn minors of the family, polynomials in its two parameters, are evaluated in
    floating point: exact but for rounding on the very boundary.

    Parameters
    ----------
    problem : SaddleProblem
        With a saddle point at which G is differentiable.
    """
    return _by_minors(floating_eigenvalues(problem))


def exact_half_disk(R: float) -> Layer:
    """Decide for all monotone linear G with Lipschitz constant R.

    By the stability region on 256 eigenvalues of the boundary of the half disk |λ| ≤ R,
    Re λ ≥ 0: a spectral radius is subharmonic in λ, so that it is largest there.

    Parameters
    ----------
    R : float, > 0
        The Lipschitz constant.
    """
    half = BOUNDARY // 2
    axis = 1j * np.geomspace(1e-3 * R, R, half)
    arc = R * np.exp(0.5j * np.pi * np.linspace(0, 1, half))
    return _by_minors(np.concatenate([axis, arc]))


def known_on(problem: SaddleProblem) -> Layer:
    """Decide an affine problem cell by cell, by the verdicts of `compare` that need no run.

    It knows also methods that change with k, such as SimGD-A, by their exponents; 10⁴ cells take
    about a second.

    Parameters
    ----------
    problem : SaddleProblem
        Affine.
    """
    known = spectrum(problem)

    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        outcomes = (known_outcome(family(a, b), known) for a, b in zip(x, y, strict=True))
        return np.array([0 if one is None else SIGNS[one.kind] for one in outcomes], dtype=np.int8)

    return decide


def where(condition: Callable[[Array, Array], ArrayLike]) -> Layer:
    """Decide by a sufficient condition: where it does not hold, nothing is said.

    Parameters
    ----------
    condition : callable
        Two arrays of parameters -> array of bool, e.g. the hypothesis of a theorem.
    """

    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        return np.where(np.asarray(condition(x, y), dtype=bool), 1, 0).astype(np.int8)

    return decide


def _by_minors(eigenvalues: NDArray[np.complex128]) -> Layer:
    def decide(family: Family, x: Array, y: Array) -> Verdicts:
        first, second = Symbol("x", positive=True), Symbol("y", positive=True)
        minors = stability_minors(family(first, second))
        least = lambdify((first, second, REAL, SQUARE), [m.as_expr() for m in minors], "numpy")
        stable = np.ones(x.shape, dtype=bool)
        for value in eigenvalues:
            stable &= _all_positive(least(x, y, value.real, abs(value) ** 2))
        return np.where(stable, 1, -1).astype(np.int8)

    return decide


def _all_positive(values: list[Any]) -> Any:
    return np.logical_and.reduce([np.asarray(value) > 0 for value in values])
