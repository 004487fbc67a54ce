"""A saddle flow as a symbolic system: its velocity, coordinate by coordinate, for heyoka."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ProblemError
from ..flow import Flow, Weights, anchor_moves, parameters, weights
from ..problems.problem import SaddleProblem
from .heyoka_expression import Translator, is_zero, weighted_sum

LARGEST = 40  # coordinates above which compiling takes longer than it saves


def symbolic_system(heyoka: Any, flow: Flow, problem: SaddleProblem) -> list[tuple[Any, Any]]:
    """Write Ż = velocity as heyoka equations, one a coordinate.

    The parameters of the system are those of the flow followed by the anchor: the weights of
    the flow are read with symbols for them and for t. Where d/dt G occurs with weight b,
    ``(I − b DG) Ż = velocity without it`` is solved by elimination, which needs no pivoting
    because I − b DG has a positive definite symmetric part for monotone G and b ≤ 0.

    Raises
    ------
    ProblemError
        Flow or problem is not one that can be compiled; the message is the reason alone.
    """
    import sympy

    _check(flow, problem)
    names = list(settings(flow))
    t = sympy.Symbol("t", positive=True)
    symbols = [sympy.Dummy(name, positive=True) for name in names]
    symbolic = type(flow)(**dict(zip(names, symbols, strict=True)), **kept(flow))
    values = {t: heyoka.time} | {s: heyoka.par[i] for i, s in enumerate(symbols)}
    read = Translator(heyoka, values)
    w = _weights(symbolic, t)
    z_weight, anchor_weight, g_weight, g_dot_weight = (
        read(sympy.sympify(weight, strict=True)) for weight in w
    )
    z = [heyoka.expression(f"z{i}") for i in range(problem.d)]
    anchor = [heyoka.par[len(names) + i] for i in range(problem.d)]
    g, jacobian = _operator(heyoka, problem, z, derivatives=w.g_dot != 0)
    right = [
        weighted_sum(heyoka, [(z_weight, z[i]), (anchor_weight, anchor[i]), (g_weight, g[i])])
        for i in range(problem.d)
    ]
    if w.g_dot != 0:
        right = _solved(jacobian, right, g_dot_weight)
    return list(zip(z, right, strict=True))


def settings(flow: Flow) -> dict[str, Any]:
    """Parameters of a flow that are numbers, or one number for every member."""
    return {k: v for k, v in parameters(flow).items() if isinstance(v, float | np.ndarray)}


def kept(flow: Flow) -> dict[str, Any]:
    """Parameters of a flow that become part of the compiled system: formulas and flows."""
    numbers = settings(flow)
    return {k: v for k, v in parameters(flow).items() if k not in numbers}


def _check(flow: Flow, problem: SaddleProblem) -> None:
    if problem.expressions is None and not isinstance(problem.matrix, np.ndarray):
        raise ProblemError("the problem is not given by a formula")
    if problem.d > LARGEST:
        raise ProblemError(f"its dimension {problem.d} is above {LARGEST}")
    if anchor_moves(flow):
        raise ProblemError("the anchor of the flow moves")
    if np.any(weights(flow, 1.0).g_dot != 0) and problem.convexity().status == "refuted":
        raise ProblemError("the problem is not convex-concave, so I + βDG may be singular")


def _weights(flow: Flow, t: Any) -> Weights:
    try:
        return weights(flow, t)
    except Exception as error:  # a function of the user's own met a symbol
        raise ProblemError(f"the flow cannot be read with symbols: {error}") from None


def _operator(
    heyoka: Any, problem: SaddleProblem, z: list[Any], *, derivatives: bool
) -> tuple[list[Any], list[list[Any]]]:
    """G(z), and the entries of DG(z) if they are wanted; zero entries are the number 0."""
    if isinstance(problem.matrix, np.ndarray):
        M, q = problem.matrix.tolist(), np.asarray(problem.offset).tolist()
        g = [
            weighted_sum(heyoka, [*zip(row, z, strict=True), (q_i, 1.0)])
            for row, q_i in zip(M, q, strict=True)
        ]
        return g, M
    variables = (*problem.primal, *problem.dual)
    read = Translator(heyoka, dict(zip(variables, z, strict=True)))
    components = problem.expressions or ()
    g = [weighted_sum(heyoka, [(read(c), 1.0)]) for c in components]
    if not derivatives:
        return g, []
    return g, [[read(c.diff(v)) for v in variables] for c in components]


def _solved(jacobian: list[list[Any]], right: list[Any], b: Any) -> list[Any]:
    """Solve (I − b J) v = right by Gaussian elimination on expressions, skipping zeros."""
    d, v = len(right), list(right)
    a = [
        [
            float(i == j) if is_zero(entry) else float(i == j) - b * entry
            for j, entry in enumerate(row)
        ]
        for i, row in enumerate(jacobian)
    ]
    for k in range(d):
        for i in (i for i in range(k + 1, d) if not is_zero(a[i][k])):
            factor = a[i][k] / a[k][k]
            v[i] = v[i] - factor * v[k]
            for j in (j for j in range(k + 1, d) if not is_zero(a[k][j])):
                a[i][j] = a[i][j] - factor * a[k][j]
    for k in reversed(range(d)):
        for j in (j for j in range(k + 1, d) if not is_zero(a[k][j])):
            v[k] = v[k] - a[k][j] * v[j]
        v[k] = v[k] / a[k][k]
    return v
