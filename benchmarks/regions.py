"""Stability regions and maps: exact polynomials beside eigenvalues cell by cell."""

from __future__ import annotations

import numpy as np
from measuring import Contestant, race, table
from sympy import symbols

from saddleode.analysis import exact_on, measured_on, region_map, stability_region
from saddleode.discretize import (
    OGDA,
    AlternatingGDA,
    Extragradient,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    SimGD,
)
from saddleode.flows import SaddleProblem

XU = SaddleProblem("x*u", "x", "u")


def conditions() -> str:
    """Exact conditions of all methods that are the same at every step, from nothing."""
    alpha, beta = symbols("alpha beta", positive=True)
    methods = [SimGD(alpha), OptimisticSimGD(alpha, beta), OGDA(alpha), PastExtragradient(alpha)]
    methods += [Extragradient(alpha), ProximalPoint(alpha), AlternatingGDA(alpha)]
    contestants = [
        Contestant(method.name, lambda method=method: stability_region(method).conditions)
        for method in methods
    ]
    return table("Exact region conditions", race(contestants), "simgd", "each below 5 s")


def maps(cells: int, iterations: int) -> str:
    """A map of SimGD-O over (alpha, beta): exact, by eigenvalues of each cell, by runs."""
    alpha, beta = np.linspace(0.005, 1.2, cells), np.linspace(0.005, 1.2, cells)
    exact = _map(exact_on(XU), alpha, beta)

    def wrong(verdicts: np.ndarray) -> float:
        return float(np.mean(verdicts != exact))

    contestants = [
        Contestant("exact polynomials", lambda: _map(exact_on(XU), alpha, beta), wrong),
        Contestant("numpy eigvals, stacked", lambda: _by_eigenvalues(alpha, beta), wrong),
        Contestant(
            f"runs of {iterations} steps",
            lambda: _map(measured_on(XU, [1.0, 0.0], iterations=iterations), alpha, beta),
            wrong,
            warm=False,
        ),
    ]
    title = f"Map of SimGD-O on xu, {cells} x {cells} cells (error: share of other verdicts)"
    return table(title, race(contestants), "exact polynomials", "exact below 2 s, runs below 60 s")


def _map(layer: object, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    layers = {"layer": layer}
    return region_map(OptimisticSimGD, ("alpha", alpha), ("beta", beta), layers).layers["layer"]


def _by_eigenvalues(alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Spectral radii of the amplification matrices at λ = i, written by hand."""
    a, b = np.meshgrid(alpha, beta)
    matrices = np.zeros((*a.shape, 2, 2), dtype=complex)
    matrices[..., 0, 0], matrices[..., 0, 1], matrices[..., 1, 0] = 1 - (a + b) * 1j, b, 1j
    return np.where(np.abs(np.linalg.eigvals(matrices)).max(axis=-1) < 1, 1, -1)
