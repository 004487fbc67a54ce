"""Command line: results, exit codes, and one clear line for everything that is wrong."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import saddleode
from saddleode.analysis import THEOREMS
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.cli.choices import chosen_flow, chosen_method, number
from saddleode.cli.main import app
from saddleode.cli.symbolic_choices import symbolic_system
from saddleode.flows import CATALOGUE, AnchoredFlow, ProblemError

XU = ["--formula", "x*u", "--primal", "x", "--dual", "u"]
COMMANDS = [command.name for command in app.registered_commands]
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def subprocess_run(*arguments, **options):
    command = [sys.executable, "-m", "saddleode", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


# Help and version


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: saddleode {command}" in result.stdout
    assert "--json" in result.stdout


def test_help_lists_the_commands_and_does_not_load_the_heavy_parts():
    done = subprocess_run("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)
    code = (
        "import sys; import saddleode.cli.main; "
        "print({'numpy', 'scipy', 'sympy', 'matplotlib'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.stdout.strip() == "set()"


def test_help_is_quick():
    """Less than 0.5 s of work, however busy the machine."""

    def seconds():
        before = os.times()
        subprocess_run("--help")
        after = os.times()
        return (after.children_user + after.children_system) - (
            before.children_user + before.children_system
        )

    assert min(seconds() for _ in range(3)) < 0.5


def test_version():
    assert run("--version").stdout.strip() == f"saddleode {saddleode.__version__}"


# What the commands do


def test_integrate_prints_a_summary_with_the_parameters_used():
    result = run("integrate", "--problem", "bilinear", "--flow", "anchored")
    assert result.exit_code == 0
    assert "anchored:gamma=1,power=1 from z0 = [1.0, 0.0]" in result.stdout
    assert "‖G‖" in result.stdout
    assert result.stderr == ""


def test_integrate_gives_the_solution_in_json():
    arguments = ["--flow", "anchored:gamma=1", "--z0", "1,0", "--t-span", "0,9", "--points", 10]
    result = run("integrate", *XU, *arguments, "--json")
    data = json.loads(result.stdout)
    assert (data["flow"], data["status"]) == ("anchored", 0)
    assert data["parameters"] == {"gamma": 1, "power": 1}
    t = np.array(data["t"][1:])
    assert data["t"] == list(range(10))
    np.testing.assert_allclose(data["operator_norm"][1:], 2 * np.abs(np.sin(t / 2)) / t, atol=1e-12)


def test_integrate_saves_and_draws(tmp_path):
    out, plot = tmp_path / "run.npz", tmp_path / "run.svg"
    result = run("integrate", *XU, "--z0", "1,0", "--out", out, "--plot", plot)
    assert result.exit_code == 0
    with np.load(out) as saved:
        assert saved["z"].shape == (501, 2)
    assert plot.read_text().lstrip().startswith("<?xml")
    assert result.stderr.splitlines() == [f"wrote {out}", f"wrote {plot}"]


def test_compare_prints_the_table_and_both_verdicts(tmp_path):
    result = run(
        "compare", *XU, "--z0", "1,0", "--method", "simgd:alpha=1/10", "--steps", "0.1,0.05",
        "--plot", tmp_path / "c.png", "--out", tmp_path / "c.npz",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "gradient and simgd:alpha=1/10 from z0 = [1.0, 0.0]" in result.stdout
    assert "cycles" in result.stdout and "diverges" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.npz", "c.png"]


def test_compare_in_json():
    data = json.loads(run("compare", "--problem", "bilinear", "--method", "simgd", "--json").stdout)
    assert data["flow_outcome"]["kind"] == "cycles"
    assert {row["outcome"]["kind"] for row in data["rows"]} == {"diverges"}
    assert data["order"] == pytest.approx(1, abs=0.2)


def test_a_run_that_leaves_the_numbers_ends_with_code_1():
    options = ["--problem", "bilinear", "--method", "simgd", "--steps", "50", "--t-end", "50000"]
    result = run("compare", *options, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["rows"][0]["error"] is None  # not Infinity: strict JSON


def test_prove_prints_a_certificate():
    result = run("prove", "anchored", MASTER, "--where", "gamma >= 1")
    assert result.exit_code == 0
    assert "proved" in result.stdout and "V̇ = −t² ⟨Ġ, Ż⟩ − t·(γ − 1) ‖Ż‖²" in result.stdout


def test_prove_says_unknown_with_code_3():
    result = run("prove", "gradient", "dot(G, Z - zstar)", "--operator", "cocoercive:c=1")
    assert result.exit_code == 3
    assert result.stdout.startswith("unknown: ")
    assert json.loads(run("prove", "optimistic", "sq(Z)", "--json").stdout)["status"] == "refuted"


def test_ranges_of_prove_are_about_its_names():
    result = run("prove", "anchored", "sq(Z)", "--where", "gama >= 1")
    assert result.exit_code == 2
    assert "gama, which occurs nowhere" in result.stderr
    result = run("prove", "gradient", "t*sq(G)", "--where", "t >= 2", "--where", "t <= 1")
    assert result.exit_code == 2
    assert "no t satisfies both t >= 2 and t <= 1" in result.stderr
    helped = ["--where", "c < 1", "--where", "alpha < c*beta", "--operator", "monotone"]
    assert run("prove", "optimistic", "sq(Z + beta*G - zstar)", *helped).exit_code == 0


def test_prove_takes_methods_and_refutes_with_code_1():
    result = run("prove", "simgd", "sq(z - zstar)")
    assert result.exit_code == 1
    assert "at α = 1/2, k = 0, V_{k+1} − V_k = 1/4 > 0" in result.stdout
    data = json.loads(run("prove", "simgd", "sq(z - zstar)", "--json").stdout)
    assert data["witness"]["excess"] == ["1/4", "1/4"]
    assert r"\begin{pmatrix} 0 & 1" in run("prove", "simgd", "sq(z - zstar)", "--latex").stdout
    options = ["--operator", "lipschitz-monotone:R=1", "--where", "0 < alpha <= 1"]
    assert run("prove", "extragradient", "sq(z - zstar)", *options).exit_code == 0
    options = ["--operator", "strongly-monotone", "--rate", "2*mu"]
    assert run("prove", "gradient", "sq(Z - zstar)", *options).exit_code == 0


def test_prove_in_json_is_a_certificate_that_verifies_again():
    result = run("prove", "optimistic", "sq(Z + beta*G - zstar)", "--json")
    data = json.loads(result.stdout)
    assert data["status"] == "proved"
    read_certificate(json.dumps(data["certificate"])).verify()


def test_prove_for_another_class_of_operators_in_latex():
    result = run(
        "prove", "gradient", "sq(Z - zstar)", "--operator", "strongly-monotone:mu=1/2", "--latex"
    )
    assert result.exit_code == 0
    assert r"\begin{align*}" in result.stdout


def test_theorems_are_all_proved():
    result = run("theorems")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for line, theorem in zip(lines, THEOREMS, strict=True):
        assert re.fullmatch(r"proved +\d+\.\d\d s  (.*)", line)[1].startswith(f"{theorem.name}: ")
        assert line.endswith(theorem.rate)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.name)
def test_one_theorem_is_shown_with_its_certificates(theorem):
    result = run("theorems", theorem.name)
    assert theorem.source in result.stdout and "Proof:" in result.stdout
    (data,) = json.loads(run("theorems", theorem.name, "--json").stdout)["theorems"]
    for certificate in data["certificates"]:
        read_certificate(json.dumps(certificate)).verify()


def test_one_figure_is_drawn(tmp_path):
    result = run("figures", "--out", tmp_path / "new", "--only", "figure1", "--json")
    assert result.exit_code == 0
    files = json.loads(result.stdout)["files"]
    assert files == [str(tmp_path / "new" / f"figure1.{kind}") for kind in ("png", "svg")]
    assert sorted(str(path) for path in (tmp_path / "new").iterdir()) == files


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.name)
def test_every_problem_of_the_catalogue_can_be_run(entry):
    result = run("integrate", "--problem", entry.name, "--t-span", "0,1", "--points", 3)
    assert result.exit_code == 0
    assert bool(result.stderr) != entry.convex_concave
    if result.stderr:
        (line,) = result.stderr.splitlines()
        assert line.startswith("warning: ")


def test_a_problem_comes_from_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    formula = 'formula = "0.2*x^2 + x*u"\nprimal = "x"\ndual = "u"\n'
    file.write_text(f"[problem]\n{formula}[start]\nz0 = [2, 0]\n")
    norms = [
        json.loads(run("integrate", "--problem", file, *z0, "--json").stdout)["operator_norm"][0]
        for z0 in ([], ["--z0", "1,0"])
    ]
    assert norms == pytest.approx([2 * np.hypot(0.4, 1), np.hypot(0.4, 1)])


def test_an_ensemble_in_a_file_is_integrated_but_not_drawn(tmp_path):
    file, plot = tmp_path / "many.toml", tmp_path / "many.png"
    file.write_text("[problem]\nkind = 'bilinear'\nA = [[1]]\n[start]\nz0 = [[1, 0], [2, 0]]\n")
    data = json.loads(run("integrate", "--problem", file, "--points", 3, "--json").stdout)
    assert np.shape(data["z"]) == (2, 3, 2)
    result = run("integrate", "--problem", file, "--plot", plot)
    assert result.exit_code == 2 and "2 paths" in result.stderr
    assert not plot.exists()


def test_the_module_runs_like_the_command():
    done = subprocess_run("theorems", "gradient-speed", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["theorems"][0]["status"] == "proved"


# Texts for things


def test_specifications():
    assert chosen_flow("anchored") == AnchoredFlow(**AnchoredFlow.example)
    assert repr(chosen_method("simgd-a:p=0.75,gamma=2")) == (
        "AnchoredSimGD(p=Fraction(3, 4), gamma=2, epsilon=0, alpha=1)"
    )
    assert str(symbolic_system("optimistic:alpha=2")) == "OptimisticFlow(alpha=2, beta=beta)"
    assert number("sqrt(2)") == pytest.approx(np.sqrt(2), abs=1e-15)


# Bad input

DEEP = "(" * 10**6 + "x" + ")" * 10**6


def formula(text, primal="x", dual="u"):
    return ["integrate", "--formula", text, "--primal", primal, "--dual", dual, "--z0", "1,0"]


def simple(*options):
    return ["integrate", *XU, *options]


POINTED = {
    "unknown symbol": formula("x*y"),
    "import": formula("__import__('os').system('touch hacked')"),
    "attribute": formula("x.__class__"),
    "lambda": formula("(lambda: x)()"),
    "deep brackets": formula(DEEP),
    "tower of powers": formula("9**9**9**9"),
    "empty formula": formula(""),
    "nan in z0": simple("--z0", "nan,0"),
    "inf in z0": simple("--z0", "inf,0"),
    "too large in z0": simple("--z0", "1e300*1e300,0"),
    "too large for a parameter": simple("--flow", "anchored:gamma=1e300*1e300"),
    "word for a parameter": simple("--flow", "anchored:gamma=two"),
    "import in a proof": ["prove", "gradient", "__import__('os')"],
    "unknown name in a proof": ["prove", "gradient", "sq(Y)"],
}

ONE_LINE = {
    "variable of both players": formula("x*u", primal="x", dual="x"),
    "variable that is not there": formula("x^2", primal="x y", dual="u"),
    "no dual variable given": ["integrate", "--formula", "x*u", "--primal", "x"],
    "formula and name": ["integrate", *XU, "--problem", "bilinear"],
    "no problem": ["integrate"],
    "primal without formula": ["integrate", "--problem", "bilinear", "--primal", "x"],
    "unknown problem": ["integrate", "--problem", "bilinaer"],
    "missing file": ["integrate", "--problem", "nowhere.toml"],
    "wrong shape": simple("--z0", "1,2,3"),
    "reversed time": simple("--z0", "1,0", "--t-span", "5,1"),
    "empty time": simple("--z0", "1,0", "--t-span", "1,1"),
    "one time": simple("--z0", "1,0", "--t-span", "5"),
    "negative time of an anchored flow": simple("--z0", "1,0", "--t-span=-1,5"),
    "gamma zero": simple("--flow", "anchored:gamma=0"),
    "gamma negative": simple("--flow", "anchored:gamma=-1"),
    "beta negative": simple("--flow", "optimistic:beta=-1/2"),
    "unknown flow": simple("--flow", "anchord"),
    "unknown parameter": simple("--flow", "anchored:gama=1"),
    "parameter without value": simple("--flow", "anchored:gamma"),
    "parameter of a flow without any": simple("--flow", "gradient:alpha=1"),
    "unknown method": ["compare", *XU, "--method", "simgd-b"],
    "flow of another method": ["compare", *XU, "--method", "simgd", "--flow", "anchored"],
    "steps that are not positive": ["compare", *XU, "--method", "simgd", "--steps", "0.1,0"],
    "end before the first step": ["compare", *XU, "--method", "simgd", "--t-end", "-1"],
    "ending of an archive": simple("--out", "run.csv"),
    "ending of a picture": simple("--plot", "run.jpg"),
    "folder that is missing": simple("--out", "no/such/run.npz"),
    "unknown figure": ["figures", "--only", "figrue1"],
    "folder that is a file": ["figures", "--out", __file__],
    "unknown theorem": ["theorems", "anchored"],
    "Lyapunov function that is a number": ["prove", "gradient", "1 + 1"],
    "unknown flow in a proof": ["prove", "gradiant", "sq(G)"],
    "unknown class": ["prove", "gradient", "sq(G)", "--operator", "monoton"],
    "bad range": ["prove", "anchored", "sq(G)", "--where", "gamma is large"],
    "empty range": ["prove", "anchored", "sq(G)", "--where", "gamma > 1", "--where", "gamma < 0"],
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assert_refused(arguments, here, lines):
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    said = result.stderr.splitlines()
    assert said[0].startswith("error: ") and len(said[0]) > 20
    assert len(said) == lines, result.stderr
    assert list(here.iterdir()) == []
    return said


@pytest.mark.parametrize("what", ONE_LINE)
def test_bad_input_gives_one_line_and_code_2(what, here):
    assert_refused(ONE_LINE[what], here, lines=1)


@pytest.mark.parametrize("what", POINTED)
def test_bad_formulas_are_pointed_at(what, here):
    _, excerpt, caret = assert_refused(POINTED[what], here, lines=3)
    assert caret.strip() == "^" and len(caret) <= len(excerpt) + 1


@pytest.mark.parametrize("typo, meant", [("anchord", "anchored"), ("gradiant", "gradient")])
def test_unknown_names_come_with_a_suggestion(typo, meant):
    assert f"did you mean '{meant}'?" in run(*simple("--flow", typo)).stderr
    assert "there are: gradient, optimistic, anchored" in run(*simple("--flow", typo)).stderr


def test_unknown_commands_and_options_give_code_2():
    assert run("integrat").exit_code == 2
    assert run("integrate", "--bogus").exit_code == 2
    assert run("prove", "gradient").exit_code == 2


@pytest.mark.parametrize("plot", ["run.png", "run.svg"])
def test_no_file_is_left_by_a_run_that_fails(plot, here):
    assert_refused(
        simple("--z0", "nan,0", "--out", here / "run.npz", "--plot", here / plot), here, lines=3
    )


def test_choices_raise_errors_of_the_package():
    with pytest.raises(ProblemError, match="has no parameters"):
        chosen_flow("gradient:alpha=1")


def test_a_real_process_reports_an_error_without_a_traceback():
    done = subprocess_run("integrate", "--problem", "bilinaer")
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.count("\n") == 1


def test_warnings_are_one_line():
    options = ["--problem", "dirac-gan", "--t-span", "0,1", "--json"]
    done = subprocess_run("integrate", *options)
    assert done.returncode == 0
    assert done.stderr.startswith("warning: ") and done.stderr.count("\n") == 1
    json.loads(done.stdout)


# Interruptions

# Runs the command line and sends itself what Ctrl-C sends, at the 100th step of the solver.
INTERRUPTED = """
import os, signal
from saddleode.cli.main import main
from saddleode.flows.solving.stepping import EnsembleDOP853

