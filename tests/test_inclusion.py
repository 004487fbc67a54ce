"""Differential inclusions: exact solutions, order, contraction, agreement of the integrators."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    IntegrationError,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    closed_form,
)
from saddleode.flows.inclusions import (
    GivenResolvent,
    by_events,
    constrained,
    integrate_by_events,
    integrate_by_resolvents,
    integrate_by_yosida,
    integrate_inclusion,
    kinked,
    leg,
    sdirk,
    set_valued_operator,
)
from saddleode.flows.inclusions.drive import drive
from saddleode.flows.terms import L1, AffineSubspace, Ball, Box, Simplex

x, u = sp.symbols("x u", real=True)
RTOL, ATOL = 1e-8, 1e-10  # defaults of the event-driven integrators
LOOSE = {"rtol": 1e-5, "atol": 1e-7}  # the implicit integrator needs more steps


def kinks(L, primal=("x",), dual=("u",)):
    symbols = [tuple(sp.Symbol(name, real=True) for name in names) for names in (primal, dual)]
    return set_valued_operator(kinked(L, *symbols), primal, dual)


def game(A, **carried):
    problem = SaddleProblem.bilinear(np.array(A, dtype=float))
    return constrained(problem.backend, problem.n, **carried)


def towards(start, goal, t):
    """Move from start to goal with speed 1, then rest."""
    return goal + np.sign(start - goal) * np.maximum(np.abs(start - goal) - t, 0.0)


ABSOLUTE = kinks(sp.Abs(x) - sp.Abs(u))
FLAT = kinks(sp.Max(sp.Abs(x) - 1, 0) - sp.Max(sp.Abs(u) - 1, 0))
SEGMENT = kinks(sp.Abs(x) + x * u)
SQUARE = game([[1]], primal_set=Box(-1, 1), dual_set=Box(-1, 1))
PENNIES = game([[1, -1], [-1, 1]], primal_set=Simplex(), dual_set=Simplex())
RIM = constrained(
    SaddleProblem.bilinear(np.zeros((2, 1)), b=[1.0, 0.0]).backend, 2, primal_set=Ball()
)
ROCK = game([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], primal_set=Simplex(), dual_set=Simplex())


def absolute(t):
    return np.stack([towards(1.5, 0.0, t), towards(-2.0, 0.0, t)], axis=-1)


def flat(t):
    return np.stack([towards(3.0, 1.0, t), towards(-2.0, -1.0, t)], axis=-1)


def segment(t):
    """|x| + xu from (3, 2): arcs about (0, −1) and (0, 1) that stop on x = 0, |u| ≤ 1."""
    z, center = 3 + 2j, -1j  # x > 0: ż = i (z + i)
    while True:
        arc = (np.angle(-np.sign(center.imag) * 1j / (z - center))) % (2 * np.pi)
        if t <= arc:
            z = center + (z - center) * np.exp(1j * t)
            return np.array([z.real, z.imag])
        t, z = t - arc, center + (z - center) * np.exp(1j * arc)
        if abs(z.imag) <= 1:
            return np.array([0.0, z.imag])
        center = -center


def square(t):
    """xu on [−1, 1]² from (1, −1): along the wall x = 1, then round the inscribed circle."""
    circle = np.array([np.cos(t - 1), np.sin(t - 1)])
    return np.where(t[:, None] <= 1, np.stack([np.ones_like(t), t - 1], axis=-1), circle.T)


def pennies(t):
    """With x = (1+p, 1−p)/2 and u alike, ṗ = −2q and q̇ = 2p: the square, twice as fast."""
    p, q = square(2 * t).T
    return np.stack([1 + p, 1 - p, 1 + q, 1 - q], axis=-1) / 2


def rim(t):
    """L = x on the disc: x is pushed to −1 along the circle, tan(φ/2) = tan(φ₀/2) eᵗ, φ₀ = 2."""
    phi = 2 * np.arctan(np.tan(1) * np.exp(t))
    return np.stack([np.cos(phi), np.sin(phi), np.full(np.shape(t), 0.5)], axis=-1)


def slowed(exact, gamma):
    """Anchored by γ, motion with a constant G is slower by 1 + γ."""
    return lambda t: exact(t / (1 + gamma))


CASES = {
    "absolute": (GradientFlow(), ABSOLUTE, [1.5, -2], 5, absolute, [(1.5, "x = 0"), (2, "u = 0")]),
    "anchored": (
        AnchoredFlow(1),
        ABSOLUTE,
        [1.5, -2],
        6,
        slowed(absolute, 1),
        [(3, "x = 0"), (4, "u = 0")],
    ),
    "anchored more": (
        AnchoredFlow(Fraction(5, 2)),
        ABSOLUTE,
        [1.5, -2],
        9,
        slowed(absolute, 2.5),
        [(5.25, "x = 0"), (7, "u = 0")],
    ),
    "flat": (GradientFlow(), FLAT, [3, -2], 4, flat, [(1, "-u - 1 = 0"), (2, "x - 1 = 0")]),
    "anchored flat": (AnchoredFlow(1), FLAT, [3, -2], 7, slowed(flat, 1), None),
    "segment": (
        GradientFlow(),
        SEGMENT,
        [3, 2],
        10,
        lambda t: np.array([segment(s) for s in t]),
        [(2.25 * np.pi, "x = 0")],
    ),
    "square": (GradientFlow(), SQUARE, [1, -1], 8, square, [(0, "x = 1")]),
    "pennies": (GradientFlow(), PENNIES, [1, 0, 0, 1], 4, pennies, [(0, "x2 = 0")]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_exact_solutions_by_events(case):
    flow, G, z0, t_end, exact, sliding = case
    times = np.linspace(0, t_end, 101)
    solution = integrate_by_events(flow, G, z0, (0, t_end), t_eval=times)
    assert solution.success
    errors = np.linalg.norm(solution.z - exact(times), axis=-1)
    assert errors.max() <= 2 * (ATOL + RTOL * np.linalg.norm(z0))
    assert errors.max() <= solution.error_estimate
    if sliding is not None:
        assert [s.where for s in solution.sliding] == [where for _, where in sliding]
        starts = [s.start for s in solution.sliding]
        np.testing.assert_allclose(starts, [start for start, _ in sliding], atol=1e-7)


@pytest.mark.parametrize("name", ["anchored more", "flat", "segment", "square"])
def test_exact_solutions_by_resolvents(name):
    flow, G, z0, t_end, exact, _ = CASES[name]
    times = np.linspace(0, t_end, 41)
    solution = integrate_by_resolvents(flow, G, z0, (0, t_end), t_eval=times, **LOOSE)
    errors = np.linalg.norm(solution.z - exact(times), axis=-1)
    assert solution.success
    assert errors.max() <= 2 * (LOOSE["atol"] + LOOSE["rtol"] * np.linalg.norm(z0))


def test_sliding_ends_where_the_wall_lets_go():
    (slide,) = integrate_by_events(GradientFlow(), SQUARE, [1, -1], (0, 8)).sliding
    assert slide.end == pytest.approx(1.0, abs=1e-4)  # the gap from the wall is (t − 1)²/2


def test_motion_on_a_sphere():
    times = np.linspace(0, 3, 31)
    exact = rim(times)
    found = integrate_by_events(GradientFlow(), RIM, exact[0], (0, 3), t_eval=times)
    np.testing.assert_allclose(found.z, exact, atol=3e-8)
    found = integrate_by_resolvents(
        GradientFlow(), RIM, exact[0], (0, 1), t_eval=times[:11], rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(found.z, exact[:11], atol=2e-4)
    assert found.sliding[0].where == "(x1, x2) on the sphere"


def test_motion_on_a_plane_is_the_flow_of_the_projected_operator():
    problem = SaddleProblem.bilinear([[1.0], [2.0]], b=[1.0, 0.0])
    G = constrained(problem.backend, 2, primal_set=AffineSubspace([[1, 1]], 1))
    P = np.diag([0.5, 0.5, 1.0]) - np.array([[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]])
    reduced = SaddleProblem.affine(P @ problem.matrix @ P, P @ problem.operator([0.5, 0.5, 0]), 2)
    z0, t = np.array([2.0, -1.0, 0.3]), np.linspace(0, 4, 9)
    exact = np.array([0.5, 0.5, 0]) + closed_form(GradientFlow(), reduced, P @ z0, t)
    found = integrate_by_events(GradientFlow(), G, z0, (0, 4), t_eval=t)
    np.testing.assert_allclose(found.z, exact, atol=5e-8)


def test_optimistic_absolute_value():
    """W falls to β with speed α, so Z = J_β W is the gradient flow at speed α, then rests at 0."""
    solution = integrate_inclusion(
        OptimisticFlow(2, 0.5), ABSOLUTE, [1.5, -2], (0, 2), t_eval=np.linspace(0, 2, 21)
    )
    np.testing.assert_allclose(solution.z, absolute(2 * solution.t), atol=5e-8)
    assert [(round(s.start, 6), s.where) for s in solution.sliding] == [
        (0.75, "x = 0"),
        (1.0, "u = 0"),
    ]


def test_optimistic_flow_inside_the_square_is_the_unconstrained_one():
    flow, times = OptimisticFlow(1, 0.7), np.linspace(0, 5, 11)
    solution = integrate_inclusion(flow, SQUARE, [0.3, 0.6], (0, 5), t_eval=times)
    exact = closed_form(flow, SaddleProblem("x*u", "x", "u"), np.array([0.3, 0.6]), times)
    errors = np.linalg.norm(solution.z - exact, axis=-1)
    assert errors.max() <= 2e-8
    assert errors.max() <= solution.error_estimate


def test_anchored_rock_paper_scissors_converges_at_the_known_rate():
    z0 = np.array([1.0, 0, 0, 0, 1, 0])
    solution = integrate_inclusion(AnchoredFlow(1), ROCK, z0, (0, 40), t_eval=[5, 10, 20, 40])
    norms = np.linalg.norm(ROCK.operator(solution.z), axis=-1)
    assert np.all(norms * solution.t <= 2 * np.linalg.norm(z0 - 1 / 3))


def test_rock_paper_scissors_rotates_inside_and_only_walls_draw_it_in():
    times = np.linspace(0, 12, 121)
    inside = integrate_by_events(
        GradientFlow(), ROCK, [0.4, 0.3, 0.3, 0.3, 0.4, 0.3], (0, 12), t_eval=times
    )
    radii = np.linalg.norm(inside.z - 1 / 3, axis=-1)
    np.testing.assert_allclose(radii, radii[0], atol=3e-8)
    assert inside.sliding == ()
    corner = integrate_by_events(GradientFlow(), ROCK, [1, 0, 0, 0, 1, 0], (0, 12), t_eval=times)
    radii = np.linalg.norm(corner.z - 1 / 3, axis=-1)
    assert np.all(np.diff(radii) <= 3e-8)
    assert radii[-1] < 0.6 < radii[0]
    np.testing.assert_array_equal(corner.z >= 0, True)
    np.testing.assert_allclose(corner.z.reshape(-1, 2, 3).sum(axis=-1), 1, atol=1e-12)


starts = st.tuples(*[st.floats(-2, 2, width=16)] * 6).map(np.array)


@settings(max_examples=6)
@given(a=starts, b=starts, gamma=st.sampled_from([None, 0.5, 2.0]))
def test_trajectories_never_move_apart(a, b, gamma):
    """Without anchors ‖Z − Z'‖ never increases; each with its own, it never exceeds its start."""
    flow = GradientFlow() if gamma is None else AnchoredFlow(gamma)
    times = np.linspace(0, 3, 16)
    first, second = (
        integrate_by_events(flow, ROCK, z, (0, 3), t_eval=times, rtol=1e-6).z for z in (a, b)
    )
    distances = np.linalg.norm(first - second, axis=-1)
    rises = np.diff(distances) if gamma is None else distances - distances[0]
    assert rises.max() <= 4e-6


