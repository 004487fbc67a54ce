"""Regions of decrease: the known conditions are found, proved, sharp where they should be."""

import json
import math
import random

import numpy as np
import pytest
from sympy import Rational, Symbol, simplify, symbols
from typer.testing import CliRunner

from saddleode.analysis import (
    DecreaseRegion,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    NegativelyComonotone,
    Proved,
    Refuted,
    StronglyMonotone,
    Unknown,
    WeakMinty,
    decrease_region,
    flow_vectors,
    prove_decrease,
    step_vectors,
)
from saddleode.analysis.basics.ranges import POSITIVE
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.coefficients.region import parse_ranges
from saddleode.analysis.coefficients.samples import some_point
from saddleode.analysis.regions.narrowing import sufficient, without_implied
from saddleode.cli.main import app
from saddleode.discretize import OGDA, Extragradient, OptimisticSimGD, ProximalPoint, SimGD
from saddleode.flows import AnchoredFlow, GradientFlow, ProblemError

ALPHA, BETA, MU, R, WEIGHT = symbols("alpha beta mu R c", positive=True)
DISTANCE = "sq(z - zstar)"
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
STRONG = LipschitzStronglyMonotone(MU, R)


def optimistic():
    """Return V = ‖w − z*‖² + βR‖z − z⁻‖², the method and the known multipliers."""
    method = OptimisticSimGD(ALPHA, BETA)
    v = step_vectors(method)
    w, d = v.z + BETA * v.previous.g - v.zstar, v.z - v.previous.z
    known = {"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": BETA / R}
    return w @ w + BETA * R * (d @ d), method, known


def found(*arguments, **options) -> DecreaseRegion:
    region = decrease_region(*arguments, **options)
    assert isinstance(region, DecreaseRegion), region
    region.certificate.verify()
    scalars = region.certificate.claim.scalars
    assert some_point(scalars.known, scalars.ranges) is not None
    return region


def conditions(*arguments, **options):
    return found(*arguments, **options).relations


def test_the_known_regions_are_found():
    assert conditions(DISTANCE, SimGD(ALPHA), STRONG) == ("alpha < 2*mu/R**2",)
    assert conditions(DISTANCE, Extragradient(ALPHA), LipschitzMonotone(R)) == ("alpha < 1/R",)
    assert conditions(MASTER, AnchoredFlow(Symbol("gamma", positive=True))) == ("gamma >= 1",)
    V, method, known = optimistic()
    simple = ("alpha < 2*beta*(1 - R*beta)/(1 + R*beta)",)
    assert conditions(V, method, LipschitzMonotone(R), multipliers=known) == simple
    assert conditions(V, method, LipschitzMonotone(R)) == simple  # LIP takes all of a square


def with_weight(method, beta, alpha=ALPHA):
    """Return MATH C's V = ‖w − z*‖² + c‖z − z⁻‖² − ½(α² + c(α² + 2αβ))‖g⁻‖²."""
    v = step_vectors(method)
    w, d, g = v.z + beta * v.previous.g - v.zstar, v.z - v.previous.z, v.previous.g
    return (
        w @ w + WEIGHT * (d @ d) - (alpha**2 + WEIGHT * (alpha**2 + 2 * alpha * beta)) / 2 * (g @ g)
    )


def test_a_weight_is_chosen_for_the_exact_region_of_simgd_o():
    method = OptimisticSimGD(ALPHA, BETA)
    V = with_weight(method, BETA)
    region = found(V, method, LipschitzMonotone(R), weights=["c"])
    assert region.relations == ("alpha < 2*beta*(1 + R*beta)*(1 - R*beta)/(1 + R**2*beta**2)",)
    assert simplify(region.weights["c"] - (2 * Symbol("beta") / Symbol("alpha") - 1)) == 0
    assert ", with c = " in region.statement and "c = " in region.to_latex()
    # It is the region where rotations of frequency R are damped: ρ² − (1 − (α+β)λ)ρ − βλ, λ = iR.
    gap = region.conditions.conditions[0].gap
    choice = random.Random(2)
    for _ in range(100):
        alpha, beta, radius = (choice.uniform(0.01, 1.5) for _ in range(3))
        roots = np.roots([1, -(1 - (alpha + beta) * 1j * radius), -beta * 1j * radius])
        inside = gap.subs({"alpha": alpha, "beta": beta, "R": radius}) > 0
        assert bool(inside) == bool(max(abs(roots)) < 1)


def test_a_weight_is_chosen_for_the_exact_region_of_ogda():
    method = OGDA(ALPHA)
    region = found(with_weight(method, ALPHA), method, LipschitzMonotone(R), weights=["c"])
    assert region.relations == ("3*R**2*alpha**2 < 1",)  # αR < 1/√3
    assert region.weights == {"c": 1}


