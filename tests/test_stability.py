"""Stability regions, thresholds, growth and proofs of divergence, against formulas and runs."""

import json
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import I, Rational, Symbol, sqrt, symbols
from typer.testing import CliRunner

from saddleode.analysis import (
    amplification_matrix,
    best_parameters,
    contraction_factor,
    measured_threshold,
    product_growth,
    prove_escape,
    prove_fate,
    stability_region,
    state_matrix,
    step_threshold,
)
from saddleode.analysis.stability.circle import inside_circle, some_root_outside
from saddleode.analysis.stability.radius import spectral_radius
from saddleode.cli.main import app
from saddleode.discretize import (
    FEG,
    METHODS,
    OGDA,
    AlternatingGDA,
    AnchoredSimGD,
    Extragradient,
    Halpern,
    OptimisticAdam,
    OptimisticSimGD,
    PastExtragradient,
    PowerLaw,
    ProximalPoint,
    SimGD,
    iterate,
)
from saddleode.figures import plot_region
from saddleode.flows import ProblemError, SaddleProblem, TimeFunction

ALPHA, BETA = symbols("alpha beta", positive=True)
XU = SaddleProblem("x*u", "x", "u")
PAPER = SaddleProblem("0.2*x**2 + x*u", "x", "u")
RHO, C = Symbol("rho", positive=True), Symbol("c", nonnegative=True)
STATIONARY = [
    SimGD(Fraction(1, 3)),
    OptimisticSimGD(Fraction(1, 4), Fraction(1, 2)),
    OGDA(Fraction(1, 3)),
    PastExtragradient(Fraction(1, 3)),
    Extragradient(Fraction(1, 2)),
    ProximalPoint(Fraction(1, 2)),
    AlternatingGDA(Fraction(1, 2)),
]


def test_region_of_simgd_o_is_that_of_the_theory() -> None:
    """MATH G: βϱ < 1 and β²(α+2β)ϱ³ + 2cβ(α+β)ϱ² − (2β−α)ϱ − 2c < 0."""
    first, second = stability_region(OptimisticSimGD(ALPHA, BETA)).conditions
    assert sympy.expand(first - (1 - BETA * RHO)) == 0
    given = (
        BETA**2 * (ALPHA + 2 * BETA) * RHO**3
        + 2 * C * BETA * (ALPHA + BETA) * RHO**2
        - (2 * BETA - ALPHA) * RHO
        - 2 * C
    )
    assert sympy.expand(second + given) == 0


def test_exact_region_of_simgd_o_over_all_monotone_lipschitz_operators() -> None:
    """MATH C: it converges iff α < 2β(1 − β²R²)/(1 + β²R²), solved for R here."""
    for alpha, beta in ((Fraction(1, 8), Fraction(1, 4)), (1, 1), (Fraction(3, 2), 1)):
        R = stability_region(OptimisticSimGD(alpha, beta)).half_disk
        b = Rational(str(beta))
        assert sympy.simplify(2 * b * (1 - b**2 * R**2) - alpha * (1 + b**2 * R**2)) == 0


@pytest.mark.parametrize(
    ("method", "imaginary", "positive", "half_disk"),
    [
        (SimGD(ALPHA), None, 2 / ALPHA, 0),
        (OGDA(ALPHA), sqrt(3) / (3 * ALPHA), 2 / (3 * ALPHA), sqrt(3) / (3 * ALPHA)),
        (PastExtragradient(ALPHA), sqrt(3) / (3 * ALPHA), 2 / (3 * ALPHA), sqrt(3) / (3 * ALPHA)),
        (Extragradient(ALPHA), 1 / ALPHA, 1 / ALPHA, 1 / ALPHA),
        (ProximalPoint(ALPHA), sympy.oo, sympy.oo, sympy.oo),
        (AlternatingGDA(ALPHA), None, 2 / ALPHA, 0),
    ],
)
def test_axes_and_half_disks(method, imaginary, positive, half_disk) -> None:
    """MATH G; alternating GDA never converges on bilinear problems."""
    region = stability_region(method)
    ends = [interval.high for interval in region.imaginary_axis]
    assert ends == ([] if imaginary is None else [imaginary])
    assert [interval.high for interval in region.positive_axis] == [positive]
    assert region.half_disk == half_disk


