"""The search finds known rates by itself, and what it returns is proved."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol

from saddleode.analysis import (
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    StronglyMonotone,
    Unknown,
    search_best_iterate,
    search_contraction,
    search_lyapunov,
)
from saddleode.analysis.search import conic
from saddleode.analysis.search.rounding import candidates, simplest
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import FEG, Extragradient, Halpern, OptimisticSimGD, ProximalPoint, SimGD
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
    assert rate.claim in str(rate)
    assert r"\le" in rate.to_latex()
    return rate


def test_the_anchored_flow_with_gamma_1():
    rate = verified(search_lyapunov(AnchoredFlow(1)))
    assert rate.constant == 4
    assert rate.claim.startswith("(t²) (‖G‖²) ≤ 4")


@pytest.mark.parametrize("gamma", [Fraction(3, 2), 2, 3])
def test_the_anchored_flow_reaches_its_irrational_constant(gamma):
    """(γ + √γ)² from above: MATH D, where rotations do not attain it for γ > 1."""
    rate = verified(search_lyapunov(AnchoredFlow(gamma)))
    best = (gamma + math.sqrt(gamma)) ** 2
    assert best <= float(rate.constant) <= best * (1 + 1e-8)


def test_the_optimistic_flow():
    """1/(2αβt), Ryu, Yuan, Yin 2019, Section 3, with α = 1, β = 2."""
    rate = verified(search_lyapunov(OptimisticFlow(1, 2)))
    assert rate.constant == Fraction(1, 4)
    assert rate.claim.startswith("(t) (‖G‖²) ≤")


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
    rate = verified(search_lyapunov(Halpern(1)))
    assert rate.constant == 1
    assert rate.claim.startswith("((k + 1)²)")


def test_proximal_point():
    rate = verified(search_lyapunov(ProximalPoint(1), weight="k"))
    assert rate.constant == 1


@pytest.mark.parametrize("s", [HALF, Fraction(5, 7)])
def test_extragradient_is_better_than_its_textbook_constant(s):
    """MATH I: 1/(s²(1 − s²R²)), 4 at s = 1/√2; the search finds one less, within 1 %."""
    rate = verified(search_lyapunov(Extragradient(s), operator=ONE, weight="k + 1"))
    best = 1 / (s**2 * (1 - s**2)) - 1
    assert best <= rate.constant <= best * Fraction(101, 100)


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
    with pytest.raises(ProblemError, match="known: t"):
        search_lyapunov(AnchoredFlow(1), weight="k")
    assert not search_lyapunov(AnchoredFlow(1), weight="t^3")


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
