"""Exact moments against closed forms, a second recursion, and a modest seeded Monte Carlo."""

import numpy as np
import pytest
from scipy.special import zeta

from saddleode.analysis.moments import exact_moments
from saddleode.discretize import AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.methods.adam import OptimisticAdam
from saddleode.discretize.methods.alternating import AlternatingGDA
from saddleode.discretize.methods.extragradient import Extragradient
from saddleode.discretize.methods.halpern import Halpern
from saddleode.discretize.methods.ogda import OGDA
from saddleode.discretize.methods.proximal import ProximalPoint
from saddleode.discretize.oracles.gaussian_noise import GaussianNoise
from saddleode.discretize.power_law import PowerLaw
from saddleode.flows import ProblemError, SaddleProblem

XU = SaddleProblem("x*u", "x", "u")
STRONG = SaddleProblem("x**2/2 + x*u - u**2/2", "x", "u")  # M = I + rotation


def test_simgd_closed_form() -> None:
    """E‖e⁺‖² = ((1−s)² + s²)E‖e‖² + 2s²σ², as G is e ↦ (1 ∓ i)e: a geometric sequence."""
    s, variance = 0.25, 0.3
    moments = exact_moments(SimGD(s), STRONG, variance, 60, z0=[1, 2])
    rho2, limit = (1 - s) ** 2 + s**2, 2 * s**2 * variance / (1 - (1 - s) ** 2 - s**2)
    expected = limit + rho2**moments.k * (5 - limit)
    np.testing.assert_allclose(moments.second_moment, expected, rtol=1e-13)
    np.testing.assert_allclose(moments.operator_moment, 2 * expected, rtol=1e-13)  # ‖M e‖² = 2‖e‖²
    assert moments.limit == pytest.approx(limit, rel=1e-12) and moments.outcome.kind == "cycles"


def test_proximal_point_closed_form() -> None:
    """z⁺ = (z − sξ)/(1 + sλ), λ = 1 ∓ i."""
    s, variance = 0.5, 0.2
    moments = exact_moments(ProximalPoint(s), STRONG, variance, 40, z0=[1, 0])
    rho2 = 1 / ((1 + s) ** 2 + s**2)
    limit = 2 * s**2 * variance * rho2 / (1 - rho2)
    np.testing.assert_allclose(
        moments.second_moment, limit + rho2**moments.k * (1 - limit), rtol=1e-13
    )


def test_without_noise_it_is_the_run() -> None:
    problem = SaddleProblem("x**2/2 + (x - 3)*(u + 1)", "x", "u")
    for method in (OGDA(0.2), AnchoredSimGD(0.6, 2), AlternatingGDA(0.3), Extragradient(0.5)):
        moments = exact_moments(method, problem, 0, 30, z0=[1, 2])
        run = iterate(method, problem, [1, 2], 30)
        np.testing.assert_allclose(moments.mean, run.z, rtol=1e-12, atol=1e-13)
        assert not moments.covariance.any()
        # the distance is a difference of numbers of size 3: an absolute error of rounding
        distance = np.sqrt(moments.second_moment)
        np.testing.assert_allclose(distance, run.distance, rtol=1e-12, atol=1e-14)


def test_optimism_telescopes_the_noise() -> None:
    """MATH C: w^k = z^k + βg^{k−1} obeys w⁺ = w − αg; on xu a recursion of its own, with complex
    numbers: z = w − βg, g = λz + ξ with λ = −i, E|ξ|² = 2σ², Eξ² = 0."""
    alpha, beta, variance = 0.2, 0.4, 0.05
    lam, m, noise = -1j, np.array([1.0 + 0j, -1j * 1.0]), 2 * variance  # (z^k, g^{k−1})
    P = np.array([[0, 0], [0, noise]], dtype=complex)  # E of the Hermitian second moment
    second = [abs(m[0]) ** 2]
    A = np.array([[1 - (alpha + beta) * lam, beta], [lam, 0]])
    b = np.array([[-(alpha + beta)], [1.0]])
    for _ in range(50):
        m, P = A @ m, A @ P @ A.conj().T + noise * (b @ b.T)
        second.append(abs(m[0]) ** 2 + P[0, 0].real)
    moments = exact_moments(OptimisticSimGD(alpha, beta), XU, variance, 50, z0=[1, 0])
    np.testing.assert_allclose(moments.second_moment, second, rtol=1e-12)


@pytest.mark.parametrize(
    "method",
    [
        OptimisticSimGD(PowerLaw(0.5, 0.6), PowerLaw(0.5, 0.3)),
        AnchoredSimGD(0.7, 2, 0.1),
        Extragradient(0.3),
        AlternatingGDA(0.3),
        ProximalPoint(0.5),
        Halpern(0.5),
    ],
    ids=lambda method: method.name,
)
def test_modest_monte_carlo(method) -> None:
    """20 000 paths, noise of full covariance: within four standard errors at k = 1, 5, 25."""
    sigma, k = np.array([[0.3, 0.1], [0.1, 0.2]]), [1, 5, 25]
    noise = GaussianNoise(sigma)
    run = iterate(method, STRONG, [1, -1], 25, oracle=noise, paths=20_000, seed=11, record=k)
    moments = exact_moments(method, STRONG, sigma, 25, z0=[1, -1], record=k)
    squares = run.distance**2
    error = squares.std(axis=0) / np.sqrt(len(squares))
    assert (np.abs(squares.mean(axis=0) - moments.second_moment) < 4 * error).all()
    error = run.z.std(axis=0) / np.sqrt(len(run.z))
    assert (np.abs(run.z.mean(axis=0) - moments.mean) < 4 * error).all()


