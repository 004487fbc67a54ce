"""Certificates of polynomial problems for people: plain text and LaTeX."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ..sos.evidence import Evidence, SignOnCells, SumOfSquares
from ..sos.polynomial_text import polynomial_latex, polynomial_text, squares_latex, squares_text
from .claims import Target

if TYPE_CHECKING:
    from .certificate import PolynomialCertificate

CELLS = "its sign was decided at one point of each cell between its real roots"
SOLVER = "z3 finds no point where it is negative, which has to be believed"


def certificate_text(certificate: PolynomialCertificate) -> str:
    """Write a certificate as text: the claim, the identities, how signs were decided."""
    claim = certificate.claim
    lines = [*textwrap.wrap(claim.statement, 96, break_long_words=False), "Proof:"]
    for target, evidence in zip(claim.targets, certificate.evidence, strict=True):
        lines += _evidence_lines(target, evidence)
    return "\n".join(lines)


def certificate_latex(certificate: PolynomialCertificate) -> str:
    """Write the functions and identities of a certificate as a LaTeX ``align*`` environment."""
    claim = certificate.claim
    rows = [f"{tex} &= {polynomial_latex(p)}" for _, tex, p in claim.definitions]
    rows += claim.conditions
    for target, evidence in zip(claim.targets, certificate.evidence, strict=True):
        rows.append(f"{target.tex} &= {polynomial_latex(target.polynomial)}")
        if not target.polynomial:
            continue
        if isinstance(evidence, SumOfSquares):
            left = target.tex
            if evidence.multiplier != 1:
                left = rf"\left({polynomial_latex(evidence.multiplier)}\right) ({left})"
            rows.append(f"{left} &= {squares_latex(evidence.squares)} \\ge 0")
        else:
            method = "sign on every cell" if isinstance(evidence, SignOnCells) else "by z3"
            rows.append(rf"{target.tex} &\ge 0 \quad\text{{({method})}}")
    return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"])


def _evidence_lines(target: Target, evidence: Evidence) -> list[str]:
    written = polynomial_text(target.polynomial)
    if not isinstance(evidence, SumOfSquares):
        reason = CELLS if isinstance(evidence, SignOnCells) else SOLVER
        return [f"  {target.name} = {written} ≥ 0: {reason}"]
    right = squares_text(evidence.squares)
    lines = [f"  {target.name} = {written}"]
    if evidence.multiplier == 1:
        return lines if right == written else [*lines, f"    = {right}"]
    return [*lines, f"  ({polynomial_text(evidence.multiplier)})·({target.name}) = {right}"]
