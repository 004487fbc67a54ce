"""Modified equations of the methods: MATH F, linear problems, text, and what is refused."""

import json
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy

from saddleode.analysis import (
    characteristic_polynomial,
    high_resolution_ode,
    modified_equation,
    stability_function,
)
from saddleode.analysis.series.trees import ANCHOR, VELOCITY, tree
from saddleode.discretize import (
    FEG,
    METHODS,
    OGDA,
    AlternatingGDA,
    AnchoredSimGD,
    Extragradient,
    Halpern,
    NormalisedAnchoredSimGD,
    OptimisticAdam,
    OptimisticAnchoredSimGD,
    OptimisticSimGD,
    PastExtragradient,
    PowerLaw,
    ProximalPoint,
    SimGD,
)
from saddleode.flows import ProblemError

S, KAPPA, GAMMA, P, LAMBDA = sympy.symbols("s kappa gamma p lambda", positive=True)
T, H = sympy.Symbol("t", positive=True), sympy.Symbol("h")
G, E = tree("G"), ANCHOR
DGG = tree("G", [G])
F1, F2 = tree("G", [DGG]), tree("G", [G, G])
HALF = sympy.Rational(1, 2)


def is_zero(expression) -> bool:
    return sympy.cancel(sympy.together(expression)) == 0


@pytest.mark.parametrize(
    ("method", "first", "chain", "fork"),
    [
        (SimGD(S), -HALF, -HALF * 2 / 3, -HALF / 6),
        (ProximalPoint(S), HALF, -HALF * 2 / 3, -HALF / 6),
        (Extragradient(S), HALF, HALF * 4 / 3, -HALF / 6),
        (
            OptimisticSimGD(S, KAPPA * S),
            KAPPA - HALF,
            -(KAPPA**2 - 2 * KAPPA + HALF * 2 / 3),
            -(HALF / 6 - KAPPA),
        ),
    ],
)
def test_math_f(method, first, chain, fork) -> None:
    """MATH F, and nothing else to this order; the ratio κ stays free."""
    equation = modified_equation(method, 2)
    expected = {G: -1, DGG: S * first, F1: S**2 * chain, F2: S**2 * fork}
    assert {term.tree for term in equation.terms} == set(expected)
    for tau, value in expected.items():
        assert is_zero(equation.coefficient(tau) - value)


def test_half_the_step_makes_adams_bashforth() -> None:
    """κ = ½ is Adams–Bashforth 2, whose error constant is 5/12: −s²(−5/12 F1 − 5/12 F2)."""
    equation = modified_equation(OptimisticSimGD(S, S / 2), 2)
    assert equation.coefficient(DGG) == 0
    assert equation.coefficient(F1) == equation.coefficient(F2) == 5 * S**2 / 12


def test_rates_in_their_own_symbols() -> None:
    """With α and β for parameters the ratio is β/α; OGDA is β = α."""
    alpha, beta = sympy.symbols("alpha beta", positive=True)
    general = modified_equation(OptimisticSimGD(alpha, beta), 3)
    with_ratio = modified_equation(OptimisticSimGD(S, KAPPA * S), 3)
    for term in with_ratio.terms:
        value = general.coefficient(term.tree).subs(beta, KAPPA * alpha).subs(alpha, S)
        assert is_zero(value - term.scalar(S))
    for term in modified_equation(OGDA(S), 3).terms:
        assert is_zero(with_ratio.coefficient(term.tree).subs(KAPPA, 1) - term.scalar(S))


def anchored(p, gamma) -> dict:
    """MATH F: Ż = F(1 + ph/(2(1−p)t)) − (h/2)(F_t + F_zF), F = −G − (γ/t)e."""
    field = {G: sympy.Integer(-1), E: -gamma / T}
    stretch = p * H / (2 * (1 - p) * T)
    expected = {tau: c * (1 + stretch) for tau, c in field.items()}
    along = {DGG: 1, tree("G", [E]): gamma / T, G: gamma / T, E: gamma**2 / T**2}
    for tau, c in along.items():
        expected[tau] = expected.get(tau, 0) - H / 2 * c
    expected[E] -= H / 2 * gamma / T**2
    return expected


def test_anchored_with_the_schedule_of_the_paper() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    equation = modified_equation(AnchoredSimGD(P, GAMMA, alpha=alpha), 1)
    assert equation.step == H
    step = (1 - P) * alpha ** (1 / (1 - P)) * T ** (-P / (1 - P))
    assert sympy.simplify(equation.step_size / step) == 1
    assert {term.tree for term in equation.terms} == set(anchored(P, GAMMA))
    for tau, value in anchored(P, GAMMA).items():
        assert is_zero(equation.coefficient(tau) - value)


