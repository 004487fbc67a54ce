"""Certificates of convergence in LaTeX: a theorem and a proof that a referee can read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..polynomial_proofs.certificate_text import proof_latex
from ..polynomial_proofs.decreasing import Decreasing, flow_latex
from ..readings.scalar_text import scalar_latex
from ..sos.polynomial_latex import (
    broken,
    joined,
    point_latex,
    polynomial_latex,
    polynomial_pieces,
    squares_pieces,
)
from ..sos.polynomials import Polynomial, restricted
from .existence import contraction_radius
from .facts import Fact, InSumOfSquares

if TYPE_CHECKING:
    from ..polynomial_proofs.certificate import PolynomialCertificate
    from .certificate import ConvergenceCertificate

REASONS = {
    "L(·, u) is affine along x − x*": r"$L(\cdot, u)$ is affine along $x - x^*$",
    "L(x, ·) is affine along u − u*": r"$L(x, \cdot)$ is affine along $u - u^*$",
    "L(·, u*) is constant there": r"$L(\cdot, u^*)$ is constant along $x - x^*$",
    "L(x*, ·) is constant there": r"$L(x^*, \cdot)$ is constant along $u - u^*$",
    "‖G‖² = 0": r"as $\|G\|^2 = 0$",
    "c is a zero of G": "$G(c) = 0$",
    "a square in −V̇": r"a square in $-\dot V = 0$",
}
EQUALITY = r"""\emph{Where the distance stands still.} With $c = (x^*, u^*)$,
\[ \langle G, Z - c\rangle = \bigl[\langle \partial_x L, x - x^*\rangle - L(x, u) + L(x^*, u)\bigr]
+ \bigl[L(x, u) - L(x, u^*) - \langle \partial_u L, u - u^*\rangle\bigr]
+ \bigl[L(x, u^*) - L(x^*, u)\bigr], \]
three terms that are not negative; on $\Omega$ all are $0$. So $L(\cdot, u)$ is affine on the
segment from $x^*$ to $x$, hence, as a polynomial, on its line and, as a convex function, on all
parallel ones (Rockafellar 1970, Theorem 8.8): $\langle \partial_x L(y, u), x - x^*\rangle$ does not
depend on $y$. And $L(\cdot, u^*)$, least at $x^*$ and at $x$, is constant along $x - x^*$:
$\langle \partial_x L(y, u^*), x - x^*\rangle = 0$ for all $y$. The same holds for $u$. The
coefficients of the powers of $y$ vanish on $\Omega$."""
LIMIT_SET = (
    r"\emph{Limit set.} So the limit set $\Omega$ of a trajectory is not empty, compact, connected "
    "and invariant, and what never increases is constant on it."
)


def certificate_latex(certificate: ConvergenceCertificate) -> str:
    """Write the theorem and its proof in LaTeX: sentences, and an ``align*`` of the facts."""
    setting = certificate.setting
    optimistic = bool(setting.rates[1])
    return "\n".join(
        [
            rf"\textbf{{Theorem.}} Every trajectory of {flow_latex(setting.flow)}, for "
            f"{setting.saddle.latex}, {_goal(certificate)}.",
            "",
            rf"\textbf{{Proof.}} \emph{{Boundedness.}} {_bounded(certificate)}",
            "",
            LIMIT_SET,
            "",
            *([EQUALITY, ""] if certificate.convexity and not optimistic else []),
            *_chain(certificate),
            rf"Hence $G = ({_vector(certificate)}) = 0$ on $\Omega$. {_end(certificate)}",
        ]
    )


def _goal(certificate: ConvergenceCertificate) -> str:
    kind = "saddle point" if certificate.convexity else "zero of $G$"
    zero, near = certificate.setting.zero, certificate.near
    if certificate.limit_is_known and zero is not None:
        return f"converges to the only {kind}, ${point_latex(zero)}$"
    if certificate.limit_is_known and near is not None:
        digits = ", ".join(f"{float(c):.6g}" for c in near.values())
        return f"converges to the only {kind}, which is $({digits})$, rounded"
    if certificate.has_a_limit:
        return f"converges to a {kind}"
    return "tends to the set of zeros of $G$"


def _bounded(certificate: ConvergenceCertificate) -> str:
    """Say why trajectories are bounded."""
    parts, names = [], certificate.setting.saddle.names
    if certificate.convexity is not None:
        parts += [
            f"$L$ is convex in $x$ and concave in $u$. {proof_latex(certificate.convexity)}",
            _monotone(certificate),
            _zero(certificate),
        ]
    if certificate.decrease is not None:
        V = polynomial_latex(_function(certificate.decrease))
        parts.append(f"$V = {V}$ never increases. {proof_latex(certificate.decrease)}")
    if certificate.decrease is not None and certificate.coercive is not None:
        p = certificate.coercive.claim.targets[0].polynomial
        gap = " ".join(polynomial_pieces(restricted(_function(certificate.decrease), names) - p))
        parts.append(rf"$V = p {gap}$ with $p \ge 0$, so $V \to \infty$ at infinity.")
        parts.append(proof_latex(certificate.coercive))
    return "\n".join(parts)


def _function(certificate: PolynomialCertificate) -> Polynomial:
    claim = certificate.claim
    assert isinstance(claim, Decreasing)
    return claim.V


def _monotone(certificate: ConvergenceCertificate) -> str:
    if certificate.setting.rates[1]:
        return (
            r"So $G$ is monotone, $Z \mapsto W = Z + \beta G(Z)$ is a homeomorphism, and for every "
            r"saddle point $s$, where $W = s$, half the squared distance of $W$ to $s$ has the "
            r"derivative $-\alpha\langle G(Z), Z - s\rangle - \alpha\beta\|G(Z)\|^2 \le 0$."
        )
    return (
        "So $G$ is monotone, and for every saddle point $s$ half the squared distance of $Z$ to "
        r"$s$ has the derivative $-\langle G(Z), Z - s\rangle \le 0$."
    )


def _zero(certificate: ConvergenceCertificate) -> str:
    """Name the saddle point c, or say why there is one."""
    zero, near = certificate.setting.zero, certificate.near
    if zero is not None:
        return f"One is $c = {point_latex(zero)}$."
    if near is None:
        return (
            "There is one, $c$: a lexicographic Gröbner basis of $G$ gives all coordinates as "
            "polynomials in one, whose equation has a real root by Sturm's theorem."
        )
    r = contraction_radius(certificate.setting.saddle, near)
    m = ", ".join(f"${scalar_latex(value)}$" for value in near.values())
    return (
        rf"There is one, $c$, with $\|c - m\|_\infty \le 10^{{{_exponent(r)}}}$, where $m$ has the "
        rf"coordinates {m}: on that box $z \mapsto z - DG(m)^{{-1}}G(z)$ is a contraction into "
        "itself, bounded in rational arithmetic (coordinates along which $G$ is constant being "
        "held)."
    )


def _exponent(r: Fraction | None) -> int:
    """Exponent of a power of ten."""
    return 1 - len(str(r.denominator)) if r else 0


def _chain(certificate: ConvergenceCertificate) -> list[str]:
    """Write what vanishes on the limit set, fact by fact."""
    if not certificate.facts:
        return []
    numbers = [f"({i})" for i in range(1, len(certificate.facts) + 1)]
    rows = [
        rf"{broken(polynomial_pieces(fact.polynomial))} &= 0 && \text{{{_reason(fact, numbers)}}}"
        rf" \tag{{{i}}}"
        for i, fact in enumerate(certificate.facts, start=1)
    ]
    return [
        r"\emph{Facts.} On $\Omega$ vanish, derivatives along the flow being reduced modulo the "
        "facts before:",
        r"\begin{align*}",
        " \\\\\n".join(rows),
        r"\end{align*}",
    ]


def _reason(fact: Fact, numbers: list[str]) -> str:
    if isinstance(fact.rule, InSumOfSquares):
        return rf"as ${joined(squares_pieces(fact.rule.squares))} = 0$ by those before"
    return REASONS.get(text := fact.rule.about(numbers), text)


def _vector(certificate: ConvergenceCertificate) -> str:
    return ",\\ ".join(map(polynomial_latex, certificate.setting.saddle.operator))


def _end(certificate: ConvergenceCertificate) -> str:
    if certificate.convexity is None:
        return (
            "So $Z$ tends to the zeros of $G$, and to one of them if there are finitely many, as "
            r"$\Omega$ is connected. \hfill$\square$"
        )
    return (
        "So the points of $\\Omega$ are saddle points, and as the distance to each of them never "
        r"increases, there is only one, the limit. \hfill$\square$"
    )
