"""Nonnegative polynomials: exact decompositions, exact counterexamples, decisions cell by cell."""

import re
from fractions import Fraction

import pytest
import sympy
from typer.testing import CliRunner

from saddleode.analysis import (
    CertificateError,
    Proved,
    Refuted,
    Unknown,
    prove_nonnegative_polynomial,
    read_polynomial_certificate,
)
from saddleode.analysis.basics.ranges import Range
from saddleode.analysis.sos.cells import cell_points, negative_cell
from saddleode.analysis.sos.decomposition import ldl
from saddleode.analysis.sos.evidence import (
    BySolver,
    NotConfirmedError,
    SignOnCells,
    SumOfSquares,
)
from saddleode.analysis.sos.polynomials import polynomial_ring, read_polynomial, read_written
from saddleode.cli.main import app
from saddleode.flows import ProblemError

MOTZKIN = "x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2"
CHOI_LAM = "x^2*y^2 + y^2*z^2 + z^2*x^2 + 1 - 4*x*y*z"
ROBINSON = (
    "x^6 + y^6 + z^6 - (x^4*y^2 + x^4*z^2 + y^4*x^2 + y^4*z^2 + z^4*x^2 + z^4*y^2) + 3*x^2*y^2*z^2"
)
HORN = "(x1 + x2 + x3 + x4 + x5)^2 - 4*(x1*x2 + x2*x3 + x3*x4 + x4*x5 + x5*x1)"  # copositive
DELZELL = "x1^4*x2^2*x4^2 + x2^4*x3^2*x4^2 + x1^2*x3^4*x4^2 - 3*x1^2*x2^2*x3^2*x4^2 + x3^8"
ORTHANT = ("x1 x2 x3 x4 x5", {f"x{i}": f"x{i} >= 0" for i in range(1, 6)})
FREE: dict[str, str] = {}


def expanded(evidence: SumOfSquares) -> sympy.Expr:
    """The right-hand side, multiplied out by SymPy's own expressions rather than by our rings."""
    total = sympy.Integer(0)
    for square in evidence.squares:
        term = sympy.Rational(square.weight.numerator, square.weight.denominator)
        for factor in square.factors:
            term *= factor.as_expr()
        total += term * square.polynomial.as_expr() ** 2
    return sympy.expand(total)


@pytest.mark.parametrize(
    ("text", "names", "box"),
    [
        ("x^2 + x*y + y^2", "x y", FREE),
        ("(x - 1)^2*(y - 2)^2 + (x - 1)^2 + (x*y - 2)^2", "x y", FREE),  # a zero off the origin
        ("(x - 1/3)^2 + (y - z)^2 + (w - 2)^4 + (x*z - 1/3)^2", "x y z w", FREE),
        ("(x^2 - 2)^2 + (x*y - 1)^2", "x y", FREE),  # irrational zeros, rational kernel
        ("2*x^4 + 2*x^3*y - x^2*y^2 + 5*y^4", "x y", FREE),  # Parrilo 2000
        ("x^4 + y^4 + z^4 + w^4 - 4*x*y*z*w", "x y z w", FREE),  # arithmetic and geometric mean
        (MOTZKIN, "x y", FREE),  # none of the following eight is a sum of squares
        (CHOI_LAM, "x y z", FREE),
        (ROBINSON, "x y z", FREE),
        ("x^4*y^2 + x^2*y^4 + z^6 - 3*x^2*y^2*z^2", "x y z", FREE),
        ("x^4*y^2 + x^2*y^4 + z^6 - 3*x^2*y^2*z^2 + w^2*(x^2 - 2)^2", "x y z w", FREE),
        (re.sub(r"(x\d)", r"\1^2", HORN), ORTHANT[0], FREE),
        (DELZELL, "x1 x2 x3 x4", FREE),  # (Σz²)ᵏ p is never a sum of squares
        ("x^3*z^3 + (y^2*z - x^3 - x*z^2)^2", "x y z", FREE),  # Stengle 1979
        (HORN, *ORTHANT),
        ("x^3 + y^3 + z^3 - 3*x*y*z", "x y z", {name: f"{name} >= 0" for name in "xyz"}),
        (
            "(x - 1)*(y + 2)*(3 - z) + (x - 1)^2*w^2",
            "x y z w",
            {"x": "x >= 1", "y": "y >= -2", "z": "z <= 3"},
        ),
        ("3 - x^2 - y^2 - z^2", "x y z", {name: f"-1 <= {name} <= 1" for name in "xyz"}),
        ("x*y", "x y", {"x": "0 <= x <= 1", "y": "y >= 0"}),
        ("3*x - x^3", "x", {"x": "0 <= x <= 1"}),
        ("(1 - x)*(1 - y)*(1 - z)", "x y z", {"x": "x <= 1", "y": "y <= 1", "z": "z <= 1"}),
        ("(2 + x)*y1^2 + 2*x*y1*y2 + (2 - x)*y2^2", "x y1 y2", {"x": "-1 <= x <= 1"}),
        ("7", "x", FREE),
        ("x - x", "x", FREE),
    ],
)
def test_what_is_nowhere_negative_is_proved_by_an_identity(text, names, box):
    """With nothing left to z3."""
    result = prove_nonnegative_polynomial(text, names.split(), box=box)
    assert isinstance(result, Proved)
    certificate = result.certificate
    (evidence,), (target,) = certificate.evidence, certificate.claim.targets
    assert isinstance(evidence, SumOfSquares)
    assert all(square.weight > 0 for square in evidence.squares)
    left = evidence.multiplier.as_expr() * target.polynomial.as_expr()
    assert sympy.expand(left) == expanded(evidence)
    assert read_polynomial_certificate(certificate.to_json()) == certificate


