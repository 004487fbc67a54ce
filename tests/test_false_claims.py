"""A corpus of false claims: none is ever proved, and most are refuted with a witness.

Flipped signs, constants a little too small, conditions relaxed, hypotheses dropped, multipliers
that are negative in a corner of the range or for a few steps only. Claims on signs and ranges
alone are in `test_conditions`.
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Symbol, symbols

from saddleode.analysis import (
    CertificateError,
    Cocoercive,
    Form,
    LinearSkew,
    Lipschitz,
    LipschitzMonotone,
    LipschitzNegativelyComonotone,
    LipschitzStronglyMonotone,
    Monotone,
    NegativelyComonotone,
    Proved,
    Refuted,
    StronglyMonotone,
    WeakMinty,
    flow_vectors,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.theorems import THEOREMS
from saddleode.discretize import (
    EAGC,
    FEG,
    OGDA,
    Extragradient,
    Halpern,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    SimGD,
)
from saddleode.flows import AnchoredFlow, FastOGDAFlow, GradientFlow, OptimisticFlow

ALPHA, BETA, GAMMA, MU, R, S = symbols("alpha beta gamma mu R s", positive=True)
HALF = Fraction(1, 2)
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
WEIGHT = "sq(Zdot)/2 - gamma/(2*t^2)*sq(Z - Z0)"
RATE = "sq(Z + beta*G - zstar)/2 + alpha*beta*t*sq(G)"
FEG_V = "k^2*sq(g)/2 + k*dot(g, z - z0)"
HALPERN_V = "2*k*(k + 1)*sq(g_half) + 2*(k + 1)*dot(g_half, z - z0)"
LIP1 = LipschitzMonotone(1)

FLOWS = [
    # signs
    ("sq(zstar - Z) + t*sq(G)", GradientFlow(), Monotone(), {}, 0),
    ("-sq(G)", GradientFlow(), Monotone(), {}, 0),
    ("-sq(Z + beta*G - zstar)", OptimisticFlow(ALPHA, BETA), Monotone(), {}, 0),
    ("-t*sq(Z - zstar)", OptimisticFlow(ALPHA, BETA), LinearSkew(), {}, 0),
    (MASTER.replace("+ gamma*t", "- gamma*t"), AnchoredFlow(GAMMA), Monotone(), {}, 0),
    (MASTER.replace("(gamma - 1)", "(1 - gamma)"), AnchoredFlow(3), Monotone(), {}, 0),
    (WEIGHT.replace(" - ", " + ", 1), AnchoredFlow(2), Monotone(), {}, 4 / Symbol("t")),
    # constants
    (RATE.replace("alpha*beta*t", "101/100*alpha*beta*t"), OptimisticFlow(1, 1), Monotone(), {}, 0),
    (MASTER.replace("t^2/2", "51/100*t^2"), AnchoredFlow(1), Monotone(), {}, 0),
    (MASTER.replace("gamma*t", "99/100*gamma*t"), AnchoredFlow(1), Monotone(), {}, 0),
    ("sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU), {}, 2 * MU + Fraction(1, 100)),
    (WEIGHT, AnchoredFlow(1), Monotone(), {}, Fraction(19, 10) / Symbol("t")),
    ("t^2*sq(G)", OptimisticFlow(1, 1), Monotone(), {}, 0),
    # conditions
    (MASTER, AnchoredFlow(GAMMA), Monotone(), {"gamma": "gamma > 9/10"}, 0),
    (MASTER, AnchoredFlow(Fraction(99, 100)), Monotone(), {}, 0),
    (WEIGHT, AnchoredFlow(GAMMA), Monotone(), {"gamma": "gamma > 9/10"}, 2 * GAMMA / Symbol("t")),
    # hypotheses
    ("sq(Z - zstar)", GradientFlow(), NegativelyComonotone(1), {}, 0),
    ("sq(Z - zstar)", GradientFlow(), WeakMinty(1, 2), {}, 0),
    ("sq(Z - zstar)", GradientFlow(), Lipschitz(1), {}, 0),
    ("sq(G)", GradientFlow(), WeakMinty(1, 2), {}, 0),
    ("sq(Z + beta*G - zstar)", OptimisticFlow(1, HALF), NegativelyComonotone(2), {}, 0),
    ("sq(Z - zstar)", GradientFlow(), Monotone(), {}, MU),
    ("sq(Z - zstar)", AnchoredFlow(1), Monotone(), {}, 0),
    ("sq(Z - Z0)", AnchoredFlow(2), Monotone(), {}, 0),
]

METHODS = [
    # signs
    ("-sq(z - zstar)", ProximalPoint(ALPHA), Monotone(), {}, 0),
    (FEG_V.replace("+ k", "- k"), FEG(1), LIP1, {}, 0),
    (HALPERN_V.replace("+ 2*(k", "- 2*(k"), Halpern(1), Monotone(), {}, 0),
    (
        "sq(z - beta*g_previous - zstar)",
        OptimisticSimGD(Fraction(1, 8), Fraction(1, 4)),
        LIP1,
        {},
        0,
    ),
    # constants
    (FEG_V.replace("/2", "*51/100"), FEG(1), LIP1, {}, 0),
    (FEG_V.replace("+ k", "+ 99/100*k"), FEG(1), LIP1, {}, 0),
    (HALPERN_V.replace("2*k*(k + 1)", "2*(k + 1)^2"), Halpern(1), Monotone(), {}, 0),
    ("sq(z - zstar)", SimGD(S), LipschitzStronglyMonotone(HALF, 1), {"s": "0 < s < 9/8"}, 0),
    ("sq(z - zstar)", SimGD(HALF), LipschitzStronglyMonotone(HALF, 1), {}, Fraction(26, 100)),
    # conditions
    ("sq(z - zstar)", Extragradient(S), LIP1, {"s": "0 < s <= 101/100"}, 0),
    ("sq(g)", Extragradient(S), LIP1, {"s": "0 < s < 6/5"}, 0),
    (FEG_V, FEG(Fraction(11, 10)), LIP1, {}, 0),
    ("sq(g)", OGDA(S), LIP1, {"s": "0 < s < 3/5"}, 0),
    ("sq(g)", PastExtragradient(Fraction(3, 5)), LIP1, {}, 0),
    ("sq(g)", SimGD(ALPHA), Cocoercive(1), {"alpha": "0 < alpha < 21/10"}, 0),
    # hypotheses
    ("sq(z - zstar)", SimGD(ALPHA), Monotone(), {}, 0),
    ("sq(g)", SimGD(ALPHA), LinearSkew(), {}, 0),
    ("sq(z - zstar)", SimGD(Fraction(1, 10)), StronglyMonotone(1), {}, 0),
    ("sq(z - zstar)", Extragradient(HALF), Monotone(), {}, 0),
    ("sq(z - zstar)", Extragradient(HALF), Lipschitz(1), {}, 0),
    ("sq(z - zstar)", Extragradient(HALF), WeakMinty(1, 1), {}, 0),
    ("sq(z - zstar)", ProximalPoint(HALF), NegativelyComonotone(1), {}, 0),
    (FEG_V, FEG(1), LipschitzNegativelyComonotone(Fraction(1, 4), 1), {}, 0),
    ("sq(z)", ProximalPoint(1), Monotone(), {}, 0),
    ("sq(z - z0)", EAGC(Fraction(1, 8)), LIP1, {}, 0),
    # only for large k, or only for small k
    ("(k - 3)*sq(z - zstar)", ProximalPoint(ALPHA), Monotone(), {}, 0),
    ("(k + 1)*sq(z - zstar)", ProximalPoint(ALPHA), Monotone(), {}, 0),
    ("sq(z - zstar)/(k^2 - 7*k + 13)", ProximalPoint(ALPHA), LinearSkew(), {}, 0),
]


@pytest.mark.parametrize(("V", "system", "operator", "ranges", "rate"), FLOWS + METHODS)
def test_a_false_claim_is_refuted(V, system, operator, ranges, rate):
    result = prove_decrease(
        V.replace("beta*g", "1/4*g"), system, operator, ranges=ranges, rate=rate
    )
    assert isinstance(result, Refuted), result
    result.witness.verify()


def nowhere_negative(constant, extra=0):
    """F = C‖Z0 − z*‖² − t²‖G‖² along the anchored flow with γ = 1, where C = 4 is the least."""
    v = flow_vectors(AnchoredFlow(1))
    e = v.z0 - v.zstar
    return constant * (e @ e) - v.t**2 * (v.g @ v.g) + extra * (e @ v.g)


BOUNDS = [
    (nowhere_negative(Fraction(396, 100)), AnchoredFlow(1), Monotone()),
    (nowhere_negative(4, extra=-1), AnchoredFlow(1), Monotone()),
    (nowhere_negative(0), AnchoredFlow(1), Monotone()),
    (nowhere_negative(4), AnchoredFlow(HALF), Monotone()),
    (nowhere_negative(4), GradientFlow(), Monotone()),
    (nowhere_negative(Fraction(1, 10)), OptimisticFlow(1, 1), Monotone()),
]


@pytest.mark.parametrize(("form", "system", "operator"), BOUNDS)
def test_a_false_bound_is_refuted(form, system, operator):
    result = prove_nonnegative(form, operator, system=system)
    assert isinstance(result, Refuted), result
    result.witness.verify()


def simgd_o(alpha, beta, weight, **options):
    method = OptimisticSimGD(alpha, beta)
    v = step_vectors(method)
    w, d = v.z + beta * v.previous.g - v.zstar, v.z - v.previous.z
    return prove_decrease(w @ w + weight * (d @ d), method, LIP1, **options)


def test_negative_multipliers_in_a_corner_are_not_proved():
    """Right for most of the range: the second square of SimGD-O is negative near α = 0.34."""
    good = {"multipliers": {"LIP(k,k-1)": HALF}}
    assert simgd_o(ALPHA, HALF, HALF, ranges={"alpha": "0 < alpha <= 1/3"}, **good)
    assert not simgd_o(ALPHA, HALF, HALF, ranges={"alpha": "0 < alpha <= 34/100"}, **good)
    assert not simgd_o(ALPHA, HALF, HALF, multipliers={"LIP(k,k-1)": -HALF})
    assert not simgd_o(ALPHA, HALF, HALF, multipliers={"MON(k,*)": 2 * ALPHA - HALF})
    assert not simgd_o(Fraction(61, 100), HALF, Fraction(3, 5))


def test_squares_must_be_what_is_left_and_positive():
    v = step_vectors(ProximalPoint(ALPHA))
    e, g = v.z - v.zstar, v.points[1].g
    args = (e @ e, ProximalPoint(ALPHA))
    weights = {"MON(k+1,*)": 2 * ALPHA}
    assert prove_decrease(*args, multipliers=weights, squares=[(ALPHA**2, g)])
    for squares in ([(ALPHA**2 + 1, g)], [], [(-(ALPHA**2), g)], [(ALPHA**2, e)]):
        assert not isinstance(prove_decrease(*args, multipliers=weights, squares=squares), Proved)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.name)
def test_no_certificate_of_a_theorem_survives_a_changed_number(theorem):
    """Each multiplier and each square is made larger, smaller, or negative, one at a time."""
    for certificate in theorem.prove():
        for name, value in certificate.multipliers.items():
            for other in (value * Fraction(101, 100), -value, 0 * value):
                changed = {**certificate.multipliers, name: other}
                with pytest.raises(CertificateError):
                    replace(certificate, multipliers=changed).verify()
        for i, square in enumerate(certificate.squares):
            for other in (square.coefficient * Fraction(101, 100), -square.coefficient):
                squares = list(certificate.squares)
                squares[i] = replace(square, coefficient=other)
                with pytest.raises(CertificateError):
                    replace(certificate, squares=tuple(squares)).verify()


def test_a_claim_about_another_system_is_not_proved():
    v = flow_vectors(FastOGDAFlow(2, 1))
    e = v.z - v.zstar
    assert not prove_decrease(e @ e, FastOGDAFlow(2, 1))
    assert not prove_nonnegative(Form() - e @ e, system=FastOGDAFlow(2, 1))


def test_the_corpus_is_large():
    assert len(FLOWS) + len(METHODS) + len(BOUNDS) >= 50
