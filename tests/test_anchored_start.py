"""How the anchored flow leaves its pole: against exact series, with its error bound."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saddleode.flows import (
    FLOWS,
    AnchoredFlow,
    IntegrationError,
    SaddleProblem,
    closed_form,
    integrate,
)
from saddleode.flows.solving.anchored_start import Tolerance, leave_anchor
from saddleode.flows.solving.departure import Departure

BILINEAR = SaddleProblem("x*u", "x", "u", name="bilinear")
QUARTIC = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u", name="quartic")
EXAMPLES = [kind(**kind.example) for kind in FLOWS]
FINE = Tolerance(1e-12, 1e-12)
GAMMAS = [0.5, 1.0, 2.0, 5.0]
by_flow = pytest.mark.parametrize("flow", EXAMPLES, ids=lambda flow: flow.name)


def anchored(gamma: float) -> Departure:
    return Departure(alpha=1.0, drift=0.0, lead=0.0, gamma=gamma, power=1.0)


def random_monotone(seed: int, d: int = 4) -> SaddleProblem:
    """Affine monotone problem with a saddle point, ‖M‖ of order one."""
    rng = np.random.default_rng(seed)
    B, C = rng.standard_normal((2, d, d)) / np.sqrt(d)
    M = B - B.T + 0.05 * C @ C.T
    return SaddleProblem.affine(M, M @ rng.standard_normal(d), d // 2)


def cubic_series(x0: Fraction, gamma: Fraction, terms: int) -> list[Fraction]:
    """Exact Taylor coefficients of ẋ = −x³ − (γ/t)(x − x0) at t = 0."""
    c = [x0]
    for n in range(terms):
        square = [sum(c[i] * c[k - i] for i in range(k + 1)) for k in range(n + 1)]
        cube = sum(square[i] * c[n - i] for i in range(n + 1))
        c.append(-cube / (n + 1 + gamma))
    return c


@pytest.mark.parametrize("gamma", [Fraction(1, 2), Fraction(1), Fraction(5)])
def test_start_against_the_exact_power_series(gamma: Fraction) -> None:
    x0 = Fraction(3, 2)
    coefficients = [float(c) for c in cubic_series(x0, gamma, 30)]
    start = leave_anchor(
        lambda z: z**3, np.array([[1.5]]), anchored(float(gamma)), 0.1, Tolerance(1e-13, 1e-13)
    )
    t = np.linspace(0.0, min(start.t_end, 0.1), 21)
    exact = np.polynomial.polynomial.polyval(t, coefficients)
    np.testing.assert_allclose(start(t)[0, :, 0], exact, rtol=3e-13)


@by_flow
def test_first_velocity(flow) -> None:
    """Ż(0): −G(Z0), −α(I+βDG)⁻¹G(Z0), −G(Z0)/(1+γ), −(b/2)G(Z0), and 0 on the clock t²."""
    z0 = np.array([1.0, -0.5])
    g, DG = QUARTIC.operator(z0), QUARTIC.jacobian(z0)
    expected = {
        "gradient": -g,
        "optimistic": -np.linalg.solve(np.eye(2) + DG, g),
        "anchored": -g / 2,
        "tikhonov": -g,
        "fast-ogda": -g / 2,
        "rescaled": 0 * g,
    }[flow.name]
    trajectory = integrate(flow, QUARTIC, z0, (0, 1), rtol=1e-12)
    h = 1e-4  # extrapolated one-sided difference: error of order h²
    slope = (4 * (trajectory(h) - z0) - (trajectory(2 * h) - z0)) / (2 * h)
    np.testing.assert_allclose(slope, expected, atol=1e-6)


def test_first_velocity_of_the_start_to_rounding() -> None:
    z0 = np.array([[1.0, -0.5], [0.3, 2.0]])
    for gamma in GAMMAS:
        start = leave_anchor(QUARTIC.operator, 0 * z0, anchored(gamma), 1.0, FINE)
        assert start.t_end == 1.0 and not start(np.array([0.5])).any()
        start = leave_anchor(lambda e: QUARTIC.operator(z0 + e), 0 * z0, anchored(gamma), 1.0, FINE)
        h = 1e-20  # around 0, nothing is lost to rounding
        first = start(np.array([h]))[:, 0] / h
        np.testing.assert_allclose(first, -QUARTIC.operator(z0) / (1 + gamma), rtol=1e-13)


@given(seed=st.integers(0, 10**6), gamma=st.floats(0.1, 20.0), digits=st.integers(3, 12))
def test_error_bound_of_the_start_holds(seed: int, gamma: float, digits: int) -> None:
    problem, rng = random_monotone(seed), np.random.default_rng(seed)
    z0, tolerance = rng.standard_normal((2, 4)), Tolerance(10.0**-digits, 10.0**-digits)
    start = leave_anchor(problem.operator, z0, anchored(gamma), 5.0, tolerance)
    t = np.linspace(0.0, start.t_end, 33)
    error = np.abs(start(t) - closed_form(AnchoredFlow(gamma), problem, z0, t))
    unit = tolerance.atol + tolerance.rtol * np.max(np.abs(z0), axis=-1)
    allowed = start.error_bound * unit[:, None, None] + 1e-14 * (1 + np.abs(z0).max())
    assert start.error_bound <= 1.0
    assert np.all(error <= 1.5 * allowed)  # the defect is sampled: not a supremum


def test_start_reaches_a_useful_length() -> None:
    start = leave_anchor(
        BILINEAR.operator, np.eye(2), anchored(1.0), 100.0, Tolerance(1e-11, 1e-12)
    )
    assert start.t_end >= 0.1
    resting = leave_anchor(
        BILINEAR.operator, np.zeros((1, 2)), anchored(1.0), 7.0, Tolerance(1e-9, 1e-9)
    )
    assert resting.t_end == 7.0 and not resting(np.array([0.0, 3.0])).any()


def test_start_stops_before_a_kink() -> None:
    """G = z + 10 max(0, 0.95 − z) from 1: linear, as the first guess sees it, only down to 0.95."""
    tolerance = Tolerance(1e-10, 1e-10)
    kinked = leave_anchor(
        lambda z: z + 10 * np.maximum(0, 0.95 - z), np.ones((1, 1)), anchored(2.0), 9.0, tolerance
    )
    linear = leave_anchor(lambda z: z, np.ones((1, 1)), anchored(2.0), 9.0, tolerance)
    end = kinked(np.array([kinked.t_end]))[0, 0, 0]
    assert 0.95 - 1e-9 <= end < 0.99 and kinked.t_end < linear.t_end
    t = np.linspace(0, kinked.t_end, 9)
    np.testing.assert_allclose(kinked(t), linear(t), atol=4e-10)


@pytest.mark.filterwarnings("ignore::saddleode.flows.NotConvexConcaveWarning")
def test_start_on_a_kink() -> None:
    """G = z + 10|z − 1| from 1: z moves down, where G is linear; the other side does not count."""
    kinked = SaddleProblem.from_operator(lambda z: z + 10 * np.abs(z - 1.0), 1, 1)
    smooth = SaddleProblem.affine(-9 * np.eye(2), np.full(2, 10.0), 1)
    trajectory = integrate(AnchoredFlow(2), kinked, [1.0, 1.0], (0, 0.3), rtol=1e-9)
    exact = closed_form(AnchoredFlow(2), smooth, [1.0, 1.0], trajectory.t)
    np.testing.assert_allclose(trajectory.z, exact, rtol=1e-8)


def test_start_that_is_impossible_says_so_with_numbers() -> None:
    """No start where G is finite at Z0 alone."""

    def spike(z):
        return np.where(z == 1.0, 1.0, np.inf)

    with pytest.raises(IntegrationError, match=r"cannot leave t = 0: even on \[0, .*continuous"):
        leave_anchor(spike, np.ones((1, 2)), anchored(1.0), 1.0, Tolerance(1e-9, 1e-9))
