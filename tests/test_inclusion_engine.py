"""Set-valued flows through `integrate`: exact solutions, theory of games, endings, results."""

import numpy as np
import pytest
from scipy.special import exp1

from saddleode.flows import (
    L1,
    AnchoredFlow,
    Box,
    FastOGDAFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    RescaledFlow,
    SaddleProblem,
    Simplex,
    TikhonovFlow,
    Trajectory,
    closed_form,
    integrate,
)
from saddleode.flows.inclusions import leg
from saddleode.flows.solving.forms import ResolventForm

RTOL, ATOL = 1e-8, 1e-10  # the defaults
SIMPLICES = {"primal_set": Simplex(), "dual_set": "simplex"}
ABSOLUTE = SaddleProblem("abs(x) - abs(u)", "x", "u")
KINK = SaddleProblem("abs(x) + x*u", "x", "u", name="kink")
FLAT = SaddleProblem("max(abs(x) - 1, 0) - max(abs(u) - 1, 0)", "x", "u")
PENNIES = SaddleProblem.bilinear([[1, -1], [-1, 1]], **SIMPLICES)
ROCK = SaddleProblem.bilinear([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], **SIMPLICES)


def towards(start, goal, distance):
    return goal + np.sign(start - goal) * np.maximum(np.abs(start - goal) - distance, 0.0)


def absolute(distance):
    """|x| − |u| from (1.5, −2): both move straight to 0, as far as `distance`, and stay."""
    return np.stack([towards(1.5, 0.0, distance), towards(-2.0, 0.0, distance)], axis=-1)


def flat(t):
    """max(|x| − 1, 0) − max(|u| − 1, 0) from (3, −2): stops on the boundary of the saddle set."""
    return np.stack([towards(3.0, 1.0, t), towards(-2.0, -1.0, t)], axis=-1)


def arcs(t):
    """|x| + xu from (3, 2): arcs about (0, −1) and (0, 1) that stop on x = 0, |u| ≤ 1."""
    z, center = 3 + 2j, -1j  # x > 0: ż = i (z + i)
    while True:
        arc = np.angle(-np.sign(center.imag) * 1j / (z - center)) % (2 * np.pi)
        if t <= arc:
            z = center + (z - center) * np.exp(1j * t)
            return np.array([z.real, z.imag])
        t, z = t - arc, center + (z - center) * np.exp(1j * arc)
        if abs(z.imag) <= 1:
            return np.array([0.0, z.imag])
        center = -center


def pennies(t):
    """From two corners: along a wall to its middle, then for ever round the inscribed circle.

    With x = (1+p, 1−p)/2 and u alike, ṗ = −2q and q̇ = 2p on the square, from (1, −1).
    """
    circle = np.stack([np.cos(2 * t - 1), np.sin(2 * t - 1)])
    p, q = np.where(2 * t <= 1, [np.ones_like(t), 2 * t - 1], circle)
    return np.stack([1 + p, 1 - p, 1 + q, 1 - q], axis=-1) / 2


EXACT = {
    "|x|-|u|": (ABSOLUTE, [1.5, -2], 5, absolute, {"x = 0": 1.5, "u = 0": 2}),
    "|x|+xu": (KINK, [3, 2], 10, lambda t: np.array([arcs(s) for s in t]), {"x = 0": 2.25 * np.pi}),
    "flat": (FLAT, [3, -2], 4, flat, {"-u - 1 = 0": 1, "x - 1 = 0": 2}),
    "pennies": (PENNIES, [1, 0, 0, 1], 40, pennies, {"x2 = 0": 0}),
}


@pytest.mark.parametrize("case", EXACT.values(), ids=EXACT.keys())
def test_exact_solutions(case):
    problem, z0, t_end, exact, arrivals = case
    run = integrate(GradientFlow(), problem, z0, (0, t_end))
    errors = np.linalg.norm(run.z - exact(run.t), axis=-1)
    assert (run.status, run.engine) == (0, "inclusion")
    assert run.engine_reason == "the problem is set-valued; event by event"
    assert errors.max() <= 2 * (ATOL + RTOL * np.linalg.norm(z0))
    assert np.all(errors <= run.error_estimate + 1e-15)
    assert np.all(np.diff(run.error_estimate) >= 0)
    assert {s.where: pytest.approx(s.start, abs=1e-7) for s in run.sliding} == arrivals
    between = np.sort(np.random.default_rng(0).uniform(0, t_end, 50))
    np.testing.assert_allclose(run(between), exact(between), atol=1e-7)


