"""Signs on ranges: what is decided is true, and what a proof needs is decided."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Dummy, Float, Poly, Rational, Symbol, exp, oo, sqrt, symbols

from saddleode.analysis.basics.ranges import (
    POSITIVE,
    Range,
    assumed_range,
)
from saddleode.analysis.coefficients.field import ScalarField, field_for
from saddleode.analysis.coefficients.region import named_ranges, parse_ranges
from saddleode.analysis.coefficients.signs import nonnegative, positive, regular
from saddleode.flows import ProblemError

t, x, y, gamma = symbols("t x y gamma")
HALF = Fraction(1, 2)
RANGES = ["x >= 1", "x > 1", "x <= 2", "x < -1", "x real"]
RANGES += ["0 < x < 1", "0 <= x <= 1", "-1 <= x < 2"]


def point(span: Range, u: Fraction) -> Fraction:
    """Return the point of a range that u in [0, 1] stands for: inside, or an end it includes."""
    if (u == 0 and not span.low_closed) or (u == 1 and not span.high_closed):
        u = HALF
    if span.low is None and span.high is None:
        return 20 * u - 10
    if span.high is None:
        return span.low + u / (1 - u)
    if span.low is None:
        return span.high - (1 - u) / u
    return span.low + u * (span.high - span.low)


def field(*conditions: str) -> ScalarField:
    return ScalarField(parse_ranges(conditions))


@pytest.mark.parametrize(
    ("formula", "conditions", "weak", "strict"),
    [
        (x - 1, ["x >= 1"], True, False),
        (x - 1, ["x > 1"], True, True),
        (x * (1 - x), ["0 < x < 1"], True, True),
        (x * (1 - x), ["0 < x <= 1"], True, False),
        (x**2 - x + 1, ["x real"], True, True),  # Sturm
        (x**2 - 2 * x + 1, ["x real"], True, False),  # an even power
        (x**2 - 2, ["x >= 3/2"], True, True),
        (x**2 - 2, ["x >= 7/5"], False, False),  # 7/5 < √2
        (10 * x**2 - 20 * x + 11, ["0 < x < 2"], True, True),  # coefficients alone would not do
        (t**2 - t * x + x**2, ["x real"], True, None),  # discriminant
        (t**2 - t * x + x**2 + 1, ["x real"], True, True),
        (t**2 - 3 * t * x + x**2, ["x real"], False, False),
        ((gamma - 1) / t, ["gamma >= 1"], True, False),
        (1 / (x - 1) ** 2, ["x real"], True, False),  # ≥ 0 wherever it is defined
        (-(x**3), ["x < 0"], True, True),
        (x * y - y, ["x > 1", "0 <= y <= 1"], True, False),
        (x * y - y + 1, ["x > 1", "0 <= y <= 1"], True, True),
        (1 - x * y, ["0 <= x <= 1", "0 <= y < 1"], True, True),
    ],
)
def test_known_signs(formula, conditions, weak, strict):
    K = field(*conditions)
    assert nonnegative(K.convert(formula), K).holds is weak
    assert positive(K.convert(formula), K).holds is strict


coefficients = st.lists(st.integers(-4, 4), min_size=1, max_size=5)
units = st.fractions(min_value=0, max_value=1, max_denominator=30)


def value(terms: list[int], at: Fraction) -> Fraction:
    """Return the value of a polynomial by Horner's rule."""
    total = Fraction(0)
    for term in terms:
        total = total * at + term
    return total


@given(coefficients, coefficients, st.sampled_from(RANGES), units)
def test_a_decided_sign_is_true_at_every_point(top, bottom, condition, u):
    """The oracle: exact values at rational points of the range."""
    K = field(condition)
    assume(any(bottom))
    at = Rational(str(point(K.ranges["x"], u)))
    element = K.convert(Poly(top, x).as_expr() / Poly(bottom, x).as_expr())
    values = [part.as_expr().subs(x, at) for part in (element.numer, element.denom)]
    weak, strict, defined = (f(element, K) for f in (nonnegative, positive, regular))
    if weak.holds and values[1] != 0:
        assert values[0] / values[1] >= 0
    if strict.holds:
        assert values[1] != 0
        assert values[0] / values[1] > 0
    if defined.holds:
        assert values[1] != 0


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-2, 4), min_size=1, max_size=5
    ),
    st.sampled_from(RANGES),
    st.sampled_from([r.replace("x", "y") for r in RANGES]),
    units,
    units,
)
def test_a_decided_sign_in_two_variables_is_true(terms, first, second, u, v):
    K = field(first, second)
    a, b = point(K.ranges["x"], u), point(K.ranges["y"], v)
    formula = sum(c * x**i * y**j for (i, j), c in terms.items())
    value = sum(c * a**i * b**j for (i, j), c in terms.items())
    element = K.convert(formula)
    if nonnegative(element, K).holds:
        assert value >= 0
    if positive(element, K).holds:
        assert value > 0
    if (refuted := nonnegative(element, K)).holds is False and refuted.witness:
        at = dict(refuted.witness)
        a, b = at.get("x", Fraction(0)), at.get("y", Fraction(0))
        assert sum(c * a**i * b**j for (i, j), c in terms.items()) < 0