def random_game(seed):
    rng = np.random.default_rng(seed)
    sets = [Box(-1, 0.7), Simplex(), Ball(0.8, 0.2), AffineSubspace([[1, 2]], 0.5), None]
    carried = {key: sets[rng.integers(5)] for key in ("primal_set", "dual_set")}
    carried |= {key: L1(rng.uniform()) for key in ("primal_term", "dual_term")}
    P, Q = (np.diag(rng.uniform(size=2)) for _ in "PQ")
    b, c = rng.normal(size=(2, 2)) / 2
    problem = SaddleProblem.quadratic(P, rng.normal(size=(2, 2)), Q, b, c)
    return constrained(problem.backend, 2, **carried), rng.normal(size=4), problem, carried


@pytest.mark.parametrize("seed", range(4))
def test_the_integrators_agree(seed):
    G, z0, *_ = random_game(seed)
    flow = [GradientFlow(), AnchoredFlow(0.7)][seed % 2]
    times = np.linspace(0, 3, 13)
    one = integrate_by_events(flow, G, z0, (0, 3), t_eval=times)
    two = integrate_by_resolvents(flow, G, z0, (0, 3), t_eval=times, **LOOSE)
    np.testing.assert_allclose(one.z, two.z, atol=2 * (1e-7 + 1e-5 * 3))


