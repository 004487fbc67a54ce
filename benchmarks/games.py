"""Matrix games min_x max_u xᵀAu at t = 50/‖A‖, by each flow: dense and sparse payoffs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from measuring import Contestant, race, table
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import LinearOperator, cg, expm_multiply, svds

from saddleode.flows import AnchoredFlow, GradientFlow, OptimisticFlow, SaddleProblem, integrate

TOLERANCE = 1e-10
FINE = 1e-13  # of the Krylov engine, relative to the start; it costs five products more than 1e-11
Solve = Callable[[np.ndarray], np.ndarray]


def dense_game(n: int) -> Any:
    """Gaussian payoffs, n x n."""
    return np.random.default_rng(0).standard_normal((n, n)) / np.sqrt(n)


def sparse_game(n: int) -> Any:
    """Gaussian payoffs, n x n, about 10 a row."""
    rng = np.random.default_rng(0)
    rows = np.repeat(np.arange(n), 10)
    values = rng.standard_normal(len(rows))
    return scipy.sparse.csr_array((values, (rows, rng.integers(0, n, len(rows)))), shape=(n, n))


def products(A: Any) -> Solve:
    """z ↦ Mz for M = [[0, A], [−Aᵀ, 0]], as fast as SciPy allows."""
    n = A.shape[0]
    transposed = A.T.tocsr() if scipy.sparse.issparse(A) else A.T
    return lambda z: np.concatenate([A @ z[n:], -(transposed @ z[:n])])


def shifted_solver(A: Any, beta: float) -> Solve:
    """v ↦ (I + βM)⁻¹v: by factors if A is dense, else by conjugate gradients.

    M is skew, so (I + βM)⁻¹ = (I − β²M²)⁻¹ (I − βM), with a positive definite matrix.
    """
    M, d = products(A), 2 * A.shape[0]
    if isinstance(A, np.ndarray):
        n = A.shape[0]
        whole = np.block([[np.eye(n), beta * A], [-beta * A.T, np.eye(n)]])
        factors = scipy.linalg.lu_factor(whole)
        return lambda v: scipy.linalg.lu_solve(factors, v)
    square = LinearOperator((d, d), matvec=lambda v: v - beta**2 * M(M(v)), dtype=np.float64)
    return lambda v: cg(square, v - beta * M(v), rtol=1e-14)[0]


def by_modes(A: np.ndarray, flow: Any, z0: np.ndarray, t: float) -> np.ndarray:
    """The solution by singular vectors: w = x + iu of the value s turns with frequency s."""
    n = len(A)
    U, s, Vt = np.linalg.svd(A)
    w, turn = U.T @ z0[:n] + 1j * (Vt @ z0[n:]), 1j * s * t
    factor = {
        "gradient": lambda: np.exp(turn),
        "optimistic": lambda: np.exp(turn / (1 - 1j * flow.beta * s)),
        "anchored": lambda: np.expm1(turn) / turn,
    }[flow.name]()
    return np.concatenate([U @ (factor * w).real, Vt.T @ (factor * w).imag])


def by_exponential(A: Any, flow: Any, z0: np.ndarray, t: float) -> np.ndarray:
    """The solution by SciPy's exponential of a matrix, right to some 1e-12 here.

    Anchored with γ = 1: Z(t) = (1/t) ∫_0^t e^{−sM} Z0 ds, one exponential with a row more.
    """
    M, d = products(A), len(z0)
    if flow.name == "anchored":
        whole = LinearOperator(
            (d + 1, d + 1),
            matvec=lambda v: np.append(t * (v.ravel()[-1] * z0 - M(v.ravel()[:-1])), 0.0),
            rmatvec=lambda v: np.append(t * M(v.ravel()[:-1]), t * (z0 @ v.ravel()[:-1])),
            dtype=np.float64,
        )
        return expm_multiply(whole, np.append(np.zeros(d), 1.0), traceA=0.0)[:-1] / t
    solve = shifted_solver(A, flow.beta) if flow.name == "optimistic" else None
    back = shifted_solver(A, -flow.beta) if flow.name == "optimistic" else None
    N = LinearOperator(
        (d, d),
        matvec=lambda v: -t * (solve(M(v.ravel())) if solve else M(v.ravel())),
        rmatvec=lambda v: t * (back(M(v.ravel())) if back else M(v.ravel())),
        dtype=np.float64,
    )
    return expm_multiply(N, z0, traceA=0.0)


def by_runge_kutta(A: Any, flow: Any, z0: np.ndarray, t: float) -> tuple[np.ndarray, int]:
    """By SciPy's DOP853; the point and the number of evaluations of the right-hand side."""
    M = products(A)
    solve = shifted_solver(A, flow.beta) if flow.name == "optimistic" else None

    def rate(s: float, z: np.ndarray) -> np.ndarray:
        if solve is not None:
            return -solve(M(z))
        if flow.name == "gradient":
            return -M(z)
        return -M(z) / 2.0 if s == 0.0 else -M(z) - (z - z0) / s

    options = {"rtol": TOLERANCE, "atol": TOLERANCE, "method": "DOP853"}
    solution = solve_ivp(rate, (0, t), z0, t_eval=[t], **options)
    return solution.y[:, -1], solution.nfev


def report(title: str, A: Any, *, quick: bool) -> str:
    """Measure one game and return the table."""
    problem = SaddleProblem.bilinear(A)
    norm = float(svds(A, k=1, return_singular_vectors=False)[0])
    z0 = np.random.default_rng(1).standard_normal(2 * A.shape[0])
    rows = []
    for flow in (GradientFlow(), OptimisticFlow(1.0, 0.5 / norm), AnchoredFlow(1.0)):
        rows += race(_contestants(A, problem, flow, z0, 50.0 / norm, quick))
    targets = (
        "at most 1/5 of the time of DOP853, an error 1000 times smaller, at most 130 applications."
    )
    return table(title, rows, "solve_ivp DOP853", targets)


def _contestants(
    A: Any, problem: SaddleProblem, flow: Any, z0: np.ndarray, t: float, quick: bool
) -> list[Contestant]:
    exact = (by_modes if isinstance(A, np.ndarray) else by_exponential)(A, flow, z0, t)
    solves = flow.name == "optimistic"
    options = {"t_eval": [t], "rtol": FINE, "atol": FINE, "engine": "krylov"}
    return [
        Contestant(
            f"{flow.name}: solve_ivp DOP853",
            lambda: by_runge_kutta(A, flow, z0, t),
            lambda found: float(np.linalg.norm(found[0] - exact)),
            remark=lambda found: f"{found[1]} applications" + ", each with a solve" * solves,
            repeats=1 if solves or quick else 5,
        ),
        Contestant(
            f"{flow.name}: krylov engine",
            lambda: integrate(flow, problem, z0, (0, t), **options),
            lambda found: float(np.linalg.norm(found.z[-1] - exact)),
            remark=lambda found: (
                f"{found.nfev} applications; own estimate {found.error_estimate[-1]:.0e}"
            ),
        ),
    ]
