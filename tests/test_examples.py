"""The examples on games and minibatches: their parts against independent computations, and runs."""

import importlib.util
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import saddleode
from saddleode.analysis import duality_gap
from saddleode.discretize import iterate
from saddleode.flows import Ball, Box, ProblemError, SaddleProblem, Simplex

EXAMPLES = Path(saddleode.__file__).parent / "examples"


def loaded(name: str) -> Iterator[ModuleType]:
    sys.path.insert(0, str(EXAMPLES))
    before = set(sys.modules)
    try:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(EXAMPLES))
        for added in set(sys.modules) - before:
            if added in ("auc_maximisation", name):
                del sys.modules[added]


@pytest.fixture(scope="module")
def auc() -> Iterator[ModuleType]:
    yield from loaded("auc_minibatches")


@pytest.fixture(scope="module")
def matrix_games() -> Iterator[ModuleType]:
    yield from loaded("matrix_games")


# AUC by minibatches


def test_minibatch_terms_average_to_the_operator(auc: ModuleType) -> None:
    """Exactly, at random points; and each is the gradient of its own summand by differences."""
    data = auc.load_data()
    terms, problem = auc.patient_terms(data), auc.auc_problem(data)
    z = np.random.default_rng(0).standard_normal(33)
    every = terms(np.tile(z, (len(terms), 1)), np.arange(len(terms)))
    np.testing.assert_allclose(every.mean(axis=0), problem.operator(z), rtol=1e-9, atol=1e-12)


def test_held_out_auc_is_that_of_scikit_learn(auc: ModuleType) -> None:
    data = auc.load_data()
    z = np.random.default_rng(1).standard_normal((3, 2, 33))
    expected = [
        [roc_auc_score(data.test_labels, data.test @ point[:30]) for point in row] for row in z
    ]
    np.testing.assert_allclose(auc.held_out_auc(z, data), expected, rtol=1e-12)


def test_minibatches_learn_on_the_last_iterate(auc: ModuleType) -> None:
    data = auc.load_data()
    results = auc.runs(data, iterations=400, paths=8)
    for name, run in results.items():
        assert run.success and run.z.shape[0] == 8
        norms = run.operator_norm.mean(axis=0)
        assert norms[-1] < 0.5 * norms[0], name
        assert auc.held_out_auc(run.z[:, -1], data).min() > 0.96, name
    assert len(auc.table(data, results)) == 4
    assert len(auc.picture(data, results).axes) == 2


# Matrix games


def corners(dimension: int, term) -> list[np.ndarray]:
    """Vertices of a simplex or box: where linear functions are largest."""
    if isinstance(term, Simplex):
        return list(term.total * np.eye(dimension))
    bounds = zip(
        np.broadcast_to(term.low, dimension), np.broadcast_to(term.high, dimension), strict=True
    )
    return [np.array(corner) for corner in product(*bounds)]


@pytest.mark.parametrize(
    ("primal", "dual"), [(Simplex(), Simplex(2)), (Box([-1, 0, 2], 3), Simplex()), (Box(), Box())]
)
def test_duality_gap_by_enumeration(primal, dual) -> None:
    """L at all vertices of the sets, with linear terms."""
    rng = np.random.default_rng(3)
    A, b, c = rng.standard_normal((3, 4)), rng.standard_normal(3), rng.standard_normal(4)
    game = SaddleProblem.bilinear(A, b, c, primal_set=primal, dual_set=dual)
    x, u = primal.prox(rng.standard_normal((5, 3))), dual.prox(rng.standard_normal((5, 4)))

    def L(x, u):
        return x @ A @ u + b @ x + c @ u

    for i in range(5):
        won = max(L(x[i], v) for v in corners(4, dual))
        best = won - min(L(w, u[i]) for w in corners(3, primal))
        found = duality_gap(game, np.concatenate([x[i], u[i]]))
        assert found == pytest.approx(best, rel=1e-12, abs=1e-13) and found >= 0


def test_duality_gap_on_balls() -> None:
    """min and max of xᵀAu on unit balls: the gap is ‖Aᵀx‖ + ‖Au‖."""
    A = np.random.default_rng(4).standard_normal((2, 3))
    game = SaddleProblem.bilinear(A, primal_set=Ball(), dual_set=Ball())
    z = game.project(np.random.default_rng(5).standard_normal((6, 5)))
    expected = np.linalg.norm(z[:, :2] @ A, axis=1) + np.linalg.norm(z[:, 2:] @ A.T, axis=1)
    np.testing.assert_allclose(duality_gap(game, z), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("problem", "needed"),
    [
        (SaddleProblem.bilinear([[1.0]]), "bilinear games on sets"),
        (SaddleProblem("x**2 + x*u", "x", "u", primal_set=Box(), dual_set=Box()), "bilinear games"),
        (SaddleProblem("abs(x) + x*u", "x", "u", dual_set=Box()), "bilinear games"),
        (SaddleProblem.bilinear([[1.0]], primal_set=Box()), "carries nothing"),
        (SaddleProblem.bilinear([[1.0]], primal_set=Box(), dual_term="l1(1)"), "one bounded set"),
    ],
)
def test_duality_gap_refuses(problem, needed) -> None:
    with pytest.raises(ProblemError, match=needed):
        duality_gap(problem, [0.0, 0.0])


def test_the_game_of_the_file(matrix_games: ModuleType) -> None:
    """Every move beats two others and loses to two: fair, and the equilibrium is uniform."""
    game = matrix_games.games()[0]
    A = game.payoffs
    np.testing.assert_array_equal(A, -A.T)
    assert (np.sum(A == 1, axis=1) == 2).all() and game.value == pytest.approx(0, abs=1e-12)
    assert duality_gap(game.problem, np.full(10, 0.2)) == pytest.approx(0, abs=1e-15)
    ends = {run.method.name: matrix_games.gaps(run)[0][-1] for run in matrix_games.runs(game)}
    assert ends["extragradient"] < 1e-10 and ends["ogda"] < 1e-4
    assert ends["halpern"] < 5e-3 and ends["eag-c"] < 0.02 and ends["simgd"] > 0.5


def test_the_random_game(matrix_games: ModuleType) -> None:
    """The value lies between what the players can secure; the gap is the distance of these."""
    game = matrix_games.games()[1]
    assert game.payoffs.shape == (200, 300)
    method = matrix_games.methods(float(np.linalg.norm(game.payoffs, 2)))[1]
    z = iterate(method, game.problem, game.problem.project(np.zeros(500)), 300, record=300).z[-1]
    low, high = np.min(game.payoffs @ z[200:]), np.max(z[:200] @ game.payoffs)
    assert low <= game.value <= high
    assert duality_gap(game.problem, z) == pytest.approx(high - low, rel=1e-9)
    assert high - low < 0.02
