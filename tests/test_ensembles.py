"""Ensembles: parameters by member, failures, memory, files, interruption."""

import threading
import tracemalloc
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    ResolventForm,
    SaddleProblem,
    Trajectory,
    integrate,
)

QUARTIC = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u", name="quartic")
ROTATION = SaddleProblem("x*u", "x", "u")
BLOWING_UP = SaddleProblem("-x**4/4 - u**2/2", "x", "u")  # x² = x0²/(1 − 2x0²t), u = e^{−t} u0
CONCAVE = pytest.mark.filterwarnings("ignore::saddleode.flows.NotConvexConcaveWarning")


@pytest.fixture(params=["scipy", "taylor"])
def engine(request) -> str:
    if request.param == "taylor":
        pytest.importorskip("heyoka")
    return request.param


# -- parameters by member ------------------------------------------------------------------------

SEVERAL = [
    (lambda v: AnchoredFlow(v), np.array([0.3, 1.0, 2.5, 7.0])),
    (lambda v: OptimisticFlow(v, 0.5), np.array([0.5, 1.0, 2.0, 1.5])),
    (lambda v: OptimisticFlow(1, v), np.array([0.0, 1.0, 0.25, 3.0])),
]


@pytest.mark.parametrize("t_start", [0, 1])
@pytest.mark.parametrize(("kind", "values"), SEVERAL, ids=["gamma", "alpha", "beta"])
@pytest.mark.parametrize("problem", [QUARTIC, ROTATION], ids=["quartic", "rotation"])
def test_every_member_has_its_own_parameters(kind, values, problem, t_start, engine) -> None:
    z0 = np.random.default_rng(0).standard_normal((4, 2))
    options = {"rtol": 1e-10, "atol": 1e-11, "t_eval": np.linspace(t_start, 6, 13)}
    ensemble = integrate(kind(values), problem, z0, (t_start, 6), engine=engine, **options)
    assert ensemble.z.shape == (4, 13, 2) and not ensemble.failed.any()
    for i, value in enumerate(values):
        alone = integrate(kind(float(value)), problem, z0[i], (t_start, 6), **options)
        np.testing.assert_allclose(ensemble.z[i], alone.z, atol=1e-8)


def test_one_start_serves_all_parameters(engine, tmp_path) -> None:
    gamma = np.array([1, 2, 3])
    ensemble = integrate(AnchoredFlow(gamma), QUARTIC, [1.0, 0.5], (0, 2), engine=engine)
    assert ensemble.z.shape == (3, 501, 2) and ensemble.anchor.shape == (3, 2)
    assert "gamma = 1 to 3" in str(ensemble) and "1 to 3" in ensemble.to_latex()
    path = ensemble.save(tmp_path / "several.npz")
    assert Trajectory.load(path, AnchoredFlow(gamma), QUARTIC).z.shape == (3, 501, 2)
    with pytest.raises(ProblemError, match="holds a trajectory of"):
        Trajectory.load(path, AnchoredFlow(gamma + 1), QUARTIC)


def test_wrong_numbers_of_parameters() -> None:
    flow = AnchoredFlow(np.array([1.0, 2.0, 3.0]))
    with pytest.raises(ProblemError, match="gamma 3, starts 2"):
        integrate(flow, QUARTIC, np.ones((2, 2)), (0, 1))
    several = OptimisticFlow(1, np.array([1.0, 2.0]))
    with pytest.raises(ProblemError, match="one beta"):
        integrate(several, QUARTIC, np.ones((2, 2)), (0, 1), form=ResolventForm)


# -- failures -----------------------------------------------------------------------------------