def test_anchored_with_constant_step() -> None:
    """Ż = F − (s/2)(F_t + F_zF) for anchor γ/(k+1), t = s(k+1): SimGD-OA with p = κ = 0."""
    equation = modified_equation(OptimisticAnchoredSimGD(0, GAMMA, 0, S), 1)
    for tau, value in anchored(0, GAMMA).items():
        assert is_zero(equation.coefficient(tau) - value.subs(H, S))


def test_normalised_schedule_is_the_other_one_at_another_rate() -> None:
    """SimGD-A with anchor rate γ/(1−p), in terms of its own step and clock."""
    equation = modified_equation(NormalisedAnchoredSimGD(GAMMA, P), 1)
    for tau, value in anchored(P, GAMMA / (1 - P)).items():
        assert is_zero(equation.coefficient(tau) - value)


def test_symplectic_euler() -> None:
    """Alternating GDA: for L = T(u) − V(x) the modified equation is that of symplectic Euler.

    HLW IX, Example 1.3: H̃ = H − (s/2) H_pᵀH_q + …, here with ẋ = −L_x, u̇ = L_u.
    """
    equation = modified_equation(AlternatingGDA(S), 1)
    x, u = tree("Gx"), tree("Gu")
    expected = {(x, x): -1, (x, u): -1, (u, x): 1, (u, u): -1}
    for (root, leaf), sign in expected.items():
        assert equation.coefficient(tree(root.colour, [leaf])) == sign * S / 2


ONE_STEP = [SimGD(S), Extragradient(S), ProximalPoint(S)]


@pytest.mark.parametrize("method", ONE_STEP, ids=lambda m: m.name)
def test_linear_problems_take_the_logarithm_of_the_stability_function(method) -> None:
    exact = sympy.series(sympy.log(stability_function(method, LAMBDA)), S, 0, 8).removeO()
    found = modified_equation(method, 6).modified_eigenvalue(LAMBDA)
    assert is_zero(sympy.expand(exact) - sympy.expand(S * found))


TWO_STEP = [OptimisticSimGD(S, 2 * S / 3), OGDA(S), PastExtragradient(S)]


@pytest.mark.parametrize("method", TWO_STEP, ids=lambda m: m.name)
def test_linear_problems_take_the_logarithm_of_the_principal_root(method) -> None:
    """exp(s μ) is a root of the characteristic polynomial up to s^6."""
    order = 4
    found = modified_equation(method, order).modified_eigenvalue(LAMBDA)
    root = sum((S * found) ** j / sympy.factorial(j) for j in range(order + 2))
    coefficients = characteristic_polynomial(method, LAMBDA)
    value = sympy.expand(sum(c * root**j for j, c in enumerate(reversed(coefficients))))
    assert all(value.coeff(S, n) == 0 for n in range(order + 2))
    assert value.coeff(S, order + 2) != 0


def test_growth_rate_says_why_simgd_leaves() -> None:
    equation = modified_equation(SimGD(Fraction(1, 10)), 1)
    assert equation.correction == "−s/2 DG·G"
    assert equation.growth_rate(sympy.I) == sympy.Rational(1, 20)
    assert equation.growth_rate(1j) == pytest.approx(0.05)
    plain = sympy.Symbol("s")  # parameters are real, whatever their symbols say
    assert modified_equation(SimGD(plain), 1).growth_rate(sympy.I) == plain / 2
    assert modified_equation(SimGD(S), 3).growth_rate(2 * sympy.I) == 2 * S - 4 * S**3
    anchored = modified_equation(FEG(Fraction(1, 10)), 1)
    assert anchored.growth_rate(1j, t=2.0) == pytest.approx(-0.5 - 0.05)
    with pytest.raises(ProblemError, match="players differently"):
        modified_equation(AlternatingGDA(S), 1).growth_rate(1j)


def test_floats_count_as_decimals() -> None:
    exact = modified_equation(AnchoredSimGD(Fraction(3, 5), 2, alpha=Fraction(1, 4)), 2)
    floating = modified_equation(AnchoredSimGD(0.6, 2.0, alpha=0.25), 2)
    assert exact.terms == floating.terms and exact.step_size == floating.step_size


