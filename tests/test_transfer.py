"""Transfer of Lyapunov functions: the exact change, its leading part, the steps it survives."""

import json
from fractions import Fraction

import pytest
from sympy import Rational, Symbol, cancel, simplify, sqrt, sympify
from typer.testing import CliRunner

from saddleode.analysis import (
    Cocoercive,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    Vector,
    WeakMinty,
    flow_vectors,
    parse_ranges,
    step_vectors,
    time_derivative,
    transfer,
)
from saddleode.analysis.basics.ranges import POSITIVE
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.transfers.step_limit import ALPHA, step_limit
from saddleode.cli.main import app
from saddleode.discretize import (
    FEG,
    OGDA,
    AnchoredSimGD,
    Extragradient,
    OptimisticSimGD,
    ProximalPoint,
    SimGD,
)
from saddleode.flows import GradientFlow, OptimisticFlow, ProblemError

DISTANCE = "sq(Z - zstar)/2"
HALF = Fraction(1, 2)
MU, R = Symbol("mu", positive=True), Symbol("R", positive=True)


def test_simgd_on_monotone_operators_survives_no_step():
    found = transfer(DISTANCE, SimGD(1))
    g = Vector.generator("g^{k}")
    assert found.remainder == ALPHA**2 / 2 * (g @ g)  # MATH B: diverges for every fixed s > 0
    assert found.steps.never is not None
    assert found.steps.proved is None
    found.steps.never.certificate.verify()
    v = flow_vectors(GradientFlow())
    assert found.derivative == time_derivative(
        (v.z - v.zstar) @ (v.z - v.zstar) / 2, GradientFlow()
    )


def test_simgd_on_strongly_monotone_operators_survives_up_to_2_mu_over_R2():
    steps = transfer(DISTANCE, SimGD(1), LipschitzStronglyMonotone(1, 3)).steps
    assert steps.largest == 2 * Fraction(1) / 3**2  # no dyadic number: not by bisection
    assert is_sharp(steps)


def is_sharp(steps):
    """Tell whether steps are proved up to the largest, and refuted just above."""
    largest = sympify(steps.largest).subs({Symbol(n): sympify(x) for n, x in steps.at.items()})
    steps.proved.certificate.verify()
    steps.refuted.witness.verify()
    return largest < steps.failure < largest * Fraction(1003, 1000)


def test_constants_that_are_no_rational_numbers():
    """√2 appears as 2 in LIP: steps are found, and the remainder is not bounded by 1/√2."""
    found = transfer(DISTANCE, Extragradient(1), LipschitzMonotone(sqrt(2)))
    assert found.steps.largest == 1 / sqrt(2)
    assert "no rational number" in str(found)


def test_steps_for_class_constants_that_are_symbols():
    strong = transfer(DISTANCE, SimGD(1), LipschitzStronglyMonotone(MU, R)).steps
    assert strong.largest == 2 * Symbol("mu") / Symbol("R") ** 2 and is_sharp(strong)
    assert str(strong).startswith("proved for 0 < α < 2·μ/R²; refuted for α = ")
    assert strong.to_latex() == r"0 < \alpha < \frac{2 \mu}{R^{2}}"
    extra = transfer(DISTANCE, Extragradient(1), LipschitzMonotone(R)).steps
    assert extra.largest == 1 / Symbol("R") and is_sharp(extra)
    cocoercive = transfer(DISTANCE, SimGD(1), Cocoercive(MU)).steps
    assert cocoercive.largest == 2 * Symbol("mu") and is_sharp(cocoercive)


def test_ogda_survives_up_to_an_irrational_step():
    """MATH C: βR < 1/√3, by V = ½(‖w − z*‖² + ‖z − z⁻‖² − 2α²‖g⁻‖²), w = z + αg⁻."""
    v = step_vectors(OGDA(ALPHA))
    d, g = v.z - v.previous.z, v.previous.g
    correction = ALPHA * (g @ (v.z - v.zstar)) + (d @ d - ALPHA**2 * (g @ g)) / 2
    for operator, largest in (
        (LipschitzMonotone(R), 1 / Symbol("R")),
        (LipschitzMonotone(2), HALF),
    ):
        steps = transfer(DISTANCE, OGDA(1), operator, correction=correction).steps
        assert simplify(steps.largest - sqrt(3) / 3 * largest) == 0 and is_sharp(steps)