def test_an_independent_scheme_agrees():
    """Projected Euler steps of size h, with no notion of faces or modes, err by O(h)."""
    h, z = 2e-4, np.array([1.0, 0, 0, 0, 1, 0])
    matrix = SaddleProblem.bilinear([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]).matrix
    for _ in range(10_000):
        z = Simplex().prox((z - h * matrix @ z).reshape(2, 3)).ravel()
    found = integrate_by_events(GradientFlow(), ROCK, [1, 0, 0, 0, 1, 0], (0, 2))
    np.testing.assert_allclose(found.z[-1], z, atol=10 * h)


def final(G, flow, z0, t_end, steps, start=0.0):
    """End point of equal steps of the implicit method."""
    moving, h = drive(flow, z0, None, start), (t_end - start) / steps
    t, z = start, z0
    for _ in range(steps):
        step = sdirk.sdirk_step(moving, G.resolvent, t, z, h)
        t, z = t + h, step.z
    return z


def orders(G, flow, z0, t_end, exact, counts):
    errors = [np.linalg.norm(final(G, flow, np.array(z0), t_end, n) - exact) for n in counts]
    return np.log2(np.array(errors[:-1]) / errors[1:])


def test_order_four_where_the_motion_is_smooth():
    measured = orders(SEGMENT, GradientFlow(), [3.0, 2.0], 0.7, segment(0.7), [4, 8, 16])
    np.testing.assert_allclose(measured, 4, atol=0.15)


