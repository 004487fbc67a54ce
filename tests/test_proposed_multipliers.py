"""Multipliers that no equation determines, proposed by a solver and proved exactly."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Proved,
    Unknown,
    flow_vectors,
    parse_ranges,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.coefficients.rational import simplest
from saddleode.analysis.multipliers.programme import Samples, most_inner, sparsest
from saddleode.analysis.multipliers.scaling import scaling_of
from saddleode.analysis.proofs import lyapunov, proving
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.analysis.theorems import THEOREMS, anchored_master, simgd_o_exact
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import Extragradient, OptimisticSimGD, SimGD
from saddleode.flows import AnchoredFlow, FastOGDAFlow, OptimisticFlow

pytest.importorskip("clarabel")

ALPHA, BETA, MU, R, S = symbols("alpha beta mu R s", positive=True)
BY_NAME = {theorem.name: theorem for theorem in THEOREMS}
LIP = LipschitzMonotone(R)
SMALL = {"s": "0 < s < 1", "R": "R > 0"}
SHARP = (
    "(1 - r*t)*sq(Z + beta*G - zstar) + 4*beta*r*t*dot(G, Z + beta*G - zstar)"
    " + 2*beta*r*t*(alpha/r - 2*beta)*sq(G)"
)
POTENTIAL = "sq(z - zstar) + C*s^2*(1 - s^2)/R^2*k*sq(g)"


def equations_alone(claim, given, squares=None):
    return proving.prove_claim(claim, {})


def nothing_given(claim, given, squares=None):
    return proving.prove_freely(claim, {})


GIVEN = [
    "anchored-master",
    "fast-ogda-rate",
    "sssgd-theorem-1",
    "simgd-o-theorem-2",
    "simgd-o-exact",
    "extragradient-rate",
]


@pytest.mark.parametrize("name", GIVEN)
def test_theorems_are_proved_without_their_multipliers(name, monkeypatch):
    """Linear equations and guesses are not enough for any of these."""
    monkeypatch.setattr(lyapunov, "decide", equations_alone)
    with pytest.raises(Exception, match="not proved"):
        BY_NAME[name].prove()
    monkeypatch.setattr(lyapunov, "decide", nothing_given)
    for certificate in BY_NAME[name].prove():
        certificate.verify()


TOO_HARD = ["optimistic-sharp", "simgd-a-half"]
"""Those with e^{rt} and √(k+γ) need what they are given."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in BY_NAME if name not in GIVEN + TOO_HARD])
def test_all_other_theorems_are_too(name, monkeypatch):
    monkeypatch.setattr(lyapunov, "decide", nothing_given)
    assert BY_NAME[name].prove()


def extragradient(V, size=None, operator=LIP, **options):
    return prove_decrease(V, Extragradient(S / R if size is None else size), operator, **options)


def strongly(rate, region):
    """SimGD-O with V = ‖w − z*‖² + ¼‖z − z⁻‖², for strongly monotone operators."""
    method = OptimisticSimGD(ALPHA, ALPHA)
    v = step_vectors(method)
    w, d = v.z + ALPHA * v.previous.g - v.zstar, v.z - v.previous.z
    V = w @ w + Fraction(1, 4) * (d @ d)
    return prove_decrease(V, method, LipschitzStronglyMonotone(MU, 1), rate=rate, ranges=region)