def slope(moments) -> float:
    """Log-log slope of E‖z − z*‖² over the last two octaves of k."""
    tail = moments.k >= moments.k[-1] / 4
    k, value = moments.k[tail], moments.second_moment[tail]
    return float(np.polyfit(np.log(k), np.log(value), 1)[0])


RECORD = [int(k) for k in np.unique(np.geomspace(1, 6000, 60).round())]


def stochastic_simgd_o(p, q, scale=1.0):
    method = OptimisticSimGD(PowerLaw(scale, p), PowerLaw(scale, q))
    return exact_moments(method, XU, 0.1, RECORD[-1], z0=[1, 0], record=RECORD)


FADING = [(0.6, 0.2), (0.5, 0.25), (0.7, 0.15), (0.4, 0.3), (0.6, 0.4), (0.75, 0.25)]
STAYING = [(0.5, 0.0, 0.5), (0.3, 0.0, 0.5), (0.5, 0.5, 1.0), (0.3, 0.3, 1.0), (0.8, 0.6, 1.0)]


@pytest.mark.parametrize(("p", "q"), FADING)
def test_stochastic_simgd_o_converges(p, q) -> None:
    """0 < q < p, p + q ≤ 1: noise in w of order α/β and in βg of order β², so k^{−min(p−q, 2q)}.

    0.1: the exponents compete, and the lower orders have not died out at k = 6000.
    """
    assert slope(stochastic_simgd_o(p, q)) == pytest.approx(-min(p - q, 2 * q), abs=0.1)


@pytest.mark.parametrize(("p", "q", "scale"), STAYING)
def test_stochastic_simgd_o_does_not(p, q, scale) -> None:
    """q = 0 leaves β²σ², q = p leaves α/β; for p + q > 1 the damping Σαβ ends too soon.

    The scale ½ keeps a fixed β inside the stable region βϱ < 1; with 1 the start is forgotten
    like k^{−2} when p + q = 1.
    """
    moments = stochastic_simgd_o(p, q, scale)
    assert abs(slope(moments)) < 0.1 and moments.second_moment[-1] > 0.05


@pytest.mark.parametrize(("p", "q"), [(0.4, 0.5), (0.9, 0.0)])
def test_stochastic_simgd_o_diverges(p, q) -> None:
    """q > p lets the noise α/β grow; β = 1 is on the border of the stable region. To ∞ at last."""
    moments = stochastic_simgd_o(p, q)
    assert slope(moments) > 0.3 and moments.outcome.kind == "diverges"


def test_moments_that_overflow_are_infinite() -> None:
    moments = exact_moments(SimGD(9.0), XU, 0.1, 400, z0=[1, 0])
    assert moments.second_moment[-1] == moments.operator_moment[-1] == np.inf
    assert moments.outcome.kind == "diverges"
    slow = exact_moments(SimGD(lambda k: 9 + 1 / (k + 1)), XU, 0.1, 400, z0=[1, 0])
    assert slow.outcome.kind == "diverges" and np.isinf(slow.second_moment[-1])


def test_simgd_under_square_summable_steps_keeps_away() -> None:
    """‖z^k‖² → ‖z0‖²Π(1 + α_k²) on xu, whose partial products it is at every k."""
    moments = exact_moments(SimGD(PowerLaw(1, 0.75)), XU, 0, 3000, z0=[1, 0])
    products = np.cumprod(1 + np.arange(1, 3001) ** -1.5)
    np.testing.assert_allclose(moments.second_moment[1:], products, rtol=1e-11)
    assert 1 < moments.second_moment[-1] < np.exp(zeta(1.5))  # Π(1 + x) < e^Σx


def test_fate_of_methods_that_do_not_change() -> None:
    assert exact_moments(SimGD(0.1), XU, 0, 5, z0=[1, 0]).outcome.kind == "diverges"
    still = exact_moments(OGDA(0.3), XU, 0, 5, z0=[1, 0])
    assert (still.outcome.kind, still.limit) == ("converges", 0.0)
    noisy = exact_moments(OGDA(0.3), XU, 0.1, 3000, z0=[1, 0])
    assert noisy.second_moment[-1] == pytest.approx(noisy.limit, rel=1e-9)
    flat = exact_moments(AlternatingGDA(0.3), XU, 0, 4000, z0=[1, 0])  # ρ = 1: measured
    assert flat.outcome.kind == "cycles" and flat.limit is None
    singular = SaddleProblem.bilinear([[1.0, 1.0]])
    assert exact_moments(OGDA(0.3), singular, 0, 400, z0=[1, 0, 1]).outcome.kind == "converges"


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"problem": SaddleProblem("x**4 + x*u", "x", "u")}, "need an affine problem"),
        ({"method": OptimisticAdam(0.1, 0.1)}, "coordinate by coordinate"),
        ({"noise_covariance": [[1, 0]]}, "shape"),
        ({"noise_covariance": [[1, 0], [0, -1]]}, "positive semidefinite"),
        ({"noise_covariance": [[1, 2], [0, 1]]}, "not symmetric"),
        ({"iterations": 0}, "a whole number > 0"),
        ({"z0": [[1, 0]]}, "one start"),
        ({"record": [3, 1]}, "increasing"),
        ({"record": []}, "increasing"),
    ],
)
def test_misuse_is_told(change, needed) -> None:
    arguments = {"method": SimGD(0.1), "problem": XU, "noise_covariance": 0.1, "iterations": 3}
    arguments |= {"z0": [1, 0]}
    with pytest.raises(ProblemError, match=needed):
        exact_moments(**(arguments | change))