step, calls = EnsembleDOP853.step, []
def interrupted(self):
    calls.append(self.t)
    if len(calls) == 100:
        os.kill(os.getpid(), signal.SIGINT)
    return step(self)
EnsembleDOP853.step = interrupted
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_keeps_the_part_that_is_done_and_gives_code_130(tmp_path):
    # |x|³ has no Taylor series, so this is for the SciPy engine, and takes it minutes.
    options = ["integrate", "--flow", "gradient", "--formula", "abs(x)^3 + x*u"]
    options += ["--primal", "x", "--dual", "u", "--t-span", "0,2e5"]
    command = [sys.executable, "-c", INTERRUPTED, *options, "--out", str(tmp_path / "run.npz")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 130 and "interrupted at t = " in done.stdout
    assert done.stderr == f"wrote {tmp_path / 'run.npz'}\n"
    with np.load(tmp_path / "run.npz") as part:
        assert part["status"] == -1 and 0 < part["t"][-1] < 2e5


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_where_there_is_nothing_to_keep_gives_one_line_and_code_130(tmp_path):
    command = [sys.executable, "-c", INTERRUPTED, "compare", "--method", "simgd:alpha=0.1"]
    options = ["--formula", "abs(x)^3 + x*u", "--primal", "x", "--dual", "u"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_progress_is_shown_on_a_terminal_alone(tmp_path, monkeypatch):
    """What a log gets has no carriage returns in it."""
    monkeypatch.setattr("saddleode.figures.gallery.GALLERY", ())
    monkeypatch.setattr("saddleode.figures.study.run_study", lambda tick: tick("a part"))
    monkeypatch.setattr("saddleode.figures.report.write_report", lambda study, pictures, path: path)
    monkeypatch.setattr("saddleode.cli.demo._say_study", lambda study: None)
    done = run("demo", "--out", tmp_path)
    assert (done.exit_code, done.stdout) == (0, f"wrote {tmp_path / 'report.html'}\n")
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="uses a POSIX pipe")
def test_a_reader_that_leaves_early_is_no_error():
    command = f"'{sys.executable}' -m saddleode integrate --problem bilinear --json | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ('{\n  "flow"', "")


def test_verify_checks_a_saved_proof(tmp_path):
    file = tmp_path / "proof.json"
    assert run("prove", "optimistic", "sq(Z + beta*G - zstar)", "--save", str(file)).exit_code == 0
    found = run("verify", str(file))
    assert found.exit_code == 0
    assert "dV/dt <= 0" in found.output
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"alpha > 0"', '"alpha > -1"'), encoding="utf-8")
    assert run("verify", str(file)).exit_code == 1
    file.write_text(text.replace('"name": "optimistic"', '"name": "gradient"'), encoding="utf-8")
    assert run("verify", str(file), "--json").exit_code == 1
    file.write_text("{}", encoding="utf-8")
    assert run("verify", str(file)).exit_code == 2
    assert run("verify", str(tmp_path / "none.json")).exit_code == 2


def test_players_on_sets_and_kinks():
    on_sets = ["--primal", "x1 x2 in simplex", "--dual", "u in box(-1, 1)"]
    result = run(
        *("integrate", "--formula", "x1*u - x2*u", *on_sets, "--flow", "gradient"),
        *("--z0", "1,0,1", "--t-span", "0,1", "--json"),
    )
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["engine"] == "inclusion"
    assert data["sliding"] == [[0, pytest.approx(0.5), "u = 1"]]
    kink = run("integrate", "--problem", "kink", "--flow", "gradient")
    assert "sliding      x = 0 from t = 7.069 to 20" in kink.stdout
    infeasible = run("integrate", "--problem", "matching-pennies", "--z0", "3,0,1,0")
    assert "z0 lies outside the constraint sets and was projected by 2" in infeasible.stdout
    wrong = run("integrate", "--formula", "x*u", "--primal", "x in cube", "--dual", "u")
    assert wrong.exit_code == 2
    assert "known are box, simplex, ball, affine, l1" in wrong.stderr
    scipy = run("integrate", "--problem", "kink", "--engine", "scipy")
    assert (scipy.exit_code, "is set-valued" in scipy.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prove", "anchored:gamma=2,gamma=3", "sq(Z)"], "gamma occurs twice"),
        (["prove", "gradient", "sq(Z - zstar)", "--save", "none/p.json"], "none/p.json cannot be"),
        (["transfer", "simgd", "sq(Z - zstar)", "--save", "none/p.json"], "none/p.json cannot be"),
        (["search", "gradient", "--save", "none/p.json"], "none/p.json cannot be"),
        (["prove", "gradient", "sq(G)", "--operator", "lipschitz-monotone:R=-1"], "R = -1"),
        (["prove", "gradient", "sq(G)", "--operator", "weak-minty:rho=1,R=-1"], "R = -1"),
        (["prove", "gradient", "V*sq(G)", "--where", "V > 0"], "give the parameter another name"),
        (["map", "--problem", "bilinear", "--y", "alpha:0.1:1:4"], "both axes are alpha"),
    ],
)
def test_inputs_that_contradict_themselves_are_refused_at_once(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2 and said in result.stderr
