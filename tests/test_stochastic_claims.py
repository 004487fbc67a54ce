"""The paper's stochastic claims: ensembles against exact moments, and against the theorems.

Means are compared with exact moments within four standard errors, seeds are fixed. Where there
is no exact recursion (nonlinear or nonsmooth G) the claim is read from the mean itself: how far
it falls, and its log-log slope in k.
"""

import numpy as np
import pytest

from saddleode.analysis.moments import exact_moments
from saddleode.discretize import AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.oracles.random_vertex import RandomVertex
from saddleode.discretize.path_statistics import Statistics
from saddleode.discretize.power_law import PowerLaw
from saddleode.discretize.recording import log_spaced
from saddleode.discretize.splitting import splitting
from saddleode.flows import SaddleProblem

XU = SaddleProblem("x*u", "x", "u")
STRICT = SaddleProblem("0.2*x**2 + x*u", "x", "u")
NOISE = 0.1
K = 3000
RECORD = log_spaced(K, per_decade=8)[1:]


def ensemble(method, problem, z0=(1, 0), paths=300, seed=17, noise=NOISE):
    """Moments of the squared distance at the recorded k."""
    run = iterate(
        method,
        problem,
        z0,
        K,
        oracle=GaussianNoise(noise),
        paths=paths,
        seed=seed,
        record=Statistics(RECORD),
    )
    assert run.success
    return run.statistics


def exact(method, problem, z0=(1, 0)):
    return exact_moments(method, problem, NOISE, K, z0=list(z0), record=RECORD)


def assert_agree(statistics, moments) -> None:
    """Four standard errors of the exact variance scale: the mean of ‖z − z*‖² over the paths."""
    gap = np.abs(statistics.distance.mean - moments.second_moment)
    assert (gap < 4 * statistics.distance.standard_error).all()


def slope(k, values, first=K / 8) -> float:
    late = k >= first
    return float(np.polyfit(np.log(k[late]), np.log(values[late]), 1)[0])


# Theorem 1


def test_theorem_1_on_a_strictly_convex_problem() -> None:
    """L = 0.2x² + xu: E‖z^k − z*‖² falls along the run, as exact moments say."""
    method = SimGD(PowerLaw(1, 0.75))
    assert method.theorem1().holds
    statistics = ensemble(method, STRICT)
    assert_agree(statistics, exact(method, STRICT))
    milestones = [np.searchsorted(RECORD, k) for k in (10, 100, 1000, K)]
    mean = statistics.distance.mean[milestones]
    assert (np.diff(mean) < 0).all() and mean[-1] < 0.05


def test_theorem_1_needs_strict_convexity() -> None:
    """The same steps on xu: the norm never falls, noise only adds to it."""
    method = SimGD(PowerLaw(1, 0.75))
    statistics = ensemble(method, XU)
    assert_agree(statistics, exact(method, XU))
    assert (statistics.distance.mean > 1 - 4 * statistics.distance.standard_error).all()


def test_theorem_1_needs_fading_steps() -> None:
    """A fixed step leaves a noise floor of the same order as the step."""
    floors = []
    for step in (0.1, 0.05):
        statistics = ensemble(SimGD(step), STRICT)
        moments = exact(SimGD(step), STRICT)
        assert_agree(statistics, moments)
        floors.append(moments.limit)
    assert floors[0] > 1.8 * floors[1] > 0.01


def nonsmooth():
    """L = |x| + 0.1x² + xu − |u|, strictly convex in x, set-valued: z* = 0."""
    L = "abs(x) + 0.1*x**2 + x*u - abs(u)"
    return SaddleProblem(L, "x", "u", nearest_saddle=lambda z: 0 * z)


def one_sided():
    """L = |x| + xu, convex and not strictly, set-valued: the saddle points are {0} × [−1, 1]."""

    def nearest(z):
        return np.stack([0 * z[..., 0], np.clip(z[..., 1], -1, 1)], axis=-1)

    return SaddleProblem("abs(x) + x*u", "x", "u", nearest_saddle=nearest)


def noisy_vertices(problem):
    """A random vertex of the subdifferential, and Gaussian noise on top."""
    G, vertex = splitting(problem), RandomVertex()
    return lambda z, rng: vertex.sample(G, z, rng) + np.sqrt(NOISE) * rng.standard_normal(z.shape)


def least_elements(problem):
    """The element of least norm, and Gaussian noise on top."""
    return GaussianNoise(NOISE)


