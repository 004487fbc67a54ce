"""Problems with kinks, constraint sets and terms, through the public face of `SaddleProblem`."""

import pickle

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sparse
from scipy.sparse.linalg import aslinearoperator

from saddleode.analysis import prove_convexity, prove_decrease_on
from saddleode.flows import (
    L1,
    AffineSubspace,
    Ball,
    Box,
    GradientFlow,
    IntegrationError,
    ProblemError,
    SaddleProblem,
    Simplex,
)

PENNIES = np.array([[1.0, -1.0], [-1.0, 1.0]])
SETS = {"primal_set": Simplex(), "dual_set": "simplex"}
RNG = np.random.default_rng(3)


def ways_to_state_a_game(A, **carried):
    """The same constrained bilinear problem, stated in every way there is."""
    n, m = A.shape
    names = " ".join(f"x{i}" for i in range(n)), " ".join(f"u{i}" for i in range(m))
    L = " + ".join(f"{A[i, j]}*x{i}*u{j}" for i in range(n) for j in range(m))
    M = np.block([[np.zeros((n, n)), A], [-A.T, np.zeros((m, m))]])
    yield SaddleProblem(L, *names, **carried)
    yield SaddleProblem.from_text(L, *names, **carried)
    yield SaddleProblem.bilinear(A, **carried)
    yield SaddleProblem.quadratic(None, A, None, **carried)
    yield SaddleProblem.affine(M, None, n, **carried)
    yield SaddleProblem.from_operator(lambda z: z @ M.T, n, m, **carried)
    yield SaddleProblem.bilinear(sparse.csr_array(A), **carried)
    yield SaddleProblem.bilinear(aslinearoperator(A), **carried)


def test_all_statements_of_a_problem_agree():
    A = RNG.normal(size=(3, 2))
    carried = {"primal_set": Simplex(), "dual_set": "ball(2)", "dual_term": L1([0.3, 0])}
    first, *others = ways_to_state_a_game(A, **carried)
    assert first.is_set_valued
    z = first.project(RNG.normal(size=(4, 5)))
    for problem in others:
        assert (problem.is_set_valued, problem.is_affine, problem.n) == (True, False, 3)
        assert (
            problem.matrix is problem.offset is problem.exact_matrix is problem.expressions is None
        )
        for quantity in ("operator", "subgradient", "project"):
            ours, theirs = (getattr(p, quantity)(z) for p in (problem, first))
            np.testing.assert_allclose(ours, theirs, atol=1e-9)  # differences in `from_operator`
        np.testing.assert_allclose(problem.resolvent(z, 0.7), first.resolvent(z, 0.7), atol=1e-8)


def equilibrium(A):
    """Value and strategies of the game min_x max_u xᵀAu on simplices, by linear programming."""
    x, value = cp.Variable(A.shape[0], nonneg=True), cp.Variable()
    cp.Problem(cp.Minimize(value), [A.T @ x <= value, cp.sum(x) == 1]).solve(solver=cp.CLARABEL)
    return float(value.value)


@pytest.mark.parametrize("shape", [(2, 2), (3, 5), (6, 4)])
def test_saddle_points_of_games_have_the_value_of_the_linear_program(shape):
    A = RNG.normal(size=shape)
    problem = SaddleProblem.bilinear(A, **SETS)
    z = problem.saddle_point()
    x, u = z[: shape[0]], z[shape[0] :]
    assert problem.value(z) == pytest.approx(equilibrium(A), abs=1e-6)  # what the solver reaches
    assert np.max(A.T @ x) - np.min(A @ u) <= 1e-8  # the duality gap: exact
    assert np.linalg.norm(problem.operator(z)) <= 1e-8
    np.testing.assert_allclose(problem.distance(z), 0, atol=1e-7)


@pytest.mark.parametrize("step", [0.1, 3.0])
def test_resolvents_solve_the_regularised_saddle_problem(step):
    """Of L + f − g + ‖x − z_x‖²/2s − ‖u − z_u‖²/2s, by hand for A = 0."""
    problem = SaddleProblem.quadratic(
        np.eye(2), np.zeros((2, 2)), None, [1, -1], primal_term=L1(0.5), dual_set=Ball(2)
    )
    z = 3 * RNG.normal(size=(20, 4))
    x, u = z[:, :2], z[:, 2:]
    soft = (x - step * np.array([1, -1])) / (1 + step)
    soft = np.sign(soft) * np.maximum(np.abs(soft) - 0.5 * step / (1 + step), 0)
    expected = np.concatenate([soft, Ball(2).prox(u)], axis=1)
    np.testing.assert_allclose(problem.resolvent(z, step), expected, atol=1e-9)