def test_order_three_with_an_anchor_from_its_pole():
    """The weight γ/t of the anchor is not smooth there; the steps after it have order four."""
    problem = SaddleProblem("x*u", "x", "u")
    z0 = np.array([0.6, -0.3])
    exact = closed_form(AnchoredFlow(1), problem, z0, np.array([2.0]))[0]
    measured = orders(SQUARE, AnchoredFlow(1), z0, 2.0, exact, [16, 32, 64])
    np.testing.assert_allclose(measured, 3, atol=0.15)


def test_order_four_while_sliding_on_a_flat_kink():
    """On x = y, L = 2xu − u²/2 after the reduction: a linear system."""
    a, b = sp.symbols("a b", real=True)
    G = kinks(4 * sp.Abs(a - b) + (a + b) * u - u**2 / 2, ("a", "b"))
    reduced = SaddleProblem.affine([[0, 1.0], [-2.0, 1.0]], None, 1)  # s = a = b
    s, w = closed_form(GradientFlow(), reduced, np.array([1.0, 0.5]), np.array([2.0]))[0]
    measured = orders(G, GradientFlow(), [1.0, 1.0, 0.5], 2.0, [s, s, w], [8, 16, 32])
    np.testing.assert_allclose(measured, 4, atol=0.15)


def test_order_two_on_a_curved_wall_and_order_one_across_kinks():
    measured = orders(RIM, GradientFlow(), rim(0.0), 1.0, rim(1.0), [8, 16, 32])
    assert np.all(measured > 1.7)
    counts = [40, 80, 160]
    errors = [
        np.linalg.norm(final(SEGMENT, GradientFlow(), np.array([3.0, 2.0]), 7.0, n) - segment(7.0))
        for n in counts
    ]
    assert np.all(np.array(errors) <= 8.0 / np.array(counts))


