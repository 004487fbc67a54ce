"""Methods on problems with kinks, sets and terms: subgradient, projected and proximal steps."""

import numpy as np
import pytest

from saddleode.discretize import (
    EAGC,
    EAGV,
    FEG,
    OGDA,
    AlternatingGDA,
    AnchoredSimGD,
    Extragradient,
    GaussianNoise,
    Halpern,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    RandomVertex,
    SimGD,
    Statistics,
    iterate,
)
from saddleode.discretize.splitting import splitting
from saddleode.flows import L1, Ball, Box, ProblemError, SaddleProblem, Simplex

SIGN = SaddleProblem("abs(x) + x*u", "x", "u")
LASSO = {"primal_term": L1(0.5), "dual_term": L1([0.2, 0.1])}


def lasso(**carried):
    """A strongly convex-concave quadratic in 2 + 2 variables."""
    A, b = np.array([[1.0, -0.5], [0.3, 0.8]]), np.array([2.0, 0.1])
    return SaddleProblem.quadratic(np.eye(2), A, np.eye(2) / 2, b, [1.0, 0.5], **carried)


# Forward steps: elements of the part of L


def test_at_a_kink_the_element_of_least_norm_is_taken() -> None:
    """∂|x| + u at x = 0 is [u − 1, u + 1]: 0 for |u| ≤ 1, else the end that is nearer to 0."""
    G = splitting(SIGN)
    z = np.array([[0.0, 0.5], [0.0, 3.0], [0.0, -3.0], [2.0, 0.5], [-2.0, 0.5]])
    np.testing.assert_allclose(G(z)[:, 0], [0, 2, -2, 1.5, -0.5], atol=1e-12)
    np.testing.assert_array_equal(G(z)[:, 1], -z[:, 0])
    np.testing.assert_allclose(G(z[1]), [2, 0], atol=1e-12)


def test_least_norm_among_several_kinks() -> None:
    """Without sets and terms it is the least element of the whole operator."""
    problem = SaddleProblem("max(x, y, x + y - 1) + x*u - abs(u - 1)/2 + y**2", "x y", "u")
    points = [[0.0, 0, 0], [1, 1, 1], [0.3, 0.3, 2], [1, 0, 1], [0, 0.5, 0]]
    for z in np.array(points):
        np.testing.assert_allclose(splitting(problem)(z), problem.operator(z), atol=1e-10)


def test_random_vertices_are_the_ends_alike() -> None:
    """2000 draws at |x| + |y|, x = y = 0: the four sign patterns, each 500 ± 4.5·√375."""
    problem = SaddleProblem("abs(x) + 2*abs(y) + x*u", "x y", "u")
    z, rng = np.zeros((2000, 3)), np.random.default_rng(4)
    drawn = RandomVertex().sample(splitting(problem), z, rng)
    patterns, found = np.unique(drawn, axis=0, return_counts=True)
    assert sorted(map(tuple, patterns[:, :2].tolist())) == [(-1, -2), (-1, 2), (1, -2), (1, 2)]
    assert np.abs(found - 500).max() < 4.5 * np.sqrt(2000 * 0.25 * 0.75)
    away = RandomVertex().sample(splitting(problem), z + np.array([1, -1, 0]), rng)
    np.testing.assert_array_equal(away, np.tile([1.0, -2.0, -1.0], (2000, 1)))


SETS = [Simplex(2), Box([-1, 0, 0.5, -np.inf], [1, 0, np.inf, 2]), Ball(2, [1, 0, 0, -1])]


@pytest.mark.parametrize("primal", SETS, ids=lambda term: term.name)
@pytest.mark.parametrize("dual", [None, *SETS], ids=lambda term: getattr(term, "name", "free"))
def test_least_elements_on_sets_are_those_of_least_squares(primal, dual) -> None:
    """Closed tangent cones against non-negative least squares over the normal cones."""
    rng, A = np.random.default_rng(6), np.random.default_rng(7).standard_normal((4, 4))
    problem = SaddleProblem.bilinear(A, primal_set=primal, dual_set=dual)
    z = problem.project(rng.standard_normal((60, 8)) * rng.choice([0.1, 1, 10], (60, 1)))
    found, pieces = problem.operator(z), problem.backend.pieces
    for point, least in zip(z, found, strict=True):
        active = pieces.active(point, problem.backend.slack(point))
        expected = pieces.least_element(point, np.zeros(8), active)[0]
        np.testing.assert_allclose(least, expected, atol=1e-9 * (1 + np.abs(point).max()))
    with pytest.raises(ProblemError, match="violates a constraint"):
        problem.operator(z + 100)