def test_interval_of_extragradient() -> None:
    """MATH G: ½(1+2x−√D) < x²+y² < ½(1+2x+√D) with D = 1+12x−12x², λ = (x ± iy)/s."""
    region = stability_region(Extragradient(1))
    rng = np.random.default_rng(7)
    for x, y in rng.uniform(0, 1.5, (300, 2)).round(3):
        D = 1 + 12 * x - 12 * x**2
        inside = D > 0 and 1 + 2 * x - D**0.5 < 2 * (x**2 + y**2) < 1 + 2 * x + D**0.5
        assert region.contains(Rational(str(x)) + I * Rational(str(y))) == inside


def test_alternating_gda_on_a_strongly_convex_game() -> None:
    """MATH G: on (μ/2)x² + σxu − (μ/2)u² it converges iff s < 2/(μ+σ)."""
    for mu, sigma in ((1, 2), (Fraction(1, 2), 3)):
        game = SaddleProblem.quadratic([[mu]], [[sigma]], [[mu]])
        assert step_threshold(AlternatingGDA(1), game).step == Rational(
            str(Fraction(2) / (mu + sigma))
        )


@pytest.mark.parametrize("method", STATIONARY, ids=lambda m: m.name)
def test_membership_agrees_with_the_spectral_radius(method) -> None:
    region = stability_region(method)
    values = np.random.default_rng(3).uniform([-1, 0], [4, 4], (200, 2)).round(2) @ [1, 1j]
    radii = region.radius(values)
    for value, radius in zip(values, radii, strict=True):
        if abs(radius - 1) > 1e-9:
            exact = Rational(str(value.real)) + I * Rational(str(value.imag))
            assert region.contains(exact) == (radius < 1), value


@pytest.mark.parametrize("kind", METHODS, ids=lambda kind: kind.name)
def test_every_method_has_a_region_or_says_why_not(kind) -> None:
    method = kind(**kind.example)
    try:
        region = stability_region(method)
    except ProblemError as error:
        assert "changes with k" in str(error) or "k" in str(error) or "arrays" in str(error)
        return
    assert region.conditions or region.half_disk == sympy.oo
    assert "stable" in str(region) and "aligned" in region.to_latex()
    assert region.to_dict()["method"]


@pytest.mark.parametrize("kind", METHODS, ids=lambda kind: kind.name)
def test_radii_of_arrays_are_those_of_the_exact_state_matrix(kind) -> None:
    method = kind(**kind.example)
    values = np.array([0.3 + 0.4j, 1j, 0.7])
    try:
        found = spectral_radius(method, values, k=3)
    except ProblemError:
        assert "adam" in kind.name
        return
    for value, radius in zip(values, found, strict=True):
        M = [[value.real, value.imag], [-value.imag, value.real]]
        exact = np.abs(np.linalg.eigvals(state_matrix(method, M, 1, 3))).max()
        assert radius == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("method", STATIONARY[:-1], ids=lambda m: m.name)
@pytest.mark.parametrize("problem", [PAPER, SaddleProblem("x**2/2 + 3*x*u - u**2/2", "x", "u")])
def test_thresholds_by_the_spectral_radius_on_both_sides(method, problem) -> None:
    found = step_threshold(method, problem)
    assert found.exact
    if found.step in (0, sympy.oo):
        below, above = (1e-3, None) if found.step == sympy.oo else (None, 1e-3)
    else:
        below, above = float(found.step) * (1 - 1e-9), float(found.step) * (1 + 1e-9)
    if below is not None:
        assert contraction_factor(method.with_step(below), problem) < 1
    if above is not None:
        assert contraction_factor(method.with_step(above), problem) > 1


def test_thresholds_in_floats_agree_with_exact_ones() -> None:
    rng = np.random.default_rng(5)
    A = rng.normal(size=(5, 6))
    problem = SaddleProblem.quadratic(np.eye(5), A, 0.1 * np.eye(6))
    found = step_threshold(OGDA(1), problem)
    assert not found.exact
    step = float(found.step)
    assert contraction_factor(OGDA(step * (1 - 1e-9)), problem) < 1
    assert contraction_factor(OGDA(step * (1 + 1e-9)), problem) > 1
    with pytest.raises(ProblemError, match="treats the players differently"):
        step_threshold(AlternatingGDA(1), problem)


