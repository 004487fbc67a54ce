"""Time to a certified rate, beside the time PEPit and AutoLyap take to a numerical one.

Ours is a proof in exact arithmetic, for every number of steps, found by the search; the peers'
answers are numbers from a solver: PEPit's the worst case after N steps, AutoLyap's whether there
is a Lyapunov function. Monotone operators with Lipschitz constant 1.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from saddleode.analysis import (
    LipschitzMonotone,
    Monotone,
    search_best_iterate,
    search_lyapunov,
)
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import OGDA, Extragradient, Halpern, ProximalPoint

REPEATS = 3
STEPS = (5, 20)
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
ONE = LipschitzMonotone(1)


@dataclass(frozen=True)
class Statement:
    """A rate, how we find it, what it gives after N steps, and PEPit's run of N steps."""

    title: str
    ours: Callable[[], Any]
    after: Callable[[Fraction, int], Fraction]
    pepit: Callable[[int], float]
    autolyap: Callable[[], bool] | None = None


def pepit_worst_case(run: Callable[[Any, Any, Any], list[Any]], *, lipschitz: bool) -> float:
    """Return PEPit's worst case of the smallest metric that a run returns."""
    from PEPit import PEP
    from PEPit.operators import LipschitzStronglyMonotoneOperatorCheap, MonotoneOperator

    problem = PEP()
    if lipschitz:
        F = problem.declare_function(LipschitzStronglyMonotoneOperatorCheap, mu=0, L=1)
    else:
        F = problem.declare_function(MonotoneOperator)
    star = F.stationary_point()
    z0 = problem.set_initial_point()
    problem.set_initial_condition((z0 - star) ** 2 <= 1)
    for metric in run(F, z0, star):
        problem.set_performance_metric(metric)
    return float(problem.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0))


def proximal_point(N: int) -> float:
    """‖g^N‖² of the proximal point method with step 1."""
    from PEPit.primitive_steps import proximal_step

    def run(F: Any, z: Any, star: Any) -> list[Any]:
        for _ in range(N):
            z, g, _ = proximal_step(z, F, 1)
        return [g**2]

    return pepit_worst_case(run, lipschitz=False)


def halpern(N: int) -> float:
    """‖g‖² at step N of Halpern's iteration on the reflected resolvent."""
    from PEPit.primitive_steps import proximal_step

    def run(F: Any, z0: Any, star: Any) -> list[Any]:
        z = z0
        for k in range(N + 1):
            half, g, _ = proximal_step(z, F, 1)
            z = (1 / (k + 2)) * z0 + ((k + 1) / (k + 2)) * (2 * half - z)
        return [g**2]

    return pepit_worst_case(run, lipschitz=False)


def extragradient(N: int) -> float:
    """‖G(z^N)‖² of the extragradient method with step 1/2."""

    def run(F: Any, z: Any, star: Any) -> list[Any]:
        for _ in range(N):
            z = z - 0.5 * F.gradient(z - 0.5 * F.gradient(z))
        return [F.gradient(z) ** 2]

    return pepit_worst_case(run, lipschitz=True)


def optimistic(N: int) -> float:
    """The smallest ‖G(z^i)‖², i ≤ N, of the optimistic gradient method with step 1/4."""

    def run(F: Any, z: Any, star: Any) -> list[Any]:
        g = previous = F.gradient(z)
        metrics = [g**2]
        for _ in range(N):
            z = z - 0.25 * (2 * g - previous)
            previous, g = g, F.gradient(z)
            metrics.append(g**2)
        return metrics

    return pepit_worst_case(run, lipschitz=True)


