"""The standalone verifier: it accepts what is proved, and notices every change."""

import ast
import contextlib
import copy
import functools
import json
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from sympy import symbols
from typer.testing import CliRunner

from saddleode.analysis import (
    CertificateError,
    LinearSkew,
    LipschitzMonotone,
    LipschitzStronglyMonotone,
    Monotone,
    StronglyMonotone,
    flow_vectors,
    parse_ranges,
    prove_decrease,
    prove_nonnegative,
    read_certificate,
)
from saddleode.analysis.coefficients import deciding, solver
from saddleode.analysis.theorems import THEOREMS
from saddleode.analysis.verification import verifier
from saddleode.analysis.verification.arithmetic import (
    FormatError,
    UncheckedError,
    VerificationError,
)
from saddleode.analysis.verification.statement import statement
from saddleode.analysis.verification.verifier import verify
from saddleode.cli.main import app
from saddleode.discretize import FEG, Extragradient, Halpern, OptimisticSimGD, ProximalPoint, SimGD
from saddleode.discretize.power_law import PowerLaw
from saddleode.flows import AnchoredFlow, GradientFlow, ProblemError

ALPHA, BETA, GAMMA, MU, C = symbols("alpha beta gamma mu c", positive=True)
MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"
SIMPLE = "sq(z + beta*g_previous - zstar) + beta*sq(z - z_previous)"


def assumed():
    v = flow_vectors(AnchoredFlow(1))
    a, b = v.z - v.z0, v.g
    gap = {"gap": a @ a - GAMMA * (b @ b)}
    return prove_nonnegative(
        a @ a, assuming=gap, multipliers={"gap": 1}, ranges={GAMMA: "gamma >= 1"}
    )


PROOFS = {
    "anchored": lambda: prove_decrease(MASTER, AnchoredFlow(GAMMA), ranges={"gamma": "gamma >= 1"}),
    "rate": lambda: prove_decrease(
        "sq(Z - zstar)", GradientFlow(), StronglyMonotone(MU), rate=2 * MU
    ),
    "skew": lambda: prove_decrease("sq(Z - zstar) - t*sq(G)", GradientFlow(), LinearSkew()),
    "extragradient": lambda: prove_decrease(
        "sq(g)", Extragradient(ALPHA), LipschitzMonotone(1),
        multipliers={"MON(k+1,k)": 2 / ALPHA, "LIP(k+1,k+1/2)": 1},
        ranges={"alpha": "1/10 <= alpha <= 1"},
    ),
    "feg": lambda: prove_decrease(
        "k^2*sq(g)/2 + k*dot(g, z - z0)", FEG(1), LipschitzMonotone(1)
    ),
    "halpern": lambda: prove_decrease(
        "2*k*(k + 1)*sq(g_half) + 2*(k + 1)*dot(g_half, z - z0)", Halpern(1), Monotone()
    ),
    "optimistic": lambda: prove_decrease(
        SIMPLE, OptimisticSimGD(ALPHA, BETA), LipschitzMonotone(1),
        multipliers={"MON(k,*)": 2 * ALPHA, "LIP(k,k-1)": BETA},
        ranges=parse_ranges(["0 < beta < 1", "alpha < 2*beta*(1 - beta)/(1 + beta)"]),
    ),
    "assumed": assumed,
    "schedule": lambda: prove_decrease(
        "sq(z - zstar)", SimGD(PowerLaw(ALPHA, 1)), LipschitzStronglyMonotone(1, 1),
        ranges={"alpha": "0 < alpha < 1"},
    ),
    "whole numbers": lambda: prove_decrease(
        "sq(z - zstar) - k*(k - 1)*(k - 2)/3*sq(z0 - zstar)", ProximalPoint(1)
    ),
    "pole": lambda: prove_decrease("sq(Z - zstar)/t^2", GradientFlow()),
    "exponential": lambda: prove_decrease("exp(-t)*sq(G)/sqrt(t)", GradientFlow()),
    "root": lambda: prove_decrease("sq(z - zstar)/sqrt(k + 1/2)", ProximalPoint(1)),
    "root in a schedule": lambda: prove_decrease(
        "sq(z - zstar)", SimGD(PowerLaw(1, Fraction(1, 2))), LipschitzStronglyMonotone(1, 1)
    ),
}  # fmt: skip