def test_order_conditions_of_the_implicit_method_hold_exactly():
    A = [[Fraction(float(a)).limit_denominator(3000) for a in row] for row in sdirk.A]
    c = [sum(row) for row in A]
    assert c == [Fraction(1, 4), Fraction(3, 4), Fraction(11, 20), Fraction(1, 2), 1]

    def weigh(weights, values):
        return sum(w * v for w, v in zip(weights, values, strict=True))

    Ac = [weigh(row, c) for row in A]
    conditions = {
        1: [([1] * 5, 1)],
        2: [(c, Fraction(1, 2))],
        3: [([k * k for k in c], Fraction(1, 3)), (Ac, Fraction(1, 6))],
        4: [
            ([k**3 for k in c], Fraction(1, 4)),
            ([k * a for k, a in zip(c, Ac, strict=True)], Fraction(1, 8)),
            ([weigh(row, [k * k for k in c]) for row in A], Fraction(1, 12)),
            ([weigh(row, Ac) for row in A], Fraction(1, 24)),
        ],
    }
    embedded = [Fraction(float(b)).limit_denominator(3000) for b in sdirk.EMBEDDED]
    for order, listed in conditions.items():
        for values, target in listed:
            assert weigh(A[-1], values) == target
            assert order == 4 or weigh(embedded, values) == target


@pytest.mark.parametrize("seed", range(8))
def test_resolvent_satisfies_its_inclusion(seed):
    """(v − w)/s − F(w) is a subgradient of the terms at w, by the prox of a set or of a term."""
    G, v, problem, carried = random_game(seed)
    for step in (1e-3, 0.1, 1.0, 30.0):
        w = G.resolvent(3 * v, step)
        r = (3 * v - w) / step - problem.operator(w)
        for key, part in (("primal", slice(0, 2)), ("dual", slice(2, 4))):
            assert subgradient_gap(carried, key, w[part], r[part]) <= 1e-7 * (1 + np.abs(r).max())


def subgradient_gap(carried, player, w, r):
    """max_y ⟨r, y − w⟩ − f(y) + f(w) over many feasible y: ≤ 0 for subgradients."""
    of_set, term = carried[f"{player}_set"], carried[f"{player}_term"]
    y = w + np.random.default_rng(0).normal(size=(400, 2)) * np.logspace(-3, 0.5, 400)[:, None]
    y = y if of_set is None else of_set.prox(y)
    return np.max((y - w) @ r - term.value(y) + term.value(w))


@given(step=st.floats(1e-3, 1e3), v=starts)
@settings(max_examples=15)
def test_resolvent_of_a_game_is_an_equilibrium(step, v):
    w = ROCK.resolvent(v, step)
    matrix = SaddleProblem.bilinear([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]).matrix
    r = (w - v) / step + matrix @ w  # must be least where w > 0, in each player's block
    for g, p in zip(r.reshape(2, 3), w.reshape(2, 3), strict=True):
        assert p @ g - g.min() <= 1e-8 * (1 + np.abs(g).max())