@given(coefficients, st.sampled_from(RANGES))
def test_a_polynomial_in_one_variable_that_is_clearly_positive_is_decided(top, condition):
    """In one variable Sturm leaves nothing open but what changes its sign inside."""
    K = field(condition)
    sign = nonnegative(K.convert(Poly(top, x).as_expr()), K)
    values = [value(top, point(K.ranges["x"], Fraction(n, 400))) for n in range(1, 400)]
    if sign.holds is None:  # then it is negative somewhere: so small or negative at a sample
        assert min(values) < HALF
    else:
        assert sign.holds or sign.witness or min(values) < 0


def test_witnesses_lie_in_the_range_and_are_shown():
    K = field("gamma > 0")
    sign = nonnegative(K.convert((gamma - 1) * t), K)
    assert sign.holds is False
    assert dict(sign.witness)["gamma"] < 1
    assert str(sign) == "negative at t = 1/2, gamma = 1/2"


def test_denominators():
    K = field("x real", "gamma >= 1")
    assert regular(K.convert(1 / (x**2 + 1)), K).holds
    assert regular(K.convert(1 / (gamma * t)), K).holds
    assert regular(K.convert(1 / (gamma - 1)), K).holds is False
    assert not regular(K.convert(1 / (x**2 - 2)), K).holds  # vanishes at an irrational point
    assert not regular(K.convert(1 / (t - x)), K).holds


def test_ranges_are_read_and_written():
    spans = parse_ranges(["gamma >= 1", "gamma < 5/2", "0 < beta <= 0.5", "c real", "mu = -2"])
    assert spans == {
        "gamma": Range(1, Fraction(5, 2), True, False),
        "beta": Range(0, HALF, False, True),
        "c": Range(),
        "mu": Range(-2, -2, True, True),
    }
    for name, span in spans.items():
        assert parse_ranges([span.about(name)]) == {name: span}


@pytest.mark.parametrize(
    "text",
    [
        *("gamma", "gamma => 1", "1 < 2", "gamma >= x", "gamma > 1/0", "__import__('os') > 1"),
        *("2 > x > 1", "3 < x < 2", "x < 1e999999999", "0 < x < 0"),
    ],
)
def test_bad_ranges_are_refused(text):
    with pytest.raises(ProblemError):
        parse_ranges([text])


def test_ranges_may_be_given_in_several_ways_but_only_exactly():
    assert named_ranges({gamma: "gamma >= 1", "x": POSITIVE}).keys() == {"gamma", "x"}
    with pytest.raises(ProblemError, match="gamma >= 1"):
        named_ranges({"gamma": "beta >= 1"})
    with pytest.raises(ProblemError, match="exactly"):
        Range(low=0.5)
    with pytest.raises(ProblemError, match="infinite end"):
        Range(low_closed=True)


def test_ranges_from_assumptions():
    assert assumed_range(Symbol("a", positive=True)) == POSITIVE
    assert assumed_range(Symbol("a", nonnegative=True)) == Range(low=0, low_closed=True)
    assert assumed_range(Symbol("a", negative=True)) == Range(high=0)
    assert assumed_range(Symbol("a")) == assumed_range(Symbol("a", real=True)) == Range()
    assert assumed_range(Symbol("a", zero=True)).is_point
    with pytest.raises(ProblemError, match="real number"):
        assumed_range(Symbol("a", imaginary=True))
    with pytest.raises(ProblemError, match="real number"):
        assumed_range(Symbol("a", commutative=False))


@pytest.mark.parametrize(
    "value",
    [
        *(0.5, Float("0.5") * t, np.float64(1) * x, sqrt(2), t**gamma, exp(t), oo, None, "t", 1j),
        *(1 / (x - x), Symbol("unknown"), Dummy("x"), Symbol("gamma", negative=True)),
    ],
)
def test_the_field_refuses_what_it_cannot_decide(value):
    with pytest.raises(ProblemError):
        field("gamma > 0", "x real").convert(value)


def test_the_field_is_canonical_and_differentiates():
    K = field("x real", "c = 2")
    assert K.convert((t**2 - x**2) / (t - x)) == K.convert(t + x)
    assert K.convert(Symbol("c") * t) == K.convert(2 * t)
    assert K.convert(Symbol("x", positive=False) * 0 + Fraction(1, 3)) == K.convert(Rational(1, 3))
    product, factor = K.convert(x * t**3 / (t + x)), K.convert(t + x)
    left = K.derivative(product * factor)
    assert left == K.derivative(product) * factor + product * K.derivative(factor)
    assert K.derivative(K.convert(x)) == 0
    with pytest.raises(ProblemError, match="other than 0"):
        K.convert(1 / (Symbol("c") - 2))


def test_symbols_of_one_name_are_one_parameter():
    K = field_for([Symbol("a", positive=True), Symbol("a") * t, Symbol("b")], {})
    assert K.ranges == {"t": POSITIVE, "a": POSITIVE, "b": Range()}
    with pytest.raises(ProblemError):
        field_for([Symbol("a", positive=True), Symbol("a", negative=True)], {})
    with pytest.raises(ProblemError, match="t > 0"):
        field("t >= 0")
