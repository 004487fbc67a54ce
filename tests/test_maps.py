"""Region maps, measured thresholds, rates and distances, against exact regions and closed forms."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from saddleode.analysis import (
    LipschitzMonotone,
    compare,
    exact_half_disk,
    exact_on,
    frechet_distance,
    growth_rate,
    hausdorff_distance,
    known_on,
    measured_on,
    measured_threshold,
    moments_on,
    power_rate,
    region_map,
    searched,
    shadow,
    step_threshold,
    where,
)
from saddleode.cli.main import app
from saddleode.discretize import (
    OGDA,
    AlternatingGDA,
    AnchoredSimGD,
    Extragradient,
    OptimisticSimGD,
    PowerLaw,
    SimGD,
    iterate,
)
from saddleode.figures import plot_region_map
from saddleode.figures.paper.optimism_regions import optimism_map
from saddleode.flows import AnchoredFlow, GradientFlow, ProblemError, SaddleProblem, integrate

XU = SaddleProblem("x*u", "x", "u")
PAPER = SaddleProblem("0.2*x**2 + x*u", "x", "u")
QUARTIC = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")
ALPHA, BETA = np.linspace(0.013, 0.8, 40), np.linspace(0.017, 1.1, 40)


def test_exact_map_of_simgd_o_is_the_known_region() -> None:
    """MATH C: α < 2β(1 − β²R²)/(1 + β²R²), on xu and over all monotone operators with R = 1."""
    found = region_map(
        OptimisticSimGD,
        ("alpha", ALPHA),
        ("beta", BETA),
        {"xu": exact_on(XU), "all": exact_half_disk(1.0), "runs": measured_on(XU, [1.0, 0.0])},
    )
    a, b = np.meshgrid(ALPHA, BETA)
    expected = np.where(a < 2 * b * (1 - b**2) / (1 + b**2), 1, -1)
    for verdicts in found.layers.values():
        np.testing.assert_array_equal(verdicts, expected)
    assert found.to_dict()["disagreement"]["xu / runs"] == 0
    assert "1600" not in str(found) and "40 x 40" in str(found)


def test_map_of_simgd_a_by_exponents_and_by_runs() -> None:
    """It converges on xu iff p > 1/2, or p = 1/2 and α² < 4γ; runs near p = 1/2 are left out."""
    p, gamma = np.array([0.2, 0.3, 0.6, 0.7]), np.array([0.5, 1.0, 2.0])
    layers = {"exponents": known_on(XU), "runs": measured_on(XU, [1.0, 0.0], iterations=5000)}
    found = region_map(AnchoredSimGD, ("p", p), ("gamma", gamma), layers)
    expected = np.tile(np.where(p > 0.5, 1, -1), (3, 1))
    np.testing.assert_array_equal(found.layers["exponents"], expected)
    np.testing.assert_array_equal(found.layers["runs"], expected)


def test_map_of_stochastic_simgd_o_over_its_powers() -> None:
    """MATH C: in mean square it converges iff q > 0, p > q and p + q ≤ 1; clear cases only."""

    def powers(p, q):
        return OptimisticSimGD(PowerLaw(0.5, p), PowerLaw(0.5, q))

    layers = {
        "moments": moments_on(XU, [1, 0], 0.1, iterations=4000),
        "rule": where(lambda p, q: (q > 0) & (p > q) & (p + q <= 1)),
    }
    found = region_map(powers, ("p", [0.45, 0.6]), ("q", [0.2, 0.6]), layers)
    np.testing.assert_array_equal(found.layers["moments"] == 1, found.layers["rule"] == 1)


def test_sufficient_conditions_lie_inside() -> None:
    found = optimism_map(cells=31, iterations=500)
    for name in ("simple certificate", "Theorem 2"):
        assert found.contained(name, "exact") and 0 < found.share(name) < found.share("exact")
    assert found.disagreement("exact", "runs on $xu$") == 0


def test_lyapunov_functions_are_found_where_the_exact_region_is() -> None:
    """MATH C: there is one for every monotone operator with R = 1 in all of the region."""
    layers = {"exact": exact_half_disk(1.0), "search": searched(LipschitzMonotone(1))}
    grid = ("alpha", [0.1, 0.35, 0.6]), ("beta", [0.2, 0.55, 0.95])
    found = region_map(OptimisticSimGD, *grid, layers)
    np.testing.assert_array_equal(found.layers["search"] == 1, found.layers["exact"] == 1)
    assert 0 < found.share("search") < 1


@pytest.mark.slow
def test_the_map_of_lyapunov_functions_is_the_exact_region() -> None:
    """MATH C, on cells of 0.15: what is found differs from the region nowhere, so near its edge."""
    alpha, beta = np.arange(0.05, 0.8, 0.15), np.arange(0.1, 1.1, 0.15)
    layers = {"search": searched(LipschitzMonotone(1))}
    found = region_map(OptimisticSimGD, ("alpha", alpha), ("beta", beta), layers)
    A, B = np.meshgrid(alpha, beta)
    np.testing.assert_array_equal(found.layers["search"] == 1, A < 2 * B * (1 - B**2) / (1 + B**2))


def test_maps_travel(tmp_path) -> None:
    layers = {"Theorem 2": where(lambda a, b: a < 2 * b * (1 - 2 * b))}
    found = region_map(OptimisticSimGD, ("alpha", ALPHA), ("beta", BETA), layers)
    found.save(tmp_path / "map.npz")
    with np.load(tmp_path / "map.npz") as stored:
        np.testing.assert_array_equal(stored["layer Theorem 2"], found.layers["Theorem 2"])
    ax = plot_region_map(found)
    assert ax.get_xlabel() == r"$\alpha$" and len(ax.get_legend_handles_labels()[1]) == 1


def test_maps_refuse_what_is_no_grid() -> None:
    with pytest.raises(ProblemError, match="increasing"):
        region_map(OptimisticSimGD, ("alpha", [1.0, 0.5]), ("beta", BETA), {})
    with pytest.raises(ProblemError, match="at most"):
        region_map(OptimisticSimGD, ("a", np.arange(1e4)), ("b", np.arange(1e4)), {})
    with pytest.raises(ProblemError, match="no saddle point"):
        measured_on(XU, [0.0, 0.0])


@pytest.mark.parametrize(
    ("method", "problem"),
    [(SimGD(1), PAPER), (OGDA(1), XU), (Extragradient(1), XU), (AlternatingGDA(1), PAPER)],
    ids=lambda value: getattr(value, "name", None),
)
def test_measured_thresholds_stand_beside_exact_ones(method, problem) -> None:
    found = measured_threshold(method, problem, [1.0, 0.0], iterations=4000, accuracy=1e-4)
    assert found.low < found.high < found.low * (1 + 1e-4)
    assert found.low == pytest.approx(float(step_threshold(method, problem).step), rel=2e-4)


def test_measured_threshold_says_when_there_is_none() -> None:
    with pytest.raises(ProblemError, match=r"does not converge at step 0\.001 already"):
        measured_threshold(SimGD(1), XU, [1.0, 0.0], iterations=500)
    with pytest.raises(ProblemError, match=r"converges up to step 0\.3"):
        measured_threshold(OGDA(1), XU, [1.0, 0.0], largest=0.3, iterations=500)


def test_distances_of_known_traces() -> None:
    angle = np.linspace(0, 2 * np.pi, 400)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    assert hausdorff_distance(circle, 1.25 * circle) == pytest.approx(0.25, abs=1e-4)
    assert frechet_distance(circle, 1.25 * circle) == pytest.approx(0.25, abs=1e-12)
    assert frechet_distance(circle, circle[::-1]) > 1.9
    assert hausdorff_distance(circle, np.array([[np.inf, 0.0]])) == np.inf


def test_frechet_distance_by_its_recursion() -> None:
    """The definition by recursion (Eiter, Mannila 1994), on short random curves."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(7, 2)), rng.normal(size=(9, 2))

    def leash(i: int, j: int) -> float:
        gap = float(np.linalg.norm(a[i] - b[j]))
        before = [
            leash(i - di, j - dj) for di, dj in ((1, 0), (0, 1), (1, 1)) if i >= di and j >= dj
        ]
        return max(gap, min(before)) if before else gap

    assert frechet_distance(a, b) == pytest.approx(leash(6, 8), rel=1e-14)


