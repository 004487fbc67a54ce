"""Affine operators: detection, exact entries, saddle sets, Lipschitz constants."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import aslinearoperator

from saddleode.flows import IntegrationError, ProblemError, SaddleProblem

x, u, y, v = sp.symbols("x u y v")
VARIABLES = (x, y, u, v)
ROUNDING = 1e-12


def by_differentiation(L, primal, dual):
    """M and q by SymPy's own differentiation, or None when G is not affine."""
    z = (*primal, *dual)
    G = [sp.diff(L, p) for p in primal] + [-sp.diff(L, d) for d in dual]
    G = [sp.expand(g) for g in G]
    if any(not g.is_polynomial(*z) or sp.total_degree(g, *z) > 1 for g in G):
        return None
    M = sp.Matrix(len(z), len(z), lambda i, j: sp.diff(G[i], z[j]))
    return M, sp.Matrix(G).subs(dict.fromkeys(z, 0))


# --- detection ---------------------------------------------------------------------------

factors = st.sampled_from([x, y, u, v, x + u, x - y, 2 * u + v - 1, x + y + u + v, sp.S.One])
fractions = st.fractions(-5, 5, max_denominator=6).map(
    lambda f: sp.Rational(f.numerator, f.denominator)
)
terms = st.tuples(fractions, st.lists(factors, min_size=0, max_size=3)).map(
    lambda term: term[0] * sp.Mul(*term[1])
)


@given(st.lists(terms, min_size=1, max_size=5))
def test_detection_agrees_with_differentiation(parts):
    L = sp.Add(*parts) + x * u + y * v
    assume_depends = L.free_symbols >= set(VARIABLES)
    if not assume_depends:
        return
    expected = by_differentiation(L, (x, y), (u, v))
    problem = SaddleProblem(L, (x, y), (u, v))
    assert problem.is_affine == (expected is not None)
    if expected is None:
        assert problem.matrix is None
        assert problem.exact_matrix is None
    else:
        M, q = expected
        assert problem.exact_matrix == M
        assert problem.exact_offset == q
        assert problem.matrix == pytest.approx(np.array(M, dtype=float), rel=ROUNDING)
        assert problem.offset == pytest.approx(np.array(q, dtype=float)[:, 0], rel=ROUNDING)


@pytest.mark.parametrize(
    ("L", "affine"),
    [
        ((x + u) ** 3 - x**3 - u**3 - 3 * x**2 * u - 3 * x * u**2 + x * u, True),
        ((x + u) ** 3 - x**3 - u**3 - 3 * x**2 * u + x * u, False),
        ((x**2 + u) ** 2 - x**4 - 2 * x**2 * u + x * u, True),
        (x * u + sp.sqrt(2) * x**2 - sp.pi * u, True),
        (x * u + sp.exp(x), False),
        (x * u / (1 + x**2), False),
        ((x + u) ** 12 + x * u, False),
        ((x + u) ** 500 + x * u, False),  # far too many monomials to write out
        (sp.Abs(x) ** 2 + x * u, True),  # x² for real x, also when the symbol is not declared real
        (sp.sqrt(x**2) ** 2 + x * u, True),
        (sp.Max(x, u) + sp.Min(x, u) + x * u, True),
    ],
    ids=str,
)
def test_detection_of_special_forms(L, affine):
    if L.has(sp.Max):
        L = L.subs({x: sp.Symbol("x", real=True), u: sp.Symbol("u", real=True)})
        L = L.rewrite(sp.Abs)
    assert SaddleProblem(L, "x", "u").is_affine == affine


def test_irrational_entries_stay_exact():
    problem = SaddleProblem(sp.sqrt(2) * x**2 + x * u / 3, x, u)
    assert problem.exact_matrix == sp.Matrix(
        [[2 * sp.sqrt(2), sp.Rational(1, 3)], [-sp.Rational(1, 3), 0]]
    )
    assert problem.matrix[0, 0] == pytest.approx(2 * 2**0.5, rel=1e-15)


def test_floats_are_not_claimed_to_be_exact():
    assert SaddleProblem(0.2 * x**2 + x * u, x, u).exact_matrix is None
    assert SaddleProblem.bilinear([[1.0]]).exact_matrix is None
    assert SaddleProblem.bilinear(np.eye(2)).exact_offset is None
    assert SaddleProblem("x**4 + x*u", "x", "u").exact_matrix is None


