"""How integrations end: events, blow-up, stalling, interruption."""

import time

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    NotConvexConcaveWarning,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    integrate,
)

BILINEAR = SaddleProblem("x*u", "x", "u", name="bilinear")
QUARTIC = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u", name="quartic")
BLOWING_UP = SaddleProblem.from_operator(lambda z: -(z**3), 1, 1)  # ẋ = x³: x² = x0²/(1 − 2x0²t)


def event(direction: float = 0, terminal: bool | int = False):
    def crosses(t, z):
        return z[0]

    crosses.direction, crosses.terminal = direction, terminal
    return crosses


# -- events -----------------------------------------------------------------------------------


def test_events_are_found_where_they_are() -> None:
    """x = cos t passes through zero at π/2 + kπ, falling first."""
    events = [event(), event(direction=1), event(direction=-1), lambda t, z: t - 4.25]
    trajectory = integrate(GradientFlow(), BILINEAR, [1.0, 0.0], (0, 12), events=events)
    zeros = np.pi * np.array([0.5, 1.5, 2.5, 3.5])
    assert trajectory.status == 0 and trajectory.t_span == (0.0, 12.0)
    for found, expected in zip(
        trajectory.t_events, [zeros, zeros[1::2], zeros[::2], [4.25]], strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-8)
    for times, points in zip(trajectory.t_events, trajectory.z_events, strict=True):
        exact = np.stack([np.cos(times), np.sin(times)], axis=-1)
        np.testing.assert_allclose(points, exact, atol=1e-8)


def test_events_agree_with_scipy() -> None:
    events = [event(), event(direction=-1, terminal=2)]
    flow, z0 = OptimisticFlow(1, 0.25), [1.0, 1.0]
    ours = integrate(flow, QUARTIC, z0, (0, 30), events=events, rtol=1e-10, atol=1e-12)

    def rate(t, z):
        return np.linalg.solve(np.eye(2) + 0.25 * QUARTIC.jacobian(z), -QUARTIC.operator(z))

    theirs = solve_ivp(rate, (0, 30), z0, events=events, rtol=1e-11, atol=1e-13, method="DOP853")
    assert (ours.status, theirs.status) == (1, 1)
    for a, b in zip(ours.t_events, theirs.t_events, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8)
    np.testing.assert_allclose(ours.t[-1], theirs.t[-1], rtol=1e-8)


def test_terminal_events_end_the_trajectory() -> None:
    stop = event(terminal=True)
    trajectory = integrate(GradientFlow(), BILINEAR, [1.0, 0.0], (0, 12), events=stop)
    assert trajectory.success and trajectory.status == 1 and "event 0" in trajectory.message
    assert trajectory.t[-1] == trajectory.t_span[1] == pytest.approx(np.pi / 2, abs=1e-8)
    np.testing.assert_allclose(trajectory.z[-1], [0.0, 1.0], atol=1e-8)
    with pytest.raises(ProblemError, match="is needed"):
        trajectory(2.0)


def test_a_zero_at_the_start_is_not_an_event_and_none_is_counted_twice() -> None:
    for z0 in ([0.0, 1.0], [0.0, -1.0]):  # leaving zero downwards, upwards
        trajectory = integrate(GradientFlow(), BILINEAR, z0, (0, 4), events=event(terminal=True))
        assert trajectory.t_events[0] == pytest.approx([np.pi], abs=1e-8)
    early = integrate(AnchoredFlow(1), BILINEAR, [1.0, 0.0], (0, 1), events=lambda t, z: t - 1e-3)
    np.testing.assert_allclose(early.t_events[0], [1e-3], rtol=1e-12)


