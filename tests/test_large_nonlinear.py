"""Nonlinear problems of many coordinates, given by functions: no dense matrix, bounded memory."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.linalg import LinearOperator

from saddleode.flows import (
    GradientFlow,
    IntegrationError,
    OptimisticFlow,
    ProblemError,
    ResolventForm,
    SaddleProblem,
    VelocityForm,
    integrate,
)
from saddleode.flows.problems.krylov_solves import krylov_solve

PAIR = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")


def operator(z):
    """Operator of n copies of the pair, z = (x_1, …, x_n, u_1, …, u_n)."""
    x, u = np.split(z, 2, axis=-1)
    return np.concatenate([x * x * x + u, u * u * u - x], axis=-1)


def sparse_jacobian(z):
    n = len(z) // 2
    ones = np.ones(n)
    return scipy.sparse.diags_array(
        [3 * z * z, ones, -ones], offsets=[0, n, -n], shape=(2 * n, 2 * n)
    ).tocsr()


def products(z):
    x, u = np.split(z, 2)

    def matvec(v):
        a, b = np.split(v.ravel(), 2)
        return np.concatenate([3 * x * x * a + b, 3 * u * u * b - a])

    return LinearOperator((len(z), len(z)), matvec=matvec, dtype=np.float64)


def copies(n, jacobian=None):
    return SaddleProblem.from_operator(operator, n, n, jacobian)


def start(n):
    return np.random.default_rng(0).uniform(-1.5, 1.5, 2 * n)


def of_pairs(flow, z0, t):
    """The same trajectories, pair by pair."""
    pairs = np.stack(np.split(z0, 2), axis=-1)
    z = integrate(flow, PAIR, pairs, (0, t[-1]), t_eval=t, reference=True).z
    return np.concatenate([z[..., 0].T, z[..., 1].T], axis=-1)


@pytest.mark.parametrize("form", [VelocityForm, ResolventForm])
@pytest.mark.parametrize("jacobian", [None, sparse_jacobian, products])
def test_optimistic_flow_without_a_matrix(form, jacobian, monkeypatch) -> None:
    monkeypatch.setattr(np.linalg, "solve", None)  # nothing dense is solved
    n, flow, t = 300, OptimisticFlow(1, 0.5), [0.0, 0.5, 1.0]
    problem, z0 = copies(n, jacobian), start(n)
    found = integrate(flow, problem, z0, (0, 1), t_eval=t, rtol=1e-6, atol=1e-6, form=form)
    assert found.success
    monkeypatch.undo()
    np.testing.assert_allclose(found.z, of_pairs(flow, z0, t), atol=4e-6)
    assert str(found)  # a summary asks for nothing that takes a dense matrix


def test_rates_that_differ_between_members_of_a_sparse_affine_problem() -> None:
    A = scipy.sparse.random_array((40, 40), density=0.1, rng=np.random.default_rng(0)).tocsr()
    sparse, dense = SaddleProblem.bilinear(A), SaddleProblem.bilinear(A.toarray())
    flow, z0 = OptimisticFlow(1, np.array([0.2, 2.0])), np.ones(80)
    options = {"t_eval": [1.0], "engine": "scipy", "rtol": 1e-5}
    z = [integrate(flow, p, z0, (0, 1), **options).z for p in (sparse, dense)]
    np.testing.assert_allclose(*z, atol=1e-10)  # the same steps


def test_memory_of_a_hundred_thousand_coordinates() -> None:
    """A dense Jacobian would take 80 GB, half a megabyte a step the polynomials of all steps."""
    n = 50_000
    problem, z0 = copies(n, products), start(n)
    tracemalloc.start()
    found = integrate(OptimisticFlow(1, 0.5), problem, z0, (0, 1e-3), t_eval=[1e-3], rtol=1e-5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.success and peak <= 150 * z0.nbytes  # 120 MB: 1 GB is allowed


def test_memory_does_not_grow_with_the_steps() -> None:
    n, t = 6_000, [0.0, 5.0, 9.0]
    problem, z0 = copies(n), start(n)
    tracemalloc.start()
    found = integrate(GradientFlow(), problem, z0, (0, 9), t_eval=t, engine="scipy")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.nfev > 600 and peak <= 80 * z0.nbytes  # each of the 50 steps would keep 8
    np.testing.assert_allclose(found.z, of_pairs(GradientFlow(), z0, t), atol=1e-7)
    np.testing.assert_array_equal(found([9.0, 5.0]), found.z[[2, 1]])
    between = of_pairs(GradientFlow(), z0, [0.0, 3.0])
    np.testing.assert_allclose(found([3.0, 0.0]), between[::-1], atol=1e-7)


def test_large_trajectories_end_like_small_ones() -> None:
    n, calls = 6_000, []
    z0 = start(n)
    fixed = integrate(
        GradientFlow(), copies(n), z0, (0, 9), t_eval=[0, 9], events=lambda t, z: z[0]
    )
    assert len(fixed.t_events[0]) and np.all(np.abs(fixed.z_events[0][:, 0]) < 1e-9)

    def impatient(z):
        calls.append(1)
        if len(calls) == 300:
            raise KeyboardInterrupt
        return operator(z)

    part = integrate(
        GradientFlow(), SaddleProblem.from_operator(impatient, n, n), z0, (0, 9), t_eval=[0, 1, 9]
    )
    assert part.status == -1 and part.message.startswith("interrupted at t = ")
    assert len(calls) == 300  # what is there is returned, not computed again
    np.testing.assert_allclose(part.z, of_pairs(GradientFlow(), z0, part.t), atol=1e-7)


def test_solves_say_how_well_they_did() -> None:
    rng = np.random.default_rng(1)
    M = rng.standard_normal((50, 50)) + 5 * np.eye(50)
    v, residual = krylov_solve(lambda z, v: M @ v, np.zeros(50), 0.3, np.ones(50))
    assert residual <= 1e-12
    np.testing.assert_allclose(v, np.linalg.solve(np.eye(50) + 0.3 * M, np.ones(50)), atol=1e-10)
    _, residual = krylov_solve(lambda z, v: -v, np.zeros(50), 1.0, np.ones(50))  # I − I
    assert residual == 1.0


def test_bad_input_in_many_coordinates() -> None:
    problem = copies(300)
    for call in (problem.saddle_point, lambda: copies(6_000).jacobian(np.zeros(12_000))):
        with pytest.raises(ProblemError, match=r"give nearest_saddle|takes 1 GB; use problem\.jvp"):
            call()
    with pytest.raises(ProblemError, match="jacobian has shape"):
        copies(300, lambda z: scipy.sparse.eye_array(3))
    singular = SaddleProblem.from_operator(
        lambda z: -np.asarray(z), 300, 300, lambda z: -scipy.sparse.eye_array(600)
    )
    with pytest.raises(IntegrationError, match="GMRES stopped at relative residual 1"):
        VelocityForm(OptimisticFlow(1, 1), singular, np.ones(600)).rate(0.0, np.ones(600))


def test_sparse_jacobians_are_jacobians() -> None:
    z, v = np.random.default_rng(2).standard_normal((2, 3, 8))
    for jacobian in (sparse_jacobian, products):
        problem = copies(4, jacobian)
        np.testing.assert_allclose(problem.jvp(z, v), copies(4).jvp(z, v), atol=1e-8)
        np.testing.assert_allclose(problem.jacobian(z), copies(4).jacobian(z), atol=1e-8)
