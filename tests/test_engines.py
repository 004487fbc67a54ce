"""The engines behind `integrate`: the choice, agreement with one another, how each one ends."""

import sys

import numpy as np
import pytest
import scipy.sparse
import sympy
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from saddleode.flows import (
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    IntegrationError,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    TikhonovFlow,
    VelocityForm,
    closed_form,
    integrate,
)

QUARTIC = SaddleProblem("x**4/4 + x*u/3 - u**4/4", "x", "u", name="quartic")
CURVED = SaddleProblem("exp(x/2) + sqrt(1 + x^2) + x*u - u^2/2 - log(1 + u^2)/9", "x", "u")
BLOWING_UP = SaddleProblem("-x**4/4 + u**4/4", "x", "u")  # x² = x0²/(1 − 2x0²t)
ROTATION = SaddleProblem("x*u", "x", "u")
THREE = [GradientFlow(), OptimisticFlow(2, 0.5), AnchoredFlow(1.5)]
by_flow = pytest.mark.parametrize("flow", THREE, ids=lambda flow: flow.name)
CONCAVE = pytest.mark.filterwarnings("ignore::saddleode.flows.NotConvexConcaveWarning")


@pytest.fixture
def without_heyoka(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "heyoka", None)  # importing it now raises ImportError


# -- the choice -------------------------------------------------------------------------------


def test_without_the_extra_everything_runs_and_the_reason_names_it(without_heyoka) -> None:
    trajectory = integrate(GradientFlow(), CURVED, [1.0, 0.5], (0, 1))
    assert trajectory.engine == "scipy" and trajectory.success
    assert trajectory.engine_reason.startswith("the problem is not affine; heyoka is not installed")
    with pytest.raises(ProblemError, match=r"pip install 'saddleode\[fast\]'") as error:
        integrate(GradientFlow(), QUARTIC, [1.0, 0.5], (0, 1), engine="taylor")
    assert "\n" not in str(error.value)


def test_engines_say_why_they_cannot() -> None:
    start, span = [1.0, 0.5], (0, 1)
    for engine, options, words in (
        ("krylov", {"problem": QUARTIC}, "not affine"),
        ("krylov", {"events": lambda t, z: z[0]}, "events were asked for"),
        ("exact", {"form": VelocityForm}, "a form was asked for"),
        ("krylov", {"flow": AnchoredFlow(1), "t_span": (1, 2)}, "does not start at t = 0"),
        ("exact", {"flow": AnchoredFlow(np.array([1.0, 2.0]))}, "differ between members"),
    ):
        arguments = {"flow": GradientFlow(), "problem": ROTATION, "z0": start, "t_span": span}
        with pytest.raises(ProblemError, match=words):
            integrate(**(arguments | options), engine=engine)


def test_matrix_free_problems_go_to_the_engine_of_products() -> None:
    A = aslinearoperator(np.array([[1.0, 2.0], [0.0, 1.0]]))
    assert isinstance(A, LinearOperator)
    trajectory = integrate(AnchoredFlow(1), SaddleProblem.bilinear(A), np.ones(4), (0, 3))
    assert trajectory.engine == "krylov" and "chebyshev" in trajectory.engine_reason.lower()


# -- large affine problems ------------------------------------------------------------------------


def large() -> tuple[SaddleProblem, SaddleProblem, np.ndarray]:
    """The same game in 400 variables, sparse and dense."""
    A = scipy.sparse.random_array((200, 200), density=0.05, rng=np.random.default_rng(0))
    dense = SaddleProblem.bilinear(A.toarray())
    return SaddleProblem.bilinear(A.tocsr()), dense, np.random.default_rng(1).standard_normal(400)