def test_simgd_o_survives_up_to_the_exact_step():
    """MATH C: α < 2β(1−B²)/(1+B²), with a weight that is chosen; no more than that (rotations)."""
    method = OptimisticSimGD(1, HALF)
    v, c = step_vectors(method), Symbol("c", positive=True)
    d, g = v.z - v.previous.z, v.previous.g
    small = c * (d @ d) - (ALPHA**2 + c * (ALPHA**2 + ALPHA)) / 2 * (g @ g)
    V, operator = "sq(Z + 1/2*G - zstar)", LipschitzMonotone(1)
    steps = transfer(V, method, operator, correction=small, weights=["c"]).steps
    assert steps.largest == Fraction(3, 5) and is_sharp(steps)
    assert simplify(steps.weights["c"] - (1 / Symbol("alpha") - 1)) == 0


def test_the_proximal_point_method_survives_every_step():
    steps = transfer(DISTANCE, ProximalPoint(1)).steps
    assert steps.largest is None
    assert str(steps) == "proved for every α > 0"


def test_extragradient_survives_up_to_1_over_R():
    assert transfer(DISTANCE, Extragradient(1), LipschitzMonotone(1)).steps.largest == 1


@pytest.mark.slow
def test_feg_survives_up_to_1_over_R():
    found = transfer("t^2/2*sq(G) + t*dot(G, Z - Z0)", FEG(1), LipschitzMonotone(2))
    assert found.steps.largest == HALF


def test_simgd_o_survives_up_to_the_step_of_its_certificate():
    """MATH C: α < 2β(1−B)/(1+B) = 1/3 for β = 1/2, R = 1; the correction is small."""
    method = OptimisticSimGD(1, HALF)
    v = step_vectors(method)
    d = v.z - v.previous.z
    found = transfer(
        "sq(Z + 1/2*G - zstar)",
        method,
        LipschitzMonotone(1),
        correction=HALF * (d @ d),
    )
    assert found.steps.largest == Fraction(1, 3)
    w = flow_vectors(OptimisticFlow(1, HALF))
    V = w.z + HALF * w.g - w.zstar
    assert found.derivative == time_derivative(V @ V, OptimisticFlow(1, HALF))


def test_change_is_leading_part_and_remainder():
    found = transfer(DISTANCE, Extragradient(1), LipschitzMonotone(1))
    z, zstar, g = (Vector.generator(name) for name in ("z^{k}", "z*", "g^{k}"))
    leading = -ALPHA * (g @ (z - zstar))
    assert not (found.change - leading - found.remainder).map(cancel)
    text = str(found)
    assert "V_{k+1} − V_k − h V̇ = " in text
    assert "decreases: proved for 0 < α ≤ 1; refuted for α = " in text


def test_what_does_not_fit_is_an_error():
    with pytest.raises(ProblemError, match=r"change with k.* p = 0"):
        transfer(DISTANCE, AnchoredSimGD(Fraction(3, 5), 2))
    v = step_vectors(SimGD(1))
    with pytest.raises(ProblemError, match=r"vanish with the step|does not tend"):
        transfer(DISTANCE, SimGD(1), Monotone(), correction=v.g @ v.g)
    with pytest.raises(ProblemError, match="make V of Z, Z0, zstar and G"):
        transfer(v.g @ v.g, SimGD(1))  # of a method, not of its flow
    with pytest.raises(ProblemError, match="no weight c"):
        transfer(DISTANCE, SimGD(1), LipschitzMonotone(1), weights=["c"])


