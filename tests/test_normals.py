"""The random numbers of the compiled engine: published answers, accuracy, and their law."""

import numpy as np
import pytest
from scipy import stats

from saddleode.discretize import GaussianNoise, SimGD, iterate
from saddleode.discretize.kernels.addressed import (
    AddressedNormals,
    AddressedStream,
    NumpyArithmetic,
)
from saddleode.discretize.kernels.normals import normal_pair, threefry
from saddleode.discretize.oracles.streams import BLOCK
from saddleode.flows import SaddleProblem

ALL_ONES = 2**64 - 1


def words(*values):
    return tuple(np.array([value], dtype=np.uint64) for value in values)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
        ((ALL_ONES,) * 2, (ALL_ONES,) * 2, (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344),
            (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
        ),
    ],
)
def test_threefry_has_its_published_answers(counter, key, answer) -> None:
    """Known answers of threefry2x64 with 20 rounds: Random123, tests/kat_vectors."""
    found = threefry(words(*counter), words(*key))
    assert tuple(int(word[0]) for word in found) == answer


def test_normal_pairs_are_those_of_box_and_muller() -> None:
    """Against NumPy's functions of the same uniform numbers: 5 units in the last place of 8.6.

    The edges are in: v = 2^−53 and 1, and angles at the borders of the quarters.
    """
    rng = np.random.default_rng(1)
    first, second = (rng.integers(0, 2**64, 10**5, dtype=np.uint64) for _ in range(2))
    first[:4] = [0, ALL_ONES, 2**63, 2**11]
    second[:8] = np.array([0, 2**62, 2**63, 3 * 2**62, ALL_ONES, 2**61, 1, 2**62 - 1], np.uint64)
    x, y = normal_pair((first, second), NumpyArithmetic())
    v = ((first >> np.uint64(11)) + np.uint64(1)).astype(np.float64) * 2.0**-53
    quarter, rest = second >> np.uint64(62), (second << np.uint64(2)) >> np.uint64(11)
    angle = (quarter.astype(np.float64) + rest.astype(np.float64) * 2.0**-53 - 0.5) * (np.pi / 2)
    radius = np.sqrt(-2 * np.log(v))
    np.testing.assert_allclose(x, radius * np.cos(angle), rtol=0, atol=9e-15)
    np.testing.assert_allclose(y, radius * np.sin(angle), rtol=0, atol=9e-15)
    np.testing.assert_allclose(np.hypot(x, y), radius, rtol=1e-15, atol=0)
    assert radius.max() == pytest.approx(np.sqrt(106 * np.log(2))) and radius.min() == 0


NUMBERS = AddressedNormals(seed=7, evaluation=3, first=0).standard_normal((500_000, 4))


def test_the_law_is_normal() -> None:
    """2·10^6 numbers: moments to 5 standard errors, Kolmogorov–Smirnov, and the tails."""
    x = NUMBERS.ravel()
    for order, moment, spread in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10170)):
        assert abs(np.mean(x**order) - moment) < 5 * np.sqrt(spread / x.size)
    assert stats.kstest(x, "norm").pvalue > 0.01
    for edge in (2, 3, 4, 4.5):
        for beyond in ((x > edge).sum(), (x < -edge).sum()):
            expected = x.size * stats.norm.sf(edge)
            assert abs(beyond - expected) < 5 * np.sqrt(expected)
    uniform = stats.norm.cdf(x)
    counts = np.histogram(uniform, bins=1000, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 0.01


def test_numbers_are_independent() -> None:
    """Between coordinates, paths, evaluations and seeds: correlations and those of squares."""
    other = [
        NUMBERS[1:, 0],  # the next path
        AddressedNormals(7, 4, 0).standard_normal((500_000, 4))[:, 0],  # the next evaluation
        AddressedNormals(8, 3, 0).standard_normal((500_000, 4))[:, 0],  # another seed
        *(NUMBERS[:, j] for j in (1, 2, 3)),
    ]
    for y in other:
        x = NUMBERS[: len(y), 0]
        for f in (lambda v: v, lambda v: v * v, np.abs):
            assert abs(np.corrcoef(f(x), f(y))[0, 1]) < 5 / np.sqrt(len(y))
        rows = np.histogram2d(stats.norm.cdf(x), stats.norm.cdf(y), bins=32)[0]
        assert stats.chisquare(rows.ravel()).pvalue > 0.001


def test_one_path_over_many_steps() -> None:
    """The sum of 10^5 samples of 4 paths, and their independence from step to step."""
    still = SaddleProblem.affine(np.zeros((2, 2)), None, 1)
    run = iterate(SimGD(1), still, [0, 0], 100_000, oracle=GaussianNoise(1), paths=4, seed=2)
    moves = np.diff(run.z, axis=1)
    assert stats.kstest(moves.ravel(), "norm").pvalue > 0.01
    for lag in (1, 2, 7, 64):
        correlation = np.mean(moves[:, lag:] * moves[:, :-lag])
        assert abs(correlation) < 5 / np.sqrt(moves.size)


def test_a_number_has_an_address() -> None:
    """Path, evaluation and coordinate: any part of the numbers can be had alone."""
    whole = AddressedNormals(7, 3, 0).standard_normal((50, 3))
    np.testing.assert_array_equal(AddressedNormals(7, 3, 20).standard_normal((30, 3)), whole[20:])
    np.testing.assert_array_equal(AddressedNormals(7, 3, 0).standard_normal((3,)), whole[0])
    stream = AddressedStream(7, evaluation=3)
    np.testing.assert_array_equal(stream.next()(0).standard_normal((50, 3)), whole)
    assert stream.evaluation == 4
    far = stream.next()(2).standard_normal((1, 3))
    np.testing.assert_array_equal(far, AddressedNormals(7, 4, 2 * BLOCK).standard_normal((1, 3)))