@CONCAVE
@pytest.mark.parametrize("flow", [GradientFlow(), AnchoredFlow(1)], ids=["gradient", "anchored"])
def test_failed_members_are_reported_and_the_others_go_on(flow, engine) -> None:
    z0 = np.column_stack([np.tile([0.1, 1.0, 0.2, 2.0, 0.1], 5), np.ones(25)])
    trajectory = integrate(flow, BLOWING_UP, z0, (0, 3), engine=engine, rtol=1e-9)
    expected = z0[:, 0] >= 1.0
    np.testing.assert_array_equal(trajectory.failed, expected)
    assert trajectory.status == 0 and trajectory.t[-1] == 3.0
    assert "10 of 25 members failed; member 1 stopped at t = " in trajectory.message
    assert np.all(np.isfinite(trajectory.z[~expected]))
    assert np.all(np.isnan(trajectory.z[expected, -1]))
    if flow.name == "gradient":
        for i in np.flatnonzero(expected):
            alive = trajectory.t < 0.49 / z0[i, 0] ** 2
            exact = z0[i, 0] / np.sqrt(1 - 2 * z0[i, 0] ** 2 * trajectory.t[alive])
            np.testing.assert_allclose(trajectory.x[i, alive, 0], exact, rtol=1e-7)
    good = integrate(flow, BLOWING_UP, z0[~expected], (0, 3), engine=engine, rtol=1e-9)
    np.testing.assert_allclose(trajectory.z[~expected], good.z, atol=1e-8)
    np.testing.assert_array_equal(trajectory(trajectory.t[::50]), trajectory.z[:, ::50])
    assert np.isnan(trajectory(2.995)[1]).all() and np.isfinite(trajectory(2.995)[0]).all()
    assert "-1" not in str(trajectory).splitlines()[-1]


@CONCAVE
def test_when_all_fail_the_status_says_so(engine) -> None:
    z0 = np.array([[1.0, 0.0], [2.0, 0.0]])
    trajectory = integrate(GradientFlow(), BLOWING_UP, z0, (0, 3), engine=engine)
    assert trajectory.status == -1 and trajectory.failed.all()
    assert str(trajectory)


@CONCAVE
def test_overflow_of_closed_forms() -> None:
    growing = SaddleProblem.affine(-5 * np.eye(2), np.zeros(2), 1)
    trajectory = integrate(GradientFlow(), growing, np.eye(2), (0, 500))
    assert trajectory.status == -1 and trajectory.failed.all()
    assert "member 0 overflows after t = 141" in trajectory.message
    assert np.isfinite(trajectory.z[:, trajectory.t <= 141]).all()


@CONCAVE
def test_a_singular_system_is_that_of_one_member() -> None:
    """I + DG = 1 + 2x: members that come to x = −1/2 stop there."""
    problem = SaddleProblem("x**3/3 - u**2/2", "x", "u")
    z0 = np.array([[1.0, 0.0], [-0.5, 0.0], [2.0, 0.0], [-0.25, 0.0]])
    trajectory = integrate(OptimisticFlow(1, 1), problem, z0, (0, 4))
    np.testing.assert_array_equal(trajectory.failed, [False, True, False, True])


# -- memory, files, interruption ----------------------------------------------------------------


@pytest.mark.parametrize("problem", [QUARTIC, ROTATION], ids=["quartic", "rotation"])
def test_memory_is_that_of_the_output(problem) -> None:
    z0, t = np.random.default_rng(0).standard_normal((6000, 2)), np.linspace(1.0, 3.0, 400)
    engine = "exact" if problem is ROTATION else "scipy"
    integrate(AnchoredFlow(1), problem, z0[:2], (1, 3), t_eval=t, engine=engine)
    tracemalloc.start()
    trajectory = integrate(AnchoredFlow(1), problem, z0, (1, 3), t_eval=t, engine=engine)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 1.1 * trajectory.z.nbytes + 20e6


def test_results_in_a_file(tmp_path, engine) -> None:
    path, z0 = tmp_path / "z.npy", np.random.default_rng(0).standard_normal((700, 2))
    options = {"t_eval": [0.0, 1.0, 2.0], "engine": engine}
    mapped = integrate(AnchoredFlow(1), QUARTIC, z0, (0, 2), out=path, **options)
    plain = integrate(AnchoredFlow(1), QUARTIC, z0, (0, 2), **options)
    assert isinstance(mapped.z, np.memmap) and [*tmp_path.iterdir()] == [path]
    np.testing.assert_array_equal(mapped.z, plain.z)
    np.testing.assert_array_equal(np.load(path), plain.z)
    np.testing.assert_array_equal(mapped(1.0), plain.z[:, 1])


