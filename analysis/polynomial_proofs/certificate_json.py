"""Certificates of polynomial problems as JSON: everything a proof consists of, as exact text.

Entries of the file, format 1. Polynomials are written out term by term, ``1/5*x**2 + x*u``,
rational numbers as ``-3/4``; a file with other entries, or other values, is rejected.

- ``format``; ``statement``, the claim in words, which must be the one that the rest gives;
- ``claim``: ``kind`` is ``decreasing`` (``L``, ``primal``, ``dual``, ``flow`` with ``name`` and
  ``parameters``, ``V``), ``convex-concave`` (``L``, ``primal``, ``dual``) or ``nonnegative``
  (``variables``, ``p``); each with ``box``, a list of ranges such as ``0 <= x <= 1``;
- ``proofs``, one for each polynomial that must not be negative: its ``name``, the ``polynomial``,
  which is computed anew, and the ``method``: ``sum of squares`` with ``multiplier`` and
  ``squares`` (``weight``, ``factors``, ``polynomial``), ``sign on cells``, or ``z3``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..sos.decomposition import Square
from ..sos.evidence import Evidence, SignOnCells, SumOfSquares
from ..sos.polynomials import write_polynomial

if TYPE_CHECKING:
    from .certificate import PolynomialCertificate

FORMAT = "saddleode polynomial certificate 1"
"""What the first entry of every file says."""


def certificate_json(certificate: PolynomialCertificate) -> str:
    """Write a certificate as JSON; `certificate_file.read_polynomial_certificate` reads it."""
    return json.dumps(certificate_data(certificate), ensure_ascii=False, indent=2)


def certificate_data(certificate: PolynomialCertificate) -> dict[str, Any]:
    """Return all entries of the file."""
    claim = certificate.claim
    proofs = [
        {"name": t.name, "polynomial": write_polynomial(t.polynomial), **evidence_data(e)}
        for t, e in zip(claim.targets, certificate.evidence, strict=True)
    ]
    return {
        "format": FORMAT,
        "statement": claim.statement,
        "claim": claim.data(),
        "proofs": proofs,
    }


def evidence_data(evidence: Evidence) -> dict[str, Any]:
    """Return the entries of one proof."""
    if isinstance(evidence, SignOnCells):
        return {"method": "sign on cells"}
    if not isinstance(evidence, SumOfSquares):
        return {"method": "z3"}
    multiplier = write_polynomial(evidence.multiplier)
    squares = squares_data(evidence.squares)
    return {"method": "sum of squares", "multiplier": multiplier, "squares": squares}


def squares_data(squares: Iterable[Square]) -> list[dict[str, Any]]:
    """Return the terms of a sum of squares."""
    return [
        {
            "weight": str(square.weight),
            "factors": [write_polynomial(factor) for factor in square.factors],
            "polynomial": write_polynomial(square.polynomial),
        }
        for square in squares
    ]