def test_threshold_at_a_nonlinear_saddle_point() -> None:
    problem = SaddleProblem("exp(x) - x + 2*x*u - u**2/2", "x", "u")
    found = step_threshold(SimGD(1), problem)
    assert found.exact and "linearisation" in found.note
    assert found.step == Rational(2, 5)  # λ = 1 ± 2i: s < 2 Re λ/|λ|²
    with pytest.raises(ProblemError, match="changes with k"):
        step_threshold(AnchoredSimGD(0.75, 2), problem)


def test_best_parameters_of_known_problems() -> None:
    """s = Re λ/|λ|² is best for simGD, and s = 1/2 for OGDA on xu (the double root, by hand)."""
    game = SaddleProblem("x**2/2 + x*u - u**2/2", "x", "u")
    best = best_parameters(SimGD(1), game)
    assert best.method.alpha == pytest.approx(0.5, abs=1e-6)
    assert best.factor == pytest.approx(0.5**0.5, abs=1e-9)
    best = best_parameters(OGDA(1), XU)
    assert best.method.alpha == pytest.approx(0.5, abs=1e-6) and not best.at_edge
    both = best_parameters(OptimisticSimGD(1, 1), PAPER, ["alpha", "beta"])
    assert both.factor < best_parameters(OGDA(1), PAPER).factor
    assert best_parameters(ProximalPoint(1), XU).at_edge
    assert "no parameters" in str(best_parameters(SimGD(1), XU))


