"""Running methods: shapes, records, oracles, and ends that are not the planned one."""

import numpy as np
import pytest
import sympy

from saddleode.discretize import METHODS, AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.answers import answers
from saddleode.discretize.registry import PAPER_METHODS
from saddleode.flows import NotConvexConcaveWarning, ProblemError, SaddleProblem

pytestmark = pytest.mark.usefixtures("each_engine")

XU = SaddleProblem("x*u", "x", "u")
PLANE = SaddleProblem.bilinear([[1.0, 2.0], [0.0, 1.0]])
each_method = pytest.mark.parametrize(
    "method", [method(**method.example) for method in METHODS], ids=[m.name for m in METHODS]
)


def by_hand(method, G, z0, iterations):
    """The reading without `iterate`: state after state."""
    state, out = method.start(G, z0), [z0]
    for k in range(iterations):
        state = method.step(G, state, k)
        out.append(state[0])
    return np.array(out)


@each_method
def test_one_path(method) -> None:
    run = iterate(method, PLANE, [1, 2, 3, 4], 7, engine="numpy")
    expected = by_hand(method, answers(PLANE, None), np.array([1.0, 2, 3, 4]), 7)
    np.testing.assert_array_equal(run.z, expected)
    np.testing.assert_array_equal(run.k, np.arange(8))
    np.testing.assert_array_equal(run.anchor, [1, 2, 3, 4])
    np.testing.assert_array_equal(np.concatenate([run.x, run.u], axis=-1), run.z)
    assert (run.success, run.status, run.x.shape) == (True, 0, (8, 2))
    np.testing.assert_allclose(run.t, [float(method.time(k)) for k in range(8)], rtol=1e-15)
    np.testing.assert_allclose(run.operator_norm, np.linalg.norm(PLANE.operator(run.z), axis=-1))
    np.testing.assert_allclose(run.distance, np.linalg.norm(run.z, axis=-1))  # z* = 0


@each_method
def test_many_paths_are_each_path_alone(method) -> None:
    starts = np.random.default_rng(1).standard_normal((5, 4))
    together = iterate(method, PLANE, starts, 20, record=6)
    assert together.z.shape == (5, 5, 4) and together.operator_norm.shape == (5, 5)
    for start, z in zip(starts, together.z, strict=True):
        alone = iterate(method, PLANE, start, 20, record=6)
        np.testing.assert_allclose(z, alone.z, rtol=1e-13, atol=1e-15)  # other order of sums


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (None, range(11)),
        (1, range(11)),
        (4, [0, 4, 8, 10]),
        (5, [0, 5, 10]),
        (99, [0, 10]),
        ([0], [0]),
        ([3, 7], [3, 7]),
        (np.array([0, 10]), [0, 10]),
        (range(2, 9, 3), [2, 5, 8]),
    ],
)
def test_record(record, kept) -> None:
    everything = iterate(SimGD(0.1), XU, [1, 0], 10)
    run = iterate(SimGD(0.1), XU, [1, 0], 10, record=record)
    np.testing.assert_array_equal(run.k, list(kept))
    np.testing.assert_array_equal(run.z, everything.z[list(kept)])


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"iterations": 0}, "iterations = 0; a whole number > 0"),
        ({"iterations": 2.5}, "iterations = 2.5"),
        ({"iterations": True}, "iterations = True"),
        ({"record": 0}, "record = 0"),
        ({"record": [3, 2]}, "an increasing sequence"),
        ({"record": [0.5]}, "an increasing sequence"),
        ({"record": [-1, 2]}, "an increasing sequence"),
        ({"record": [0, 11]}, "from 0 to iterations = 10"),
        ({"record": []}, "an increasing sequence"),
        ({"iterations": 10**10}, "record=m"),
        ({"iterations": 10**10, "record": 1}, "record=m"),
        ({"iterations": 10**13, "record": 10**12}, "at most 1e"),
        ({"z0": [1, 2, 3]}, "z0 has shape"),
        ({"z0": [1, np.nan]}, "must be finite"),
        ({"method": SimGD(sympy.Symbol("alpha"))}, "alpha is a symbol"),
        ({"oracle": lambda z: z[:1]}, "the oracle answered with shape"),
    ],
)
def test_wrong_input_is_refused(change, needed) -> None:
    arguments = {"method": SimGD(0.1), "problem": XU, "z0": [1, 0], "iterations": 10} | change
    with pytest.raises(ProblemError, match=needed):
        iterate(**arguments)


def test_divergence_is_a_result() -> None:
    """z⁺ = −9z on L = 5x² − 5u²: |z^k| = 9^k, and G = 10z leaves the floats at z^322."""
    problem = SaddleProblem("5*x**2 - 5*u**2", "x", "u")
    run = iterate(SimGD(1), problem, [1, 1], 1000)
    assert (run.status, run.success) == (-1, False)
    assert run.k[-1] == 322 and np.isfinite(run.z).all()
    assert run.message == "z^323 is not finite; z^322 is the last iterate"
    np.testing.assert_allclose(np.abs(run.z[-1]), 9.0**322)
    # also when that one was not to be recorded
    seldom = iterate(SimGD(1), problem, [1, 1], 1000, record=100)
    np.testing.assert_array_equal(seldom.k, [0, 100, 200, 300, 322])
    np.testing.assert_array_equal(seldom.z[-1], run.z[-1])
    assert "inf" in str(run) or "e+308" in str(run)


