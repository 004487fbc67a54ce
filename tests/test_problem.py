"""Saddle problems from expressions, matrices and functions: G, DG, L against independent values."""

from __future__ import annotations

import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp

from saddleode.flows import CATALOGUE, SaddleProblem

x, u, y, v = sp.symbols("x u y v")
RNG = np.random.default_rng(11)
ROUNDING = 1e-13  # a few hundred units of rounding on values of order 1

# L, primal, dual, and G written by hand
BY_HAND = [
    ("x*u", "x", "u", lambda z: [z[1], -z[0]]),
    ("0.2*x**2 + x*u", "x", "u", lambda z: [0.4 * z[0] + z[1], -z[0]]),
    ("x**4/4 + x*u - u**4/4", "x", "u", lambda z: [z[0] ** 3 + z[1], z[1] ** 3 - z[0]]),
    (
        "-log(1 + exp(-x*u))",
        "x",
        "u",
        lambda z: [z[1] / (1 + mpmath.exp(z[0] * z[1])), -z[0] / (1 + mpmath.exp(z[0] * z[1]))],
    ),
    (
        "exp(x - 2*y)*u + sin(x)*v**2 - u**2",
        "x y",
        "u v",
        lambda z: [
            mpmath.exp(z[0] - 2 * z[1]) * z[2] + mpmath.cos(z[0]) * z[3] ** 2,
            -2 * mpmath.exp(z[0] - 2 * z[1]) * z[2],
            -mpmath.exp(z[0] - 2 * z[1]) + 2 * z[2],
            -2 * mpmath.sin(z[0]) * z[3],
        ],
    ),
    ("max(x - 1, 0)**2 - u**2", "x", "u", lambda z: [2 * max(z[0] - 1, 0), 2 * z[1]]),
]