@by_flow
def test_large_affine_problems_with_an_error_estimate(flow, monkeypatch) -> None:
    sparse, dense, z0 = large()
    t = np.linspace(0.0, 6.0, 5)
    trajectory = integrate(flow, sparse, z0, (0, 6), t_eval=t, rtol=1e-10)
    assert trajectory.engine == "krylov" and trajectory.success and trajectory.nfev > 0
    monkeypatch.setattr("saddleode.flows.affine_flows.closed_forms.LARGEST", 400)
    exact = closed_form(flow, dense, z0, t)
    error = np.linalg.norm(trajectory.z - exact, axis=-1)
    assert trajectory.error_estimate.shape == t.shape
    assert np.all(error <= trajectory.error_estimate + 1e-12)
    assert np.all(trajectory.error_estimate <= 1e-10 * np.linalg.norm(z0) + 1e-10)
    np.testing.assert_allclose(trajectory([6.0, 1.5]), exact[[4, 1]], atol=1e-8)
    starts, options = np.stack([z0, 2 * z0]), {"t_eval": t, "rtol": 1e-10, "engine": "krylov"}
    several = integrate(flow, sparse, starts, (0, 6), **options)
    np.testing.assert_allclose(several.z, [trajectory.z, 2 * trajectory.z], atol=1e-8)
    assert several.error_estimate.shape == (2, 5)


def test_autonomous_large_flows_start_at_any_time() -> None:
    sparse, _, z0 = large()
    late = integrate(GradientFlow(), sparse, z0, (-3, 1), t_eval=[-3, 1])
    early = integrate(GradientFlow(), sparse, z0, (0, 4), t_eval=[0, 4])
    assert late.engine == "krylov"
    np.testing.assert_allclose(late.z, early.z, atol=1e-9)


def test_an_engine_that_cannot_reach_the_tolerance_leaves_it_to_the_next(monkeypatch) -> None:
    def fails(*arguments, **options):
        raise IntegrationError("error estimate 1 is above the tolerance")

    sparse, _, z0 = large()
    monkeypatch.setattr("saddleode.flows.engines.krylov_engine.large_affine_solution", fails)
    with pytest.raises(IntegrationError, match="above the tolerance"):
        integrate(GradientFlow(), sparse, z0, (0, 1), engine="krylov")
    auto = integrate(GradientFlow(), sparse, z0, (0, 1))
    assert auto.engine == "scipy" and "krylov: error estimate" in auto.engine_reason


# -- Taylor -------------------------------------------------------------------------------------


@by_flow
@pytest.mark.parametrize("problem", [QUARTIC, CURVED], ids=["quartic", "curved"])
@pytest.mark.parametrize("shape", [(2,), (21, 2)], ids=["one", "many"])
def test_taylor_agrees_with_runge_kutta(flow, problem, shape) -> None:
    pytest.importorskip("heyoka")
    z0 = np.random.default_rng(2).standard_normal(shape)
    options = {"t_eval": np.linspace(0.0, 8.0, 33), "rtol": 1e-12, "atol": 1e-13}
    taylor, scipy_ = (
        integrate(flow, problem, z0, (0, 8), engine=engine, **options)
        for engine in ("taylor", "scipy")
    )
    assert taylor.z.shape == scipy_.z.shape and not np.any(taylor.failed)
    np.testing.assert_allclose(taylor.z, scipy_.z, atol=1e-11)
    t = [7.3, 0.001, 2.0, 8.0, 0.0]
    np.testing.assert_allclose(taylor(t), scipy_(t), atol=1e-11)
    np.testing.assert_array_equal(taylor(taylor.t), taylor.z)
    assert integrate(flow, problem, z0, (0, 8)).engine == "taylor"


def test_whole_powers_have_a_series_at_zero() -> None:
    """The quotient in the usual power rule would be 0/0 for a coordinate that rests at zero."""
    pytest.importorskip("heyoka")
    problem = SaddleProblem("x**4 + x**6 - u**4 + (1 + u**2)**(-3)/100", "x", "u")
    trajectory = integrate(GradientFlow(), problem, [1.0, 0.0], (0, 2), engine="taylor")
    assert trajectory.success and np.all(trajectory.u == 0.0) and np.all(trajectory.x > 0.0)


@by_flow
def test_taylor_of_affine_problems_is_the_closed_form(flow) -> None:
    pytest.importorskip("heyoka")
    rng = np.random.default_rng(3)
    problem = SaddleProblem.quadratic(
        np.eye(2), rng.standard_normal((2, 3)), None, [1.0, 2.0], [0.5, 0.0, 1.0]
    )
    z0, t = rng.standard_normal((5, 5)), np.linspace(0, 10, 21)
    taylor = integrate(flow, problem, z0, (0, 10), t_eval=t, engine="taylor")
    np.testing.assert_allclose(taylor.z, closed_form(flow, problem, z0, t), atol=1e-12)


