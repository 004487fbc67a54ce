"""Ensembles: 10⁴ members at 200 times, two sizes, errors at most 1e-8."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from measuring import Contestant, race, table
from peers.dop853_simd import SimdKernel
from scipy.integrate import solve_ivp

from saddleode.flows import AnchoredFlow, SaddleProblem, integrate

SAMPLE, KNOWN = 50, 200  # members of the loop; members with a reference if there is no C kernel
TIMES = np.linspace(1.0, 11.0, 200)
# Tolerances for errors between 1e-9 and 1e-8: of trajectories, of steps, and of those of diffrax.
LOOSE, FINE, DIFFRAX = 3e-8, 1e-10, {1: 1e-10, 5: 5e-11}
TARGETS = {
    1: "taylor at most 4x the C kernel and half of diffrax; scipy engine at most 1/150 of the loop",
    5: "taylor at most 2x the C kernel and 1/8 of diffrax; scipy engine at most 1/60 of the loop",
}


def coupling(n: int) -> np.ndarray:
    """The matrix of the bilinear term."""
    if n == 1:
        return np.eye(1)
    return np.random.default_rng(0).standard_normal((n, n)) / np.sqrt(n)


def quartic(A: np.ndarray) -> SaddleProblem:
    """Saddle problem L = Σ x⁴/4 + xᵀAu − Σ u⁴/4."""
    n = len(A)
    xs, us = sympy.symbols(f"x:{n}"), sympy.symbols(f"u:{n}")
    bilinear = sum(xs[i] * A[i, j] * us[j] for i in range(n) for j in range(n))
    return SaddleProblem(sum(x**4 for x in xs) / 4 + bilinear - sum(u**4 for u in us) / 4, xs, us)


def operator(A: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """G as NumPy code by hand."""
    n = len(A)

    def G(z: np.ndarray) -> np.ndarray:
        x, u = z[..., :n], z[..., n:]
        return np.concatenate([x**3 + u @ A.T, u**3 - x @ A], axis=-1)

    return G


def loop(G: Callable[[np.ndarray], np.ndarray], z0: np.ndarray) -> np.ndarray:
    """Integrate one member after the other by `solve_ivp`."""
    found = [
        solve_ivp(
            lambda t, z, a=a: -G(z) - (z - a) / t,
            (1, 11),
            a,
            t_eval=TIMES,
            method="DOP853",
            rtol=FINE,
            atol=FINE,
        ).y.T
        for a in z0
    ]
    return np.stack(found)


def stacked(G: Callable[[np.ndarray], np.ndarray], z0: np.ndarray) -> np.ndarray:
    """Integrate all members as one system by `solve_ivp`."""

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        z = y.reshape(z0.shape)
        return (-G(z) - (z - z0) / t).ravel()

    options = {"t_eval": TIMES, "method": "DOP853", "rtol": FINE, "atol": FINE}
    y = solve_ivp(rate, (1, 11), z0.ravel(), **options).y
    return np.moveaxis(y.reshape(*z0.shape, -1), -1, 1)


def diffrax_solver(A: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Integrate by diffrax: Dopri8, compiled, each member with its own steps."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    matrix, n = jnp.asarray(A), len(A)

    def rate(t, z, anchor):
        x, u = z[:n], z[n:]
        g = jnp.concatenate([x**3 + matrix @ u, u**3 - matrix.T @ x])
        return -g - (z - anchor) / t

    def one(start):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(rate),
            diffrax.Dopri8(),
            1.0,
            11.0,
            None,
            start,
            args=start,
            saveat=diffrax.SaveAt(ts=jnp.asarray(TIMES)),
            stepsize_controller=diffrax.PIDController(rtol=DIFFRAX[n], atol=DIFFRAX[n]),
        ).ys

    together = jax.jit(jax.vmap(one))
    return lambda z0: np.asarray(together(jnp.asarray(z0)))


def report(n: int, members: int) -> str:
    """Measure n primal and n dual variables, and return the table."""
    A, G = coupling(n), operator(coupling(n))
    problem, kernel = quartic(A), SimdKernel(n) if shutil.which("gcc") else None
    z0 = np.random.default_rng(1).standard_normal((members, 2 * n))
    exact = kernel.solve(z0, A, 1.0, TIMES, 1e-13) if kernel else reference(problem, z0[:KNOWN])

    def error(z: np.ndarray) -> float:
        known = min(len(z), len(exact))
        return float(np.max(np.abs(z[:known] - exact[:known])))

    contestants = [
        Contestant("scipy engine", lambda: ours(problem, z0, "scipy"), error),
        Contestant("solve_ivp stacked", lambda: stacked(G, z0), error, repeats=3),
        Contestant(
            "solve_ivp loop",
            lambda: loop(G, z0[:SAMPLE]),
            error,
            scale=members / len(z0[:SAMPLE]),
            repeats=3,
            remark=f"{len(z0[:SAMPLE])} members, scaled",
        ),
    ]
    left_out = []
    if importlib.util.find_spec("diffrax"):
        solve = diffrax_solver(A)
        contestants.insert(0, Contestant("diffrax Dopri8", lambda: solve(z0), error))
    else:
        left_out.append("diffrax: not installed")
    if importlib.util.find_spec("heyoka"):
        run = lambda: ours(problem, z0, "taylor")  # noqa: E731
        contestants.insert(0, Contestant("taylor engine", run, error, remark="all processors"))
    else:
        left_out.append("the taylor engine: heyoka is not installed")
    if kernel:
        run_kernel = lambda: kernel.solve(z0, A, 1.0, TIMES, FINE)  # noqa: E731
        contestants.insert(0, Contestant("C kernel", run_kernel, error, remark="1 thread"))
    else:
        left_out.append(f"the C kernel: gcc is not installed; errors are those of {len(exact)}")
    title = (
        f"Ensemble of {members} x {len(TIMES)} times, d = {2 * n} (quartic + bilinear, anchored)"
    )
    targets = TARGETS[n] + "; errors below 1e-8."
    return table(title, race(contestants), "C kernel", targets, left_out)


def ours(problem: SaddleProblem, z0: np.ndarray, engine: str) -> np.ndarray:
    """Through the package."""
    options: Any = {"t_eval": TIMES, "rtol": LOOSE, "atol": LOOSE, "engine": engine}
    return integrate(AnchoredFlow(1), problem, z0, (1, 11), **options).z


def reference(problem: SaddleProblem, z0: np.ndarray) -> np.ndarray:
    """As accurate as can be."""
    return integrate(AnchoredFlow(1), problem, z0, (1, 11), t_eval=TIMES, reference=True).z