@pytest.mark.parametrize(
    ("text", "names", "box"),
    [
        (f"{MOTZKIN} - 0.000000001", "x y", FREE),
        (f"{CHOI_LAM} - 0.0001", "x y z", FREE),
        (f"{ROBINSON} - 0.000001*z^6", "x y z", FREE),
        ("(x - 1/3)^2 + y^2 - 0.000000001", "x y", FREE),  # negative on a tiny disc
        ("x^2 + y^2 - 2.000000001*x*y", "x y", FREE),
        ("x^4 + 4*x^3 + 6*x^2 + 4*x + 1 - 0.0000000001", "x", FREE),
        ("x^3", "x", FREE),
        ("1000000 - x^2 - y^2", "x y", FREE),  # negative only far away
        ("x*y", "x y", {"x": "x >= 0"}),
        (HORN.replace("- 4*", "- 4.001*"), *ORTHANT),
        (  # at the corners alone
            "3 - x^2 - y^2 - z^2 - 0.000000001",
            "x y z",
            {name: f"-1 <= {name} <= 1" for name in "xyz"},
        ),
        ("(x*y*z - 1)^2 + x^2 - 0.0001", "x y z", FREE),  # tends to 0 far away
        ("x - x^2", "x", {"x": "0 <= x <= 1.001"}),
        ("x^2 - 2*x*y*z + y^2", "x y z", {"z": "-1 <= z <= 1.0001"}),
        ("-1", "x", FREE),
        ("y", "x y z", {"x": "0 < x < 1"}),
        ("(x^2 - 2)^2 - 0.00000001", "x", FREE),  # negative near an irrational point
        ("(x^3 - 2)^2 + (y^2 - 3)^2 - 0.0000001", "x y", FREE),
    ],
)
def test_what_is_negative_somewhere_is_refuted_by_a_point(text, names, box):
    result = prove_nonnegative_polynomial(text, names.split(), box=box)
    assert isinstance(result, Refuted)
    witness = result.witness
    witness.verify()
    point = {
        sympy.Symbol(n): sympy.Rational(*v.as_integer_ratio()) for n, v in witness.point.items()
    }
    (target,) = witness.claim.targets
    assert target.polynomial.as_expr().subs(point) == sympy.Rational(witness.value) < 0
    for name, span in witness.claim.domain.items():
        if name not in witness.point:
            continue
        assert span.contains(Range(witness.point[name], witness.point[name], True, True))


def test_two_variables_are_decided_without_any_sum_of_squares():
    ring = polynomial_ring(["x", "y"])
    wide = {"x": Range(Fraction(-2), Fraction(2)), "y": Range(Fraction(0))}
    assert negative_cell(read_polynomial(MOTZKIN, ring), {}) is None
    assert negative_cell(read_polynomial(MOTZKIN, ring), wide) is None
    p = read_polynomial(f"{MOTZKIN} - 0.000000001", ring)
    point = negative_cell(p, wide)
    assert point is not None
    SignOnCells().verify(read_polynomial(MOTZKIN, ring), wide)