def test_large_game_with_dependent_faces():
    rng = np.random.default_rng(5)
    carried = {"primal_set": Ball(2), "dual_set": Box(0, 1), "dual_term": L1(0.3)}
    G = game(rng.normal(size=(15, 15)), primal_term=L1(0.1), **carried)
    for step in (0.01, 1.0, 100.0):
        v = rng.normal(size=30)
        w = G.resolvent(v, step)
        np.testing.assert_allclose(G.resolvent(w + (v - w) / 2, step / 2), w, atol=1e-9)


def test_saddle_points_and_projections_on_them():
    z = ROCK.saddle_point(None)
    np.testing.assert_allclose(z, 1 / 3, atol=1e-8)
    segment_points = SEGMENT.nearest_saddle(np.array([[3.0, 2.0], [1.0, 0.3], [-2.0, -5.0]]))
    np.testing.assert_allclose(segment_points, [[0, 1], [0, 0.3], [0, -1]], atol=1e-8)
    box = FLAT.nearest_saddle(np.array([3.0, -0.5]))
    np.testing.assert_allclose(box, [1, -0.5], atol=1e-8)
    with pytest.raises(IntegrationError, match="no saddle point"):
        kinks(sp.Max(x, 2 * x) + u - u**2).saddle_point(None)


def test_operator_is_the_least_element():
    G = kinks(sp.Abs(x) + x * u)
    points = np.array([[0.0, 0.5], [0.0, 2.0], [1.0, 1.0], [-1e-12, -3.0]])
    expected = [[0, 0], [1, 0], [2, -1], [-2, 0]]
    np.testing.assert_allclose(G.operator(points), expected, atol=1e-11)
    with pytest.raises(ProblemError, match="project"):
        SQUARE.operator(np.array([2.0, 0.0]))


def test_a_start_outside_is_projected_and_said_to_be():
    solution = integrate_by_events(GradientFlow(), SQUARE, [4, 0.5], (0, 1))
    np.testing.assert_array_equal(solution.z[0], [1, 0.5])
    assert solution.message == (
        "z0 lies outside the constraint sets and was projected by 3; "
        "reached the end of the time span"
    )


def test_events_without_end_are_capped_with_a_message():
    solution = integrate_by_events(GradientFlow(), SEGMENT, [30.0, 2.0], (0, 60), max_events=3)
    assert solution.status == -1
    assert not solution.success
    assert "3 events" in solution.message
    assert solution.t[-1] == solution.t_reached == solution.switches[-1] < 60


def test_implicit_steps_lead_out_of_a_stall(monkeypatch):
    """As if no mode ever made progress: the implicit method alone, which must do as well."""
    monkeypatch.setattr(by_events, "STALLS", 0)
    monkeypatch.setattr(by_events, "FIRST", 0.02)
    solution = integrate_by_events(
        GradientFlow(), SQUARE, [1, -1], (0, 2), rtol=1e-5, atol=1e-7, max_events=60
    )
    assert solution.t_reached > 1.2
    np.testing.assert_allclose(solution.z, square(solution.t), atol=2e-5)


def test_an_operator_known_by_its_resolvent_alone():
    """Soft thresholding is the resolvent of |x| − |u|; of a smooth problem it is a solver."""
    soft = GivenResolvent(lambda z, s: np.sign(z) * np.maximum(np.abs(z) - s, 0), 2)
    solution = integrate_by_resolvents(GradientFlow(), soft, [1.5, -2], (0, 3), t_eval=[1, 3.0])
    np.testing.assert_allclose(solution.z, absolute(np.array([1, 3.0])), atol=3e-6)
    assert solution.sliding == ()
    problem = SaddleProblem("x*u + 500*x**2 - 500*u**2", "x", "u")  # stiff
    smooth = integrate_by_resolvents(
        GradientFlow(), GivenResolvent(problem.resolvent, 2), [1.0, 2.0], (0, 1), **LOOSE
    )
    exact = closed_form(GradientFlow(), problem, np.array([1.0, 2.0]), smooth.t)
    np.testing.assert_allclose(smooth.z, exact, atol=4e-5)
    assert len(smooth.t) < 120


