"""Proofs, verdicts and comparisons of the flows beyond the paper's."""

import numpy as np
import pytest
from scipy.special import hyp1f1
from sympy import Rational, Symbol, cancel

from saddleode.analysis.claims.flow_vectors import flow_vectors, time_derivative
from saddleode.analysis.comparing.clock import require_same_flow
from saddleode.analysis.comparing.verdict import flow_outcome
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.analysis.proofs.lyapunov import prove_decrease, prove_nonnegative
from saddleode.analysis.readings.vector import Form
from saddleode.analysis.theorems import fast_ogda_rate
from saddleode.analysis.theorems.anchored_master import ANCHORED_MASTER
from saddleode.analysis.theorems.fast_ogda_rate import FAST_OGDA_RATE, LEVEL, SLACK, SPLIT
from saddleode.cli.choices import chosen_flow, spec_text
from saddleode.cli.symbolic_choices import symbolic_system
from saddleode.discretize import AnchoredSimGD
from saddleode.flows import (
    FLOWS,
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    ProblemError,
    RescaledFlow,
    SaddleProblem,
    TikhonovFlow,
    integrate,
)

XU = SaddleProblem("x*u", "x", "u")
DAMPED = SaddleProblem("x**2/2 + x*u - u**2/2", "x", "u")
t, gamma = Symbol("t", positive=True), Symbol("gamma", positive=True)
RANGES = {LEVEL: "l >= 1", SLACK: "s >= 0"}


# -- the energy of the fast OGDA flow ---------------------------------------------------------


def test_the_energy_identity_holds_for_every_parameter() -> None:
    left, right = fast_ogda_rate.identity()
    assert left and not (left - right).map(cancel)


def test_the_energy_needs_its_range() -> None:
    assert prove_decrease(fast_ogda_rate.energy(), SPLIT, ranges=RANGES)
    for low in ({LEVEL: "l > 0", SLACK: "s >= 0"}, {LEVEL: "l >= 1/2", SLACK: "s >= 1"}):
        assert not prove_decrease(fast_ogda_rate.energy(), SPLIT, ranges=low)


@pytest.mark.parametrize("factor", [-1, 0, 2])
def test_changed_energies_are_not_proved(factor: int) -> None:
    V = fast_ogda_rate.energy()
    for pair in V.terms:
        other = Form({**V.terms, pair: V.coefficient(*pair) * factor})
        if pair != ("z*", "z*"):  # constant in time
            assert not prove_decrease(other, SPLIT, ranges=RANGES), pair


@pytest.mark.parametrize(("A", "b"), [(2.0, 1.0), (3.0, 0.5), (6.5, 2.0)])
def test_the_bound_holds_on_linear_problems(A: float, b: float) -> None:
    """Z − z* = ₁F₁(A/2; A; −btM)(Z0 − z*), through the eigenvectors of M."""
    times, rng = np.array([0.01, 0.5, 2.0, 10.0, 40.0]), np.random.default_rng(5)
    for _ in range(8):
        B, C = rng.standard_normal((2, 4, 4))
        M, e0 = B - B.T + rng.choice([0.0, 0.1]) * C @ C.T, rng.standard_normal(4)
        problem = SaddleProblem.affine(M, None, 2)
        values, vectors = np.linalg.eig(M)
        modes = np.linalg.solve(vectors, e0.astype(complex))
        e = [np.real(vectors @ (hyp1f1(A / 2, A, -b * s * values) * modes)) for s in times]
        bound = FAST_OGDA_RATE.bound(times, FastOGDAFlow(A, b), problem, e0)
        assert np.all(np.linalg.norm(np.array(e) @ M.T, axis=-1) <= bound * (1 + 1e-9))