@pytest.mark.parametrize("name", ["|x|+xu", "flat"])
def test_exact_solutions_by_resolvents_alone(name):
    problem, z0, t_end, exact, arrivals = EXACT[name]
    run = integrate(
        GradientFlow(), problem, z0, (0, t_end), engine="resolvent", rtol=1e-5, atol=1e-7
    )
    errors = np.linalg.norm(run.z - exact(run.t), axis=-1)
    assert errors.max() <= 2 * (1e-7 + 1e-5 * np.linalg.norm(z0))
    assert run.engine_reason == "asked for; by resolvents alone"
    assert {s.where for s in run.sliding} == set(arrivals)


@pytest.mark.parametrize("engine", ["inclusion", "resolvent"])
def test_errors_follow_the_tolerance(engine):
    times, exact = np.linspace(0, 8, 33), EXACT["|x|+xu"][3]
    errors = []
    for rtol in (1e-3, 1e-4, 1e-5):
        run = integrate(
            GradientFlow(), KINK, [3, 2], (0, 8), t_eval=times, rtol=rtol, atol=rtol, engine=engine
        )
        errors.append(np.abs(run.z - exact(times)).max() / rtol)
    assert max(errors) <= 8  # 2 (rtol + rtol ‖z0‖)


def waited(power, gamma, t):
    """∫_0^t exp(−∫_s^t γ/τ^p dτ) ds: the way made with ẋ = −1 − (γ/t^p)(x − x0)."""
    if power == 1:
        return t / (1 + gamma)
    if power == 0.5:
        return np.sqrt(t) / gamma - (1 - np.exp(-2 * gamma * np.sqrt(t))) / (2 * gamma**2)
    return t - gamma * np.exp(gamma / t) * exp1(gamma / t)  # p = 2


@pytest.mark.parametrize("power", [0.5, 1, 2])
@pytest.mark.parametrize("gamma", [0.7, 2.0])
def test_anchored_flows_of_all_powers(power, gamma):
    """Straight on, but held back, until 0 is met; there the anchor is too weak to pull away."""
    t = np.linspace(0.05, 20, 41)
    run = integrate(AnchoredFlow(gamma, power), ABSOLUTE, [1.5, -2], (0, 20), t_eval=t)
    np.testing.assert_allclose(run.z, absolute(waited(power, gamma, t)), atol=5e-8)
    assert [s.where for s in run.sliding] == ["x = 0", "u = 0"]
    arrival = waited(power, gamma, np.array([s.start for s in run.sliding]))
    np.testing.assert_allclose(arrival, [1.5, 2], atol=1e-6)


def test_a_strong_anchor_holds_the_start():
    """γ/t² with γ = 100: at first steps of resolvents are as short as 10⁻²⁸."""
    run = integrate(AnchoredFlow(100, 2), ABSOLUTE, [1.5, -2], (0, 3), t_eval=[1, 3])
    np.testing.assert_allclose(run.z, absolute(waited(2, 100, run.t)), atol=5e-8)


