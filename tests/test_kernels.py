"""The compiled engine: the numbers of the method's own step, on any number of processors."""

import numpy as np
import pytest

from saddleode.discretize import (
    METHODS,
    AlternatingGDA,
    AnchoredSimGD,
    FiniteSum,
    GaussianNoise,
    MultiplicativeNoise,
    OptimisticSimGD,
    PowerLaw,
    ProximalPoint,
    SimGD,
    Statistics,
    iterate,
    log_spaced,
)
from saddleode.discretize.answers import answers
from saddleode.discretize.checked_steps import ready
from saddleode.discretize.kernels import compiled_steps
from saddleode.discretize.kernels.addressed import AddressedStream
from saddleode.discretize.kernels.machine import kernel
from saddleode.discretize.operators import Operator
from saddleode.flows import ProblemError, SaddleProblem

pytest.importorskip("llvmlite", reason="the extra fast is not installed")

XU = SaddleProblem("x*u", "x", "u")
SHIFTED = SaddleProblem.affine(
    [[1.0, 2.0, 0.5], [-2.0, 0.5, 0.0], [-0.5, 0.0, 0.0]], [1.0, 0.0, 2.0], 1
)
CURVED = SaddleProblem(
    "x**4/4 + exp(x/2) + x*u + sqrt(1 + y**2) + x*y**3/50 - u**4/4 - log(1 + u**2)/9", "x y", "u"
)
KINKED = SaddleProblem("abs(x - 1)**3/8 + max(x, 0)**2 + x*u - max(u, 0)**2 - u**2", "x", "u")
PROBLEMS = {"xu": XU, "affine": SHIFTED, "curved": CURVED, "kinked": KINKED}
STARTS = np.random.default_rng(3).standard_normal((11, 3))

each_method = pytest.mark.parametrize(
    "method", [method(**method.example) for method in METHODS], ids=[m.name for m in METHODS]
)
pytestmark = pytest.mark.filterwarnings(
    "ignore::saddleode.flows.NotConvexConcaveWarning",
    "ignore::saddleode.flows.errors.OutsideTheoremWarning",
)


def starts(problem, paths):
    return STARTS[0, : problem.d] if paths is None else STARTS[:paths, : problem.d]


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("paths", [None, 2, 11])
@each_method
def test_the_engines_agree_to_rounding(method, problem, paths) -> None:
    """1e-13 of the largest iterate: 450 roundings, in 200 steps with G affine, where none grows.

    With another G only 5 steps: it amplifies rounding.
    """
    z0, steps = starts(problem, paths) / 2, 200 if problem.is_affine else 5
    run = iterate(method, problem, z0, steps)
    expected = iterate(method, problem, z0, steps, engine="numpy")
    implicit = method.needs.__name__ == "ResolventOperator" and not problem.is_affine
    assert run.engine == ("numpy" if implicit else "compiled")
    np.testing.assert_allclose(run.z, expected.z, rtol=0, atol=1e-13 * np.abs(expected.z).max())
    np.testing.assert_array_equal(run.k, expected.k)


FUNCTIONS = (
    "x**2 + sin(x) + cos(x/3) + exp(x/4) + log(3 + x**2) + sqrt(2 + x) + tan(x/9) + sinh(x/3)"
    " + cosh(x/2) + tanh(x) + atan(x) + 1/(4 + x**2) + (2 + x)**2.5 + 2**x + x*u - u**2"
)


@pytest.mark.parametrize("paths", [None, 11])
def test_every_function_of_the_grammar_is_compiled(paths) -> None:
    problem = SaddleProblem(FUNCTIONS, "x", "u")
    z0 = starts(problem, paths) / 4
    run = iterate(SimGD(0.01), problem, z0, 20, engine="compiled")
    expected = iterate(SimGD(0.01), problem, z0, 20, engine="numpy")
    np.testing.assert_allclose(run.z, expected.z, rtol=0, atol=1e-13)


SCHEDULES = [
    SimGD(PowerLaw(0.5, 0.6)),
    OptimisticSimGD(PowerLaw(0.5, 0.6, 3), lambda k: 0.2 if k < 7 else 0.1),
    AlternatingGDA(lambda k: 1 / (k + 2)),
    ProximalPoint(PowerLaw(2, 0.5)),
    AnchoredSimGD(p=0.7, gamma=3, epsilon=0.1),
]


@pytest.mark.parametrize("method", SCHEDULES, ids=lambda method: method.name)
def test_schedules_are_followed(method) -> None:
    run, expected = (
        iterate(method, SHIFTED, STARTS, 300, engine=engine) for engine in ("compiled", "numpy")
    )
    np.testing.assert_allclose(run.z, expected.z, rtol=0, atol=1e-13 * np.abs(expected.z).max())


