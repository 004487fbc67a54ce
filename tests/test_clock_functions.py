"""Roots and exponentials of time and of steps: their rules against SymPy and mpmath, and proofs."""

import json
from fractions import Fraction

import mpmath
import pytest
from sympy import Rational, Symbol, exp, sqrt, symbols

from saddleode.analysis import (
    LipschitzMonotone,
    Monotone,
    Refuted,
    StronglyMonotone,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.basics.proof_outcome import CertificateError
from saddleode.analysis.basics.ranges import Range
from saddleode.analysis.claims.flow_vectors import flow_vectors, time_derivative
from saddleode.analysis.claims.step_motion import difference
from saddleode.analysis.coefficients.field import STEP, field_for
from saddleode.analysis.coefficients.signs import regular
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.analysis.readings.vector import Vector
from saddleode.analysis.theorems import optimistic_sharp
from saddleode.analysis.verification.arithmetic import VerificationError
from saddleode.analysis.verification.statement import statement
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import AnchoredSimGD, ProximalPoint, SimGD
from saddleode.discretize.methods.anchored_normalised import NormalisedAnchoredSimGD
from saddleode.flows import AnchoredFlow, GradientFlow, ProblemError

t, r, s = symbols("t r s", positive=True)
k, gamma = Symbol("k", integer=True, nonnegative=True), Symbol("gamma", positive=True)
GRADIENT = GradientFlow()
MU, RATE = Symbol("mu", positive=True), Symbol("r")

OF_TIME = [
    exp(r * t) * t**2 / (1 + exp(2 * r * t)),
    exp(-r * t / 3) + exp(r * t / 2),
    exp((r - s) * t) * t - exp(-t / (1 + s)),
    sqrt(t) / (r + t) + t ** Rational(-3, 2),
    t ** Rational(2, 3) * sqrt(t) * exp(-2 * t),
    t**r + t ** (2 * r - Rational(1, 2)) / (1 + t),
    t ** (r - 1) + t ** (3 - 2 * r),
    exp(-2 * r * sqrt(t)) * t + exp(t**2 + r * t),
]
OF_STEPS = [
    1 / sqrt(k + gamma),
    (k + gamma) ** Rational(3, 2) * k / (k + 1),
    gamma * sqrt(k + gamma + 1) / (sqrt(k + gamma) + 2),
    sqrt(k + gamma) * sqrt(k + gamma + 1) - (k + gamma),
    (sqrt(k + gamma + 1) - sqrt(k + gamma)) / (gamma + sqrt(k + gamma + 1)),
]


def value(formula, **at):
    """Return the value of a formula with 40 digits, from its symbols by name."""
    with mpmath.workdps(40):
        numbers = {symbol: at[symbol.name] for symbol in formula.free_symbols}
        return mpmath.mpf(formula.evalf(40, subs=numbers))


def close(first, second):
    return mpmath.almosteq(first, second, rel_eps=mpmath.mpf(10) ** -12)  # doubles at the end


@pytest.mark.parametrize("formula", OF_TIME, ids=str)
@pytest.mark.parametrize("at", [{"t": 0.37, "r": 1.3, "s": 0.2}, {"t": 5.1, "r": 0.7, "s": 3.4}])
def test_derivatives_are_those_of_sympy(formula, at):
    scalars = field_for([formula], {})
    element = scalars.convert(formula)
    assert close(value(scalars.shown(element), **at), value(formula, **at))
    slope = scalars.shown(scalars.derivative(element))
    assert close(value(slope, **at), value(formula.diff(t), **at))


@pytest.mark.parametrize("formula", OF_STEPS, ids=str)
@pytest.mark.parametrize("at", [{"k": 0, "gamma": 1.7}, {"k": 13, "gamma": 0.2}])
def test_roots_of_steps_keep_their_values(formula, at):
    scalars = field_for([formula, sqrt(k + gamma)], {}, STEP)
    element = scalars.convert(formula)
    assert close(value(scalars.shown(element), **at), value(formula, **at))
    generator = value(sqrt(k + gamma + 1) - sqrt(k + gamma), **at)
    plain = element.as_expr().evalf(40, subs={"gap": generator, "gamma": at["gamma"]})
    assert close(mpmath.mpf(plain), value(formula, **at))


@pytest.mark.parametrize("formula", OF_STEPS[:2], ids=str)
def test_the_next_value_is_that_at_the_next_step(formula):
    scalars = field_for([formula], {}, STEP)
    later = scalars.shown(scalars.shifted(scalars.convert(formula)))
    assert close(value(later, k=4, gamma=0.9), value(formula, k=5, gamma=0.9))


def test_the_root_of_the_next_step_has_no_next_value():
    for formula in OF_STEPS[2:]:
        scalars = field_for([formula, sqrt(k + gamma)], {}, STEP)
        with pytest.raises(ProblemError, match="next value"):
            scalars.shifted(scalars.convert(formula))


@pytest.mark.parametrize("first", [0, 1, 7])
@pytest.mark.parametrize("low", [Fraction(0), Fraction(9, 16), Fraction(2), Fraction(100)])
def test_the_region_of_the_generator_holds_every_step(first, low):
    ranges = {"k": Range(Fraction(first), None, True), "gamma": Range(low, None, True)}
    scalars = field_for([sqrt(k + Symbol("gamma"))], ranges, STEP)
    for j in (first, first + 1, first + 1000):
        for shift in (low, low + Fraction(1, 3), low + 50):
            u = value(sqrt(k + 1 + gamma) - sqrt(k + gamma), k=j, gamma=Rational(str(shift)))
            assert 0 < u <= float(scalars.ranges["gap"].high) + 1e-15
            (condition,) = scalars.relations
            gap = condition.gap.evalf(40, subs={"gap": u, "gamma": Rational(str(shift))})
            assert gap > 0 if j > first else abs(gap) < 1e-12  # of u in 40 digits: cancellation


def test_the_edge_of_the_region_counts():
    """1/k is defined for all real k > 0, and not in step 0; 1/(k + 1) and √(k + γ) are no harm."""
    scalars = field_for([sqrt(k + gamma)], {"gamma": Range(Fraction(1, 9))}, STEP)
    assert not regular(scalars.convert(1 / k), scalars).holds
    for harmless in (1 / (k + 1), 1 / sqrt(k + gamma), 1 / sqrt(k + gamma + 1)):
        assert regular(scalars.convert(harmless), scalars).holds
    later = field_for([sqrt(k + gamma)], {"k": Range(Fraction(1), None, True)}, STEP)
    assert regular(later.convert(1 / k), later).holds


def test_what_a_proof_does_not_know_is_refused():
    scalars = field_for([exp(2 * r * t), sqrt(t)], {})
    for strange in (exp(r * t), exp(s * t), t ** Rational(1, 3), exp(r * sqrt(t)), t**r):
        with pytest.raises(ProblemError):
            scalars.convert(strange)
    for strange in (exp(t / (1 + t)), exp(r), exp(r * t + 1), exp(exp(t))):
        with pytest.raises(ProblemError, match="exp"):
            field_for([strange], {}).convert(strange)
    for strange in (sqrt(2 * k + 1), sqrt(k + 1) + sqrt(k + 3), sqrt(k - 1), sqrt(k + r - s)):
        with pytest.raises(ProblemError, match="root"):
            field_for([strange], {}, STEP)
    with pytest.raises(ProblemError, match="unit of time"):
        field_for([sqrt(t)], {"t": Range(Fraction(2))})


def test_a_parameter_may_have_the_name_of_a_generator():
    wanted = Symbol("exp_1", positive=True)
    scalars = field_for([wanted * exp(r * t)], {})
    assert scalars.functions.definitions == {"exp_1_": "exp(r*t)"}
    assert scalars.derivative(scalars.convert(wanted)) == 0


def test_derivatives_of_functions_of_a_flow_are_shown_in_time():
    flow = AnchoredFlow(gamma, Rational(1, 2))
    v = flow_vectors(flow)
    slope = time_derivative(exp(-t) * (v.z @ v.z0), flow)
    assert slope.coefficient("G", "Z0") == -exp(-t)
    assert (slope.coefficient("Z", "Z0") + (1 + gamma / sqrt(t)) * exp(-t)).simplify() == 0
    change = difference(sqrt(k + 2) * (Vector.generator("z^{k}") @ Vector.generator("z^{0}")),
                        SimGD(1))  # fmt: skip
    assert (change.coefficient("z^{0}", "z^{k}") - sqrt(k + 3) + sqrt(k + 2)).simplify() == 0


TRUE = [
    ("exp(-r*t)*sq(G)", GRADIENT, Monotone(), {"r": "r >= 0"}),
    ("exp(2*mu*t)*sq(Z - zstar)", GRADIENT, StronglyMonotone(MU), {}),
    ("t^(-1/2)*sq(G) + exp(-t)*sq(Z - zstar)", GRADIENT, Monotone(), {}),
    ("t^(-gamma)*sq(Z - zstar)", GRADIENT, Monotone(), {"gamma": "gamma > 0"}),
    ("(1 + exp(-t))*sq(Z - zstar)", GRADIENT, Monotone(), {}),
    (
        "exp(4*gamma*sqrt(t))*(sq(Zdot) - gamma/2*t^(-3/2)*sq(Z - Z0))/2",
        AnchoredFlow(gamma, Rational(1, 2)),
        Monotone(),
        {"t": "t >= 1", "gamma": "gamma >= 3/4"},
    ),
    ("sq(z - zstar)/sqrt(k + 1/2)", ProximalPoint(1), Monotone(), {}),
    ("sq(g)/sqrt(k + gamma)", ProximalPoint(1), Monotone(), {"gamma": "gamma > 0"}),
]


@pytest.mark.parametrize(("V", "system", "operator", "ranges"), TRUE)
def test_proofs_travel(V, system, operator, ranges):
    result = prove_decrease(V, system, operator, ranges=ranges)
    assert result, str(result)
    text = result.certificate.to_json()
    again = read_certificate(text)
    assert again.to_json() == text
    assert verify(text) == json.loads(text)["statement"]
    assert str(again) == str(result.certificate)
    assert again.to_latex() == result.certificate.to_latex()
    for name in result.certificate.claim.scalars.functions.definitions:
        assert name not in again.to_latex()
        assert name not in str(again).split("Proof:")[0]


def test_a_file_that_explains_a_generator_otherwise_is_refused():
    result = prove_decrease("exp(-r*t)*sq(G)", GRADIENT, ranges={"r": "r >= 0"})
    for other in ({"exp_1": "exp(-r*t)"}, {"exp_1": "exp(2*r*t)"}, {"exp_1": "t**r"}, {}):
        data = json.loads(result.certificate.to_json())
        data["names"]["functions"] = other
        with pytest.raises((CertificateError, ProblemError)):
            read_certificate(json.dumps(data))


TAMPERED = [
    (TRUE[0], "derivatives", "exp_1", "-r*exp_1"),
    (TRUE[0], "derivatives", "exp_1", "2*r*exp_1"),
    (TRUE[1], "derivatives", "exp_1", "mu*exp_1"),
    (TRUE[2], "derivatives", "root", "1/root"),
    (TRUE[2], "derivatives", "root", "-1/(2*root)"),
    (TRUE[5], "derivatives", "exp_1", "gamma*exp_1/root"),
    (TRUE[6], "sequences", "root", ["(1/gap - gap)/2", "(1/gap - gap)/2"]),
    (TRUE[6], "sequences", "root", ["(1/gap + gap)/2", "(1/gap - gap)/2"]),
    (TRUE[7], "sequences", "k", ["((1/gap - gap)/2)**2", "((1/gap - gap)/2)**2 + 2"]),
]


@pytest.mark.parametrize(("claim", "entry", "name", "other"), TAMPERED)
def test_the_verifier_refuses_other_rules(claim, entry, name, other):
    V, system, operator, ranges = claim
    data = json.loads(prove_decrease(V, system, operator, ranges=ranges).certificate.to_json())
    assert name in data[entry]
    data[entry][name] = other
    data["statement"] = statement(data)
    with pytest.raises(VerificationError):
        verify(json.dumps(data))


REFUTED = [
    ("exp(t)*sq(Z - zstar)", GRADIENT, {}),
    ("exp(r*t)*sq(G)", GRADIENT, {"r": "r real"}),
    ("-exp(-t)*sq(G)", GRADIENT, {}),
    ("(1 - exp(-t))*sq(G)", GRADIENT, {}),
    ("sqrt(t)*sq(G)", GRADIENT, {}),
    ("t^gamma*sq(Z - zstar)", GRADIENT, {"gamma": "gamma > 0"}),
    ("sq(Z - zstar) + t^(1/3)*sq(G)", GRADIENT, {}),
    ("exp(21/10*t)*sq(Z - zstar)", GRADIENT, {}),
    ("exp(t)*sq(G) - exp(2*t)*sq(Z - zstar)", GRADIENT, {}),
]


@pytest.mark.parametrize(("V", "system", "ranges"), REFUTED)
def test_false_claims_are_refuted_on_a_trajectory(V, system, ranges):
    operator = StronglyMonotone(1) if "21/10" in V else Monotone()
    result = prove_decrease(V, system, operator, ranges=ranges)
    assert isinstance(result, Refuted)
    result.witness.verify()


FALSE = [
    # the strong rate, one percent too fast, and with the sign of the exponent confused
    ("exp(202/100*mu*t)*sq(Z - zstar)", GRADIENT, StronglyMonotone(MU), {}),
    # holds where γ√t ≥ 3/4 alone
    (TRUE[5][0], TRUE[5][1], Monotone(), {"t": "t > 0", "gamma": "gamma >= 3/4"}),
    (TRUE[5][0], TRUE[5][1], Monotone(), {"t": "t >= 1", "gamma": "gamma >= 74/100"}),
    (TRUE[5][0].replace("4*gamma", "5*gamma"), TRUE[5][1], Monotone(), TRUE[5][3]),
    # ‖g^k‖ falls, but √(k + 1) grows faster on a slow rotation
    ("sqrt(k + 1)*sq(g)", ProximalPoint(1), Monotone(), {}),
    ("sq(z - zstar)*(2 - 1/sqrt(k + 1))", ProximalPoint(1), Monotone(), {}),
    # true for k ≥ 1 alone
    ("sq(z - zstar)/(sqrt(k + 1) - 1/2*k*(k - 1))", ProximalPoint(1), Monotone(), {}),
    # simGD on a rotation leaves, with every fading step
    ("sq(z - zstar)/sqrt(k + 1)", SimGD(1), Monotone(), {}),
    ("sq(z - zstar)", AnchoredSimGD(Fraction(1, 2), 2), LipschitzMonotone(1), {}),
    ("sq(z - z0)", NormalisedAnchoredSimGD(2), LipschitzMonotone(1), {}),
]  # fmt: skip


@pytest.mark.parametrize(("V", "system", "operator", "ranges"), FALSE)
def test_false_claims_are_not_proved(V, system, operator, ranges):
    assert not prove_decrease(V, system, operator, ranges=ranges)


e = Vector.generator("e")
FALSE_FORMS = [
    ((exp(-t) - 1), {}),
    (exp(t) - Rational(101, 100), {}),
    (1 - exp(t), {}),
    (exp(RATE * t) - 1, {"r": "r real"}),
    (exp(-2 * t) - exp(-t), {}),
    (sqrt(t) - t, {}),
    (t - sqrt(t), {}),
    (t**r - 1, {}),
    (exp(t) - exp(t**2), {}),
]


@pytest.mark.parametrize(("weight", "ranges"), FALSE_FORMS)
def test_false_inequalities_of_time_are_not_proved(weight, ranges):
    assert not prove_nonnegative(weight * (e @ e), ranges=ranges)


FORMS_OF_STEPS = [
    (sqrt(k + 1) * sqrt(k + 2) - k - 1, True),
    (k + Rational(3, 2) - sqrt(k + 1) * sqrt(k + 2), True),
    (sqrt(k + 1) * sqrt(k + 2) - k - Rational(3, 2), False),
    (1 - 2 * sqrt(k + 1) * (sqrt(k + 2) - sqrt(k + 1)), True),
    (1 - 2 * sqrt(k + 2) * (sqrt(k + 2) - sqrt(k + 1)), False),
    (sqrt(k + 1) - Rational(3, 2), False),  # from k = 2 on
    (sqrt(k + 2) - Rational(7, 5), True),
    (k - sqrt(k + 1), False),  # from k = 2 on
    (1 / k + sqrt(k + 1), False),  # a pole at k = 0, on the edge of the region
]


@pytest.mark.parametrize(("weight", "true"), FORMS_OF_STEPS, ids=str)
def test_inequalities_of_steps(weight, true):
    v = step_vectors(SimGD(1))
    assert bool(prove_nonnegative(weight * (v.g @ v.g), system=SimGD(1))) is true
    if not weight.has(1 / k):
        assert true or any(value(weight, k=j) < 0 for j in range(9))


def test_an_exponential_is_above_one_for_a_rate_that_is_not_negative():
    for weight, ranges, true in (
        (exp(RATE * t) - 1, "r >= 0", True),
        (1 - exp(-2 * RATE * t), "r >= 0", True),
        (1 - exp(RATE * t), "r < 0", True),
        (exp(RATE * t) - 1, "r > -1", False),
    ):
        assert bool(prove_nonnegative(weight * (e @ e), ranges={"r": ranges})) is true


def test_the_sharp_optimistic_function_with_its_exponential():
    """MATH C as it stands, V with e^{rt}: its multipliers prove V̇ ≤ −rV without it, too."""
    flow, rate = optimistic_sharp.FLOW, optimistic_sharp.RATE
    time = flow_vectors(flow).t
    ranges = {time: "0 < t <= 1"}
    literal, _ = optimistic_sharp.prove()
    F, growth = optimistic_sharp.quadratic(), exp(rate * time)
    own = {"t": time, "alpha": optimistic_sharp.ALPHA, "beta": optimistic_sharp.BETA}
    given = {
        name: literal.claim.scalars.shown(c).subs(own) / growth
        for name, c in literal.multipliers.items()
    }
    assert prove_decrease(F, flow, rate=rate, multipliers=given, ranges=ranges)
    assert not prove_decrease(F * exp(Rational(101, 100) * rate * time), flow, ranges=ranges)