CLAIMS = {
    "extragradient: ‖g‖": lambda: extragradient("sq(g)", ranges=SMALL),
    "extragradient: ‖g‖, α and R": lambda: extragradient(
        "sq(g)", ALPHA, ranges={"alpha": "alpha*R < 1"}
    ),
    "extragradient: both": lambda: extragradient(POTENTIAL.replace("C*", ""), ranges=SMALL),
    "extragradient: strongly": lambda: extragradient(
        "sq(z - zstar)",
        operator=LipschitzStronglyMonotone(MU, R),
        rate=S * MU / R,
        ranges={"s": "0 < s < 1/4", "mu": "mu < R"},
    ),
    "simGD: ‖g‖, strongly": lambda: prove_decrease(
        "sq(g)",
        SimGD(ALPHA),
        LipschitzStronglyMonotone(MU, R),
        rate=2 * ALPHA * MU - ALPHA**2 * R**2,
    ),
    "SimGD-O: strongly": lambda: strongly(
        ALPHA * MU / 2, {"alpha": "0 < alpha < 1/8", "mu": "0 < mu <= 1"}
    ),
    "optimistic flow: any r": lambda: prove_decrease(
        SHARP,
        OptimisticFlow(ALPHA, BETA),
        rate="r",
        ranges={"t": "0 < t <= 1", "r": "r*(alpha + 2*beta) < alpha"},
    ),
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_claims_with_free_multipliers_are_proved(claim):
    result = claim()
    assert isinstance(result, Proved), result
    text = result.certificate.to_json()
    assert read_certificate(text).to_json() == text
    verify(text)


def test_they_are_the_multipliers_of_the_paper_proofs():
    """MATH I: (2/α)MON(z⁺,z) + LIP(z⁺,h); MATH C: λ and m in the unit of time T."""
    found = CLAIMS["extragradient: ‖g‖"]().certificate
    exact = found.claim.scalars.convert
    assert found.multipliers == {
        "MON(k+1,k)": exact(2 * R / S),
        "LIP(k+1,k+1/2)": exact(1),
    }
    sharp = CLAIMS["optimistic flow: any r"]().certificate
    t, r = Symbol("t"), Symbol("r")
    exact = sharp.claim.scalars.convert
    assert sharp.multipliers == {
        "MON": exact(2 * ALPHA * (1 - r * t) - 4 * BETA * r),
        "MON'": exact(4 * BETA * t),
    }


def anchored(factor, low):
    s, v = anchored_master.ROOT, flow_vectors(AnchoredFlow(anchored_master.ROOT**2))
    e0 = v.z0 - v.zstar
    return prove_nonnegative(
        factor * s**2 * (s + 1) ** 2 * (e0 @ e0) - v.t**2 * (v.g @ v.g),
        assuming={"-V": -anchored_master.lyapunov_function(s**2)},
        ranges={s: f"s >= {low}"},
    )


def fast_ogda(share):
    flow, s = FastOGDAFlow(2 + Symbol("s", nonnegative=True), 1), Symbol("s", nonnegative=True)
    v = flow_vectors(flow)
    e = v.z - v.zstar
    w = 2 * e + v.t * (2 * v.z_dot + v.g)
    E = w @ w / 2 + 2 * s * (e @ e) + 2 * v.t * (e @ v.g) + v.t**2 / 2 * (v.g @ v.g)
    return prove_nonnegative(E - share * v.t**2 / 2 * (v.g @ v.g))


def start_of_simgd_o(factor):
    v = flow_vectors(OptimisticFlow(ALPHA, BETA))
    e, B = v.z - v.zstar, BETA * R
    form = factor * (2 + 2 * B**2) * (e @ e) - (e + BETA * v.g) @ (e + BETA * v.g)
    return prove_nonnegative(form, LIP)


def exact_region(relation, share=1):
    v, c = step_vectors(simgd_o_exact.METHOD), simgd_o_exact.HIGHEST
    b, g = simgd_o_exact.BETA, v.previous.g
    margin = share * (c / (1 + c) * (1 + b**2) - 2 * b**2)
    return prove_nonnegative(
        simgd_o_exact.lyapunov_function(c) - margin * (g @ g),
        LipschitzMonotone(1),
        system=simgd_o_exact.METHOD,
        ranges={simgd_o_exact.ALPHA: relation},
    )


def test_the_bounds_are_proved_and_nothing_smaller():
    for near in (Fraction(99, 100), Fraction(999, 1000)):
        assert anchored(1, 1) and not anchored(near, 1) and not anchored(1, near)
        assert fast_ogda(1) and not fast_ogda(2 - near)
        assert start_of_simgd_o(1) and not start_of_simgd_o(near)
    region = "alpha*(1 + beta^2) < 2*beta*(1 - beta^2)"
    assert exact_region(region)
    assert not exact_region(region, Fraction(101, 100))


FALSE = {
    "a larger step": lambda: extragradient("sq(g)", ranges={"s": "0 < s < 101/100"}),
    "a larger weight": lambda: extragradient(POTENTIAL.replace("C", "101/100"), ranges=SMALL),
    "more strongly": lambda: prove_decrease(
        "sq(g)",
        SimGD(ALPHA),
        LipschitzStronglyMonotone(MU, R),
        rate=Fraction(101, 100) * (2 * ALPHA * MU - ALPHA**2 * R**2),
    ),
    "a larger r": lambda: prove_decrease(
        SHARP,
        OptimisticFlow(ALPHA, BETA),
        rate="r",
        ranges={"t": "0 < t <= 1", "r": "r*(alpha + 2*beta) < 101/100*alpha"},
    ),
    "a faster rate": lambda: prove_decrease(
        SHARP,
        OptimisticFlow(ALPHA, BETA),
        rate="101/100*r",
        ranges={"t": "0 < t <= 1", "r": "r*(alpha + 2*beta) < alpha"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_claims_nearby_are_not_proved(claim):
    assert not claim()


def test_what_is_proposed_for_false_claims_is_not_proved(monkeypatch):
    """Without the search for counterexamples, which is slow."""
    monkeypatch.setattr(proving, "refute", lambda claim: None)
    for claim in FALSE.values():
        assert isinstance(claim(), Unknown)


def test_without_the_solver_the_reason_names_the_extra(monkeypatch):
    for name in ("proofs.proving", "multipliers.proposing"):
        monkeypatch.setattr(f"saddleode.analysis.{name}.available", lambda: False)
    result = fast_ogda(1)
    assert isinstance(result, Unknown)
    assert "Clarabel, extra `prove`, which might find some" in result.reason


def test_regions_without_sample_points_are_unknown():
    """Steps far from the start, and a thin region, hold no points for a solver."""
    far = prove_decrease("(5 - k)*sq(z - zstar)", SimGD(1), ranges={"k": "k >= 100"})
    assert isinstance(far, Unknown)
    thin = parse_ranges(["alpha > 1000", "R > 1000", "alpha*R < 1000001"])
    assert isinstance(prove_decrease("sq(g)", Extragradient(ALPHA), LIP, ranges=thin), Unknown)


# -- the parts --------------------------------------------------------------------------------


def test_units_are_found():
    """G in another unit: α is its inverse, R as it; time in another unit too."""
    claim = lyapunov.decrease_claim("sq(g)", Extragradient(ALPHA), LIP)
    scaling = scaling_of({"": claim.target, **claim.inequalities}, claim.scalars)
    assert list(scaling.weights) == ["R"]
    weights = scaling.weights["R"]
    assert weights["alpha"] == -1
    assert weights["LIP(k+1,k)"] - weights["MON(k+1,k)"] == 1
    tied = lyapunov.decrease_claim(
        "sq(g)", Extragradient(ALPHA), LIP, ranges={"alpha": "0 < alpha < 1"}
    )
    assert not scaling_of({"": tied.target, **tied.inequalities}, tied.scalars).weights


def test_programmes_find_the_largest_margin_and_the_sparsest_solution():
    """Q_0 + λ_1 Q_1 + λ_2 Q_2 = diag(λ_1 − 1, 2 − λ_1 − λ_2): best at λ_1 = 3/2, λ_2 = 0."""
    grams = np.array([[np.diag([-1.0, 2.0]), np.diag([1.0, -1.0]), np.diag([0.0, -1.0])]])
    samples, every = Samples(grams, np.eye(3)[None, 1:]), np.eye(2)[None]
    np.testing.assert_allclose(most_inner(samples, every), [1.5, 0], atol=1e-6)
    np.testing.assert_allclose(sparsest(samples, every, np.ones(2)), [1, 0], atol=1e-6)
    assert samples.hold(np.array([[1.0, 1.0]])) and not samples.hold(np.array([[1.1, 1.0]]))
    assert most_inner(samples, every[:, :, 1:]) is None


@pytest.mark.parametrize("seed", range(20))
def test_the_simplest_fraction_has_the_smallest_denominator(seed):
    rng = np.random.default_rng(seed)
    value, width = float(rng.normal()), float(10 ** rng.uniform(-4, -1))
    found = simplest(value, width)
    assert abs(found - Fraction(value)) <= Fraction(width)
    smaller = (round(value * q) / q for q in range(1, found.denominator))
    assert all(abs(x - value) > width * (1 - 1e-9) for x in smaller)
