"""From an expression to a compiled right-hand side: dense quadratic L in 20 and 100 variables."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import sympy
from measuring import Contestant, race, table

from saddleode.flows import SaddleProblem


def quadratic(d: int) -> tuple[Any, list[Any], list[Any]]:
    """Dense convex-concave quadratic with rational coefficients, as one expanded sum."""
    n = d // 2
    numbers = np.random.default_rng(0).integers(-9, 10, (d, d))
    z = sympy.symbols(f"z:{d}")
    terms = [
        sympy.Rational(int(numbers[i, j]), 7) * z[i] * z[j] * (-1 if min(i, j) >= n else 1)
        for i in range(d)
        for j in range(i)
    ]
    squares = [(1 if i < n else -1) * 10 * d * z[i] ** 2 for i in range(d)]
    return sympy.Add(*terms, *squares), list(z[:n]), list(z[n:])


def ours(L: Any, xs: list[Any], us: list[Any]) -> np.ndarray:
    """Through the package: problem, operator and Jacobian."""
    problem = SaddleProblem(L, xs, us)
    z = np.ones(len(xs) + len(us))
    problem.jacobian(z)
    return np.asarray(problem.operator(z))


def plain(L: Any, xs: list[Any], us: list[Any]) -> np.ndarray:
    """By SymPy directly: gradient, Jacobian, lambdify."""
    sympy.core.cache.clear_cache()
    G = [L.diff(x) for x in xs] + [-L.diff(u) for u in us]
    z = [*xs, *us]
    DG = sympy.Matrix(G).jacobian(z)
    operator, jacobian = sympy.lambdify(z, G), sympy.lambdify(z, DG)
    point = np.ones(len(z))
    jacobian(*point)
    return np.asarray(operator(*point))


def by_symengine(L: Any, xs: list[Any], us: list[Any]) -> np.ndarray:
    """By symengine: the same in C++."""
    import symengine

    f = symengine.sympify(L)
    z = [symengine.sympify(v) for v in (*xs, *us)]
    G = [f.diff(v) for v in z[: len(xs)]] + [-f.diff(v) for v in z[len(xs) :]]
    operator = symengine.Lambdify(z, G)
    jacobian = symengine.Lambdify(z, [g.diff(v) for g in G for v in z])
    point = np.ones(len(z))
    jacobian(point)
    return np.asarray(operator(point))


def report(d: int, *, slow: bool) -> str:
    """Measure one size and return the table; the peers take minutes for 100 variables."""
    case = quadratic(d)
    exact = ours(*case)

    def error(g: np.ndarray) -> float:
        return float(np.max(np.abs(g - exact)))

    contestants, left_out = [Contestant("saddleode", lambda: ours(*case), error)], []
    if slow:
        contestants.append(_once("SymPy", lambda: plain(*case), error))
    if slow and importlib.util.find_spec("symengine"):
        contestants.append(_once("symengine", lambda: by_symengine(*case), error))
    elif slow:
        left_out.append("symengine: not installed")
    else:
        left_out.append("SymPy and symengine, which take minutes: run.py setup --slow")
    title = f"Dense quadratic L in {d} variables: expression to compiled G and DG"
    targets = "under 1 s with 100 variables."
    return table(title, race(contestants), "saddleode", targets, left_out)


def _once(name: str, run: Any, error: Any) -> Contestant:
    return Contestant(name, run, error, warm=False, remark="measured once")