def test_cells_have_one_point_each():
    ring = polynomial_ring(["x", "y"])
    circle = read_polynomial("x^2 + y^2 - 1", ring)
    signs = {(p["x"] ** 2 + p["y"] ** 2 > 1) for p in cell_points(circle, {})}
    assert signs == {True, False}
    assert len(list(cell_points(circle, {}))) == 5  # left, right; below, inside, above


def test_decompositions_of_matrices_are_exact():
    from sympy import QQ

    Q = [[QQ(4), QQ(2), QQ(0)], [QQ(2), QQ(5), QQ(1)], [QQ(0), QQ(1), QQ(1, 4)]]
    rows = ldl(Q)
    assert rows is not None
    again = [[sum(d * r[i] * r[j] for d, r in rows) for j in range(3)] for i in range(3)]
    assert again == Q
    Q[2][2] = QQ(1, 4) - QQ(1, 10**12)
    assert ldl(Q) is None


def test_without_a_solver_what_is_simple_is_still_proved(monkeypatch):
    for module in ("decomposition", "nonnegativity"):
        monkeypatch.setattr(f"saddleode.analysis.sos.{module}.solver_is_installed", lambda: False)
    monkeypatch.setattr("saddleode.analysis.sos.nonnegativity.negative_model", lambda p, box: None)
    assert isinstance(prove_nonnegative_polynomial(MOTZKIN, ["x", "y"]), Proved)
    assert isinstance(
        prove_nonnegative_polynomial("x^2 + y^2 + z^2 - x*y", ["x", "y", "z"]), Proved
    )
    hard = prove_nonnegative_polynomial(ROBINSON, ["x", "y", "z"])
    assert isinstance(hard, Unknown)
    assert "install saddleode[prove]" in hard.reason


def test_the_last_resort_is_named_and_asked_again(monkeypatch, tmp_path):
    """As if no sum of squares were found."""
    pytest.importorskip("z3")
    nothing = "saddleode.analysis.sos.nonnegativity.decomposed"
    monkeypatch.setattr(nothing, lambda p, blocks: None)
    p = "x^4 + x^2 + y^2 + z^2 - x*y"
    result = prove_nonnegative_polynomial(p, ["x", "y", "z"])
    assert isinstance(result, Proved)
    assert "z3 finds no point where it is negative, which has to be believed" in str(result)
    text = result.certificate.to_json()
    assert read_polynomial_certificate(text) == result.certificate
    false = prove_nonnegative_polynomial(f"{p} + y*z*x", ["x", "y", "z"])
    assert isinstance(false, Refuted)
    with pytest.raises(CertificateError):
        BySolver().verify(false.witness.claim.polynomial, {})
    (tmp_path / "proof.json").write_text(text)
    for answer in (True, None, False):  # none; z3 is not installed; it gives up
        ask = "saddleode.analysis.sos.evidence.negative_model"
        monkeypatch.setattr(ask, lambda p, box, answer=answer: answer)
        done = CliRunner().invoke(app, ["verify", str(tmp_path / "proof.json")])
        assert done.exit_code == 3, done.stdout
        assert "z3" in done.stdout
    with pytest.raises(NotConfirmedError, match="z3"):
        read_polynomial_certificate(text)


@pytest.mark.parametrize(
    ("p", "variables", "message"),
    [
        ("x^2", None, "name the variables"),
        ("sqrt(2)*x^2", ["x"], "not rational"),
        ("exp(x)", ["x"], "not a polynomial"),
        ("(x + y + z + v + w)^60", ["x", "y", "z", "v", "w"], "too large"),
        (sympy.Symbol("x") * sympy.pi, ["x"], "not rational"),
        (sympy.Symbol("y") ** 2, ["x"], "contains y"),
    ],
)
def test_bad_input_is_named(p, variables, message):
    with pytest.raises(ProblemError, match=message):
        prove_nonnegative_polynomial(p, variables)


@pytest.mark.parametrize("box", [{"y": "y > 0"}, {"x": "x = 1"}, {"x": "x < y"}, {"x": "y < 1"}])
def test_bad_boxes_are_refused(box):
    with pytest.raises(ProblemError):
        prove_nonnegative_polynomial("x^2", ["x"], box=box)


@pytest.mark.parametrize("text", ["x + x", "x*y", "1e5*x", "2x", "x^2", "--x", "x; y", "1/0*x"])
def test_only_written_polynomials_are_read_back(text):
    with pytest.raises(ProblemError):
        read_written(text, polynomial_ring(["x"]))