FULL = np.array([[0.3, 0.1, 0.0], [0.1, 0.2, 0.05], [0.0, 0.05, 0.4]])
NOISES = {
    "number": GaussianNoise(0.1),
    "diagonal": GaussianNoise([0.1, 0.0, 0.3]),
    "full": GaussianNoise(FULL),
    "multiplicative": MultiplicativeNoise(0.3),
}
SAMPLED = [method(**method.example) for method in METHODS if method.needs is Operator]


@pytest.mark.parametrize("oracle", NOISES.values(), ids=NOISES)
@pytest.mark.parametrize("paths", [None, 11])
@pytest.mark.parametrize("method", SAMPLED, ids=lambda method: method.name)
def test_noise_enters_as_the_oracle_says(method, paths, oracle) -> None:
    """Its own `sample` on arrays, with the same random numbers: each evaluation a new one."""
    z0, numeric = starts(SHIFTED, paths), ready(method)
    run = iterate(method, SHIFTED, z0, 30, oracle=oracle, seed=5, engine="compiled")
    G = answers(SHIFTED, oracle, AddressedStream(5))
    state = numeric.start(G, z0)
    expected = [state[0]]
    for k in range(30):
        state = numeric.step(G, state, k)
        expected.append(state[0])
    expected = np.moveaxis(expected, 0, -2)
    np.testing.assert_allclose(run.z, expected, rtol=0, atol=1e-13 * np.abs(expected).max())


def test_implicit_steps_with_noise() -> None:
    """z^{k+1} = J_s(z^k − sξ), the oracle's own resolvent, with the same random numbers."""
    noise, z0 = GaussianNoise(FULL), STARTS
    run = iterate(ProximalPoint(0.5), SHIFTED, z0, 20, oracle=noise, seed=5, engine="compiled")
    stream, z = AddressedStream(5), z0
    for k in range(20):
        z = noise.resolvent(SHIFTED.resolvent, z, 0.5, stream.next()(0))
        np.testing.assert_allclose(run.z[:, k + 1], z, rtol=0, atol=1e-13)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 1001])
def test_a_path_does_not_know_what_runs_beside_it(count, monkeypatch) -> None:
    """Bit for bit, whether paths run abreast or alone, on one processor or on three."""
    z0 = np.random.default_rng(1).standard_normal((1003, 3))
    arguments = {"oracle": GaussianNoise(FULL), "seed": 3, "record": 7}
    many = iterate(OptimisticSimGD(0.05, 0.1), CURVED, z0, 50, **arguments)
    monkeypatch.setattr(compiled_steps, "SMALL", 0)
    monkeypatch.setattr(compiled_steps, "processors", lambda: 3)
    fewer = iterate(OptimisticSimGD(0.05, 0.1), CURVED, z0[:count], 50, **arguments)
    np.testing.assert_array_equal(fewer.z, many.z[:count])


@pytest.mark.parametrize("limits", [(1, 1, 1), (1000, 64, 50), (2**27, 2**20, 2**16)])
@pytest.mark.parametrize("record", [None, 9, [4, 5, 30], Statistics(7)])
@pytest.mark.parametrize("paths", [None, 20])
def test_it_does_not_matter_how_much_a_call_does(paths, record, limits, monkeypatch) -> None:
    arguments = {"oracle": GaussianNoise(0.1), "seed": 3, "record": record, "paths": paths}
    method = OptimisticSimGD(PowerLaw(0.3, 0.6), 0.2)
    whole = iterate(method, XU, [1, 2], 37, **arguments).resume(63)
    for name, limit in zip(("WORK", "TABLE", "RECORDED"), limits, strict=True):
        monkeypatch.setattr(compiled_steps, name, limit)
    run = iterate(method, XU, [1, 2], 37, **arguments).resume(63)
    if record is None:
        np.testing.assert_array_equal(run.z, whole.z)
    np.testing.assert_array_equal(run.z[..., -1, :], whole.z[..., -1, :])
    if whole.statistics is not None:
        np.testing.assert_array_equal(run.statistics.ergodic, whole.statistics.ergodic)
        last = np.isin(run.statistics.k, whole.statistics.k)
        np.testing.assert_array_equal(
            run.statistics.distance.mean[last], whole.statistics.distance.mean
        )