def test_only_weights_of_V_can_be_chosen():
    method = OptimisticSimGD(ALPHA, BETA)
    V, operator = with_weight(method, BETA), LipschitzMonotone(R)
    for name, words in (("beta", "parameter of the claim"), ("b", "no weight b")):
        with pytest.raises(ProblemError, match=words):
            decrease_region(V, method, operator, weights=[name])
    with pytest.raises(ProblemError, match="leave out"):
        decrease_region(V, method, operator, weights=["c"], squares=[])
    e = step_vectors(SimGD(ALPHA)).z - step_vectors(SimGD(ALPHA)).zstar
    result = decrease_region(WEIGHT * (e @ e), SimGD(ALPHA), STRONG, weights=["c"])
    assert isinstance(result, Unknown) and "degree one in c" in result.reason


def test_conditions_that_follow_from_others_are_not_shown():
    rho = Symbol("rho", positive=True)
    region = conditions(DISTANCE, Extragradient(ALPHA), WeakMinty(rho, R))
    assert region == ("rho < alpha*(1 - R*alpha)/(1 + R*alpha)",)
    proximal = conditions(DISTANCE, ProximalPoint(ALPHA), NegativelyComonotone(rho))
    assert proximal == ("alpha > 2*rho",)


def test_simgd_decreases_inside_and_grows_outside_on_rotations():
    # M = [[μ, ω], [−ω, μ]] with |M| = R multiplies ‖z − z*‖² by (1 − αμ)² + α²ω².
    (condition,) = found(DISTANCE, SimGD(ALPHA), STRONG).conditions.conditions
    gap = condition.gap
    choice = random.Random(1)
    for _ in range(50):
        mu = choice.uniform(0.1, 2)
        radius, alpha = mu * choice.uniform(1, 3), choice.uniform(0.01, 3)
        factor = (1 - alpha * mu) ** 2 + alpha**2 * (radius**2 - mu**2)
        inside = gap.subs({"alpha": alpha, "mu": mu, "R": radius}) > 0
        assert bool(inside) == (factor < 1) or math.isclose(factor, 1)


@pytest.mark.parametrize("alpha", ["alpha = 3/4", "alpha > 1/2"])
def test_outside_the_region_the_claim_is_refuted(alpha):
    operator = LipschitzStronglyMonotone(1, 2)  # 2μ/R² = 1/2
    assert conditions(DISTANCE, SimGD(ALPHA), operator) == ("alpha <= 1/2",)
    a = Symbol("alpha", real=True)
    result = prove_decrease(DISTANCE, SimGD(a), operator, ranges={"alpha": alpha})
    assert isinstance(result, Refuted)
    assert isinstance(
        decrease_region(DISTANCE, SimGD(a), operator, ranges={"alpha": alpha}), Unknown
    )


def test_outside_the_other_regions_nothing_is_proved():
    gamma = Symbol("gamma", real=True)
    below = {"gamma": "0 < gamma < 1"}
    assert isinstance(prove_decrease(MASTER, AnchoredFlow(gamma), ranges=below), Refuted)
    assert isinstance(decrease_region(MASTER, AnchoredFlow(gamma), ranges=below), Unknown)
    V, method, known = optimistic()
    large = {"alpha": "alpha > 2*beta*(1 - R*beta)/(1 + R*beta)"}
    operator = LipschitzMonotone(R)
    assert not prove_decrease(V, method, operator, multipliers=known, ranges=large)
    assert isinstance(
        decrease_region(V, method, operator, multipliers=known, ranges=large), Unknown
    )


def test_what_holds_everywhere_has_no_conditions():
    region = found("sq(Z - zstar)", GradientFlow(), Monotone())
    assert region.conditions.relations == ()
    assert region.statement == "V never increases on the whole range"
    assert region.to_latex().startswith(r"\begin{align*}")


def test_what_holds_nowhere_has_no_region():
    result = decrease_region(DISTANCE, SimGD(ALPHA), Monotone())
    assert isinstance(result, Unknown) and "−α²" in result.reason
    assert isinstance(decrease_region("sq(Gdot)", GradientFlow()), Unknown)