@functools.cache
def proof(name: str) -> str:
    result = PROOFS[name]()
    assert result, result
    return result.certificate.to_json()


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_is_verified_and_read_again(name):
    text = proof(name)
    assert verify(text) == json.loads(text)["statement"]
    assert read_certificate(text).to_json() == text


DOCUMENT = Path(__file__).parents[1] / "docs" / "certificates.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_of_the_document_are_verified():
    """The description of the format shows what the library writes, and what is written by hand."""
    for text in EXAMPLES:
        assert verify(text) == json.loads(text)["statement"]
    assert json.loads(EXAMPLES[0]) == json.loads(proof("anchored"))
    entries = {entry for text in EXAMPLES for entry in json.loads(text)}
    assert all(f"`{entry}`" in DOCUMENT.read_text(encoding="utf-8") for entry in entries)


def test_every_certificate_of_every_theorem_is_verified():
    for theorem in THEOREMS:
        for certificate in theorem.prove():
            assert verify(certificate.to_json())


def leaves(data, path=()):
    """Yield the paths of everything in a JSON value: entries, and what is in them."""
    if path:
        yield path
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from leaves(data[key], (*path, key))


def mutations(value):
    """Yield changes of one entry that change its value; None stands for leaving it out."""
    yield None
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value)
    if isinstance(value, str):
        yield from (f"2*({value}) + 1/1000", f"{value} - 1/1000", f"{value} + t", f"{value} + k")
        if value.strip("0"):
            yield f"-({value})"
        swaps = [("<", ">"), (">=", ">"), (">", ">="), (" 1", " 0"), (" 0", " -1"), ("k", "k-1")]
        for a, b in (*swaps, ("**2", "**3"), ("t", "t**2"), ("alpha", "beta")):
            yield value.replace(a, b, 1)


def mutated(data, path, change):
    data = copy.deepcopy(data)
    *most, last = path
    place = functools.reduce(lambda part, key: part[key], most, data)
    if change is None:
        del place[last]
    else:
        place[last] = change
    return data


def renamed(data, path):
    """Change a key of an object in place of its value."""
    data = copy.deepcopy(data)
    *most, last = path
    place = functools.reduce(lambda part, key: part[key], most, data)
    if isinstance(place, dict):
        place[f"{last}x"] = place.pop(last)
    return data


def all_mutations(data):
    """Yield changes of every entry, but not all of them where there are many."""
    paths = list(leaves(data))
    step = 1 + len(paths) // 100
    for path in paths:
        value = functools.reduce(lambda part, key: part[key], path, data)
        changes = [change for change in mutations(value) if change != value]
        shift = len(str(path)) % step  # so that all kinds of change occur
        yield from ((path, mutated(data, path, change)) for change in changes[shift::step])
        yield path, renamed(data, path)


def accepted(data) -> str | None:
    try:
        return verify(json.dumps(data))
    except VerificationError:
        return None


BY_HAND = [f"example {n}" for n in range(1, len(EXAMPLES))]
"""What the document shows of names that move, of sequences and of whole numbers."""


def certificate(name: str) -> dict:
    return json.loads(EXAMPLES[int(name[-1])] if name in BY_HAND else proof(name))


@pytest.mark.parametrize("name", [*PROOFS, *BY_HAND])
def test_no_entry_can_be_changed(name):
    """Every entry, every sign, exponent, range and class: rejected, or it changes no claim.

    What may change without harm: evidence nobody uses, the point inside the region, and names,
    which `read_certificate` compares with the claim.
    """
    data = certificate(name)
    harmless = {"names", "point", "facts", "squares"}  # ‖−v‖² is ‖v‖²
    tried = 0
    for path, changed in all_mutations(data):
        if changed == data:
            continue
        tried += 1
        said = accepted(changed)
        if said is not None:
            assert path[0] in harmless, path
            assert said == data["statement"]
        if path[0] == "names":
            with pytest.raises((ProblemError, CertificateError)):
                read_certificate(json.dumps(changed))
    assert tried > 90


