"""Claims that fail at a few whole numbers, or by a little less than a sum of squares shows.

Each is shown to be false in plain numbers first. None may be proved.
"""

import itertools
from fractions import Fraction

import pytest
from sympy import Rational, Symbol, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    Monotone,
    Proved,
    Refuted,
    StronglyMonotone,
    decrease_region,
    parse_ranges,
    prove_decrease,
    prove_nonnegative,
)
from saddleode.analysis.readings.vector import Vector
from saddleode.discretize import FEG, OptimisticSimGD, ProximalPoint, SimGD
from saddleode.flows import AnchoredFlow, FastOGDAFlow, GradientFlow, OptimisticFlow, TikhonovFlow

k, a, b, t = symbols("k a b t")
A, B, D = (Vector.generator(name) for name in "abd")
TINY = Rational(1, 10**6)

# A coefficient that is negative at some whole k: (coefficient, ranges, where).
COEFFICIENTS = [
    ((2 * k - 7) * (2 * k - 5), [], {k: 3}),
    ((k - 3) ** 2 - TINY, [], {k: 3}),
    (k * (k - 1) - TINY, [], {k: 1}),
    (k * (k - 1) * (k - 2) * (k - 4), [], {k: 3}),
    ((k - 70) * (k - 72), [], {k: 71}),  # beyond the steps that are looked at one by one
    ((k - 1000) ** 2 - 1, [], {k: 1000}),
    (10**6 - k, [], {k: 10**6 + 1}),
    (k * (k - 1) - k**2 / 1000, [], {k: 1}),
    (k * (k - 1) * a - TINY, ["a > 0"], {k: 1, a: 1}),
    ((k - 1) * (k - 2) + a * k - a * 10, ["0 < a < 1"], {k: 1, a: 0.5}),
    ((k - b) * (k - b - 1), ["b > 0"], {k: 1, b: 0.5}),  # right for whole b
    ((k - 1) * (k - 2), ["a > 0", "k >= 0"], None),  # true: the corpus is not trivially unproved
    ((2 * k - 1) * a, ["a > 0"], {k: 0, a: 1}),
    ((k - a) * (k - a - 1), ["0 < a < 1"], {k: 1, a: 0.5}),
    (1 / (2 * k - 5), [], {k: 2}),
    ((k - 2) / (2 * k - 3), [], None),  # true for whole k
    ((k - 2) / (2 * k - 5), ["k >= 2"], None),  # true: 0 at k = 2, and 2k > 5 from then on
    ((k - 3) / (2 * k - 5) - TINY, ["k >= 3"], {k: 3}),
    (k * (k - 2), [], {k: 1}),
    ((3 * k - 4) * (3 * k - 5) - 2, ["k >= 1"], None),  # 0 at k = 1 and k = 2
    ((3 * k - 4) * (3 * k - 5) - 2 - TINY, ["k >= 1"], {k: 1}),
]


@pytest.mark.parametrize(("coefficient", "conditions", "at"), COEFFICIENTS)
def test_a_coefficient_that_is_negative_at_some_step(coefficient, conditions, at):
    region, system = parse_ranges(conditions), SimGD(1)
    first = int(region["k"].low) if "k" in region else 0
    result = prove_nonnegative(coefficient * (A @ A), system=system, ranges=region)
    if at is None:
        assert all(coefficient.subs({k: n, a: 1, b: 1}) >= 0 for n in range(first, 30))
        assert result
        return
    assert coefficient.subs({a: 1, b: 1} | at) < 0
    assert not isinstance(result, Proved)
    both = A @ A + coefficient * (B @ B)
    assert not isinstance(prove_nonnegative(both, system=system, ranges=region), Proved)


