"""Certificates of convergence for people: plain text and LaTeX."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.decreasing import flow_latex
from ..sos.polynomial_text import point_text, polynomial_latex, shortened

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
        lines += [*_indented(certificate.coercive), "  so V tends to infinity at infinity"]
    lines += _wrapped(f"  {LIMIT_SET}")
    for number, fact in zip(facts, certificate.facts, strict=True):
        lines.append(f"  {number} {shortened(fact.polynomial)} = 0: {fact.rule.about(facts)}")
    G = ", ".join(shortened(g) for g in certificate.setting.saddle.operator)
    return "\n".join([*lines, *_wrapped(f"  hence G = ({G}) = 0 on Ω; {_end(certificate)}")])


def certificate_latex(certificate: ConvergenceCertificate) -> str:
    """Write the theorem and its proof in LaTeX: sentences, and an ``align`` of the facts."""
    facts = [f"({i})" for i in range(1, len(certificate.facts) + 1)]
    rows = [
        rf"{polynomial_latex(fact.polynomial)} &= 0 && \text{{{_plain(fact.rule.about(facts))}}}"
        rf" \tag{{{i}}}"
        for i, fact in enumerate(certificate.facts, start=1)
    ]
    G = ", ".join(polynomial_latex(g) for g in certificate.setting.saddle.operator)
    chain = [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"] if rows else []
    flow = flow_latex(certificate.setting.flow).replace("&", "")
    L = polynomial_latex(certificate.setting.saddle.L)
    kind = "a saddle point" if certificate.convexity else "the set of zeros of $G$"
    return "\n".join(
        [
            f"Every trajectory of ${flow}$, with $L = {L}$, tends to {kind}.",
            *_bounded_latex(certificate),
            r"So the limit set $\Omega$ of a trajectory is not empty, compact and invariant, and "
            "what never increases is constant on it. On it, therefore,",
            *chain,
            f"hence $G = ({G}) = 0$ on $\\Omega$; {_end(certificate)}",
        ]
    )


def _bounded_latex(certificate: ConvergenceCertificate) -> list[str]:
    """Why trajectories are bounded, in LaTeX."""
    parts = []
    if certificate.convexity is not None:
        optimistic = bool(certificate.setting.rates[1])
        W = r"W = Z + \beta G(Z)" if optimistic else "Z"
        slope = (
            r"-\alpha\langle G(Z), Z - s\rangle" if optimistic else r"-\langle G(Z), Z - s\rangle"
        )
        more = r" - \alpha\beta\|G(Z)\|^2" if optimistic else ""
        parts += [
            certificate.convexity.to_latex(),
            f"So $G$ is monotone, and half the squared distance of ${W}$ to a saddle point $s$ has "
            f"the derivative ${slope}{more} \\le 0$.",
        ]
    if certificate.decrease is not None:
        parts.append(certificate.decrease.to_latex())
    if certificate.coercive is not None:
        form = polynomial_latex(certificate.coercive.claim.targets[0].polynomial)
        parts.append(f"$V \\to \\infty$ at infinity: its highest form exceeds $p = {form}$, where")
        parts.append(certificate.coercive.to_latex())
    return parts


def _plain(text: str) -> str:
    return text.replace("_", r"\_")


LIMIT_SET = (
    "The limit set Ω of a trajectory is not empty, compact and invariant, and what never increases "
    "is constant on it. So on Ω"
)


def _convex(certificate: ConvergenceCertificate) -> str:
    point = "W = Z + βG(Z)" if certificate.setting.rates[1] else "Z"
    setting = certificate.setting
    c = ", ".join(map(str, setting.center)) if setting.zero is None else point_text(setting.zero)
    exists = "there is one" if setting.zero is None else "one is"
    return f"so the distance of {point} to every saddle point never increases; {exists} c: {c}."


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
