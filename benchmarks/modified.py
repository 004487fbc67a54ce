"""Modified equations of one-step methods: exact coefficients here, floats from kauri."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys

from measuring import Row, table

OURS = """
import time
from fractions import Fraction
import sympy
from saddleode.analysis import modified_equation
from saddleode.discretize import {name}
started = time.perf_counter()
equation = modified_equation({name}({rate}), {order})
print(time.perf_counter() - started)
"""

KAURI = """
import time
import kauri
from saddleode.analysis import modified_equation
from saddleode.analysis.series.trees import symmetry, tree
from saddleode.discretize import {name}

def ours(listed):
    return tree("G", map(ours, listed[:-1]))

started = time.perf_counter()
peer = kauri.RK({A}, {b}).modified_equation_map()
trees = [tau for tau in kauri.trees_up_to_order({order} + 1) if tau.list_repr]
found = {{tau.list_repr: peer(tau) for tau in trees}}
print(time.perf_counter() - started)
exact = {{t.tree: t.coefficient for t in modified_equation({name}(1), {order}).terms}}
pairs = [(ours(tau), value * (-1) ** tau_size(tau)) for tau, value in found.items()]
print(max(abs(float(exact.get(t, 0)) * symmetry(t) - value) for t, value in pairs))
"""

SIZE = """
def tau_size(listed):
    return 1 + sum(map(tau_size, listed[:-1]))
"""

TABLEAUX = {"SimGD": ([[0]], [1]), "Extragradient": ([[0, 0], [1, 0]], [0, 1])}


def cold(code: str) -> list[float]:
    """Numbers that a fresh process prints: both sides remember trees, so none is warm."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def report(name: str, order: int, repeats: int) -> str:
    """Measure and return the table of one method."""
    A, b = TABLEAUX[name]
    rows, left_out = [], []
    if importlib.util.find_spec("kauri"):
        code = SIZE + KAURI.format(name=name, order=order, A=A, b=b)
        theirs = [cold(code) for _ in range(repeats)]
        rows.append(
            Row("kauri", statistics.median(run[0] for run in theirs), theirs[0][1], "floats")
        )
    else:
        left_out.append("kauri: not installed")
    for rate, remark in (("Fraction(1, 10)", "exact"), ("sympy.Symbol('s')", "exact, in symbols")):
        code = OURS.format(name=name, order=order, rate=rate)
        seconds = statistics.median(cold(code)[0] for _ in range(repeats))
        rows.append(Row(f"modified_equation, α = {rate}", seconds, 0.0, remark))
    return table(
        f"Modified equation of {name} to order {order}, cold process, imports not counted",
        rows,
        "kauri",
        "order 6 of extragradient below 3 s.",
        left_out,
    )
