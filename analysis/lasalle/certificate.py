"""Certificates of convergence, which verify themselves again from their data alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sympy.polys.rings import PolyRing

from ...flows.results.files import write_atomically
from ..basics.proof_outcome import CertificateError
from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.claims import Nonnegative
from ..polynomial_proofs.convex_concave import ConvexConcave
from ..polynomial_proofs.decreasing import Decreasing, flow_text
from ..polynomial_proofs.saddle_set import is_zero
from ..sos.evidence import SumOfSquares
from ..sos.polynomial_text import point_text
from ..sos.polynomials import Polynomial, restricted, used_names
from .certificate_json import certificate_json
from .certificate_latex import certificate_latex
from .certificate_text import certificate_text
from .existence import encloses_zero, has_real_zero, is_isolated
from .facts import Fact, FromConvexity, FromSquares
from .ideals import Ideal
from .setting import Setting


@dataclass(frozen=True)
class ConvergenceCertificate:
    """Certificate that every trajectory of a flow converges, after LaSalle and Krasovskii.

    Let Z be a trajectory and Ω its limit set.

    1. *Bounded.* If L is convex-concave, ``½‖W − s‖²`` never increases, for every saddle point s:
       its derivative is −α⟨G, Z − s⟩ − αβ‖G‖² ≤ 0, where W = Z + βG(Z) (and W = Z if β = 0).
       Or V never increases and V → ∞ at infinity. So the trajectory exists for all t ≥ 0 and is
       bounded, and Ω is not empty, compact and invariant.
    2. *Constant.* A continuous function that never increases along trajectories is constant on
       Ω; on it, therefore, the derivative of ``½‖W − c‖²``, and of V, is 0.
    3. *Facts.* Polynomials vanish on Ω for that reason, and further ones follow from these: the
       derivative along the flow of one that vanishes on the invariant set Ω vanishes there, and
       so does what has a power, or is squared in a sum of squares, in the ideal of the others.
    4. *Conclusion.* All components of G lie in the ideal. So every point of Ω is a zero of G. If
       L is convex-concave it is a saddle point s, the distance of W(t) to it (W = s at s) never
       increases by 1 and is arbitrarily small along a sequence: Z(t) → s. Otherwise Z(t) tends to
       the set of zeros, and to one of them if there are finitely many, as Ω is connected.

    For β > 0 the map Z ↦ W is a homeomorphism, L being convex-concave; so all of this may be
    said in coordinates of Z or of W.

    Parameters
    ----------
    setting : Setting
        Problem, flow, and the zero c.
    near : mapping or None
        Centre of a box that contains c, if the coordinates of c are not known.
    convexity : PolynomialCertificate or None
        That L is convex-concave.
    decrease, coercive : PolynomialCertificate or None
        That V never increases, and that V ≥ ε‖z‖² − C, so that V → ∞ at infinity.
    facts : tuple of Fact
        The third step.
    """

    setting: Setting
    near: Mapping[str, Fraction] | None
    convexity: PolynomialCertificate | None
    decrease: PolynomialCertificate | None
    coercive: PolynomialCertificate | None
    facts: tuple[Fact, ...]

    @property
    def ideal(self) -> Ideal:
        """Ideal of all that vanishes on limit sets; its real points are the zeros of G."""
        return Ideal.of(self.setting.ring, [fact.polynomial for fact in self.facts])

    @property
    def statement(self) -> str:
        """What is proved, in words."""
        where = f"the {flow_text(self.setting.flow)} of {self.setting.saddle.about()}"
        kind = "saddle point" if self.convexity else "zero of G"
        if self.limit_is_known:
            at = self._limit_text()
            return f"every trajectory of {where} converges to the only {kind}, {at}"
        if self.has_a_limit:
            return f"every trajectory of {where} converges to a {kind}"
        return f"every trajectory of {where} tends to the set of zeros of G"

    @property
    def has_a_limit(self) -> bool:
        """Whether trajectories converge to one zero of G, not only to the set of all of them."""
        ring, operator = self.setting.saddle.ring, self.setting.saddle.operator
        return self.convexity is not None or Ideal.of(ring, operator).is_finite

    @property
    def limit_is_known(self) -> bool:
        """Whether there is only one zero of G, whose coordinates are known, exactly or nearly.

        The zeros of a monotone G form a convex set: one that is isolated is the only one.
        """
        if self.setting.zero is None:
            isolated = self.near is not None and is_isolated(self.setting.saddle)
            return isolated and self.convexity is not None
        basis = self.ideal.basis
        linear = all(len(g) <= 2 and max(map(sum, g)) == 1 for g in basis)
        return linear and self.ideal.is_finite and len(basis) == self.setting.ring.ngens

    def _limit_text(self) -> str:
        if self.setting.zero is not None:
            return point_text(self.setting.zero)
        return ", ".join(f"{name} ≈ {float(c):.6g}" for name, c in (self.near or {}).items())

    @property
    def rests_on_solver(self) -> bool:
        """Whether z3 has to be believed."""
        parts = (self.convexity, self.decrease, self.coercive)
        return any(part is not None and part.rests_on_solver for part in parts)

    def verify(self) -> None:
        """Verify all four steps anew, in exact arithmetic.

        Raises
        ------
        CertificateError
            With what fails.
        """
        self._verify_zero()
        self._verify_hypotheses()
        earlier: list[Polynomial] = []
        for number, fact in enumerate(self.facts, start=1):
            if isinstance(fact.rule, FromConvexity) and self.convexity is None:
                raise CertificateError(f"fact {number} needs a convex-concave L")
            if isinstance(fact.rule, FromSquares) and fact.polynomial not in self.squares:
                raise CertificateError(f"fact {number} is no square in −V̇")
            if not fact.rule.allows(fact.polynomial, earlier, self.setting):
                raise CertificateError(f"fact {number}, {fact.polynomial} = 0, does not follow")
            earlier.append(fact.polynomial)
        for g in self.setting.operator:
            if g not in self.ideal:
                raise CertificateError(f"{g}, a component of G, need not vanish on limit sets")

    @property
    def squares(self) -> list[Polynomial]:
        """What is squared in the identity for −V̇."""
        if self.decrease is None:
            return []
        names = self.setting.saddle.names
        return [
            restricted(square.polynomial, names).set_ring(self.setting.ring).monic()
            for evidence in self.decrease.evidence
            if isinstance(evidence, SumOfSquares)
            for square in evidence.squares
        ]

    def _verify_zero(self) -> None:
        """Check that c is a zero of G, or, if its coordinates are not known, that there is one."""
        saddle, zero, near = self.setting.saddle, self.setting.zero, self.near
        if near is not None and (zero is not None or not encloses_zero(saddle, near)):
            raise CertificateError("the box is not one around a zero of G")
        if zero is None:
            if self.convexity is not None and near is None and not has_real_zero(saddle):
                raise CertificateError("G is not known to have a zero")
        elif list(zero) != saddle.names or not is_zero(saddle, zero):
            raise CertificateError("c is not a zero of G")

    def _verify_hypotheses(self) -> None:
        """Check that L is convex-concave, or V proper and decreasing, as is said."""
        saddle, flow = self.setting.saddle, self.setting.flow
        for certificate in filter(None, (self.convexity, self.decrease, self.coercive)):
            certificate.verify()
        if self.convexity is not None and self.convexity.claim != ConvexConcave(saddle, {}):
            raise CertificateError("the proof of convexity is about another problem")
        if self.decrease is not None:
            claim = self.decrease.claim
            if not isinstance(claim, Decreasing) or claim.box:
                raise CertificateError("V is not proved to decrease everywhere")
            if (claim.saddle, claim.flow) != (saddle, flow):
                raise CertificateError("V is proved to decrease for another problem or flow")
            if not set(used_names([claim.V])) <= set(saddle.names):
                raise CertificateError("V depends on more than the point")
        if self.convexity is None and (self.setting.rates[1] or not self._is_coercive()):
            raise CertificateError("trajectories are not proved to be bounded")

    def _is_coercive(self) -> bool:
        """Whether V is proved to tend to infinity: V + C − ε‖z‖² ≥ 0 with ε > 0."""
        if self.decrease is None or self.coercive is None:
            return False
        claim, decreasing = self.coercive.claim, self.decrease.claim
        if not isinstance(claim, Nonnegative) or not isinstance(decreasing, Decreasing):
            return False
        V = restricted(decreasing.V, self.setting.saddle.names)
        if claim.box or claim.polynomial.ring != V.ring:
            return False
        gap = V - claim.polynomial
        epsilon = gap.coeff(V.ring.gens[0] ** 2)
        return bool(epsilon > 0 and (gap - squared_norm(V.ring) * epsilon).is_ground)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate as JSON, whole or not at all."""
        content = self.to_json().encode()
        write_atomically(path, lambda file: file.write(content))

    def to_json(self) -> str:
        """Return the certificate as JSON; `read_convergence_certificate` reads it."""
        return certificate_json(self)

    def to_latex(self) -> str:
        """Return the theorem and its proof in LaTeX."""
        return certificate_latex(self)

    def __str__(self) -> str:
        return certificate_text(self)


def squared_norm(ring: PolyRing) -> Polynomial:
    """‖z‖² as a polynomial."""
    return sum((z**2 for z in ring.gens), ring.zero)