FORMS = [  # forms that are negative at one k, where a square of their decomposition has a pole
    ((k - 1) * (A @ A) + 2 * (A @ B) + 10 * (B @ B), "k >= 1"),
    (k * (A @ A) + 2 * (A @ B) + 2 * (B @ B), "k >= 0"),
    ((k - 2) ** 2 * (A @ A) + 2 * (A @ B) + (k + 5) * (B @ B), "k >= 0"),
    (k * (k - 1) * (A @ A) + k * (A @ B) + 3 * k * (B @ B), "k >= 0"),
    ((k - 3) * (A @ A) + 2 * (A @ B) + (k - 2) * (B @ B) + 100 * (D @ D), "k >= 3"),
]


@pytest.mark.parametrize(("form", "span"), FORMS)
def test_forms_whose_squares_have_a_pole_at_the_step_where_they_fail(form, span):
    steps = range(int(span[-1]), 8)
    grid = list(itertools.product((-30, -1, 1, 30), repeat=2))
    values = []
    for n in steps:
        at = form.map(lambda c, n=n: float(c.subs(k, n)) if hasattr(c, "subs") else float(c))
        values += [at.evaluate({"a": [x], "b": [y], "d": [0]}) for x, y in grid]
    assert min(values) < 0
    assert not prove_nonnegative(form, system=SimGD(1), ranges={"k": span})


METHODS = [
    ("sq(z - zstar) + k*(k - 1)*(k - 2)/3*sq(z0 - zstar)", ProximalPoint(1), Monotone(), {}),
    ("sq(z - zstar) - (k*(k - 1)*(k - 2)/3 - k/1000)*sq(z0 - zstar)", ProximalPoint(1), Monotone(),
     {}),
    ("k*(k - 1)*sq(g)", ProximalPoint(1), Monotone(), {}),
    ("(k - 1)^2*sq(g)/2 + (k - 1)*dot(g, z - z0)", FEG(1), LipschitzMonotone(1), {}),
    ("k*(k - 1)*sq(z - zstar)", SimGD(Fraction(1, 10)), StronglyMonotone(1), {}),
    ("sq(z - zstar)/(2*k - 5)^2", ProximalPoint(1), Monotone(), {}),
    ("sq(z + beta*g_previous - zstar) + k*(k - 1)*sq(z - z_previous)",
     OptimisticSimGD(Fraction(1, 10), Fraction(1, 10)), LipschitzMonotone(1), {}),
]  # fmt: skip


@pytest.mark.parametrize(("V", "method", "operator", "ranges"), METHODS)
def test_functions_that_grow_at_some_step(V, method, operator, ranges):
    V = V.replace("beta", "1/10")
    assert isinstance(prove_decrease(V, method, operator, ranges=ranges), Refuted)


FLOWS = [  # right at whole t, or by an identity that lacks a little
    ("sq(Z - zstar) - t*(t - 1)*(t - 2)/3*sq(Z0 - zstar)", GradientFlow()),
    ("(1 + t*(t - 1))*sq(G)", GradientFlow()),
    ("sq(Z - zstar) + t^2*sq(G)", OptimisticFlow(1, 1)),
    ("t^2*sq(G)", FastOGDAFlow(3, 1)),
    ("sq(Z - Z0)", TikhonovFlow("1/(1 + t)")),
    ("sq(G)", AnchoredFlow(1, 3)),
]


@pytest.mark.parametrize(("V", "flow"), FLOWS)
def test_functions_of_flows_that_grow_at_some_time(V, flow):
    assert not isinstance(prove_decrease(V, flow), Proved)


def test_a_weight_that_needs_whole_time_has_no_region():
    c = Symbol("c", positive=True)
    found = decrease_region(
        "sq(Z - zstar) + c*t*(t - 1)*sq(G)", GradientFlow(), ranges={c: "c > 0"}
    )
    assert not found


def test_what_would_help_is_said():
    reason = prove_decrease("sq(z) + sq(g)", ProximalPoint(1), LipschitzMonotone(1))
    assert isinstance(reason, Refuted)
    gamma = Symbol("gamma", positive=True)
    result = prove_nonnegative((gamma - 1) * (A @ A), ranges={"gamma": "gamma > 0"})
    assert "decrease_region" in result.reason
    assert "narrower range of gamma" in result.reason
    result = prove_nonnegative(A @ B)
    assert "what may help" in result.reason
