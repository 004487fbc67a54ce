"""Verdicts on affine problems against long runs, and measurements against known decays."""

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import given
from hypothesis import strategies as st

from saddleode.analysis.comparing.tail import measured, measured_run
from saddleode.analysis.comparing.verdict import flow_outcome, method_outcome
from saddleode.analysis.stability.spectrum import spectrum
from saddleode.discretize import AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    SaddleProblem,
    integrate,
)

XU = SaddleProblem("x*u", "x", "u")
SCALED = SaddleProblem("3*x*u", "x", "u")
DAMPED = SaddleProblem("x**2/2 + x*u", "x", "u")  # λ = (1 ± i√3)/2
UNSTABLE = SaddleProblem.quadratic([[-1.0]], [[0.2]], [[1.0]])  # not convex in x
JORDAN = SaddleProblem.quadratic([[1.0]], [[1.0]], [[-1.0]])  # M = [[1, 1], [−1, −1]], M² = 0
NO_SADDLE = SaddleProblem("x1 + x2*u", "x1 x2", "u")
WIDE = SaddleProblem.bilinear([[1.0, 1.0, 1.0]])  # more x than u: a plane of saddle points
NOTHING = SaddleProblem.affine(np.zeros((2, 2)), None, 1)
FLOWS = [GradientFlow(), OptimisticFlow(1, 0.5), AnchoredFlow(1)]
STEPS = [SimGD(0.1), OptimisticSimGD(0.1, 0.3), AnchoredSimGD(0.6, 2)]
each_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
each_method = pytest.mark.parametrize("method", STEPS, ids=lambda method: method.name)


def of_flow(flow, problem):
    """The verdict; None for the trajectory, as an exact one must not look at it."""
    return flow_outcome(flow, problem, None)


def of_method(method, problem):
    return method_outcome(method, problem, None)


@pytest.mark.parametrize(
    ("flow", "problem", "kind", "number"),
    [
        (GradientFlow(), XU, "cycles", 0),
        (GradientFlow(), DAMPED, "converges", -0.5),
        (GradientFlow(), WIDE, "cycles", 0),
        (OptimisticFlow(2, 0.5), XU, "converges", -2 * 0.5 / (1 + 0.25)),  # αβω²/(1 + β²ω²)
        (OptimisticFlow(1, 0), XU, "cycles", 0),
        (AnchoredFlow(1), XU, "converges", -1),
        (AnchoredFlow(0.3), XU, "converges", -0.3),
        (AnchoredFlow(0.3), DAMPED, "converges", -1),
        (AnchoredFlow(5), WIDE, "converges", -1),
    ],
)
def test_flows_on_monotone_problems(flow, problem, kind, number) -> None:
    outcome = of_flow(flow, problem)
    assert (outcome.kind, outcome.number) == (kind, pytest.approx(number, rel=1e-12))


@each_flow
def test_exceptions_for_flows(flow) -> None:
    assert of_flow(flow, UNSTABLE).kind == "diverges"
    assert of_flow(flow, JORDAN).kind == "undecided"
    assert of_flow(flow, NOTHING).kind == "converges"
    outcome = of_flow(flow, NO_SADDLE)
    assert (outcome.kind, outcome.number) == ("diverges", pytest.approx(1))


@each_method
def test_exceptions_for_methods(method) -> None:
    assert of_method(method, UNSTABLE).kind == "diverges"
    assert of_method(method, JORDAN).kind == "undecided"
    assert of_method(method, NOTHING).kind == "converges"
    assert of_method(method, NO_SADDLE).kind == "diverges"


def test_flow_that_is_not_defined() -> None:
    """1 + βλ = 0 for λ = −1."""
    problem = SaddleProblem.quadratic([[-1.0]], [[0.0]], [[2.0]])
    assert of_flow(OptimisticFlow(1, 1), problem).kind == "undecided"


@pytest.mark.parametrize("alpha", [1.0, 1e-3, 1e-6, 1e-9])
def test_simgd_diverges_on_a_rotation_however_small_the_step(alpha) -> None:
    outcome = of_method(SimGD(alpha), XU)
    assert outcome.kind == "diverges"
    assert f"ρ − 1 = {alpha**2 / 2:.3g}" in outcome.reason or alpha == 1