def lyapunov_by_autolyap(algorithm: Any, operators: list[Any]) -> bool:
    """Whether AutoLyap finds a Lyapunov function for the fixed-point residual."""
    from autolyap import IterationIndependent, SolverOptions
    from autolyap.problemclass import InclusionProblem

    parameters = IterationIndependent.SublinearConvergence.get_parameters_fixed_point_residual
    P, T = parameters(algorithm)
    found = IterationIndependent.search_lyapunov(
        InclusionProblem(operators), algorithm, P, T, rho=1.0,
        solver_options=SolverOptions(backend="cvxpy", cvxpy_solver="CLARABEL"), verbosity=0,
    )  # fmt: skip
    return found["status"] == "feasible"


def autolyap_extragradient() -> bool:
    from autolyap.algorithms import Extragradient as Method
    from autolyap.problemclass import LipschitzOperator, MaximallyMonotone

    operators = [[MaximallyMonotone(), LipschitzOperator(1.0)]]
    return lyapunov_by_autolyap(Method(0.5, 0.5), operators)


def autolyap_optimistic() -> bool:
    """With a resolvent of a second operator: forward-reflected-backward."""
    from autolyap.algorithms import MalitskyTamFRB
    from autolyap.problemclass import LipschitzOperator, MaximallyMonotone

    operators = [[MaximallyMonotone(), LipschitzOperator(1.0)], MaximallyMonotone()]
    return lyapunov_by_autolyap(MalitskyTamFRB(0.25), operators)


STATEMENTS = (
    Statement(
        "proximal point, last iterate",
        lambda: search_lyapunov(ProximalPoint(1), operator=Monotone(), weight="k"),
        lambda C, N: C / N,
        proximal_point,
    ),
    Statement(
        "Halpern, last iterate",
        lambda: search_lyapunov(Halpern(1), operator=Monotone()),
        lambda C, N: C / (N + 1) ** 2,
        halpern,
    ),
    Statement(
        "extragradient, last iterate",
        lambda: search_lyapunov(Extragradient(HALF), operator=ONE, weight="k + 1"),
        lambda C, N: C / (N + 1),
        extragradient,
        autolyap_extragradient,
    ),
    Statement(
        "optimistic gradient, best iterate",
        lambda: search_best_iterate(OGDA(QUARTER), ONE),
        lambda C, N: C / (N + 1),
        optimistic,
        autolyap_optimistic,
    ),
)


def report() -> str:
    """Measure all statements and return the table."""
    heads = ["", "ours: search and proof, every N", "verify its files"]
    heads += [f"PEPit, N = {N}" for N in STEPS] + ["AutoLyap"]
    lines = ["### Time to a rate", "", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    lines += [f"| {' | '.join(_row(statement))} |" for statement in STATEMENTS]
    return "\n".join(
        [
            *lines,
            "",
            "PEPit's number, the exact worst case after N steps, must stay below our bound.",
            "",
        ]
    )


def _row(statement: Statement) -> list[str]:
    seconds, rate = _timed(statement.ours)
    files = [json.dumps(c) for c in json.loads(rate.to_json())["certificates"]]
    checking, _ = _timed(lambda: [verify(text) for text in files])
    cells = [statement.title, f"{seconds:.2f} s", f"{checking * 1e3:.0f} ms"]
    for N in STEPS:
        ours = float(statement.after(rate.constant, N))
        cells.append(
            _cell("PEPit", lambda N=N: statement.pepit(N), lambda x, b=ours: f"{x:.4f} ≤ {b:.4f}")
        )
    told = {True: "found", False: "not found"}
    return [*cells, _cell("autolyap", statement.autolyap, lambda found: told[found])]


def _cell(package: str, run: Callable[[], Any] | None, tell: Callable[[Any], str]) -> str:
    if run is None or importlib.util.find_spec(package) is None:
        return "—"
    seconds, result = _timed(run, repeats=1)
    return f"{seconds:.2f} s, {tell(result)}"


def _timed(run: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the median time of some runs, after a first one if there are several."""
    result, times = run() if repeats > 1 else None, []
    for _ in range(repeats):
        started = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - started)
    return statistics.median(times), result


if __name__ == "__main__":
    print(report())
