"""Counterexamples: they are members of the class, and what they say is seen in plain numbers."""

import dataclasses
import json
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, Symbol, symbols

from saddleode.analysis import (
    Cocoercive,
    LinearSkew,
    LipschitzMonotone,
    LipschitzNegativelyComonotone,
    Monotone,
    NegativelyComonotone,
    Refuted,
    StronglyMonotone,
    Unknown,
    WeakMinty,
    WitnessError,
    flow_vectors,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.claims.claims import Decrease
from saddleode.analysis.claims.flow_motion import FlowMotion
from saddleode.analysis.coefficients.evaluation import INTERVALS, bounds, interval, numeric
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.refuting.configuration import Configuration
from saddleode.analysis.refuting.flow_approximation import anchor_weights
from saddleode.analysis.refuting.flow_trajectory import flow_numbers
from saddleode.analysis.refuting.rotations import Rotation, is_member
from saddleode.discretize import (
    FEG,
    OGDA,
    AnchoredSimGD,
    Extragradient,
    OptimisticSimGD,
    ProximalPoint,
    SimGD,
    iterate,
)
from saddleode.flows import (
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    RescaledFlow,
    SaddleProblem,
    TikhonovFlow,
    integrate,
)

ALPHA, BETA, R, MU, GAMMA = symbols("alpha beta R mu gamma", positive=True)
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
REFUTED = [
    ("sq(z - zstar)/2", SimGD(ALPHA), Monotone(), {}),
    ("sq(z - zstar)/2", SimGD(Fraction(1, 1000)), Monotone(), {}),
    ("sq(z - zstar)", SimGD(ALPHA), LipschitzMonotone(R), {}),
    ("sq(z - zstar)", SimGD(ALPHA), StronglyMonotone(MU), {}),
    ("sq(g)", OptimisticSimGD(ALPHA, BETA), LipschitzMonotone(1), {}),
    ("sq(z - zstar)", OGDA(Fraction(3, 5)), LipschitzMonotone(1), {}),
    ("sq(z - zstar)", Extragradient(ALPHA), LipschitzMonotone(1), {"alpha": "alpha > 1"}),
    ("sq(z)", ProximalPoint(1), Monotone(), {}),
    ("(k + 1)*sq(z - zstar)", ProximalPoint(1), LinearSkew(), {}),
    ("sq(z - z0)", FEG(1), LipschitzMonotone(1), {}),
    ("sq(z - zstar)", Extragradient(Fraction(1, 2)), WeakMinty(2, 1), {}),
    ("sq(g)", SimGD(ALPHA), Cocoercive(1), {"alpha": "alpha > 2"}),
    ("sq(G)", GradientFlow(), NegativelyComonotone(MU), {}),
    ("t*sq(G)", GradientFlow(), Monotone(), {}),
    ("sq(Z)", GradientFlow(), Monotone(), {}),
    ("sq(Z - Z0)", GradientFlow(), Monotone(), {}),
    ("(1 + 2*t)*sq(G)", OptimisticFlow(1, 1), Monotone(), {"t": "t > 1"}),
    ("sq(G)", AnchoredFlow(GAMMA), Monotone(), {}),
    (MASTER, AnchoredFlow(Symbol("gamma")), Monotone(), {"gamma": "gamma > 0"}),
    (MASTER.replace("t^2/2", "t^2"), AnchoredFlow(2), Monotone(), {}),
    ("sq(G)", FastOGDAFlow(3, 1), Monotone(), {}),
    ("sq(Z - zstar)", FastOGDAFlow(Symbol("A"), 1), Monotone(), {"A": "A >= 3"}),
    ("t^3*sq(G)", FastOGDAFlow(Fraction(5, 2), 2), LipschitzMonotone(1), {}),
]
APPROXIMATED = [  # no series is known
    ("sq(Z)", TikhonovFlow("1/(1 + t)"), Monotone(), {}),
    ("sq(G)", TikhonovFlow("2*t/(1 + t^2)"), LipschitzMonotone(2), {}),
    ("sq(Z - zstar)", TikhonovFlow("2/(1 + t)^2"), Monotone(), {}),
    ("sq(Z - Z0)", AnchoredFlow(1, 2), Monotone(), {}),
    ("sq(G)", AnchoredFlow(2, 2), Monotone(), {}),
    ("t*sq(G)", AnchoredFlow(GAMMA, 3), StronglyMonotone(MU), {}),
    ("sq(Z)", AnchoredFlow(1, Fraction(1, 2)), Monotone(), {}),  # rational in √t
    ("t*sq(G)", AnchoredFlow(2, Fraction(3, 2)), Monotone(), {}),
    ("sq(Z - Z0)", RescaledFlow(AnchoredFlow(1), "t^2"), Monotone(), {}),
    ("t^5*sq(G)", RescaledFlow(TikhonovFlow("1/(1 + t)"), "t^2 + t"), Monotone(), {}),
]


def problem_of(witness) -> tuple[SaddleProblem, np.ndarray]:
    """Return the saddle problem of a witness, built from L, and its start."""
    a, b = float(witness.M.a), float(witness.M.b)
    zstar = np.array(witness.zstar, dtype=float)
    M = np.array([[a, b], [-b, a]])
    problem = SaddleProblem.from_operator(lambda z: (z - zstar) @ M.T, 1, 1, jacobian=lambda z: M)
    return problem, zstar + np.array([1.0, 0.0])


def measured_step(witness) -> float:
    """V_{k+1} − V_k in plain numbers: the method run by `iterate`, V evaluated on its iterates."""
    problem, z0 = problem_of(witness)
    claim, k = witness.claim, int(witness.at["k"])
    method = numeric(claim.motion.system, witness.at)
    z = iterate(method, problem, z0, k + 3).z
    v = step_vectors(method)

    def V(k):
        values = {"z^{k}": z[k], "z^{0}": z[0], "z*": np.array(witness.zstar, dtype=float)}
        values |= {"z^{k-1}": z[max(k - 1, 0)], "g^{k-1}": problem.operator(z[max(k - 1, 0)])}
        at = {Symbol(n): Rational(str(x)) for n, x in (witness.at | {"k": k}).items()}
        for point in v.points:
            if point.label in ("k", "k+1/2"):
                here = point.z.map(
                    lambda c: float(
                        Rational(str(c))
                        if isinstance(c, Fraction)
                        else c.subs({v.k: k})
                        if hasattr(c, "subs")
                        else c
                    )
                )
                values[next(iter(point.g))] = problem.operator(here.evaluate(values))
        return float(claim.V.map(lambda c: float(c.as_expr().subs(at))).evaluate(values))

    return V(k + 1) - V(k)


def measured_slope(witness) -> float:
    """V̇ in plain numbers: a difference quotient along a trajectory found by `integrate`."""
    problem, z0 = problem_of(witness)
    claim, t = witness.claim, float(witness.at["t"])
    flow, h = numeric(claim.motion.system, witness.at), 2e-4 * t
    z = integrate(flow, problem, z0, (0, t + h), t_eval=[t - h, t + h], rtol=1e-11, atol=1e-11).z

    def V(t, z):
        at = {Symbol(n): Rational(str(x)) for n, x in witness.at.items()} | {Symbol("t"): t}
        zstar = np.array(witness.zstar, dtype=float)
        values = {"Z": z, "Z0": z0, "z*": zstar, "G": problem.operator(z)}
        return float(claim.V.map(lambda c: float(claim.scalars.shown(c).subs(at))).evaluate(values))

    return (V(t + h, z[1]) - V(t - h, z[0])) / (2 * h)


@pytest.mark.parametrize(("V", "flow", "operator", "ranges"), APPROXIMATED)
def test_where_no_series_is_known_the_trajectory_is_enclosed(V, flow, operator, ranges):
    witness = prove_decrease(V, flow, operator, ranges=ranges).witness
    witness.verify()
    low, high = map(float, witness.excess)
    assert 0 < low < high < 1.3 * low
    # 1e-4: the difference quotient, of relative step 2e-4, has an error of order 1e-7
    assert low * (1 - 1e-4) - 1e-6 <= measured_slope(witness) <= high * (1 + 1e-4) + 1e-6


def test_an_interval_without_an_end_is_no_number():
    with pytest.raises(ProblemError, match="not bounded"):
        bounds(INTERVALS.mpf([-1, 0]) / INTERVALS.mpf([0, 1]))


def test_what_is_not_known_at_the_start_is_part_of_the_enclosure():
    """Ż = −G − (γ/t²)(Z − Z0): |u − 1| ≤ |λ| δ at the first time, where the weight has a pole."""
    scalars, motion = ScalarField({}), FlowMotion(AnchoredFlow(1, 2))
    weights = anchor_weights(motion, scalars, {"t": Fraction(1)})
    M = Rotation(Fraction(0), Fraction(1))
    low, high = bounds(weights.points(M, Fraction(1), interval)[0][0])
    assert high - low >= 2 * Fraction(1, 100_000)


def test_an_enclosure_contains_the_closed_form():
    """Tikhonov's flow with γ/t is the anchored one; its weights are taken as those of another."""
    at, M = {"t": Fraction(3)}, Rotation(Fraction(1, 3), Fraction(2))
    scalars, motion = ScalarField({}), FlowMotion(AnchoredFlow(Fraction(3, 2)))
    series = flow_numbers(motion, scalars, at).path.points(M, at["t"], interval)[0]
    enclosed = anchor_weights(motion, scalars, at).points(M, at["t"], interval)[0]
    for inner, outer in zip(series, enclosed, strict=True):
        (a, b), (low, high) = bounds(inner), bounds(outer)
        assert low <= a <= b <= high
        assert high - low < Fraction(1, 1000)
    with pytest.raises(ProblemError, match="grow"):
        anchor_weights(motion, scalars, at).points(Rotation(-M.a, M.b), at["t"], interval)
    with pytest.raises(ProblemError, match="> 0"):
        anchor_weights(FlowMotion(TikhonovFlow("1 - t")), scalars, at)


@pytest.mark.filterwarnings("ignore:the theorems do not apply")  # members of wider classes
@pytest.mark.parametrize(("V", "system", "operator", "ranges"), REFUTED)
def test_false_claims_are_refuted_and_the_numbers_agree(V, system, operator, ranges):
    result = prove_decrease(V, system, operator, ranges=ranges)
    assert isinstance(result, Refuted), result
    witness = result.witness
    witness.verify()
    low, high = witness.excess
    assert 0 < low <= high
    assert isinstance(witness.claim, Decrease)
    if witness.claim.motion.clock == "k":
        assert low == high
        assert measured_step(witness) == pytest.approx(float(low), rel=1e-9)
    else:
        assert high - low < Fraction(1, 10**20)
        # 1e-4: the difference quotient, of relative step 2e-4, has an error of order 1e-7
        assert measured_slope(witness) == pytest.approx(float(low), rel=1e-4, abs=1e-6)


def test_a_changed_witness_does_not_verify():
    witness = prove_decrease("sq(z - zstar)/2", SimGD(ALPHA), StronglyMonotone(MU)).witness
    changes = [
        {"M": Rotation(Fraction(0), Fraction(1))},  # no member: μ > 0
        {"M": Rotation(Fraction(1), Fraction(0)), "at": {**witness.at, "mu": Fraction(1)}},
        {"at": {**witness.at, "alpha": Fraction(-1)}},
        {"at": {**witness.at, "alpha": Fraction(1, 10**6)}},
        {"at": {**witness.at, "k": Fraction(1, 2)}},
    ]
    for change in changes:
        with pytest.raises(WitnessError):
            dataclasses.replace(witness, **change).verify()


@pytest.mark.parametrize(
    ("M", "operator", "member"),
    [
        ((0, 1), Monotone(), True),
        ((Fraction(-1, 10**9), 1), Monotone(), False),
        ((1, 5), StronglyMonotone(1), True),
        ((Fraction(3, 5), Fraction(4, 5)), LipschitzMonotone(1), True),
        ((Fraction(3, 5), Fraction(81, 100)), LipschitzMonotone(1), False),
        ((Fraction(1, 2), Fraction(1, 2)), Cocoercive(1), True),
        ((Fraction(1, 2), Fraction(51, 100)), Cocoercive(1), False),
        ((-1, 0), NegativelyComonotone(1), True),
        ((-1, 0), LipschitzNegativelyComonotone(1, Fraction(1, 2)), False),
        ((Fraction(-1, 2), Fraction(1, 2)), WeakMinty(2, 1), True),
        ((Fraction(-1, 2), Fraction(1, 2)), WeakMinty(1, 1), False),
        ((0, -3), LinearSkew(), True),
        ((Fraction(1, 10**9), 1), LinearSkew(), False),
    ],
)
def test_membership_is_exact(M, operator, member):
    """For M = a + ib: monotone a ≥ 0, Lipschitz |M| ≤ R, cocoercive a ≥ c|M|², and so on."""
    scalars = prove_decrease("sq(Z - zstar)", GradientFlow()).certificate.claim.scalars
    found = is_member(Rotation(*map(Fraction, M)), operator, scalars, {"t": Fraction(1)})
    assert found is member


def test_the_anchored_bound_with_a_smaller_constant_is_refuted():
    """Rotations attain ‖G‖² = 4‖Z0 − z*‖²/t² at t = π (MATH D); 1 % less is false."""
    flow = AnchoredFlow(1)
    v = flow_vectors(flow)
    e = v.z0 - v.zstar

    def bound(constant):
        return prove_nonnegative(constant * (e @ e) - v.t**2 * (v.g @ v.g), system=flow)

    assert isinstance(bound(4 * Fraction(99, 100)), Refuted)
    assert isinstance(bound(4), Unknown)  # true, but not without V ≤ 0


def test_that_the_operator_vanishes_in_the_limit_is_refuted():
    """No C gives ‖G(Z(t))‖² ≤ C/t along the gradient flow, and no rate of decay is true."""
    for constant in (1, 5, 10):
        v = flow_vectors(GradientFlow())
        e = v.z0 - v.zstar
        form = constant * (e @ e) - v.t * (v.g @ v.g)
        assert isinstance(prove_nonnegative(form, system=GradientFlow()), Refuted)
    assert isinstance(prove_decrease("sq(G)", GradientFlow(), rate=MU), Refuted)
    assert prove_decrease("-sq(G)", GradientFlow(), LinearSkew())  # it never decreases either


def test_true_but_unproved_claims_are_not_refuted():
    for V, system, operator in (
        ("sq(Z - zstar) - sq(Z0 - zstar)*t", AnchoredFlow(1), Monotone()),
        ("sq(z - zstar) - 10*k*sq(z0 - zstar)", OptimisticSimGD(Fraction(1, 8), Fraction(1, 4)),
         LipschitzMonotone(1)),
    ):  # fmt: skip
        assert not isinstance(prove_decrease(V, system, operator), Refuted)


def test_other_flows_and_irrational_steps_stay_unknown():
    assert isinstance(prove_decrease("sq(Z)", TikhonovFlow("t - 1")), Unknown)
    assert isinstance(prove_decrease("sq(z)", AnchoredSimGD(Fraction(1, 2), 2)), Unknown)
    with pytest.raises(ProblemError, match="rational"):
        prove_decrease("sq(z)", AnchoredSimGD(Fraction(1, 3), 2))


def test_assumptions_must_hold_at_the_witness():
    flow = GradientFlow()
    v = flow_vectors(flow)
    e, e0 = v.z - v.zstar, v.z0 - v.zstar
    form = -(e @ e)
    assert isinstance(prove_nonnegative(form, system=flow), Refuted)
    assumed = {"far": -(e0 @ e0)}
    assert isinstance(prove_nonnegative(form, system=flow, assuming=assumed), Unknown)


def test_a_witness_says_what_it_shows():
    witness = prove_decrease("sq(z - zstar)/2", SimGD(ALPHA)).witness
    assert "at α = 1/2, k = 0, V_{k+1} − V_k = 1/8 > 0" in str(witness)
    assert r"V_{k+1} - V_k = 1/8 > 0" in witness.to_latex()
    data = json.loads(witness.to_json())
    assert data["operator"] == [["0", "1"], ["-1", "0"]]
    assert data["excess"] == ["1/8", "1/8"]


def test_a_nonlinear_operator_refutes_what_no_rotation_does():
    """‖Z − z*‖ may grow along the optimistic flow, though not for any normal linear operator."""
    flow = OptimisticFlow(1, 1)
    witness = prove_decrease("sq(Z - zstar)", flow).witness
    witness.verify()
    Z, zstar, g, g_dot = (
        np.array(witness.values[name], dtype=float) for name in ("Z", "z*", "G", "Ġ")
    )
    N = np.array([[witness.slope.a, witness.slope.b], [-witness.slope.b, witness.slope.a]], float)
    assert g @ (Z - zstar) > 0  # so the points near Z and z* are monotone together
    z_dot = np.linalg.solve(np.eye(2) + N, -g)  # (I + βN)Ż = −αG
    np.testing.assert_allclose(N @ z_dot, g_dot)
    assert 2 * (Z - zstar) @ z_dot == pytest.approx(float(witness.excess[0]))
    assert json.loads(witness.to_json())["points"]["Z"] == ["1", "0"]
    assert "DG(Z)" in str(witness) and r"\dot V" in witness.to_latex()


def test_a_few_points_refute_the_first_step_of_a_method():
    """⟨g, z − z*⟩ may grow in a step of the proximal point method; PPM has G at z^k and z^{k+1}."""
    witness = prove_decrease("dot(g, z - zstar)", ProximalPoint(1), Cocoercive(Fraction(1, 10)))
    assert not witness
    result = prove_decrease("dot(g, z - zstar) + sq(g_half)", Extragradient(1), StronglyMonotone(1))
    assert isinstance(result, Refuted)


def test_configurations_of_methods_are_their_first_step():
    V = "dot(g, z - zstar) + sq(g_half)"
    witness = prove_decrease(V, Extragradient(1), StronglyMonotone(1)).witness
    if isinstance(witness, Configuration):
        for change in (
            {"at": {"k": Fraction(1)}},
            {"values": {**witness.values, "z^{0}": (Fraction(2), Fraction(0))}},
        ):
            with pytest.raises(WitnessError):
                dataclasses.replace(witness, **change).verify()
    found = Configuration(witness.claim, {"k": Fraction(0)}, {
        "z*": (Fraction(0),) * 2, "z^{0}": (Fraction(1), Fraction(0)),
        "z^{k}": (Fraction(1), Fraction(0)), "g^{k}": (Fraction(1), Fraction(0)),
        "g^{k+1/2}": (Fraction(1), Fraction(0)), "g^{k+1}": (Fraction(1), Fraction(0)),
        "g^{k+3/2}": (Fraction(1), Fraction(0)),
    })  # fmt: skip
    with pytest.raises(WitnessError, match=r"two values|does not hold"):
        found.verify()  # z^{k+1/2} = z* with g = (1, 0)


def test_functions_of_time_are_refuted_by_trajectories_alone():
    """t‖Z − z*‖² is not autonomous: a state at time t need not be reached."""
    witness = prove_decrease("sq(Z - zstar)", OptimisticFlow(1, 1)).witness
    claim = prove_decrease("t*sq(Z - zstar)", OptimisticFlow(1, 1)).witness.claim
    with pytest.raises(WitnessError, match="not every point"):
        dataclasses.replace(witness, claim=claim).verify()


def test_changed_configurations_do_not_verify():
    witness = prove_decrease("sq(Z - zstar)", OptimisticFlow(1, 1)).witness
    claim = witness.claim
    changes = [
        {"values": {**witness.values, "G": (Fraction(-1), Fraction(3, 2))}},
        {"values": {**witness.values, "G": (Fraction(0), Fraction(3, 2))}},  # no room for a ball
        {"values": {**witness.values, "G": (Fraction(1), Fraction(0)), "Ġ": (Fraction(0),) * 2}},
        {"slope": Rotation(Fraction(-1), Fraction(1))},
        {"slope": None},
        {"values": {**witness.values, "Ġ": (Fraction(-5), Fraction(-1))}},
        {"at": {"t": Fraction(-1)}},
        {"claim": dataclasses.replace(claim, operator=LipschitzMonotone(2))},
    ]
    for change in changes:
        with pytest.raises(WitnessError):
            dataclasses.replace(witness, **change).verify()
