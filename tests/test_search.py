"""The search finds known rates by itself, and what it returns is proved."""

import json
import time
from fractions import Fraction

import numpy as np
import pytest
from sympy import QQ, Rational, Symbol, simplify, sqrt, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    Range,
    StronglyMonotone,
    Unknown,
    Vector,
    read_certificate,
    search_best_iterate,
    search_contraction,
    search_lyapunov,
)
from saddleode.analysis.coefficients.rational import simplest
from saddleode.analysis.search import conic
from saddleode.analysis.search.minimum import ROOT, minimum
from saddleode.analysis.search.optimum import Optimum
from saddleode.analysis.search.rounding import candidates
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import (
    EAGC,
    FEG,
    Extragradient,
    Halpern,
    OptimisticSimGD,
    ProximalPoint,
    SimGD,
)
from saddleode.flows import (
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
)

pytest.importorskip("cvxpy")
pytest.importorskip("clarabel")

HALF = Fraction(1, 2)
ONE = LipschitzMonotone(1)


def verified(rate):
    """Check all certificates by the standalone verifier, from their JSON alone."""
    assert rate, rate
    for certificate in json.loads(rate.to_json())["certificates"]:
        assert verify(json.dumps(certificate))
        assert read_certificate(json.dumps(certificate)).claim.operator == rate.operator
    assert rate.claim in str(rate)
    assert r"\le" in rate.to_latex()
    return rate


def test_the_anchored_flow_with_gamma_1():
    rate = verified(search_lyapunov(AnchoredFlow(1)))
    assert rate.constant == 4
    assert rate.claim.startswith("t² ‖G‖² ≤ 4")


@pytest.mark.parametrize("gamma", [Fraction(3, 2), 2, 3])
def test_the_anchored_flow_reaches_its_irrational_constant(gamma):
    """(γ + √γ)², exactly: MATH D, where rotations do not attain it for γ > 1."""
    rate = verified(search_lyapunov(AnchoredFlow(gamma)))
    exact = Rational(str(gamma))
    assert rate.constant == (exact + sqrt(exact)) ** 2
    assert "√" in rate.claim and r"\sqrt" in rate.claim_latex
    told = json.loads(rate.to_json())["optimum"]
    assert told["value"] == f"sqrt({rate.optimum.square})"
    assert told["range"] in str(rate) and rate.optimum.span.contains(rate.optimum.span)


def test_an_irrational_constant_is_what_its_certificates_give():
    """At rational s the proved C(s) lies above the constant; at √2 it is the constant."""
    rate = search_lyapunov(AnchoredFlow(2))
    C = rate.optimum.constant.as_expr()
    for value in (Rational(7, 5) + Rational(n, 100) for n in range(1, 10)):
        assert C.subs(ROOT, value) > rate.constant
    assert simplify(C.subs(ROOT, sqrt(2)) - rate.constant) == 0
    start = rate.V.coefficient("z*", "z*").as_expr()  # V = C(s)‖Z0 − z*‖² at t = 0
    assert simplify(start - C) == 0


def test_a_square_gamma_needs_no_irrational_number():
    rate = verified(search_lyapunov(AnchoredFlow(4)))
    assert rate.constant == 36 and rate.optimum is None


def test_the_last_step_to_an_irrational_constant_is_checked():
    C = QQ.frac_field(ROOT).from_sympy(ROOT + 2 / ROOT)
    assert Optimum(2, Range(1, 2), C).value == 2 * sqrt(2)
    with pytest.raises(ProblemError, match="does not lie"):
        Optimum(2, Range(Fraction(3, 2), 2), C)
    with pytest.raises(ProblemError, match="slope"):
        Optimum(3, Range(1, 2), C)


def test_minima_are_found_exactly():
    """x + 5/x + (x − y)², at √5; none where a slope never vanishes, or far from the guess."""
    x, y = symbols("x y")
    K = QQ.frac_field(x, y)
    found = minimum(K.from_sympy(x + 5 / x + (x - y) ** 2), {x: 2.236, y: 2.2361})
    assert (found.square, found.point) == (5, {x: ROOT, y: ROOT})
    found = minimum(K.from_sympy(x**2 - 3 * x + (x + y) ** 2), {x: 1.5, y: -1.5})
    assert (found.square, found.point) == (1, {x: Rational(3, 2), y: Rational(-3, 2)})
    assert minimum(K.from_sympy(x + y**2), {x: 1.0, y: 0.0}) is None
    assert minimum(K.from_sympy(x + 5 / x + (x - y) ** 2), {x: 1.0, y: 1.0}) is None
    assert minimum(K.from_sympy(x + 1 / x**2 + (x - y) ** 2), {x: 1.26, y: 1.26}) is None  # ∛2


