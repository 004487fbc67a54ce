"""Proofs about methods: one step for every k, against exact runs and against papers."""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational, Symbol, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Proved,
    Refuted,
    StronglyMonotone,
    prove_decrease,
    prove_nonnegative,
    read_certificate,
    step_vectors,
)
from saddleode.analysis.basics.proof_outcome import CertificateError
from saddleode.discretize import (
    EAGC,
    EAGV,
    FEG,
    OGDA,
    AlternatingGDA,
    Extragradient,
    Halpern,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    SimGD,
)
from saddleode.discretize.registry import METHODS
from saddleode.flows import GradientFlow, ProblemError

ALPHA, BETA, R, MU = symbols("alpha beta R mu", positive=True)
STEPS = {"alpha": "0 < alpha <= 1"}


def exact_run(method, M, z0, steps):
    """Return states of an exact run, (z^k, …) for k = 0, …, steps, for G(z) = Mz."""

    def G(z):
        return M @ z

    states = [method.start(G, z0)]
    for k in range(steps):
        states.append(method.step(G, states[-1], Rational(k)))
    return states


@pytest.mark.parametrize(
    "method",
    [
        SimGD(Fraction(1, 3)),
        OptimisticSimGD(Fraction(1, 4), Fraction(1, 3)),
        OGDA(Fraction(1, 4)),
        PastExtragradient(Fraction(1, 5)),
        Extragradient(Fraction(1, 2)),
        FEG(Fraction(1, 2)),
        EAGC(Fraction(1, 8)),
    ],
    ids=lambda method: method.name,
)
def test_the_vectors_of_a_step_are_those_of_a_run(method):
    """Every generator is given its value from an exact run: points and shifts must agree."""
    v = step_vectors(method)
    M = np.array([[Rational(1, 5), 1], [-1, Rational(1, 7)]], dtype=object)
    states = exact_run(method, M, np.array([Rational(1), Rational(-2)], dtype=object), 5)
    for k in (2, 3):
        number = {v.k: k}

        def at(vector, values, number=number):
            return vector.map(lambda c: getattr(c, "subs", lambda _: c)(number)).evaluate(values)

        values = {"z^{k}": states[k][0], "z^{0}": states[0][0], "z*": 0 * states[0][0]}
        previous = v.points[0]
        if previous.label == "k-1":
            values |= {"z^{k-1}": states[k - 1][0], "g^{k-1}": M @ states[k - 1][0]}
        elif previous.label == "k-1/2":
            values |= {"g^{k-1/2}": states[k][1]}
            values |= {"z^{k-1/2}": np.array([[0, -1], [1, 0]]) @ states[k][1]}
        for point in v.points:
            if point.label not in ("k-1", "k-1/2"):
                values[f"g^{{{point.label}}}"] = M @ at(point.z, values)
        assert (at(v.z_next, values) == states[k + 1][0]).all()
        assert (at(v.shift["z^{k}"], values) == states[k + 1][0]).all()
        last = next(point for point in v.points if point.label == "k+1")
        assert (at(last.z, values) == states[k + 1][0]).all()


def test_every_method_of_the_list_has_vectors_or_says_why():
    for kind in METHODS:
        exact = {n: Fraction(x) if isinstance(x, float) else x for n, x in kind.example.items()}
        try:
            assert step_vectors(kind(**exact)).z_next
        except ProblemError as error:
            assert any(word in str(error) for word in ("players", "coordinate", "recursion"))


@pytest.mark.parametrize(
    ("V", "method", "operator", "multipliers"),
    [
        ("sq(z - zstar)", ProximalPoint(ALPHA), None, None),
        ("sq(g)", ProximalPoint(ALPHA), None, {"MON(k+1,k)": 2 / ALPHA}),
        ("sq(z_next - z)", ProximalPoint(ALPHA), None, {"MON(k+2,k+1)": 2 * ALPHA}),
        ("sq(z - zstar)", Extragradient(ALPHA), LipschitzMonotone(1), None),
        (
            "sq(g)",
            Extragradient(ALPHA),
            LipschitzMonotone(1),
            {"MON(k+1,k)": 2 / ALPHA, "LIP(k+1,k+1/2)": 1},
        ),
        ("k^2*sq(g)/2 + k*dot(g, z - z0)", FEG(1), LipschitzMonotone(1), None),
        ("2*k*(k + 1)*sq(g_half) + 2*(k + 1)*dot(g_half, z - z0)", Halpern(1), None, None),
    ],
)
def test_known_functions_are_proved_from_text(V, method, operator, multipliers):
    """MATH I: proximal point, extragradient (both), FEG, Halpern (r = 2αg)."""
    chosen = {"operator": operator} if operator else {}
    ranges = STEPS if isinstance(method, Extragradient) else None
    result = prove_decrease(V, method, multipliers=multipliers, ranges=ranges, **chosen)
    assert isinstance(result, Proved), result
    text = result.certificate.to_json()
    again = read_certificate(text)
    assert again.to_json() == text
    assert "V_{k+1} − V_k = −" in str(again)