@pytest.mark.parametrize("name", [*PROOFS, *BY_HAND])
def test_a_forger_who_also_writes_the_statement_anew_proves_no_more(name):
    """A change that is accepted with a new statement must not touch V, its rate or the proof."""
    data = certificate(name)
    used = {place_of(full) for full in data["multipliers"]}
    for path, changed in all_mutations(data):
        try:
            changed["statement"] = statement(changed)
        except (KeyError, TypeError, AttributeError, ValueError):
            continue
        if changed["statement"] == data["statement"] or accepted(changed) is None:
            continue
        if path[0] == "operator":  # what the proof does not use
            assert path[1:3] not in used, path
        elif path[0] == "V":  # a term that never changes
            assert set(data["V"][path[1]][:2]) <= {"Z0", "z*", "z^{0}"}
        elif path[0] == "method":  # a point of the next step that the proof does not use
            assert path[1] == "k+3/2"
        elif path[0] in ("derivatives", "sequences"):  # another motion, of which it is true, too
            assert name in BY_HAND, path
        else:  # another region, on which the same proof holds: every sign is checked there
            assert path[0] in ("ranges", "point"), path


def place_of(full: str) -> tuple[str, str]:
    """Return where the class says what an inequality is: ``MON'(Z,*)`` is MON, along."""
    base, star = full.split("(")[0], full.endswith("*)")
    where = "along" if base.endswith("'") else "zero" if star else "two points"
    return where, base.rstrip("'")


def test_an_empty_region_proves_nothing():
    data = json.loads(proof("anchored"))
    data["ranges"].append("gamma < 1")
    data["statement"] = statement(data)
    with pytest.raises(VerificationError, match="strictly inside"):
        verify(json.dumps(data))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"format": "saddleode certificate 2"}', '{"a": 1, "a": 2}', "1e999"],
)
def test_what_is_no_certificate(text):
    with pytest.raises((FormatError, VerificationError)):
        verify(text)


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "t.real", "t if t else t", "1.5", "1e3", "t**t", "t**-1", "t**201",
     "(t+1)**200**200", "x", "1/0", "t/(t-t)", "1" * 30_000, "(" * 500 + "t" + ")" * 500, "True"],
)  # fmt: skip
def test_formulas_are_read_with_care(formula):
    data = json.loads(proof("anchored"))
    data["multipliers"]["MON'(Z,*)"] = formula
    with pytest.raises(VerificationError):
        verify(json.dumps(data))


def test_a_sign_that_rests_on_z3_is_not_checked(monkeypatch):
    pytest.importorskip("z3")
    monkeypatch.setattr(deciding, "sign_by_squares", lambda *_: None)
    v = flow_vectors(AnchoredFlow(1))
    x, y = symbols("x y")
    motzkin = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 2
    ranges = {"x": "x real", "y": "y real"}
    result = prove_nonnegative(motzkin * (v.g @ v.g), ranges=ranges)
    assert "z3" in str(result.certificate)
    with pytest.raises(UncheckedError, match="z3"):
        verify(result.certificate.to_json())
    monkeypatch.setattr(solver, "available", lambda: False)
    assert not prove_nonnegative(motzkin * (v.g @ v.g), ranges=ranges)