SUBGRADIENTS = [least_elements, noisy_vertices]


@pytest.mark.parametrize("subgradients", SUBGRADIENTS)
def test_theorem_1_on_a_nonsmooth_strictly_convex_problem(subgradients) -> None:
    """Started on a kink, where subgradients differ most."""
    problem = nonsmooth()
    run = iterate(
        SimGD(PowerLaw(1, 0.75)),
        problem,
        [0, 1],
        K,
        oracle=subgradients(problem),
        paths=300,
        seed=17,
        record=RECORD,
    )
    mean = np.mean(run.distance**2, axis=0)
    assert mean[-1] < 2e-3 and slope(run.k, mean) < -0.4


# SimGD-O with noise: Figure 2


@pytest.mark.parametrize(("p", "q"), [(0.6, 0.2), (0.5, 0.25)])
def test_figure_2_optimism_that_fades_slower_than_the_steps(p, q) -> None:
    """0 < q < p, p + q ≤ 1: E‖z^k‖² falls."""
    method = OptimisticSimGD(PowerLaw(1, p), PowerLaw(1, q))
    statistics, moments = ensemble(method, XU), exact(method, XU)
    assert_agree(statistics, moments)
    assert slope(statistics.k, statistics.distance.mean) < -0.2


@pytest.mark.parametrize(("p", "q", "scale"), [(0.5, 0.0, 0.5), (0.5, 0.5, 1.0)])
def test_figure_2_optimism_fixed_or_as_fast_as_the_steps(p, q, scale) -> None:
    """q = 0 and q = p: E‖z^k‖² settles away from 0. β = ½ is inside the stable region βR < 1."""
    method = OptimisticSimGD(PowerLaw(scale, p), PowerLaw(scale, q))
    statistics, moments = ensemble(method, XU), exact(method, XU)
    assert_agree(statistics, moments)
    settled = abs(slope(moments.k, moments.second_moment, first=K / 4)) < 0.1
    assert settled and statistics.distance.mean[-1] > 0.03


# SSSGD-A: Theorem 4


@pytest.mark.parametrize("epsilon", [0.1, 0.05, 0.0])
def test_figure_2_anchored(epsilon) -> None:
    """On xu with p = 2/3: E‖z^k‖² falls for ε > 0 (Theorem 4), and for ε = 0."""
    method = AnchoredSimGD(2 / 3, 2, epsilon)
    statistics, moments = ensemble(method, XU), exact(method, XU)
    assert_agree(statistics, moments)
    assert slope(statistics.k, statistics.distance.mean) < -0.2


@pytest.mark.parametrize("subgradients", SUBGRADIENTS)
@pytest.mark.parametrize("epsilon", [0.05, 0.0])
def test_theorem_4_on_a_nonsmooth_problem(epsilon, subgradients) -> None:
    """L = |x| + xu from (1, ½): in mean square to the saddle point nearest to the start, (0, ½).

    The distance to P(z0) itself, which is less than the theorem says and what its proof gives.
    """
    problem, nearest = one_sided(), np.array([0.0, 0.5])
    run = iterate(
        AnchoredSimGD(2 / 3, 2, epsilon),
        problem,
        [1, 0.5],
        K,
        oracle=subgradients(problem),
        paths=300,
        seed=23,
        record=RECORD,
    )
    mean = np.mean(np.sum((run.z - nearest) ** 2, axis=-1), axis=0)
    np.testing.assert_array_equal(problem.nearest_saddle([1.0, 0.5]), nearest)
    assert slope(run.k, mean) < -0.2 and mean[-1] < 0.05


def test_bounded_subgradients_satisfy_the_assumption() -> None:
    """MATH A: for |x| + xu the constants are of the form R1²‖z1 − z2‖² + R2² with R1² = 2, R2² = 8
    plus the noise: ‖G(z1) − G(z2)‖² ≤ 2‖M(z1 − z2)‖² + 2·(2)², checked on random pairs."""
    problem, rng = one_sided(), np.random.default_rng(3)
    z1, z2 = rng.standard_normal((2, 5000, 2)) * rng.exponential(2, (2, 5000, 1))
    G = splitting(problem)
    left = np.sum((G(z1) - G(z2)) ** 2, axis=-1)
    assert (left <= 2 * np.sum((z1 - z2) ** 2, axis=-1) + 8).all()
