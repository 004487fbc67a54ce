"""Regions whose parameters are tied to each other: what is decided on them is true."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import QQ, Symbol, symbols

from saddleode.analysis.coefficients import deciding, solver
from saddleode.analysis.coefficients.facts import Fact
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.coefficients.region import named_ranges, parse_ranges
from saddleode.analysis.coefficients.signs import nonnegative, positive, regular
from saddleode.analysis.proofs.lyapunov import prove_nonnegative
from saddleode.analysis.readings.vector import Vector
from saddleode.flows import ProblemError

x, y, alpha, beta, R = symbols("x y alpha beta R")
OPTIMISTIC = (
    "beta > 0", "R > 0", "0 < alpha < 2*beta*(1 - beta^2*R^2)/(1 + beta^2*R^2)",
)  # fmt: skip


def field(*conditions: str) -> ScalarField:
    region = parse_ranges(conditions)
    return ScalarField(region, region.conditions)


def check(fact: Fact) -> None:
    """Check the identities on which a fact rests, in expanded form."""
    if fact.times is None:
        return

    def product(term):
        found = term.square**2 * term.coefficient
        assert term.coefficient > 0
        for part, power in term.facts:
            found *= part.polynomial**power
            check(part)
        return found

    assert fact.polynomial * product(fact.times) == sum(map(product, fact.terms))


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (2 * beta * (1 - beta**2 * R**2) - alpha * (1 + beta**2 * R**2), True),
        (1 - beta * R, True),  # what the condition implies when alpha > 0
        (2 * beta - alpha, True),
        (4 - R**2 * (alpha + 2 * beta) ** 2, True),
        (1 / (2 - alpha * R), True),
        (beta - alpha, False),
        (1 - 2 * beta * R, False),
        (3 * beta**2 - 2 * alpha**2 - 2 * alpha * beta, False),
    ],
)
def test_signs_under_the_exact_condition_of_optimistic_descent(formula, holds, monkeypatch):
    monkeypatch.setattr(solver, "available", lambda: False)
    K = field(*OPTIMISTIC)
    sign = positive(K.convert(formula), K)
    assert sign.holds is holds
    for fact, _ in sign.evidence.facts if sign.evidence else ():
        check(fact)
    if not holds:
        at = {Symbol(name): value for name, value in sign.witness}
        assert formula.subs(at) <= 0
        assert K.convert(Symbol("alpha")).numer  # the witness satisfies the condition as well:
        gap = 2 * beta * (1 - beta**2 * R**2) - alpha * (1 + beta**2 * R**2)
        assert gap.subs(at) > 0


def test_a_variable_between_two_conditions(monkeypatch):
    """The range of c in the exact certificate of optimistic descent, both squares positive."""
    monkeypatch.setattr(solver, "available", lambda: False)
    K = field(
        *("0 < r < 2", "B > 0", "B*(r + 2) < 2", "c real"),
        *("r*(r + 2)*B^2/(4 - B^2*(r + 2)^2) < c", "c < (2 - r)/r"),
    )
    r, B, c = symbols("r B c")
    for formula in (c, 2 - (1 + c) * r, 4 * c - B**2 * (r + 2) * (r + c * (r + 2)), c + 1):
        sign = positive(K.convert(formula), K)
        assert sign.holds
        for fact, _ in sign.evidence.facts:
            check(fact)
    assert not nonnegative(K.convert(1 - c), K).holds


rows = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3))
polynomials = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-4, 4), min_size=1, max_size=4
)


@given(rows, rows, polynomials, st.sampled_from(["x > 0", "x real", "0 <= x <= 1"]))
def test_a_sign_decided_under_conditions_is_true(first, second, terms, condition):
    """The oracle: exact values at all points of a grid that satisfy the conditions."""
    texts = [f"0 < {a}*x + {b}*y + {c}*x*y + 1" for a, b, c in (first, second) if a or b or c]
    try:
        K = field(condition, "y real", *texts)
    except ProblemError:  # no point satisfies them
        return
    element = K.convert(sum(c * x**i * y**j for (i, j), c in terms.items()))
    weak, strict = nonnegative(element, K), positive(element, K)
    for sign in (weak, strict):
        for fact, _ in sign.evidence.facts if sign.evidence else ():
            check(fact)
    grid = [Fraction(n, 4) for n in range(-10, 11)]
    span = K.ranges["x"]
    for a in (
        a for a in grid if (span.low is None or a > span.low) and (span.high is None or a < 1)
    ):
        for b in grid:
            if all(q * a + r * b + s * a * b + 1 > 0 for q, r, s in (first, second)):
                value = sum(c * a**i * b**j for (i, j), c in terms.items())
                assert not weak.holds or value >= 0
                assert not strict.holds or value > 0


def test_a_quotient_in_a_condition_has_the_sign_of_its_denominator():
    K = field("x > 0", "y > 0", "1/(x - y) > 1")
    assert positive(K.convert(x - y), K).holds
    assert positive(K.convert(1 - x + y), K).holds


@pytest.mark.parametrize(
    "texts",
    [
        ("x > 0", "x < y", "y < 0"),
        ("x > 0", "y > 0", "x + y < -1"),
        ("0 < x < 1", "0 < y < 1", "3 < x + y"),
        ("x real", "y real", "x^2 + y^2 < 0"),
    ],
)
def test_contradictory_conditions_are_refused(texts):
    with pytest.raises(ProblemError, match="no point"):
        field(*texts)


@pytest.mark.parametrize(
    "text", ["x <= y", "x = y", "0 < x < y < 1", "x <", "1 < 2", "x < f(y)", "x < x"]
)
def test_conditions_that_cannot_be_read(text):
    with pytest.raises(ProblemError):
        parse_ranges([text])
    with pytest.raises(ProblemError):
        named_ranges({"x": "y < z"})


def test_z3_decides_what_is_left_and_its_name_stands_in_the_method(monkeypatch):
    pytest.importorskip("z3")
    monkeypatch.setattr(deciding, "sign_by_squares", lambda *_: None)
    K = field("x real", "y real")
    motzkin = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 2
    sign = positive(K.convert(motzkin), K)
    assert sign.holds
    assert "z3" in str(sign)
    thin = x**2 + y**2 - 2 * x * y + x**4 - Fraction(1, 10**6)
    refuted = nonnegative(K.convert(thin), K)
    assert refuted.holds is False
    at = {Symbol(name): QQ(v.numerator, v.denominator) for name, v in refuted.witness}
    assert thin.subs(at) < 0


def test_without_z3_such_a_sign_is_undecided(monkeypatch):
    monkeypatch.setattr(solver, "available", lambda: False)
    monkeypatch.setattr(deciding, "sign_by_squares", lambda *_: None)
    K = field("x real", "y real")
    sign = nonnegative(K.convert(x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 2), K)
    assert sign.holds is None
    assert "z3" in str(sign)  # it says what might help


def test_a_proof_says_under_which_condition_it_holds():
    a, b = Vector.generator("a"), Vector.generator("b")
    form = beta * (a @ a) - 2 * alpha * (a @ b) + beta * (b @ b)
    names = {"alpha": "0 < alpha < beta", "beta": "beta > 0"}
    result = prove_nonnegative(form, ranges=names)
    assert result
    assert "alpha < beta" in result.certificate.claim.statement
    assert not prove_nonnegative(form, ranges=names | {"alpha": "0 < alpha < 2*beta"})


def test_denominators_under_conditions():
    K = field("x > 0", "y > 0", "x < y")
    assert regular(K.convert(1 / (x - y)), K).holds
    assert not regular(K.convert(1 / (2 * x - y)), K).holds