# Backward steps: sets and terms


def test_backward_steps_are_those_of_the_players() -> None:
    problem = lasso(**LASSO)
    v = np.array([1.0, -0.1, 0.15, -2.0])
    expected = [0.8, 0.0, 0.11, -1.98]  # soft thresholds 0.4·0.5, and 0.2·(0.2, 0.1)
    G = splitting(problem)
    np.testing.assert_allclose(G.backward(v, (0.4, 0.2)), expected, atol=1e-15)
    np.testing.assert_allclose(G.backward(v, (0.4, 0))[2:], v[2:])
    box = splitting(lasso(primal_set=Box(-1, 0.5)))
    np.testing.assert_allclose(box.backward(v, 0.4), [0.5, -0.1, 0.15, -2.0])


def test_a_set_and_a_term_together() -> None:
    """For intervals the proximal map of |·| on them is the projected soft threshold."""
    problem = lasso(primal_set=Box(-1, 0.5), primal_term=L1(0.5), dual_term=L1(0.1))
    v = np.random.default_rng(2).standard_normal((20, 4)) * 2
    moved = splitting(problem).backward(v, 0.4)
    soft = np.sign(v) * np.maximum(np.abs(v) - [0.2, 0.2, 0.04, 0.04], 0)
    expected = np.concatenate([np.clip(soft[:, :2], -1, 0.5), soft[:, 2:]], axis=1)
    np.testing.assert_allclose(moved, expected, atol=1e-10)


