"""simGD on L = xᵀAu with additive Gaussian noise, written by hand: NumPy, numba, C, JAX."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HERE = Path(__file__).parent
ALPHA, SIGMA = 0.01, 0.3


def numpy_loop(A: Array, z: Array, steps: int) -> Array:
    """One path as a Python loop on NumPy arrays."""
    rng, n = np.random.default_rng(1), len(A)
    M = np.block([[np.zeros((n, n)), A], [-A.T, np.zeros((n, n))]])
    for _ in range(steps):
        z = z - ALPHA * (M @ z + SIGMA * rng.standard_normal(2 * n))
    return z


def numpy_vectorised(A: Array, z: Array, steps: int) -> Array:
    """All paths at once, in place."""
    rng, n, z = np.random.default_rng(1), len(A), z.copy()
    for _ in range(steps):
        g = rng.standard_normal(z.shape)
        g *= SIGMA
        g[:, :n] += z[:, n:] @ A.T
        g[:, n:] -= z[:, :n] @ A
        g *= ALPHA
        z -= g
    return z


@numba.njit(nogil=True, error_model="numpy")
def _two(a, z, steps, rng):  # d = 2 by scalars
    for p in range(len(z)):
        x, u = z[p, 0], z[p, 1]
        for _ in range(steps):
            gx = a * u + SIGMA * rng.standard_normal()
            gu = -a * x + SIGMA * rng.standard_normal()
            x -= ALPHA * gx
            u -= ALPHA * gu
        z[p, 0], z[p, 1] = x, u


@numba.njit(nogil=True, error_model="numpy")
def _many(A, z, steps, rng):
    n = len(A)
    g = np.empty(2 * n)
    for p in range(len(z)):
        now = z[p]
        for _ in range(steps):
            for i in range(2 * n):
                g[i] = SIGMA * rng.standard_normal()
            for i in range(n):
                for j in range(n):
                    g[i] += A[i, j] * now[n + j]
                    g[n + j] -= A[i, j] * now[i]
            for i in range(2 * n):
                now[i] -= ALPHA * g[i]


def _shared(run: Callable[[Array, int], None], z: Array, threads: int) -> Array:
    parts = np.array_split(z, threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, parts, range(threads)))
    return z


def numba_generator(A: Array, z: Array, steps: int, threads: int) -> Array:
    """Compile a kernel with one generator a thread."""

    def run(part: Array, i: int) -> None:
        rng = np.random.default_rng(i)
        if len(A) == 1:
            _two(A[0, 0], part, steps, rng)
        else:
            _many(A, part, steps, rng)

    return _shared(run, z.copy(), threads)


class CZiggurat:
    """The kernel in C, for points of d numbers."""

    def __init__(self, d: int) -> None:
        library = Path(tempfile.mkdtemp(prefix="simgd-")) / "simgd.so"
        # Pairs of numbers in vector registers make it twice as slow.
        flags = ["-O3", "-march=native", "-fno-tree-slp-vectorize", f"-DD={d}", "-shared", "-fPIC"]
        source = str(HERE / "simgd_ziggurat.c")
        subprocess.run(["gcc", *flags, source, "-o", str(library), "-lm"], check=True)
        self._library = ctypes.CDLL(str(library))
        self._library.prepare()

    def __call__(self, A: Array, z: Array, steps: int, threads: int) -> Array:
        """Do the steps on all rows."""
        A, double, long = np.ascontiguousarray(A), ctypes.c_double, ctypes.c_long

        def run(part: Array, i: int) -> None:
            self._library.simgd(
                ctypes.c_void_p(part.ctypes.data), long(len(part)), long(steps),
                ctypes.c_void_p(A.ctypes.data), double(ALPHA), double(SIGMA),
                ctypes.c_uint64(i + 1),
            )  # fmt: skip

        return _shared(run, z.copy(), threads)


def jax_scan(A: Array, steps: int) -> Callable[[Array], Array]:
    """Compile a scan over steps, mapped over paths, with a key for each."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    matrix, n = jnp.asarray(A), len(A)

    def one(z, key):
        def step(z, key):
            g = jnp.concatenate([matrix @ z[n:], -matrix.T @ z[:n]])
            return z - ALPHA * (g + SIGMA * jax.random.normal(key, z.shape)), None

        return jax.lax.scan(step, z, jax.random.split(key, steps))[0]

    together = jax.jit(jax.vmap(one))
    return lambda z: np.asarray(together(z, jax.random.split(jax.random.key(1), len(z))))
