"""Theorems: each is proved anew, each bound holds on operators solved in closed form."""

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import hyp1f1
from sympy import Symbol, cancel

from saddleode.analysis.basics.proof_outcome import CertificateError, Refuted, Unknown
from saddleode.analysis.claims.flow_vectors import flow_vectors
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.analysis.proofs.lyapunov import prove_decrease, prove_nonnegative
from saddleode.analysis.readings.vector import Form
from saddleode.analysis.theorems import THEOREMS, anchored_master, optimistic_rate
from saddleode.analysis.theorems.anchored_distance import excess
from saddleode.analysis.theorems.anchored_master import ANCHORED_MASTER, GAMMA, ROOT
from saddleode.analysis.theorems.optimistic_rate import ALPHA, BETA, OPTIMISTIC_RATE
from saddleode.analysis.theorems.theorem import certified
from saddleode.flows import AnchoredFlow, GradientFlow, OptimisticFlow, ProblemError, SaddleProblem

TIMES = np.array([0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 40.0])
ROUNDING = 1 + 1e-9  # of closed forms with condition numbers up to about 1e6


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.name)
def test_every_theorem_is_proved(theorem):
    certificates = theorem.prove()
    assert certificates
    for certificate in certificates:
        certificate.verify()
        again = read_certificate(certificate.to_json())
        assert again.to_json() == certificate.to_json()
        assert again.to_latex() == certificate.to_latex()
    assert theorem.source in str(theorem)


def test_names_are_unique():
    assert len({theorem.name for theorem in THEOREMS}) == len(THEOREMS) == 30


def test_every_theorem_says_where_it_is_from_and_what_it_assumes():
    for theorem in THEOREMS:
        assert theorem.hypotheses and theorem.rate and theorem.tex and theorem.argument
        assert theorem.tex.count("{") == theorem.tex.count("}")
        for word in ("tends to a saddle point", "almost surely"):
            if word in theorem.statement:
                assert theorem.not_checked, theorem.name


def monotone_problem(seed: int) -> tuple[SaddleProblem, np.ndarray, np.ndarray]:
    """Return a random convex-concave quadratic, its matrix M, and its saddle point."""
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(2, 2, 2)) * rng.choice([0.0, 0.3, 1.0])
    P, Q = (part @ part.T for part in half)
    A = rng.normal(size=(2, 2)) * rng.choice([0.3, 1.0, 3.0])
    zstar = rng.normal(size=4)
    M = np.block([[P, A], [-A.T, Q]])
    q = -M @ zstar
    return SaddleProblem.quadratic(P, A, Q, q[:2], -q[2:]), M, zstar


def gradient(flow, M, e0, t):
    return expm(-t * M) @ e0


def optimistic(flow, M, e0, t):
    identity = np.eye(len(M))
    return expm(-flow.alpha * t * M @ np.linalg.inv(identity + flow.beta * M)) @ e0


def anchored(flow, M, e0, t):
    """Z − z* = ₁F₁(1; γ+1; −tM)(Z0 − z*), through the eigenvectors of M."""
    values, vectors = np.linalg.eig(M)
    weights = hyp1f1(1.0, flow.gamma + 1.0, -t * values)
    return np.real(vectors @ (weights * np.linalg.solve(vectors, e0.astype(complex))))


CASES = [
    ("gradient-distance", GradientFlow(), gradient),
    ("gradient-speed", GradientFlow(), gradient),
    ("optimistic-rate", OptimisticFlow(1.0, 0.5), optimistic),
    ("optimistic-rate", OptimisticFlow(0.3, 2.0), optimistic),
    ("anchored-distance", AnchoredFlow(0.4), anchored),
    ("anchored-distance", AnchoredFlow(3.0), anchored),
    ("anchored-master", AnchoredFlow(1.0), anchored),
    ("anchored-master", AnchoredFlow(1.5), anchored),
    ("anchored-master", AnchoredFlow(4.0), anchored),
]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("name", "flow", "solution"), CASES)
def test_bounds_hold_on_linear_problems(name, flow, solution, seed):
    theorem = next(theorem for theorem in THEOREMS if theorem.name == name)
    problem, M, zstar = monotone_problem(seed)
    z0 = zstar + np.random.default_rng(100 + seed).normal(size=4)
    bound = theorem.bound(TIMES, flow, problem, z0)
    errors = np.array([solution(flow, M, z0 - zstar, t) for t in TIMES])
    measured = errors @ M.T if theorem.quantity == "operator_norm" else errors
    assert (np.linalg.norm(measured, axis=-1) <= bound * ROUNDING).all()


def test_closed_forms_solve_the_flow():
    """The oracle of the bounds is itself checked: differences against the equation."""
    _, M, zstar = monotone_problem(1)
    e0 = np.arange(1.0, 5.0) - zstar
    for flow, solution in ((AnchoredFlow(1.5), anchored), (OptimisticFlow(1.0, 0.5), optimistic)):
        t, h = 1.3, 1e-5
        before, e, after = (solution(flow, M, e0, s) for s in (t - h, t, t + h))
        velocity = (after - before) / (2 * h)
        right = flow.velocity(t, e, e0, M @ e, M @ velocity)
        np.testing.assert_allclose(velocity, right, rtol=1e-6, atol=1e-8)  # differences: h² = 1e-10


def test_rotations_attain_the_anchored_bound():
    problem = SaddleProblem("x*u", "x", "u")
    z0 = np.array([1.0, 0.0])
    times = np.array([np.pi, 3 * np.pi])
    bound = ANCHORED_MASTER.bound(times, AnchoredFlow(1), problem, z0)
    # MATH E: ‖G(Z(t))‖ = 2|sin(t/2)|/t for γ = 1; 1e-12 is rounding
    np.testing.assert_allclose(bound, 2 * np.abs(np.sin(times / 2)) / times, rtol=1e-12)


