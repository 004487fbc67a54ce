"""The demo and its report: everything in it was computed, and the page needs nothing else."""

import base64
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from saddleode.analysis import THEOREMS
from saddleode.cli.main import app
from saddleode.discretize import METHODS
from saddleode.discretize.registry import PAPER_METHODS
from saddleode.figures.formulas import aligned_lines, continued, formula_image
from saddleode.figures.gallery import GALLERY
from saddleode.figures.report import write_report
from saddleode.figures.study import STEPS, STUDY_PROBLEMS, run_study
from saddleode.flows import FLOWS


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "out"
    result = CliRunner().invoke(app, ["demo", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    return folder, result


@pytest.fixture(scope="module")
def study():
    return run_study()


class Page(HTMLParser):
    """Tags with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def find(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def report(demo):
    return Page((demo[0] / "report.html").read_text())


# The demo


def test_demo_writes_every_picture_and_the_report(demo):
    folder, result = demo
    expected = {f"{p.name}.{kind}" for p in GALLERY for kind in ("png", "svg")} | {"report.html"}
    assert {path.name for path in folder.iterdir()} == expected
    assert all(f"wrote {folder / name}" in result.stdout for name in expected)


def test_demo_shows_verdicts_and_no_progress_bar_without_a_terminal(demo):
    _, result = demo
    assert "%" not in result.stderr
    verdicts = re.findall(r"^  (\S+) +(flow|method) +(\w+)  ", result.stdout, flags=re.M)
    assert verdicts[:6] == [
        ("gradient", "flow", "cycles"),
        ("simgd", "method", "diverges"),
        ("optimistic", "flow", "converges"),
        ("simgd-o", "method", "converges"),
        ("anchored", "flow", "converges"),
        ("simgd-a", "method", "converges"),
    ]  # on xu, as in the paper
    assert [kind for _, _, kind in verdicts[6:]] == ["converges"] * 6  # on 0.2x² + xu
    assert result.stdout.count("proved") >= len(THEOREMS)


def test_the_deciding_numbers_are_right(study):
    """ρ of simGD on a rotation is √(1 + α²); the optimistic mode decays at −β/(1 + β²)."""
    flows_on_xu = [c for stated, c in study.comparisons if stated is STUDY_PROBLEMS[0]]
    gradient, optimistic, anchored = flows_on_xu
    assert gradient.flow_outcome.number == pytest.approx(0, abs=1e-12)
    alpha = gradient.rows[0].step
    assert gradient.rows[0].outcome.number == pytest.approx((1 + alpha**2) ** 0.5, rel=1e-12)
    beta = float(optimistic.flow.beta)
    assert optimistic.flow_outcome.number == pytest.approx(-beta / (1 + beta**2), rel=1e-12)
    assert anchored.flow_outcome.number == pytest.approx(-1)


def test_study_proves_every_theorem_and_ticks_each_part():
    heard = []
    study = run_study(heard.append)
    assert len(heard) == STEPS
    assert [theorem for theorem, _ in study.proofs] == list(THEOREMS)
    assert all(certificates for _, certificates in study.proofs)


def test_demo_in_json(tmp_path, monkeypatch):
    monkeypatch.setattr("saddleode.figures.gallery.GALLERY", GALLERY[:1])
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path), "--json"])
    data = json.loads(result.stdout)
    assert data["proved"] == [theorem.name for theorem in THEOREMS]
    assert len(data["verdicts"]) == len(STUDY_PROBLEMS) * len(PAPER_METHODS)
    assert [path.rpartition("/")[2] for path in data["files"]] == [
        f"{GALLERY[0].name}.png",
        f"{GALLERY[0].name}.svg",
        "report.html",
    ]


# The page


def test_report_needs_no_network_and_no_script(report, demo):
    text = (demo[0] / "report.html").read_text()
    assert not report.find("script") and not report.find("link") and not report.find("iframe")
    addresses = [a.get("src") or a.get("href") for _, a in report.tags if "src" in a or "href" in a]
    assert addresses and all(
        address.startswith("data:image/svg+xml;base64,") for address in addresses
    )
    assert "url(" not in text and "@import" not in text
    assert not re.search(r"https?://", re.sub(r"base64,[^\"]*", "", text))


def test_every_image_is_a_drawing_with_a_text_for_those_who_cannot_see_it(report):
    for image in report.find("img"):
        assert image["alt"]
        svg = base64.b64decode(image["src"].partition(",")[2])
        root = ET.fromstring(svg)
        assert root.tag.endswith("svg") and float(root.get("width").removesuffix("pt")) > 0


def test_report_tells_what_the_study_found(report, study):
    for stated, comparison in study.comparisons:
        assert stated.text in report.text
        for thing, outcome in (
            (comparison.flow, comparison.flow_outcome),
            (comparison.method, comparison.rows[0].outcome),
        ):
            assert repr(thing) in report.text
            assert outcome.reason in report.text
    for theorem, certificates in study.proofs:
        assert theorem.statement in report.text and theorem.source in report.text
        assert all(str(certificate) in report.text for certificate in certificates)
    assert all(picture.caption in report.text for picture in GALLERY)


def test_report_is_for_light_and_dark_and_narrow_screens(report, demo):
    text = (demo[0] / "report.html").read_text()
    assert "prefers-color-scheme: dark" in text
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in report.find(
        "meta"
    )
    assert report.find("html")[0]["lang"] == "en"


@pytest.mark.slow
def test_report_is_the_same_each_time(study, demo, tmp_path):
    folder, _ = demo
    pictures = [(picture, (folder / f"{picture.name}.svg").read_bytes()) for picture in GALLERY]
    again = write_report(study, pictures, tmp_path / "again.html")
    assert again.read_bytes() == (folder / "report.html").read_bytes()


# Formulas


@pytest.mark.parametrize("kind", [*FLOWS, *METHODS], ids=lambda kind: kind.name)
def test_the_formula_of_every_flow_and_method_can_be_set(kind):
    assert formula_image(kind.formula).startswith('<img class="formula"')


def test_long_formulas_are_broken_between_terms_only():
    pieces = continued(r"V = \|a + b\|^2 + (c - d) e - \frac{f + g}{2}", length=1)
    assert pieces == [
        "V = \\|a + b\\|^2",
        "\\qquad + (c - d) e",
        "\\qquad - \\frac{f + g}{2}",
    ]


@given(
    st.lists(st.sampled_from(["a", r"\|b - c\|^2", "(d + e)", r"\frac{f - g}{h}"]), min_size=1),
    st.integers(1, 90),
)
def test_breaking_a_formula_loses_nothing(terms, length):
    tex = " + ".join(terms)
    pieces = continued(tex, length)
    assert " ".join(piece.removeprefix(r"\qquad ") for piece in pieces) == tex
    assert all(piece.count(r"\|") % 2 == 0 for piece in pieces)


def test_aligned_environments_become_lines():
    latex = "\\begin{align*}\nV &= a \\\\\n\\dot V &= -b\n\\end{align*}"
    assert aligned_lines(latex) == ["V = a", r"\dot V = -b"]