def test_extragradient_stops_at_its_largest_step():
    for V, multipliers in (("sq(z - zstar)", None), ("sq(g)", {"MON(k+1,k)": 2 / ALPHA})):
        wide = {"alpha": "0 < alpha < 11/10"}
        args = (V, Extragradient(ALPHA), LipschitzMonotone(1))
        assert isinstance(prove_decrease(*args, multipliers=multipliers, ranges=wide), Refuted)


def test_a_rate_is_part_of_the_claim():
    """MATH B: ‖z⁺ − z*‖² = (1 − 2sμ + s²R²)‖z − z*‖² − …; here R = 1, μ = 1/2, s = 1/4."""
    half, s = Fraction(1, 2), Fraction(1, 4)
    operator, rate = LipschitzStronglyMonotone(half, 1), 2 * s * half - s**2
    args = ("sq(z - zstar)", SimGD(s), operator)
    result = prove_decrease(*args, rate=rate)
    assert "V_{k+1} − V_k + 3/16 V" in str(result.certificate)
    assert not prove_decrease(*args, rate=rate + Fraction(1, 1000))
    assert prove_decrease("sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU), rate=2 * MU)
    assert not prove_decrease("sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU), rate=3 * MU)


@dataclass(frozen=True)
class Forgetful(OptimisticSimGD):
    """SimGD-O whose first kept value is 0: it is the value of G at no point."""

    def start(self, G: Any, z0: Any) -> Any:
        return z0, 0 * z0


def test_a_kept_value_must_be_one_from_the_start():
    labels = [point.label for point in step_vectors(OptimisticSimGD(1, 1)).points]
    assert labels[0] == "k-1"
    assert step_vectors(Forgetful(1, 1)).points[0].label == "k"


@pytest.mark.parametrize("system", ["simgd", SimGD, None, 3])
def test_what_is_no_flow_and_no_method_is_an_error(system):
    with pytest.raises(ProblemError, match="a flow such as"):
        prove_decrease("sq(z)", system)


def test_other_wrong_things_are_errors():
    v = step_vectors(SimGD(1))
    with pytest.raises(ProblemError, match="class of operators"):
        prove_decrease(v.z @ v.z, SimGD(1), LipschitzMonotone)
    with pytest.raises(ProblemError, match="class of operators"):
        prove_nonnegative(v.z @ v.z, "monotone")
    with pytest.raises(ProblemError, match="squares"):
        prove_decrease(v.z @ v.z, SimGD(1), squares=[(1, 3)])
    with pytest.raises(ProblemError, match="players"):
        prove_decrease("sq(z)", AlternatingGDA(1))
    with pytest.raises(ProblemError, match="recursion"):
        prove_decrease("sq(z)", EAGV(Fraction(1, 2), 1))


def test_what_a_method_does_not_know_is_an_error():
    with pytest.raises(ProblemError, match="z_previous"):
        prove_decrease("sq(z - z_previous)", SimGD(ALPHA))
    with pytest.raises(ProblemError, match="number of the step"):
        prove_decrease("sq(z - zstar)", SimGD(Symbol("k")))
    with pytest.raises(ProblemError, match="alpha is 1 here"):
        prove_decrease("sq(z - zstar)", ProximalPoint(1), ranges={"alpha": "alpha > 0"})
    with pytest.raises(ProblemError, match="inside k >= 0"):
        prove_decrease("sq(z - zstar)", ProximalPoint(1), ranges={"k": "k >= -1"})


def test_a_range_of_steps_counts():
    """k(k−1)‖…‖ may be negative only at k between 0 and 1: k ≥ 1 is asked for."""
    V = "k*(k - 1)*sq(z - zstar)"
    assert not prove_decrease(V, ProximalPoint(1))
    assert prove_decrease("sq(z - zstar)/(k - 1/2)", ProximalPoint(1), ranges={"k": "k >= 1"})
    assert not prove_decrease("sq(z - zstar)/(k - 1/2)", ProximalPoint(1))


def test_states_have_their_inequalities():
    """⟨g^{k−1}, z^{k−1} − z*⟩ ≥ 0 belongs to the state of SimGD-O, not to a point Z."""
    method = OptimisticSimGD(ALPHA, BETA)
    v = step_vectors(method)
    form = v.previous.g @ (v.previous.z - v.zstar)
    assert prove_nonnegative(form, system=method)
    assert not prove_nonnegative(form)
    certificate = prove_nonnegative(form, system=method).certificate
    assert str(read_certificate(certificate.to_json())) == str(certificate)
    assert "in every state of" in certificate.claim.statement


def test_an_edited_file_of_a_method_proves_nothing():
    result = prove_decrease("sq(z - zstar)", Extragradient(1), LipschitzMonotone(1))
    data = json.loads(result.certificate.to_json())
    for changes in (
        {"method": {"name": "simgd", "parameters": {"alpha": "1"}}},
        {"method": {"name": "extragradient", "parameters": {"alpha": "2"}}},
        {"operator": {"name": "lipschitz-monotone", "parameters": {"R": "2"}}},
        {"V": []},
        {"rate": "1/2"},
    ):
        with pytest.raises(CertificateError):
            read_certificate(json.dumps(data | changes))
