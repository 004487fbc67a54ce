"""Prove or refute claims about one problem with polynomial L."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.gradient import GradientFlow
from ..basics.proof_outcome import CertificateError, Proved, Refuted, Unknown
from ..basics.ranges import Range
from ..sos.nonnegativity import nonnegative
from ..sos.polynomial_text import point_text
from ..sos.polynomials import polynomial_ring, read_polynomial, used_names, value_at
from .certificate import PolynomialCertificate
from .claims import Nonnegative, PolynomialClaim, named_box
from .convex_concave import ConvexConcave
from .decreasing import Decreasing
from .flow_derivative import flow_state
from .saddle_polynomial import saddle_polynomial
from .saddle_set import distance_function

if TYPE_CHECKING:
    from ...flows.problems.problem import SaddleProblem

Box = Mapping[Any, Range | str]
"""Name -> range, or text such as ``"0 <= x <= 1"``."""


@dataclass(frozen=True)
class Counterexample:
    """A rational point where a claim about a polynomial problem fails.

    Parameters
    ----------
    claim : PolynomialClaim
        What is refuted.
    name : str
        Which of its targets is negative, e.g. ``−V̇``.
    point : mapping
        Name of a variable that matters -> exact coordinate.
    value : Fraction
        Value of the target there, < 0.
    """

    claim: PolynomialClaim
    name: str
    point: Mapping[str, Fraction]
    value: Fraction

    def verify(self) -> None:
        """Compute the target and its value anew.

        Raises
        ------
        CertificateError
            The point does not refute the claim.
        """
        target = next(t for t in self.claim.targets if t.name == self.name)
        for name, span in self.claim.domain.items():
            if name in self.point and not span.contains(
                Range(self.point[name], self.point[name], True, True)
            ):
                raise CertificateError(f"{name} = {self.point[name]} is not in {span.about(name)}")
        value = value_at(target.polynomial, self.point)
        if value != self.value or value >= 0:
            raise CertificateError(f"{self.name} = {value} there, which refutes nothing")

    def to_dict(self) -> dict[str, Any]:
        """Return the point and the value as text, for JSON."""
        point = {name: str(value) for name, value in self.point.items()}
        return {"target": self.name, "point": point, "value": str(self.value)}

    def __str__(self) -> str:
        found = f"{point_text({self.name: self.value})} < 0 at {point_text(self.point)}"
        return f"not true: {self.claim.statement}\n  {found}"


def prove_decrease_on(
    problem: SaddleProblem, V: Any = None, flow: Flow | None = None, *, box: Box | None = None
) -> Proved | Refuted | Unknown:
    """Prove that V never increases along a flow of one given problem with polynomial L.

    ``−V̇`` is a polynomial in Z (and, for an anchored flow, in Z0 and t). It is written as an
    exact sum of squares, with multipliers from the box where one is given; or decided cell by
    cell, in one or two variables; or refuted by a rational point with ``V̇ > 0``. For a
    flow that depends on t or on Z0, all solutions of its equation are meant, through any Z at any
    t > 0 and for any Z0: those that start at Z(0) = Z0 are some of them.

    Parameters
    ----------
    problem : SaddleProblem
        With polynomial L and rational coefficients.
    V : str or SymPy expression, optional
        Polynomial in the variables of the problem, which stand for the state of the flow: Z
        itself, or ``W = Z + βG(Z)`` for the optimistic flow. For an anchored flow also in the
        coordinates of Z0, called x_0, u_0, …, and in t. Without it, half the squared distance
        of the state to a rational saddle point.
    flow : Flow, optional
        With rational parameters; the gradient flow without it.
    box : mapping, optional
        Ranges of variables, ``{"x": "-1 <= x <= 1"}``: V̇ ≤ 0 is claimed there alone.

    Returns
    -------
    Proved, Refuted or Unknown
        With a `PolynomialCertificate`, with a `Counterexample`, with the reason.

    Raises
    ------
    ProblemError
        L or V is not such a polynomial, the flow has no such form, or the box is not one.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> problem = SaddleProblem("0.2*x^2 + x*u", "x", "u")
    >>> print(prove_decrease_on(problem, "x^2/2 + u^2/2").certificate)
    V = u²/2 + x²/2 never increases along the gradient saddle flow of min over x, max over u of L =
    u·x + x²/5
    Proof:
      −V̇ = 2·x²/5
        = 2/5 x²
    """
    saddle = saddle_polynomial(problem)
    flow = GradientFlow() if flow is None else flow
    state = flow_state(saddle, flow)
    polynomial = (
        distance_function(problem, state.ring) if V is None else read_polynomial(V, state.ring)
    )
    return prove(Decreasing(saddle, flow, polynomial, named_box(box)))


def prove_convexity(
    problem: SaddleProblem, *, box: Box | None = None
) -> Proved | Refuted | Unknown:
    """Prove that a polynomial L is convex in x and concave in u, everywhere or on a box.

    The second derivatives along a direction v, ``vᵀ∂_xxL(z)v`` and ``−vᵀ∂_uuL(z)v``, are
    polynomials in z and v; they are treated as in `prove_decrease_on`. This decides problems
    that `SaddleProblem.convexity` leaves open: it applies rules, and knows no boxes.

    Parameters
    ----------
    problem : SaddleProblem
        With polynomial L and rational coefficients.
    box : mapping, optional
        Ranges of variables, ``{"x": "-1 <= x <= 1"}``.

    Returns
    -------
    Proved, Refuted or Unknown

    Raises
    ------
    ProblemError
        L is not such a polynomial, or the box is not one.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> problem = SaddleProblem("x^4 + x^3*y + 2*x^2*y^2 + x*y^3 + y^4 + x*u", "x y", "u")
    >>> problem.convexity().status, bool(prove_convexity(problem))
    ('unknown', True)
    >>> print(prove_convexity(SaddleProblem("x^4/12 - x^2/2 + x*u", "x", "u")))
    refuted
    not true: L = u·x + x⁴/12 − x²/2 is convex in x and concave in u
      v·∂²L/∂x²·v = −1 < 0 at x = 0, v_x = −1
    """
    return prove(ConvexConcave(saddle_polynomial(problem), named_box(box)))


def prove_nonnegative_polynomial(
    p: Any, variables: Sequence[str] | None = None, *, box: Box | None = None
) -> Proved | Refuted | Unknown:
    """Prove that a polynomial with rational coefficients is nowhere negative on a box.

    Parameters
    ----------
    p : str or SymPy expression
        The polynomial.
    variables : sequence of str, optional
        Their names and order; needed for text.
    box : mapping, optional
        Ranges of variables.

    Returns
    -------
    Proved, Refuted or Unknown

    Raises
    ------
    ProblemError
        `p` is not such a polynomial, or the box is not one.

    Examples
    --------
    >>> motzkin = "x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2"  # nowhere negative, no sum of squares
    >>> bool(prove_nonnegative_polynomial(motzkin, ["x", "y"]))
    True
    """
    if variables is None:
        if isinstance(p, str):
            raise ProblemError("name the variables of the text, e.g. variables=['x', 'y']")
        variables = sorted({s.name for s in sympy.sympify(p, strict=True).free_symbols})
    if len(set(variables)) < len(variables):
        raise ProblemError(f"{', '.join(variables)} are not different names of variables")
    ring = polynomial_ring(variables)
    return prove(Nonnegative(read_polynomial(p, ring), named_box(box)))


def prove(claim: PolynomialClaim) -> Proved | Refuted | Unknown:
    """Prove a claim target by target; what is returned has verified itself."""
    evidence, reasons = [], []
    for target in claim.targets:
        found = nonnegative(target.polynomial, claim.domain)
        if isinstance(found, dict):
            point = {name: found[name] for name in used_names([target.polynomial])}
            value = value_at(target.polynomial, point)
            witness = Counterexample(claim, target.name, point, value)
            witness.verify()
            return Refuted(witness)
        if isinstance(found, Unknown):
            reasons.append(f"{target.name}: {found.reason}")
        else:
            evidence.append(found)
    if reasons:
        return Unknown("; ".join(reasons))
    certificate = PolynomialCertificate(claim, tuple(evidence))
    certificate.verify()
    return Proved(certificate)
