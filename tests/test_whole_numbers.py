"""Signs and claims for whole k alone: what is decided holds at every whole k of the range."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, symbols

from saddleode.analysis import Monotone, prove_decrease, prove_nonnegative
from saddleode.analysis.basics.proof_outcome import CertificateError
from saddleode.analysis.coefficients import solver
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.coefficients.region import parse_ranges
from saddleode.analysis.coefficients.signs import nonnegative, positive, regular
from saddleode.analysis.proofs.certificate import Certificate
from saddleode.analysis.proofs.lyapunov import decrease_claim
from saddleode.analysis.proofs.squares import Square
from saddleode.analysis.readings.vector import Vector
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import ProximalPoint, SimGD
from saddleode.flows import GradientFlow, ProblemError

k, a, b, t = symbols("k a b t")
A, B, D = (Vector.generator(name) for name in ("a", "b", "d"))
STEPS = range(12)
SIZES = [Fraction(n, 7) for n in (1, 3, 6, 10, 40)]


def field(*conditions: str, clock: str = "k") -> ScalarField:
    region = parse_ranges(conditions)
    return ScalarField(region, region.conditions, clock)


def check(fact, known) -> None:
    """Check every identity of a fact for whole k, with k as a number in each case but the last."""
    *first, last = fact.cases
    for n, (times, terms) in enumerate(first):
        at = known.first + n
        assert all(not f.polynomial.degree(known.whole) for f, _ in times.facts)
        assert fact.polynomial.subs(known.whole, at) * product(times) == total(terms)
    times, terms = last
    assert fact.polynomial * product(times) == total(terms)
    begins = f"{known.ring.symbols[known.whole]} >= {known.first + len(first)}"
    used = {f for term in (times, *terms) for f, _ in term.facts}
    assert all(f.relation in ("", begins) or f in known.given for f in used)


def product(term):
    found = term.square**2 * term.coefficient
    assert term.coefficient > 0
    for fact, power in term.facts:
        found *= fact.polynomial**power
    return found


def total(terms):
    return sum(map(product, terms), start=0)


@pytest.mark.parametrize(
    ("formula", "conditions", "weak", "strict"),
    [
        (k * (k - 1), [], True, False),
        ((k - 1) * (k - 2) * (k - 3), ["k >= 1"], True, False),
        ((2 * k - 1) * (2 * k - 3), ["k >= 2"], True, True),
        ((2 * k - 7) * (2 * k - 5) * (a + 1) - 0 * k, ["a > 0"], False, False),  # at k = 3 alone
        ((2 * k - 5) ** 2 - Fraction(1, 2), [], True, True),
        ((k - 40) * (k - 41), [], True, False),
        (a * k * (k - 1) + (b + 1) * (k - 2) ** 2, ["a > 0", "b > 0"], True, True),
        ((k - 1) * (k - b), ["1 < b < 2"], True, False),
        ((k - 1) * (k - b), ["1 < b < 3"], False, False),  # at k = 2
        ((k - 1) * (k * a - b), ["a > 0", "b > 0", "b < a"], True, None),
        (1 / (2 * k - 1), [], False, False),
        (1 / (2 * k - 1) ** 2, [], True, True),
        (k * (k - 1) / (2 * k + 1), [], True, False),
        (100 - k, [], False, False),  # for large k
        (k * (k - 1), ["1/3 < k < 10"], True, False),
        ((k - 3) * (k - 2), ["k > 2"], True, False),
    ],
)
def test_known_signs(formula, conditions, weak, strict, monkeypatch):
    monkeypatch.setattr(solver, "available", lambda: False)
    K = field(*conditions)
    element = K.convert(formula)
    for sign, expected in ((nonnegative(element, K), weak), (positive(element, K), strict)):
        assert sign.holds is expected or (expected is None and not sign.holds)
        for fact, _ in sign.evidence.facts if sign.evidence else ():
            if fact.cases:
                check(fact, K.known)
        if sign.holds is False and sign.witness:
            assert dict(sign.witness).get("k", Fraction(0)).denominator == 1


def test_time_is_never_a_whole_number():
    for clock, name in (("t", t), ("t", k)):  # a parameter of a flow may be called k
        K = field("k >= 0", clock=clock)
        assert not nonnegative(K.convert(name * (name - 1)), K).holds
        assert not regular(K.convert(1 / (2 * name - 1)), K).holds
    K = field("a >= 0")
    assert not nonnegative(K.convert(a * (a - 1)), K).holds


def test_denominators_may_vanish_between_the_steps():
    K = field("0 < a < 1")
    assert regular(K.convert(1 / (2 * k - 1)), K).holds
    assert regular(K.convert(1 / (k - a)), K).holds
    assert regular(K.convert(1 / (k - 3)), K).holds is False
    assert not regular(K.convert(1 / (k - 2 * a)), K).holds


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 2)), st.integers(-4, 5), min_size=2, max_size=5
    ),
    st.sampled_from(["a > 0", "0 <= a <= 1", "a real", "1 < a < 2"]),
)
def test_what_is_decided_is_true_at_every_step(terms, condition):
    """The oracle: exact values at whole k and rational a."""
    K = field(condition)
    element = K.convert(sum(c * k**i * a**j for (i, j), c in terms.items()))
    weak, strict = nonnegative(element, K), positive(element, K)
    for sign in (weak, strict):
        for fact, _ in sign.evidence.facts if sign.evidence else ():
            if fact.cases:
                check(fact, K.known)
    span = K.ranges["a"]
    for x in (s * size for size in SIZES for s in (1, -1)):
        if (span.low is None or x > span.low) and (span.high is None or x < span.high):
            for n in STEPS:
                value = sum(c * n**i * x**j for (i, j), c in terms.items())
                assert not weak.holds or value >= 0
                assert not strict.holds or value > 0


def test_a_claim_for_whole_k_alone():
    """V_{k+1} − V_k = −k(k − 1)‖z0 − z*‖² − …: between 0 and 1 the first part is > 0."""
    V = "sq(z - zstar) - k*(k - 1)*(k - 2)/3*sq(z0 - zstar)"
    result = prove_decrease(V, ProximalPoint(1))
    assert result
    result.certificate.verify()
    assert "for all integers k >= 0." in str(result.certificate)
    assert "whole numbers" in str(result.certificate)


ORIGIN = "sq(z - zstar) - ({})*sq(z0 - zstar)"
SUMS = [  # V_{k+1} − V_k has −(what is in brackets) ‖z0 − z*‖²
    "k*(k - 1)*(2*k - 7)/6 + k/10",  # (k − 2)²… negative at k = 2
    "k*(k - 1)*(k - 2)/3 - k/100",  # k(k − 1) − 1/100
    "k*(k - 1)*(2*k - 1)/6 - 9/2*k*(k - 1) + 79/4*k",  # (k − 9/2)² − 1/2: at k = 4 and k = 5
    "10*k - k^2/2",  # for large k
    "k*(k - 1)/2 - 7/2*k*(k - 1) + k",
]


@pytest.mark.parametrize("weight", SUMS)
def test_claims_that_fail_at_some_step(weight):
    assert not prove_decrease(ORIGIN.format(weight), ProximalPoint(1))


def test_a_step_at_which_the_squares_have_a_pole():
    """(k−1)‖a‖² + 2⟨a,b⟩ + 10‖b‖² is ≥ 0 for k ≥ 2 and not at k = 1, where no square is defined.

    For real k the coefficient 10 − 1/(k − 1) of the second square is negative beside the pole.
    """
    form = (k - 1) * (A @ A) + 2 * (A @ B) + 10 * (B @ B)
    claim = {"system": SimGD(1), "operator": Monotone()}
    assert not prove_nonnegative(form, ranges={"k": "k >= 1"}, **claim)
    assert prove_nonnegative(form, ranges={"k": "k >= 2"}, **claim)
    squares = [(k - 1, A + B / (k - 1)), (10 - 1 / (k - 1), B)]
    assert not prove_nonnegative(form, ranges={"k": "k >= 1"}, squares=squares, **claim)


def test_a_forged_certificate_with_such_a_pole_does_not_verify():
    claim = prove_nonnegative(
        (k - 1) * (A @ A) + 2 * (A @ B) + 10 * (B @ B), system=SimGD(1), ranges={"k": "k >= 2"}
    ).certificate.claim
    wider = type(claim)(claim.form, claim.operator, field("k >= 1"), motion=claim.motion)
    squares = (Square(k - 1, A + B / (k - 1)), Square(10 - 1 / (k - 1), B))
    with pytest.raises(CertificateError, match="k = 1"):
        Certificate(wider, {}, squares).verify()


def test_flows_are_not_proved_for_whole_times():
    for V in ("sq(Z - zstar) - t*(t - 1)*(t - 2)/3*sq(Z0 - zstar)",):
        assert not prove_decrease(V, GradientFlow())


def test_a_range_without_a_whole_number_is_refused():
    with pytest.raises(ProblemError, match="whole number"):
        prove_decrease("sq(z)", ProximalPoint(1), ranges={"k": "1/3 < k < 2/3"})


def test_the_file_of_such_a_certificate_is_honest():
    V = "sq(z - zstar) - k*(k - 1)*(k - 2)/3*sq(z0 - zstar)"
    data = json.loads(prove_decrease(V, ProximalPoint(1)).certificate.to_json())
    assert any("cases" in evidence for evidence in data["facts"].values())
    assert "for all integers k" in verify(json.dumps(data))


def test_cases_start_where_the_range_starts():
    K = field("k >= 3")
    sign = nonnegative(K.convert((k - 3) * (k - 4)), K)
    assert sign.holds
    assert "k = 3 and k ≥ 4" in str(sign)
    claim = decrease_claim("sq(z)", ProximalPoint(1), Monotone(), ranges={"k": "k > 2"})
    assert claim.scalars.known.first == 3
    assert claim.scalars.known.ring.domain == QQ
