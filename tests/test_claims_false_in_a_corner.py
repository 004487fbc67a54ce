"""Claims that fail only in a corner, for some numbers, or by a billionth: none may be proved."""

import json
from fractions import Fraction

import pytest
from sympy import Rational, Symbol, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    Monotone,
    StronglyMonotone,
    flow_vectors,
    parse_ranges,
    prove_decrease,
    prove_nonnegative,
    search_best_iterate,
    search_contraction,
    search_lyapunov,
    step_vectors,
)
from saddleode.analysis.readings.vector import Vector
from saddleode.analysis.verification.arithmetic import VerificationError
from saddleode.analysis.verification.region import Region
from saddleode.discretize import FEG, Extragradient, Halpern, OptimisticSimGD, ProximalPoint, SimGD
from saddleode.flows import AnchoredFlow, GradientFlow, OptimisticFlow, ProblemError

x, y, t, k = symbols("x y t k")
ALPHA, BETA, GAMMA, C = symbols("alpha beta gamma c", positive=True)
A, B, D = (Vector.generator(name) for name in "abd")
TINY = Rational(1, 10**9)
ONE = LipschitzMonotone(1)

# A coefficient that is negative somewhere in its range: (coefficient, ranges, where).
COEFFICIENTS = [
    ((x - Rational(99, 100)) ** 2 - TINY, ["0 < x < 1"], {x: 0.99}),
    (x**2 - TINY, ["x > 0"], {x: 1e-6}),
    (x - TINY, ["x > 0"], {x: 1e-10}),
    (1 - TINY - x, ["0 < x < 1"], {x: 1 - 1e-10}),
    (10**9 - x, ["x > 0"], {x: 2e9}),
    (x**2 - x, ["x >= 0"], {x: 0.5}),  # right for whole numbers
    ((x - 1) * (x - 2) * (x - 3), ["x >= 1"], {x: 2.5}),  # right for whole numbers
    (t - 1, ["x > 0"], {t: 0.5}),  # right for large t
    (t**2 - 2 * t + 1 - TINY, ["x > 0"], {t: 1.0}),  # right for large t and small t
    (t**3 + 1 - 3 * t, ["x > 0"], {t: 1.0}),
    (1 - x * y, ["0 < x <= 1", "0 < y <= 100001/100000"], {x: 1, y: 1.00001}),
    (1 + TINY - x * y, ["0 < x <= 1", "0 < y < 2"], {x: 1, y: 1.5}),
    (x**2 + y**2 - (2 + TINY) * x * y, ["x > 0", "y > 0"], {x: 1, y: 1}),
    (x**4 + y**4 + 1 - 4 * x * y, ["x real", "y real"], {x: 1, y: 1}),
    (x**4 * y**2 + x**2 * y**4 + 1 - TINY - 3 * x**2 * y**2, ["x real", "y real"], {x: 1, y: 1}),
    (1 / (x - Rational(1, 2)), ["0 < x < 1"], {x: 0.25}),
    ((y - x) * (x + y), ["x > 0", "y > 0", "x < y + 1/1000"], {x: 1.0005, y: 1}),
    (1 - x, ["x > 0", "y > 0", "x + y < 1001/1000"], {x: 1.0005, y: 0.0001}),
    (y**2 - x**2, ["x real", "y > 0", "x < y"], {x: -2, y: 1}),
    (1 - 2 * x * y, ["x > 0", "y > 0", "x*y < 501/1000"], {x: 1, y: 0.5005}),
]


@pytest.mark.parametrize(("coefficient", "conditions", "at"), COEFFICIENTS)
def test_a_coefficient_that_is_negative_in_a_corner(coefficient, conditions, at):
    point = {symbol: at.get(symbol, 1) for symbol in (x, y, t)}
    assert coefficient.subs(point) < 0  # it is
    region = parse_ranges(conditions)
    assert not prove_nonnegative(coefficient * (A @ A), ranges=region)
    assert not prove_nonnegative(A @ A + coefficient * (B @ B), ranges=region)
    multiplier = {"MON": coefficient}
    v = flow_vectors(GradientFlow())
    form = coefficient * (v.g @ (v.z - v.zstar))
    assert not prove_nonnegative(form, ranges=region, multipliers=multiplier)


