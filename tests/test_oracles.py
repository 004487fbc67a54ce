"""Stochastic oracles: what they draw, what they promise, and that nothing else changes it."""

from itertools import combinations

import numpy as np
import pytest
import sympy

from saddleode.discretize import Extragradient, OptimisticSimGD, SimGD, estimate_constants, iterate
from saddleode.discretize.methods.alternating import AlternatingGDA
from saddleode.discretize.oracles.finite_sum import FiniteSum
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.oracles.multiplicative_noise import MultiplicativeNoise
from saddleode.discretize.oracles.streams import Stream
from saddleode.discretize.oracles.sum_terms import AffineTerms, IndexedTerms
from saddleode.flows import ProblemError, SaddleProblem

XU = SaddleProblem("x*u", "x", "u")
CURVED = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")  # evaluated coordinate by coordinate
FULL = np.array([[0.3, 0.1], [0.1, 0.2]])
SIGMAS = 4.5
"""Standard errors allowed to a seeded mean: exceeded once in 10^5."""


def samples(oracle, problem, z, count=20_000, seed=3):
    """So many samples at one point, as rows."""
    rng = np.random.default_rng(seed)
    return oracle.sample(problem.operator, np.tile(np.asarray(z, float), (count, 1)), rng)


def assert_mean(values, expected):
    error = values.std(axis=0) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - expected) <= SIGMAS * error + 1e-12).all()


AFFINE = AffineTerms(np.array([[[0, 2], [-2, 0]], [[1, 0], [0, 1]]]), [[1, 0], [-1, 0]])
MEAN = SaddleProblem.affine([[0.5, 1], [-1, 0.5]], None, 1)
ORACLES = [
    (GaussianNoise(0.2), XU),
    (GaussianNoise([0.2, 0.0]), XU),
    (GaussianNoise(FULL), XU),
    (MultiplicativeNoise(0.7), XU),
    (FiniteSum(AFFINE, 1), MEAN),
    (FiniteSum(AFFINE, 3), MEAN),
    (FiniteSum(AFFINE, 1, replacement=False), MEAN),
    (FiniteSum([lambda z: 2 * MEAN.operator(z), lambda z: 0 * z], 1), MEAN),
]
each_oracle = pytest.mark.parametrize(
    ("oracle", "problem"), ORACLES, ids=[type(o).__name__ for o, _ in ORACLES]
)


@each_oracle
def test_samples_have_the_operator_for_mean(oracle, problem) -> None:
    oracle.check(problem)
    for z in ([1.0, -2.0], [0.3, 0.1]):
        assert_mean(samples(oracle, problem, z), problem.operator(z))


@pytest.mark.parametrize(
    ("covariance", "expected"),
    [(0.2, 0.2 * np.eye(2)), ([0.2, 0.5], np.diag([0.2, 0.5])), (FULL, FULL)],
)
def test_gaussian_noise_has_its_covariance(covariance, expected) -> None:
    noise = samples(GaussianNoise(covariance), XU, [1, 2]) - XU.operator([1, 2])
    assert_mean(np.einsum("ri,rj->rij", noise, noise).reshape(-1, 4), expected.ravel())