def test_a_domain_is_found_from_a_resolvent():
    unit = GivenResolvent(lambda z, s: np.clip(z, -1, 1), 2)
    solution = integrate_by_resolvents(GradientFlow(), unit, [3.0, 0.5], (0, 1))
    assert "projected by 2" in solution.message


def test_an_interruption_keeps_what_is_done_by_events(monkeypatch):
    calls = iter(range(10))

    def interrupted(*arguments):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return examine(*arguments)

    examine = leg._examine
    monkeypatch.setattr(leg, "_examine", interrupted)
    solution = integrate_by_events(GradientFlow(), SQUARE, [1, -1], (0, 50))
    assert solution.status == -1
    assert "interrupted at t =" in solution.message
    assert 1 < solution.t_reached < 50
    np.testing.assert_allclose(solution.z, square(solution.t), atol=3e-8)


def test_an_interruption_keeps_what_is_done():
    calls = iter(range(40))

    def interrupted(z, s):
        if next(calls, None) == 39:
            raise KeyboardInterrupt
        return z / (1 + s)

    solution = integrate_by_resolvents(
        GradientFlow(), GivenResolvent(interrupted, 1), [1.0], (0, 9)
    )
    assert solution.status == -1
    assert "interrupted at t =" in solution.message
    assert 0 < solution.t_reached < 9
    np.testing.assert_allclose(solution.z[:, 0], np.exp(-solution.t), atol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [1, 2, 3], (0, 1)), "shape"),
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [[1, 2]], (0, 1)), "one point"),
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [1, 0], (1, 0)), "t_span"),
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [1, 0], 3), "t_span"),
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [1, 0], (0, 1), rtol=1e-16), "rtol"),
        (lambda: integrate_by_events(GradientFlow(), SQUARE, [1, 0], (0, 1), t_eval=[2]), "t_eval"),
        (lambda: integrate_by_events(OptimisticFlow(1, 1), SQUARE, [1, 0], (0, 1)), "yosida"),
        (lambda: integrate_by_yosida(GradientFlow(), SQUARE, [1, 0], (0, 1)), "beta > 0"),
        (
            lambda: integrate_by_events(AnchoredFlow(1), SQUARE, [1, 0], (0, 1), anchor=[0, 0]),
            "differ",
        ),
        (lambda: game([[1]], primal_set=L1(1)), "give it as primal_term"),
        (lambda: game([[1]], dual_term="simplex"), "give it as dual_set"),
        (lambda: game([[1]], dual_term=L1), "needed: a term"),
        (lambda: game([[1, 2]], dual_set=Box([0, 0, 0], 1)), "2 variables"),
        (lambda: SQUARE.jacobian(np.zeros(2)), "set-valued"),
        (lambda: SQUARE.lipschitz(), "set-valued"),
    ],
)
def test_bad_input_is_refused_with_advice(call, message):
    with pytest.raises(ProblemError, match=message):
        call()


def test_a_wrong_kink_that_is_met_on_the_way_is_an_error():
    """(1 + u)|x| is convex in x for u ≥ −1 only."""
    G = kinks((1 + u) * sp.Abs(x) + u)
    with pytest.raises(ProblemError, match="not convex-concave at a kink: where x = 0"):
        integrate_by_events(GradientFlow(), G, [0.0, -3.0], (0, 1))


def test_an_anchor_elsewhere_after_the_pole():
    """From t = 1 with Z0 = 0: ẋ = −1 − x/t has the solution x = (c − t²/2)/t until it is 0."""
    solution = integrate_by_events(
        AnchoredFlow(1), ABSOLUTE, [1.0, 0.0], (1, 3), anchor=[0.0, 0.0], t_eval=[1.2, 1.6, 3.0]
    )
    exact = [(1.5 - t * t / 2) / t for t in (1.2, 1.6)]
    np.testing.assert_allclose(solution.z[:, 0], [*exact, 0.0], atol=2e-8)
    assert solution.sliding[-1].start == pytest.approx(np.sqrt(3), abs=1e-8)
