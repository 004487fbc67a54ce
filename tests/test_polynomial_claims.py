"""Decrease along flows and convexity for given problems: proofs, refutations, files, hostility."""

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
import sympy

from saddleode.analysis import (
    CertificateError,
    Proved,
    Refuted,
    prove_convexity,
    prove_decrease_on,
    prove_nonnegative_polynomial,
    read_polynomial_certificate,
)
from saddleode.flows import (
    AnchoredFlow,
    FastOGDAFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    TikhonovFlow,
    integrate,
    named_problem,
)

PAPER, QUARTIC = named_problem("paper"), named_problem("quartic")
DOUBLE_WELL = SaddleProblem("x^4/4 - x^2/2 + x*u - u^2/2", "x", "u")
FOUR = SaddleProblem("x1^4/4 + x1*u1 + x1*u2 + x2*u2 + x2^2/2 - u1^2*u2^2 - u1^4", "x1 x2", "u1 u2")
MASTER = "t^2/2*((0.4*x + u)^2 + x^2) + t*((0.4*x + u)*(x - x_0) - x*(u - u_0))"  # MATH D, γ = 1
MASTER_2 = (  # γ = 2
    "t^2/2*((x^3 + u)^2 + x^2) + 2*t*((x^3 + u)*(x - x_0) - x*(u - u_0))+ (x - x_0)^2 + (u - u_0)^2"
)
AHMADI_PARRILO = (  # Ahmadi, Parrilo 2012: convex, but its second derivative is no sum of squares
    "32*x^8 + 118*x^6*y^2 + 40*x^6*z^2 + 25*x^4*y^4 - 43*x^4*y^2*z^2 - 35*x^4*z^4 + 3*x^2*y^4*z^2"
    "- 16*x^2*y^2*z^4 + 24*x^2*z^6 + 16*y^8 + 44*y^6*z^2 + 70*y^4*z^4 + 60*y^2*z^6 + 30*z^8"
)


@pytest.mark.parametrize(
    ("problem", "V", "flow", "box"),
    [
        (PAPER, None, GradientFlow(), None),
        (QUARTIC, None, GradientFlow(), None),
        (QUARTIC, "(x^2 + u^2)^2", GradientFlow(), None),
        (FOUR, None, GradientFlow(), None),
        (QUARTIC, None, OptimisticFlow(1, Fraction(1, 2)), None),
        (named_problem("bilinear"), None, OptimisticFlow(2.0, 0.25), None),
        (PAPER, MASTER, AnchoredFlow(1), None),
        (SaddleProblem("x^4/4 + x*u", "x", "u"), MASTER_2, AnchoredFlow(2), None),
        (DOUBLE_WELL, "x^2 + u^2", GradientFlow(), {"x": "x >= 1"}),
        (SaddleProblem("(x - 1)^4 + (x - 1)*(u + 2)", "x", "u"), None, GradientFlow(), None),
        (SaddleProblem.quadratic([[1.0]], [[2.0]], [[0.5]], [1.0], [3.0]), None, None, None),
    ],
)
def test_functions_that_fall_are_proved_to(problem, V, flow, box):
    result = prove_decrease_on(problem, V, flow, box=box)
    assert isinstance(result, Proved), str(result)
    certificate = result.certificate
    assert not certificate.rests_on_solver
    assert read_polynomial_certificate(certificate.to_json()) == certificate
    assert "Proof:" in str(certificate)
    latex = certificate.to_latex()
    assert latex.startswith(r"\textbf{Claim.} ") and r"\begin{align*}" in latex
    assert latex.isascii() and latex.count("{") == latex.count("}")


@pytest.mark.parametrize("flow", [GradientFlow(), OptimisticFlow(1.0, 0.5), AnchoredFlow(1.0)])
def test_the_derivative_is_that_of_trajectories(flow):
    """V along an integrated path, differentiated numerically, against the polynomial target."""
    V = "(x^2 + u^2 + x*u^2)/2"
    found = prove_decrease_on(QUARTIC, V, flow)  # not true: the witness carries the claim
    assert isinstance(found, Refuted)
    target = found.witness.claim.targets[0].polynomial.as_expr()
    h, z0 = 1e-4, np.array([0.7, -0.4])
    times = np.array([1 - h, 1.0, 1 + h])
    path = integrate(flow, QUARTIC, z0, (0, 1.5), t_eval=times, rtol=1e-12, atol=1e-12)
    states = path.z + getattr(flow, "beta", 0.0) * QUARTIC.operator(path.z)
    values = [(x**2 + u**2 + x * u**2) / 2 for x, u in states]
    names = dict(zip(("x", "u", "x_0", "u_0", "t"), [*path.z[1], *z0, 1.0], strict=True))
    expected = -float(target.subs({sympy.Symbol(n): v for n, v in names.items()}))
    assert (values[2] - values[0]) / (2 * h) == pytest.approx(expected, rel=1e-6)


