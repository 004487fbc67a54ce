"""Iterations: million iterations × paths a second, one path and 10⁴, beside kernels by hand."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peers.simgd_by_hand import (
    ALPHA,
    SIGMA,
    CZiggurat,
    jax_scan,
    numba_generator,
    numpy_loop,
    numpy_vectorised,
)
from threadpoolctl import threadpool_limits

from saddleode.discretize import GaussianNoise, SimGD, iterate
from saddleode.flows import SaddleProblem

Array = NDArray[np.float64]
Contender = tuple[str, int, Callable[[int], object]]

ROUNDS, PATHS = 5, 10_000
TARGETS = {
    1: "compiled at least 400x the NumPy loop and 0.8x numba",
    PATHS: "compiled at least 0.9x numba and 0.5x C on as many threads; numpy engine at least "
    "0.8x NumPy vectorised",
}


def coupling(n: int) -> Array:
    """The matrix of the bilinear problem."""
    return np.eye(1) if n == 1 else np.random.default_rng(0).standard_normal((n, n)) / n


def measured(contenders: list[Contender], paths: int) -> dict[str, float]:
    """Median rate of each over rounds in which all take their turn, in 10⁶ steps of a path a s."""
    rates: dict[str, list[float]] = {name: [] for name, _, _ in contenders}
    for _, steps, run in contenders:
        run(steps)
    for _ in range(ROUNDS):
        for name, steps, run in contenders:
            started = time.perf_counter()
            run(steps)
            rates[name].append(steps * paths / (time.perf_counter() - started) / 1e6)
    return {name: statistics.median(values) for name, values in rates.items()}


def report(n: int, paths: int) -> str:
    """Measure n primal and n dual variables, and return the table."""
    A, z0 = coupling(n), np.ones((paths, 2 * n))
    problem, noise, c = SaddleProblem.bilinear(A), GaussianNoise(SIGMA**2), CZiggurat(2 * n)
    few, many = (20_000, 2_000_000 // n) if paths == 1 else (60, 2_000 // n)

    def ours(engine: str) -> Callable[[int], object]:
        start = z0[0] if paths == 1 else z0
        return lambda steps: iterate(
            SimGD(ALPHA), problem, start, steps, oracle=noise, seed=1, record=steps, engine=engine
        )

    contenders: list[Contender] = [
        ("compiled engine", many, ours("compiled")),
        ("numpy engine", few, ours("numpy")),
    ]
    if paths == 1:
        contenders.append(("NumPy loop", few, lambda steps: numpy_loop(A, z0[0], steps)))
    else:
        contenders.append(("NumPy vectorised", few, lambda s: numpy_vectorised(A, z0, s)))
    for threads in (1,) if paths == 1 else (1, 2):
        told = f", {threads} thread" + "s" * (threads > 1)
        contenders += [
            (f"numba, Generator{told}", many, lambda s, t=threads: numba_generator(A, z0, s, t)),
            (f"C, ziggurat{told}", many, lambda s, t=threads: c(A, z0, s, t)),
        ]
    if importlib.util.find_spec("jax"):
        steps = few * (5 if paths == 1 else 1)
        scan = jax_scan(A, steps)
        contenders.append(("JAX, scan and vmap", steps, lambda _: scan(z0)))
    title = f"{paths} path{'s' * (paths > 1)}, d = {2 * n}, bilinear with Gaussian noise"
    return table(title, measured(contenders, paths), TARGETS[paths])


def table(title: str, rates: dict[str, float], targets: str) -> str:
    """Return the table in Markdown: rates, and those of our engines relative to them."""
    compiled, arrays = rates["compiled engine"], rates["numpy engine"]
    lines = [f"### {title}", "", "| | 10⁶ steps/s | compiled / it | numpy engine / it |"]
    lines.append("| --- | ---: | ---: | ---: |")
    for name, rate in rates.items():
        lines.append(f"| {name} | {rate:.3g} | {compiled / rate:.3g} | {arrays / rate:.3g} |")
    return "\n".join([*lines, "", f"To reach: {targets}.", ""])


def dense_game(size: int = 1000, steps: int = 100) -> str:
    """One step on a dense game against two products with its matrix, in turns, on one thread."""
    A = np.random.default_rng(0).standard_normal((size, size)) / np.sqrt(4 * size)
    problem, z0, x = SaddleProblem.bilinear(A), np.ones(2 * size), np.ones(size)

    def products() -> None:
        for _ in range(steps):
            A @ x
            x @ A

    def game() -> None:
        iterate(SimGD(ALPHA), problem, z0, steps, record=steps)

    times: dict[Callable[[], None], list[float]] = {products: [], game: []}
    with threadpool_limits(1):
        for _ in range(10 * ROUNDS):
            for run, taken in times.items():
                started = time.perf_counter()
                run()
                taken.append((time.perf_counter() - started) / steps)
    two, step = (statistics.median(taken) * 1e6 for taken in times.values())
    return (
        f"### Dense game {size} x {size}\n\nOne step of simGD {step:.0f} µs, two products with the "
        f"matrix {two:.0f} µs: {step / two:.3f} times.\n\nTo reach: 1.15.\n"
    )


FIRST_CALL = """
import time
from saddleode.discretize import METHODS, iterate
from saddleode.flows import SaddleProblem
xu, before = SaddleProblem("x*u", "x", "u"), 0
for kind in METHODS:
    method = kind(**kind.example)
    started = time.perf_counter()
    assert iterate(method, xu, [1, 0], 1000, engine="compiled").success
    print(time.perf_counter() - started, method.name)
"""


def setting_up() -> str:
    """Time of the first call on xu with each method, in a process of its own."""
    out = subprocess.run([sys.executable, "-c", FIRST_CALL], capture_output=True, check=True)
    lines = [line.split(" ", 1) for line in out.stdout.decode().splitlines()]
    first, rest = float(lines[0][0]), max(lines[1:], key=lambda line: float(line[0]))
    return (
        f"### Set-up on xu, compilation included\n\nThe first run of a process {first:.2f} s "
        f"({lines[0][1]}); of the other methods at most {float(rest[0]):.2f} s ({rest[1]}).\n\n"
        "To reach: 2.5 s.\n"
    )


def reports() -> list[str]:
    """Return all tables."""
    sizes = [(n, paths) for paths in (1, PATHS) for n in (1, 5)]
    return [*(report(n, paths) for n, paths in sizes), dense_game(), setting_up()]