def test_text_latex_and_json() -> None:
    equation = modified_equation(Extragradient(Fraction(1, 8)), 2)
    expected = "Ż = −G + s/2 DG·G + 2·s²/3 DG·DG·G − s²/12 D²G(G, G) + O(s³); s = 1/8"
    assert str(equation) == expected
    assert repr(equation) == "modified_equation(Extragradient(alpha=1/8), 2)"
    latex = equation.to_latex()
    assert r"\frac{s}{2} DG \, G" in latex and r"D^{2} G(G, G)" in latex and "−" not in latex
    data = json.loads(json.dumps(equation.to_dict()))
    assert data["terms"][1]["differential"] == "DG·G" and data["terms"][1]["coefficient"] == "1/2"
    halpern = str(modified_equation(Halpern(S, 2), 1))
    assert "e = Z − Z0" in halpern and "h = 2·s" in halpern


def test_high_resolution_odes_keep_other_terms() -> None:
    """Chavdarova, Jordan, Zampetakis 2021, with β = 2/s: GDA, extragradient and OGDA.

    ω̇ = −βω − βV(z), then + 2J(z)V(z) for extragradient and − 2J(z)ω for OGDA.
    """
    common = {(G, -1): -2, (VELOCITY, -1): -2}
    for method, more in (
        (SimGD(S), {}),
        (Extragradient(S), {(DGG, 0): 2}),
        (OGDA(S), {(tree("G", [VELOCITY]), 0): -2}),
    ):
        found = {(t.tree, t.step_power): t.coefficient for t in high_resolution_ode(method).terms}
        assert found == common | more
    assert "w = Ż" in str(high_resolution_ode(OGDA(S)))
    assert r"\dot w" in high_resolution_ode(OGDA(S)).to_latex()
    with pytest.raises(ProblemError, match="anchor"):
        high_resolution_ode(FEG(S))


def test_speed() -> None:
    """Order 6 of extragradient < 3 s, order 4 of SimGD-O with a symbolic ratio < 10 s."""
    for method, order, limit in ((Extragradient(S), 6, 3), (OptimisticSimGD(S, KAPPA * S), 4, 10)):
        started = time.perf_counter()
        modified_equation(method, order)
        assert time.perf_counter() - started < limit


def test_parameters_that_are_no_polynomials() -> None:
    """β = s/κ: rational functions take the place of polynomials, and nothing else changes."""
    inverse = modified_equation(OptimisticSimGD(S, S / KAPPA), 3)
    for term in modified_equation(OptimisticSimGD(S, KAPPA * S), 3).terms:
        value = term.scalar(S).subs(KAPPA, 1 / KAPPA)
        assert is_zero(inverse.coefficient(term.tree) - value)


@pytest.mark.parametrize("order", [0, -1, 9, 1.5, True, "2", None])
def test_absurd_orders(order) -> None:
    with pytest.raises(ProblemError, match="whole number from 1 to 8"):
        modified_equation(SimGD(S), order)


@pytest.mark.parametrize("method", [3, None, SimGD, "simgd", abs])
def test_no_method(method) -> None:
    for derive in (modified_equation, high_resolution_ode):
        with pytest.raises(ProblemError, match="a method such as"):
            derive(method)


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (OptimisticAdam(0.1, 0.1), "coordinate by coordinate"),
        (SimGD(lambda k: 1 / (k + 1)), "alpha is a schedule"),
        (SimGD(PowerLaw(1, 1)), "alpha is a schedule"),
        (OptimisticSimGD(0.1, lambda k: 1 / (k + 1)), "beta is a schedule"),
        (AnchoredSimGD(0.6, 2, 0.1), "different powers of k"),
        (SimGD(sympy.sqrt(2)), "rational function"),
        (SimGD(np.array([0.1, 0.2])), "alpha is an array"),
        (OptimisticSimGD(1, S), "rename"),
        (AnchoredSimGD(P, sympy.Symbol("h")), "rename"),
        (FEG(sympy.Symbol("t")), "rename"),
        (SimGD(sympy.Symbol("e")), "rename"),
    ],
)
def test_methods_without_such_a_series(method, reason) -> None:
    with pytest.raises(ProblemError, match=reason):
        modified_equation(method, 2)


def test_every_method_keeps_its_zeros() -> None:
    """Every term has a value of G or the anchor for a leaf: at a zero of G nothing moves Z."""
    for kind in METHODS:
        try:
            terms = modified_equation(kind(**kind.example), 3).terms
        except ProblemError:
            continue
        assert all(leaf in {"G", "Gx", "Gu", "e"} for t in terms for leaf in leaves(t.tree))


def leaves(tau) -> set:
    return {tau.colour} if not tau.branches else set().union(*map(leaves, tau.branches))