FALSE_DECREASES = [
    (PAPER, "x^2/2 + u^2", GradientFlow(), None),
    (PAPER, "x^2/2 + 1.000000001*u^2/2", GradientFlow(), None),
    (PAPER, "-x^2/2 - u^2/2", GradientFlow(), None),
    (named_problem("bilinear"), "x^2 + u^2 + 0.000001*x*u", GradientFlow(), None),
    (named_problem("bilinear"), "x^2 + 2*u^2", OptimisticFlow(1, Fraction(1, 10)), None),
    (DOUBLE_WELL, "x^2 + u^2", GradientFlow(), None),  # true for x ≥ 1 alone
    (DOUBLE_WELL, "x^2 + u^2", GradientFlow(), {"x": "x >= 0.999"}),
    (QUARTIC, "x^4 + u^4 - 0.001*x^2", GradientFlow(), None),
    (PAPER, None, AnchoredFlow(1), None),  # the anchor pulls away from z*
    (PAPER, MASTER.replace("t^2/2", "1.01*t^2/2"), AnchoredFlow(1), None),
    (PAPER, MASTER, AnchoredFlow(Fraction(9, 10)), None),
    (SaddleProblem("x^2*u + x*u", "x", "u"), None, GradientFlow(), None),
]


@pytest.mark.parametrize(("problem", "V", "flow", "box"), FALSE_DECREASES)
def test_false_decreases_are_refuted(problem, V, flow, box):
    result = prove_decrease_on(problem, V, flow, box=box)
    assert isinstance(result, Refuted), str(result)
    result.witness.verify()


@pytest.mark.parametrize(
    ("L", "primal", "dual", "box"),
    [
        ("x^4/12 - x^2/2 + x*u", "x", "u", {"x": "1 <= x <= 3"}),
        ("x^4 + x^3*y + 2*x^2*y^2 + x*y^3 + y^4 + x*u - u^2", "x y", "u", None),
        (
            "x1^2 + x2^2 + x3^2 + x4^2 + x1^4 + x1*u + x2^2*x3^2/9 + x2^4 + x3^4",
            "x1 x2 x3 x4",
            "u",
            None,
        ),
        ("x^2*(2 + u) + x*u - u^2", "x", "u", {"u": "-1 <= u <= 1", "x": "-1 <= x <= 1"}),
        ("x^2*y^2 + x^2 + y^2 + x*u - u^2", "x y", "u", {n: f"-1 <= {n} <= 1" for n in "xy"}),
        (f"{AHMADI_PARRILO} + x*u", "x y z", "u", None),
    ],
)
def test_convexity_that_rules_do_not_see(L, primal, dual, box):
    problem = SaddleProblem(L, primal, dual)
    assert problem.convexity().status != "proved"
    result = prove_convexity(problem, box=box)
    assert isinstance(result, Proved), str(result)
    assert not result.certificate.rests_on_solver


@pytest.mark.parametrize(
    ("L", "primal", "dual", "box"),
    [
        ("x^4/12 - x^2/2 + x*u", "x", "u", {"x": "0.999 <= x <= 3"}),
        ("x^4 + 8*x^2*y^2 + y^4 + x*u", "x y", "u", None),
        ("x^2/2 + x*u + u^2*0.0000001", "x", "u", None),
        ("x^2*(1 + u) + x*u - u^2", "x", "u", {"u": "-1.0001 <= u <= 1"}),
        ("x^2*y^2 + 0.9999*x^2 + y^2 + x*u", "x y", "u", {n: f"-1 <= {n} <= 1" for n in "xy"}),
    ],
)
def test_false_convexity_is_refuted(L, primal, dual, box):
    result = prove_convexity(SaddleProblem(L, primal, dual), box=box)
    assert isinstance(result, Refuted), str(result)
    result.witness.verify()


def leaves(data, path=()):
    """All paths to text in nested JSON data."""
    if isinstance(data, str):
        yield path
    else:
        items = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in items:
            yield from leaves(value, (*path, key))