def test_bounds_take_numbers_and_start_infinite():
    problem, z0 = SaddleProblem("x*u", "x", "u"), np.array([1.0, 0.0])
    for theorem, flow in (
        (OPTIMISTIC_RATE, OptimisticFlow(1, 1)),
        (ANCHORED_MASTER, AnchoredFlow(2)),
    ):
        assert theorem.bound(0.0, flow, problem, z0) == np.inf
        assert theorem.bound(0.0, flow, problem, 0 * z0) == 0
        assert theorem.bound(np.ones((2, 3)), flow, problem, z0).shape == (2, 3)
    with pytest.raises(ProblemError, match="gamma >= 1"):
        ANCHORED_MASTER.bound(1.0, AnchoredFlow(0.5), problem, z0)
    with pytest.raises(ProblemError, match="symbol"):
        ANCHORED_MASTER.bound(1.0, AnchoredFlow(GAMMA), problem, z0)


def test_the_anchored_identity_holds_for_every_gamma():
    left, right = anchored_master.identity()
    assert left
    assert not (left - right).map(cancel)


def test_the_anchored_certificate_is_the_one_on_paper():
    decrease, rate = ANCHORED_MASTER.prove()
    K = decrease.claim.scalars
    t, gamma = K.convert(Symbol("t")), K.convert(Symbol("gamma"))
    assert dict(decrease.multipliers) == {"MON'": t**2}
    speed = flow_vectors(AnchoredFlow(GAMMA)).z_dot.map(K.convert)
    expected = (speed @ speed) * ((gamma - 1) * t)
    assert sum((square.form for square in decrease.squares), start=Form()) == expected
    assert set(rate.multipliers) == {"-V", "MON"}


def test_the_anchored_function_starts_from_zero():
    """V(0+) = 0 on a problem with a closed form; V falls like t² there."""
    problem, M, zstar = monotone_problem(4)
    z0 = zstar + np.ones(4)
    sizes = []
    for t in (1e-2, 1e-3, 1e-4):
        z = zstar + anchored(AnchoredFlow(2.0), M, z0 - zstar, t)
        g, e = problem.operator(z), z - z0
        sizes.append(abs(t**2 / 2 * g @ g + 2 * t * g @ e + e @ e))
    assert sizes[1] <= sizes[0] / 50
    assert sizes[2] <= sizes[1] / 50


def changed(V: Form, pair: tuple[str, str], factor) -> Form:
    """Return V with the coefficient of one product changed."""
    return Form({**V.terms, pair: V.coefficient(*pair) * factor})


@pytest.mark.parametrize("factor", [-1, 2, 0])
def test_changed_functions_are_not_proved(factor):
    for V, flow, ranges in (
        (anchored_master.lyapunov_function(), AnchoredFlow(GAMMA), {GAMMA: "gamma >= 1"}),
        (optimistic_rate.lyapunov_function(), OptimisticFlow(ALPHA, BETA), {}),
    ):
        assert prove_decrease(V, flow, ranges=ranges)
        for pair in V.terms:
            other = changed(V, pair, factor)
            harmless = pair in {("Z0", "Z0"), ("z*", "z*")}  # constant in time up to a factor
            # ½‖Z − z*‖² + β⟨G, Z − z*⟩ decreases along the optimistic flow: nothing to refuse
            known = factor == 0 and pair == ("G", "G") and isinstance(flow, OptimisticFlow)
            if not known and not (harmless and "t" not in str(V.coefficient(*pair))):
                result = prove_decrease(other, flow, ranges=ranges)
                assert not result, (pair, factor)


def test_the_constant_of_the_anchored_rate_cannot_be_smaller():
    s, v = ROOT, flow_vectors(AnchoredFlow(ROOT**2))
    V = anchored_master.lyapunov_function(s**2)
    e0 = v.z0 - v.zstar

    def attempt(constant, nu=2 * (s + 1), mu=2 * s * (s + 1), ranges="s >= 1"):
        return prove_nonnegative(
            constant * (e0 @ e0) - v.t**2 * (v.g @ v.g),
            assuming={"-V": -V},
            multipliers={"-V": nu, "MON": mu * v.t},
            ranges={s: ranges},
        )

    exact = s**2 * (s + 1) ** 2
    assert attempt(exact)
    assert not attempt(exact - s / 100)
    assert not attempt(exact, nu=2 * s)
    assert not attempt(exact, mu=s * (s + 1))
    assert not attempt(exact, ranges="s > 0")
    assert not attempt(exact, nu=-2 * (s + 1))


def test_the_anchored_distance_needs_its_anchor():
    v, flow = flow_vectors(AnchoredFlow(GAMMA)), AnchoredFlow(GAMMA)
    assert isinstance(prove_decrease(excess(), flow), Refuted)
    assert isinstance(prove_decrease(v.z @ v.z, flow), Refuted)


def test_a_theorem_that_is_not_proved_is_an_error():
    with pytest.raises(CertificateError, match="not proved: because"):
        certified(Unknown("because"))


@pytest.mark.parametrize("power", [0.5, 1.5, 2])
def test_the_anchored_bound_is_for_power_one(power):
    """With another power ‖G‖ exceeds it: on a rotation, from (1, 0), at t = 50, tenfold."""
    assert "p = 1" in ANCHORED_MASTER.statement
    with pytest.raises(ProblemError, match="power = 1"):
        ANCHORED_MASTER.bound(
            [50.0], AnchoredFlow(1, power), SaddleProblem("x*u", "x", "u"), [1, 0]
        )
