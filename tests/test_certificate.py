"""Certificates: they say what was proved, survive their file, and notice every change."""

import json
from dataclasses import replace

import pytest
from sympy import Symbol

from saddleode.analysis.basics.proof_outcome import CertificateError, Proved
from saddleode.analysis.claims.claims import Decrease
from saddleode.analysis.claims.flow_vectors import flow_vectors
from saddleode.analysis.claims.motion import motion_of
from saddleode.analysis.classes.monotone import StronglyMonotone
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.coefficients.region import parse_ranges
from saddleode.analysis.proofs.certificate import Certificate
from saddleode.analysis.proofs.certificate_file import read_certificate
from saddleode.analysis.proofs.lyapunov import prove_decrease, prove_nonnegative
from saddleode.analysis.proofs.squares import Square
from saddleode.analysis.readings.vector import Vector
from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
)

MASTER = "t^2/2*sq(G) + gamma*t*dot(G, Z - Z0) + gamma*(gamma - 1)/2*sq(Z - Z0)"


def master_certificate() -> Certificate:
    flow = AnchoredFlow(Symbol("gamma"))
    result = prove_decrease(MASTER, flow, ranges={"gamma": "gamma >= 1"})
    assert isinstance(result, Proved)
    return result.certificate


def test_the_certificate_says_what_was_proved():
    text = str(master_certificate())
    assert "V̇ = −t² ⟨Ġ, Ż⟩ − t·(γ − 1) ‖Ż‖²" in text
    assert "V = t²/2 ‖G‖² + γ·t ⟨G, Z − Z0⟩ + γ·(γ − 1)/2 ‖Z − Z0‖²" in text
    assert "for all t > 0, gamma >= 1." in text.replace("\n", " ")
    latex = master_certificate().to_latex()
    assert r"\dot V &= - t^{2} \langle \dot{G}, \dot{Z} \rangle" in latex
    assert latex.count("{") == latex.count("}")


def test_a_changed_certificate_does_not_verify():
    certificate = master_certificate()
    field = certificate.claim.scalars
    t, gamma = field.convert(Symbol("t")), field.convert(Symbol("gamma"))
    square = certificate.squares[0]
    changes = [
        {"multipliers": {}},
        {"multipliers": {"MON'": t**2 + 1}},
        {"multipliers": {"MON'": -(t**2)}},
        {"multipliers": {"MON'": t**2, "MON": t}},
        {"multipliers": {"OTHER": t**2}},
        {"squares": ()},
        {"squares": (Square(square.coefficient * 2, square.vector),)},
        {"squares": (square, Square(gamma - 2, Vector.generator("Z")))},
        {"squares": (Square(square.coefficient, square.vector + Vector.generator("z*")),)},
    ]
    for change in changes:
        with pytest.raises(CertificateError):
            replace(certificate, **change).verify()
    claim = certificate.claim
    assert isinstance(claim, Decrease)
    for other in (
        replace(claim, motion=motion_of(AnchoredFlow(Symbol("gamma") + 1))),
        replace(claim, motion=motion_of(GradientFlow())),
        replace(claim, V=claim.V * 2),
        replace(claim, operator=StronglyMonotone(1)),
        replace(claim, scalars=ScalarField(parse_ranges(["gamma > 0"]))),
    ):
        with pytest.raises(CertificateError):
            replace(certificate, claim=other).verify()


def test_a_certificate_survives_its_file(tmp_path):
    certificate = master_certificate()
    certificate.save(tmp_path / "master.json")
    again = read_certificate((tmp_path / "master.json").read_text(encoding="utf-8"))
    assert again == certificate
    assert str(again) == str(certificate)
    assert list(tmp_path.iterdir()) == [tmp_path / "master.json"]


def names(**changes):
    return json.loads(master_certificate().to_json())["names"] | changes