def test_rotations_attain_the_bound_for_two() -> None:
    bound = FAST_OGDA_RATE.bound(np.pi, FastOGDAFlow(2, 1), XU, np.array([1.0, 0.0]))
    np.testing.assert_allclose(bound, 2 / np.pi, rtol=1e-14)
    assert FAST_OGDA_RATE.bound(0.0, FastOGDAFlow(2, 1), XU, np.array([1.0, 0.0])) == np.inf


def test_the_energy_falls_along_a_trajectory() -> None:
    """The product rule with the anchor Y, against numbers that know no algebra."""
    flow, level, z0 = FastOGDAFlow(4.0, 0.5), 2.0, np.array([1.0, -0.5])
    problem = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")
    times = np.linspace(0.05, 9.95, 100)
    run = integrate(flow, problem, z0, (0, 10), rtol=1e-12, atol=1e-12)
    h = 1e-3  # central differences of second order
    z, z_dot = run(times), (run(times + h) - run(times - h)) / (2 * h)
    w = 2 * level * z + times[:, None] * (2 * z_dot + flow.b * problem.operator(z))
    dot = np.sum(z * problem.operator(z), axis=-1)
    energy = (
        np.sum(w**2, axis=-1) / 2
        + 2 * level * (flow.A - 1 - level) * np.sum(z**2, axis=-1)
        + 2 * level * flow.b * times * dot
        + (flow.b * times) ** 2 / 2 * np.sum(problem.operator(z) ** 2, axis=-1)
    )
    assert np.all(np.diff(energy) <= 1e-4)
    start = 2 * level * (flow.A - 1) * z0 @ z0
    assert energy[0] <= start and energy[0] == pytest.approx(start, rel=0.1)


# -- other identities -------------------------------------------------------------------------


def test_identity_of_the_general_anchor() -> None:
    """Ċ = BC: d/dt ½C²(‖Ż‖² + Ḃ‖e‖²) = −C²⟨Ġ, Ż⟩ + ½(C²Ḃ)'‖e‖², for B = 2/(1+t), C = (1+t)²."""
    flow, B, C = TikhonovFlow("2/(1 + t)"), 2 / (1 + t), (1 + t) ** 2
    v = flow_vectors(flow)
    e = v.z - v.z0
    V = C**2 / 2 * (v.z_dot @ v.z_dot + B.diff(t) * (e @ e))
    right = -(C**2) * (v.g_dot @ v.z_dot) + (C**2 * B.diff(t)).diff(t) / 2 * (e @ e)
    assert not (time_derivative(V, flow) - right).map(cancel)


FLOWS_WITH_ANCHOR = [
    AnchoredFlow(gamma),
    AnchoredFlow(gamma, 3),
    TikhonovFlow(gamma / (1 + t) ** 2),
    TikhonovFlow("t"),
    RescaledFlow(AnchoredFlow(gamma), "t^2 + t"),
]


@pytest.mark.parametrize("flow", FLOWS_WITH_ANCHOR, ids=str)
def test_no_anchor_lets_go_farther_than_itself(flow) -> None:
    """With D = ½‖Z − z*‖² − ½‖Z0 − z*‖²: Ḋ + B D ≤ 0, whatever B ≥ 0 is."""
    v = flow_vectors(flow)
    e, e0, B = v.z - v.zstar, v.z0 - v.zstar, v.z_dot.coefficient("Z0")
    D = (e @ e - e0 @ e0) / 2
    assert prove_nonnegative(
        -time_derivative(D, flow) - B * D, multipliers={"MON": -v.z_dot.coefficient("G")}
    )


@pytest.mark.parametrize(
    "flow",
    [TikhonovFlow(0), RescaledFlow(GradientFlow(), t**3 + gamma * t), FastOGDAFlow(2, gamma)],
    ids=str,
)
def test_certificates_are_read_back(flow) -> None:
    V = "t^2/2*b^2*sq(G) + b*t*dot(G, Z - Z0)"
    result = prove_decrease("sq(Z - zstar)" if flow.name != "fast-ogda" else V, flow)
    assert result
    again = read_certificate(result.certificate.to_json())
    assert again.to_json() == result.certificate.to_json()


