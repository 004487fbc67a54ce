"""Continued runs are long runs, bit by bit; paths stop alone; Ctrl-C costs nothing."""

import numpy as np
import pytest

from saddleode.discretize import METHODS, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.operators import Operator
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.path_statistics import Statistics
from saddleode.discretize.power_law import PowerLaw
from saddleode.flows import ProblemError, SaddleProblem

pytestmark = pytest.mark.usefixtures("each_engine")

XU = SaddleProblem("x*u", "x", "u")
EXPLOSIVE = SaddleProblem("5*x**2 - 5*u**2", "x", "u")  # z⁺ = −9z for simGD with α = 1
METHOD_LIST = [method(**method.example) for method in METHODS]
SAMPLED = [method for method in METHOD_LIST if method.needs is Operator]
each_method = pytest.mark.parametrize("method", METHOD_LIST, ids=lambda method: method.name)


def assert_same(run, other) -> None:
    np.testing.assert_array_equal(run.k, other.k)
    np.testing.assert_array_equal(run.z, other.z)
    np.testing.assert_array_equal(run.stopped_at, other.stopped_at)
    assert (run.status, run.message, run.seed) == (other.status, other.message, other.seed)


@each_method
@pytest.mark.parametrize("z0", [[1, 2], [[1, 2], [0, 1], [3, 1]]], ids=["one", "many"])
def test_continued_is_long(method, z0) -> None:
    long = iterate(method, XU, z0, 30)
    assert_same(iterate(method, XU, z0, 13).resume(17), long)
    assert_same(iterate(method, XU, z0, 1).resume(1).resume(28), long)


@pytest.mark.parametrize("method", SAMPLED, ids=lambda method: method.name)
@pytest.mark.parametrize("paths", [None, 5])
def test_continued_is_long_with_noise(method, paths) -> None:
    arguments = {"oracle": GaussianNoise(0.1), "paths": paths, "seed": 11}
    long = iterate(method, XU, [1, 2], 30, **arguments)
    assert_same(iterate(method, XU, [1, 2], 13, **arguments).resume(17), long)


def test_schedules_go_on() -> None:
    for schedule in (PowerLaw(0.5, 0.6), lambda k: 1 / (k + 2) ** 0.7):
        method = OptimisticSimGD(schedule, PowerLaw(0.5, 0.3))
        assert_same(iterate(method, XU, [1, 2], 9).resume(21), iterate(method, XU, [1, 2], 30))


def test_what_a_continued_run_records() -> None:
    run = iterate(SimGD(0.1), XU, [1, 0], 10, record=4)
    assert run.resume(10).k.tolist() == [0, 4, 8, 10, 12, 16, 20]
    assert run.resume(10, record=[13, 14]).k.tolist() == [0, 4, 8, 10, 13, 14]
    listed = iterate(SimGD(0.1), XU, [1, 0], 10, record=[3])
    assert listed.resume(10).k.tolist() == [3, 20]
    again = listed.resume(10).resume(5, record=2)
    assert again.k.tolist() == [3, 20, 22, 24, 25]
    np.testing.assert_array_equal(again.z, iterate(SimGD(0.1), XU, [1, 0], 25).z[again.k])


def test_a_gap_after_the_last_record_is_not_closed_wrongly() -> None:
    """The run went to k = 10, the record ended at 3: the rest starts at 11."""
    run = iterate(SimGD(0.1), XU, [1, 0], 10, record=[3])
    assert run.resume(2, record=1).k.tolist() == [3, 11, 12]
    with pytest.raises(ProblemError, match="from 11 to"):
        run.resume(2, record=[5])