@pytest.mark.parametrize(("L", "primal", "dual", "G"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_operator_agrees_with_hand_written_derivatives_in_high_precision(L, primal, dual, G):
    problem = SaddleProblem(L, primal, dual)
    for z in RNG.uniform(-2, 2, (20, problem.d)):
        with mpmath.workdps(30):
            exact = [float(g) for g in G([mpmath.mpf(c) for c in z])]
        assert problem.operator(z) == pytest.approx(exact, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize(("L", "primal", "dual", "G"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_jacobian_is_the_derivative_of_the_operator(L, primal, dual, G):
    problem = SaddleProblem(L, primal, dual)
    h = 1e-5
    for z in RNG.uniform(0.1, 0.9, (5, problem.d)):  # away from the kink at x = 1
        differences = [
            (problem.operator(z + h * e) - problem.operator(z - h * e)) / (2 * h)
            for e in np.eye(problem.d)
        ]
        # error h²/6·|G'''| + rounding/h: both below 1e-9 here
        assert problem.jacobian(z) == pytest.approx(np.transpose(differences), abs=1e-8)


@pytest.mark.parametrize(("L", "primal", "dual", "G"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_operator_is_the_signed_gradient_of_the_value(L, primal, dual, G):
    problem = SaddleProblem(L, primal, dual)
    h = 1e-5
    sign = np.where(np.arange(problem.d) < problem.n, 1.0, -1.0)
    for z in RNG.uniform(-2, 2, (5, problem.d)):
        slopes = [(problem.value(z + h * e) - problem.value(z - h * e)) / (2 * h)
                  for e in np.eye(problem.d)]  # fmt: skip
        assert problem.operator(z) == pytest.approx(sign * slopes, abs=1e-6)


DIFFERENTIABLE = [entry for entry in CATALOGUE if not entry.build().is_set_valued]


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda entry: entry.name)
def test_everything_is_vectorised_over_leading_axes(entry):
    problem = entry.build()
    z, w = RNG.uniform(-2, 2, (2, 2, 3, problem.d))
    for i in range(2):
        for j in range(3):
            point, direction = z[i, j], w[i, j]
            assert problem.value(z)[i, j] == pytest.approx(problem.value(point), rel=ROUNDING)
            for batch, single in [
                (problem.operator(z), problem.operator(point)),
                (problem.jacobian(z), problem.jacobian(point)),
                (problem.jvp(z, w), problem.jvp(point, direction)),
                (problem.jvp(point, w), problem.jvp(point, direction)),
                (problem.jvp(z, direction), problem.jvp(point, direction)),
                (problem.nearest_saddle(z), problem.nearest_saddle(point)),
                (problem.distance(z), problem.distance(point)),
            ]:
                assert batch[i, j] == pytest.approx(single, rel=ROUNDING, abs=ROUNDING)
    assert problem.jvp(z, w) == pytest.approx(
        np.einsum("...ij,...j->...i", problem.jacobian(z), w), rel=ROUNDING, abs=ROUNDING
    )


def test_the_ways_to_write_variables_agree():
    L = x * u + y * v**2
    problems = [
        SaddleProblem(L, "x y", "u v"),
        SaddleProblem(L, "x, y", ["u", v]),
        SaddleProblem(L, [x, y], (u, v)),
        SaddleProblem("x*u + y*v**2", ("x", "y"), "u,v"),
        SaddleProblem.from_text("x*u + y*v**2", "x y", "u v"),
    ]
    z = RNG.standard_normal(4)
    for problem in problems:
        assert [s.name for s in problem.primal + problem.dual] == ["x", "y", "u", "v"]
        assert (problem.n, problem.m, problem.d) == (2, 2, 4)
        assert problem.operator(z) == pytest.approx([z[2], z[3] ** 2, -z[0], -2 * z[1] * z[3]])


def test_expressions_are_in_the_symbols_of_the_user():
    problem = SaddleProblem(x**4 / 4 + x * u - u**4 / 4, x, u)
    assert problem.primal == (x,)
    assert problem.dual == (u,)
    assert problem.expressions == (x**3 + u, u**3 - x)
    assert SaddleProblem(x * u + x**2 / 3, x, u).expressions == (u + 2 * x / 3, -x)
    assert SaddleProblem.bilinear([[1.0]]).expressions is None
    assert SaddleProblem.bilinear([[1.0]]).L is None


def test_variables_may_have_any_name():
    first, second, third = sp.symbols("exp sign lambda")
    L = first**4 * second + sp.exp(first) * third + sp.Max(first - 1, 0) ** 2
    problem = SaddleProblem(L, first, (second, third))
    e = np.exp(2.0)
    assert problem.operator([2.0, 3.0, 5.0]) == pytest.approx([96 + 5 * e + 2, -16.0, -e])


def test_order_of_coordinates_is_that_of_the_declaration():
    problem = SaddleProblem("a*p + 2*b*p + 3*b*q", "b a", "q p")  # z = (b, a, q, p)
    assert problem.operator([1.0, 10.0, 100.0, 1000.0]).tolist() == [2300.0, 1000.0, -3.0, -12.0]


def test_overflow_and_undefined_values_are_results_not_warnings():
    problem = SaddleProblem("exp(x) + x*u - u**4", "x", "u")
    assert problem.operator([1e5, 1.0])[0] == np.inf
    assert np.isnan(problem.operator([np.nan, 1.0])).all()
    assert np.isnan(SaddleProblem.bilinear([[1.0]]).operator([np.inf, np.nan])[0])
    assert not np.isfinite(problem.operator([[1e200, 1e200]])).all()


def test_a_problem_never_changes():
    problem = SaddleProblem("x*u", "x", "u")
    with pytest.raises(AttributeError):
        problem.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        problem.matrix[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        problem.offset[0] = 1.0
    A = np.ones((1, 1))
    given_by_matrix = SaddleProblem.bilinear(A)
    A[0, 0] = 5.0
    assert given_by_matrix.operator([1.0, 1.0]).tolist() == [1.0, -1.0]
    point = problem.saddle_point()
    point += 1.0
    assert problem.saddle_point().tolist() == [0.0, 0.0]


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_problems_pickle_after_use(entry):
    problem = entry.build()
    z = np.array(entry.start)
    expected = problem.operator(z), problem.resolvent(z, 0.25), problem.convexity().status
    copy = pickle.loads(pickle.dumps(problem))
    assert np.array_equal(copy.operator(z), expected[0])
    assert np.array_equal(copy.resolvent(z, 0.25), expected[1])
    assert copy.convexity().status == expected[2]
    assert str(copy) == str(problem)


def test_text_forms():
    problem = SaddleProblem(x**2 / 5 + x * u, x, u, name="spiral")
    assert repr(problem) == "SaddleProblem('u*x + x**2/5', 'x', 'u', name='spiral')"
    assert str(problem).splitlines() == [
        "spiral",
        "min over x, max over u of L = u*x + x**2/5",
        "G = (u + 2*x/5, -x)",
        "1 primal and 1 dual variables; G is affine",
    ]
    assert r"\frac{x^{2}}{5}" in problem.to_latex()
    assert r"u + \frac{2 x}{5}" in problem.to_latex()
    assert "n=2, m=1" in repr(SaddleProblem.bilinear([[1.0], [2.0]]))
    assert r"x^\top A u" in SaddleProblem.bilinear([[1.0], [2.0]]).to_latex()
    function = SaddleProblem.from_operator(lambda z: z**3, 1, 1, name="cubic")
    assert "cubic" in repr(function)
    assert "not affine" in str(function)
    assert r"\mathbb{R}^{2}" in function.to_latex()
    assert len(str(SaddleProblem(sum(x**k for k in range(3, 99)) * u, x, u))) < 1000


# --- functions ---------------------------------------------------------------------------


def rotation(z):
    return np.stack([z[..., 1], -z[..., 0]], axis=-1)


def rotation_of_one_point(z):
    first, second = z
    return [second, -first]


@pytest.mark.parametrize("G", [rotation, rotation_of_one_point])
def test_functions_of_one_point_or_of_many(G):
    problem = SaddleProblem.from_operator(G, 1, 1)
    z = RNG.standard_normal((4, 3, 2))
    assert np.array_equal(problem.operator(z), rotation(z))
    assert problem.operator([1, 2]).tolist() == [2.0, -1.0]
    # central differences of a linear map are exact up to rounding / step, 1e-16 / 1e-5
    assert problem.jacobian(z) == pytest.approx(
        np.broadcast_to([[0.0, 1.0], [-1.0, 0.0]], (4, 3, 2, 2)), abs=1e-10
    )
    assert problem.L is None
    assert not problem.is_affine
    assert problem.matrix is None


def test_a_matrix_product_that_mixes_points_up_is_noticed():
    M = RNG.standard_normal((3, 3))  # M @ z runs on stacks of shape (2, 3, 3), but wrongly
    problem = SaddleProblem.from_operator(lambda z: M @ z, 1, 2, jacobian=lambda z: M)
    z = RNG.standard_normal((2, 3, 3))
    assert problem.operator(z) == pytest.approx(z @ M.T, rel=ROUNDING)
    assert problem.jacobian(z).shape == (2, 3, 3, 3)
    assert problem.jvp(z, z) == pytest.approx(z @ M.T, rel=ROUNDING)


def test_central_differences_have_the_documented_accuracy():
    symbolic = SaddleProblem("exp(x)*u + x**4 - cosh(u)", "x", "u")
    problem = SaddleProblem.from_operator(symbolic.operator, 1, 1)
    z, w = RNG.uniform(-2, 2, (2, 50, 2))
    scale = np.linalg.norm(symbolic.jacobian(z), axis=(-2, -1)).max()
    assert problem.jvp(z, w) == pytest.approx(symbolic.jvp(z, w), abs=1e-9 * scale)
    assert problem.jvp(z, 0 * w) == pytest.approx(0 * z)
    assert problem.jvp(z, 1e6 * w) == pytest.approx(symbolic.jvp(z, 1e6 * w), abs=1e-3 * scale)


def test_the_given_jacobian_is_used():
    problem = SaddleProblem.from_operator(rotation, 1, 1, jacobian=lambda z: [[0, 1], [-1, 0]])
    assert problem.jacobian([0.3, 0.4]).tolist() == [[0.0, 1.0], [-1.0, 0.0]]
    assert problem.resolvent([1.0, 0.0], 1.0) == pytest.approx([0.5, 0.5], abs=1e-15)