METHODS = [
    SimGD(0.3),
    OptimisticSimGD(0.2, 0.2),
    OGDA(0.2),
    PastExtragradient(0.2),
    Extragradient(0.3),
    AlternatingGDA(0.3),
    ProximalPoint(1),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize(
    "carried",
    [LASSO, {"primal_set": Box(-1, 0.5), "dual_set": Simplex()}, {"dual_set": "ball(0.5)"}],
    ids=["terms", "box and simplex", "ball"],
)
def test_methods_solve_strongly_monotone_inclusions(method, carried) -> None:
    """The saddle point is found by resolvents of the whole operator, independently of any step."""
    problem = lasso(**carried)
    start = problem.project(np.ones(4))
    run = iterate(method, problem, start, 400, record=400)
    np.testing.assert_allclose(run.z[-1], problem.saddle_point(), atol=1e-8)


def test_proximal_steps_reach_exact_zeros() -> None:
    """A term is not a kink: soft thresholds put coordinates at 0 exactly."""
    run = iterate(Extragradient(0.3), lasso(primal_term=L1([0.5, 3])), np.ones(4), 200, record=200)
    assert run.z[-1, 1] == 0 and run.z[-1, 0] != 0


ROCK_PAPER_SCISSORS = SaddleProblem.bilinear(
    [[0, -1, 1], [1, 0, -1], [-1, 1, 0]], primal_set=Simplex(), dual_set=Simplex()
)


@pytest.mark.parametrize(
    ("method", "tolerance"),
    [
        (Extragradient(0.3), 1e-9),
        (OGDA(0.25), 1e-9),
        (PastExtragradient(0.25), 1e-9),
        (Halpern(1, theta=1), 5e-3),  # ‖z − Tz‖ ≤ 2√2/(k+1)
        (EAGC(0.07), 5e-3),
        (AnchoredSimGD(0.6, 2), 0.06),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_matrix_game(method, tolerance) -> None:
    """The unique equilibrium plays each move with probability 1/3; simGD itself circles."""
    start = [1.0, 0, 0, 0, 1, 0]
    run = iterate(method, ROCK_PAPER_SCISSORS, start, 2000, record=[1000, 2000])
    np.testing.assert_allclose(run.z[-1], 1 / 3, atol=tolerance)
    circling = iterate(SimGD(0.1), ROCK_PAPER_SCISSORS, start, 2000, record=[1000, 2000])
    assert np.abs(circling.z[-1] - 1 / 3).max() > 0.3


@pytest.mark.parametrize(
    ("method", "order"), [(AnchoredSimGD(0.6, 2), 0.4), (EAGC(0.125), 1), (EAGV(0.618), 1)]
)
def test_anchored_methods_on_sets_keep_their_rates(method, order) -> None:
    """Least element of G at the last iterate falls about like k^{−(1−p)}, and 1/k: measured."""
    A = np.random.default_rng(1).standard_normal((4, 4))
    A /= np.linalg.norm(A, 2)
    game = SaddleProblem.bilinear(A, primal_set=Simplex(), dual_set=Simplex())
    k = np.unique(np.geomspace(200, 6000, 60).astype(int))
    run = iterate(method, game, np.r_[np.eye(4)[0], np.eye(4)[0]], 6000, record=k)
    slope = np.polyfit(np.log(run.k), np.log(run.operator_norm), 1)[0]
    assert slope < 0.15 - order


@pytest.mark.parametrize("method", [AnchoredSimGD(0.6, 2), OGDA(0.1), ProximalPoint(0.5)])
def test_runs_go_on_bit_by_bit(method) -> None:
    """Random vertices, sets and terms: resumed, and beside other paths."""
    problem = SaddleProblem(
        "abs(x) + x*u - abs(u - 1)", "x", "u", primal_set=Box(-1, 1), dual_term=L1(0.1)
    )
    oracle = GaussianNoise(0.1) if isinstance(method, ProximalPoint) else RandomVertex()
    whole = iterate(method, problem, [0, 1], 40, oracle=oracle, paths=3, seed=3)
    resumed = iterate(method, problem, [0, 1], 15, oracle=oracle, paths=3, seed=3).resume(25)
    np.testing.assert_array_equal(whole.z, resumed.z)
    assert np.abs(whole.z[..., 0]).max() <= 1 and np.ptp(whole.z[:, -1], axis=0).max() > 0


def test_reflected_resolvents_may_leave_sets() -> None:
    """Halpern with θ = 2: where G is empty its norm is ∞; J z^k respects the sets and converges."""
    rng = np.random.default_rng(3)
    A, b, c = rng.standard_normal((3, 3)), rng.standard_normal(3), rng.standard_normal(3)
    game = SaddleProblem.bilinear(A, b, c, primal_set=Box(-1, 1), dual_set=Box(-1, 1))
    run = iterate(Halpern(1), game, game.project(rng.standard_normal(6)), 60)
    outside = np.abs(run.z).max(axis=-1) > 1 + 1e-8
    assert outside.any() and "inf" in str(run)
    np.testing.assert_array_equal(np.isinf(run.operator_norm), outside)
    ends = game.resolvent(run.z[-1], 1.0)
    assert np.abs(ends).max() <= 1 + 1e-12 and np.linalg.norm(run.z[-1] - ends) < 0.1


# Refusals

LARGE = SaddleProblem.bilinear(np.eye(30), primal_set=Simplex(), dual_set=Simplex())


@pytest.mark.parametrize(
    ("make", "needed"),
    [
        (lambda: iterate(FEG(0.5), ROCK_PAPER_SCISSORS, np.full(6, 1 / 3), 1), "FEG has no proj"),
        (lambda: iterate(SimGD(0.5), ROCK_PAPER_SCISSORS, np.ones(6), 1), r"project\(z0\)"),
        (
            lambda: iterate(Halpern(1), SIGN, [1, 0], 1, oracle=RandomVertex(), seed=1),
            "needs the resolvent",
        ),
        (
            lambda: RandomVertex().check(SaddleProblem("x*u", "x", "u")),
            "needs kinks in L",
        ),
        (
            lambda: iterate(OGDA(0.1), LARGE, np.full(60, 1 / 30), 1, record=Statistics()),
            "nearest_saddle",
        ),
        (lambda: RandomVertex().sample(abs, np.zeros(2), np.random.default_rng(0)), "on a problem"),
    ],
)
def test_what_does_not_go_is_told(make, needed) -> None:
    with pytest.raises(ProblemError, match=needed):
        make()