def test_certificates_show_how_the_anchor_moves() -> None:
    text = str(FAST_OGDA_RATE.prove()[0])
    assert "Ẏ = −b·(l + s − 1)/(2·(l + s)) G" in text


def test_what_is_not_rational_in_time_is_refused() -> None:
    """Roots and exponentials are dealt with, other functions of time are not."""
    for flow in (AnchoredFlow(1, Rational(1, 2)), TikhonovFlow("exp(-t)")):
        assert not prove_decrease("sq(Z - Z0)", flow)
    for formula in ("2 + sin(t)", "1/(1 + log(1 + t))"):
        with pytest.raises(ProblemError, match="not a rational function"):
            prove_decrease("sq(Z - Z0)", TikhonovFlow(formula))
    with pytest.raises(ProblemError, match="give a number or formula"):
        prove_decrease("sq(Z - zstar)", TikhonovFlow(lambda t: 1 / t))


def test_the_anchored_bound_is_about_power_one() -> None:
    with pytest.raises(ProblemError, match=r"power = 0.5"):
        ANCHORED_MASTER.bound(1.0, AnchoredFlow(1, 0.5), XU, np.array([1.0, 0.0]))


# -- verdicts, comparisons, short texts -------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "problem", "number"),
    [
        (AnchoredFlow(1, 0.5), XU, -0.5),
        (AnchoredFlow(0.3, 0.5), DAMPED, -0.5),
        (AnchoredFlow(1, 2), DAMPED, -2),
    ],
)
def test_verdicts_on_other_powers_and_their_numbers(flow, problem, number: float) -> None:
    outcome = flow_outcome(flow, problem, None)
    assert (outcome.kind, outcome.number) == ("converges", number)
    times = np.array([200.0, 800.0])
    first, last = integrate(flow, problem, [1.0, 0.5], (0, 800), t_eval=times).operator_norm
    assert np.log(last / first) / np.log(4.0) == pytest.approx(number, rel=0.02)


@pytest.mark.parametrize("kind", FLOWS, ids=lambda kind: kind.name)
def test_every_flow_has_a_verdict(kind) -> None:
    flow = kind(**kind.example)
    run = integrate(flow, XU, [1.0, 0.0], (0, 10))
    assert flow_outcome(flow, XU, run).kind in ("converges", "cycles", "diverges", "undecided")


def test_methods_are_compared_with_their_own_flow_alone() -> None:
    method = AnchoredSimGD(0.75, 2)
    require_same_flow(AnchoredFlow(2), method)
    require_same_flow(TikhonovFlow("2/t"), method)
    others = [
        AnchoredFlow(2, 0.5),
        FastOGDAFlow(3, 1),  # the same velocity, but its anchor moves
        TikhonovFlow("2/t + sin(pi*t)^2"),  # the same at all whole times
        RescaledFlow(AnchoredFlow(2), "t^2"),
    ]
    for flow in others:
        with pytest.raises(ProblemError, match="compare it with that flow"):
            require_same_flow(flow, method)


SPECS = [
    "anchored:gamma=2,power=1/2",
    "tikhonov:coefficient=max(1/(1 + t), t)",
    "fast-ogda:A=5/2,b=1",
    "rescaled:flow=(anchored:gamma=2,power=1),clock=t^2",
]


@pytest.mark.parametrize("spec", SPECS)
def test_short_texts_are_read_back(spec: str) -> None:
    assert spec_text(chosen_flow(spec)) == spec


def test_symbolic_systems_keep_functions_of_time() -> None:
    assert symbolic_system("anchored") == AnchoredFlow(gamma)
    assert symbolic_system("tikhonov:coefficient=1/t") == TikhonovFlow("1/t")
    rescaled = symbolic_system("rescaled:flow=anchored,clock=t^3")
    assert rescaled == RescaledFlow(AnchoredFlow(gamma), "t^3")
