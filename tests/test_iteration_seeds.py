"""Seeds: the numbers of a path depend on seed, path and evaluation, and on nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saddleode.discretize import OptimisticSimGD, SimGD, iterate
from saddleode.discretize.oracles.finite_sum import FiniteSum
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.oracles.multiplicative_noise import MultiplicativeNoise
from saddleode.discretize.oracles.streams import BLOCK, Stream
from saddleode.flows import ProblemError, SaddleProblem

pytestmark = pytest.mark.usefixtures("each_engine")

XU = SaddleProblem("x*u", "x", "u")
CURVED = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")  # evaluated coordinate by coordinate
FULL = np.array([[0.3, 0.1], [0.1, 0.2]])


def test_the_seed_that_was_drawn_repeats_the_run() -> None:
    first = iterate(SimGD(0.1), XU, [1, 2], 12, oracle=GaussianNoise(1), paths=3)
    again = iterate(SimGD(0.1), XU, [1, 2], 12, oracle=GaussianNoise(1), paths=3, seed=first.seed)
    np.testing.assert_array_equal(first.z, again.z)
    assert f"seed {first.seed}" in str(first)
    assert iterate(SimGD(0.1), XU, [1, 2], 2).seed is None


def by_hand(z, rng):
    return CURVED.operator(z) + rng.standard_normal(z.shape)


NOISES = [
    GaussianNoise(0.1),
    GaussianNoise(FULL),
    MultiplicativeNoise(0.3),
    FiniteSum([lambda z: CURVED.operator(z) + 1, lambda z: CURVED.operator(z) - 1], 3),
    FiniteSum([lambda z: CURVED.operator(z) + 1, lambda z: CURVED.operator(z) - 1], 1, False),
    by_hand,
]


each_noise = pytest.mark.parametrize(
    "oracle", NOISES, ids=lambda oracle: getattr(oracle, "__name__", None)
)


@each_noise
def test_a_seed_is_a_run(oracle) -> None:
    def go(seed):
        return iterate(SimGD(0.1), CURVED, [1, 2], 12, oracle=oracle, paths=4, seed=seed)

    np.testing.assert_array_equal(go(5).z, go(5).z)
    assert not np.array_equal(go(5).z, go(6).z) and go(5).seed == 5


@each_noise
def test_a_path_does_not_know_how_many_run_beside_it(oracle) -> None:
    """Across the border of a block as well; with a full covariance to rounding."""
    method, starts = OptimisticSimGD(0.05, 0.1), np.tile([1.0, 0.5], (BLOCK + 3, 1))
    many = iterate(method, CURVED, starts, 3, oracle=oracle, seed=9)
    for count in (1, 7, BLOCK, BLOCK + 1):
        fewer = iterate(method, CURVED, starts[:count], 3, oracle=oracle, seed=9)
        np.testing.assert_allclose(fewer.z, many.z[:count], rtol=1e-14, atol=1e-15)
    alone = iterate(method, CURVED, starts[0], 3, oracle=oracle, seed=9)
    np.testing.assert_allclose(alone.z, many.z[0], rtol=1e-14, atol=1e-15)
    assert not np.array_equal(many.z[0], many.z[BLOCK])  # blocks differ


@pytest.mark.parametrize("record", [1, 5, [3, 20], [20]])
def test_recording_does_not_touch_the_samples(record) -> None:
    everything = iterate(SimGD(0.1), XU, [1, 0], 20, oracle=GaussianNoise(1), paths=3, seed=4)
    run = iterate(
        SimGD(0.1), XU, [1, 0], 20, oracle=GaussianNoise(1), paths=3, seed=4, record=record
    )
    np.testing.assert_array_equal(run.z, everything.z[:, run.k])


@given(st.integers(0, 2**70), st.integers(0, 2**40), st.integers(0, 2**20))
def test_streams_are_addressed(seed, evaluation, block) -> None:
    first, second = (Stream(seed, evaluation).next()(block).random(4) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    others = (
        Stream(seed + 1, evaluation).next()(block),
        Stream(seed, evaluation + 1).next()(block),
        Stream(seed, evaluation).next()(block + 1),
    )
    assert all(not np.isin(first, other.random(4)).any() for other in others)


def test_the_address_of_a_number_is_as_documented() -> None:
    """Block b, evaluation e: PCG64DXSM of the seed, e + 2^64 b golden jumps on."""
    still, count = SaddleProblem.affine(np.zeros((2, 2)), None, 1), BLOCK + 2
    arguments = {"oracle": GaussianNoise(1), "paths": count, "seed": 6, "engine": "numpy"}
    run = iterate(SimGD(1), still, [0, 0], 3, **arguments)
    for e in range(3):
        for b, rows in ((0, slice(0, BLOCK)), (1, slice(BLOCK, count))):
            bits = np.random.PCG64DXSM(np.random.SeedSequence(6))
            rng = np.random.Generator(bits.jumped(e + 2**64 * b))
            drawn = rng.standard_normal((rows.stop - rows.start, 2))
            np.testing.assert_allclose(run.z[rows, e] - run.z[rows, e + 1], drawn, atol=1e-14)


@pytest.mark.parametrize("seed", [-1, 1.5, True, "a"])
def test_seeds_are_whole_numbers(seed) -> None:
    with pytest.raises(ProblemError, match="seed = "):
        iterate(SimGD(0.1), XU, [1, 0], 3, oracle=GaussianNoise(1), seed=seed)