def test_the_optimistic_flow():
    """‖Z0 − z* + βG(Z0)‖²/(2αβt), Ryu, Yuan, Yin 2019, Section 3."""
    rate = verified(search_lyapunov(OptimisticFlow(1, 2)))
    assert rate.constant == Fraction(1, 4)
    assert rate.claim == "t ‖G‖² ≤ 1/4 ‖(Z0 − z*) + 2 G(Z0)‖²"
    rate = verified(search_lyapunov(OptimisticFlow(3, Fraction(1, 7))))
    assert rate.claim == "t ‖G‖² ≤ 7/6 ‖(Z0 − z*) + 1/7 G(Z0)‖²"


@pytest.mark.parametrize(("A", "constant"), [(2, 4), (3, 8)])
def test_the_fast_ogda_flow(A, constant):
    """4(A − 1)/b², as the theorem of this toolkit has it."""
    assert verified(search_lyapunov(FastOGDAFlow(A, 1))).constant == constant


def test_there_is_nothing_to_find_for_the_gradient_flow():
    result = search_lyapunov(GradientFlow())
    assert isinstance(result, Unknown)
    assert "no V" in result.reason


def test_feg_and_halpern():
    """4R²/k² (Lee, Kim 2021); 4/(k+1)² for ‖z − Tz‖² = 4‖g‖² (Lieder 2021)."""
    assert verified(search_lyapunov(FEG(1), operator=ONE)).constant == 4
    rate = search_lyapunov(FEG(HALF), operator=LipschitzMonotone(2), weight="k^2")
    assert verified(rate).constant == 16
    rate = verified(search_lyapunov(Halpern(1)))
    assert rate.constant == 1
    assert rate.claim.startswith("(k + 1)² ")


def test_proximal_point():
    rate = verified(search_lyapunov(ProximalPoint(1), weight="k"))
    assert rate.constant == 1


@pytest.mark.slow
@pytest.mark.parametrize("s", [HALF, Fraction(5, 7)])
def test_extragradient_is_better_than_its_textbook_constant(s):
    """1/(s²(1 − s²R²)) − R², less by R² than in MATH I; the search finds it within 1e-5."""
    rate = verified(search_lyapunov(Extragradient(s), operator=ONE, weight="k + 1"))
    best = 1 / (s**2 * (1 - s**2)) - 1
    assert best <= rate.constant <= best * (1 + Fraction(1, 10**5))


def test_extragradient_at_its_best_step():
    """At s = 1/(√2R): 3R² with V = k‖g‖² + 3R²‖z − z*‖², where the textbook has 4R².

    The step is 1, so that R² = 1/2. The same V proves (k + 3)‖g‖² ≤ 3R²; 4R² belongs to k + 4.
    """
    operator = LipschitzMonotone(sqrt(2) / 2)
    for weight, constant in (("k + 1", 3), ("k + 3", 3), ("k + 4", 4)):
        rate = verified(search_lyapunov(Extragradient(1), operator=operator, weight=weight))
        assert rate.constant == constant * HALF


EXTRAGRADIENT = {0: 1.0, 1: 0.75, 2: 0.5625, 3: 0.438956, 5: 0.284392, 8: 0.158480, 12: 0.0937436}
"""Worst ‖G(z^N)‖²/(R²‖z0 − z*‖²) at s = 1/(√2R) by PEPit 0.5.1 with Clarabel, to six digits."""


def test_the_constants_of_extragradient_stand_above_its_worst_cases():
    """(N + 3)‖g^N‖² ≤ 3R² is attained at N = 0 and 1, (N + 4)‖g^N‖² ≤ 4R² at N = 0."""
    for N, worst in EXTRAGRADIENT.items():
        assert (N + 3) * worst <= 3 * (1 + 1e-5)
        assert (N + 4) * worst <= 4 * (1 + 1e-5)
    assert EXTRAGRADIENT[1] * 4 == 3


@pytest.mark.parametrize("mu", [HALF, 3])
def test_strongly_monotone_gradient_flow(mu):
    result = search_contraction(GradientFlow(), "sq(Z - zstar)", StronglyMonotone(mu))
    assert verified(result).constant == 2 * mu


def test_contraction_of_methods():
    """1 − 2sμ + s²R² for simGD (MATH B) and 1/(1 + sμ)² for the proximal point."""
    operator = LipschitzStronglyMonotone(HALF, 1)
    rate = verified(search_contraction(SimGD(Fraction(1, 4)), "sq(z - zstar)", operator))
    assert rate.constant == Fraction(3, 16)
    rate = search_contraction(ProximalPoint(1), "sq(z - zstar)", StronglyMonotone(1))
    assert verified(rate).constant == Fraction(3, 4)
    assert not search_contraction(GradientFlow(), "sq(Z - zstar)", Monotone())