def test_other_numbers_are_the_same_machine_code() -> None:
    """Step sizes, matrices, offsets and covariances are arguments of a kernel."""
    kernel.cache_clear()
    for alpha, scale in ((0.1, 1.0), (0.2, 3.0)):
        problem = SaddleProblem.bilinear([[scale]])
        noise = GaussianNoise(scale)
        iterate(SimGD(alpha), problem, [1, 0], 5, oracle=noise, seed=1, engine="compiled")
    assert kernel.cache_info().misses == 1


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"oracle": lambda z: z}, "the oracle is not one of those that are compiled"),
        ({"oracle": FiniteSum([XU.operator], 1)}, "GaussianNoise and MultiplicativeNoise"),
        ({"problem": SaddleProblem.from_operator(lambda z: z, 1, 1)}, "G is a Python function"),
        ({"problem": SaddleProblem("abs(x) + x*u", "x", "u")}, "kinks, sets or terms"),
        ({"problem": SaddleProblem.bilinear(np.eye(9)), "z0": np.ones(18)}, "at most 16"),
        ({"problem": CURVED, "method": ProximalPoint(1), "z0": [1, 1, 1]}, "G is not affine"),
    ],
)
def test_what_is_not_compiled_runs_on_numpy_and_says_why(change, needed) -> None:
    arguments = {"method": SimGD(0.1), "problem": XU, "z0": [1, 0], "iterations": 3} | change
    run = iterate(**arguments)
    assert run.engine == "numpy" and needed in run.engine_reason
    with pytest.raises(ProblemError, match=r"engine 'compiled' cannot: .*use engine='auto'"):
        iterate(**arguments, engine="compiled")


def test_a_step_that_is_no_arithmetic_runs_on_numpy() -> None:
    class Clipped(SimGD):
        def step(self, G, state, k):
            return (np.clip(super().step(G, state, k)[0], -1, 1),)

    run = iterate(Clipped(0.5), XU, [1, 1], 4)
    assert run.engine == "numpy" and "a step of Clipped is no program" in run.engine_reason

    class Switched(SimGD):
        def step(self, G, state, k):
            return super().step(G, state, k) if k > 2 else state

    assert iterate(Switched(0.5), XU, [1, 1], 4).engine == "numpy"


def test_without_the_extra(monkeypatch) -> None:
    from saddleode.discretize.kernels import lanes, machine

    def missing(name):
        raise ImportError(name)

    machine.compiler.cache_clear()
    monkeypatch.setattr(lanes.importlib, "import_module", missing)
    run = iterate(SimGD(0.1), XU, [1, 0], 3)
    assert run.engine == "numpy" and run.engine_reason == (
        "llvmlite is not installed; pip install 'saddleode[fast]'"
    )
    with pytest.raises(ProblemError, match=r"saddleode\[fast\]"):
        iterate(SimGD(0.1), XU, [1, 0], 3, engine="compiled")
    with pytest.raises(ProblemError, match="'auto', 'compiled', 'numpy'"):
        iterate(SimGD(0.1), XU, [1, 0], 3, engine="fast")


def test_ctrl_c_keeps_what_is_done() -> None:
    def schedule(k):
        if k == 500 and not interrupted:
            interrupted.append(k)
            raise KeyboardInterrupt
        return 0.01

    interrupted: list[int] = []
    arguments = {"oracle": GaussianNoise(0.1), "seed": 1, "paths": 9, "engine": "compiled"}
    part = iterate(SimGD(schedule), XU, [1, 0], 1000, **arguments)
    assert part.status == -1 and part.message.startswith("interrupted")
    done = int(part.k[-1])
    assert 0 < done <= 500
    long = iterate(SimGD(schedule), XU, [1, 0], 1000, **arguments)
    np.testing.assert_array_equal(part.resume(1000 - done).z, long.z)


def test_diverging_paths_stop_at_any_place() -> None:
    """z⁺ = −9z on L = 5x² − 5u²; G leaves the floats at z^322, at 1e200 at z^113."""
    problem = SaddleProblem("5*x**2 - 5*u**2", "x", "u")
    z0 = np.ones((20, 2))
    z0[3], z0[17], z0[19] = [1e200, 0], [0, 0], [1e-200, 0]
    runs = [
        iterate(SimGD(1), problem, z0, 400, record=50, engine=engine)
        for engine in ("compiled", "numpy")
    ]
    for name in ("z", "k", "stopped_at", "message"):
        np.testing.assert_array_equal(*(getattr(run, name) for run in runs))
    assert runs[0].stopped_at[[0, 3, 17, 19]].tolist() == [322, 113, -1, -1]


@pytest.mark.slow
def test_ten_thousand_paths_of_a_million_steps() -> None:
    """Memory for statistics only, and the moments that the recursion E‖z‖² has exactly.

    E‖z^{k+1}‖² = (1 + α_k²)E‖z^k‖² + 2α_k²σ²: 5 standard errors.
    """
    schedule, variance, iterations = PowerLaw(0.5, 1), 0.1, 10**6
    record = Statistics(log_spaced(iterations, 3))
    run = iterate(
        SimGD(schedule), XU, [1, 0], iterations,
        oracle=GaussianNoise(variance), paths=10**4, seed=1, record=record, engine="compiled",
    )  # fmt: skip
    steps = schedule(np.arange(float(iterations))) ** 2
    expected = [1.0]
    for square in steps:
        expected.append((1 + square) * expected[-1] + 2 * square * variance)
    found = run.statistics.distance
    error = np.abs(found.mean - np.array(expected)[run.statistics.k])
    assert (error <= 5 * found.standard_error + 1e-12).all()
