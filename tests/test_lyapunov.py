"""Lyapunov proofs: what should be proved is, what is false or not provable is not."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol, sqrt, symbols

from saddleode.analysis.basics.proof_outcome import Proved, Refuted, Unknown
from saddleode.analysis.claims.flow_vectors import flow_vectors
from saddleode.analysis.classes.monotone import LipschitzMonotone, Monotone, StronglyMonotone
from saddleode.analysis.proofs.lyapunov import prove_decrease, prove_nonnegative
from saddleode.flows import (
    AnchoredFlow,
    ExpressionError,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    TikhonovFlow,
)

GAMMA = Symbol("gamma", positive=True)
ALPHA, BETA, MU = symbols("alpha beta mu", positive=True)
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"


@pytest.mark.parametrize(
    ("V", "flow", "operator"),
    [
        ("sq(Z - zstar)/2", GradientFlow(), Monotone()),
        ("sq(G)", GradientFlow(), Monotone()),
        ("sq(Zdot)", GradientFlow(), Monotone()),
        ("sq(G)", OptimisticFlow(ALPHA, BETA), Monotone()),
        ("sq(Z + beta*G - zstar)", OptimisticFlow(ALPHA, BETA), Monotone()),
        ("sq(Z + 2*G - zstar) + t*sq(G)", OptimisticFlow(1, 2), Monotone()),  # λ of MON' is guessed
        ("(1 + mu*t)^2*sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU)),
        ("sq(G)", GradientFlow(), LipschitzMonotone(3)),
        (MASTER, AnchoredFlow(1), Monotone()),
        (MASTER, AnchoredFlow(Fraction(7, 3)), Monotone()),
        ("t^2*sq(Zdot) - gamma*sq(Z - Z0)", AnchoredFlow(2), Monotone()),
    ],
)
def test_true_functions_are_proved_from_text(V, flow, operator):
    result = prove_decrease(V, flow, operator)
    assert isinstance(result, Proved), result
    result.certificate.verify()


@pytest.mark.parametrize(
    ("V", "flow"),
    [
        ("sq(Z)", GradientFlow()),  # z* was dropped
        ("sq(Z - Z0)", GradientFlow()),
        ("-sq(Z - zstar)", GradientFlow()),
        ("sq(Z - zstar)/(t - 1)", GradientFlow()),
        ("t*sq(Z - zstar)", GradientFlow()),
        ("t*sq(G)", GradientFlow()),
        ("t^2*sq(G)", AnchoredFlow(1)),
        (MASTER, AnchoredFlow(Fraction(1, 2))),
        (MASTER, AnchoredFlow(GAMMA)),
        (MASTER, AnchoredFlow(GAMMA, 2)),
        (MASTER.replace("t^2/2", "t^2"), AnchoredFlow(2)),
        (MASTER.replace("+ gamma*t", "- gamma*t"), AnchoredFlow(2)),
        (MASTER.replace("(gamma - 1)", "(gamma + 1)"), AnchoredFlow(2)),
        (MASTER.replace("Z - Z0)/", "Z)/").replace("sq(Z - Z0)", "sq(Z)"), AnchoredFlow(2)),
    ],
)
def test_false_functions_are_refuted(V, flow):
    result = prove_decrease(V, flow)
    assert isinstance(result, Refuted)
    assert not result


@pytest.mark.parametrize(
    ("V", "flow", "ranges", "reason"),
    [
        ("sq(Gdot)", GradientFlow(), {}, "Ġ"),
        ("sq(Z)", TikhonovFlow("t - 1"), {}, "no multipliers.*may help"),
        ("sq(Z - zstar)/(t - 1)", GradientFlow(), {"t": "t >= 1"}, "t − 1 vanishes at t = 1"),
    ],
)
def test_functions_that_are_not_decided_are_unknown(V, flow, ranges, reason):
    result = prove_decrease(V, flow, ranges=ranges)
    assert isinstance(result, Unknown)
    assert not result
    assert re.search(reason, result.reason), result.reason


def test_ranges_decide():
    flow = AnchoredFlow(Symbol("gamma"))
    for condition in ("gamma >= 1", "gamma > 1", "gamma = 1", "1 <= gamma <= 2"):
        assert prove_decrease(MASTER, flow, ranges={"gamma": condition})
    for condition in ("gamma > 0", "gamma >= 99/100", "gamma real", "gamma = 1/2"):
        assert not prove_decrease(MASTER, flow, ranges={"gamma": condition})
    assert not prove_decrease(MASTER, flow)  # gamma is any real number
    with pytest.raises(ProblemError, match="contradicts"):
        prove_decrease(MASTER, AnchoredFlow(GAMMA), ranges={"gamma": "gamma real"})
    with pytest.raises(ProblemError, match="t > 0"):
        prove_decrease(MASTER, AnchoredFlow(1), ranges={"t": "t real"})


def test_a_range_of_time_may_be_smaller():
    V = "sq(Z - zstar)/(t - 1)"
    assert prove_decrease(V, GradientFlow(), ranges={"t": "t > 1"})
    assert not prove_decrease(V, GradientFlow(), ranges={"t": "t >= 1"})
    assert not prove_decrease(V, GradientFlow(), ranges={"t": "0 < t < 1"})  # it is negative there


def test_time_is_recognised_under_any_assumption():
    """A plain Symbol("t") in V is time, not a constant parameter."""
    v = flow_vectors(GradientFlow())
    for t in (Symbol("t"), Symbol("t", real=True), v.t):
        assert not prove_decrease(t * ((v.z - v.zstar) @ (v.z - v.zstar)), GradientFlow())


def test_multipliers_may_be_given():
    flow = OptimisticFlow(ALPHA, BETA)
    V = "sq(G)/2"
    assert prove_decrease(V, flow, multipliers={"MON'": 1 / ALPHA})
    assert not prove_decrease(V, flow, multipliers={"MON'": 2 / ALPHA})
    assert not prove_decrease(V, flow, multipliers={"MON'": 1 / ALPHA, "MON": -1})
    with pytest.raises(ProblemError, match="no inequality is called LIP"):
        prove_decrease(V, flow, multipliers={"LIP": 1})


def test_floats_and_irrational_numbers_are_refused_with_advice():
    v = flow_vectors(GradientFlow())
    for c in (0.5, sqrt(2), np.float64(1)):
        with pytest.raises(ProblemError, match=r"exact|rational"):
            prove_decrease(c * (v.g @ v.g), GradientFlow())
    with pytest.raises(ProblemError, match="float"):
        prove_decrease("sq(G)", AnchoredFlow(0.5))
    with pytest.raises(ProblemError, match="Form"):
        prove_decrease(v.g, GradientFlow())


@pytest.mark.parametrize(
    "text", ["Z", "1/2", "dot(G, 2)", "sq(Q)", "sq(G)*sq(G)", "sq(G) + 1", "G.x"]
)
def test_bad_text_is_an_error(text):
    with pytest.raises(ProblemError):
        prove_decrease(text, GradientFlow())


def test_errors_in_text_point_at_the_character():
    with pytest.raises(ExpressionError) as caught:
        prove_decrease("sq(G) + sq(Q)", GradientFlow())
    assert caught.value.position == 11


def test_strong_monotonicity_is_used_only_when_it_is_assumed():
    V = "(1 + t)^2*sq(Z - zstar)"
    assert prove_decrease(V, GradientFlow(), StronglyMonotone(1))
    assert not prove_decrease(V, GradientFlow(), Monotone())
    assert not prove_decrease(V, GradientFlow(), StronglyMonotone(Fraction(1, 2)))


def test_the_lipschitz_inequality_is_available():
    v = flow_vectors(GradientFlow())
    e = v.z - v.zstar
    form = 9 * (e @ e) - v.g @ v.g
    assert prove_nonnegative(form, LipschitzMonotone(3), multipliers={"LIP": 1})
    assert not prove_nonnegative(form, LipschitzMonotone(4), multipliers={"LIP": 1})


@dataclass(frozen=True)
class MovingFlow(GradientFlow):
    """A user's own flow: Ż = −(1 + 1/t) G."""

    def velocity(self, t, z, anchor, g, g_dot):
        return -(1 + 1 / t) * g