def test_what_taylor_declines() -> None:
    pytest.importorskip("heyoka")
    kink = SaddleProblem("max(x, 0)**2 + x*u - u**2", "x", "u")
    for problem, words in (
        (kink, "no Taylor series everywhere"),
        (SaddleProblem.from_operator(lambda z: z**3, 1, 1), "not given by a formula"),
    ):
        with pytest.raises(ProblemError, match=words):
            integrate(GradientFlow(), problem, [1.0, 0.0], (0, 1), engine="taylor")
        trajectory = integrate(GradientFlow(), problem, [1.0, 0.0], (0, 1))
        assert trajectory.engine == "scipy" and words in trajectory.engine_reason


@CONCAVE
def test_blow_up_and_stiffness_end_taylor_in_words(monkeypatch) -> None:
    pytest.importorskip("heyoka")
    trajectory = integrate(GradientFlow(), BLOWING_UP, [1.0, 0.0], (0, 5), engine="taylor")
    assert trajectory.status == -1 and "blows up" in trajectory.message and trajectory.failed
    assert trajectory.t[-1] == trajectory.t_span[1] == pytest.approx(0.5, abs=1e-12)
    assert np.all(np.isfinite(trajectory.z)) and trajectory.x[-1, 0] > 1e5
    exact = (1 - 2 * trajectory.t[:40]) ** -0.5
    np.testing.assert_allclose(trajectory.x[:40, 0], exact, rtol=1e-12)
    np.testing.assert_allclose(trajectory(0.375), [2.0, 0.0], atol=1e-14)
    monkeypatch.setattr("saddleode.flows.engines.taylor_run.MOST_STEPS", 100)
    stiff = SaddleProblem("1000*x**2 + x**4 - u**2", "x", "u")
    stopped = integrate(GradientFlow(), stiff, [1.0, 1.0], (0, 50), engine="taylor")
    assert stopped.status == -1 and "stiff" in stopped.message and 0 < stopped.t[-1] < 50


def test_compiled_flows_are_kept_and_forgotten_with_the_problem() -> None:
    pytest.importorskip("heyoka")
    from saddleode.flows.engines.compiled_flow import compiled_flow

    problem = SaddleProblem("x**4 + x*u - u**4", "x", "u")
    first = compiled_flow(AnchoredFlow(1.0), problem, single=True)
    assert compiled_flow(AnchoredFlow(2.0), problem, single=True) is first
    assert compiled_flow(GradientFlow(), problem, single=True) is not first


def test_expressions_are_translated_faithfully() -> None:
    heyoka = pytest.importorskip("heyoka")
    from saddleode.flows.engines.heyoka_expression import Translator

    x, y = sympy.symbols("x y")
    a, b = heyoka.make_vars("a", "b")
    expressions = [
        sympy.Rational(1, 3) * x**5 - sympy.pi * y / x,
        sympy.sqrt(1 + x**2) ** 3 + x ** sympy.Rational(1, 3),
        sympy.tanh(x) * sympy.exp(-x * y) + sympy.log(x) - sympy.atan(y) + sympy.erf(y),
        sympy.sin(x) * sympy.cosh(y) / (x + y) ** 4 + sympy.tan(x) + sympy.asinh(y),
    ]
    read = Translator(heyoka, {x: a, y: b})
    compiled = heyoka.cfunc([read(e) for e in expressions], [a, b])
    np.testing.assert_allclose(
        compiled([0.7, -0.3]),
        [float(e.subs({x: 0.7, y: -0.3})) for e in expressions],
        rtol=1e-14,
    )


# -- stiff problems -------------------------------------------------------------------------------

STIFF = SaddleProblem("5*10^5*x^2 + x^4 + x*u - u^4/4 - u^2/2", "x", "u", name="stiff")
PULL = 5e5