def test_a_condition_for_all_times():
    # V̇ ≤ (1 − 2μ(t + c))‖Z − z*‖² for t ≥ 2: c ≥ 1/(2μ) − 2.
    ranges = {"c": "c real", "t": "t >= 2"}
    region = found("(t + c)*sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU), ranges=ranges)
    (condition,) = region.conditions.conditions
    assert simplify(condition.gap - (Symbol("c") - 1 / (2 * Symbol("mu")) + 2)) == 0


def test_a_rate_is_stated_as_one():
    # A negative rate lets V grow: the result must not say that it never increases.
    r = Symbol("r", real=True)
    e = flow_vectors(GradientFlow()).z - flow_vectors(GradientFlow()).zstar
    operator = StronglyMonotone(MU)
    free = found(e @ e, GradientFlow(), operator, rate=r)
    assert free.statement == "V̇ ≤ −(r) V where mu > r/2"
    given = {"multipliers": {"MON": 2}, "squares": [(2 * MU - r, e)]}
    assert found(e @ e, GradientFlow(), operator, rate=r, **given).conditions == free.conditions
    wrong = {"multipliers": {"MON": 2}, "squares": [(2 * MU - 2 * r, e)]}
    result = decrease_region(e @ e, GradientFlow(), operator, rate=r, **wrong)
    assert isinstance(result, Unknown) and "differ" in result.reason


@pytest.mark.parametrize(
    ("coefficient", "relations"),
    [
        (ALPHA * (2 - R**2), ["R**2 < 2"]),
        (ALPHA**2 - BETA**2 - 1, ["beta**2 + 1 < alpha**2"]),
        (1 / (BETA - 1), ["beta > 1"]),  # strict: a pole
        ((3 - 2 * BETA) ** 3 / ALPHA, ["beta <= 3/2"]),
        ((ALPHA - MU) * (R - 1), ["R*mu + alpha < R*alpha + mu"]),  # both, or none of them
        ((2 - ALPHA - R) * (ALPHA + R - 5), ["2 - R < alpha", "alpha < 5 - R"]),
        (Symbol("t") * (ALPHA - 1) + R - MU, ["alpha >= 1", "mu < R"]),
        (-ALPHA, []),
    ],
)
def test_conditions_of_single_coefficients(coefficient, relations):
    K = ScalarField(dict.fromkeys(("alpha", "beta", "mu", "R"), POSITIVE))
    parts = sufficient(K.convert(coefficient), K, [])
    assert sorted(str(part) for part in parts) == sorted(relations)


def test_implied_conditions_are_dropped():
    K = ScalarField(dict.fromkeys(("alpha", "beta"), POSITIVE))
    texts = ["beta < 1", "alpha < 2*beta*(1 - beta)", "alpha < 1 + beta"]
    kept = without_implied([parse_ranges([text]) for text in texts], K)
    assert kept.relations == ("alpha < 2*beta*(1 - beta)",)


def test_the_conditions_are_ranges_for_prove_decrease():
    region = found(DISTANCE, SimGD(ALPHA), STRONG, ranges={"mu": "mu >= 1"})
    again = prove_decrease(
        DISTANCE, SimGD(ALPHA), STRONG, ranges={"mu": "mu >= 1", "alpha": str(region.conditions)}
    )
    assert isinstance(again, Proved)
    assert region.to_latex().startswith(r"\[\alpha < \frac{2 \mu}{R^{2}}\]")
    half = prove_decrease(DISTANCE, SimGD(Rational(1, 2)), LipschitzStronglyMonotone(1, 2))
    assert isinstance(half, Proved)  # the end belongs to it, by continuity


def test_the_command_finds_a_region_that_verify_accepts(tmp_path):
    runner, file = CliRunner(), tmp_path / "proof.json"
    call = ["prove", "simgd", DISTANCE, "--operator", "lipschitz-strongly-monotone", "--region"]
    done = runner.invoke(app, [*call, "--save", str(file), "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["conditions"] == ["alpha < 2*mu/R**2"]
    assert runner.invoke(app, ["verify", str(file)]).exit_code == 0
    assert runner.invoke(app, call).stdout.startswith("V never increases where alpha < 2*mu/R**2")
    assert runner.invoke(app, ["prove", "simgd", DISTANCE, "--region"]).exit_code == 3
    V = "sq(z + alpha*g_previous - zstar) + c*sq(z - z_previous)"
    V += " - alpha^2*(1 + 3*c)/2*sq(g_previous)"
    call = ["prove", "ogda", V, "--operator", "lipschitz-monotone:R=1", "--where", "c > 0"]
    chosen = runner.invoke(app, [*call, "--region", "--weight", "c"])
    assert chosen.stdout.startswith("V never increases where 3*alpha**2 < 1, with c = 1")
    assert runner.invoke(app, [*call, "--weight", "c"]).exit_code == 2


def test_a_multiplier_may_need_a_condition():
    # d/dt (t + c)‖G‖² = −2(t + c)⟨Ġ, Ż⟩ + ‖G‖² ≤ (1 − 2μ(t + c))‖G‖² for c ≥ 0 alone.
    region = found("(t + c)*sq(G)", GradientFlow(), StronglyMonotone(MU), ranges={"c": "c real"})
    assert region.relations == ("c > 1/(2*mu)",)
    # d/dt (c − 1)/2 ‖Z − z*‖² = −(c − 1) MON
    v, c = flow_vectors(GradientFlow()), Symbol("c")
    V, ranges = (c - 1) / 2 * ((v.z - v.zstar) @ (v.z - v.zstar)), {"c": "c > 0"}
    assert conditions(V, GradientFlow(), Monotone(), ranges=ranges) == ("c >= 1",)
    assert not prove_decrease(V, GradientFlow(), Monotone(), ranges=ranges)
