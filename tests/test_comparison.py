"""compare: a flow beside its discretisation, against closed forms and the claims of the paper."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from saddleode.analysis.comparing.clock import POINTS, evenly_in_time, last_step
from saddleode.analysis.comparing.comparison import compare
from saddleode.discretize import (
    METHODS,
    AlternatingGDA,
    AnchoredSimGD,
    OptimisticSimGD,
    SimGD,
    iterate,
)
from saddleode.discretize.operators import CoordinateOperator
from saddleode.flows import AnchoredFlow, GradientFlow, OptimisticFlow, ProblemError, SaddleProblem

XU = SaddleProblem("x*u", "x", "u")
WITH_FLOW = [method for method in METHODS if method.needs is not CoordinateOperator]
SPIRAL = SaddleProblem("0.2*x**2 + x*u", "x", "u")
SIMPLE = SimGD(0.1), OptimisticSimGD(0.1, 0.25)


def kinds(comparison):
    return comparison.flow_outcome.kind, {row.outcome.kind for row in comparison.rows}


# The four claims on L = xu


def test_gradient_flow_cycles_and_simgd_diverges_at_every_step() -> None:
    steps = [1.0, 0.1, 1e-2, 1e-3]
    comparison = compare(GradientFlow(), SimGD(1.0), XU, [1, 0], t_end=10, steps=steps)
    assert kinds(comparison) == ("cycles", {"diverges"})
    assert comparison.flow_outcome.number == 0
    for row in comparison.rows:
        assert row.outcome.number == pytest.approx(math.hypot(1, row.step), rel=1e-14)
        # MATH B: ‖z^k‖² = (1 + s²)^k, while the flow stays on the circle
        assert row.operator_norm == pytest.approx((1 + row.step**2) ** (row.iterations / 2))
        assert row.flow_operator_norm == pytest.approx(1, rel=1e-9)


def test_optimism_converges_exactly_inside_its_region() -> None:
    """MATH C: on a rotation of frequency R = 1 iff α < 2β(1 − β²)/(1 + β²)."""
    for beta in (0.1, 0.3, 0.5, 0.64, 0.9, 0.99):
        border = 2 * beta * (1 - beta**2) / (1 + beta**2)
        steps = [border * s for s in (0.3, 0.9, 1 - 1e-6, 1 + 1e-6, 1.1, 3)]
        method = OptimisticSimGD(0.1, beta)
        comparison = compare(method.flow(), method, XU, [1, 0], t_end=3, steps=steps)
        assert comparison.flow_outcome.kind == "converges"
        found = [row.outcome.kind for row in comparison.rows]
        assert found == ["converges"] * 3 + ["diverges"] * 3
    outside = OptimisticSimGD(1e-3, 1.01)  # β²R² > 1: no step at all
    assert kinds(compare(outside.flow(), outside, XU, [1, 0], t_end=1))[1] == {"diverges"}


def test_optimism_cycles_on_the_border_of_its_region() -> None:
    """β = 1/2 has the border α = 3/5."""
    method = OptimisticSimGD(Fraction(3, 5), Fraction(1, 2))
    comparison = compare(method.flow(), method, XU, [1, 0], t_end=3, steps=[0.6])
    assert comparison.rows[0].outcome.kind == "cycles"
    run = iterate(method, XU, [1, 0], 4000)  # at rest on a circle after a transient
    np.testing.assert_allclose(run.distance[-1000:], run.distance[-1], rtol=1e-9)


def test_region_agrees_with_the_iterates() -> None:
    for alpha in (0.2, 0.55, 0.65, 1.0):
        run = iterate(OptimisticSimGD(alpha, 0.5), XU, [1, 0], 300, record=[150, 300])
        assert (run.distance[1] < run.distance[0]) == (alpha < 0.6)


def test_anchoring_converges() -> None:
    method = AnchoredSimGD(p=2 / 3, gamma=2)
    comparison = compare(AnchoredFlow(2), method, XU, [1, 0], t_end=20, steps=[1, 0.5])
    assert kinds(comparison) == ("converges", {"converges"})
    assert comparison.flow_outcome.number == -1
    assert comparison.rows[0].outcome.number == pytest.approx(-1 / 3)
    assert max(row.operator_norm for row in comparison.rows) < 0.15


# Errors, orders, clocks


@pytest.mark.parametrize("method", SIMPLE, ids=lambda method: method.name)
def test_order_one_on_a_spiral(method) -> None:
    comparison = compare(method.flow(), method, SPIRAL, [1, -0.5], t_end=5)
    assert [row.step for row in comparison.rows] == [0.1, 0.05, 0.025, 0.0125]
    assert comparison.order == pytest.approx(1, abs=0.1)
    assert comparison.orders[-1] == pytest.approx(1, abs=0.05)


def test_errors_are_those_of_the_closed_form() -> None:
    """On xu: Z(t) = (cos t, sin t), z^k = Re, Im of (1 + is)^k."""
    (row,) = compare(GradientFlow(), SimGD(0.1), XU, [1, 0], t_end=2, steps=[0.05]).rows
    k = np.arange(41)
    error = np.abs((1 + 0.05j) ** k - np.exp(0.05j * k))
    assert row.iterations == 40
    np.testing.assert_allclose(row.trajectory.t, 0.05 * k, rtol=1e-14)
    assert row.error == pytest.approx(error.max(), rel=1e-9)
    assert row.final_error == pytest.approx(error[-1], rel=1e-9)


@pytest.mark.filterwarnings("ignore::saddleode.flows.OutsideTheoremWarning")
def test_anchored_flow_starts_where_the_method_does() -> None:
    """t_k = α(k+1)^{1−p}: from t_0 = α, at z^0, with anchor z^0."""
    method = AnchoredSimGD(p=Fraction(1, 2), gamma=1)
    (row,) = compare(AnchoredFlow(1), method, XU, [1, 0], t_end=10, steps=[0.25]).rows
    assert row.iterations == 1599 and row.trajectory.t[0] == 0.25
    np.testing.assert_array_equal(row.trajectory.z[0], [1, 0])
    np.testing.assert_array_equal(row.trajectory.anchor, [1, 0])
    np.testing.assert_allclose(row.trajectory.t, 0.25 * np.sqrt(row.iterates.k + 1), rtol=1e-14)
    # with z = x + iu, G = −iz and e = Z − 1 the flow is (te)' = itZ
    t, z = row.trajectory.t, row.trajectory.z @ [1, 1j]
    flux = t * (z - 1)
    mean = (t[1:] * z[1:] + t[:-1] * z[:-1]) / 2
    # trapezoidal rule: h³/12 times the third derivative, h ≤ 0.11
    np.testing.assert_allclose(np.diff(flux), 1j * np.diff(t) * mean, atol=3e-4)


def test_any_speed_of_the_clock_will_do() -> None:
    """The flow with α = 2 at time t is the one with α = 1 at time 2t."""
    method = OptimisticSimGD(0.1, 0.25)
    slow = compare(OptimisticFlow(1, 0.25), method, SPIRAL, [1, 0], t_end=4)
    fast = compare(OptimisticFlow(2, 0.25), method, SPIRAL, [1, 0], t_end=2)
    for one, other in zip(slow.rows, fast.rows, strict=True):
        assert one.iterations == other.iterations
        np.testing.assert_allclose(other.trajectory.t, one.trajectory.t / 2)
        assert other.error == pytest.approx(one.error, rel=1e-7)
    assert fast.flow_outcome.number == pytest.approx(2 * slow.flow_outcome.number)


def test_no_optimism_is_the_gradient_flow() -> None:
    assert compare(GradientFlow(), OptimisticSimGD(0.1, 0), SPIRAL, [1, 0], t_end=1).order > 0.9


def test_long_runs_are_thinned_evenly_in_time() -> None:
    method = AnchoredSimGD(p=0.6, gamma=2, alpha=0.1)
    end = last_step(method, 10)
    k = np.array(evenly_in_time(method, end))
    assert end > 90000 and k[0] == 0 and k[-1] == end and len(k) <= POINTS
    gaps = np.diff(method.time(k))
    assert gaps.max() < 0.04  # t_1 − t_0 = 0.032, and 9.9/2000 per point
    assert (np.diff(k) > 0).all()


@pytest.mark.parametrize("t_end", [0.3, 1, 7, 12.34])
@pytest.mark.parametrize("method", (*SIMPLE, AnchoredSimGD(0.6, 2, alpha=0.1)), ids=str)
def test_last_step(method, t_end) -> None:
    k = last_step(method, t_end)
    assert method.time(k) <= t_end * (1 + 1e-12) < method.time(k + 1)


# Input that does not fit


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"flow": OptimisticFlow(1, 0.3)}, "discretises GradientFlow"),
        ({"flow": AnchoredFlow(1)}, "discretises GradientFlow"),
        ({"flow": OptimisticFlow(sympy.Symbol("a"), 0)}, "is a symbol"),
        ({"method": OptimisticSimGD(0.1, 0.3)}, r"discretises OptimisticFlow\(alpha=1, beta=0.3\)"),
        ({"method": AnchoredSimGD(0.6, 1, epsilon=0.1)}, "epsilon"),
        ({"z0": [[1, 0]]}, r"z0 has shape \(1, 2\); one start"),
        ({"t_end": 0.01}, "before the first step"),
        ({"t_end": 1e9}, "more than 2000000 steps"),
        ({"steps": []}, "no step sizes"),
        ({"method": SimGD(lambda k: 1 / (k + 1))}, "no step sizes"),
        ({"steps": [0.1, -0.1]}, "alpha = -0.1"),
    ],
)
def test_wrong_input_is_refused(change, needed) -> None:
    arguments = {"flow": GradientFlow(), "method": SimGD(0.1), "problem": XU, "z0": [1, 0]}
    with pytest.raises(ProblemError, match=needed):
        compare(**(arguments | change))


def test_a_schedule_is_compared_at_given_steps() -> None:
    method = SimGD(lambda k: 1 / (k + 1))
    assert len(compare(GradientFlow(), method, XU, [1, 0], t_end=1, steps=[0.1]).rows) == 1


# Results


def test_overflow_is_a_result() -> None:
    """Steps of 50 on L = 25x² − 25u² leave the floats: infinite error, no order, a verdict."""
    problem = SaddleProblem("25*x**2 - 25*u**2", "x", "u")
    steps = [50, 25]
    comparison = compare(GradientFlow(), SimGD(1), problem, [1, 1], t_end=5e3, steps=steps)
    assert comparison.flow_outcome.kind == "converges" and math.isnan(comparison.order)
    for row in comparison.rows:
        assert (row.error, row.outcome.kind, row.iterates.status) == (math.inf, "diverges", -1)
    assert r"$\infty$" in comparison.to_latex() and "inf" in str(comparison)
    assert json.loads(json.dumps(comparison.to_dict()))["rows"][0]["error"] is None


@pytest.mark.parametrize("method", WITH_FLOW, ids=lambda method: method.name)
def test_results_print_and_save(method, tmp_path) -> None:
    method = method(**method.example)
    comparison = compare(method.flow(), method, SPIRAL, [1, -0.5], t_end=3)
    text = str(comparison)
    assert text.startswith(f"{method.flow().title} and {method.title}")
    assert len(text.splitlines()) == 1 + 5 + 1 + 1 + 4 + (comparison.rows[0].reason is not None)
    assert comparison.to_latex().count(r"\\") == 5
    comparison.save(tmp_path / "c.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["c.npz"]
    with np.load(tmp_path / "c.npz") as saved:
        table = json.loads(str(saved["comparison"]))
        assert table["order"] == comparison.order and len(table["rows"]) == 4
        for i, row in enumerate(comparison.rows):
            np.testing.assert_array_equal(saved[f"z_{i}"], row.iterates.z)
            np.testing.assert_array_equal(saved[f"Z_{i}"], row.trajectory.z)
            assert table["rows"][i]["outcome"]["kind"] == row.outcome.kind


def test_problems_that_are_not_affine_are_measured() -> None:
    problem = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")
    comparison = compare(GradientFlow(), SimGD(0.1), problem, [1, 0.5], t_end=300, steps=[0.1])
    assert comparison.flow_outcome.kind == "converges"  # strictly convex-concave
    assert "measured" in comparison.flow_outcome.reason
    # simGD ends on a limit cycle: growth s/2 against the damping of the quartic terms
    assert comparison.rows[0].outcome.kind == "cycles"


# Reasons and distances


def test_reason_of_simgd_on_a_rotation() -> None:
    """MATH F: the modified equation adds −(s/2)DG·G, rate s/2; with all orders log(1+s²)/(2s)."""
    comparison = compare(GradientFlow(), SimGD(0.1), XU, [1, 0], t_end=20)
    reason = comparison.rows[0].reason
    assert reason.correction == "−s/2 DG·G" and reason.correction_rate == pytest.approx(0.05)
    assert reason.rate == pytest.approx(math.log(1.01) / 0.2) and reason.flow_rate == 0
    assert reason.measured.slope == pytest.approx(reason.rate, rel=1e-9)
    assert "pumps energy in at rate 0.05" in str(comparison)
    assert "reason" in json.dumps(comparison.to_dict())


def test_reason_of_optimism_takes_energy_out() -> None:
    comparison = compare(SIMPLE[1].flow(), SIMPLE[1], SPIRAL, [1, 0], t_end=30)
    reason = comparison.rows[0].reason
    assert reason.correction_rate < 0 and "takes energy out" in str(reason)
    assert reason.measured.contains(reason.rate)
    eigenvalue = complex(reason.eigenvalue)
    assert reason.flow_rate == pytest.approx((-eigenvalue / (1 + 0.25 * eigenvalue)).real)


def test_reason_of_simgd_a_is_its_exponent() -> None:
    """Theorem 3: ‖G(z^k)‖² = O(k^{2p−2}); on xu it is attained (MATH D)."""
    method = AnchoredSimGD(0.6, 2)
    comparison = compare(AnchoredFlow(2), method, XU, [1, 0], t_end=60, steps=[1.0])
    reason = comparison.rows[0].reason
    assert reason.expected == pytest.approx(-0.8) and reason.measured.contains(-0.8)


def test_no_reason_where_there_is_none() -> None:
    flat = SaddleProblem("x**4 - u**4", "x", "u")  # DG = 0 at its saddle point
    comparison = compare(GradientFlow(), SimGD(0.1), flat, [1, 0], t_end=1, steps=[0.1])
    assert comparison.rows[0].reason is None


def test_alternating_gda_is_decided_by_proof() -> None:
    comparison = compare(GradientFlow(), AlternatingGDA(1.0), XU, [1, 0], steps=[1.0, 2.5])
    assert [row.outcome.kind for row in comparison.rows] == ["cycles", "diverges"]
    assert comparison.rows[1].outcome.reason.startswith("proved")


def test_distances_have_order_one_and_their_order() -> None:
    comparison = compare(GradientFlow(), SimGD(0.05), SPIRAL, [1, 0], t_end=6)
    assert comparison.distance_orders == pytest.approx(
        {"same clock": 1, "Hausdorff": 1, "Fréchet": 1, "shadowing": 1}, abs=0.1
    )
    for row in comparison.rows:
        found = row.distances
        assert found["Hausdorff"] <= found["Fréchet"] + 1e-12 <= found["same clock"] + 2e-12
        assert found["shadowing"] < found["same clock"]
    assert "shadowing" in comparison.distances_text()
