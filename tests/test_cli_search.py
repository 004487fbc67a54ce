"""Command line of the search, and of the verifier for files with several certificates."""

import json

import pytest
from typer.testing import CliRunner

from saddleode.cli.main import app


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_search_finds_a_rate_that_verify_confirms(tmp_path):
    pytest.importorskip("cvxpy")
    file = tmp_path / "rate.json"
    found = run("search", "anchored:gamma=1", "--save", file)
    assert found.exit_code == 0
    assert "t² ‖G‖² ≤ 4" in found.output
    assert run("verify", file).output.count("verified:") == 2
    exponential = ["--operator", "strongly-monotone:mu=1", "--metric", "sq(Z - zstar)"]
    found = run("search", "gradient", *exponential, "--exponential", "--json")
    assert json.loads(found.stdout)["constant"] == "2"
    assert run("search", "gradient").exit_code == 3
    assert run("search", "gradient", "--best-iterate").exit_code == 2
    assert run("search", "anchored").exit_code == 2


def test_roots_stay_exact_where_their_squares_are_rational(tmp_path):
    pytest.importorskip("cvxpy")
    file, system = tmp_path / "rate.json", ["search", "extragradient:alpha=1", "--weight", "k + 1"]
    found = run(*system, "--operator", "lipschitz-monotone:R=sqrt(2)/2", "--save", file)
    assert "(k + 1) ‖g^k‖² ≤ 3/2 ‖z^0 − z*‖²" in found.output
    assert run("verify", file).output.count("verified:") == 2
    assert run(*system, "--operator", "lipschitz-monotone:R=2^(1/4)").exit_code == 2
    found = run("search", "anchored:gamma=2", "--latex")
    assert r"\left(\sqrt{2} + 2\right)^{2}" in found.output
    assert run("search", "gradient", "--seconds", "-1").exit_code == 2


def test_verify_checks_every_certificate_of_a_list(tmp_path):
    text = run("theorems", "anchored-master", "--json").stdout
    (tmp_path / "all.json").write_text(text, encoding="utf-8")
    assert run("verify", tmp_path / "all.json").output.count("verified:") == 2
    wrong = text.replace('"gamma >= 1"', '"gamma >= 1/2"')
    (tmp_path / "all.json").write_text(wrong, encoding="utf-8")
    assert run("verify", tmp_path / "all.json").exit_code == 1
