"""Modified equations on concrete problems: exact fields, all their equilibria, the command line."""

import json
from fractions import Fraction

import numpy as np
import pytest
import sympy
from typer.testing import CliRunner

from saddleode.analysis import modified_equation, modified_field
from saddleode.analysis.series.modified_flow import ModifiedFlow, ModifiedForm
from saddleode.analysis.series.quotient import quotient_algebra
from saddleode.cli.main import app
from saddleode.discretize import AlternatingGDA, Extragradient, OptimisticSimGD, SimGD
from saddleode.discretize.methods.fast_extragradient import FEG
from saddleode.flows import ProblemError, SaddleProblem

S, KAPPA = sympy.symbols("s kappa", positive=True)
X, U = sympy.symbols("x u", real=True)
QUARTIC = SaddleProblem("x^4/4 + x*u - u^4/4", "x", "u")
TENTH = Fraction(1, 10)


def test_bilinear_fields() -> None:
    """MATH F on L = xu: +(s/2)G'G is −(s/2)Z there, F1 = −G."""
    field = modified_field(modified_equation(OptimisticSimGD(S, KAPPA * S), 1), bilinear())
    rate = S * (KAPPA - sympy.Rational(1, 2))
    assert sympy.expand(field.components[0] - (-U - rate * X)) == 0
    assert sympy.expand(field.components[1] - (X - rate * U)) == 0
    assert str(modified_field(modified_equation(SimGD(S), 1), bilinear())).splitlines() == [
        "dx/dt = s·x/2 − u",
        "du/dt = s·u/2 + x",
    ]


def bilinear() -> SaddleProblem:
    return SaddleProblem("x*u", "x", "u")


def test_alternating_steps_on_the_bilinear_problem_conserve_an_ellipse() -> None:
    """The invariant x² + u² − s xu of the iterates is one of the modified field (order 4: s⁵)."""
    field = modified_field(modified_equation(AlternatingGDA(S), 4), bilinear())
    slope = [2 * X - S * U, 2 * U - S * X]
    change = sympy.expand(sum(a * b for a, b in zip(slope, field.components, strict=True)))
    assert all(change.coeff(S, n) == 0 for n in range(5))


def test_exact_field_agrees_with_the_flow() -> None:
    equation = modified_equation(FEG(TENTH), 3)
    field = modified_field(equation, QUARTIC)
    z, anchor, t = np.array([0.7, -0.3]), np.array([0.2, 0.4]), 1.7
    values = dict(zip((*field.variables, *field.anchor), (*z, *anchor), strict=True))
    values[sympy.Symbol("t", positive=True)] = t
    exact = [float(c.subs(values)) for c in field.components]
    form = ModifiedForm(ModifiedFlow(equation), QUARTIC, anchor)
    np.testing.assert_allclose(form.rate(t, z), exact, rtol=1e-12)


def test_spurious_equilibria_of_extragradient() -> None:
    """To order 1 the field is −(I − (s/2)DG)G: zeros of G, and s DG/2 having G as fixed vector."""
    equation = modified_equation(Extragradient(TENTH), 1)
    found = modified_field(equation, QUARTIC).equilibria()
    assert len(found) == 9 and [e.point for e in found if not e.spurious] == [(0.0, 0.0)]
    for equilibrium in found:
        z = np.array(equilibrium.point)
        g, DG = QUARTIC.operator(z), QUARTIC.jacobian(z)
        np.testing.assert_allclose(DG @ g / 20, g, atol=1e-12)
    regular = next(e for e in found if not e.spurious)
    assert regular.growth == pytest.approx(-0.05) and "attracts" in str(regular)


def test_number_of_equilibria_by_another_way() -> None:
    """Real roots of the resultant in x, of which SymPy isolates all, for the same field."""
    field = modified_field(modified_equation(Extragradient(TENTH), 1), QUARTIC)
    resultant = sympy.Poly(sympy.resultant(*field.components, U), X)
    roots = sorted(float(root) for root in set(resultant.real_roots()))
    np.testing.assert_allclose(sorted({e.point[0] for e in field.equilibria()}), roots, atol=1e-12)