def edited(**changes) -> str:
    return json.dumps(json.loads(master_certificate().to_json()) | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"ranges": ["t > 0", "gamma > 0"]},
        {"multipliers": {"MON'": "2*t**2"}},
        {"squares": []},
        {"flow": {"Z": {"G": "-1"}}},
        {"names": names(flow={"name": "gradient", "parameters": {}})},
        {"names": names(flow={"name": "anchored", "parameters": {"gamma": "gamma + 1"}})},
        {"rate": "1"},
        {"V": [["G", "G", "t**2"]]},
    ],
)
def test_an_edited_file_proves_nothing(changes):
    with pytest.raises(CertificateError):
        read_certificate(edited(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"names": {}},
        {"names": names(region=["t real"])},
        {"multipliers": {"MON'": "__import__('os').system('true')"}},
        {"multipliers": {"MON'": "t**2 + 0*x"}},
        {"multipliers": None},
        {"names": names(flow={"name": "object", "parameters": {}})},
        {"names": names(flow={"name": "anchored", "parameters": {"delta": "1"}})},
        {"V": [["Z", "G", "1"]]},
        {"squares": [{"coefficient": "1"}]},
    ],
)
def test_a_broken_file_is_an_error(changes):
    with pytest.raises(ProblemError):
        read_certificate(edited(**changes))
    with pytest.raises(ProblemError):
        read_certificate("no json")


def test_bounds_use_what_is_assumed_and_say_so():
    v = flow_vectors(AnchoredFlow(1))
    a, b = v.z - v.z0, v.g
    result = prove_nonnegative(a @ a, assuming={"gap": a @ a - b @ b}, multipliers={"gap": 1})
    assert isinstance(result, Proved)
    assert "gap ≥ 0" in str(result.certificate)
    assert read_certificate(result.certificate.to_json()) == result.certificate
    assert "(gap)" in result.certificate.to_latex()
    assert not prove_nonnegative(a @ a - b @ b)
    with pytest.raises(ProblemError, match="rename"):
        prove_nonnegative(a @ a, assuming={"MON": a @ a})


@pytest.mark.parametrize(
    "operator", [StronglyMonotone(Symbol("t")), StronglyMonotone(2 * Symbol("t", positive=True))]
)
def test_a_constant_of_a_class_is_not_time(operator):
    """(1 + t²)‖Z − z*‖² grows for every fixed μ < 1/2; with μ = t, MON would prove the contrary."""
    with pytest.raises(ProblemError, match="which is time"):
        prove_decrease("(1 + t^2)*sq(Z - zstar)", GradientFlow(), operator)
    z, zstar, g = (Vector.generator(name) for name in ("Z", "z*", "G"))
    with pytest.raises(ProblemError, match="which is time"):
        prove_nonnegative(g @ (z - zstar), operator)


def test_a_parameter_of_a_flow_is_not_time():
    with pytest.raises(ProblemError, match="which is time"):
        prove_decrease("sq(G)", OptimisticFlow(1, Symbol("t")))
    text = prove_decrease(
        "sq(Z - zstar)", GradientFlow(), StronglyMonotone(Symbol("mu", positive=True))
    ).certificate.to_json()
    data = json.loads(text)
    data["names"]["operator"]["parameters"]["mu"] = "t"
    with pytest.raises(ProblemError, match="which is time"):
        read_certificate(json.dumps(data))


def test_a_file_says_what_it_proves():
    text = master_certificate().to_json()
    data = json.loads(text)
    read_certificate(text)
    with pytest.raises(CertificateError, match="statement"):
        read_certificate(json.dumps(data | {"statement": "V decreases for all gamma > 0."}))
    del data["statement"]
    with pytest.raises(CertificateError, match="statement"):
        read_certificate(json.dumps(data))


def test_nothing_in_a_file_is_hidden_by_something_later():
    text = master_certificate().to_json()
    with pytest.raises(ProblemError, match="twice"):
        read_certificate(text.replace('"ranges":', '"ranges": ["t > 0"], "ranges":'))
    data = json.loads(text)
    data["V"].insert(0, [*data["V"][0][:2], "-99*t^2"])
    with pytest.raises(ProblemError, match="twice"):
        read_certificate(json.dumps(data))