def test_value_and_operator_on_and_off_the_sets():
    problem = SaddleProblem("x*u", "x", "u", primal_set="box(-1, 1)", dual_term="l1(0.5)")
    assert problem.value([1.0, 2.0]) == pytest.approx(1.0)  # 2 − ½·2
    assert problem.value([2.0, 0.0]) == np.inf
    np.testing.assert_array_equal(problem.operator([1.0, -2.0]), [0, -1.5])  # the wall holds
    np.testing.assert_array_equal(problem.operator([[0.2, 0.0], [1.0, 0.0]]), [[0, 0], [0, -0.5]])
    np.testing.assert_array_equal(problem.project([5.0, 7.0]), [1, 7])
    with pytest.raises(ProblemError, match="project the point first"):
        problem.operator([2.0, 0.0])


def test_subgradients_at_kinks_are_means_or_drawn_pieces():
    problem = SaddleProblem("max(x, 2*x, -x) + x*u", "x", "u", dual_term=L1(0.5))
    np.testing.assert_allclose(problem.subgradient([0.0, 0.0]), [2 / 3, 0])
    drawn = problem.subgradient(np.zeros((3000, 2)), np.random.default_rng(0))
    assert set(drawn[:, 0]) == {-1.0, 1.0, 2.0}
    assert set(drawn[:, 1]) == {-0.5, 0.5}
    np.testing.assert_allclose(drawn.mean(axis=0), [2 / 3, 0], atol=4 / np.sqrt(3000))
    z = RNG.normal(size=(10, 2))
    np.testing.assert_allclose(problem.subgradient(z), problem.operator(z), atol=1e-14)
    smooth = SaddleProblem("x*u", "x", "u")
    np.testing.assert_array_equal(smooth.subgradient(z), smooth.operator(z))
    np.testing.assert_array_equal(smooth.project(z), z)
    assert not smooth.is_set_valued


def test_convexity_is_judged_on_the_sets():
    cubic = "x**3 + x*u"
    assert SaddleProblem(cubic, "x", "u").convexity().status == "refuted"
    verdict = SaddleProblem(cubic, "x", "u", primal_set="box(0, 1)").convexity()
    assert verdict.status == "unknown"
    assert "not examined on the sets" in verdict.reason
    assert SaddleProblem(cubic, "x", "u", primal_set="box(-4, 1)").convexity().status == "refuted"
    assert SaddleProblem("x*u", "x", "u", primal_set="box").convexity().status == "proved"
    # on the line x1 = x2 the function (x1 − x2)² only seems concave: its witness leaves the line
    line = AffineSubspace([[1, -1]])
    L = "-(x1 - x2)**2 + x1*u"
    assert SaddleProblem(L, "x1 x2", "u", primal_set=line).convexity().status == "unknown"
    assert SaddleProblem(L, "x1 x2", "u", primal_term="l1").convexity().status == "refuted"


def test_large_problems_have_projections_and_say_what_they_have_not():
    n = 2000
    A = sparse.random_array((n, n), density=1e-3, rng=RNG)
    problem = SaddleProblem.bilinear(A, primal_set=Simplex(), dual_set=Simplex())
    z = problem.project(RNG.normal(size=2 * n))
    np.testing.assert_allclose([z[:n].sum(), z[n:].sum()], 1)
    expected = np.concatenate([A @ z[n:], -(A.T @ z[:n])])
    np.testing.assert_allclose(problem.subgradient(z), expected, atol=1e-14)
    assert np.linalg.norm(problem.operator(z)) <= np.linalg.norm(expected)
    with pytest.raises(ProblemError, match=r"4000 variables; .* at most 2000"):
        problem.resolvent(z, 1.0)


