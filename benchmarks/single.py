"""One small anchored trajectory: t from 0 to 100, tolerance 1e-9."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time

import numpy as np
from measuring import Contestant, Row, race, table
from scipy.integrate import solve_ivp

from saddleode.flows import AnchoredFlow, SaddleProblem, Trajectory, integrate

TOLERANCE = 1e-9
TIMES = np.linspace(0.0, 100.0, 201)
START = [1.0, -0.5]
PROBLEM = SaddleProblem("x^4/4 + x*u - u^4/4", "x", "u")
COLD = """
from saddleode.flows import AnchoredFlow, SaddleProblem, integrate
problem = SaddleProblem("x^4/4 + x*u - u^4/4", "x", "u")
trajectory = integrate(AnchoredFlow(1), problem, [1.0, -0.5], (0, 100), rtol=1e-9)
assert trajectory.success
"""


def by_hand(t: float, z: np.ndarray) -> list[float]:
    """Right-hand side as a careful user would write it for `solve_ivp`: on Python's floats."""
    x, u = z.tolist()
    gx, gu = x * x * x + u, u * u * u - x
    if t == 0.0:
        return [-gx / 2.0, -gu / 2.0]
    return [-gx - (x - 1.0) / t, -gu - (u + 0.5) / t]


def ours(engine: str) -> Trajectory:
    """Through the package."""
    options = {"t_eval": TIMES, "rtol": TOLERANCE, "atol": TOLERANCE, "engine": engine}
    return integrate(AnchoredFlow(1), PROBLEM, START, (0, 100), **options)


def theirs() -> np.ndarray:
    """By SciPy directly."""
    options = {"t_eval": TIMES, "rtol": TOLERANCE, "atol": TOLERANCE, "method": "DOP853"}
    return solve_ivp(by_hand, (0, 100), START, **options).y.T


def engine_alone() -> np.ndarray:
    """The compiled integrator by itself: what a call of `integrate` cannot undercut."""
    from saddleode.flows.engines.compiled_flow import compiled_flow

    flow = AnchoredFlow(1.0)
    with compiled_flow(flow, PROBLEM, single=True).borrowed() as integrator:
        integrator.time, integrator.state[:] = 1e-2, START
        integrator.pars[:] = [1.0, *START][: len(integrator.pars)]
        return integrator.propagate_grid(np.concatenate([[1e-2], TIMES[1:]]))[-1]


def cold() -> Row:
    """A fresh process, imports and compilation included."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", COLD], check=True)
        times.append(time.perf_counter() - started)
    return Row("a cold process", sorted(times)[1], remark="imports and compilation included")


def report() -> str:
    """Measure and return the table."""
    options = {"t_eval": TIMES, "reference": True}
    exact = integrate(AnchoredFlow(1), PROBLEM, START, (0, 100), **options).z

    def error(result: Trajectory) -> float:
        return float(np.max(np.abs(result.z - exact)))

    contestants = [
        Contestant("solve_ivp DOP853", theirs, lambda z: float(np.max(np.abs(z - exact)))),
        Contestant("scipy engine", lambda: ours("scipy"), error),
    ]
    left_out = []
    if importlib.util.find_spec("heyoka"):
        contestants += [
            Contestant("taylor engine", lambda: ours("taylor"), error, repeats=25),
            Contestant("its compiled part alone", engine_alone, repeats=25),
        ]
    else:
        left_out = ["the taylor engine: heyoka is not installed, pip install 'saddleode[fast]'"]
    return table(
        "Single anchored trajectory, d = 2, t in [0, 100], tolerance 1e-9, 201 output times",
        [*race(contestants), cold()],
        "solve_ivp DOP853",
        "taylor 1/150 = 0.0067 of solve_ivp with a smaller error; cold process at most 1.5 s.",
        left_out,
    )