@pytest.mark.parametrize("engine", ["scipy", "taylor"])
def test_stiffness_is_said_with_a_method_that_helps(engine) -> None:
    if engine == "taylor":
        pytest.importorskip("heyoka")
    stopped = integrate(GradientFlow(), STIFF, [1.0, 0.5], (0, 100), engine=engine)
    assert stopped.status == -1 and "stiff" in stopped.message
    assert "take engine='implicit'" in stopped.message
    t = np.linspace(0.0, 100.0, 21)
    implicit = integrate(
        GradientFlow(), STIFF, [1.0, 0.5], (0, 100), t_eval=t, engine="implicit", rtol=1e-6
    )
    assert implicit.success and implicit.nfev < 20_000
    # After the first moment x = −u/10⁶ to leading order, and du/dt = −u − u³.
    u = 0.5 * np.exp(-t) / np.sqrt(1.25 - 0.25 * np.exp(-2 * t))
    np.testing.assert_allclose(implicit.z[1:, 1], u[1:], rtol=2e-5, atol=1e-9)
    np.testing.assert_allclose(implicit.z[1:, 0], -u[1:] / (2 * PULL), rtol=2e-5, atol=1e-12)


@pytest.mark.parametrize(
    "flow", [*THREE, TikhonovFlow("1/(1+t)"), FastOGDAFlow(3, 1)], ids=lambda flow: flow.name
)
def test_implicit_steps_agree_with_the_reference(flow) -> None:
    z0, t = np.array([[1.0, 0.5], [-0.5, 2.0]]), np.array([0.0, 0.7, 3.0])
    exact = integrate(flow, QUARTIC, z0, (0, 3), t_eval=t, reference=True).z
    options = {"engine": "implicit", "rtol": 1e-6, "atol": 1e-6}
    found = integrate(flow, QUARTIC, z0, (0, 3), t_eval=t, **options)
    np.testing.assert_allclose(found.z, exact, atol=2e-6)
    one = integrate(flow, QUARTIC, z0[1], (0, 3), t_eval=t, **options)
    np.testing.assert_allclose(one.z, exact[1], atol=2e-6)
    np.testing.assert_allclose(one(0.7), exact[1, 1], atol=2e-6)


def test_implicit_steps_on_a_sparse_problem_in_many_coordinates() -> None:
    n = 1500
    P = scipy.sparse.diags_array(np.geomspace(1e-3, 1e6, n)).tocsr()
    problem = SaddleProblem.quadratic(P, scipy.sparse.eye_array(n).tocsr(), P)
    z0, t = np.ones(2 * n), np.array([1.0, 3.0])
    options = {"t_eval": t, "rtol": 1e-6, "atol": 1e-6, "engine": "implicit"}
    found = integrate(GradientFlow(), problem, z0, (0, 3), **options)
    p, turn = P.diagonal(), np.exp(-1j * t[:, None])  # pairs: e^{−pt} and a rotation
    w = (1 + 1j) * np.exp(-p * t[:, None]) * turn.conj()
    np.testing.assert_allclose(found.x + 1j * found.u, w, atol=1e-6)


@CONCAVE
def test_how_implicit_steps_end() -> None:
    blown = integrate(GradientFlow(), BLOWING_UP, [1.0, 0.5], (0, 5), engine="implicit", rtol=1e-6)
    assert blown.status == -1 and "stopped at t = 0.5" in blown.message
    assert np.isfinite(blown.z).all() and 0.4 < blown.t[-1] < 0.51
    several = integrate(
        GradientFlow(), BLOWING_UP, [[1.0, 0.1], [0.1, 0.1]], (0, 5), engine="implicit", rtol=1e-6
    )
    np.testing.assert_array_equal(several.failed, [True, False])
    free = SaddleProblem.bilinear(aslinearoperator(np.eye(2)))
    for problem, options, words in (
        (free, {}, "products alone"),
        (QUARTIC, {"events": lambda t, z: z[0]}, "events were asked for"),
    ):
        with pytest.raises(ProblemError, match=words):
            integrate(
                GradientFlow(), problem, np.ones(problem.d), (0, 1), engine="implicit", **options
            )


# -- interruption -----------------------------------------------------------------------------


def test_an_engine_without_a_part_of_the_result_keeps_the_start_when_interrupted() -> None:
    calls = []

    def matvec(v):
        calls.append(1)
        if len(calls) == 30:
            raise KeyboardInterrupt
        return v

    A = LinearOperator((3, 3), matvec=matvec, rmatvec=lambda v: v, dtype=np.float64)
    part = integrate(GradientFlow(), SaddleProblem.bilinear(A), np.ones(6), (0, 50))
    assert part.status == -1 and part.message.startswith("interrupted at t = 0")
    np.testing.assert_array_equal(part.z, np.ones((1, 6)))
