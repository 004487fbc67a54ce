"""Constraint sets and terms: their proximal maps, faces, minimal-norm selections and texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from saddleode.flows import ExpressionError, ProblemError
from saddleode.flows.terms import L1, AffineSubspace, Ball, Box, Simplex, minimal_norm, parse_term
from saddleode.flows.terms.selection import least_norm, memberships

A, B = np.array([[1.0, 2.0, 0.0, -1.0], [0.0, 1.0, 1.0, 1.0]]), np.array([1.0, -0.5])
SETS = (
    Box(-1, [0.5, 1, 2, np.inf]),
    Box([-np.inf, 0, 0, 1], [0, np.inf, 3, 1]),
    Simplex(),
    Simplex(2.5),
    Ball(1.5, [0.3, -1, 0, 2]),
    AffineSubspace(A, B),
)
TERMS = (*SETS, L1(0.7), L1([0, 0.5, 1, 2]))
NAMES = ("a", "b", "c", "d")
ROUNDING = 1e-12  # of a few operations on numbers below 100
points = arrays(np.float64, 4, elements=st.floats(-10, 10))


def name(term):
    return f"{type(term).__name__}{TERMS.index(term)}"


def constraints(term):
    """The set in the language of scipy.optimize, written down independently of the faces."""
    if isinstance(term, Box):
        return {"bounds": np.broadcast_arrays(term.low, term.high, np.zeros(4))[:2]}
    if isinstance(term, Simplex):
        total = {"type": "eq", "fun": lambda x: np.sum(x) - term.total}
        return {"bounds": (np.zeros(4), np.full(4, np.inf)), "constraints": [total]}
    if isinstance(term, Ball):
        inside = {"type": "ineq", "fun": lambda x: term.radius**2 - np.sum((x - term.center) ** 2)}
        return {"constraints": [inside]}
    return {"constraints": [{"type": "eq", "fun": lambda x: A @ x - B}]}


@pytest.mark.parametrize("term", SETS, ids=name)
def test_projection_solves_the_quadratic_program(term):
    options = constraints(term)
    if "bounds" in options:
        options["bounds"] = list(zip(*options["bounds"], strict=True))
    for v in np.random.default_rng(1).normal(size=(5, 4)) * 3:
        found = minimize(
            lambda x, v=v: np.sum((x - v) ** 2) / 2,
            np.zeros(4),
            jac=lambda x, v=v: x - v,
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
            **options,
        )
        np.testing.assert_allclose(term.prox(v), found.x, atol=2e-6)  # what SLSQP reaches


@pytest.mark.parametrize("term", TERMS, ids=name)
@given(v=points, w=points, step=st.floats(0.1, 10))
def test_prox_is_firmly_nonexpansive(term, v, w, step):
    p, q = term.prox(v, step), term.prox(w, step)
    assert np.sum((p - q) ** 2) <= (p - q) @ (v - w) + 400 * ROUNDING


@pytest.mark.parametrize("term", TERMS, ids=name)
@given(v=points, x=points, step=st.floats(0.1, 10))
def test_prox_is_the_minimiser(term, v, x, step):
    p = term.prox(v, step)
    x = term.prox(x)  # a feasible competitor
    cost = [term.value(y) + np.sum((y - v) ** 2) / (2 * step) for y in (p, x)]
    assert np.isfinite(cost[0])
    assert cost[0] <= cost[1] * (1 + ROUNDING) + ROUNDING


@given(v=points, step=st.floats(0.1, 10), weight=st.floats(0, 5))
def test_moreau_identity(v, step, weight):
    """v = prox_{sf}(v) + s prox_{f*/s}(v/s); the conjugate of the l1 norm is a box."""
    dual = Box(-weight, weight).prox(v / step)
    np.testing.assert_allclose(L1(weight).prox(v, step) + step * dual, v, atol=100 * ROUNDING)
    cone, polar = Box(0, np.inf).prox(v), Box(-np.inf, 0).prox(v)
    np.testing.assert_array_equal(cone + polar, v)


@given(v=points)
def test_simplex_projection_is_optimal(v):
    """⟨v − p, e_i − p⟩ ≤ 0 for every vertex e_i."""
    p = Simplex().prox(v)
    assert abs(p.sum() - 1) <= ROUNDING
    assert np.max((v - p) - (v - p) @ p) <= 100 * ROUNDING


@pytest.mark.parametrize("term", TERMS, ids=name)
def test_prox_and_value_work_over_leading_axes(term):
    v = np.random.default_rng(2).normal(size=(2, 3, 4))
    row = term.prox(v[1, 2], 0.5)
    np.testing.assert_allclose(term.prox(v, 0.5)[1, 2], row, rtol=1e-14)
    assert term.value(v).shape == (2, 3)


@pytest.mark.parametrize("term", TERMS, ids=name)
@given(x=points)
def test_faces_describe_the_function(term, x):
    term.check(4)
    faces = term.faces(NAMES)
    inside = term.prox(x)
    heights, grouped = faces.heights(inside), faces.groups >= 0
    assert np.all(heights[~grouped] <= 1e-10)
    np.testing.assert_allclose(faces.equalities @ inside, faces.levels, atol=1e-10)
    groups = np.unique(faces.groups[grouped])
    total = sum(
        faces.weights[faces.groups == g][0] * heights[faces.groups == g].max() for g in groups
    )
    np.testing.assert_allclose(total, term.value(inside), atol=ROUNDING * 100)
    outside = np.linalg.norm(x - inside) > 1e-3
    violated = np.any(faces.heights(x)[~grouped] > 0) or np.any(
        np.abs(faces.equalities @ x - faces.levels) > 1e-9
    )
    assert violated or not (outside and term.is_set)


@pytest.mark.parametrize("term", TERMS, ids=name)
def test_gradients_of_the_faces(term):
    x, h, faces = np.array([0.3, -0.2, 0.9, 1.1]), 1e-6, term.faces(NAMES)
    slopes = [(faces.heights(x + h * e) - faces.heights(x - h * e)) / (2 * h) for e in np.eye(4)]
    np.testing.assert_allclose(faces.gradients(x), np.transpose(slopes), atol=1e-8)


@pytest.mark.parametrize("term", TERMS, ids=name)
@given(x=points, g=points)
def test_minimal_norm_is_the_right_velocity(term, x, g):
    """(prox(x − h g, h) − x)/h tends to minus the element of least norm of g + ∂f(x)."""
    x, h = term.prox(np.round(x, 3)), 1e-7  # on a wall, or far from it on the scale of h
    limit = (x - term.prox(x - h * g, h)) / h
    # the difference quotient errs by h curvature ‖g‖² and by rounding of x, divided by h
    np.testing.assert_allclose(minimal_norm(term, g, x), limit, atol=2e-4)


@given(
    g=arrays(np.float64, 3, elements=st.floats(-5, 5)),
    rows=arrays(np.float64, (6, 3), elements=st.floats(-5, 5)),
    groups=st.lists(st.integers(-1, 2), min_size=6, max_size=6),
)
def test_least_norm_satisfies_its_optimality_conditions(g, rows, groups):
    groups = np.array(groups)
    sums = memberships(groups)
    element, mu = least_norm(g, rows, sums)
    np.testing.assert_allclose(element, g + mu @ rows, atol=1e-10)
    np.testing.assert_allclose(sums @ mu, 1.0, atol=1e-9)
    assert np.all(mu >= 0)
    growth = rows @ element  # derivative of ½‖element‖² by each multiplier
    for p, group in enumerate(groups):
        least = 0.0 if group == -1 else growth[groups == group].min()
        assert growth[p] >= least - 1e-8
        assert mu[p] * (growth[p] - least) <= 1e-7 * (1 + mu[p])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Box(1, 0), "empty"),
        (lambda: Box(np.nan, 0), "number"),
        (lambda: Box([0, 1], [1, 2, 3]), "high has shape"),
        (lambda: Simplex(0), "positive"),
        (lambda: Simplex("a"), "total is 'a'"),
        (lambda: Simplex([1, 2]), "positive"),
        (lambda: Ball("a"), "radius is 'a'"),
        (lambda: Ball([1, 2]), "radius"),
        (lambda: Ball(-1), "radius"),
        (lambda: Ball(1, np.inf), "center"),
        (lambda: AffineSubspace([[1, 1], [2, 2]], [1, 3]), "empty"),
        (lambda: AffineSubspace("A"), "matrix"),
        (lambda: AffineSubspace([[1, 1]], [1, 2]), "b has shape"),
        (lambda: L1(-1), "weights >= 0"),
        (lambda: L1("x"), "number"),
        (lambda: Box([0, 0], 1).check(3), "3 variables"),
        (lambda: AffineSubspace([[1, 1]]).check(3), "2 columns"),
        (lambda: minimal_norm(Simplex(), [0, 0], [1, 1]), "outside"),
    ],
)
def test_wrong_terms_are_refused(make, message):
    with pytest.raises(ProblemError, match=message):
        make()


def test_redundant_equations_are_accepted():
    plane = AffineSubspace([[1, 1], [2, 2]], [1, 2])
    assert len(plane.faces(("a", "b")).levels) == 1
    np.testing.assert_allclose(plane.prox([0.0, 0.0]), [0.5, 0.5], atol=ROUNDING)


def test_bounds_make_pieces_of_the_l1_norm_idle():
    faces = L1(0.5).faces(("a", "b")) + Box([0, -1], np.inf).faces(("a", "b"))
    lean = faces.without_idle_pieces()
    assert lean.labels == ("a = 0", "b = 0", "b = 0", "a = 0", "b = -1")


@pytest.mark.parametrize(
    ("text", "v", "expected"),
    [
        ("simplex", [2, 0], [1, 0]),
        ("simplex(2)", [5, 0], [2, 0]),
        ("box(-1, 1)", [-3, 3], [-1, 1]),
        ("box(high=[1, 2], low=-inf)", [-3, 3], [-3, 2]),
        ("ball(2, center=[1, 0])", [5, 0], [3, 0]),
        ("affine([[1, 1]], 1)", [0, 0], [0.5, 0.5]),
        ("l1(1e-1)", [1, -1], [0.9, -0.9]),
    ],
)
def test_terms_from_text(text, v, expected):
    np.testing.assert_allclose(parse_term(text).prox(v), expected, atol=ROUNDING)


@pytest.mark.parametrize(
    "text",
    [
        "cube",
        "box(1",
        "box(__import__('os'))",
        "box(1+1)",
        "box(low)",
        "open('x')",
        "box(*[1])",
        "[box]",
        "lambda: 0",
        "box(True)",
        "simplex()()",
        "l1(" + "9" * 200_000 + ")",
        7,
    ],
    ids=lambda text: str(text)[:20],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ExpressionError) as caught:
        parse_term(text)
    assert caught.value.pointer()


@pytest.mark.parametrize("text", ["box(1, 2, 3)", "box(size=1)", "simplex([1, 2])", "ball([1])"])
def test_arguments_that_do_not_fit_are_refused(text):
    with pytest.raises(ProblemError):
        parse_term(text)
