"""Theorems on methods, and what they say of numbers: runs, closed forms, values in papers."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize
from sympy import Symbol, cancel, nsimplify

from saddleode.analysis import THEOREMS, Refuted, prove_decrease
from saddleode.analysis.theorems import optimistic_sharp, simgd_o_exact, simgd_o_paper
from saddleode.analysis.theorems.simgd_a_recursion import DRIFT, SHRINK
from saddleode.analysis.theorems.simgd_o_simple import ALPHA, FALL, B, R, falls_by
from saddleode.analysis.theorems.sssgd_inequality import expectation
from saddleode.discretize import (
    EAGC,
    FEG,
    AnchoredSimGD,
    Extragradient,
    OptimisticSimGD,
    ProximalPoint,
    iterate,
)
from saddleode.discretize.methods.anchored_normalised import NormalisedAnchoredSimGD
from saddleode.flows import SaddleProblem

BY_NAME = {theorem.name: theorem for theorem in THEOREMS}
ROUNDING = 1 + 1e-9


def monotone_matrix(seed: int, d: int = 4) -> np.ndarray:
    """Return a random matrix of norm 1 with ⟨Mz, z⟩ ≥ 0: a rotation, and more or less damping."""
    rng = np.random.default_rng(seed)
    A, half = rng.standard_normal((2, d, d))
    M = A - A.T + rng.choice([0.0, 0.05, 0.5]) * half @ half.T
    return M / np.linalg.norm(M, 2)


CASES = [
    ("extragradient-rate", Extragradient(0.5)),
    ("extragradient-rate", Extragradient(2**-0.5)),
    ("proximal-point-rate", ProximalPoint(1.0)),
    ("proximal-point-rate", ProximalPoint(0.1)),
    ("feg-rate", FEG(1.0)),
    ("eag-c-rate", EAGC(0.125)),
    ("simgd-a-half", NormalisedAnchoredSimGD(2)),
    ("simgd-a-half", NormalisedAnchoredSimGD(7.5, alpha=0.9)),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("name", "method"), CASES)
def test_bounds_hold_on_linear_problems(name, method, seed):
    problem = SaddleProblem.affine(monotone_matrix(seed) * (1 - 1e-12), None, 2)
    z0 = np.random.default_rng(seed).standard_normal(4)
    run = iterate(method, problem, z0, 60)
    bound = BY_NAME[name].bound(run.k, method, problem, z0)
    assert np.isfinite(bound[1:]).all()
    assert (run.operator_norm <= bound * ROUNDING).all()


def test_feg_is_attained_by_rotations_up_to_a_constant():
    """With G = 0.999 of a rotation the bound is not a trivial one: within a factor of 4."""
    problem = SaddleProblem.bilinear([[0.999]])
    run = iterate(FEG(1.0), problem, [1.0, 0.0], 40)
    bound = BY_NAME["feg-rate"].bound(run.k, FEG(1.0), problem, [1.0, 0.0])
    assert (run.operator_norm[1:] / bound[1:]).max() > 1 / 4


def constant(fall, alpha, beta, start):
    """Return C in min‖g‖² ≤ C‖e‖²/(k+1) for R = 1, from V_0 ≤ start and the fall in a step."""
    lost = float(fall.subs({ALPHA: alpha, B: beta, R: 1}))
    return start(beta) / lost if lost > 0 else np.inf


def test_the_constants_of_simgd_o_are_those_of_the_paper_and_of_the_certificates():
    """Corollary 1: 136 at αR = 1/8, least 135.771 at 0.124897; the short certificate: 27 at 1/6."""
    paper, simple = simgd_o_paper.FALL, FALL

    def rough(beta):
        return 2 + 2 * beta**2

    def sharp(beta):
        return (1 + beta) ** 2

    assert constant(paper, 0.125, 0.25, rough) == pytest.approx(136)
    best = minimize(lambda x: constant(paper, *x, rough), [0.125, 0.25], method="Nelder-Mead")
    assert best.fun == pytest.approx(135.771, abs=1e-3)
    assert best.x == pytest.approx([0.124897, 1.94431 * 0.124897], abs=1e-4)
    assert constant(simple, 1 / 6, 0.5, sharp) == pytest.approx(27)
    best = minimize(lambda x: constant(simple, *x, sharp), [0.15, 0.45], method="Nelder-Mead")
    assert best.fun == pytest.approx(27, abs=1e-6)


@pytest.mark.slow
def test_the_conditions_of_simgd_o_cannot_be_relaxed_in_these_certificates():
    for ranges in ({"B": "0 < B < 1", "alpha": "alpha*R < 2*B*(1 - B)"}, {"B": "0 < B < 3/2"}):
        assert falls_by(FALL, **ranges) or "alpha" not in ranges
    assert not falls_by(simgd_o_paper.FALL * 2, B="0 < B < 1/2", alpha="alpha*R < 2*B*(1 - 2*B)")
    assert not falls_by(FALL + B**2 * ALPHA**2, B="0 < B < 1")


@pytest.mark.parametrize("beta", [Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)])
def test_the_exact_region_is_exact(beta):
    """Just inside, the spectral radius of a rotation of frequency 1 is < 1; just outside, > 1."""
    border = 2 * beta * (1 - beta**2) / (1 + beta**2)

    def radius(alpha):
        a, b = float(alpha), float(beta)
        return max(abs(np.roots([1, -(1 - (a + b) * 1j), -b * 1j])))

    assert radius(border * Fraction(999, 1000)) < 1 < radius(border * Fraction(1001, 1000))
    _, c_hi = 0, simgd_o_exact.HIGHEST
    values = {simgd_o_exact.BETA: beta}
    gap = simgd_o_exact.second_weight(c_hi).subs(values)
    inside, outside = (
        gap.subs(simgd_o_exact.ALPHA, border * Fraction(n, 1000)) for n in (999, 1001)
    )
    assert inside > 0 > outside


def test_ogda_converges_exactly_below_one_over_root_three():
    s = Symbol("s", positive=True)
    gap = simgd_o_exact.second_weight(simgd_o_exact.HIGHEST)
    gap = cancel(gap.subs({simgd_o_exact.ALPHA: s, simgd_o_exact.BETA: s}))
    assert (
        nsimplify(gap.subs(s, 3 ** Fraction(-1, 2))) == 0
        or abs(float(gap.subs(s, 3**-0.5))) < 1e-12
    )


def test_outside_the_region_the_decrease_is_refuted():
    beta, alpha = Fraction(1, 2), Fraction(3, 5) * Fraction(101, 100)
    method = OptimisticSimGD(alpha, beta)
    from saddleode.analysis import LipschitzMonotone, step_vectors

    v = step_vectors(method)
    w, d = v.z + beta * v.previous.g - v.zstar, v.z - v.previous.z
    for c in (Fraction(1, 2), Fraction(3, 5), Fraction(7, 10)):
        result = prove_decrease(w @ w + c * (d @ d), method, LipschitzMonotone(1))
        assert not result


@pytest.mark.parametrize("T", [0.5, 3.0, 50.0])
def test_the_sharp_optimistic_bound(T):
    """On rotations of all frequencies ω, from the closed form; the worst ω nearly attains it."""
    alpha, beta = 1.0, 0.7
    omega = np.geomspace(1e-3, 1e3, 4001)
    lam = 1j * omega
    z = np.exp(-alpha * T * lam / (1 + beta * lam))  # Z(T) for Z0 = 1, z* = 0
    ratio = abs(lam * z) ** 2 / abs(1 + beta * lam) ** 2
    bound = np.exp(-T / (T + 2 * beta / alpha)) / (
        2 * alpha * beta * T + beta**2 * (2 * beta / alpha) / (T + 2 * beta / alpha)
    )
    assert ratio.max() <= bound * ROUNDING
    if T == 50.0:
        assert ratio.max() * 2 * np.e * alpha * beta * T == pytest.approx(1, abs=0.03)


def test_the_sharp_certificate_is_the_one_on_paper():
    decrease, last = optimistic_sharp.prove()
    assert set(decrease.multipliers) == {"MON", "MON'"}
    assert len(decrease.squares) == 1  # q‖sx − 2βsG − Ġ/α‖²
    assert set(last.multipliers) == {"MON"}


def test_the_recursion_of_simgd_a_holds_in_a_run():
    p, gamma = 0.6, 2.0
    problem = SaddleProblem.affine(3 * monotone_matrix(1), None, 2)
    run = iterate(AnchoredSimGD(p, gamma), problem, [1.0, -1.0, 0.5, 2.0], 40)
    d, z0 = np.diff(run.z, axis=0), run.z[0]
    for k in range(38):
        h, h_next = ((1 - p) / (j + 1) ** p for j in (k, k + 1))
        c, c_next = ((1 - p) * gamma / (j + 1) for j in (k, k + 1))
        at = {"h": h, "h_next": h_next, "c": c, "c_next": c_next}
        A, E = (float(x.subs({s: at[s.name] for s in x.free_symbols})) for x in (SHRINK, DRIFT))
        change = problem.operator(run.z[k + 1]) - problem.operator(run.z[k])
        np.testing.assert_allclose(
            d[k + 1], A * d[k] - h_next * change + E * (z0 - run.z[k]), atol=1e-12
        )
        moved = np.linalg.norm(d[k + 1] - E * (z0 - run.z[k]))
        if A > 0:
            assert moved**2 <= (A**2 + 9 * h_next**2) * (d[k] @ d[k]) * ROUNDING


@pytest.mark.parametrize("seed", range(3))
def test_the_resolvent_path_inequality_holds(seed):
    M, z0 = 5 * monotone_matrix(seed), np.random.default_rng(seed).standard_normal(4)
    for tau, r in ((0.1, 0.01), (1.0, 0.5), (3.0, 4.0)):
        near = np.linalg.solve(np.eye(4) + tau * M, z0)
        far = np.linalg.solve(np.eye(4) + tau * (1 + r) * M, z0)
        left = (1 + r / 2) * np.sum((far - near) ** 2)
        right = r / 2 * (np.sum((far - z0) ** 2) - np.sum((near - z0) ** 2))
        assert left <= right * ROUNDING
        if M[0, 0] == 0:  # a pure rotation: MON is 0, the two are equal
            assert left == pytest.approx(right)


def test_the_stochastic_inequality_holds_for_an_oracle_with_two_values():
    """E over both values exactly; R1² and R2² are the smallest for this oracle."""
    rng = np.random.default_rng(0)
    M = monotone_matrix(2)
    noise = rng.standard_normal(4)
    zstar, alpha = np.zeros(4), 0.3
    spread = 2 * noise @ noise  # E‖n − n*‖² for independent signs
    for _ in range(20):
        e = rng.standard_normal(4)
        mean = M @ (e - zstar)
        samples = [mean + sign * noise for sign in (1, -1)]
        after = np.mean([np.sum((e - alpha * g) ** 2) for g in samples])
        R1, c = 1.0, 2 * spread
        bound = (1 + 2 * R1**2 * alpha**2) * e @ e + c * alpha**2 - 2 * alpha * mean @ e
        assert after <= bound * ROUNDING


def test_the_noise_is_orthogonal_to_what_is_known():
    from saddleode.analysis import Vector

    n, m, e = (Vector.generator(name) for name in ("noise", "noise*", "e"))
    form = (e + n + m) @ (e + n + m)
    assert expectation(form) == e @ e + n @ n + m @ m


def test_the_functions_of_other_parameters_are_refuted():
    """The extragradient function at αR = 1.01, as an example of a condition that is relaxed."""
    from saddleode.analysis import LipschitzMonotone

    method = Extragradient(Fraction(101, 100))
    assert isinstance(prove_decrease("sq(z - zstar)", method, LipschitzMonotone(1)), Refuted)
