"""Rates that a given Lyapunov function proves, with symbols for parameters."""

import json
from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol, cancel, symbols, sympify

from saddleode.analysis import (
    THEOREMS,
    Certificate,
    LipschitzMonotone,
    LipschitzNegativelyComonotone,
    Monotone,
    Refuted,
    Unknown,
    Vector,
    prove_rate,
)
from saddleode.analysis.basics.ranges import POSITIVE
from saddleode.analysis.claims.claims import Nonnegativity
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.proofs.least import least_multiple
from saddleode.analysis.theorems.anchored_master import ROOT, lyapunov_function
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import FEG, Halpern, ProximalPoint
from saddleode.flows import (
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    OptimisticFlow,
    SaddleProblem,
)

pytest.importorskip("clarabel")
pytest.importorskip("cvxpy")

A, ALPHA, BETA, B, R = symbols("A alpha beta b R", positive=True)
t = Symbol("t")
OPTIMISTIC = "sq(Z + beta*G - zstar)/2 + alpha*beta*t*sq(G)"
FAST = (
    "sq(2*(Z - zstar) + t*(2*Zdot + b*G))/2 + 2*(A - 2)*sq(Z - zstar)"
    " + 2*b*t*dot(Z - zstar, G) + b^2*t^2/2*sq(G)"
)
HALPERN = "2*alpha^2*k*(k + 1)*sq(g_half) + 2*alpha*(k + 1)*dot(g_half, z - z0)"
ROTATION = SaddleProblem("x*u", "x", "u")

RATES = {
    "optimistic": (
        (OPTIMISTIC, OptimisticFlow(ALPHA, BETA)),
        {},
        1 / (ALPHA * BETA * t),
        "‖G‖² ≤ 1/(2·α·β·t) ‖(Z0 − z*) + β G(Z0)‖²",
    ),
    "anchored": (
        (lyapunov_function(ROOT**2), AnchoredFlow(ROOT**2)),
        {"ranges": {ROOT: "s >= 1"}},
        (ROOT**2 + ROOT) ** 2 / t**2,
        "‖G‖² ≤ s²·(s + 1)²/t² ‖Z0 − z*‖²",
    ),
    "anchored, γ = 1": (
        ("t^2/2*sq(G) + t*dot(G, Z - Z0)", AnchoredFlow(1)),
        {"weight": "t^2"},
        4,
        "t² ‖G‖² ≤ 4 ‖Z0 − z*‖²",
    ),
    "fast OGDA": (
        (FAST, FastOGDAFlow(A, B)),
        {"ranges": {"A": "A >= 2"}},
        4 * (A - 1) / (B * t) ** 2,
        "‖G‖² ≤ 4·(A − 1)/(b²·t²) ‖Z0 − z*‖²",
    ),
    "FEG": (
        ("k^2/(2*R)*sq(g) + k*dot(g, z - z0)", FEG(1 / R)),
        {"operator": LipschitzMonotone(R), "weight": "k^2"},
        4 * R**2,
        "k² ‖g^k‖² ≤ 4·R² ‖z^0 − z*‖²",
    ),
    "Halpern": (
        (HALPERN, Halpern(ALPHA)),
        {"metric": "sq(g_half)", "weight": "(k + 1)^2"},
        1 / ALPHA**2,
        "(k + 1)² ‖g^{k+1/2}‖² ≤ α^(−2) ‖z^0 − z*‖²",
    ),
    "proximal point": (
        ("sq(z - zstar) + alpha^2*k*sq(g)", ProximalPoint(ALPHA)),
        {"weight": "k"},
        1 / ALPHA**2,
        "k ‖g^k‖² ≤ α^(−2) ‖z^0 − z*‖²",
    ),
}


@pytest.mark.parametrize(("args", "options", "constant", "claim"), RATES.values(), ids=RATES)
def test_known_rates_are_found_exactly(args, options, constant, claim):
    """The constants of the theorems: they are attained, or those of the literature."""
    rate = prove_rate(*args, **options)
    assert rate, rate
    expected = sympify(constant)
    plain = {symbol: Symbol(symbol.name) for symbol in expected.free_symbols}
    assert cancel(rate.constant - expected.xreplace(plain)) == 0
    assert rate.claim == claim
    assert str(rate.certificates[0]) in str(rate) and r"\le" in rate.to_latex()
    for certificate in json.loads(rate.to_json())["certificates"]:
        verify(json.dumps(certificate))
    assert all(isinstance(certificate, Certificate) for certificate in rate.certificates)


@pytest.mark.parametrize("gamma", [1.0, 2.25, 9.0])
def test_the_anchored_constant_is_the_bound_of_the_theorem(gamma):
    (V, flow), options, *_ = RATES["anchored"]
    constant = prove_rate(V, flow, **options).constant
    theorem = next(theorem for theorem in THEOREMS if theorem.name == "anchored-master")
    z0 = np.array([3.0, 4.0])
    size = float(constant.subs({Symbol("s"): gamma**0.5, t: 2.0})) ** 0.5 * 5
    assert size == pytest.approx(theorem.bound(2.0, AnchoredFlow(gamma), ROTATION, z0), rel=1e-12)


def test_what_is_no_rate_is_not_one():
    wrong = "t^2/2*sq(G) + 99/100*t*dot(G, Z - Z0)"
    assert isinstance(prove_rate(wrong, AnchoredFlow(1)), Refuted)
    still = prove_rate("sq(Z - zstar)", GradientFlow())
    assert isinstance(still, Unknown) and "no bound of ‖G‖² was found" in still.reason
    pole = prove_rate("sq(Z - zstar)/t", GradientFlow())
    assert isinstance(pole, Unknown) and "no limit at t = 0" in pole.reason
    late = prove_rate("sq(z - zstar)", ProximalPoint(1), ranges={"k": "k >= 1"})
    assert isinstance(late, Unknown) and "from 0 on" in late.reason


@pytest.mark.parametrize("weight", ["exp(-t)", "exp(-t)*(1 + sqrt(t))"])
def test_an_exponential_is_not_the_same_at_the_start(weight):
    """e^{−t}‖Z − z*‖² falls, while ‖Z − z*‖² may grow like e^t in this class."""
    growing = LipschitzNegativelyComonotone(Fraction(1, 2), 1)
    V = f"{weight}*sq(Z - zstar)"
    result = prove_rate(V, GradientFlow(), "sq(Z - zstar)", growing)
    assert isinstance(result, Unknown | Refuted)


def test_the_least_multiple_of_a_form():
    """C‖a‖² − 2⟨a, b⟩ + p‖b‖² ≥ 0 exactly for C ≥ 1/p."""
    scalars = ScalarField({"p": POSITIVE})
    a, b = Vector.generator("a"), Vector.generator("b")
    form = (b @ b) * Symbol("p") - 2 * (a @ b)
    unit = (a @ a).map(scalars.convert)
    C, certificate = least_multiple(Nonnegativity(form, Monotone(), scalars), unit)
    assert scalars.convert(1 / Symbol("p")) == C
    certificate.verify()
    assert least_multiple(Nonnegativity(-(b @ b), Monotone(), scalars), unit) is None