def test_the_verifier_needs_the_standard_library_alone(tmp_path):
    """It runs without NumPy, SymPy, and without the rest of the toolkit."""
    (tmp_path / "proof.json").write_text(proof("optimistic"), encoding="utf-8")
    program = (
        "import sys\n"
        "for name in ('numpy', 'sympy', 'scipy', 'z3', 'cvxpy', 'matplotlib'): "
        "sys.modules[name] = None\n"
        "from saddleode.analysis.verification.verifier import verify\n"
        "verify(open(sys.argv[1], encoding='utf-8').read())\n"
        "ours = [m for m in sys.modules if m.startswith('saddleode.')]\n"
        "print(*sorted(m for m in ours if 'verification' not in m))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "proof.json")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(run.stdout.split()) == {"saddleode.analysis"}


def test_the_verifier_is_small_and_imports_the_standard_library_alone():
    folder = Path(verifier.__file__).parent
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    lines = {name: text.count("\n") for name, text in texts.items()}
    assert lines["region"] + lines["verifier"] <= 300  # all that is checked
    assert sum(lines.values()) <= 500  # with the arithmetic and the words
    for node in (node for text in texts.values() for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= sys.stdlib_module_names
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or node.module.split(".")[0] in sys.stdlib_module_names
        assert not isinstance(node, ast.Name) or node.id not in ("eval", "exec", "__import__")


def test_a_name_without_a_range_stands_in_the_statement():
    data = json.loads(proof("anchored"))
    data["point"]["c"] = "1"
    with pytest.raises(VerificationError, match="t, gamma, c with"):
        verify(json.dumps(data))


def restated(data) -> str:
    """Return the file of a forger who writes the statement anew."""
    return json.dumps(data | {"statement": statement(data)})


def refused(text: str) -> str:
    """Return the complaint about a file, which must come at once."""
    begin = time.process_time()
    with pytest.raises(VerificationError) as caught:
        verify(text)
    assert time.process_time() - begin < 5  # about 1 s, on a machine that does nothing else
    assert len(str(caught.value)) <= 10_000
    return str(caught.value)


TERM = ["1", {}, "1"]
FORMULAS = {
    "powers": "((t+1)**200)**200",
    "digits": "((9**200)**200)**200",
    "degrees": "((t**200)**200)**200",
    "names": "(t + gamma + 1)**200",
    "sum": "+".join(["t"] * 200_000),
    "brackets": "(" * 20_000 + "t" + ")" * 20_000,
    "signs": "-" * 20_000 + "t",
    "fractions": "+".join(f"1/(t+{n})" for n in range(3000)),
    "long": "1" * 100_000,
}


@pytest.mark.parametrize("kind", FORMULAS)
@pytest.mark.parametrize("entry", ["rate", "ranges"])
def test_formulas_cannot_keep_the_verifier_busy(kind, entry):
    data, text = certificate("anchored"), FORMULAS[kind]
    data["rate"] = text if entry == "rate" else "0"
    data["ranges"] += [f"{text} > 0"] if entry == "ranges" else []
    refused(restated(data))


EVIDENCE = {
    "large powers": {"times": ["1", {"t > 0": 10**12}, "1"], "terms": [TERM]},
    "infinite powers": {"times": ["1", {"t > 0": float("inf")}, "1"], "terms": [TERM]},
    "broken powers": {"times": ["1", {"t > 0": 0.5}, "1"], "terms": [TERM]},
    "text for powers": {"times": ["1", {"t > 0": "1"}, "1"], "terms": [TERM]},
    "negative powers": {"times": ["1", {"t > 0": -1}, "1"], "terms": [TERM]},
    "many terms": {"times": TERM, "terms": [["1", {"t > 0": 100}, "t + gamma"]] * 50_000},
    "many cases": {"integer": "k", "cases": [{"times": TERM, "terms": []}] * 100_000},
    "a number": 1,
    "nothing": None,
    "no terms": {"times": TERM},
    "further entries": {"times": TERM, "terms": [TERM], "more": 1},
    "a polynomial for a number": {"times": TERM, "terms": [["t", {}, "1"]]},
    "a quotient for a polynomial": {"times": ["1", {}, "1/t"], "terms": [TERM]},
    "no number": {"times": ["0", {}, "1"], "terms": []},
    "division by zero": {"times": ["1/0", {}, "1"], "terms": []},
}


@pytest.mark.parametrize("kind", EVIDENCE)
def test_evidence_that_is_none(kind):
    data = certificate("anchored")
    data["facts"] = {"t + 1 > 0": EVIDENCE[kind]} | data["facts"]
    refused(restated(data))


def test_facts_without_end():
    data = certificate("anchored")
    data["facts"] |= {f"t + {n} > 0": {"times": TERM, "terms": [TERM] * 9} for n in range(3000)}
    refused(restated(data))


UNREADABLE = (VerificationError, TypeError, AttributeError, ValueError, KeyError)  # no statement


@pytest.mark.parametrize("value", [None, 1, True, "t", [], {}, [[]], [None], {"a": None}, [["a"]]])
def test_values_of_other_types(value):
    for name in ("anchored", "assumed", "feg", *BY_HAND):
        data = certificate(name)
        for entry in data.keys() - {"names", "point", "format", "statement"}:
            if data[entry] != value and (data[entry] or value):
                with contextlib.suppress(*UNREADABLE):
                    assert verify(restated(data | {entry: value})) != data["statement"], entry


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "NaN", "1" * 5000, '"\\ud800"'])
def test_texts_that_are_hard_to_read(text):
    refused(text)
    refused(f'{{"format": "saddleode certificate 3", "statement": {text}}}')