def test_shadow_finds_the_trajectory_that_was_hidden() -> None:
    for flow, problem, t in (
        (GradientFlow(), QUARTIC, np.linspace(0, 4, 60)),
        (AnchoredFlow(2), XU, np.linspace(1, 9, 60)),
    ):
        anchor, start = np.array([1.0, 0.0]), np.array([0.7, -0.4])
        hidden = integrate(flow, problem, start, (t[0], t[-1]), t_eval=t, anchor=anchor)
        found = shadow(flow, problem, t, hidden.z, anchor)
        np.testing.assert_allclose(found.start, start, atol=1e-6)
        assert found.error < 1e-6


def test_shadowing_is_closer_than_the_same_start() -> None:
    comparison = compare(GradientFlow(), SimGD(0.1), QUARTIC, [1, 0], t_end=5)
    for row in comparison.rows:
        found = shadow(GradientFlow(), QUARTIC, row.trajectory.t, row.iterates.z, comparison.z0)
        assert found.error < row.error


def test_rates_of_known_runs() -> None:
    """simGD on xu grows like (1+s²)^{k/2}; SimGD-A with p = 0.6 falls like k^{−0.8} in ‖G‖²."""
    run = iterate(SimGD(0.1), XU, [1.0, 0.0], 500)
    rate = growth_rate(run.k * 0.1, run.operator_norm)
    assert rate.slope == pytest.approx(np.log(1.01) / 0.2, rel=1e-9)
    run = iterate(AnchoredSimGD(0.6, 2), XU, [1.0, 0.0], 30_000)
    late = run.k > 1000
    rate = power_rate(run.k[late], run.operator_norm[late] ** 2)
    assert rate.contains(-0.8) and rate.error < 0.02
    noise = np.random.default_rng(4).normal(size=4000)
    k = np.arange(1, 4001)
    assert power_rate(k, k**-0.5 * np.exp(0.1 * noise)).contains(-0.5)
    with pytest.raises(ProblemError, match="needed for a rate"):
        growth_rate([1, 2], [1.0, 1.0])


def test_the_command(tmp_path) -> None:
    words = ["map", "simgd-o", "--problem", "bilinear", "--iterations", "300"]
    words += ["--x", "alpha:0.05:0.8:9", "--y", "beta:0.05:1.1:9"]
    files = ["--out", str(tmp_path / "map.npz"), "--plot", str(tmp_path / "map.png")]
    result = CliRunner().invoke(app, [*words, *files])
    assert result.exit_code == 0 and "exact" in result.stdout and "runs" in result.stdout
    assert (tmp_path / "map.npz").exists() and (tmp_path / "map.png").exists()
    few = [*words[:4], "--x", "alpha:0.2:0.9:2", "--y", "beta:0.5:1:2"]
    proved = CliRunner().invoke(app, [*few, "--operator", "lipschitz-monotone:R=1", "--json"])
    assert json.loads(proved.stdout)["converges"]["Lyapunov function"] == 0.25
    bad = CliRunner().invoke(app, ["map", "simgd-o", "--problem", "bilinear", "--x", "alpha:1"])
    assert bad.exit_code == 2