def test_a_flow_of_the_users_own():
    result = prove_decrease("sq(Z - zstar)/2", MovingFlow())
    assert isinstance(result, Proved)
    assert "(t + 1)/t" in str(result.certificate)


def test_results_show_themselves():
    assert str(prove_decrease("sq(Z)", TikhonovFlow("t - 1"))).startswith("unknown: ‖")
    assert str(prove_decrease("sq(Z)", GradientFlow())).startswith("refuted\nFor every monotone")
    assert str(prove_decrease("sq(G)", GradientFlow())).startswith("proved\nFor every monotone")


def test_a_parameter_with_a_value_has_no_range():
    """For γ = 1/2 this V may grow: the claim must not read "for all gamma > 0"."""
    V = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
    with pytest.raises(ProblemError, match="gamma is 1 here"):
        prove_decrease(V, AnchoredFlow(1), ranges={"gamma": "gamma > 0"})
    with pytest.raises(ProblemError, match="mu is 1 here"):
        prove_decrease("sq(G)", GradientFlow(), StronglyMonotone(1), ranges={"mu": "mu >= 0"})
    assert prove_decrease(V, AnchoredFlow(1), ranges={"gamma": "gamma = 1"})


@pytest.mark.parametrize("name", ["G", "Z0"])
def test_a_parameter_is_not_called_like_a_vector(name):
    with pytest.raises(ProblemError, match="names a vector"):
        prove_decrease("sq(Z - zstar)", AnchoredFlow(Symbol(name, positive=True)))


@pytest.mark.parametrize("number", [np.float32(2), Decimal("0.1234567890123456789012345")])
def test_other_floating_point_numbers_are_refused(number):
    with pytest.raises(ProblemError, match="exact"):
        prove_decrease("sq(Z - zstar)", GradientFlow(), multipliers={"MON": number})
