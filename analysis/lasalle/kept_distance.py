"""Trajectories that keep their distance to all saddle points: the invariant set is too large."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from ...flows.gradient import GradientFlow
from ..basics.proof_outcome import CertificateError
from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.convex_concave import ConvexConcave
from ..polynomial_proofs.decreasing import flow_text
from ..polynomial_proofs.saddle_set import is_zero
from ..sos.polynomial_text import point_text, polynomial_text
from ..sos.polynomials import Polynomial, fraction, rational, value_at
from .ideals import Ideal
from .setting import Setting

NEAR = (0, 1, -1, 2, -2)
GRID_SIZE = 5000  # most points tried


@dataclass(frozen=True)
class KeptDistance:
    """A start from which a trajectory keeps its distance to every saddle point.

    On the set where the polynomials of an ideal vanish, the derivative of ``½‖W − c‖²`` is 0,
    and the flow does not leave that set: the ideal contains the derivatives of its elements.
    So W(t) keeps its distance to the saddle point c, and Z(t) does not converge to it. The same
    is shown for all other saddle points: Z(t) converges to none.

    Parameters
    ----------
    setting : Setting
        Problem, flow, and the zero c.
    convexity : PolynomialCertificate
        That L is convex-concave, so that all zeros are saddle points.
    generators : tuple of Polynomial
        The ideal; none for the whole space.
    start : mapping
        A point of the set that is no zero of G.
    """

    setting: Setting
    convexity: PolynomialCertificate
    generators: tuple[Polynomial, ...]
    start: Mapping[str, Fraction]

    def verify(self) -> None:
        """Verify all of this anew, in exact arithmetic.

        Raises
        ------
        CertificateError
            With what fails.
        """
        setting, ideal = self.setting, Ideal.of(self.setting.saddle.ring, self.generators)
        self.convexity.verify()
        if self.convexity.claim != ConvexConcave(setting.saddle, {}):
            raise CertificateError("the proof of convexity is about another problem")
        if setting.zero is None or not is_zero(setting.saddle, setting.zero):
            raise CertificateError("c is not a zero of G")
        if setting.distance_slope not in ideal:
            raise CertificateError("the distance to c is not constant on the set")
        if any(setting.derivative(g) not in ideal for g in self.generators):
            raise CertificateError("the flow leaves the set")
        if any(value_at(g, self.start) for g in self.generators):
            raise CertificateError("the start is not in the set")
        if is_zero(setting.saddle, self.start):
            raise CertificateError("the start is a zero of G")
        if not _keeps_all_distances(setting, self.generators):
            raise CertificateError("the distance to other zeros of G is not known to be constant")

    def to_dict(self) -> dict[str, Any]:
        """Return the set, the start and the saddle point as text, for JSON."""
        return {
            "invariant_set": [str(g) for g in self.generators],
            "start": {name: str(value) for name, value in self.start.items()},
            "saddle_point": {name: str(value) for name, value in self.setting.point.items()},
        }

    def __str__(self) -> str:
        equations = ", ".join(f"{polynomial_text(g)} = 0" for g in self.generators)
        where = f"the set {equations}" if equations else "the whole space"
        state = "W" if self.setting.rates[1] else "Z"
        return "\n".join(
            [
                f"not true: every trajectory of the {flow_text(self.setting.flow)} of",
                f"  {self.setting.saddle.about()}",
                "  converges to a saddle point.",
                f"  On {where}, which is invariant, the distance of {state} to every saddle point",
                f"  is constant; the trajectory from {point_text(self.start)}, no saddle point,",
                "  stays there.",
            ]
        )


def kept_distance(
    setting: Setting, convexity: PolynomialCertificate, ideal: Ideal
) -> KeptDistance | None:
    """Return a start in the real zeros of an invariant ideal from which Z cannot converge."""
    if setting.zero is None:
        return None
    for start in _points(setting, ideal):
        if not is_zero(setting.saddle, start):
            found = KeptDistance(setting, convexity, ideal.basis, start)
            try:
                found.verify()
            except CertificateError:
                return None
            return found
    return None


def _points(setting: Setting, ideal: Ideal) -> Iterator[dict[str, Fraction]]:
    """Yield rational points of the set: along its linear directions at c, and on a grid at c."""
    names, zero = setting.saddle.names, list(setting.point.values())
    small = len(NEAR) ** len(names) <= GRID_SIZE
    grid = itertools.product(map(Fraction, NEAR), repeat=len(names)) if small else ()
    for move in itertools.chain(map(tuple, _directions(setting, ideal)), grid):
        values = [c + step for c, step in zip(zero, move, strict=True)]
        point = dict(zip(names, values, strict=True))
        if not any(value_at(g, point) for g in ideal.basis):
            yield point


def _directions(setting: Setting, ideal: Ideal) -> list[list[Fraction]]:
    """Basis of the tangent directions at c that all generators allow."""
    gens, d = setting.saddle.ring.gens, len(setting.saddle.names)
    if not ideal.basis:
        return [[Fraction(i == j) for j in range(d)] for i in range(d)]
    rows = [[rational(value_at(g.diff(z), setting.point)) for z in gens] for g in ideal.basis]
    kernel = DomainMatrix(rows, (len(rows), d), QQ).nullspace()
    return [[fraction(v) for v in row] for row in kernel.to_list()]


def _keeps_all_distances(setting: Setting, generators: Iterable[Polynomial]) -> bool:
    """Whether the distance to every zero of G is constant on the set, not only that to c.

    Another zero stays where it is, so the distance to c stands still there, and it obeys the
    equations of `Setting.equalities`. With G = 0 there, these are enough to see that
    ``⟨G(Z), Z − zero⟩ + β‖G(Z)‖²`` vanishes on the set.
    """
    free = Setting(setting.saddle, setting.flow, None)
    moved = list(zip(free.ring.gens, free.center, strict=False))
    still = Setting(setting.saddle, GradientFlow(), setting.zero).equalities
    zeros = [p.set_ring(free.ring).compose(moved) for _, p in still]
    known = [g.set_ring(free.ring) for g in generators] + [p for _, p in free.equations]
    return free.distance_slope in Ideal.of(free.ring, [*zeros, *known])
