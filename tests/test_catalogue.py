"""The catalogue: every problem beside its known saddle points."""

from __future__ import annotations

import numpy as np
import pytest

from saddleode.flows import CATALOGUE, SaddleProblem, named_problem

RNG = np.random.default_rng(4)
entries = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)

# name -> distance to the zeros of G, written by hand
DISTANCE = {
    "bilinear": lambda z: np.hypot(*z),
    "paper": lambda z: np.hypot(*z),
    "quartic": lambda z: np.hypot(*z),
    "dirac-gan": lambda z: np.hypot(*z),
    "gaussian-wgan": lambda z: np.linalg.norm(z - [3, 4, 0, 0]),
    "segment": lambda z: np.hypot(max(abs(z[0]) - 1, 0), z[1]),
    "absolute": lambda z: np.hypot(*z),
    "kink": lambda z: np.hypot(z[0], max(abs(z[1]) - 1, 0)),
    "flat": lambda z: np.hypot(*np.maximum(np.abs(z) - 1, 0)),
    "nonconvex": lambda z: min(
        np.hypot(*z),
        np.hypot(z[0] - 3**0.5 / 2, z[1] - 3**0.5 / 4),
        np.hypot(z[0] + 3**0.5 / 2, z[1] + 3**0.5 / 4),
    ),
}


@entries
def test_entries_are_complete(entry):
    problem = entry.build()
    assert problem.name == entry.name
    assert len(entry.start) == problem.d
    assert problem.distance(entry.start) > 0.1
    assert entry.title
    assert entry.source
    assert repr(named_problem(entry.name)) == repr(problem)


def test_names_are_distinct():
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("name", DISTANCE)  # those without random matrices
def test_formulas_are_those_of_the_problems(name):
    entry = next(entry for entry in CATALOGUE if entry.name == name)
    problem = entry.build()
    written = SaddleProblem(entry.formula, problem.primal, problem.dual)
    assert written.L.equals(problem.L)


@entries
def test_operator_vanishes_on_the_saddle_set_and_only_there(entry):
    problem = entry.build()
    z = problem.project(RNG.uniform(-4, 4, (50, problem.d)))
    nearest = problem.nearest_saddle(z)
    scale = 1 + np.abs(z).max()
    assert np.abs(problem.operator(nearest)).max() < 1e-12 * scale
    assert problem.distance(nearest).max() < 1e-12 * scale
    assert problem.distance(z).max() > 0
    off = problem.distance(z) > 1e-6
    assert np.linalg.norm(problem.operator(z[off]), axis=-1).min() > 1e-9
    assert np.linalg.norm(problem.operator(problem.saddle_point())) < 1e-12


@pytest.mark.parametrize("name", DISTANCE)
def test_distances_against_formulas_by_hand(name):
    problem = named_problem(name)
    for z in RNG.uniform(-5, 5, (50, problem.d)):
        assert problem.distance(z) == pytest.approx(DISTANCE[name](z), abs=1e-12)


@entries
def test_projections_are_nearest_points(entry):
    problem = entry.build()
    saddles = problem.nearest_saddle(RNG.uniform(-4, 4, (40, problem.d)))
    for z in RNG.uniform(-4, 4, (10, problem.d)):
        assert problem.distance(z) <= np.linalg.norm(z - saddles, axis=1).min() + 1e-12


@entries
def test_convexity_verdict_agrees_with_the_entry(entry):
    verdict = entry.build().convexity()
    assert verdict.status == ("proved" if entry.convex_concave else "refuted")


@pytest.mark.parametrize("name", [e.name for e in CATALOGUE if e.name != "nonconvex"])
def test_saddle_inequality_at_the_known_points(name):
    # L(x*, u) ≤ L(x*, u*) ≤ L(x, u*) for all x and u: what a saddle point is
    problem = named_problem(name)
    z = problem.project(RNG.uniform(-4, 4, (100, problem.d)))
    saddle = problem.nearest_saddle(z)
    moved_x, moved_u = saddle.copy(), saddle.copy()
    moved_x[:, : problem.n] = z[:, : problem.n]
    moved_u[:, problem.n :] = z[:, problem.n :]
    middle = problem.value(saddle)
    assert np.all(problem.value(moved_u) <= middle + 1e-11)
    assert np.all(middle <= problem.value(moved_x) + 1e-11)


def test_the_double_well_has_no_saddle_point():
    problem = named_problem("nonconvex")
    well = np.array([3**0.5 / 2, 3**0.5 / 4])
    for critical in (np.zeros(2), well, -well):
        assert np.abs(problem.operator(critical)).max() < 1e-15
        lower = min(problem.value([x, critical[1]]) for x in np.linspace(-2, 2, 41))
        assert lower < problem.value(critical) - 0.1
    assert np.linalg.eigvals(problem.jacobian(np.zeros(2))).real == pytest.approx(
        [-(3**0.5) / 2, 3**0.5 / 2]
    )
    assert np.linalg.eigvals(problem.jacobian(well)).real.min() > 0.5


@pytest.mark.parametrize("d", [2, 6, 40])
def test_random_problems(d):
    bilinear = named_problem("random-bilinear", d=d, seed=7)
    A = bilinear.matrix[: d // 2, d // 2 :]
    assert bilinear.d == d
    expected = np.linspace(0.5, 1.5, d // 2)[::-1]
    assert np.linalg.svd(A, compute_uv=False) == pytest.approx(expected)
    quadratic = named_problem("monotone-quadratic", d=d, seed=7)
    assert np.linalg.eigvalsh(quadratic.matrix + quadratic.matrix.T)[0] >= 0.2 - 1e-12
    assert quadratic.convexity().status == "proved"
    for name in ("random-bilinear", "monotone-quadratic"):
        same, other = named_problem(name, d=d, seed=7), named_problem(name, d=d, seed=8)
        z = np.ones(d)
        assert np.array_equal(same.operator(z), named_problem(name, d=d, seed=7).operator(z))
        assert not np.array_equal(same.operator(z), other.operator(z))
        assert np.abs(same.operator(same.saddle_point())).max() < 1e-12


SET_VALUED = [entry for entry in CATALOGUE if entry.build().is_set_valued]


@pytest.mark.parametrize("entry", SET_VALUED, ids=lambda entry: entry.name)
def test_saddle_sets_of_set_valued_problems_are_the_limits_of_resolvents(entry):
    """Independent of the sets written down: J_s(z) tends to P(z) for s → ∞."""
    problem = entry.build()
    for z in RNG.uniform(-2, 2, (5, problem.d)):
        limit = problem.backend.nearest_saddle(z)
        np.testing.assert_allclose(problem.nearest_saddle(z), limit, atol=1e-7)


def test_segment_from_both_sides():
    problem = named_problem("segment")
    z = np.array([[3.0, 1.0], [-3.0, 1.0], [0.5, 0.0], [0.5, -2.0]])
    assert problem.nearest_saddle(z).tolist() == [[1, 0], [-1, 0], [0.5, 0], [0.5, 0]]
    assert problem.saddle_point([3.0, 1.0]).tolist() == [1.0, 0.0]
