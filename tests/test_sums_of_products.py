"""Signs by sums of squares times facts: what z3 alone decided before, now by an identity."""

import pytest
from sympy import Rational, symbols

from saddleode.analysis import flow_vectors, prove_nonnegative
from saddleode.analysis.coefficients import solver
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.coefficients.region import parse_ranges
from saddleode.analysis.coefficients.signs import nonnegative, positive
from saddleode.analysis.verification.verifier import verify
from saddleode.flows import AnchoredFlow

pytest.importorskip("cvxpy")
x, y, v, t = symbols("x y v t")
REAL, POSITIVE = ("x real", "y real", "v real"), ("x > 0", "y > 0", "v > 0")
CLAIMS = [  # (p ≥ 0, region, whether p > 0)
    (x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1, REAL, False),  # Motzkin
    (x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 2, REAL, True),
    (x**4 + y**4 + v**4 + 1 - 4 * x * y * v, REAL, False),
    (x**4 + y**4 + 1 - x**2 * y**2 - x**2 - y**2, REAL, False),  # Robinson, dehomogenised
    (x**3 + y**3 - x**2 * y - x * y**2 + 1, POSITIVE, True),
    ((x + y + v) * (x * y + y * v + v * x) - 9 * x * y * v, POSITIVE, False),
    (2 - x - y, ("x real", "y real", "x^2 + y^2 < 2"), None),
    (3 - 2 * x - 2 * y, ("x real", "y real", "x^2 + y^2 < 1"), True),
    (1 - x * y, ("x real", "y real", "x^2 + y^2 < 2"), None),
    (t**4 - 4 * t * x**3 + 3 * x**4 + x, ("x > 0",), None),
    (x**6 + y**6 + v**6 - 3 * x**2 * y**2 * v**2, REAL, False),
]


def field(*conditions: str) -> ScalarField:
    region = parse_ranges(conditions)
    return ScalarField(region, region.conditions)


def product(term):
    found = term.square**2 * term.coefficient
    assert term.coefficient > 0
    for fact, power in term.facts:
        found *= fact.polynomial**power
    return found


@pytest.mark.parametrize(("formula", "conditions", "strict"), CLAIMS)
def test_an_identity_is_found_and_holds(formula, conditions, strict, monkeypatch):
    monkeypatch.setattr(solver, "available", lambda: False)
    K = field(*conditions)
    sign = nonnegative(K.convert(formula), K)
    assert sign.holds
    assert "sums of squares" in str(sign)
    for fact, _ in sign.evidence.facts:
        assert fact.polynomial * product(fact.times) == sum(map(product, fact.terms))
    assert strict is None or bool(positive(K.convert(formula), K).holds) is strict


@pytest.mark.parametrize(("formula", "conditions", "strict"), CLAIMS)
def test_a_little_less_is_not_proved(formula, conditions, strict, monkeypatch):
    """All but the second, the fifth and the eighth touch 0, or come close to it."""
    monkeypatch.setattr(solver, "available", lambda: False)
    if not strict:
        K = field(*conditions)
        assert not nonnegative(K.convert(formula - Rational(1, 100)), K).holds


def test_the_file_verifies_without_a_solver():
    v, (a, b) = flow_vectors(AnchoredFlow(1)), symbols("x y")
    motzkin = a**4 * b**2 + a**2 * b**4 - 3 * a**2 * b**2 + 1
    result = prove_nonnegative(motzkin * (v.g @ v.g), ranges={"x": "x real", "y": "y real"})
    assert verify(result.certificate.to_json())
