"""Certificates of polynomial problems for people: plain text and LaTeX."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ..sos.evidence import Evidence, SignOnCells, SumOfSquares
from ..sos.polynomial_latex import broken, polynomial_latex, polynomial_pieces, squares_pieces
from ..sos.polynomial_text import polynomial_text, squares_text
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
    """Write a certificate in LaTeX: the claim, and a proof that can be checked line by line."""
    claim = rf"\textbf{{Claim.}} {certificate.claim.latex}"
    return "\n".join([claim, "", rf"\textbf{{Proof.}} {proof_latex(certificate)}"])


def proof_latex(certificate: PolynomialCertificate) -> str:
    """Write the proof of a certificate in LaTeX: each target, and why it is not negative."""
    rows, words = [], []
    for target, evidence in zip(certificate.claim.targets, certificate.evidence, strict=True):
        rows += _rows(target, evidence)
        words += _words(target, evidence)
    display = [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]
    return "\n".join(["Multiplied out, both sides agree:", *display, *words])


def _rows(target: Target, evidence: Evidence) -> list[str]:
    """Write the target, and the identity that shows its sign if there is one."""
    pieces = polynomial_pieces(target.polynomial)
    rows = [rf"{target.tex} &= {broken(pieces, target.tex)}"]
    if not isinstance(evidence, SumOfSquares) or not target.polynomial:
        return rows
    right = squares_pieces(evidence.squares)
    if evidence.multiplier == 1:
        return [rf"{rows[0]} \\" + f"\n&= {broken(right, target.tex)} \\ge 0"]
    left = rf"m \cdot ({target.tex})"
    m = rf"m &= {broken(polynomial_pieces(evidence.multiplier))}"
    return [*rows, m, rf"{left} &= {broken(right, left)} \ge 0"]


def _words(target: Target, evidence: Evidence) -> list[str]:
    """Say what a reader has to know beside the identity."""
    if isinstance(evidence, SignOnCells):
        return [
            rf"${target.tex} \ge 0$, as it is not negative at one rational point of each cell on "
            "which it keeps its sign (the real roots of its factors, discriminants and "
            "resultants were isolated exactly)."
        ]
    if not isinstance(evidence, SumOfSquares):
        return [rf"${target.tex} \ge 0$: \texttt{{z3}} says so, which has to be believed."]
    factors = dict.fromkeys(f for square in evidence.squares for f in square.factors)
    words = []
    if factors:
        signs = ", ".join(rf"${polynomial_latex(f)} \ge 0$" for f in factors)
        words.append(f"Here {signs}.")
    if evidence.multiplier != 1:
        words.append(rf"As $m > 0$ on a dense set, ${target.tex} \ge 0$ by continuity.")
    return words


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
