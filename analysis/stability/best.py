"""The contraction factor of a method on a problem, and the parameters that make it least."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ...discretize.method import Method, numerical
from ...discretize.operators import BlockOperator
from ...flows.errors import ProblemError
from ...flows.problems.problem import SaddleProblem
from .linearisation import floating_eigenvalues
from .radius import spectral_radius

SPAN = (1e-3, 1e2)
"""Parameters are looked for in these multiples of 1/max|λ|."""

GRID = 24
"""Values of each parameter that are tried before the search."""

FINE: Mapping[str, Any] = MappingProxyType({"xatol": 1e-10, "fatol": 1e-13, "maxiter": 2000})
"""When the search ends: |log of a parameter| and factor known so well."""

EDGE = 1e-6
"""Distance from the edge, in the logarithm of a parameter, that counts as being there."""


@dataclass(frozen=True)
class BestParameters:
    """Parameters of a method with the least contraction factor that was found.

    Attributes
    ----------
    method : Method
        With these parameters.
    factor : float
        max |ρ| over the eigenvalues λ ≠ 0 of DG: errors fall like factor^k, if it is < 1.
    at_edge : bool
        Whether a parameter is at the edge of what was searched, so that there may be better ones.
    """

    method: Method
    factor: float
    at_edge: bool

    def __str__(self) -> str:
        if not self.factor < 1:
            return f"no parameters were found with which {self.method.title} converges"
        edge = ", at the edge of what was searched" if self.at_edge else ""
        return f"{self.method}: errors fall like {self.factor:.6g}^k{edge}"


def contraction_factor(method: Method, problem: SaddleProblem) -> float:
    """Asymptotic contraction factor of a method: max |ρ| over the eigenvalues λ ≠ 0 of DG.

    Parameters
    ----------
    method : Method
        The same at every step, with numbers for parameters.
    problem : SaddleProblem
        With a saddle point at which G is differentiable.

    Raises
    ------
    ProblemError
        The method treats the players differently (`compare` measures it), or has no linear
        reading; or there is no saddle point.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import SaddleProblem
    >>> contraction_factor(SimGD(0.5), SaddleProblem("x**2 - u**2", "x", "u"))
    0.0
    """
    eigenvalues = _eigenvalues(method, problem)
    return float(spectral_radius(numerical(method), eigenvalues).max(initial=0.0))


def best_parameters(
    method: Method, problem: SaddleProblem, names: Sequence[str] = ("alpha",)
) -> BestParameters:
    """Parameters for which a method contracts fastest near the saddle point.

    A grid in multiples of 1/max|λ| and a search by Nelder and Mead from its three best points:
    a local minimum of a function that is not smooth, not a proof of optimality.

    Parameters
    ----------
    method : Method
        The same at every step; the named parameters are replaced.
    problem : SaddleProblem
        With a saddle point at which G is differentiable.
    names : sequence of str
        Which parameters may vary: learning rates, that is, numbers > 0 in units of 1/|λ|.

    Raises
    ------
    ProblemError
        As `contraction_factor` does; or a name is no parameter.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.flows import SaddleProblem
    >>> best = best_parameters(SimGD(1), SaddleProblem("x**2/2 + x*u - u**2/2", "x", "u"))
    >>> round(best.method.alpha, 4), round(best.factor, 4)
    (0.5, 0.7071)
    """
    known = {field.name for field in dataclasses.fields(method)}
    if unknown := set(names) - known:
        raise ProblemError(f"{', '.join(sorted(unknown))} is no parameter of {method}")
    eigenvalues = _eigenvalues(method, problem)
    if eigenvalues.size == 0:
        raise ProblemError("DG = 0 at the saddle point: no parameter is better than another")
    unit = 1.0 / float(np.abs(eigenvalues).max())

    def trial(logs: NDArray[np.float64]) -> Method:
        values = (unit * np.exp(logs)).tolist()
        return dataclasses.replace(method, **dict(zip(names, values, strict=True)))

    def factor(logs: NDArray[np.float64]) -> float:
        return float(spectral_radius(numerical(trial(logs)), eigenvalues).max())

    low, high = np.log(SPAN)
    grid = np.meshgrid(*[np.linspace(low, high, GRID)] * len(names), indexing="ij")
    points = sorted(np.stack(grid, axis=-1).reshape(-1, len(names)), key=factor)[:3]
    search = {"method": "Nelder-Mead", "bounds": [(low, high)] * len(names), "options": dict(FINE)}
    found = [minimize(factor, point, **search) for point in points]
    best = min(found, key=lambda one: float(one.fun))
    at_edge = bool(np.any((best.x <= low + EDGE) | (best.x >= high - EDGE)))
    return BestParameters(trial(best.x), float(best.fun), at_edge)


def _eigenvalues(method: Method, problem: SaddleProblem) -> NDArray[np.complex128]:
    if method.needs is BlockOperator:
        raise ProblemError(
            f"{type(method).__name__} treats the players differently: the eigenvalues of DG do not "
            "decide; use compare, which measures"
        )
    return floating_eigenvalues(problem)