def test_singular_covariance_is_fine() -> None:
    noise = samples(GaussianNoise([[1, 1], [1, 1]]), XU, [0, 0], count=50)
    np.testing.assert_allclose(noise[:, 0], noise[:, 1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_batches_without_replacement_are_all_subsets_alike(batch) -> None:
    """Terms 2^i: the sum of a batch names the subset. χ² against its mean ± 4.5 deviations."""
    terms = IndexedTerms(lambda z, i: 2.0 ** i[:, None] + 0 * z, 5)
    problem = SaddleProblem.from_operator(lambda z: 31 / 5 + 0 * z, 1, 1)
    oracle, count = FiniteSum(terms, batch, replacement=False), 12_000
    oracle.check(problem)
    drawn = np.rint(samples(oracle, problem, [0, 0], count)[:, 0] * batch).astype(int)
    subsets = [sum(2**i for i in subset) for subset in combinations(range(5), batch)]
    found = np.array([np.count_nonzero(drawn == subset) for subset in subsets])
    assert found.sum() == count  # nothing else was drawn
    expected = count / len(subsets)
    chi2 = np.sum((found - expected) ** 2 / expected)
    freedom = len(subsets) - 1
    assert chi2 <= freedom + SIGMAS * np.sqrt(2 * freedom) + 1e-9


def test_the_whole_sum_without_replacement_is_exact() -> None:
    run = iterate(SimGD(0.1), MEAN, [1, 2], 5, oracle=FiniteSum(AFFINE, 2, False), seed=1)
    np.testing.assert_allclose(run.z, iterate(SimGD(0.1), MEAN, [1, 2], 5).z, rtol=1e-13)


def difference(oracle, problem, z1, z2):
    """‖g(z1;ω1) − g(z2;ω2)‖² for independent pairs."""
    first, second = (samples(oracle, problem, z, seed=s) for z, s in ((z1, 1), (z2, 2)))
    return np.sum((first - second) ** 2, axis=-1)


@pytest.mark.parametrize(
    ("oracle", "R2"),
    [
        (GaussianNoise(0.2), np.sqrt(2 * 0.4)),
        (GaussianNoise([0.2, 0.1]), np.sqrt(2 * 0.3)),
        (GaussianNoise(FULL), np.sqrt(2 * 0.5)),
        # offsets ±(1, 0), of variance 1: means of B of them have 1/B, and 1/B·(N−B)/(N−1)
        (FiniteSum(AffineTerms([[0, 1], [-1, 0]], [[1, 0], [-1, 0]] * 2), 2), 1.0),
        (
            FiniteSum(AffineTerms([[0, 1], [-1, 0]], [[1, 0], [-1, 0]] * 2), 2, False),
            np.sqrt(2 / 2 * 2 / 3),
        ),
    ],
)
def test_constants_are_attained(oracle, R2) -> None:
    """On xu, a rotation with R = 1: ‖G(z1) − G(z2)‖ = ‖z1 − z2‖, so the bound is an equation."""
    known = oracle.constants(XU)
    assert pytest.approx(1, rel=1e-12) == known.R1 and pytest.approx(R2, rel=1e-12) == known.R2
    for z1, z2 in (([1, 2], [1, 2]), ([1, 2], [-1, 0])):
        bound = known.R1**2 * np.sum((np.array(z1) - z2) ** 2) + known.R2**2
        assert_mean(difference(oracle, XU, z1, z2)[:, None], bound)


def test_constants_that_do_not_exist_are_not_given() -> None:
    """z1 = z2 = z leaves 2σ²‖G(z)‖², and the spread of the matrices, which grow with z."""
    for oracle, problem in ((MultiplicativeNoise(0.5), XU), (FiniteSum(AFFINE, 1), MEAN)):
        known = oracle.constants(problem)
        assert (known.R1, known.R2) == (None, None) and known.reason.startswith("none")
        near, far = (difference(oracle, problem, z, z).mean() for z in ([1, 1], [10, 10]))
        assert far > 50 * near
    curved = GaussianNoise(0.5).constants(CURVED)
    assert curved.R1 is None and pytest.approx(np.sqrt(2)) == curved.R2
    assert MultiplicativeNoise(0).constants(XU).R2 == 0
    assert FiniteSum(AFFINE, 2, False).constants(MEAN).R2 == 0
    functions = FiniteSum([MEAN.operator], 1).constants(MEAN)
    assert functions.R1 is None and "AffineTerms" in functions.reason


def test_constants_by_sampling() -> None:
    """On points of a disc: those of additive noise, and of the variance σ²‖G‖² ≤ σ²·max‖z‖².

    The means of 4000 samples have errors of 2 %, far from the tolerances of 10 %.
    """
    points = np.random.default_rng(5).standard_normal((12, 2))
    known = GaussianNoise(0.2).constants(XU)
    found = estimate_constants(GaussianNoise(0.2), XU, points, samples=4000, seed=1)
    assert pytest.approx(known.R1, rel=0.1) == found.R1
    assert pytest.approx(known.R2, rel=0.1) == found.R2 and "estimated" in found.reason
    scaled = estimate_constants(MultiplicativeNoise(0.5), XU, points, samples=4000, seed=1)
    largest = np.linalg.norm(points, axis=1).max()
    assert pytest.approx(np.sqrt(2) * 0.5 * largest, rel=0.15) == scaled.R2
    with pytest.raises(ProblemError, match="draws nothing"):
        estimate_constants(XU.operator, XU, points, seed=1)
    with pytest.raises(ProblemError, match="at least two"):
        estimate_constants(GaussianNoise(0.2), XU, points[:1], seed=1)


# Semantics


def test_samples_are_kept_and_not_drawn_again() -> None:
    """SimGD-O: z^{k+1} = z^k − αg^k − β(g^k − g^{k−1}) with the samples themselves."""
    noise, alpha, beta = GaussianNoise(1), 0.2, 0.7
    method = OptimisticSimGD(alpha, beta)
    run = iterate(method, XU, [1, 0], 25, oracle=noise, seed=8, engine="numpy")
    stream, points = Stream(8), [run.z[0], *run.z[:-1]]  # one evaluation for the start
    g = np.array([noise.sample(XU.operator, z, stream.next()(0)) for z in points])
    steps = -alpha * g[1:] - beta * (g[1:] - g[:-1])
    np.testing.assert_allclose(np.diff(run.z, axis=0), steps, rtol=1e-12, atol=1e-14)


def test_samples_are_independent_across_steps_and_paths() -> None:
    """G = 0: z^k is a sum of k samples, of variance k; increments are uncorrelated."""
    still = SaddleProblem.affine(np.zeros((2, 2)), None, 1)
    run = iterate(SimGD(1), still, [0, 0], 4, oracle=GaussianNoise(1), paths=9000, seed=2)
    moves = np.diff(run.z, axis=1).reshape(9000, -1)
    correlation = np.corrcoef(moves.T) - np.eye(8)
    assert np.abs(correlation).max() < SIGMAS / np.sqrt(9000)
    neighbours = np.mean(moves[1:] * moves[:-1], axis=0)
    assert np.abs(neighbours).max() < SIGMAS / np.sqrt(8999)


def test_each_player_of_an_alternating_method_has_a_sample_of_its_own() -> None:
    calls = []

    def oracle(z, rng):
        calls.append(rng.standard_normal())
        return XU.operator(z)

    iterate(AlternatingGDA(0.1), XU, [1, 0], 3, oracle=oracle, seed=1)
    assert len(set(calls)) == 6


def test_noise_on_a_set() -> None:
    """Iterates stay in the set; R1 is that of the part of L, which is affine."""
    box = SaddleProblem("x*u", "x", "u", primal_set="box(-1, 1)", dual_set="box(-1, 1)")
    oracle = GaussianNoise(1)
    run = iterate(Extragradient(0.5), box, [0, 0], 50, oracle=oracle, paths=5, seed=1)
    assert oracle.constants(box).R1 == oracle.constants(XU).R1
    assert np.abs(run.z).max() == 1 and run.seed == 1


@pytest.mark.parametrize(
    ("make", "needed"),
    [
        (lambda: GaussianNoise("a"), "real numbers"),
        (lambda: GaussianNoise(-1), "positive semidefinite"),
        (lambda: GaussianNoise([1, np.nan]), "finite"),
        (lambda: GaussianNoise([[1, 2], [2, 1]]), "positive semidefinite"),
        (lambda: GaussianNoise([[1, 0.5], [0, 1]]), "not symmetric"),
        (lambda: GaussianNoise(np.ones((2, 3))), r"shape \(2, 3\)"),
        (lambda: GaussianNoise([1, 1, 1]).check(XU), "points have 2 numbers"),
        (lambda: MultiplicativeNoise(-1), "scale = -1"),
        (lambda: MultiplicativeNoise(sympy.Symbol("sigma")), "is a symbol"),
        (lambda: FiniteSum([], 1), "at least one term"),
        (lambda: FiniteSum(3, 1), "at least one term"),
        (lambda: FiniteSum([abs], 0), "batch = 0"),
        (lambda: FiniteSum([abs], 1.5), "batch = 1.5"),
        (lambda: FiniteSum([abs], 2, replacement=False), "at most 1"),
        (lambda: IndexedTerms(abs, 0), "count = 0"),
        (lambda: AffineTerms(np.eye(2), [1, 2, 3]), "needed"),
        (lambda: AffineTerms(np.eye(2), [np.inf, 2]), "finite"),
        (lambda: FiniteSum(AFFINE, 1).check(XU), "the mean of the terms differs from G"),
        (
            lambda: FiniteSum(AffineTerms(np.eye(3), np.ones(3)), 1).check(XU),
            "points with 3 numbers",
        ),
    ],
)
def test_wrong_oracles_are_refused(make, needed) -> None:
    with pytest.raises(ProblemError, match=needed):
        make()


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"oracle": lambda z, rng: z[:1]}, "the oracle answered with shape"),
        ({"oracle": lambda z, rng: ["a", "b"]}, "real numbers"),
        ({"oracle": lambda z: z + 1j}, "complex"),
        ({"oracle": 3}, "oracle = 3; needed"),
        ({"oracle": lambda z: z, "seed": 1}, r"write oracle\(z, rng\)"),
        ({"oracle": GaussianNoise([1, 1, 1])}, "points have 2 numbers"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 1.5}, "seed = 1.5"),
        ({"paths": 0}, "paths = 0"),
        ({"paths": 10**12}, "at most"),
        ({"z0": [[1, 0], [0, 1]], "paths": 3}, "z0 has 2 starts"),
        ({"engine": "fast"}, "engine = 'fast'"),
        ({"oracle": GaussianNoise}, "the class GaussianNoise; give an object"),
        ({"method": SimGD}, r"an object such as SimGD\(0\.1\)"),
        ({"method": None}, "method = None"),
        ({"method": SimGD(np.array([0.1, 0.2]))}, "is not one number"),
        ({"problem": "x*u"}, "a SaddleProblem is needed"),
    ],
)
def test_wrong_input_is_refused(change, needed) -> None:
    arguments = {"method": SimGD(0.1), "problem": XU, "z0": [1, 0], "iterations": 10} | change
    with pytest.raises(ProblemError, match=needed) as caught:
        iterate(**arguments)
    assert "\n" not in str(caught.value)
