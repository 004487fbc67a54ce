"""Whatever is proved is true: checked by numbers that know no algebra."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from saddleode.analysis.claims.flow_vectors import flow_vectors, time_derivative
from saddleode.analysis.proofs.lyapunov import prove_decrease, prove_nonnegative
from saddleode.analysis.readings.vector import Form, Vector
from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
)

FLOWS = [GradientFlow(), OptimisticFlow(1, 2), AnchoredFlow(1), AnchoredFlow(Fraction(5, 2))]
UNITS = {"z": (1, 0, 0, 0), "z0": (0, 1, 0, 0), "g": (0, 0, 1, 0), "g_dot": (0, 0, 0, 1)}


def slope(V, flow, t, M, z, z0, zstar) -> float:
    """Return dV/dt at one point of a trajectory for G(z) = M(z − z*), by differences alone."""
    weight = {name: float(flow.velocity(t, *unit)) for name, unit in UNITS.items()}
    constant = weight["z"] * z + weight["z0"] * z0 + weight["g"] * M @ (z - zstar)
    velocity = np.linalg.solve(np.eye(len(z)) - weight["g_dot"] * M, constant)

    def value(h):
        at = z + h * velocity
        vectors = {"Z": at, "Z0": z0, "z*": zstar, "G": M @ (at - zstar)}
        return float(V.map(lambda c: number(c, t + h)).evaluate(vectors))

    def central(h):
        return (value(h) - value(-h)) / (2 * h)

    return (4 * central(1e-3 * t) - central(2e-3 * t)) / 3  # exact for polynomials of degree 4


def number(coefficient, t):
    return float(
        getattr(coefficient, "subs", lambda *_: coefficient)(Symbol("t", positive=True), t)
    )


def monotone_matrix(rng, d=3):
    """Return a random matrix with ⟨Mz, z⟩ ≥ 0: often a pure rotation, of several sizes."""
    skew, half = rng.normal(size=(2, d, d))
    weight = rng.choice([0.0, 0.1, 1.0])
    return rng.choice([0.1, 1.0, 5.0]) * (skew - skew.T + weight * half @ half.T)


def assert_never_increases(V, flow, rng, operator=lambda M: M):
    """Check dV/dt ≤ 0 at random points, for random linear monotone operators."""
    for _ in range(20):
        M = operator(monotone_matrix(rng))
        z, z0, zstar = rng.normal(size=(3, 3))
        t = rng.choice([0.05, 0.5, 2.0, 20.0])
        vectors = {"Z": z, "Z0": z0, "z*": zstar, "G": M @ (z - zstar)}
        size = 1 + sum(abs(number(c, t)) for c in V.terms.values()) * max(
            np.abs(v).max() for v in vectors.values()
        ) ** 2 * (1 + np.linalg.norm(M)) ** 2 * (1 + 1 / t)
        # 1e-8: rounding of the differences is about 1e-13 of the sizes involved, over h = 1e-3 t
        assert slope(V, flow, t, M, z, z0, zstar) <= 1e-8 * size


def family(flow) -> list[Form]:
    """Return the terms of which Lyapunov functions of a flow usually are made."""
    v = flow_vectors(flow)
    if isinstance(flow, AnchoredFlow):
        e = v.z - v.z0
        return [v.t**2 * (v.z_dot @ v.z_dot), flow.gamma * (e @ e), v.t * (v.g @ e)]
    e = v.z - v.zstar
    w = e + getattr(flow, "beta", 0) * v.g
    return list(dict.fromkeys([e @ e, w @ w, v.g @ v.g, v.t * (v.g @ v.g)]))


LEAST = list(zip(FLOWS, (9, 15, 2, 2), strict=True))


@pytest.mark.parametrize(("flow", "least"), LEAST, ids=str)
def test_whatever_is_proved_on_a_grid_of_functions_is_true(flow, least):
    """True and false functions with small coefficients; the numbers know no algebra."""
    rng, proved, parts = np.random.default_rng(7), 0, family(flow)
    for weights in itertools.product((-1, 0, 1, 2), repeat=len(parts)):
        V = sum((c * part for c, part in zip(weights, parts, strict=True)), start=Form())
        if prove_decrease(V, flow):
            proved += 1
            assert_never_increases(V, flow, rng)
    assert proved >= least  # the grid is not empty of true ones


forms = st.dictionaries(
    st.tuples(st.sampled_from("ZSG"), st.sampled_from("ZSG"), st.integers(0, 2)),
    st.integers(-2, 3),
    min_size=1,
    max_size=4,
)


@given(forms, st.sampled_from(FLOWS), st.integers(0, 2**32 - 1))
def test_whatever_is_proved_is_true(terms, flow, seed):
    v = flow_vectors(flow)
    base = v.z0 if seed % 2 else v.zstar
    vectors = {"Z": v.z - base, "S": v.z0 - v.zstar, "G": v.g}
    parts = (c * v.t**n * (vectors[i] @ vectors[j]) for (i, j, n), c in terms.items())
    V = sum(parts, start=Form())
    if prove_decrease(V, flow):
        assert_never_increases(V, flow, np.random.default_rng(seed))


@given(st.lists(st.integers(-3, 3), min_size=10, max_size=10), st.integers(0, 2**32 - 1))
def test_forms_proved_non_negative_are(entries, seed):
    """Random Gram matrices L diag(d) Lᵀ, with an oracle for definiteness: eigenvalues."""
    L = np.tril(np.ones((4, 4)), -1)
    L[np.tril_indices(4, -1)] = entries[:6]
    gram = (L + np.eye(4)) @ np.diag(entries[6:]) @ (L + np.eye(4)).T
    names = "abcd"
    form = sum(
        (
            int(gram[i, j]) * (Vector.generator(names[i]) @ Vector.generator(names[j]))
            for i, j in itertools.product(range(4), repeat=2)
        ),
        start=Form(),
    )
    assert bool(prove_nonnegative(form)) == (min(entries[6:]) >= 0)


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_the_product_rule_agrees_with_differences(flow):
    rng, v = np.random.default_rng(3), flow_vectors(flow)
    V = (
        v.t**2 * (v.g @ v.g) + v.z @ v.z0 / (1 + v.t) - 3 * (v.g @ (v.z - v.zstar))
        + v.t * (v.z @ v.z)
    )  # fmt: skip
    for _ in range(10):
        M, t = monotone_matrix(rng), rng.uniform(0.5, 3)
        z, z0, zstar = rng.normal(size=(3, 3))
        weight = {name: float(flow.velocity(t, *unit)) for name, unit in UNITS.items()}
        constant = weight["z"] * z + weight["z0"] * z0 + weight["g"] * M @ (z - zstar)
        velocity = np.linalg.solve(np.eye(3) - weight["g_dot"] * M, constant)
        at = {"Z": z, "Z0": z0, "z*": zstar, "G": M @ (z - zstar), "Ġ": M @ velocity}
        exact = time_derivative(V, flow).map(lambda c, t=t: number(c, t)).evaluate(at)
        # 1e-8: differences of fourth order with relative step 1e-3, and their rounding
        np.testing.assert_allclose(slope(V, flow, t, M, z, z0, zstar), exact, rtol=1e-8, atol=1e-7)
