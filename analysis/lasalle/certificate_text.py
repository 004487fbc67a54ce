"""Certificates of convergence for people, in plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ..polynomial_proofs.certificate import PolynomialCertificate
from ..sos.polynomial_latex import STAR
from ..sos.polynomial_text import point_text, shortened

if TYPE_CHECKING:
    from .certificate import ConvergenceCertificate

WIDTH = 96


def certificate_text(certificate: ConvergenceCertificate) -> str:
    """Write a certificate as text: the theorem, and its proof step by step."""
    facts = [f"({i})" for i in range(1, len(certificate.facts) + 1)]
    lines = [*_wrapped(certificate.statement), "Proof:"]
    if certificate.convexity is not None:
        lines += _indented(certificate.convexity)
        lines += _wrapped(f"  {_convex(certificate)}")
    if certificate.decrease is not None:
        lines += _indented(certificate.decrease)
    if certificate.coercive is not None:
        lines += [
            *_indented(certificate.coercive),
            "  so V, which exceeds it by ε‖z‖² − C, ε > 0, tends to infinity at infinity",
        ]
    equality = certificate.convexity is not None and not certificate.setting.rates[1]
    lines += _wrapped(f"  {LIMIT_SET} {EQUALITY if equality else 'So on Ω'}")
    for number, fact in zip(facts, certificate.facts, strict=True):
        p = shortened(fact.polynomial).replace(STAR, "*")
        lines.append(f"  {number} {p} = 0: {fact.rule.about(facts)}")
    G = ", ".join(shortened(g) for g in certificate.setting.saddle.operator)
    return "\n".join([*lines, *_wrapped(f"  hence G = ({G}) = 0 on Ω; {_end(certificate)}")])


PROPER = "so V, which exceeds p by ε‖z‖² − C with ε > 0, tends to infinity at infinity"
LIMIT_SET = (
    "The limit set Ω of a trajectory is not empty, compact and invariant, and what never increases "
    "is constant on it."
)
EQUALITY = (
    "Where the distance to c stands still, L(·, u) is affine on the segment from x* to x, so along "
    "x − x* everywhere, and L(·, u*) is constant along it; alike in u. So on Ω"
)


def _convex(certificate: ConvergenceCertificate) -> str:
    point = "W = Z + βG(Z)" if certificate.setting.rates[1] else "Z"
    zero, near = certificate.setting.zero, certificate.near
    c = "there is one, c"
    if zero is not None:
        c = f"one is c = (x*, u*): {point_text(zero)}"
    elif near is not None:
        at = ", ".join(f"{name} ≈ {float(value):.6g}" for name, value in near.items())
        c = f"there is one, c = (x*, u*): {at}, as Newton's map contracts a box around it"
    return f"so the distance of {point} to every saddle point never increases; {c}."


def _end(certificate: ConvergenceCertificate) -> str:
    if certificate.convexity is None:
        return "so Z tends to the zeros of G, and to one of them if there are finitely many."
    return (
        "so its points are saddle points, and as the distance to each of them never increases, "
        "there is only one, the limit."
    )


def _indented(certificate: PolynomialCertificate) -> list[str]:
    return [f"  {line}" for line in str(certificate).splitlines() if line != "Proof:"]


def _wrapped(text: str) -> list[str]:
    indent = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )
