"""Bounds of remainders: never violated on random operators, of the right size, proved again."""

import functools
from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol, lambdify, sympify

from saddleode.analysis import (
    Cocoercive,
    Lipschitz,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    NegativelyComonotone,
    StepVectors,
    Unknown,
    Vector,
    read_certificate,
    step_vectors,
)
from saddleode.analysis.claims.step_reading import offset_of
from saddleode.analysis.transfers import transfer as transferring
from saddleode.analysis.transfers.step_limit import ALPHA
from saddleode.discretize import (
    FEG,
    OGDA,
    AnchoredSimGD,
    Extragradient,
    Halpern,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    SimGD,
)

DISTANCE, ANCHORED = "sq(Z - zstar)/2", "t^2/2*sq(G) + t*dot(G, Z - Z0)"
HALF, BETA, R = Fraction(1, 2), Symbol("beta", positive=True), Symbol("R", positive=True)
OPTIMISTIC = "sq(Z + beta*G - zstar)/2 + beta*t*sq(G)"
DIMENSION, TRIALS = 6, 400


def remainder_and_bound(V, method, operator, monkeypatch, **options):
    """Return the remainder and its bound, without the search for steps."""
    monkeypatch.setattr(transferring, "step_range", lambda *_, **__: None)
    found = transferring.transfer(V, method, operator, **options)
    return found.remainder, found.bound


@pytest.mark.parametrize(
    ("V", "method", "least"),
    [
        (DISTANCE, SimGD(1), 0.999),
        ("sq(G)", SimGD(1), 0.5),
        ("t*sq(Z - zstar)/2", SimGD(1), 0.3),
        (DISTANCE, Extragradient(1), 0.3),
        (DISTANCE, ProximalPoint(1), 0.3),
        (DISTANCE, OGDA(1), 0.3),
        (DISTANCE, PastExtragradient(1), 0.3),
        ("sq(Z + 2*G - zstar)", OptimisticSimGD(1, 2), 0.3),
        ("sq(Z + G - zstar)/2 + t*sq(G)", OptimisticSimGD(1, 1), 0.3),
        (ANCHORED, AnchoredSimGD(0, 1), 0.3),
        (ANCHORED, FEG(1), 0.3),
        (ANCHORED, Halpern(1), 0.3),
    ],
)
def test_bounds_hold_and_are_of_the_right_size(V, method, least, monkeypatch):
    remainder, bound = remainder_and_bound(V, method, LipschitzMonotone(2), monkeypatch)
    bound.upper.verify()
    bound.lower.verify()
    v, choice = step_vectors(method.with_step(ALPHA)), np.random.default_rng(1)
    forms = numbers(remainder), numbers(bound.form)
    ratios = [ratio(forms, v, choice) for _ in range(TRIALS)]
    assert max(ratios) <= 1 + 1e-9
    assert max(ratios) >= least


def test_constants_are_the_natural_ones(monkeypatch):
    def sizes(V, method, operator, **options):
        bound = remainder_and_bound(V, method, operator, monkeypatch, **options)[1]
        return {term.name: term.size for term in bound.terms}, bound.largest

    r, b = Symbol("R"), Symbol("beta")
    strong = LipschitzStronglyMonotone(1, R)
    assert sizes(DISTANCE, SimGD(1), Monotone()) == ({"g^{k}": HALF}, None)
    assert sizes(DISTANCE, SimGD(1), strong) == ({"g^{k}": HALF}, None)  # it is the remainder
    near = {"z^{k} − z*": r**2 / 2, "g^{k}": HALF, "g^{k+1/2}": HALF}
    assert sizes(DISTANCE, Extragradient(1), Lipschitz(R)) == (near, 1 / r)
    moved = {"g^{k}": 1 + r * b, "(z^{k} − z^{k-1})/h": r * b}
    V = "sq(Z + beta*G - zstar)"
    found, largest = sizes(V, OptimisticSimGD(1, BETA), LipschitzMonotone(R))
    assert {name: size.expand() for name, size in found.items()} == moved and largest == 1 / r
    cocoercive = {"g^{k+1}": 1, "z^{k} − z*": 1 / (2 * Symbol("c") ** 2)}
    operator = Cocoercive(Symbol("c", positive=True))
    assert sizes(DISTANCE, ProximalPoint(1), operator) == (cocoercive, Symbol("c"))