FORMS = [
    A @ A + 2 * (A @ B) + (1 - TINY) * (B @ B),
    A @ A - TINY * (B @ B),
    A @ B,
    A @ A + TINY * (A @ B),
    A @ A + B @ B + D @ D - (1 + TINY) * (A @ B + B @ D + A @ D),
    (A + B) @ (A + B) + (B + D) @ (B + D) - TINY * ((A + D) @ (A + D)),
    t * (A @ A) + 2 * (A @ B) + (1 / t - TINY) * (B @ B),
    A @ A + 2 * t * (A @ B) + (t**2 - TINY) * (B @ B),
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_form_that_is_definite_but_for_a_billionth(form):
    assert not prove_nonnegative(form)


MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
SIMPLE = "sq(z + beta*g_previous - zstar) + beta*sq(z - z_previous)"
EXACT = (
    "sq(z + beta*g_previous - zstar) + c*sq(z - z_previous)"
    " - (alpha^2 + c*(alpha^2 + 2*alpha*beta))/2*sq(g_previous)"
)
FLOWS = [
    (MASTER, AnchoredFlow(GAMMA), Monotone(), {"gamma": "gamma >= 999999/1000000"}),
    (MASTER.replace("1)/2", "2)/2"), AnchoredFlow(GAMMA), Monotone(), {"gamma": "gamma >= 1"}),
    ("t^3*sq(G)/3 + t^2*dot(G, Z - Z0)", AnchoredFlow(1), Monotone(), None),
    ("t*sq(G)", GradientFlow(), Monotone(), None),
    ("sq(Z - zstar) + 1/1000000*t*sq(G)", GradientFlow(), Monotone(), None),
    ("sq(Z - Z0)", GradientFlow(), Monotone(), None),
    ("(1 + t/1000000)*sq(Z - zstar)", GradientFlow(), Monotone(), None),
    ("sq(Z + 1001/1000*beta*G - zstar)", OptimisticFlow(ALPHA, BETA), Monotone(), None),
    ("sq(Z - zstar)", OptimisticFlow(ALPHA, BETA), Monotone(), None),
    (
        "sq(Z + beta*G - zstar)/2 + 1001/1000*alpha*beta*t*sq(G)",
        OptimisticFlow(ALPHA, BETA), Monotone(), None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("V", "flow", "operator", "ranges"), FLOWS)
def test_functions_that_do_not_always_decrease_along_a_flow(V, flow, operator, ranges):
    assert not prove_decrease(V, flow, operator, ranges=ranges)


def test_a_rate_that_is_too_fast_by_a_millionth():
    rate = 2 + Fraction(1, 10**6)
    args = ("sq(Z - zstar)", GradientFlow(), StronglyMonotone(1))
    assert prove_decrease(*args, rate=2)
    assert not prove_decrease(*args, rate=rate)


METHODS = [
    ("sq(z - zstar)", SimGD(ALPHA), ONE, ["0 < alpha < 1/1000000"], None),
    ("sq(z - zstar)", Extragradient(ALPHA), ONE, ["0 < alpha < 1000001/1000000"], None),
    ("sq(z - zstar)", Extragradient(ALPHA), Monotone(), ["0 < alpha < 1/2"], None),
    ("k^2*sq(g)/2 + k*dot(g, z - z0)", FEG(Fraction(1001, 1000)), ONE, [], None),
    ("k^2*sq(g)/2 + k*dot(g, z - z0)", FEG(1), Monotone(), [], None),
    ("1001/1000*k*sq(g) + sq(z - zstar)", ProximalPoint(1), Monotone(), [], None),
    ("2*k*(k + 1)*sq(g_half) + 3*(k + 1)*dot(g_half, z - z0)", Halpern(1), Monotone(), [], None),
    (
        SIMPLE, OptimisticSimGD(ALPHA, BETA), ONE,
        ["beta < 1", "alpha < 2*beta*(1 - beta)/(1 + beta)*1001/1000"],
        {"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": BETA},
    ),
    (
        EXACT, OptimisticSimGD(ALPHA, BETA), ONE,
        ["beta < 1", "alpha < 2*beta*(1 - beta^2)/(1 + beta^2)", "c < (2*beta - alpha)/alpha"],
        {"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": C},
    ),
    (
        EXACT, OptimisticSimGD(ALPHA, BETA), ONE,
        ["beta < 1", "alpha < 2*beta*(1 - beta^2)/(1 + beta^2)", "c < 1001/1000*(2*beta - alpha)"
         "/alpha", "alpha*(alpha + 2*beta)/(4 - (alpha + 2*beta)^2) < c"],
        {"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": C},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("V", "method", "operator", "conditions", "multipliers"), METHODS)
def test_functions_that_do_not_always_decrease_along_a_method(
    V, method, operator, conditions, multipliers
):
    """Positive symbols stand for positive numbers; the conditions are a little too wide."""
    free = [f"{s} > 0" for s in ("beta",) if any("beta" in text for text in conditions)]
    region = parse_ranges([*conditions, *free])
    assert not prove_decrease(V, method, operator, multipliers=multipliers, ranges=region)


def test_bounds_with_a_constant_that_is_too_small():
    v, w = flow_vectors(AnchoredFlow(1)), step_vectors(FEG(1))
    for constant in (Fraction(399, 100), 4 - Fraction(1, 10**9)):
        V = t**2 / 2 * (v.g @ v.g) + t * (v.g @ (v.z - v.z0))
        apart = v.z0 - v.zstar
        for multipliers in (None, {"-V": 4, "MON": 4 * t}):
            assert not prove_nonnegative(
                constant * (apart @ apart) - t**2 * (v.g @ v.g),
                assuming={"-V": -V}, multipliers=multipliers,
            )  # fmt: skip
        V = k**2 / 2 * (w.g @ w.g) + k * (w.g @ (w.z - w.z0))
        apart = w.z0 - w.zstar
        assert not prove_nonnegative(
            constant * (apart @ apart) - k**2 * (w.g @ w.g), ONE, system=FEG(1),
            assuming={"-V": -V}, multipliers={"-V": 4, "MON(k,*)": 4 * k},
        )  # fmt: skip


@pytest.mark.parametrize(
    "conditions",
    [
        ["x > 1", "x < 1"],
        ["x > 0", "y > 0", "x + y < 0"],
        ["0 < x < 1", "x > y", "y > 1"],
        ["x > 0", "x < y", "y < x"],
        ["x real", "y real", "x^2 + y^2 + 1 < 2*x*y"],
        ["x > 0", "1/x < 0"],
    ],
)
def test_of_nothing_nothing_is_proved(conditions):
    """Over an empty region everything would be true."""
    with pytest.raises(ProblemError):
        prove_nonnegative(-(x**2 + y**2) * (A @ A), ranges=parse_ranges(conditions))


def test_the_search_finds_nothing_where_there_is_nothing():
    assert not search_lyapunov(GradientFlow())
    assert not search_lyapunov(SimGD(Fraction(1, 100)), operator=ONE, weight="k")
    assert not search_best_iterate(SimGD(Fraction(1, 1000)), ONE)
    assert not search_best_iterate(OptimisticSimGD(Fraction(3, 5), Fraction(3, 5)), ONE)
    assert not search_contraction(ProximalPoint(1), "sq(z - zstar)", Monotone())


def region() -> Region:
    return Region(["x > 0", "y >= 0", "y <= 1"], {"x": "1", "y": "1/2"})


TERM = ["1", {}, "1"]
FORGED = [
    ("x - 1 > 0", {"times": TERM, "terms": [["1", {"x - 1 > 0": 1}, "1"]]}),  # from itself
    ("-x >= 0", {"times": ["1", {}, "0"], "terms": []}),  # times nothing
    ("-x >= 0", {"times": TERM, "terms": [["-1", {"x > 0": 1}, "1"]]}),  # a negative number
    ("-x >= 0", {"times": TERM, "terms": [["1", {"x > 0": -1}, "1"]]}),  # a negative power
    ("-x >= 0", {"times": ["1", {"x > 0": 0}, "1"], "terms": []}),
    ("y > 0", {"times": TERM, "terms": [["1", {"y >= 0": 1}, "1"]]}),  # not strict
    ("(x - 1)**2 > 0", {"times": TERM, "terms": [["1", {}, "x - 1"]]}),  # nor is this
    ("y*(1 - y) > 0", {"times": TERM, "terms": [["1", {"y >= 0": 1, "y <= 1": 1}, "1"]]}),
    ("x - y > 0", {"times": TERM, "terms": [["1", {"x > 0": 1}, "1"], ["1", {"y <= 1": 1}, "1"]]}),
    ("0 >= 0", {"times": ["1", {}, "0"], "terms": []}),
    ("0 > 0", {"times": TERM, "terms": []}),
    ("x - 1 > 0", "Sturm: no real root in the range"),
]


@pytest.mark.parametrize(("text", "evidence"), FORGED)
def test_forged_evidence_for_a_sign(text, evidence):
    with pytest.raises((VerificationError, ValueError, TypeError)):
        region().learn(text, evidence)


def test_evidence_that_holds():
    """The same checker accepts what is right: weak ends that do not vanish together."""
    checker = region()
    terms = [["1", {"y >= 0": 1}, "1"], ["2", {"y <= 1": 1}, "1"]]
    checker.learn("2 - y > 0", {"times": TERM, "terms": terms})
    assert json.dumps(list(checker.facts)) == '["x > 0", "y >= 0", "y <= 1", "2 - y > 0"]'


@pytest.mark.parametrize(
    ("relations", "point"),
    [
        (["x >= 1", "x <= 1"], {"x": "1"}),  # no interior
        (["x*y >= 0", "x > 0"], {"x": "1", "y": "1"}),  # weak, and not an end of a range
        (["x > 0"], {"x": "0"}),
        (["x > 0", "y > x"], {"x": "1", "y": "1"}),
        (["x > 0"], {"x": "1", "x y": "1"}),
    ],
)
def test_regions_without_an_inside_are_refused(relations, point):
    with pytest.raises((VerificationError, ValueError)):
        Region(relations, point)


def test_symbols_in_a_claim_cannot_be_time_in_disguise():
    with pytest.raises(ProblemError, match="which is time"):
        prove_decrease("sq(Z - zstar)", GradientFlow(), StronglyMonotone(Symbol("t")), rate=2 * t)