@pytest.mark.parametrize("calls", [1, 2, 6])
def test_interruption_keeps_what_is_there(calls) -> None:
    answers = []

    def oracle(z):
        answers.append(z)
        if len(answers) == calls:
            raise KeyboardInterrupt
        return XU.operator(z)

    run = iterate(OptimisticSimGD(0.1, 0.1), XU, [1, 0], 10, oracle=oracle)
    done = max(0, calls - 2)  # one call is for the start
    expected = iterate(OptimisticSimGD(0.1, 0.1), XU, [1, 0], 10)
    np.testing.assert_array_equal(run.z, expected.z[: done + 1])
    assert run.status == -1 and run.message == f"interrupted; z^{done} is the last iterate"


def test_stochastic_simgd_o_reuses_the_stored_sample() -> None:
    """z^{k+1} = z^k − αg^k − β(g^k − g^{k−1}) with the samples themselves, one new one a step."""
    rng, samples = np.random.default_rng(7), []

    def noisy(z):
        samples.append(XU.operator(z) + rng.standard_normal(z.shape))
        return samples[-1]

    alpha, beta = 0.2, 0.7
    run = iterate(OptimisticSimGD(alpha, beta), XU, [1, 0], 25, oracle=noisy)
    assert len(samples) == 26
    g = np.array(samples)
    steps = -alpha * g[1:] - beta * (g[1:] - g[:-1])
    np.testing.assert_allclose(np.diff(run.z, axis=0), steps, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("method", PAPER_METHODS, ids=lambda method: method.name)
def test_one_evaluation_a_step(method) -> None:
    method = method(**method.example)
    calls = []

    def counting(z):
        calls.append(z)
        return XU.operator(z)

    run = iterate(method, XU, [[1, 0], [0, 1]], 10, oracle=counting)
    assert len(calls) == 10 + (method.name == "simgd-o")
    np.testing.assert_array_equal(run.z, iterate(method, XU, [[1, 0], [0, 1]], 10).z)


def test_bilinear_growth_is_exact() -> None:
    """MATH B: ‖z^{k+1}‖² = (1 + s²σ²)‖z^k‖²; with Σα_k² < ∞ the norm tends to a product."""
    run = iterate(SimGD(0.1), SaddleProblem("3*x*u", "x", "u"), [1, 1], 50)
    np.testing.assert_allclose(run.distance**2, 2 * 1.09**run.k, rtol=1e-13)
    fading = iterate(SimGD(lambda k: 1 / (k + 1)), XU, [1, 0], 20000, record=20000)
    # Π(1 + 1/j²) = sinh(π)/π, the tail after N factors is 1 + 1/N + O(1/N²)
    assert fading.distance[-1] ** 2 * (1 + 1 / 20000) == pytest.approx(np.sinh(np.pi) / np.pi)


def test_rates_of_theorems_2_and_3() -> None:
    """The bounds hold on a rotation, the worst case: R = 1, ‖z0 − z*‖ = 1."""
    alpha, beta = 1 / 8, 1 / 4
    run = iterate(OptimisticSimGD(alpha, beta), XU, [1, 0], 2000)
    best = np.minimum.accumulate(run.operator_norm**2)
    bound = (2 + 2 * beta**2) / (alpha * (2 * beta * (1 - 2 * beta) - alpha))
    assert bound == 136 and (best <= bound / (run.k + 1)).all()
    run = iterate(AnchoredSimGD(p=2 / 3, gamma=2), XU, [1, 0], 20000)
    late = run.k >= 100
    order = np.polyfit(np.log(run.k[late] + 1), np.log(run.operator_norm[late]), 1)[0]
    assert order == pytest.approx(-1 / 3, abs=0.02)


def test_not_convex_concave_warns_and_runs() -> None:
    with pytest.warns(NotConvexConcaveWarning):
        run = iterate(SimGD(0.1), SaddleProblem("-x**2 + x*u", "x", "u"), [1, 0], 3)
    assert run.success


def test_results_print_and_save(tmp_path) -> None:
    run = iterate(AnchoredSimGD(p=0.6, gamma=2), XU, [1, 0], 100)
    lines = str(run).splitlines()
    assert len(lines) == 3 + 11 and "100 iterations done" in lines[0]
    assert lines[2].split() == ["k", "t_k", "‖G(z^k)‖"] and lines[-1].split()[0] == "100"
    assert r"\toprule" in run.to_latex() and run.to_latex().count(r"\\") == 12
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as saved:
        np.testing.assert_array_equal(saved["z"], run.z)
        np.testing.assert_array_equal(saved["t"], run.t)
        assert str(saved["method"]) == repr(run.method)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    many = iterate(SimGD(0.1), XU, [[1, 0], [0, 2]], 5)
    assert "2 paths" in str(many) and "1.5" in str(many).splitlines()[3]  # (1 + 2)/2


def test_progress_is_shown_on_request(capsys) -> None:
    iterate(SimGD(0.1), XU, [1, 0], 5, progress=True)
    assert "simgd" in capsys.readouterr().err
    iterate(SimGD(0.1), XU, [1, 0], 5)
    assert capsys.readouterr().err == ""
