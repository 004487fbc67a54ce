"""Resolvents and saddle points against closed forms, for every storage."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from saddleode.flows import CATALOGUE, IntegrationError, ProblemError, SaddleProblem

RNG = np.random.default_rng(5)
SOLVED = 1e-12  # relative to points of order 1; Newton stops near 1e-14


@pytest.mark.parametrize("step", [0.0, 0.01, 1.0, 100.0])
def test_rotation(step):
    z = RNG.standard_normal((3, 4, 2))
    x, u = z[..., 0], z[..., 1]
    exact = np.stack([x - step * u, u + step * x], axis=-1) / (1 + step**2)
    problem = SaddleProblem("x*u", "x", "u")
    assert problem.resolvent(z, step) == pytest.approx(exact, rel=SOLVED, abs=SOLVED)
    assert problem.resolvent(z[0, 0], step) == pytest.approx(exact[0, 0], rel=SOLVED, abs=SOLVED)


@pytest.mark.parametrize("step", [0.1, 1.0, 1000.0])
def test_separable_exponential_by_lambert_w(step):
    # w + s eʷ = x has the solution w = x − W(s eˣ)
    problem = SaddleProblem("exp(x) + u - exp(u)", "x", "u")
    z = RNG.uniform(-5, 5, (20, 2))

    def solution(target):
        return float(target - mpmath.lambertw(step * mpmath.exp(target)).real)

    exact = [[solution(x), solution(u + step)] for x, u in z]  # w + s (eʷ − 1) = u
    assert problem.resolvent(z, step) == pytest.approx(np.array(exact), abs=1e-11)


def test_cubic_whose_solution_is_chosen_first():
    problem = SaddleProblem("x**4/4 - u**4/4", "x", "u")
    w = RNG.uniform(-50, 50, (200, 2))
    assert problem.resolvent(w + w**3, 1.0) == pytest.approx(w, rel=SOLVED)


def test_soft_threshold_of_a_piecewise_quadratic():
    # L = max(|x| − 1, 0)²/2: w = x inside [−1, 1], (x + s sign x)/(1 + s) outside
    problem = SaddleProblem("max(abs(x) - 1, 0)**2/2 - u**2/2", "x", "u")
    z = RNG.uniform(-4, 4, (100, 2))
    s = 2.5
    outside = (z[:, 0] + s * np.sign(z[:, 0])) / (1 + s)
    exact = np.where(np.abs(z[:, 0]) <= 1, z[:, 0], outside)
    w = problem.resolvent(z, s)
    assert w[:, 0] == pytest.approx(exact, abs=SOLVED)
    assert w[:, 1] == pytest.approx(z[:, 1] / (1 + s), abs=SOLVED)


def test_exponential_growth_far_out():
    problem = SaddleProblem("exp(x) + x*u - u**2", "x", "u")
    z = np.array([[700.0, 1.0], [3000.0, 0.0], [-5.0, 2.0]])
    w = problem.resolvent(z, 1.0)
    assert w + problem.operator(w) == pytest.approx(z, rel=1e-9, abs=1e-9)


DIFFERENTIABLE = [e for e in CATALOGUE if e.convex_concave and not e.build().is_set_valued]


@pytest.mark.parametrize("entry", DIFFERENTIABLE, ids=lambda e: e.name)
@pytest.mark.parametrize("step", [0.3, 30.0])
def test_definition_nonexpansiveness_and_fixed_points(entry, step):
    problem = entry.build()
    z, y = RNG.uniform(-3, 3, (2, 20, problem.d))
    w, v = problem.resolvent(z, step), problem.resolvent(y, step)
    assert w + step * problem.operator(w) == pytest.approx(z, rel=1e-10, abs=1e-10)
    distance = np.linalg.norm(w - v, axis=1)
    assert np.all(distance <= np.linalg.norm(z - y, axis=1) * (1 + 1e-10))
    saddle = problem.nearest_saddle(z)
    assert problem.resolvent(saddle, step) == pytest.approx(saddle, abs=1e-9)


@pytest.mark.parametrize("given_jacobian", [True, False])
def test_plain_functions(given_jacobian):
    symbolic = SaddleProblem("exp(x) + x*u - u**4 - u**2", "x", "u")
    jacobian = symbolic.jacobian if given_jacobian else None
    problem = SaddleProblem.from_operator(symbolic.operator, 1, 1, jacobian)
    z = RNG.uniform(-3, 3, (5, 4, 2))
    assert problem.resolvent(z, 0.7) == pytest.approx(symbolic.resolvent(z, 0.7), abs=1e-10)


# --- storages ----------------------------------------------------------------------------


def blocks(n, m):
    P, Q = (np.diag(RNG.uniform(0, 1, k)) for k in (n, m))
    return P, RNG.standard_normal((n, m)), Q, RNG.standard_normal(n), RNG.standard_normal(m)


@pytest.mark.parametrize(
    "wrap", [scipy.sparse.csc_array, scipy.sparse.coo_matrix, aslinearoperator]
)
def test_storages_agree_with_dense(wrap):
    P, A, Q, b, c = blocks(4, 3)
    dense = SaddleProblem.quadratic(P, A, Q, b, c)
    mixed = SaddleProblem.quadratic(wrap(P), A, Q, b, c)
    other = SaddleProblem.quadratic(P, wrap(A), None, b, c)
    dense_other = SaddleProblem.quadratic(P, A, None, b, c)
    z, w = RNG.standard_normal((2, 5, 2, 7))
    for stored, reference in ((mixed, dense), (other, dense_other)):
        for points, directions in ((z, w), (z[0, 0], w[0, 0])):
            assert stored.operator(points) == pytest.approx(reference.operator(points), abs=1e-13)
            assert stored.value(points) == pytest.approx(reference.value(points), abs=1e-13)
            assert stored.jvp(points, directions) == pytest.approx(
                reference.jvp(points, directions), abs=1e-13
            )
            assert stored.resolvent(points, 0.8) == pytest.approx(
                reference.resolvent(points, 0.8), abs=1e-10
            )
        assert stored.jacobian(z) is stored.matrix
        assert stored.lipschitz() == pytest.approx(reference.lipschitz(), rel=1e-8)


@pytest.mark.parametrize("wrap", [np.array, scipy.sparse.csr_array, aslinearoperator])
def test_value_is_the_written_out_formula(wrap):
    P, A, Q, b, c = blocks(4, 3)
    problem = SaddleProblem.quadratic(wrap(P), wrap(A), wrap(Q), b, c)
    z = RNG.standard_normal((6, 7))
    x, u = z[:, :4], z[:, 4:]
    formula = [
        0.5 * x[i] @ P @ x[i] + x[i] @ A @ u[i] - 0.5 * u[i] @ Q @ u[i] + b @ x[i] + c @ u[i]
        for i in range(6)
    ]
    assert problem.value(z) == pytest.approx(formula, abs=1e-13)


def test_large_sparse_problem_forms_nothing_dense():
    n = 20_000  # a dense M would take 13 GB
    difference = scipy.sparse.diags_array([np.ones(n), -np.ones(n - 1)], offsets=[0, 1])
    problem = SaddleProblem.bilinear(difference.tocsr())
    z = RNG.standard_normal(2 * n)
    x, u = z[:n], z[n:]
    assert problem.operator(z)[:n] == pytest.approx(difference @ u)
    assert problem.operator(z)[n:] == pytest.approx(-difference.T @ x)
    assert problem.jvp(z, z) == pytest.approx(problem.operator(z))
    w = problem.resolvent(z, 0.5)
    assert w + 0.5 * problem.operator(w) == pytest.approx(z, abs=1e-10)
    assert scipy.sparse.issparse(problem.matrix)


def test_factorisations_are_reused_for_the_same_step(monkeypatch):
    import scipy.linalg

    calls = []
    original = scipy.linalg.lu_factor

    def counted(*args, **options):
        calls.append(1)
        return original(*args, **options)

    monkeypatch.setattr(scipy.linalg, "lu_factor", counted)
    problem = SaddleProblem.bilinear(np.eye(3))
    for step in (0.5, 0.5, 0.25, 0.5, 0.25):
        problem.resolvent(np.ones(6), step)
    assert len(calls) == 2


def test_matrix_free_needs_products_only():
    n = 50
    counted = LinearOperator((n, n), matvec=lambda v: np.cumsum(v),
                             rmatvec=lambda v: np.cumsum(v[::-1])[::-1], dtype=float)  # fmt: skip
    problem = SaddleProblem.bilinear(counted)
    dense = SaddleProblem.bilinear(np.tril(np.ones((n, n))))
    z = RNG.standard_normal((2, 2 * n))
    assert problem.operator(z) == pytest.approx(dense.operator(z), abs=1e-12)
    assert problem.resolvent(z, 0.1) == pytest.approx(dense.resolvent(z, 0.1), abs=1e-9)
    assert isinstance(problem.matrix, LinearOperator)


# --- failures ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [np.array, scipy.sparse.csr_array, aslinearoperator])
def test_singular_shift_is_an_error_with_the_residual(wrap):
    problem = SaddleProblem.affine(wrap(-np.eye(2)), np.zeros(2), 1)  # I + 1·(−I) = 0
    with pytest.raises(IntegrationError, match=r"resolvent|inverted"):
        problem.resolvent([1.0, 2.0], 1.0)


def test_resolvent_that_does_not_exist_is_an_error_with_the_residual():
    problem = SaddleProblem("-exp(x) + x*u", "x", "u")  # w − s eʷ + … = x is bounded above
    with pytest.raises(IntegrationError, match="residual"):
        problem.resolvent([5.0, 0.0], 1.0)


@pytest.mark.parametrize("step", [-1.0, np.nan, np.inf])
def test_steps_that_make_no_sense(step):
    with pytest.raises(ProblemError, match="step is"):
        SaddleProblem("x*u", "x", "u").resolvent([1.0, 0.0], step)


def test_points_that_are_not_finite_stay_so_without_warning():
    for L in ("x*u", "x**4 + x*u"):
        w = SaddleProblem(L, "x", "u").resolvent([[np.nan, 1.0], [0.0, 0.0]], 1.0)
        assert np.isnan(w[0]).any()
        assert w[1] == pytest.approx([0.0, 0.0], abs=1e-15)


# --- saddle points of problems that are not affine ----------------------------------------


@pytest.mark.parametrize(
    ("L", "start", "saddle", "accuracy"),
    [
        ("x**4/4 + x*u - u**4/4", [1.0, 2.0], [0.0, 0.0], 1e-12),
        ("x**4 - u**2", [3.0, 1.0], [0.0, 0.0], 1e-6),  # DG is singular at the saddle point
        ("x**10 - u**2", [3.0, 1.0], [0.0, 0.0], 1e-4),
        ("exp(x) + 2*exp(-x) - u**2", None, [np.log(2) / 2, 0.0], 1e-12),
        ("sqrt(1 + x**2) - u**2 + x*u", [100.0, 3.0], [0.0, 0.0], 1e-12),
        ("(x - 3)**4 + (x - 3)*(u + 1) - (u + 1)**4", None, [3.0, -1.0], 1e-6),
    ],
)
def test_saddle_points(L, start, saddle, accuracy):
    problem = SaddleProblem(L, "x", "u")
    z = problem.saddle_point(start)
    assert z == pytest.approx(saddle, abs=accuracy)
    assert np.linalg.norm(problem.operator(z)) < 1e-9
    assert problem.distance([[1.0, 1.0], saddle]) == pytest.approx(
        [np.linalg.norm(np.subtract(saddle, 1.0)), 0.0], abs=1e-4
    )


@pytest.mark.parametrize(
    "L", ["exp(x) - u**2", "exp(x) - exp(-u)", "exp(x) - exp(u)", "-exp(x) + u"]
)
def test_decay_towards_infinity_is_not_a_saddle_point(L):
    with pytest.raises(IntegrationError, match="residual"):
        SaddleProblem(L, "x", "u").saddle_point([1.0, 1.0])


def test_the_projection_of_the_user_is_used():
    problem = SaddleProblem.from_operator(
        lambda z: 0 * z, 1, 1, nearest_saddle=lambda z: z, jacobian=lambda z: np.zeros((2, 2))
    )
    assert problem.distance([[1.0, 2.0]]).tolist() == [0.0]
    assert problem.saddle_point([1.0, 2.0]).tolist() == [1.0, 2.0]
    assert problem.saddle_point().tolist() == [0.0, 0.0]