def test_zeros_of_polynomial_systems() -> None:
    """Multiple zeros, complex zeros, none, three variables."""
    v = sympy.Symbol("v")
    cases = [
        ([X * U, X**2 + U**2 - 1], [X, U], {(0, 1), (0, -1), (1, 0), (-1, 0)}),
        ([(X - 1) ** 2 * (X + 2), (U - X) ** 2], [X, U], {(1, 1), (-2, -2)}),
        ([X**2 + 1, U], [X, U], set()),
        ([X, X - 1, U], [X, U], set()),
        ([X**2 - 1, U - X, v**2 - U - 3], [X, U, v], {(1, 1, 2), (1, 1, -2)}),
    ]
    for system, variables, expected in cases:
        points = quotient_algebra(system, variables).real_points()
        found = {tuple(round(float(c), 12) for c in point) for point in points}
        if len(variables) == 3:
            expected = expected | {(-1, -1, round(2**0.5, 12)), (-1, -1, -round(2**0.5, 12))}
        assert found == expected


@pytest.mark.parametrize(
    ("equation", "problem", "reason"),
    [
        (modified_equation(SimGD(S), 1), QUARTIC, "need numbers"),
        (modified_equation(FEG(TENTH), 1), QUARTIC, "has none"),
        (modified_equation(SimGD(TENTH), 1), SaddleProblem("exp(x) - x + x*u", "x", "u"), "polyno"),
        (modified_equation(SimGD(TENTH), 5), QUARTIC, "up to 100"),
        (modified_equation(SimGD(TENTH), 1), SaddleProblem.bilinear([[1, 0], [0, 0]]), "curve"),
    ],
)
def test_equilibria_that_cannot_be_listed(equation, problem, reason) -> None:
    with pytest.raises(ProblemError, match=reason):
        modified_field(equation, problem).equilibria()


def test_several_saddles_and_none() -> None:
    """All zeros of G are listed; an L without saddle point may have no equilibrium at all."""
    several = SaddleProblem("x^3/3 - x + x*u/4 - u^2/2", "x", "u")
    found = modified_field(modified_equation(SimGD(TENTH), 1), several).equilibria()
    assert sum(not e.spurious for e in found) == 2
    none = SaddleProblem("x^2/2 + x + 2*u", "x", "u")
    assert modified_field(modified_equation(SimGD(TENTH), 1), none).equilibria() == ()
    assert (
        "equilibria: none"
        in run(
            "simgd:alpha=1/10", "--formula", "x^2/2 + 2*u", "--primal", "x", "--dual", "u"
        ).output
    )


def test_problems_without_an_exact_field() -> None:
    first = modified_equation(SimGD(TENTH), 1)
    operator = SaddleProblem.from_operator(lambda z: z, 1, 1)
    for problem in (operator, SaddleProblem("abs(x) + x*u", "x", "u")):
        with pytest.raises(ProblemError):
            modified_field(first, problem)
    with pytest.raises(ProblemError, match="rename"):
        modified_field(modified_equation(SimGD(X), 1), QUARTIC)


def run(*words: str):
    return CliRunner().invoke(app, ["modified", *words])


def test_command() -> None:
    assert run("simgd-o").output.startswith("Ż = −G − (α − 2·β)/2 DG·G")
    found = run("extragradient:alpha=1/10", "--order", "1", "--problem", "quartic")
    assert found.exit_code == 0 and found.output.count("spurious") == 8
    data = json.loads(
        run("simgd:alpha=1/10", "--order", "1", "--problem", "paper", "--json").output
    )
    assert data["terms"][1]["coefficient"] == "-1/2"
    assert data["problem"]["equilibria"][0]["spurious"] is False
    latex = run("feg", "--latex", "--order", "1", "--high-resolution")
    assert latex.exit_code == 2  # FEG has an anchor
    assert r"\dot w" in run("ogda", "--latex", "--high-resolution").output
    assert "not listed" in run("simgd:alpha=1/10", "--problem", "dirac-gan", "--order", "1").output


@pytest.mark.parametrize(
    "words", [["optimistic-adam"], ["simgd", "--order", "0"], ["simgd", "--order", "99"], ["nope"]]
)
def test_command_refuses(words: list[str]) -> None:
    found = run(*words)
    assert found.exit_code == 2 and len(found.output.strip().splitlines()) == 1