def test_simgd_on_a_damped_problem() -> None:
    """MATH G: α < 2 Re λ/|λ|² = 1 for λ = (1 ± i√3)/2."""
    found = [of_method(SimGD(alpha), DAMPED).kind for alpha in (0.5, 1 - 1e-9, 1, 1 + 1e-9, 1.5)]
    assert found == ["converges", "converges", "cycles", "diverges", "diverges"]


@given(seed=st.integers(0, 2**32 - 1), alpha=st.floats(0.01, 1), beta=st.floats(0, 1))
def test_optimism_against_long_runs(seed, alpha, beta) -> None:
    """A random monotone problem: the norm after many steps says the same as ρ."""
    rng = np.random.default_rng(seed)
    B = rng.standard_normal((2, 2))
    problem = SaddleProblem.quadratic(B @ B.T / 4, rng.standard_normal((2, 2)), None)
    outcome = of_method(OptimisticSimGD(alpha, beta), problem)
    if abs(outcome.number - 1) > 0.02:  # 2000 steps: a factor e^40 and more
        z0 = rng.standard_normal(4)
        run = iterate(OptimisticSimGD(alpha, beta), problem, z0, 2000, record=2000)
        assert (run.operator_norm[-1] < 1e-6) == (outcome.kind == "converges")


@pytest.mark.parametrize(
    ("method", "problem", "kind"),
    [
        (AnchoredSimGD(0.6, 2), XU, "converges"),
        (AnchoredSimGD(0.6, 0.5), XU, "converges"),
        (AnchoredSimGD(0.3, 0.5), XU, "diverges"),
        (AnchoredSimGD(0.3, 2), DAMPED, "converges"),
        (AnchoredSimGD(0.5, 2), SCALED, "diverges"),  # α²ω² = 9 > 4γ = 8
        (AnchoredSimGD(0.5, 3), SCALED, "converges"),  # 9 < 12
        (AnchoredSimGD(0.5, 2.25), SCALED, "cycles"),  # 9 = 9
    ],
)
@pytest.mark.filterwarnings("ignore::saddleode.flows.OutsideTheoremWarning")
def test_anchoring_against_long_runs(method, problem, kind) -> None:
    """Growth or decay of ‖G‖ between 5 000 and 40 000 steps, at the exponent of the verdict."""
    outcome = of_method(method, problem)
    assert outcome.kind == kind
    late = np.unique(np.geomspace(5000, 40000, 400).astype(int))
    run = iterate(method, problem, [1, 0.3], 40000, record=late)
    log_norm, log_k = np.log(run.operator_norm), np.log(run.k)
    if method.p < 0.5 and kind == "diverges":  # log‖z^k‖ ~ k^{1−2p}
        order = np.polyfit(log_k, np.log(log_norm), 1)[0]
        assert order == pytest.approx(outcome.number, abs=0.05)
    else:
        assert np.polyfit(log_k, log_norm, 1)[0] == pytest.approx(outcome.number, abs=0.05)


def test_what_changes_with_k_is_measured() -> None:
    method = SimGD(lambda k: 1 / (k + 1))  # Σα² < ∞: never converges on a rotation
    run = iterate(method, XU, [1, 0], 20000)
    assert method_outcome(method, XU, run).kind == "cycles"
    noisy_theorem = AnchoredSimGD(0.6, 1, epsilon=0.1)
    run = iterate(noisy_theorem, XU, [1, 0], 20000)
    assert method_outcome(noisy_theorem, XU, run).kind == "converges"


def test_spectrum_of_sparse_and_large_problems() -> None:
    A = scipy.sparse.diags_array(np.arange(1.0, 31)).tocsr()
    found = spectrum(SaddleProblem.bilinear(A))
    np.testing.assert_allclose(np.sort(found.eigenvalues.imag), np.arange(1, 31))
    assert (found.eigenvalues.real == 0).all() and found.monotone and found.drift == 0
    free = spectrum(SaddleProblem.bilinear(scipy.sparse.linalg.aslinearoperator(A)))
    np.testing.assert_allclose(np.sort(free.eigenvalues.imag), np.arange(1, 31))
    assert spectrum(SaddleProblem.bilinear(scipy.sparse.eye_array(600).tocsr())) is None
    assert spectrum(SaddleProblem("x**4 + x*u", "x", "u")) is None


@pytest.mark.parametrize(
    ("decay", "kind"),
    [
        (lambda t: 1 / t, "converges"),
        (lambda t: np.exp(-t), "converges"),
        (lambda t: 1 + 0 * t, "cycles"),
        (lambda t: t**0.1, "undecided"),
        (lambda t: np.sqrt(t), "diverges"),
        (lambda t: np.exp(t), "diverges"),
        (lambda t: np.where(t > 50, np.inf, t), "diverges"),
        (lambda t: np.where(t > 50, np.nan, t), "diverges"),
        (lambda t: 0 * t, "converges"),
    ],
)
def test_measured(decay, kind) -> None:
    t = np.linspace(1, 100, 500)
    assert measured(t, decay(t), "value").kind == kind


def test_few_points_decide_nothing() -> None:
    assert measured(np.arange(4.0), np.arange(4.0) + 1, "value").kind == "undecided"


def test_flat_operator_on_a_run_that_leaves_is_no_cycle() -> None:
    t = np.linspace(0, 100, 500)
    z = np.stack([t, 0 * t], axis=-1)
    assert measured_run(t, z, np.ones_like(t)).kind == "undecided"
    assert measured_run(t, z, 1 / (1 + t)).kind == "undecided"
    circle = np.stack([np.cos(t), np.sin(t)], axis=-1)
    assert measured_run(t, circle, np.ones_like(t)).kind == "cycles"


@pytest.mark.parametrize(
    ("formula", "z0"),
    [
        ("sqrt(1 + x^2) - sqrt(1 + u^2)", [1000, 1000]),  # goes to its saddle point at speed √2
        ("x^10 - u^10", [0.05, 0.05]),  # creeps there
        ("x^4 + x*u", [0.01, 0]),  # spirals in, slowly
    ],
)
def test_slow_convergence_is_not_called_anything_else(formula, z0) -> None:
    """All three converge: G is strictly monotone in x, which is enough (Theorem of Section 2)."""
    flow, problem = GradientFlow(), SaddleProblem(formula, "x", "u")
    outcome = flow_outcome(flow, problem, integrate(flow, problem, z0, (0, 50)))
    assert outcome.kind in ("converges", "undecided")


@pytest.mark.parametrize("alpha", [1e-3, 1e-6, 1e-7, 1e-9])
def test_optimism_is_decided_however_small_the_step(alpha) -> None:
    """MATH G: α < 2β(1 − β²R²)/(1 + β²R²) on a rotation; α = β is inside, α = 4β outside."""
    assert of_method(OptimisticSimGD(alpha, alpha), XU).kind == "converges"
    assert of_method(OptimisticSimGD(4 * alpha, alpha), XU).kind == "diverges"


def test_simgd_at_a_jordan_block() -> None:
    """L = 0.2x² + 0.2xu has λ = 0.2 twice, in one block: at α = 10 the iterates grow like k."""
    problem = SaddleProblem("0.2*x^2 + 0.2*x*u", "x", "u")
    kinds = [of_method(SimGD(alpha), problem).kind for alpha in (9, 10 - 1e-8, 10, 11)]
    assert kinds[0] == "converges"
    assert kinds[1] in ("converges", "undecided")
    assert kinds[2] in ("diverges", "undecided")
    assert kinds[3] == "diverges"


@pytest.mark.parametrize(("size", "value"), [(10, 0.01), (12, 0.02), (16, 0.03)])
def test_a_long_jordan_block_is_not_trusted(size, value) -> None:
    """All eigenvalues are `value` > 0; computed ones spread around it by ε^(1/size)."""
    rng = np.random.default_rng(1)
    Q = np.linalg.qr(rng.standard_normal((size, size)))[0]
    M = Q @ (value * np.eye(size) + np.diag(np.ones(size - 1), 1)) @ Q.T
    outcome = of_flow(GradientFlow(), SaddleProblem.affine(M, np.zeros(size), size // 2))
    assert outcome.kind in ("converges", "undecided")
