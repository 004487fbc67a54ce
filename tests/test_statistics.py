"""Statistics while running: the same as from the recorded iterates, and true to exact moments."""

import tracemalloc

import numpy as np
import pytest

from saddleode.analysis.moments import exact_moments
from saddleode.discretize import AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.methods.extragradient import Extragradient
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.path_statistics import Statistics
from saddleode.discretize.power_law import PowerLaw
from saddleode.discretize.recording import log_spaced
from saddleode.flows import ProblemError, SaddleProblem

pytestmark = pytest.mark.usefixtures("each_engine")

XU = SaddleProblem("x*u", "x", "u")
STRONG = SaddleProblem("x**2/2 + (x - 3)*(u + 1) - u**2/2", "x", "u")
FULL = np.array([[0.3, 0.1], [0.1, 0.2]])


def both(record, paths=40, iterations=30, at=None):
    """One run recorded, and the same run as statistics."""
    arguments = {"oracle": GaussianNoise(0.1), "paths": paths, "seed": 3}
    full = iterate(OptimisticSimGD(0.1, 0.2), STRONG, [1, 0], iterations, **arguments)
    brief = iterate(
        OptimisticSimGD(0.1, 0.2), STRONG, [1, 0], iterations, record=record, **arguments
    )
    return full, brief


@pytest.mark.parametrize("at", [None, 7, [2, 3, 30], log_spaced(30)])
def test_statistics_are_those_of_the_iterates(at) -> None:
    """1e-12: other order of sums only."""
    full, run = both(Statistics(at))
    found, k = run.statistics, run.statistics.k
    squares, norms = full.distance[:, k] ** 2, full.operator_norm[:, k] ** 2
    for moments, values in ((found.distance, squares), (found.operator, norms)):
        np.testing.assert_allclose(moments.mean, values.mean(axis=0), rtol=1e-12)
        variance = values.var(axis=0, ddof=1)
        np.testing.assert_allclose(moments.variance, variance, rtol=1e-11, atol=1e-25)
        np.testing.assert_allclose(moments.standard_error, np.sqrt(variance / 40), rtol=1e-11)
    np.testing.assert_array_equal(run.k, [30])
    np.testing.assert_array_equal(run.z, full.z[:, -1:])
    best = k[np.argmin(norms, axis=1)]
    np.testing.assert_array_equal(found.best, full.z[np.arange(40), best])
    np.testing.assert_allclose(found.best_operator, norms.min(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.ergodic, full.z.mean(axis=1), rtol=1e-12)
    assert not found.stopped.any()


def test_one_path_has_no_spread() -> None:
    run = iterate(SimGD(0.1), XU, [1, 0], 10, record=Statistics(5))
    np.testing.assert_allclose(run.statistics.distance.mean, 1.01 ** np.array([0, 5, 10]))
    assert np.isnan(run.statistics.distance.standard_error).all()
    assert run.z.shape == (1, 2) and run.statistics.best.shape == (2,)
    np.testing.assert_array_equal(run.statistics.best, [1, 0])  # it only grows


@pytest.mark.parametrize(
    "method",
    [
        SimGD(PowerLaw(0.5, 0.6)),
        OptimisticSimGD(PowerLaw(0.5, 0.6), PowerLaw(0.5, 0.3)),
        AnchoredSimGD(0.7, 2, 0.1),
        Extragradient(0.3),
    ],
    ids=lambda method: method.name,
)
@pytest.mark.parametrize("noise", [0.2, FULL], ids=["scalar", "full"])
def test_statistics_agree_with_exact_moments(method, noise) -> None:
    """Within four standard errors, at k from 1 to 200: both second moments."""
    at = log_spaced(200, per_decade=3)[1:]
    run = iterate(
        method,
        STRONG,
        [1, 0],
        200,
        oracle=GaussianNoise(noise),
        paths=4000,
        seed=12,
        record=Statistics(at),
    )
    exact = exact_moments(
        method,
        STRONG,
        noise * np.eye(2) if np.ndim(noise) == 0 else noise,
        200,
        z0=[1, 0],
        record=at,
    )
    for moments, expected in (
        (run.statistics.distance, exact.second_moment),
        (run.statistics.operator, exact.operator_moment),
    ):
        assert (np.abs(moments.mean - expected) < 4 * moments.standard_error).all()


def test_memory_is_for_statistics_only() -> None:
    """2000 paths × 3000 steps would be 96 MB of iterates; states and temporaries are below 2 MB."""
    tracemalloc.start()
    iterate(
        SimGD(0.01), XU, [1, 0], 3000, oracle=GaussianNoise(1), paths=2000, seed=1,
        record=Statistics(log_spaced(3000)),
    )  # fmt: skip
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6


def test_stopped_paths_are_counted_and_not_left_out() -> None:
    """z⁺ = −9z on L = 5x² − 5u²."""
    problem = SaddleProblem("5*x**2 - 5*u**2", "x", "u")
    starts = [[1, 1], [0, 0], [1e200, 1]]
    run = iterate(SimGD(1), problem, starts, 400, record=Statistics([0, 100, 200, 400]))
    np.testing.assert_array_equal(run.statistics.stopped, [0, 0, 1, 2])
    assert run.statistics.distance.mean[-1] == np.inf
    np.testing.assert_array_equal(run.z[1], [[0, 0]])


@pytest.mark.parametrize(
    ("iterations", "per_decade", "expected"),
    [
        (1, 10, [0, 1]),
        (2, 1, [0, 1, 2]),
        (100, 1, [0, 1, 10, 100]),
        (12, 10, [0, 1, 2, 3, 4, 5, 6, 8, 10, 12]),
        (10**6, 1, [0, 1, 10, 100, 1000, 10**4, 10**5, 10**6]),
    ],
)
def test_log_spaced(iterations, per_decade, expected) -> None:
    assert log_spaced(iterations, per_decade) == expected
    dense = log_spaced(iterations, 50)
    assert dense == sorted(set(dense)) and dense[0] == 0 and dense[-1] == iterations


def test_results_print_and_save(tmp_path) -> None:
    _, run = both(Statistics(log_spaced(30)))
    assert "‖z−z*‖²" in str(run) and "seed 3" in str(run)
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as saved:
        np.testing.assert_array_equal(saved["distance_mean"], run.statistics.distance.mean)
        np.testing.assert_array_equal(saved["ergodic"], run.statistics.ergodic)
        assert str(saved["seed"]) == "3"


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"record": Statistics([3, 2])}, "an increasing sequence"),
        ({"record": Statistics(0)}, "record = 0"),
        ({"record": Statistics([0, 11])}, "iterations = 10"),
        ({"record": Statistics(), "iterations": 10**10}, "GiB"),
        ({"record": "statistics"}, "record = 'statistics'"),
        ({"record": 2.5}, "record = 2.5"),
        ({"problem": SaddleProblem("x + x*u*0 + u", "x", "u"), "record": Statistics()}, "saddle"),
    ],
)
def test_wrong_input_is_refused(change, needed) -> None:
    arguments = {"method": SimGD(0.1), "problem": XU, "z0": [1, 0], "iterations": 10} | change
    with pytest.raises(ProblemError, match=needed):
        iterate(**arguments)


@pytest.mark.parametrize("per_decade", [0, 1.5, True])
def test_log_spaced_needs_whole_numbers(per_decade) -> None:
    with pytest.raises(ProblemError, match="per_decade"):
        log_spaced(10, per_decade)
