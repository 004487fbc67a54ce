"""LaSalle–Krasovskii: trajectories that converge, invariant sets that forbid it, files."""

import copy
import json
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from saddleode.analysis import (
    CertificateError,
    Proved,
    Refuted,
    Unknown,
    prove_convergence,
    read_convergence_certificate,
)
from saddleode.analysis.lasalle.existence import encloses_zero, has_real_zero, zero_near
from saddleode.analysis.lasalle.facts import Fact, FromConvexity, FromSquares, Root
from saddleode.analysis.lasalle.ideals import Ideal, squarefree
from saddleode.analysis.polynomial_proofs.saddle_polynomial import saddle_polynomial
from saddleode.analysis.sos.polynomials import polynomial_ring
from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    integrate,
    named_problem,
)

PAPER, QUARTIC, ROTATION = (named_problem(name) for name in ("paper", "quartic", "bilinear"))
FOUR = SaddleProblem("x1^4/4 + x1*u1 + x2*u1 + x2*u2", "x1 x2", "u1 u2")  # bilinear but for x1
LINE = SaddleProblem("(x1 - x2)^4/4 + (x1 - x2)*u", "x1 x2", "u")  # saddle points: x1 = x2, u = 0
SHIFTED = SaddleProblem("(x - 1/3)^4 + (x - 1/3)*(u + 2)", "x", "u")
COUPLED = SaddleProblem("x^2/2 - u^2/2 + x^2*u^2", "x", "u")  # concave in u only for small x
WELLS = SaddleProblem("x^4/4 - x^2/2 - u^2/2", "x", "u")
IRRATIONAL = SaddleProblem("x^4/4 - 2*x + x*u - u^2", "x", "u")  # x* is a root of x³ + x/2 = 2
COUPLED_QUARTIC = SaddleProblem(
    "x1^4/4 + x2^4/4 + x1^2*x2^2/4 - x1 - 2*x2 + x1*u1 + x2*u2 - u1^4/4 - u2^4/4", "x1 x2", "u1 u2"
)
HELD = SaddleProblem("y^4/4 - 2*y + (x1 - x2)^2/2 + (x1 - x2)*u", "x1 x2 y", "u")  # y³ = 2, x1 = x2
FREQUENCIES = SaddleProblem("x1*u1 + 2*x2*u2 + (x1 + x2)^4", "x1 x2", "u1 u2")
HALF = SaddleProblem("x1^2/2 + x1*u1 + x2*u2", "x1 x2", "u1 u2")
OPTIMISTIC = OptimisticFlow(1, Fraction(1, 2))


@pytest.mark.parametrize(
    ("problem", "flow", "V", "words"),
    [
        (PAPER, GradientFlow(), None, "the only saddle point, x = 0, u = 0"),
        (PAPER, GradientFlow(), "x^2 + u^2", "the only saddle point, x = 0, u = 0"),
        (QUARTIC, GradientFlow(), None, "the only saddle point, x = 0, u = 0"),
        (FOUR, GradientFlow(), None, "the only saddle point, x1 = 0, x2 = 0, u1 = 0, u2 = 0"),
        (SHIFTED, GradientFlow(), None, "the only saddle point, x = 1/3, u = −2"),
        (LINE, GradientFlow(), None, "a saddle point"),
        (
            SaddleProblem.quadratic([[2]], [[1]], None, [3], [1]),
            None,
            None,
            "the only saddle point",
        ),
        (ROTATION, OPTIMISTIC, None, "the only saddle point"),
        (QUARTIC, OPTIMISTIC, None, "a saddle point"),
        (HALF, OptimisticFlow(2.0, 0.125), None, "the only saddle point"),
        (LINE, OPTIMISTIC, None, "a saddle point"),
        (IRRATIONAL, GradientFlow(), None, "the only saddle point, x ≈ 1.12817, u ≈ 0.564087"),
        (IRRATIONAL, OPTIMISTIC, None, "the only saddle point, x ≈ 1.12817, u ≈ 0.564087"),
        (COUPLED, GradientFlow(), "x^2 + u^2", "the only zero of G"),
        (WELLS, GradientFlow(), "x^4/4 - x^2/2 + u^2/2 + u^4", "a zero of G"),
        (WELLS, GradientFlow(), "x^4/4 - x^2/2 + u^2/2", "a zero of G"),  # V ~ x⁴ + u² at infinity
        (COUPLED_QUARTIC, None, None, "the only saddle point, x1 ≈ 0.405663, x2 ≈ 0.975403"),
        (HELD, None, None, "a saddle point"),
        (FREQUENCIES, None, None, "the only saddle point"),
    ],
)
def test_convergence_is_proved(problem, flow, V, words):
    result = prove_convergence(problem, flow, V)
    assert isinstance(result, Proved), str(result)
    certificate = result.certificate
    assert certificate.statement.startswith("every trajectory of the ")
    assert f"converges to {words}" in certificate.statement
    assert read_convergence_certificate(certificate.to_json()) == certificate
    latex = certificate.to_latex()
    assert latex.startswith(r"\textbf{Theorem.} Every trajectory of $\dot Z = ")
    assert latex.isascii() and latex.count("{") == latex.count("}")
    assert latex.count(r" \tag{") == len(certificate.facts)