def in_exact_region(alpha, beta):
    """MATH C: SimGD-O converges for every monotone 1-Lipschitz operator exactly here."""
    return alpha < 2 * beta * (1 - beta**2) / (1 + beta**2)


@pytest.mark.parametrize("beta", [Fraction(1, 5), HALF, Fraction(4, 5)])
@pytest.mark.parametrize("ratio", [HALF, Fraction(9, 10), Fraction(21, 20), Fraction(3, 2)])
def test_where_optimistic_descent_has_a_potential(beta, ratio):
    """Points inside and outside the exact region, some within 5 % of its edge."""
    alpha = ratio * 2 * beta * (1 - beta**2) / (1 + beta**2)
    result = search_best_iterate(OptimisticSimGD(alpha, beta), ONE)
    assert bool(result) is in_exact_region(alpha, beta)
    if result:
        verified(result)


def test_a_rate_of_the_best_iterate_is_true_on_rotations():
    """The proved constant against runs on rotations of several speeds."""
    alpha, beta = Fraction(1, 4), Fraction(1, 3)
    rate = search_best_iterate(OptimisticSimGD(alpha, beta), ONE)
    for speed in np.linspace(0.05, 1, 20):
        M = speed * np.array([[0.0, 1.0], [-1.0, 0.0]])
        z = previous = np.array([1.0, 0.0])
        total = 0.0
        for _ in range(3000):
            total += float((M @ z) @ (M @ z))
            step = float(alpha) * M @ z + float(beta) * M @ (z - previous)
            z, previous = z - step, z
        assert total <= float(rate.constant)


def test_what_the_search_cannot_use():
    with pytest.raises(ProblemError, match="Fraction"):
        search_lyapunov(AnchoredFlow(Symbol("gamma")))
    with pytest.raises(ProblemError, match="polynomial in t"):
        search_lyapunov(AnchoredFlow(1), weight="exp(t)")
    with pytest.raises(ProblemError, match="polynomial in t"):
        search_lyapunov(AnchoredFlow(1), weight=Symbol("a") * Symbol("t"))
    with pytest.raises(ProblemError, match="other units"):
        search_lyapunov(Extragradient(sqrt(2) / 2), operator=ONE)
    with pytest.raises(ProblemError, match="Fraction"):
        search_lyapunov(Extragradient(0.5), operator=ONE)
    with pytest.raises(ProblemError, match="unknown name"):
        search_lyapunov(AnchoredFlow(1), "sq(z_half)")
    foreign = Vector.generator("g^{k}")
    with pytest.raises(ProblemError, match="no vector of the anchored"):
        search_lyapunov(AnchoredFlow(1), foreign @ foreign)
    with pytest.raises(ProblemError, match="quadratic"):
        search_lyapunov(AnchoredFlow(1), 3)
    with pytest.raises(ProblemError, match="class of operators"):
        search_lyapunov(AnchoredFlow(1), operator=Monotone)
    for weight in (3, 0.5, "1"):
        with pytest.raises(ProblemError, match="polynomial in t"):
            search_lyapunov(AnchoredFlow(1), weight=weight)
    with pytest.raises(ProblemError, match="limit of 0 seconds"):
        search_lyapunov(AnchoredFlow(1), seconds=0)
    with pytest.raises(ProblemError, match="known: t"):
        search_lyapunov(AnchoredFlow(1), weight="k")
    assert not search_lyapunov(AnchoredFlow(1), weight="t^3")


def test_a_search_stops_in_time():
    """EAG-C leads to a hundred candidates of large fractions, of which none is proved."""
    started = time.monotonic()
    result = search_lyapunov(EAGC(Fraction(1, 8)), operator=ONE, seconds=2)
    assert "the time was over" in result.reason
    assert time.monotonic() - started < 20  # one candidate is finished, on a slow machine


def test_without_a_solver_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(conic.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ProblemError, match=r"saddleode\[prove\]"):
        search_lyapunov(AnchoredFlow(1))


def test_rounding():
    assert simplest(-0.3334, 1e-3) == Fraction(-1, 3)
    assert simplest(1e-9, 1e-6) == 0
    assert simplest(2.9999, 1e-3) == 3
    found = list(candidates({"a": 2.4142135, "b": 1.0}))
    assert found[-1]["b"] == 1
    assert abs(float(found[-1]["a"]) - 2.4142135) < 1e-7