def test_a_bound_is_shown_and_read_again(monkeypatch):
    method, operator = Extragradient(1), LipschitzMonotone(R)
    bound = remainder_and_bound(DISTANCE, method, operator, monkeypatch)[1]
    text = "at most h² (1/2 ‖g^{k+1/2}‖² + R²/2 ‖z^k − z*‖² + 1/2 ‖g^k‖²) in size, for 0 < α ≤ 1/R"
    assert str(bound) == text
    assert r"\frac{R^{2}}{2} \|z^{k} - z^\star\|^2" in bound.to_latex()
    assert bound.to_latex().endswith(r"\quad 0 < \alpha \le \frac{1}{R}")
    for certificate in (bound.upper, bound.lower):
        assert read_certificate(certificate.to_json()).claim.target == certificate.claim.target
    late = remainder_and_bound(ANCHORED, FEG(1), operator, monkeypatch)[1]
    assert late.first_step == 0
    anchored = remainder_and_bound(ANCHORED, Halpern(1), operator, monkeypatch)[1]
    assert anchored.first_step == 1 and str(anchored).endswith("α ≤ 1/R and k ≥ 1")


@pytest.mark.parametrize("operator", [Monotone(), NegativelyComonotone(1), Cocoercive(0)])
def test_without_a_lipschitz_constant_changes_of_G_have_no_bound(operator, monkeypatch):
    bound = remainder_and_bound(DISTANCE, ProximalPoint(1), operator, monkeypatch)[1]
    assert isinstance(bound, Unknown) and "may change by any amount" in bound.reason


class Operator:
    """Random monotone 2-Lipschitz operator with G(0) = 0: linear, or with a kink in all parts."""

    def __init__(self, choice, *, bend: bool) -> None:
        A = choice.standard_normal((DIMENSION, DIMENSION))
        skew = choice.random() < 0.5
        M = A - A.T if skew else A @ A.T / 4 + A - A.T
        self.M = M / np.linalg.norm(M, 2) * (1 if bend else 2)
        self.bend = bend

    def __call__(self, z):
        return self.M @ z + (np.maximum(z, 0) if self.bend else 0)

    def resolvent(self, z, step):
        assert not self.bend
        return np.linalg.solve(np.eye(DIMENSION) + step * self.M, z)


def ratio(forms, v: StepVectors, choice) -> float:
    """Return |remainder| / bound at a random state of a method, for a random operator."""
    at = choice.uniform(0.001, 0.5), int(choice.integers(1, 40))  # α ≤ 1/R, k ≥ 1
    bend = choice.random() < 0.3 and not any(own(point, at) for point in v.points)
    values = state(v, Operator(choice, bend=bend), at, choice)
    size, most = (form(*at).evaluate(values) for form in forms)
    return abs(size) / most


@functools.cache
def numbers(thing):
    """Return a form or vector as a function of α and k, with numbers for its coefficients."""
    coefficients = [sympify(c, strict=True) for c in thing.terms.values()]
    coefficients = [c.xreplace({s: Symbol(s.name) for s in c.free_symbols}) for c in coefficients]
    function = lambdify([Symbol("alpha"), Symbol("k")], coefficients)
    return lambda alpha, k: type(thing)(dict(zip(thing.terms, function(alpha, k), strict=True)))


def own(point, at):
    """Return the coefficient of the value at a point in the point: not 0 for implicit steps."""
    return numbers(point.z)(*at).coefficient(next(iter(point.g)))


def state(v: StepVectors, G: Operator, at, choice):
    """Return the values of all generators of a method, in the step from a random state."""
    z = choice.standard_normal(DIMENSION) * choice.exponential()
    values = {"z^{k}": z, "z*": np.zeros(DIMENSION), "z^{0}": choice.standard_normal(DIMENSION)}
    for point in v.points:
        (name,) = point.g
        if offset_of(point.label) < 0:  # kept from the step before, whatever that was
            before = z - at[0] * choice.standard_normal(DIMENSION) * choice.exponential()
            values |= {next(iter(point.z)): before, name: G(before)}
            continue
        step = own(point, at)
        rest = (numbers(point.z)(*at) - Vector({name: step})).evaluate(values)
        values[name] = G(G.resolvent(rest, -step) if step else rest)
    return values
