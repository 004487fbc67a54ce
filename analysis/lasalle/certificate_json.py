"""Certificates of convergence as JSON, and rules as entries in it.

Entries of the file, format 1, written as in `polynomial_proofs.certificate_json`:

- ``format``; ``statement``; ``L``, ``primal``, ``dual``; ``flow`` with ``name``, ``parameters``;
- ``zero``, the coordinates of a zero c of G, or null when they are not rational;
- ``near``, the centre of a box around c (`existence.encloses_zero`), or null;
- ``convexity``, ``decrease``, ``coercive``: certificates of these hypotheses, or null;
- ``facts``, in the order of the proof: the polynomial that ``vanishes``, and the ``rule``:
  ``convexity`` (``reason``), ``square in -dV/dt``, ``derivative`` (``of`` fact number …),
  ``root`` (``power``) or ``sum of squares`` (``squares``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.certificate_json import certificate_data, squares_data
from ..polynomial_proofs.claims import saddle_data
from ..polynomial_proofs.decreasing import flow_data
from ..sos.polynomials import write_polynomial
from .facts import Derivative, Fact, FromConvexity, FromSquares, InSumOfSquares, Root

if TYPE_CHECKING:
    from .certificate import ConvergenceCertificate

FORMAT = "saddleode convergence certificate 1"
"""What the first entry of every file says."""


def certificate_json(certificate: ConvergenceCertificate) -> str:
    """Write a certificate as JSON; `certificate_file.read_convergence_certificate` reads it."""
    return json.dumps(convergence_data(certificate), ensure_ascii=False, indent=2)


def convergence_data(certificate: ConvergenceCertificate) -> dict[str, Any]:
    """Return all entries of the file."""
    setting = certificate.setting
    return {
        "format": FORMAT,
        "statement": certificate.statement,
        **saddle_data(setting.saddle),
        "flow": flow_data(setting.flow),
        "zero": _point(setting.zero),
        "near": _point(certificate.near),
        "convexity": _part(certificate.convexity),
        "decrease": _part(certificate.decrease),
        "coercive": _part(certificate.coercive),
        "facts": [fact_data(fact) for fact in certificate.facts],
    }


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return one fact with its rule."""
    rule, p = fact.rule, write_polynomial(fact.polynomial)
    if isinstance(rule, FromConvexity):
        return {"vanishes": p, "rule": "convexity", "reason": rule.reason}
    if isinstance(rule, Derivative):
        return {"vanishes": p, "rule": "derivative", "of": rule.of + 1}
    if isinstance(rule, Root):
        return {"vanishes": p, "rule": "root", "power": rule.power}
    if isinstance(rule, InSumOfSquares):
        return {"vanishes": p, "rule": "sum of squares", "squares": squares_data(rule.squares)}
    assert isinstance(rule, FromSquares)
    return {"vanishes": p, "rule": "square in -dV/dt"}


def _point(point: Mapping[str, Fraction] | None) -> dict[str, str] | None:
    return None if point is None else {name: str(value) for name, value in point.items()}


def _part(certificate: PolynomialCertificate | None) -> dict[str, Any] | None:
    return None if certificate is None else certificate_data(certificate)