def test_printing():
    problem = SaddleProblem(
        "x1*u + x2", "x1 x2", "u", primal_set=Simplex(), dual_set=Box(-1, 1), dual_term=L1(0.1)
    )
    assert repr(problem) == (
        "SaddleProblem('u*x1 + x2', 'x1, x2', 'u', "
        "primal_set=Simplex(), dual_set=Box(-1, 1), dual_term=L1(0.1))"
    )
    assert str(problem).splitlines() == [
        "min over x1, x2, max over u of L = u*x1 + x2",
        "x1, x2 lies in simplex",
        "u lies in box(-1, 1)",
        "u pays l1(0.1)",
        "2 primal and 1 dual variables; G is set-valued",
    ]
    assert problem.to_latex().splitlines() == [
        r"\begin{aligned}",
        r"\min_{(x_{1}, x_{2})} \max_{u} \quad & u x_{1} + x_{2} - 0.1 \| u \|_1 \\",
        r"\text{subject to} \quad & (x_{1}, x_{2}) \ge 0, \; \mathbf 1^\top (x_{1}, x_{2}) = 1 \\",
        r"& -1 \le u \le 1",
        r"\end{aligned}",
    ]
    game = SaddleProblem.bilinear(PENNIES, **SETS, name="pennies")
    assert repr(game) == (
        "<SaddleProblem: n=2, m=2, primal_set=Simplex(), dual_set=Simplex(), name='pennies'>"
    )
    assert r"L(x, u)" in game.to_latex()


@pytest.mark.parametrize(
    "problem",
    [
        SaddleProblem("abs(x) + x*u", "x", "u", dual_set="box(-1, 2)"),
        SaddleProblem.bilinear(PENNIES, **SETS),
        SaddleProblem.bilinear(PENNIES, primal_set=AffineSubspace([[1, 2]], 3), dual_term="l1"),
    ],
    ids=["kink", "game", "plane"],
)
def test_pickling(problem):
    z = problem.project(RNG.normal(size=problem.d))
    copy = pickle.loads(pickle.dumps(problem))
    np.testing.assert_array_equal(copy.resolvent(z, 1.0), problem.resolvent(z, 1.0))
    assert repr(copy) == repr(problem)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (lambda: SaddleProblem("x*u", "x", "u", primal_set=Box([0, 0], 1)), "1 variables"),
        (lambda: SaddleProblem.bilinear(PENNIES, dual_set=AffineSubspace([[1]])), "1 columns"),
        (lambda: SaddleProblem.bilinear(PENNIES, primal_set="box(1, 0)"), "empty"),
        (lambda: SaddleProblem.bilinear(PENNIES, primal_set="cube"), "known are box, simplex"),
        (lambda: SaddleProblem.bilinear(PENNIES, primal_set="l1(1)"), "give it as primal_term"),
        (lambda: SaddleProblem.bilinear(PENNIES, dual_term=Simplex()), "give it as dual_set"),
        (lambda: SaddleProblem.bilinear(PENNIES, dual_term=3), "needed: a term"),
        (lambda: SaddleProblem("-abs(x) + x*u", "x", "u"), "not convex-concave at a kink"),
        (lambda: SaddleProblem("max(x, u)", "x", "u"), "not convex-concave at a kink"),
        (lambda: SaddleProblem("abs(x) + u", "x", "u").jacobian([1, 1]), "no Jacobian"),
        (lambda: SaddleProblem("abs(x) + u", "x", "u").lipschitz(), "no Lipschitz constant"),
    ],
)
def test_bad_input(state, message):
    with pytest.raises(ProblemError, match=message):
        state()


def test_exact_proofs_about_a_polynomial_are_not_taken_for_ones_on_sets():
    """With x ≥ 0 the flow is another one: nothing may be said about it by L alone."""
    problem = SaddleProblem("x**2 + x*u", "x", "u", primal_set="box(0, 1)")
    for prove in (
        lambda: prove_convexity(problem),
        lambda: prove_decrease_on(problem, GradientFlow(), "x^2 + u^2"),
    ):
        with pytest.raises(ProblemError, match="set-valued"):
            prove()


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match="no keyword 'primal_sets'; players carry primal_set"):
        SaddleProblem.bilinear(PENNIES, primal_sets=Simplex())


def test_no_saddle_point_is_said():
    with pytest.raises(IntegrationError, match="no saddle point"):
        SaddleProblem("abs(x) + 2*x + x*u - u**2", "x", "u", dual_set="box(0, 1)").saddle_point()