@settings(max_examples=15)  # SymPy's own differentiation takes a tenth of a second each
@given(
    st.lists(st.fractions(-9, 9, max_denominator=20), min_size=10, max_size=10),
    st.lists(st.fractions(-9, 9, max_denominator=20), min_size=4, max_size=4),
)
def test_matrices_and_the_written_out_expression_agree_exactly(quadratic, linear):
    p11, p12, p22, q11, q12, q22, a11, a12, a21, a22 = (sp.Rational(f) for f in quadratic)
    b1, b2, c1, c2 = (sp.Rational(f) for f in linear)
    L = (
        p11 * x**2 / 2 + p12 * x * y + p22 * y**2 / 2
        + a11 * x * u + a12 * x * v + a21 * y * u + a22 * y * v
        - q11 * u**2 / 2 - q12 * u * v - q22 * v**2 / 2
        + b1 * x + b2 * y + c1 * u + c2 * v
    )  # fmt: skip
    P, A = [[p11, p12], [p12, p22]], [[a11, a12], [a21, a22]]
    problem = SaddleProblem.quadratic(P, A, [[q11, q12], [q12, q22]], [b1, b2], [c1, c2])
    M, q = by_differentiation(L, (x, y), (u, v))
    assert problem.exact_matrix == M
    assert problem.exact_offset == q
    z = np.array([0.5, -1.25, 2.0, 0.75])
    at = dict(zip(VARIABLES, (sp.Rational(float(c)) for c in z), strict=True))
    assert problem.value(z) == pytest.approx(float(L.subs(at)), rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize(
    "A",
    [
        [[1, 2], [3, 4]],
        [[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]],
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        sp.Matrix([[1, 2], [3, 4]]),
    ],
    ids=["integers", "Fractions", "unsigned", "SymPy"],
)
def test_exact_input_of_any_kind(A):
    problem = SaddleProblem.bilinear(A)
    expected = sp.Matrix([[0, 0, 1, 2], [0, 0, 3, 4], [-1, -3, 0, 0], [-2, -4, 0, 0]])
    assert problem.exact_matrix == expected
    assert problem.exact_offset == sp.zeros(4, 1)
    assert np.array_equal(problem.matrix, np.array(expected, dtype=float))


@pytest.mark.parametrize("spelled", ["sum of monomials", "product of matrices"])
def test_dense_quadratic_in_100_variables_is_fast(spelled):
    rng = np.random.default_rng(3)
    z = sp.symbols("z:100")
    C = rng.integers(-9, 10, (100, 100))
    if spelled == "sum of monomials":
        L = sp.Add(*(int(C[i, j]) * z[i] * z[j] for i in range(100) for j in range(100)))
    else:
        L = (sp.Matrix(1, 100, z) * sp.Matrix(C) * sp.Matrix(z))[0]
    began = time.process_time()
    problem = SaddleProblem(L, z[:50], z[50:])
    G = problem.operator(np.ones(100))
    elapsed = time.process_time() - began
    assert elapsed < 2.0  # about 0.1 s; SymPy's diff and lambdify take a minute
    sign = np.where(np.arange(100) < 50, 1, -1)
    assert np.array_equal(problem.matrix, sign[:, None] * (C + C.T))
    assert np.array_equal(G, problem.matrix.sum(axis=1))


# --- saddle points -----------------------------------------------------------------------


def degenerate(storage):
    """L = (x₁ + x₂ − 2) u: the saddle points are the line x₁ + x₂ = 2, u = 0."""
    A = storage(np.array([[1.0], [1.0]]))
    return SaddleProblem.bilinear(A, None, [-2.0])


@pytest.mark.parametrize("storage", [np.array, scipy.sparse.csr_array, aslinearoperator])
def test_saddle_set_that_is_a_line(storage):
    problem = degenerate(storage)
    assert problem.saddle_point() == pytest.approx([1.0, 1.0, 0.0], abs=1e-12)  # of least norm
    z = np.array([[3.0, 1.0, 5.0], [0.0, 0.0, 0.0], [1.5, 0.5, 0.0]])
    expected = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.5, 0.5, 0.0]])
    assert problem.nearest_saddle(z) == pytest.approx(expected, abs=1e-12)
    assert problem.distance(z) == pytest.approx(np.linalg.norm(z - expected, axis=1), abs=1e-12)
    assert problem.saddle_point([3.0, 1.0, 5.0]) == pytest.approx(expected[0], abs=1e-12)