@pytest.mark.parametrize(
    ("problem", "t_end", "near"), [(PAPER, 200, 1e-6), (FOUR, 3000, 0.2), (LINE, 4000, 0.1)]
)
def test_proved_limits_are_where_trajectories_go(problem, t_end, near):
    """Quartic terms pull slowly: the distance falls like a power of t."""
    assert isinstance(prove_convergence(problem), Proved)
    rng = np.random.default_rng(3)
    path = integrate(
        GradientFlow(), problem, rng.standard_normal(problem.d), (0, t_end), rtol=1e-9, atol=1e-9
    )
    norms = np.linalg.norm(problem.operator(path.z), axis=-1)
    assert norms[-1] < near
    assert norms[-1] < norms[0] / 5


REFUTED = [
    ROTATION,
    HALF,
    SaddleProblem("x1*u1 + x2*u2 - u1^2", "x1 x2", "u1 u2"),
    SaddleProblem("(x1 - x2)^2/2 + (x1 - x2)*u1 + (x1 + x2)*u2", "x1 x2", "u1 u2"),
    SaddleProblem("x1*u1 + x2^4 + x2*u2", "x1 x2", "u1 u2"),  # G not affine, one zero
    SaddleProblem("(x1 + x2)*u", "x1 x2", "u"),  # a line of saddle points, and cycles around it
    SaddleProblem("x1*u + (x2 - x3)^4", "x1 x2 x3", "u"),  # the same, G not affine
    SaddleProblem("x1*u1 + x2*u2 + (x1 + x2)^4", "x1 x2", "u1 u2"),  # equal frequencies
    named_problem("gaussian-wgan"),
    named_problem("random-bilinear", d=4),
]


@pytest.mark.parametrize("problem", REFUTED)
def test_cycles_are_shown(problem):
    result = prove_convergence(problem)
    assert isinstance(result, Refuted), str(result)
    witness = result.witness
    witness.verify()
    z0 = [float(value) for value in witness.start.values()]
    path = integrate(GradientFlow(), problem, z0, (0, 20), rtol=1e-11, atol=1e-11)
    c = np.array([float(value) for value in witness.setting.zero.values()])
    distances = np.linalg.norm(path.z - c, axis=-1)
    np.testing.assert_allclose(distances, np.linalg.norm(z0 - c), rtol=1e-7)
    assert np.min(np.linalg.norm(problem.operator(path.z), axis=-1)) > 1e-3