def test_symbols_without_a_closed_form_ask_for_numbers():
    """V̇ = −2⟨Ġ, G⟩ ≤ 0 for linear G alone: no proof, and no bisection with a symbol R."""
    found = transfer("sq(Z - zstar) + dot(G, Z - zstar)", SimGD(1), LipschitzMonotone(R)).steps
    assert found.proved is None and "needs numbers for R" in str(found)


def test_conditions_that_are_no_bound_on_the_step_are_shown():
    rho = Symbol("rho", positive=True)
    steps = transfer(DISTANCE, Extragradient(1), WeakMinty(rho, R)).steps
    assert str(steps) == "proved where rho < α·(1 − R·α)/(1 + R·α)".replace("rho", "ρ")
    assert steps.largest is None and steps.to_latex().startswith(r"\rho < \frac{")
    steps.proved.certificate.verify()
    numbers = transfer(DISTANCE, Extragradient(1), WeakMinty(Fraction(1, 10), 1)).steps
    assert numbers.conditions and numbers.largest is None  # α in an interval away from 0


@pytest.mark.parametrize(
    ("relation", "limit"),
    [
        ("4*alpha^2 < 1", HALF),
        ("alpha + 2*alpha^2 < 3", Fraction(1)),
        ("alpha^3 < 2", 2 ** Rational(1, 3)),
        ("0 < alpha*(2 - alpha)", Fraction(2)),
        ("-alpha*(alpha - 1)^2 < 0", None),  # it never changes its sign
        ("0 < -alpha*(alpha - 1)^2*(alpha - 2)", None),  # and here not at the first root
        ("1 < alpha*(3 - alpha)", None),  # an interval away from 0
        ("alpha^2 < 2*mu", sqrt(2) * sqrt(Symbol("mu"))),
        ("alpha*(1 + alpha) < mu", 2 * Symbol("mu") / (1 + sqrt(1 + 4 * Symbol("mu")))),
        ("alpha*(1 - alpha) < mu", None),
        ("mu < 1", None),
    ],
)
def test_limits_of_the_step_by_a_condition(relation, limit):
    K = ScalarField(dict.fromkeys(("alpha", "mu"), POSITIVE))
    found = step_limit(parse_ranges([relation]), K, "alpha")
    assert found is limit if limit is None else simplify(found - limit) == 0


def test_the_result_as_latex_and_as_data():
    found = transfer(DISTANCE, SimGD(1), LipschitzStronglyMonotone(MU, R))
    latex = found.to_latex()
    assert r"V_{k+1} - V_k - h \dot V &= \frac{\alpha^{2}}{2} \|g^{k}\|^2 \\" in latex
    assert r"\bigl|V_{k+1} - V_k - h \dot V\bigr| &\le h^2 \Bigl(\frac{1}{2} \|g^{k}\|^2" in latex
    assert r"V_{k+1} &\le V_k: \quad 0 < \alpha < \frac{2 \mu}{R^{2}}" in latex
    data = found.to_dict()
    assert data["steps"].startswith("proved for 0 < α < 2·μ/R²")
    assert len(data["certificates"]) == len(found.certificates) == 3


def test_the_command_transfers_and_verify_accepts_what_it_saves(tmp_path):
    runner, file = CliRunner(), tmp_path / "proof.json"
    call = [
        "transfer",
        "simgd",
        DISTANCE,
        "--correction",
        "alpha*sq(z - zstar)",
        "--save",
        str(file),
    ]
    done = runner.invoke(app, [*call, "--operator", "lipschitz-strongly-monotone:mu=1,R=3"])
    assert done.exit_code == 0 and "decreases: proved for 0 < α ≤ 2/9" in done.stdout
    checked = runner.invoke(app, ["verify", str(file), "--json"])
    assert checked.exit_code == 0 and len(json.loads(checked.stdout)["statements"]) == 3
    never = runner.invoke(app, ["transfer", "simgd", DISTANCE, "--json"])
    assert never.exit_code == 1 and json.loads(never.stdout)["steps"].startswith("no α > 0")
    refused = runner.invoke(app, ["transfer", "simgd-a:p=3/5,gamma=2", DISTANCE])
    assert refused.exit_code == 2 and "change with k" in refused.stderr