@pytest.mark.parametrize("storage", [np.array, scipy.sparse.csr_array, aslinearoperator])
def test_no_saddle_point_is_said(storage):
    A = storage(np.array([[1.0], [1.0]]))
    problem = SaddleProblem.bilinear(A, [1.0, -1.0])
    for ask in (problem.saddle_point, lambda: problem.distance([1.0, 0.0, 0.0])):
        with pytest.raises(ProblemError, match="no saddle point"):
            ask()


def test_sparse_projection_uses_a_factorisation_when_it_can():
    rng = np.random.default_rng(1)
    n = 300
    P = scipy.sparse.diags_array(rng.uniform(1, 1e3, n))
    A = scipy.sparse.random_array((n, n), density=0.01, rng=rng)
    b, c = rng.standard_normal((2, n))
    problem = SaddleProblem.quadratic(P, A, P, b, c)
    z = problem.saddle_point()
    exact = np.linalg.solve(problem.matrix.toarray(), -problem.offset)
    assert z == pytest.approx(exact, abs=1e-12)
    assert problem.nearest_saddle(rng.standard_normal((2, 2 * n))) == pytest.approx(
        np.broadcast_to(exact, (2, 2 * n)), abs=1e-10
    )


def test_ill_conditioning_is_not_called_inconsistency():
    values = np.logspace(0, -13, 40)
    problem = SaddleProblem.bilinear(aslinearoperator(np.diag(values)), np.ones(40))
    with pytest.raises(IntegrationError, match="ill-conditioned"):
        problem.saddle_point()


# --- Lipschitz constants -----------------------------------------------------------------


@pytest.mark.parametrize("storage", [np.array, scipy.sparse.csr_array, aslinearoperator])
@pytest.mark.parametrize("n", [1, 5, 90])
def test_lipschitz_constant(storage, n):
    A = np.random.default_rng(n).standard_normal((n, n + 1))
    problem = SaddleProblem.bilinear(storage(A))
    assert problem.lipschitz() == pytest.approx(scipy.linalg.svdvals(A)[0], rel=1e-8)


@pytest.mark.parametrize("storage", [np.array, scipy.sparse.csr_array, aslinearoperator])
@pytest.mark.parametrize("d", [2, 200])
def test_lipschitz_constant_of_a_constant_operator_is_zero(storage, d):
    problem = SaddleProblem.affine(storage(np.zeros((d, d))), np.zeros(d), 1)
    assert problem.lipschitz() == 0.0


@pytest.mark.parametrize(
    "problem",
    [SaddleProblem("x**4 + x*u", "x", "u"), SaddleProblem.from_operator(lambda z: z, 1, 1)],
)
def test_lipschitz_constant_is_refused_with_advice_when_not_affine(problem):
    with pytest.raises(ProblemError, match="give the constant yourself"):
        problem.lipschitz()


@pytest.mark.parametrize("shape", [(), (5,), (2, 3)])
def test_a_large_game_is_two_products_with_one_matrix(shape) -> None:
    """The same values as the whole matrix, to the rounding of sums of 80 terms: 1e-13."""
    rng = np.random.default_rng(0)
    A, b, c = rng.standard_normal((30, 50)), rng.standard_normal(30), rng.standard_normal(50)
    problem, z = SaddleProblem.bilinear(A, b, c), rng.standard_normal((*shape, 80))
    assert type(problem.backend.map).__name__ == "GameMap"
    expected = z @ problem.matrix.T + problem.offset
    np.testing.assert_allclose(problem.operator(z), expected, rtol=1e-13, atol=1e-13)
    skew = SaddleProblem.affine(problem.matrix + np.eye(80), None, 30)
    assert type(skew.backend.map).__name__ == "DenseMap"