def test_zeros_that_are_not_rational_have_to_exist():
    """L = x − u has no saddle point, and no trajectory is bounded."""
    certificate = CERTIFICATES[3]
    assert certificate.setting.zero is None
    assert "(4) −2·u* + x* = 0: derivative of (2)" in str(certificate)
    for L, exists in (
        ("x - u", False),
        ("x^4/4 - 2*x + x*u - u^2", True),
        ("x*u^2 + x - u", False),
    ):
        assert has_real_zero(saddle_polynomial(SaddleProblem(L, "x", "u"))) is exists
    root = np.roots([1, 0, 0.5, -2])
    x = float(root[np.abs(root.imag) < 1e-12][0].real)
    path = integrate(GradientFlow(), IRRATIONAL, [1.0, -1.0], (0, 60), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(path.z[-1], [x, x / 2], atol=1e-8)


@pytest.mark.parametrize(
    "problem",
    [
        SaddleProblem("x - u", "x", "u"),
        SaddleProblem("x + u*x - u*y", "x y", "u"),
        SaddleProblem("(x2 - 1)^4 + x1 + u*x2", "x1 x2", "u"),
        SaddleProblem("x^2*u + x", "x", "u"),  # and not convex-concave
    ],
)
def test_without_saddle_points_none_is_reached(problem):
    """SymPy's own solver agrees that G has no zero."""
    result = prove_convergence(problem)
    assert isinstance(result, Refuted), str(result)
    assert "contradict each other" in str(result)
    G = [g.as_expr() for g in saddle_polynomial(problem).operator]
    assert sympy.solve(G, problem.primal + problem.dual, dict=True) == []
    with pytest.raises(CertificateError):
        replace(result.witness, saddle=saddle_polynomial(PAPER)).verify()


@pytest.mark.parametrize(
    ("problem", "V", "words"),
    [
        (SaddleProblem("x^2*u + x*u", "x", "u"), None, "convex-concave"),
        (named_problem("nonconvex"), None, "convex-concave"),
        (named_problem("nonconvex"), "x^2 + u^2", "not known to decrease"),
        (WELLS, "x^4/4 - x^2/2 - u^2/2", "not known to decrease"),
        (COUPLED, "x^2", "tends to infinity"),  # decreases, but says nothing about u
        (COUPLED, "x^2 + x*u", "not known to decrease"),
        (COUPLED, "5", "tends to infinity"),
        (SaddleProblem("x*u - x^4/4 - u^4/4", "x", "u"), None, "convex-concave"),
        (SaddleProblem("x^2 - 0.000001*x^4 + x*u", "x", "u"), "x^2 + u^2", "not known to decrease"),
    ],
)
def test_what_is_not_proved_says_why(problem, V, words):
    result = prove_convergence(problem, None, V)
    assert isinstance(result, Unknown)
    assert words in result.reason


def test_boxes_around_zeros_are_checked():
    """Newton's map contracts near the root of x³ + x/2 = 2, and nowhere else."""
    saddle = saddle_polynomial(IRRATIONAL)
    near = zero_near(IRRATIONAL, saddle)
    x = mpmath.findroot(lambda x: x**3 + x / 2 - 2, 1)
    assert abs(near["x"] - Fraction(str(x))) < Fraction(1, 10**11)
    for step, holds in ((0, True), (Fraction(1, 10**7), True), (Fraction(1, 10**3), False)):
        assert encloses_zero(saddle, {**near, "x": near["x"] + step}) is holds
    assert not encloses_zero(saddle, dict(reversed(near.items())))
    certificate = CERTIFICATES[3]
    for wrong in ({"x": Fraction(1), "u": Fraction(1, 2)}, {"x": near["x"]}):
        with pytest.raises(CertificateError, match="box"):
            replace(certificate, near=wrong).verify()
    flat = saddle_polynomial(SaddleProblem("x - u", "x", "u"))
    assert not encloses_zero(flat, {"x": Fraction(0), "u": Fraction(0)})
    degenerate = SaddleProblem("x^10/10 - 6*x^7/7 + 3*x^4 - 8*x + (x - u)*0 - u^2", "x", "u")
    assert zero_near(degenerate, saddle_polynomial(degenerate)) is None  # G' = 0 there
    assert isinstance(prove_convergence(degenerate), Proved)


def test_optimism_needs_a_convex_problem():
    result = prove_convergence(COUPLED, OPTIMISTIC, "x^2 + u^2")
    assert isinstance(result, Unknown)


@pytest.mark.parametrize(
    ("flow", "V", "words"),
    [
        (AnchoredFlow(1), None, "limit sets"),
        (GradientFlow(), "x^2 + t", "depends on time"),
        (GradientFlow(), "x^2 + y", "unknown name"),
    ],
)
def test_bad_input_is_named(flow, V, words):
    with pytest.raises(ProblemError, match=words):
        prove_convergence(PAPER, flow, V)


def certificate_of(problem, flow=None, V=None):
    result = prove_convergence(problem, flow, V)
    assert isinstance(result, Proved)
    return result.certificate


CERTIFICATES = [
    certificate_of(FOUR),
    certificate_of(COUPLED, None, "x^2 + u^2"),
    certificate_of(QUARTIC, OPTIMISTIC),
    certificate_of(IRRATIONAL),
]


def leaves(data, path=()):
    """All paths to text and numbers in nested JSON data."""
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in items:
            yield from leaves(value, (*path, key))
    else:
        yield path


def at(data, path):
    for key in path:
        data = data[key]
    return data


@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_every_changed_entry_is_noticed(certificate):
    data = json.loads(certificate.to_json())
    for path in leaves(data):
        entry = at(data, path)
        text = str(entry)
        values = [f"-{text}", text.replace("1", "2"), text.replace("x", "u"), "0", "", None, 1, 2]
        for value in values:
            if value == entry:
                continue
            changed = copy.deepcopy(data)
            at(changed, path[:-1])[path[-1]] = value
            with pytest.raises((ProblemError, CertificateError)):
                read_convergence_certificate(json.dumps(changed))


@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_no_part_can_be_left_out(certificate):
    with pytest.raises(CertificateError):
        replace(certificate, convexity=None, coercive=None).verify()
    with pytest.raises(CertificateError):
        replace(certificate, convexity=None, decrease=None).verify()
    for i in range(len(certificate.facts)):
        fewer = certificate.facts[:i] + certificate.facts[i + 1 :]
        with pytest.raises(CertificateError):
            replace(certificate, facts=fewer).verify()


def test_invented_facts_do_not_follow():
    certificate = CERTIFICATES[0]
    ring = certificate.setting.saddle.ring
    for rule in (FromConvexity("as I say"), FromSquares(), Root(1), Root(0), Root(-1)):
        facts = (Fact(ring.gens[1], rule), *certificate.facts)
        with pytest.raises(CertificateError):
            replace(certificate, facts=facts).verify()


def test_a_rotation_cannot_borrow_the_proof_of_another_problem():
    rotation = prove_convergence(ROTATION)
    assert isinstance(rotation, Refuted)
    certificate = certificate_of(PAPER)
    with pytest.raises(CertificateError):
        replace(certificate, setting=rotation.witness.setting).verify()
    for change in (
        {"start": {"x": Fraction(0), "u": Fraction(0)}},
        {"convexity": certificate.convexity},
    ):
        with pytest.raises(CertificateError):
            replace(rotation.witness, **change).verify()


def test_only_proper_functions_bound_trajectories():
    certificate = CERTIFICATES[1]
    claim = certificate.coercive.claim
    for p in (claim.polynomial * 0, claim.polynomial + claim.polynomial.ring.gens[0] ** 4):
        changed = replace(certificate.coercive, claim=replace(claim, polynomial=p))
        with pytest.raises(CertificateError):
            replace(certificate, coercive=changed).verify()


def test_ideals():
    ring = polynomial_ring(["x", "u"])
    x, u = ring.gens
    assert squarefree(x**3 * (u + 1) ** 2) == (x * (u + 1), 3)
    assert Ideal.of(ring, [x**2 + u**2, x * u]).is_finite
    assert not Ideal.of(ring, [x * u]).is_finite
    assert str(Ideal.of(ring, [])) == "⟨0⟩"
