"""SimGD-A at p = 1/2: the potential falls, the constant holds, and neither by accident."""

import numpy as np
import pytest
from sympy import sqrt

from saddleode.analysis import (
    LipschitzMonotone,
    Vector,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.theorems import simgd_a_half as half
from saddleode.analysis.theorems.simgd_a_half import GAMMA, METHOD, RHO, SIMGD_A_HALF, R
from saddleode.discretize import NormalisedAnchoredSimGD, SimGD, iterate
from saddleode.flows import ProblemError, SaddleProblem

K = step_vectors(METHOD).k
RANGES = {"gamma": "gamma >= 2", "k": "k >= 1"}
ROUNDING = 1e-9  # relative, of sums of a few hundred terms of the size of V


def lyapunov_function():
    """Return V_k over the vectors of the method, with √(k+γ) in it."""
    v = step_vectors(METHOD)
    P, Q = half.weights(K + GAMMA, GAMMA)
    d, e = v.z_next - v.z, v.z - v.z0
    return P * (d @ d) - Q * (e @ e)


def multipliers():
    """Return the multipliers of the theorem in k."""
    a, b = sqrt(K + GAMMA), sqrt(K + GAMMA + 1)
    A, E = half.factors(a, b, GAMMA)
    (_, Q), (P_next, Q_next) = half.weights(a**2, GAMMA), half.weights(b**2, GAMMA)
    s, y, w = Q_next - Q - P_next * E**2, -P_next * E / b, Q_next + P_next * A * E
    return {
        "MON(k+1,k)": 2 * (P_next * A / b - w * y / s) / R,
        "LIP(k+1,k)": (P_next / b**2 + y**2 / s) / R**2,
    }


WEIGHTS = multipliers()


def falls(V=None, weights=WEIGHTS, **ranges):
    V = lyapunov_function() if V is None else V
    return prove_decrease(
        V, METHOD, LipschitzMonotone(R), multipliers=weights, ranges={**RANGES, **ranges}
    )


def operators(seed):
    """Return monotone operators with Lipschitz constant 1 in dimension 4, and zero 0."""
    rng = np.random.default_rng(seed)
    A, B = rng.standard_normal((2, 4, 4))
    skew, damped = A - A.T, A - A.T + 0.1 * B @ B.T
    skew, damped = (M / np.linalg.norm(M, 2) for M in (skew, damped))
    yield lambda z: z @ skew.T
    yield lambda z: z @ damped.T
    yield lambda z: (z @ skew.T + np.tanh(3 * z) / 3) / 2  # slopes of tanh(3z)/3 are at most 1


def potentials(G, gamma, z, steps):
    """Return V_k and ‖G(z^k)‖² for k < steps, from the recursion in floats."""
    method, state, found = NormalisedAnchoredSimGD(gamma), (z, z), []
    for k in range(steps):
        after = method.step(G, state, k)
        d, e, n = after[0] - state[0], state[0] - z, k + gamma
        V = n * (n - gamma / 2) * d @ d - gamma / 2 * (1 - 1.25 * gamma / n) * e @ e
        found.append((V, G(state[0]) @ G(state[0])))
        state = after
    return np.array(found).T


@pytest.mark.parametrize("gamma", [2.0, 2.5, 6.0, 30.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_potential_falls_and_bounds_the_operator(gamma, seed):
    z = np.random.default_rng(100 + seed).standard_normal(4)
    for G in operators(seed):
        V, norms = potentials(G, gamma, z, 300)
        start = gamma / 2 * z @ z
        assert V[0] <= start * (1 + ROUNDING)
        assert (np.diff(V) <= ROUNDING * start).all()
        n = np.arange(300) + gamma
        assert (n * norms <= half.constant(gamma) * z @ z * (1 + ROUNDING)).all()


@pytest.mark.parametrize("gamma", [2.0, 8.0])
def test_rotations_of_all_frequencies(gamma):
    """(k+γ)‖G(z^k)‖² stays below C, and slow rotations come to a good part of γ² ≤ C."""
    omega = np.geomspace(1e-3, 1, 400)
    z, worst = np.ones(400, dtype=complex), np.zeros(400)
    for k in range(2000):
        worst = np.maximum(worst, (k + gamma) * abs(omega * z) ** 2)
        z = z - 1j * omega * z / np.sqrt(k + gamma) + gamma / (k + gamma) * (1 - z)
    assert gamma**2 / 2 < worst.max() <= half.constant(gamma)


def test_the_bound_is_about_its_hypotheses():
    problem, z0 = SaddleProblem.bilinear([[1.0]]), [3.0, 4.0]
    bound = SIMGD_A_HALF.bound
    assert bound(0, NormalisedAnchoredSimGD(2), problem, z0) == pytest.approx(5 * np.sqrt(6))
    for method in (
        NormalisedAnchoredSimGD(1.99),
        NormalisedAnchoredSimGD(2, alpha=1.01),
        NormalisedAnchoredSimGD(2, 0.6),
    ):
        assert np.isinf(bound([0, 5], method, problem, z0)).all()
    run = iterate(NormalisedAnchoredSimGD(2), problem, z0, 50)
    assert (run.operator_norm <= bound(run.k, NormalisedAnchoredSimGD(2), problem, z0)).all()


def test_the_proofs_fit_together():
    """With q = √(k+γ)g^k/R it is −(k+γ)d_k = q + γ(z^k − z^0); V_0 and u are as stated."""
    v = step_vectors(METHOD)
    n = v.k + GAMMA
    moved = -n * (v.z_next - v.z) - sqrt(n) / R * v.g - GAMMA * (v.z - v.z0)
    assert not any(c.simplify() for c in moved.terms.values())
    P, _ = half.weights(GAMMA, GAMMA)  # k = 0: V_0 = P‖d_0‖² = P/(γR²)‖g^0‖²
    assert (P / (GAMMA * R**2) - GAMMA / (2 * R**2)).simplify() == 0
    a, b = sqrt(n), sqrt(n + 1)
    A, E = half.factors(a, b, GAMMA)
    g_next, d = Vector.generator("g^{k+1}"), v.z_next - v.z
    d_next = -g_next / (R * b) + GAMMA / (n + 1) * (v.z0 - v.z_next)
    rest = d_next - (A * d - (g_next - v.g) / (R * b) - E * (v.z - v.z0))
    assert not any(c.simplify() for c in rest.terms.values())
    assert half.constant(2.0) == pytest.approx(12)
    u = np.sqrt([3, 3.9]) - np.sqrt([2, 2.9])  # k = 0 and 9/10, γ = 2; it falls in both
    assert (u < [159 / 500, 34 / 125]).all()


def test_the_decrease_along_the_method_needs_all_that_it_assumes():
    """The same proof in k, with the method's own vectors and √(k+γ) in its coefficients."""
    assert falls()
    assert not falls(gamma="gamma >= 7/4")
    assert not falls(k="k >= 0")
    V = lyapunov_function()
    assert not falls(V * -1)
    assert not falls(V, {**WEIGHTS, "MON(k+1,k)": -WEIGHTS["MON(k+1,k)"]})
    assert not falls(V, {**WEIGHTS, "LIP(k+1,k)": WEIGHTS["LIP(k+1,k)"] / 2})
    v = step_vectors(METHOD)
    e = v.z - v.z0
    for more in (GAMMA / 8 * (e @ e), (K + GAMMA) ** 2 / 4 * ((v.z_next - v.z) @ (v.z_next - v.z))):
        assert not falls(V + more)


def test_the_rate_cannot_have_a_smaller_constant(monkeypatch):
    assert half.rate()
    monkeypatch.setattr(half, "CONSTANT", half.CONSTANT - RHO / 100)
    assert not half.rate()


def test_other_roots_are_refused():
    v = step_vectors(METHOD)
    with pytest.raises(ProblemError, match="root"):
        falls(sqrt(v.k + 2) * (v.g @ v.g))
    shifted = sqrt(K + 2 * RHO**2) * (v.g @ v.g)  # of a formula of parameters, if it is >= 0
    assert prove_nonnegative(shifted, system=SimGD(1), ranges={"rho": "rho >= 1"})
    with pytest.raises(ProblemError, match="negative"):
        prove_nonnegative(sqrt(K + GAMMA - 1) * (v.g @ v.g), system=SimGD(1))