@pytest.mark.parametrize(
    ("method", "eigenvalue", "power"),
    [
        (SimGD(PowerLaw(1, Fraction(1, 2))), I, 0.5),
        (AnchoredSimGD(Fraction(3, 4), 2), I, -0.5),
        (AnchoredSimGD(Fraction(1, 2), 2), 3 * I, 1 / 8),
        (Halpern(1), I, -1),
        (FEG(1), I, -1),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_growth_like_a_power(method, eigenvalue, power: float) -> None:
    """The product of the factors over k in [N, 4N], multiplied out, grows like k^power."""
    found = product_growth(method, eigenvalue)
    assert found.exponent == 1 and float(found.coefficient) / 2 == pytest.approx(power)
    assert found.kind == ("grows" if power > 0 else "decays")
    logs = 0.0
    first, last = 20_000, 80_000
    for k in range(first, last, 10):  # every tenth factor, counted ten times
        logs += 10 * np.log(abs(amplification_matrix(method, complex(eigenvalue), k)[0, 0]))
    assert logs / np.log(last / first) == pytest.approx(power, abs=2e-3)


def test_growth_of_square_summable_steps_and_of_fixed_ones() -> None:
    """On L = xu: (1 + s²)^{k/2} for a fixed step; a positive limit for square-summable ones."""
    assert product_growth(SimGD(1), I).limit == 2
    assert product_growth(SimGD(PowerLaw(1, 1)), I).kind == "tends to a positive number"
    assert product_growth(AnchoredSimGD(0.4, 2), I).kind == "grows"
    with pytest.raises(ProblemError, match="depend on each other"):
        product_growth(OptimisticSimGD(PowerLaw(1, 1), PowerLaw(1, 1)), I)


def test_circle_tests_against_numerical_roots() -> None:
    rng = np.random.default_rng(11)
    x = Symbol("x")
    for _ in range(200):
        coefficients = [int(c) for c in rng.integers(-4, 5, 5)]
        if coefficients[0] == 0:
            continue
        largest = np.abs(np.roots(coefficients)).max(initial=0.0)
        polynomial = sympy.Poly(coefficients, x)
        assert inside_circle(coefficients) == (largest < 1 - 1e-9)
        assert some_root_outside(polynomial) == (largest > 1 + 1e-5)


def test_fates_are_proved() -> None:
    two = SaddleProblem("(x1 + x2)*(u1 - u2)", "x1 x2", "u1 u2")
    assert prove_fate(SimGD(0.1), XU).kind == "diverges"
    assert prove_fate(SimGD(0.1), PAPER).kind == "converges"
    assert prove_fate(AlternatingGDA(1), XU).kind == "bounded"
    assert prove_fate(AlternatingGDA(2), XU).kind == "undecided"  # a Jordan block: it grows like k
    assert prove_fate(ProximalPoint(1), two).kind == "converges"
    assert prove_fate(OGDA(Fraction(57, 100)), XU).kind == "converges"  # 1/√3 = 0.577…
    assert prove_fate(OGDA(Fraction(58, 100)), XU).kind == "diverges"
    with pytest.raises(ProblemError, match="prove_escape"):
        prove_fate(SimGD(0.1), SaddleProblem("x**4 + x*u", "x", "u"))


def test_escape_happens_where_the_iterates_say() -> None:
    problem = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u")
    proof = prove_escape(SimGD(0.5), problem, [0.1, 0], 0.15)
    z = iterate(SimGD(0.5), problem, [0.1, 0.0], proof.k).z
    distance = np.linalg.norm(z, axis=-1)
    assert distance[-1] > 0.15 and np.all(distance[:-1] <= 0.15)
    assert proof.distance == pytest.approx(distance[-1], rel=1e-12)
    assert proof.flow_stays
    elsewhere = prove_escape(SimGD(0.5), problem, [0.1, 0], 0.15, center=[Fraction(1, 100), 0])
    assert not elsewhere.flow_stays
    assert prove_escape(SimGD(0.5), problem, [0.1, 0], 100, horizon=50) is None
    assert prove_escape(AlternatingGDA(1), XU, [1, 0], 5, horizon=50) is None


def test_bad_input() -> None:
    region = stability_region(OptimisticSimGD(ALPHA, BETA))
    with pytest.raises(ProblemError, match="give them values"):
        _ = region.half_disk
    with pytest.raises(ProblemError, match="from −1 to 1"):
        stability_region(OGDA(1)).on_ray(2)
    with pytest.raises(ProblemError, match="not rational"):
        stability_region(OGDA(sqrt(2)))
    with pytest.raises(ProblemError, match="arrays"):
        stability_region(OptimisticAdam(**OptimisticAdam.example))
    with pytest.raises(ProblemError, match="no parameter"):
        best_parameters(SimGD(1), XU, ["gamma"])
    with pytest.raises(ProblemError, match="finite numbers"):
        prove_escape(SimGD(1), XU, [float("nan"), 0], 2)
    with pytest.raises(ProblemError, match="no formula"):
        prove_escape(SimGD(1), SaddleProblem.bilinear([[1.0]]), [1, 0], 2)


def test_the_command() -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["stability", *words])
        assert result.exit_code == 0
        return result.stdout

    text = run("ogda", "--problem", "bilinear")
    assert "√3/(3·α)" in text and "0 < step < √3/3" in text
    data = json.loads(run("simgd-o:alpha=1/8,beta=1/4", "--json"))
    assert data["half_disk"] == "4*sqrt(15)/5"
    text = run("alternating-gda", "--latex", "--problem", "paper")
    assert text.startswith(r"\begin{aligned}") and "\n% on L" in text
    assert CliRunner().invoke(app, ["stability", "simgd-a"]).exit_code == 2


def test_the_picture() -> None:
    axes = plot_region(stability_region(Extragradient(1)))
    assert axes.get_xlabel() == r"Re $\lambda$" and len(axes.lines) == 3


def test_kinks_and_sets_have_no_linearisation() -> None:
    on_box = SaddleProblem("x*u", "x", "u", primal_set="box(-1, 1)")
    with pytest.raises(ProblemError, match="set-valued"):
        step_threshold(SimGD(1), on_box)
    with pytest.raises(ProblemError, match="without kinks, sets and terms"):
        measured_threshold(OGDA(1), on_box, [1.0, 0.0])
    with pytest.raises(ProblemError, match="DG jumps"):
        step_threshold(SimGD(1), SaddleProblem("max(x, 0)**2 + x*u", "x", "u"))
    away = SaddleProblem("max(x - 1, 0)**2 + x**2/5 + x*u", "x", "u")  # its kink is elsewhere
    assert step_threshold(SimGD(1), away).step == Rational(2, 5)


def test_text_is_refused_and_never_run(tmp_path) -> None:
    mark = tmp_path / "run"
    evil = f"__import__('pathlib').Path({str(mark)!r}).touch() or 1"
    attempts = [
        lambda: stability_region(OGDA(1)).contains(evil),
        lambda: stability_region(OGDA(1)).on_ray(evil),
        lambda: product_growth(SimGD(1), evil),
        lambda: prove_escape(SimGD(0.1), XU, [evil, 0], 2),
        lambda: amplification_matrix(SimGD(1), evil),
        lambda: state_matrix(SimGD(1), [[evil, 0], [0, 1]], 1),
        lambda: TimeFunction("1/t")(evil),
    ]
    for attempt in attempts:
        with pytest.raises(ProblemError, match="SymPy expression is needed"):
            attempt()
    assert not mark.exists()