@pytest.mark.parametrize(
    "name",
    ["\u0396", "\u0417", "Z\u0307", "z\u200b", "\uff27", "\u0261", "G for nice G", "G + (2) Z",
     "(2) Z", "Z, Z> >= 0 and <Z", "Z\n", "", " ", "g^{k+1} + g^{k}", "z^{k", "Z*2"],
)  # fmt: skip
def test_names_that_read_like_others_are_refused(name):
    """Look-alikes, and names that would change what the statement says."""
    data = certificate("assumed")
    (row, *rows), (_, assumed) = data["form"], next(iter(data["assuming"].items()))
    assert "name" in refused(restated(data | {"form": [[name, *row[1:]], *rows]}))
    assert "name" in refused(restated(data | {"assuming": {f"{name} or nothing": assumed}}))
    data = certificate("anchored")
    refused(restated(data | {"flow": {"Z": {**data["flow"]["Z"], name: "0"}}}))
    refused(restated(data | {"point": {**data["point"], f"{name}!": "1"}}))
    data = certificate(BY_HAND[1])
    refused(restated(data | {"sequences": {**data["sequences"], f"{name}!": ["1", "1"]}}))


def by_hand(**entries) -> dict:
    """Return a file about Ż = G in which nothing is known of G."""
    one = {"times": TERM, "terms": [TERM]}
    data = {
        "format": verifier.FORMAT, "ranges": ["x > 0"], "point": {"x": "1"},
        "operator": {"equalities": []}, "flow": {"Z": {"G": "1"}}, "derivatives": {},
        "V": [["Z", "Z", "1"]], "rate": "0", "multipliers": {}, "squares": [],
        "facts": {"1 >= 0": one},
    }  # fmt: skip
    return {entry: value for entry, value in (data | entries).items() if value is not None}


FIXED = [["z*", "z*", "x"]]
FORGED = {
    "an assumption of which the statement says nothing": {
        "assuming": {"A": [["G", "Z", "-2"]]}, "multipliers": {"A": "1"}},
    "V changes in steps of nothing": {"flow": None, "V": FIXED},
    "a flow that moves nothing": {"flow": {}, "V": FIXED},
    "a flow that does not move Z": {"flow": {"Y": {"G": "1"}}, "V": FIXED},
    "words for a derivative": {
        "derivatives": {"x": "0: <Z, G> >= 0, for all x. Also"}, "form": [], "assuming": {}},
    "a derivative of what is no name": {
        "derivatives": {"x is 0 and y": "0"}, "form": [], "assuming": {}},
    "time that stands still": {
        "ranges": ["t > 0"], "point": {"t": "1"}, "derivatives": {"t": "0"}, "form": [],
        "assuming": {}},
    "a line that hides the one before": {"V": [["z*", "z*", "1\r  "]]},
    "many lines": {"V": [["z*", "z*", "1\n\n"]]},
    "a sequence that does not grow with k": {
        "ranges": ["k > 0"], "point": {"k": "1"}, "flow": None, "method": {"k": {"z^{k}": "1"}},
        "sequences": {"k": ["k", "k + 1"], "a": ["k", "k"]}, "V": [["z*", "z*", "a"]]},
    "a number of the name V": {"ranges": ["V > 0"], "point": {"V": "1"}, "V": []},
    "a number of the name Z": {"ranges": ["Z > 0"], "point": {"Z": "1"}, "V": []},
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
def test_forged_statements_are_refused(kind):
    """What is claimed here is false, or reads like something else."""
    assert verify(restated(by_hand(V=FIXED)))
    refused(restated(by_hand(**FORGED[kind])))


def test_the_command_line_verifies_files_without_names(tmp_path):
    file = tmp_path / "proof.json"
    file.write_text(EXAMPLES[1], encoding="utf-8")
    result = CliRunner().invoke(app, ["verify", str(file)])
    assert result.exit_code == 0 and "note: the file names no" in result.stderr