@pytest.mark.parametrize(
    ("flow", "way"),
    [
        (TikhonovFlow("0"), lambda t: t),
        (TikhonovFlow("3"), lambda t: (1 - np.exp(-3 * t)) / 3),
        (TikhonovFlow("1/(1+t)"), lambda t: (t + t * t / 2) / (1 + t)),
        (RescaledFlow(GradientFlow(), "t^2"), lambda t: t * t),
        (RescaledFlow(AnchoredFlow(1), "t^2"), lambda t: t * t / 2),
        (OptimisticFlow(2, 0.5), lambda t: 2 * t),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else "",
)
def test_other_flows_move_the_same_way(flow, way):
    """Where G is constant they differ from the gradient flow in speed alone."""
    run = integrate(flow, ABSOLUTE, [1.5, -2], (0, 3), t_eval=np.linspace(0, 3, 31))
    np.testing.assert_allclose(run.z, absolute(way(run.t)), atol=1e-7)


def test_inside_the_sets_a_flow_is_the_unconstrained_one():
    free = SaddleProblem("x*u", "x", "u")
    boxed = SaddleProblem("x*u", "x", "u", primal_set=Box(-9, 9), dual_set=Box(-9, 9))
    z0, t = np.array([0.6, -0.3]), np.linspace(0, 6, 13)
    for flow in (GradientFlow(), OptimisticFlow(1, 0.5), AnchoredFlow(1)):
        run = integrate(flow, boxed, z0, (0, 6), t_eval=t)
        np.testing.assert_allclose(run.z, closed_form(flow, free, z0, t), atol=2e-8)
        assert run.sliding == ()


# --- what theory says about games


def test_rock_paper_scissors_conserves_its_distance_inside_and_loses_it_at_walls():
    inside = integrate(GradientFlow(), ROCK, [0.4, 0.3, 0.3, 0.3, 0.4, 0.3], (0, 30))
    radii = np.linalg.norm(inside.z - 1 / 3, axis=-1)
    np.testing.assert_allclose(radii, radii[0], atol=3e-8)
    assert inside.sliding == ()
    corner = integrate(GradientFlow(), ROCK, [1, 0, 0, 0, 1, 0], (0, 30))
    radii = np.linalg.norm(corner.z - 1 / 3, axis=-1)
    assert np.all(np.diff(radii) <= 3e-8)
    last = max(s.end for s in corner.sliding)
    after = radii[corner.t > last + 0.01]  # off the walls for good: it goes round for ever
    np.testing.assert_allclose(after, after[0], atol=1e-7)
    assert 0.3 < after[0] < radii[0] - 0.3
    np.testing.assert_allclose(corner.z.reshape(-1, 2, 3).sum(axis=-1), 1, atol=1e-12)
    assert np.all(corner.z >= 0)


@pytest.mark.parametrize("problem", [PENNIES, ROCK], ids=["pennies", "rock"])
def test_optimism_and_anchoring_converge_where_the_gradient_flow_cycles(problem):
    """At the proved rates, MATH C and D, from a corner; G is the element of least norm."""
    z0 = np.zeros(problem.d)
    z0[[0, problem.n]] = 1
    center = np.full(problem.d, 1 / problem.n)
    t = np.linspace(1, 30, 30)
    gradient = integrate(GradientFlow(), problem, z0, (0, 30), t_eval=t)
    assert gradient.distance.min() > 0.3
    anchored = integrate(AnchoredFlow(2), problem, z0, (0, 30), t_eval=t)
    assert np.all(
        anchored.operator_norm * t <= (2 + np.sqrt(2)) * np.linalg.norm(z0 - center) + 1e-7
    )
    flow = OptimisticFlow(1, 0.5)
    optimistic = integrate(flow, problem, z0, (0, 30), t_eval=t)
    start = np.linalg.norm(z0 + 0.5 * problem.operator(z0) - center)
    assert np.all(optimistic.operator_norm**2 * 2 * 0.5 * t <= start**2 + 1e-7)
    np.testing.assert_allclose(optimistic.z[-1], center, atol=1e-6)
    assert anchored.distance[-1] < 0.2


def test_trajectories_of_one_game_never_move_apart():
    starts = np.random.default_rng(5).normal(size=(2, 6))
    run = integrate(GradientFlow(), ROCK, starts, (0, 10))
    distances = np.linalg.norm(run.z[0] - run.z[1], axis=-1)
    assert np.diff(distances).max() <= 4e-8


# --- ensembles


def test_an_ensemble_is_its_members(tmp_path):
    starts = np.array([[3.0, 2.0], [0.0, 0.5], [-1.0, 4.0]])
    run = integrate(GradientFlow(), KINK, starts, (0, 6), out=tmp_path / "z.npy")
    for i, z0 in enumerate(starts):
        alone = integrate(GradientFlow(), KINK, z0, (0, 6))
        np.testing.assert_array_equal(run.z[i], alone.z)
        np.testing.assert_array_equal(run.switches[i], alone.switches)
        np.testing.assert_array_equal(run.error_estimate[i], alone.error_estimate)
        assert run.sliding[i] == alone.sliding
    np.testing.assert_allclose(run([1.234])[2, 0], alone(1.234), atol=1e-14)
    assert "switches  " in str(run)
    assert "0 to 2 a member" in str(run)


def test_flows_may_differ_between_members():
    gammas = np.array([0.5, 1.0, 3.0])
    run = integrate(AnchoredFlow(gammas), ABSOLUTE, [1.5, -2], (0, 6))
    for z, gamma in zip(run.z, gammas, strict=True):
        np.testing.assert_allclose(z, absolute(run.t / (1 + gamma)), atol=5e-8)


def test_failed_members_are_named():
    """(1 + u)|x| has a wrong kink where u < −1: only the second start meets it."""
    problem = SaddleProblem("(1 + u)*abs(x) - u**2", "x", "u")
    run = integrate(GradientFlow(), problem, [[1.0, 1.0], [0.0, -3.0], [2.0, 0.5]], (0, 1))
    assert run.failed.tolist() == [False, True, False]
    assert run.status == 0
    assert "member 1 did not start: L is not convex-concave at a kink" in run.message
    assert np.isnan(run.z[1]).all()
    assert np.isfinite(run.z[[0, 2]]).all()


def test_infeasible_starts_are_projected_and_said_to_be():
    one = integrate(AnchoredFlow(1), PENNIES, [3, 0, 0.5, 0.5], (0, 1))
    assert one.message.startswith("z0 lies outside the constraint sets and was projected by 2; ")
    np.testing.assert_array_equal(one.z[0], [1, 0, 0.5, 0.5])
    np.testing.assert_array_equal(one.anchor, one.z[0])
    many = integrate(GradientFlow(), PENNIES, [[3, 0, 0.5, 0.5], [0.5] * 4], (0, 1))
    assert many.message.startswith("1 of 2 starts lie outside the constraint sets and were")
    kept = integrate(GradientFlow(), PENNIES, [0.5, 0.5, 1, 0], (0, 1))
    assert kept.message == "reached the end of the time span"


# --- events, interruptions, results


def test_events():
    def on_line(t, z):
        return z[0] - 1

    def far(t, z):
        return z[0] + 2

    far.terminal = True
    run = integrate(GradientFlow(), KINK, [3, 2], (0, 9), events=[on_line, far], progress=True)
    assert (run.status, run.success) == (1, True)
    assert run.message == f"event 1 ended it at t = {run.t[-1]:.6g}"
    assert run.z[-1, 0] == pytest.approx(-2, abs=1e-9)
    np.testing.assert_allclose(arcs(run.t_events[0][0])[0], 1, atol=1e-7)
    np.testing.assert_allclose(run.z_events[1], [run.z[-1]], atol=1e-12)
    assert np.all(run.switches <= run.t[-1])
    with pytest.raises(ProblemError, match="events need one start"):
        integrate(GradientFlow(), KINK, [[3, 2]], (0, 9), events=far)


def interrupt_after(count, monkeypatch):
    calls, examine = iter(range(count)), leg._examine

    def examined(*arguments):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return examine(*arguments)

    monkeypatch.setattr(leg, "_examine", examined)


def test_an_interruption_keeps_what_is_done(monkeypatch):
    interrupt_after(12, monkeypatch)
    run = integrate(GradientFlow(), PENNIES, [1, 0, 0, 1], (0, 40))
    assert run.status == -1
    assert run.message.startswith("interrupted at t =")
    assert 0.5 < run.t[-1] < 40
    np.testing.assert_allclose(run.z, pennies(run.t), atol=3e-8)


def test_an_interruption_keeps_complete_members(monkeypatch):
    interrupt_after(60, monkeypatch)
    run = integrate(GradientFlow(), PENNIES, [[1, 0, 0, 1]] * 4, (0, 5))
    assert run.status == -1
    assert "interrupted" in run.message
    done = ~run.failed
    assert 0 < done.sum() < 4
    np.testing.assert_allclose(run.z[0], pennies(run.t), atol=3e-8)
    assert np.isnan(run.z[-1]).all()
    assert len(run.sliding) == 4


@pytest.mark.parametrize("z0", [[3.0, 2.0], [[3.0, 2.0], [5.0, 5.0], [0.0, 0.0]]])
def test_saving_and_loading(z0, tmp_path):
    run = integrate(GradientFlow(), KINK, z0, (0, 8), t_eval=[0, 3, 8])
    again = Trajectory.load(run.save(tmp_path / "run.npz"), run.flow, run.problem)
    assert again.sliding == run.sliding
    np.testing.assert_array_equal(np.array(again.error_estimate), run.error_estimate)
    np.testing.assert_array_equal(again.switches[0], run.switches[0])
    assert str(again) == str(run)
    with pytest.raises(ProblemError, match="another problem"):
        Trajectory.load(tmp_path / "run.npz", run.flow, ABSOLUTE)


def test_printing():
    run = integrate(GradientFlow(), KINK, [3, 2], (0, 8))
    assert "switches     3" in str(run)
    assert "sliding      x = 0 from t = 7.069 to 8" in str(run)
    assert "sliding & x = 0 from t = 7.069 to 8" in run.to_latex()


def test_references():
    run = integrate(GradientFlow(), KINK, [3, 2], (0, 6), reference=True)
    assert run.engine_reason.endswith("at the finest tolerance of double precision")
    exact = np.array([arcs(t) for t in run.t])
    np.testing.assert_allclose(run.z, exact, atol=1e-12)


def test_stiff_problems_are_for_the_resolvent_engine(monkeypatch):
    """10⁴ x + ∂|x| and alike for u: fast to the kink at 0, from either side."""
    problem = SaddleProblem("5000*x**2 - 5000*u**2 + x*u", "x", "u", primal_term=L1(1))
    loose = {"rtol": 1e-4, "atol": 1e-6, "t_eval": np.linspace(0, 1, 21)}
    run = integrate(GradientFlow(), problem, [1.0, 2.0], (0, 1), engine="resolvent", **loose)
    assert run.success
    assert run.nfev < 3000
    np.testing.assert_allclose(run.z[1:], 0, atol=1e-5)
    assert run.sliding[0].where == "x = 0"
    monkeypatch.setattr(leg, "PATIENCE", 100)
    stiff = SaddleProblem("x*u + 1e8*x**2 - 1e8*u**2", "x", "u", primal_term=L1(1))
    slow = integrate(GradientFlow(), stiff, [1.0, 2.0], (0, 10))
    assert slow.status == -1
    assert "engine='resolvent'" in slow.message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: integrate(FastOGDAFlow(3, 1), PENNIES, [1, 0, 1, 0], (0, 1)), "moves its anchor"),
        (
            lambda: integrate(RescaledFlow(OptimisticFlow(1, 1), "t"), KINK, [1, 0], (0, 1)),
            "not of the form",
        ),
        (lambda: integrate(GradientFlow(), KINK, [1, 0], (0, 1), engine="scipy"), "is set-valued"),
        (lambda: integrate(GradientFlow(), KINK, [1, 0], (0, 1), engine="exact"), "is set-valued"),
        (lambda: integrate(GradientFlow(), KINK, [1, 0], (0, 1), form=ResolventForm), "a form"),
        (
            lambda: integrate(OptimisticFlow(1, 1), KINK, [1, 0], (0, 1), engine="resolvent"),
            "contains d/dt G",
        ),
        (
            lambda: integrate(
                GradientFlow(), SaddleProblem("x*u", "x", "u"), [1, 0], (0, 1), engine="inclusion"
            ),
            "is differentiable",
        ),
        (
            lambda: integrate(AnchoredFlow(1), KINK, [1, 0], (0, 1), anchor=[0, 0]),
            "leaves from its anchor",
        ),
        (lambda: integrate(GradientFlow(), KINK, [1, np.nan], (0, 1)), "must be finite"),
        (lambda: integrate(GradientFlow(), KINK, [1, 0], (0, 1), rtol=1e-17), "rtol"),
        (lambda: closed_form(GradientFlow(), KINK, np.array([1.0, 0]), 1.0), "not affine"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(call, message):
    with pytest.raises(ProblemError, match=message):
        call()
