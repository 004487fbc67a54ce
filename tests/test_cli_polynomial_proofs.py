"""Commands for one polynomial problem: what they print, save and return."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from saddleode.analysis import read_convergence_certificate, read_polynomial_certificate
from saddleode.cli.main import app

SOLVERS = ("cvxpy", "clarabel", "z3", "scs")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_decrease_proves_saves_and_prints(tmp_path):
    file = tmp_path / "proof.json"
    done = run("decrease", "--problem", "quartic", "--lyapunov", "(x^2 + u^2)^2", "--save", file)
    assert done.exit_code == 0
    assert "−V̇ = 4·u⁶ + 4·u⁴·x² + 4·u²·x⁴ + 4·x⁶" in done.stdout
    certificate = read_polynomial_certificate(file.read_text())
    latex = run("decrease", "--problem", "quartic", "--lyapunov", "(x^2 + u^2)^2", "--latex")
    assert latex.stdout.strip() == certificate.to_latex()
    machine = run("decrease", "--problem", "quartic", "--lyapunov", "(x^2 + u^2)^2", "--json")
    data = json.loads(machine.stdout)
    assert data["status"] == "proved"
    assert data["certificate"] == json.loads(certificate.to_json())


def test_decrease_refutes_with_a_point():
    done = run("decrease", "--problem", "bilinear", "--lyapunov", "x^2 + 2*u^2", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "status": "refuted",
        "target": "−V̇",
        "point": {"x": "-1", "u": "-1"},
        "value": "-2",
    }


def test_convexity_on_a_box():
    assert run("convexity", "--problem", "nonconvex").exit_code == 1
    done = run("convexity", "--problem", "nonconvex", "--box", "x >= 1", "--latex")
    assert done.exit_code == 0
    assert done.stdout.startswith(r"\textbf{Claim.} $L = ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("decrease",),
        ("decrease", "--problem", "dirac-gan"),
        ("decrease", "--problem", "paper", "--lyapunov", "x^2 +"),
        ("decrease", "--problem", "paper", "--box", "x > u"),
        ("decrease", "--problem", "paper", "--save", "proof.txt"),
        ("convexity", "--problem", "paper", "--box", "y > 1"),
        ("decrease", "--problem", "paper", "--flow", "anchored", "--box", "t <= 0"),
        ("lasalle", "--problem", "paper", "--flow", "anchored"),
    ],
)
def test_bad_input_gives_code_2_and_one_line(arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_lasalle_proves_refutes_and_admits(tmp_path):
    file = tmp_path / "proof.json"
    done = run("lasalle", "--problem", "paper", "--save", file)
    assert done.exit_code == 0
    assert "converges to the only saddle point, x = 0, u = 0" in done.stdout
    assert read_convergence_certificate(file.read_text()).facts
    done = run("lasalle", "--problem", "bilinear", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["invariant_set"] == []
    assert run("lasalle", "--problem", "bilinear", "--flow", "optimistic:beta=1/3").exit_code == 0
    done = run("lasalle", "--problem", "nonconvex")
    assert done.exit_code == 3
    assert done.stdout.startswith("unknown: L is not known to be convex-concave")


def test_verify_reads_these_certificates_too(tmp_path):
    file = tmp_path / "proof.json"
    for command in (("lasalle", "--problem", "paper"), ("convexity", "--problem", "quartic")):
        assert run(*command, "--save", file).exit_code == 0
        done = run("verify", file)
        assert done.exit_code == 0
        assert done.stdout.startswith("verified: ")
        text = file.read_text()
        file.write_text(text.replace('"weight": "', '"weight": "2', 1))
        assert run("verify", file).exit_code == 1
        file.write_text(text.replace('"L": "', '"L": "y + ', 1))
        assert run("verify", file).exit_code == 2


def test_verifying_imports_no_solver(tmp_path):
    """In a process of its own, where none could be imported."""
    files = []
    for number, command in enumerate(
        [
            ("lasalle", "--formula", "x^4/4 - 2*x + x*u", "--primal", "x", "--dual", "u"),
            ("lasalle", "--problem", "quartic", "--flow", "optimistic:beta=1/2"),
            ("decrease", "--problem", "quartic", "--lyapunov", "(x^2 + u^2)^2"),
            ("convexity", "--problem", "nonconvex", "--box", "1 <= x <= 2"),
        ]
    ):
        files.append(tmp_path / f"{number}.json")
        assert run(*command, "--save", files[-1]).exit_code == 0
    code = (
        "import sys\n"
        f"solvers = {SOLVERS}\n"
        "sys.modules.update(dict.fromkeys(solvers))\n"  # importing one raises ImportError
        "from saddleode.cli.verify_polynomial import polynomial_statement\n"
        "for file in sys.argv[1:]:\n"
        "    assert polynomial_statement(open(file, encoding='utf-8').read())\n"
        "assert not any(sys.modules[name] for name in solvers)\n"
    )
    subprocess.run([sys.executable, "-c", code, *map(str, files)], check=True)