def test_files_that_cannot_be(tmp_path) -> None:
    with pytest.raises(ProblemError, match="out is for ensembles"):
        integrate(GradientFlow(), QUARTIC, [1.0, 0.0], (0, 1), out=tmp_path / "z.npy")
    with pytest.raises(ProblemError, match="cannot be written"):
        integrate(GradientFlow(), QUARTIC, np.eye(2), (0, 1), out=tmp_path / "none" / "z.npy")
    with pytest.raises(ProblemError, match="cannot"):
        integrate(
            GradientFlow(), QUARTIC, np.eye(2), (0, 1), out=tmp_path / "z.npy", engine="exact"
        )
    assert not [*tmp_path.iterdir()]


class Impatient:
    """Rotation whose operator is interrupted from the keyboard at its k-th call from now."""

    left = -1

    def __call__(self, z):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return np.stack([z[..., 1], -z[..., 0]], axis=-1)


def test_interruption_keeps_the_members_that_are_done(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("saddleode.flows.engines.stacked.NUMBERS", 8000)  # 4000 members a block
    operator = Impatient()
    problem = SaddleProblem.from_operator(operator, 1, 1)
    problem.convexity()
    z0 = np.random.default_rng(0).standard_normal((5000, 2))
    operator.left = 500
    path, t = tmp_path / "z.npy", np.linspace(0, 10, 11)
    trajectory = integrate(GradientFlow(), problem, z0, (0, 10), t_eval=t, out=path)
    assert trajectory.status == -1 and trajectory.message.startswith("interrupted: ")
    done = ~trajectory.failed
    assert 0 < done.sum() < 5000 and path.exists()
    exact = integrate(GradientFlow(), ROTATION, z0, (0, 10), t_eval=t).z
    np.testing.assert_allclose(trajectory.z[done], exact[done], atol=1e-7)
    partly = np.isfinite(trajectory.z) & ~done[:, None, None]
    assert partly.any()
    np.testing.assert_allclose(trajectory.z[partly], exact[partly], atol=1e-7)


def test_interruption_of_threads(monkeypatch) -> None:
    pytest.importorskip("heyoka")
    from saddleode.flows.engines import taylor_ensemble

    stop, blocks, run = threading.Event(), [], taylor_ensemble._integrate

    class Bar(nullcontext):
        """A progress bar during whose first step Ctrl-C is pressed, in the main thread."""

        def update(self, members: int) -> None:
            raise KeyboardInterrupt

    def waiting(task, together, lone, block, z):
        blocks.append(block)
        if len(blocks) >= 3:
            assert stop.wait(60)  # until the main thread has seen it
        return run(task, together, lone, block, z)

    monkeypatch.setattr(taylor_ensemble, "_integrate", waiting)
    monkeypatch.setattr(taylor_ensemble, "threading", SimpleNamespace(Event=lambda: stop))
    monkeypatch.setattr(taylor_ensemble, "tqdm", lambda **options: Bar())
    z0 = np.random.default_rng(0).standard_normal((6000, 2))
    trajectory = integrate(GradientFlow(), QUARTIC, z0, (0, 1), t_eval=[1.0], engine="taylor")
    assert trajectory.status == -1 and 0 < trajectory.failed.sum() < 6000
    np.testing.assert_array_equal(np.isnan(trajectory.z[:, 0, 0]), trajectory.failed)


def test_progress_counts_members(capsys, engine) -> None:
    z0 = np.random.default_rng(0).standard_normal((1500, 2))
    integrate(GradientFlow(), QUARTIC, z0, (0, 1), engine=engine, progress=True)
    shown = capsys.readouterr()
    assert shown.out == "" and "1500/1500" in shown.err
