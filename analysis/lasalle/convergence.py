"""Does every trajectory of a flow converge? LaSalle–Krasovskii for polynomial problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import QQ

from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.gradient import GradientFlow
from ..basics.proof_outcome import Proved, Refuted, Unknown
from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.claims import Nonnegative
from ..polynomial_proofs.convex_concave import ConvexConcave
from ..polynomial_proofs.decreasing import Decreasing
from ..polynomial_proofs.flow_derivative import flow_state
from ..polynomial_proofs.proving import prove
from ..polynomial_proofs.saddle_polynomial import SaddlePolynomial, saddle_polynomial
from ..polynomial_proofs.saddle_set import rational_zero
from ..sos.polynomials import Polynomial, read_polynomial, restricted, used_names
from .certificate import ConvergenceCertificate, squared_norm
from .derivation import derive
from .existence import has_real_zero, zero_near
from .facts import Fact, FromConvexity, FromSquares
from .kept_distance import kept_distance
from .no_zero import no_zero
from .setting import Setting

if TYPE_CHECKING:
    from ...flows.problems.problem import SaddleProblem

EPSILONS = (QQ(1, 10), QQ(1, 1000))  # V ≥ ε‖z‖² − C is tried with these
CONSTANTS = (0, 1, 100, 10**4)


def prove_convergence(
    problem: SaddleProblem, flow: Flow | None = None, V: Any = None
) -> Proved | Refuted | Unknown:
    """Prove that every trajectory of a flow of a polynomial problem tends to a saddle point.

    The invariance principle of LaSalle and Krasovskii, with every step exact: see
    `ConvergenceCertificate` for the argument. The Lyapunov function is half the squared distance
    to a saddle point when L is convex-concave, which is proved first; V is used besides, or
    instead when L is not convex-concave, and then has to tend to infinity.

    Parameters
    ----------
    problem : SaddleProblem
        With polynomial L, rational coefficients, and a zero of G.
    flow : Flow, optional
        The gradient flow, without it, or the optimistic flow, with rational parameters.
    V : str or SymPy expression, optional
        Polynomial in the variables of the problem, which stand for Z, or for W = Z + βG(Z).

    Returns
    -------
    Proved
        With a `ConvergenceCertificate`.
    Refuted
        With a `KeptDistance`: a start from which the distance to all saddle points is constant;
        or with `NoZero`: there is no saddle point.
    Unknown
        With the reason, and what was found to vanish on limit sets.

    Raises
    ------
    ProblemError
        L or V is not such a polynomial, V depends on time, or the flow on time or its start.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> print(prove_convergence(SaddleProblem("0.2*x^2 + x*u", "x", "u")).certificate)
    every trajectory of the gradient saddle flow of min over x, max over u of L = u·x + x²/5
    converges to the only saddle point, x = 0, u = 0
    Proof:
      L = u·x + x²/5 is convex in x and concave in u
        v·∂²L/∂x²·v = 2·v_x²/5
          = 2/5 v_x²
        −v·∂²L/∂u²·v = 0
      so the distance of Z to every saddle point never increases; one is c = (x*, u*): x = 0, u = 0.
      The limit set Ω of a trajectory is not empty, compact and invariant, and what never increases
      is constant on it. Where the distance to c stands still, L(·, u) is affine on the segment from
      x* to x, so along x − x* everywhere, and L(·, u*) is constant along it; alike in u. So on Ω
      (1) x = 0: L(·, u) is affine along x − x*
      (2) u = 0: derivative of (1)
      hence G = (u + 2·x/5, −x) = 0 on Ω; so its points are saddle points, and as the distance to
      each of them never increases, there is only one, the limit.
    >>> print(prove_convergence(SaddleProblem("x*u", "x", "u")))
    refuted
    not true: every trajectory of the gradient saddle flow of
      min over x, max over u of L = u·x
      converges to a saddle point.
      On the whole space, which is invariant, the distance of Z to every saddle point
      is constant; the trajectory from x = 1, u = 0, no saddle point,
      stays there.
    """
    saddle, flow = saddle_polynomial(problem), GradientFlow() if flow is None else flow
    claim = None if V is None else _decreasing(saddle, flow, V)
    zero = rational_zero(problem)
    near = zero_near(problem, saddle) if zero is None else None
    if zero is None and near is None and (none := no_zero(saddle, flow)) is not None:
        return Refuted(none)
    hypotheses = _hypotheses(Setting(saddle, flow, zero), claim)
    if isinstance(hypotheses, Unknown):
        return hypotheses
    if zero is None and hypotheses.convexity is not None:
        if near is None and not has_real_zero(saddle):
            return Unknown("no zero of G was found")
        hypotheses = replace(hypotheses, near=near)
    return _concluded(hypotheses)


def _hypotheses(setting: Setting, claim: Decreasing | None) -> ConvergenceCertificate | Unknown:
    """Prove that trajectories are bounded: a certificate whose facts are missing."""
    convex = prove(ConvexConcave(setting.saddle, {}))
    convexity = convex.certificate if isinstance(convex, Proved) else None
    falls = None if claim is None else prove(claim)
    if isinstance(falls, Refuted | Unknown):
        return Unknown(f"V is not known to decrease; {falls}")
    decrease = None if falls is None else falls.certificate
    coercive = None
    if convexity is None:
        coercive = None if claim is None else _coercive(restricted(claim.V, setting.saddle.names))
        if coercive is None:
            need = "L is not known to be convex-concave, so a V that tends to infinity is needed"
            return Unknown(f"{need}; {convex}")
        if setting.rates[1]:
            return Unknown(f"the argument for optimism needs a convex-concave L; {convex}")
    return ConvergenceCertificate(setting, None, convexity, decrease, coercive, ())


def _concluded(hypotheses: ConvergenceCertificate) -> Proved | Refuted | Unknown:
    """Derive what vanishes on limit sets, and conclude."""
    setting, convexity = hypotheses.setting, hypotheses.convexity
    derivation = derive(setting, _start(hypotheses))
    if not derivation.reached and convexity is not None and setting.equations:
        more = (Fact(p, FromConvexity(reason)) for reason, p in setting.equations)
        derivation = derive(setting, itertools.chain(_start(hypotheses), more))
    if derivation.reached:
        certificate = replace(hypotheses, facts=derivation.facts)
        certificate.verify()
        return Proved(certificate)
    witness = kept_distance(setting, convexity, derivation.ideal) if convexity else None
    if witness is not None:
        return Refuted(witness)
    return Unknown(f"on limit sets only the ideal {derivation.ideal} was found to vanish")


def _decreasing(saddle: SaddlePolynomial, flow: Flow, V: Any) -> Decreasing:
    claim = Decreasing(saddle, flow, read_polynomial(V, flow_state(saddle, flow).ring), {})
    if not set(used_names([claim.V])) <= set(saddle.names):
        raise ProblemError(f"V = {claim.V} depends on time or on the start; give V of the point")
    return claim


def _coercive(V: Polynomial) -> PolynomialCertificate | None:
    """Prove that V ≥ ε‖z‖² − C."""
    for epsilon, C in itertools.product(EPSILONS, CONSTANTS):
        result = prove(Nonnegative(V + C - squared_norm(V.ring) * epsilon, {}))
        if isinstance(result, Proved) and not result.certificate.rests_on_solver:
            certificate: PolynomialCertificate = result.certificate
            return certificate
    return None


def _start(certificate: ConvergenceCertificate) -> Iterator[Fact]:
    """Yield what vanishes on limit sets at once."""
    if certificate.convexity is not None:
        equalities = certificate.setting.equalities
        yield from (Fact(p, FromConvexity(reason)) for reason, p in equalities)
    squares: list[Polynomial] = certificate.squares
    yield from (Fact(p, FromSquares()) for p in squares)