def test_statistics_go_on() -> None:
    arguments = {"oracle": GaussianNoise(0.1), "paths": 20, "seed": 5}
    method, record = OptimisticSimGD(0.1, 0.2), Statistics(at=5)
    long = iterate(method, XU, [1, 2], 30, record=record, **arguments)
    parts = iterate(method, XU, [1, 2], 10, record=record, **arguments).resume(20)
    a, b = parts.statistics, long.statistics
    np.testing.assert_array_equal(a.k, b.k)
    for name in ("best", "best_operator", "ergodic", "stopped"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for one, other in ((a.distance, b.distance), (a.operator, b.operator)):
        for name in ("mean", "variance", "standard_error"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(parts.z, long.z)
    more = parts.resume(5, record=Statistics([33]))
    assert more.statistics.k.tolist() == [*b.k, 33] and more.k.tolist() == [35]


def test_resume_refuses_what_does_not_fit() -> None:
    run = iterate(SimGD(0.1), XU, [1, 0], 10)
    for arguments, needed in (
        ({"iterations": 0}, "iterations = 0"),
        ({"iterations": 2, "record": [3]}, "an increasing sequence"),
        ({"iterations": 2, "record": Statistics()}, "the run recorded iterates"),
    ):
        with pytest.raises(ProblemError, match=needed):
            run.resume(**arguments)


# Paths that stop


def test_a_path_stops_alone() -> None:
    """|z^k| = 9^k|z^0|, and G = 10z leaves the floats when that passes 1.8e307."""
    starts = [[1, 1], [0, 0], [1e200, 1], [1e-300, 0]]
    run = iterate(SimGD(1), EXPLOSIVE, starts, 400)
    np.testing.assert_array_equal(run.stopped_at, [322, -1, 113, -1])
    assert run.z.shape == (4, 401, 2) and np.isfinite(run.z).all()
    for path, last in ((0, 322), (2, 113)):
        alone = iterate(SimGD(1), EXPLOSIVE, starts[path], 400)
        assert alone.stopped_at == last == alone.k[-1]
        np.testing.assert_array_equal(run.z[path, : last + 1], alone.z)
        assert (run.z[path, last:] == alone.z[-1]).all()
    for path in (1, 3):
        np.testing.assert_array_equal(
            run.z[path], iterate(SimGD(1), EXPLOSIVE, starts[path], 400).z
        )
    assert run.status == -1 and run.message == (
        "2 of 4 paths left the finite numbers (first path 2, after z^113); "
        "the others did all 400 iterations"
    )


def test_all_paths_stop() -> None:
    run = iterate(SimGD(1), EXPLOSIVE, [[1, 1], [1e200, 1]], 400, record=100)
    np.testing.assert_array_equal(run.k, [0, 100, 200, 300, 322])
    assert run.message.endswith("none is left")
    again = run.resume(50)
    np.testing.assert_array_equal(again.z, run.z)
    assert again.message == run.message


@pytest.mark.parametrize("cut", [50, 113, 114, 200])
def test_stopped_paths_stay_stopped_when_continued(cut) -> None:
    starts = [[1, 1], [0, 0], [1e200, 1]]
    long = iterate(SimGD(1), EXPLOSIVE, starts, 330)
    assert_same(iterate(SimGD(1), EXPLOSIVE, starts, cut).resume(330 - cut), long)


def test_a_stopped_path_does_not_disturb_the_others() -> None:
    """Two-step method with noise: the other paths are as without it."""
    cubic = SaddleProblem.from_operator(lambda z: z**3, 1, 1, nearest_saddle=lambda z: 0 * z)
    method, noise = OptimisticSimGD(0.1, 0.1), GaussianNoise(0.1)
    calm = iterate(method, cubic, [[1, 0], [0.5, 0], [1, 1]], 40, oracle=noise, seed=1)
    wild = iterate(method, cubic, [[1, 0], [1e5, 0], [1, 1]], 40, oracle=noise, seed=1)
    assert wild.stopped_at[1] >= 0 and calm.success
    np.testing.assert_array_equal(calm.z[[0, 2]], wild.z[[0, 2]])


# Interruptions


@pytest.mark.parametrize("calls", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("record", [None, 4, [7, 9]])
def test_an_interrupted_run_can_be_continued(calls, record) -> None:
    asked = []

    def oracle(z, rng):
        asked.append(z)
        if len(asked) == calls:
            raise KeyboardInterrupt
        return XU.operator(z) + rng.standard_normal(z.shape)

    method, arguments = OptimisticSimGD(0.1, 0.2), {"oracle": oracle, "seed": 4, "record": record}
    part = iterate(method, XU, [1, 0], 12, **arguments)
    done = max(0, calls - 2)  # one call is for the start
    assert part.k[-1] == done and part.status == -1 and part.message.startswith("interrupted")
    whole = part.resume(12 - done)
    long = iterate(method, XU, [1, 0], 12, oracle=oracle, seed=4)
    assert whole.success and whole.k[-1] == 12
    if isinstance(record, list):  # what the interruption left of it
        assert set(record) <= set(whole.k.tolist())
    np.testing.assert_array_equal(whole.z, long.z[whole.k])


def test_progress_of_a_continued_run(capsys) -> None:
    run = iterate(SimGD(0.1), XU, [1, 0], 5)
    run.resume(5, progress=True)
    shown = capsys.readouterr().err
    assert "10/10" in shown and "step/s" in shown and "simgd" in shown


# Step sizes


@pytest.mark.parametrize(
    ("schedule", "needed"),
    [
        (lambda k: 0.1 - 0.05 * k, r"alpha\(k=3\) = -0.0"),
        (lambda k: "fast" if k else 0.1, r"alpha\(k=1\) = 'fast'"),
        (lambda k: 0.1 if k < 4 else float("nan"), r"alpha\(k=4\) = nan"),
        (lambda k: 0.1 if k < 4 else None, r"alpha\(k=4\) = None"),
        (lambda k: 0.1 if k < 4 else float("inf"), r"alpha\(k=4\) = inf"),
    ],
)
def test_bad_step_sizes_are_told(schedule, needed) -> None:
    for method in (SimGD(schedule), OptimisticSimGD(schedule, 0.1)):
        with pytest.raises(ProblemError, match=needed):
            iterate(method, XU, [1, 0], 10)