def changed(data, path, value):
    data = copy.deepcopy(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


CERTIFICATES = [
    prove_decrease_on(QUARTIC, None, OptimisticFlow(1, Fraction(1, 2))),
    prove_decrease_on(PAPER, MASTER, AnchoredFlow(1)),
    prove_decrease_on(DOUBLE_WELL, "x^2 + u^2", box={"x": "x >= 1"}),
    prove_convexity(DOUBLE_WELL, box={"x": "1 <= x < 2"}),
    prove_nonnegative_polynomial("x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2", ["x", "y"]),
]


def test_latex_is_a_proof_to_be_read():
    """Target and squares one under the other, no line too long, what is used named."""
    box = {"x": "1 <= x < 2", "u": "u > -1"}
    latex = prove_convexity(DOUBLE_WELL, box=box).certificate.to_latex().splitlines()
    L = r"\frac{x^{4}}{4} - \frac{x^{2}}{2} + u x - \frac{u^{2}}{2}"
    assert latex[:5] == [
        rf"\textbf{{Claim.}} $L = {L}$ is convex in $x$ and concave in $u$ for all $-1 < u$, "
        r"$1 \le x < 2$.",
        "",
        r"\textbf{Proof.} Multiplied out, both sides agree:",
        r"\begin{align*}",
        r"v^\top \partial_{xx} L\, v &= 3 v_{x}^{2} x^{2} - v_{x}^{2} \\",
    ]
    assert latex[-1] == r"Here $x - 1 \ge 0$, $2 - x \ge 0$."
    motzkin = CERTIFICATES[4].certificate.to_latex()
    assert r"m &= x^{2} + y^{2} + 1 \\" in motzkin and r"m \cdot (p) &= " in motzkin
    assert "As $m > 0$ on a dense set" in motzkin
    master = prove_decrease_on(SaddleProblem("x^4/4 + x*u", "x", "u"), MASTER_2, AnchoredFlow(2))
    latex = master.certificate.to_latex().splitlines()
    assert "through any $Z$ at any $t > 0$ and for any $Z_0$" in latex[0]
    assert latex[-1] == r"Here $t \ge 0$."
    assert max(map(len, latex[4:])) < 300


@pytest.mark.parametrize("result", CERTIFICATES)
def test_every_changed_entry_is_noticed(result):
    data = json.loads(result.certificate.to_json())
    assert read_polynomial_certificate(json.dumps(data)) == result.certificate
    for path in leaves(data):
        entry = data
        for key in path:
            entry = entry[key]
        for value in (
            f"-{entry}",
            entry.replace("1", "2"),
            entry.replace("x", "u"),
            "0",
            "",
            None,
            1,
        ):
            if value == entry:
                continue
            with pytest.raises((ProblemError, CertificateError)):
                read_polynomial_certificate(json.dumps(changed(data, path, value)))


def test_missing_and_doubled_parts_are_noticed():
    text = CERTIFICATES[0].certificate.to_json()
    data = json.loads(text)
    broken = [{key: value for key, value in data.items() if key != removed} for removed in data] + [
        {**data, "proofs": []},
        {**data, "proofs": data["proofs"] * 2},
        {**data, "proofs": [{"name": "−V̇", "method": "sign on cells"}]},
        {**data, "extra": "1"},
        [],
        {},
    ]
    for case in broken:
        with pytest.raises((ProblemError, CertificateError)):
            read_polynomial_certificate(json.dumps(case))
    for case in ("", "[", "null", text.replace('"weight"', '"weight": "1", "weight"', 1)):
        with pytest.raises(ProblemError):
            read_polynomial_certificate(case)


def test_files_are_written_whole(tmp_path):
    certificate = CERTIFICATES[0].certificate
    certificate.save(tmp_path / "proof.json")
    assert read_polynomial_certificate((tmp_path / "proof.json").read_text()) == certificate
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]


@pytest.mark.parametrize(
    ("problem", "V", "flow", "message"),
    [
        (named_problem("dirac-gan"), "x^2", None, "not a polynomial"),
        (PAPER, "x^2 + y", None, "unknown name 'y'"),
        (PAPER, "sqrt(x)", None, "not a polynomial"),
        (PAPER, "x^2", OptimisticFlow(sympy.Symbol("alpha", positive=True), 1), "needs a number"),
        (PAPER, "x^2", AnchoredFlow(1, Fraction(1, 2)), "rational functions"),
        (PAPER, "x^2", TikhonovFlow("1/t"), "need numbers"),
        (PAPER, "x^2", FastOGDAFlow(3, 1), "anchor"),
        (SaddleProblem("x*t", "x", "t"), "x^2", AnchoredFlow(1), "rename"),
        (SaddleProblem("x*u + sqrt(2)*x^2", "x", "u"), "x^2", None, "not rational"),
        (SaddleProblem("x^3/3 - 2*x + x*u^2 - 5*u", "x", "u"), None, None, "give V yourself"),
        (SaddleProblem("x*u", "x", "u", dual_set="box(0, 1)"), "x^2", None, "set-valued"),
        (SaddleProblem.bilinear([[1]], primal_term="l1(1)"), "x^2", None, "set-valued"),
        (SaddleProblem.from_operator(lambda z: z, 1, 1), "x^2", None, "plain function"),
        (SaddleProblem.affine([[1.0, 2.0], [3.0, 1.0]], None, 1), "x^2", None, "no L"),
    ],
)
def test_bad_input_is_named(problem, V, flow, message):
    with pytest.raises(ProblemError, match=message):
        prove_decrease_on(problem, V, flow)