# -- endings before the end -------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::saddleode.flows.NotConvexConcaveWarning")
def test_blow_up_keeps_what_was_computed() -> None:
    for flow in (GradientFlow(), AnchoredFlow(1)):
        trajectory = integrate(flow, BLOWING_UP, [1.0, 0.0], (0, 50))
        assert trajectory.status == -1 and not trajectory.success
        assert "blows up" in trajectory.message and np.all(np.isfinite(trajectory.z))
        assert trajectory.z[-1, 0] > 1e5 and trajectory.t[-1] == trajectory.t_span[1] < 2
    growing = SaddleProblem.from_operator(lambda z: -np.exp(z), 1, 1)  # overflows on the way
    exponential = integrate(GradientFlow(), growing, [1.0, -50.0], (0, 1e3), rtol=1e-3)
    assert exponential.status == -1
    assert exponential.t[-1] == pytest.approx(np.exp(-1.0), rel=1e-3)
    gradient = integrate(GradientFlow(), BLOWING_UP, [1.0, 0.0], (0, 50), rtol=1e-10)
    assert gradient.t[-1] == pytest.approx(0.5, abs=1e-6)
    part = gradient.t < 0.45
    exact = (1 - 2 * gradient.t[part]) ** -0.5
    np.testing.assert_allclose(gradient.x[part, 0], exact, rtol=1e-8)


def test_overflow_of_a_closed_form_keeps_what_is_finite() -> None:
    growing = SaddleProblem.affine(-5 * np.eye(2), np.zeros(2), 1)
    with pytest.warns(NotConvexConcaveWarning):
        trajectory = integrate(GradientFlow(), growing, [1.0, 0.0], (0, 500))
    assert trajectory.status == -1 and "overflows after t = 141" in trajectory.message
    assert np.all(np.isfinite(trajectory.z)) and trajectory.t[-1] == 141.0
    with pytest.warns(NotConvexConcaveWarning):
        lost = integrate(GradientFlow(), growing, [1.0, 0.0], (0, 500), t_eval=[400.0])
    np.testing.assert_array_equal(lost.t, [0.0])


def test_sliding_on_a_kink_ends_in_words_and_in_time() -> None:
    """ẋ = −sign(x) reaches 0 at t = 1, where no explicit step is short enough."""
    kink = SaddleProblem.from_operator(np.sign, 1, 1)
    started = time.process_time()
    trajectory = integrate(GradientFlow(), kink, [1.0, 3.0], (0, 10))
    assert time.process_time() - started < 30  # about one second of work
    assert trajectory.status == -1 and "not smooth" in trajectory.message
    np.testing.assert_allclose(trajectory.z[-1], [0.0, 2.0], atol=1e-6)


class Impatient:
    """Rotation whose operator is interrupted from the keyboard at its k-th call from now."""

    def __init__(self) -> None:
        self.left = -1

    def __call__(self, z):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return np.stack([z[..., 1], -z[..., 0]], axis=-1)


def test_interruption_keeps_what_was_computed() -> None:
    operator = Impatient()
    problem = SaddleProblem.from_operator(operator, 1, 1)
    problem.convexity()  # asks the operator, and is remembered
    operator.left = 150
    trajectory = integrate(GradientFlow(), problem, [1.0, 0.0], (0, 100))
    assert trajectory.status == -1 and trajectory.message.startswith("interrupted at t = ")
    t = trajectory.t[-1]
    assert 0 < t < 100
    np.testing.assert_allclose(trajectory.z[-1], [np.cos(t), np.sin(t)], atol=1e-8)
    np.testing.assert_allclose(trajectory(t / 2), [np.cos(t / 2), np.sin(t / 2)], atol=1e-8)


def test_interruption_before_the_first_step_keeps_the_start() -> None:
    operator = Impatient()
    problem = SaddleProblem.from_operator(operator, 1, 1)
    problem.convexity()
    operator.left = 2
    trajectory = integrate(GradientFlow(), problem, [1.0, 2.0], (0, 1))
    assert trajectory.message == "interrupted at t = 0"
    np.testing.assert_array_equal(trajectory.z, [[1.0, 2.0]])
    np.testing.assert_array_equal(trajectory(0.0), [1.0, 2.0])
