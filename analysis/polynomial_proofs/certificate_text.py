"""Certificates of polynomial problems for people: plain text and LaTeX."""

from __future__ import annotations

import textwrap
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import latex

from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from ..sos.decomposition import Square
from ..sos.evidence import Evidence, SumOfSquares
from ..sos.polynomials import Polynomial
from .claims import Target

if TYPE_CHECKING:
    from .certificate import PolynomialCertificate

CELLS = "≥ 0: its sign was decided at one point of each cell between its real roots"


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
    for target, evidence in zip(claim.targets, certificate.evidence, strict=True):
        rows.append(f"{target.tex} &= {polynomial_latex(target.polynomial)}")
        if isinstance(evidence, SumOfSquares):
            left = target.tex
            if evidence.multiplier != 1:
                left = rf"\left({polynomial_latex(evidence.multiplier)}\right) ({left})"
            terms = [(scalar_latex(s.weight), _square_latex(s)) for s in evidence.squares]
            rows.append(f"{left} &= {join_terms(terms).replace('−', '-')} \\ge 0")
        else:
            rows.append(rf"{target.tex} &\ge 0 \quad\text{{(sign on every cell)}}")
    return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"])


def polynomial_text(p: Polynomial) -> str:
    """Write a polynomial in Unicode."""
    return scalar_text(p.as_expr())


def polynomial_latex(p: Polynomial) -> str:
    """Write a polynomial in LaTeX."""
    return str(latex(p.as_expr()))


def squares_text(squares: tuple[Square, ...]) -> str:
    """Write a weighted sum of squares in Unicode."""
    return join_terms([(_weight(s.weight), _square_text(s)) for s in squares])


def _evidence_lines(target: Target, evidence: Evidence) -> list[str]:
    written = polynomial_text(target.polynomial)
    if not isinstance(evidence, SumOfSquares):
        return [f"  {target.name} = {written} {CELLS}"]
    right = squares_text(evidence.squares)
    lines = [f"  {target.name} = {written}"]
    if evidence.multiplier == 1:
        return lines if right == written else [*lines, f"    = {right}"]
    return [*lines, f"  ({polynomial_text(evidence.multiplier)})·({target.name}) = {right}"]


def _square_text(square: Square) -> str:
    factors = "".join(f"({polynomial_text(f)})" for f in square.factors)
    written = polynomial_text(square.polynomial)
    if square.polynomial == 1:
        return factors or "1"
    alone = square.polynomial.is_generator
    return factors + (f"{written}²" if alone else f"({written})²")


def _square_latex(square: Square) -> str:
    factors = "".join(rf"\left({polynomial_latex(f)}\right)" for f in square.factors)
    if square.polynomial == 1:
        return factors or "1"
    return rf"{factors}\left({polynomial_latex(square.polynomial)}\right)^2"


def _weight(weight: Fraction) -> Any:
    return scalar_text(weight)
