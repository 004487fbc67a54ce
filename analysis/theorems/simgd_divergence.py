"""SimGD on a bilinear function: it leaves, for every fixed step and for most schedules."""

from __future__ import annotations

from sympy import Symbol

from ...discretize.methods.simgd import SimGD
from ..claims.step_motion import difference
from ..claims.step_vectors import step_vectors
from ..classes.linear_skew import LinearSkew
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from .theorem import Theorem, certified

ALPHA = Symbol("alpha", positive=True)
METHOD = SimGD(ALPHA)


def prove() -> tuple[Certificate, ...]:
    """Prove that ‖z^{k+1} − z*‖² − ‖z^k − z*‖² = α²‖g^k‖², by ≥ and ≤."""
    v = step_vectors(METHOD)
    e = v.z - v.zstar
    gap = difference(e @ e, METHOD) - ALPHA**2 * (v.g @ v.g)
    return certified(
        *(prove_nonnegative(sign * gap, LinearSkew(), system=METHOD) for sign in (1, -1))
    )


SIMGD_DIVERGENCE = Theorem(
    name="simgd-divergence",
    system=METHOD,
    statement=(
        "On a bilinear function every step of simGD has "
        "‖z^{k+1} − z*‖² = ‖z^k − z*‖² + α²‖G(z^k)‖², whatever α is at that step: no fixed α > 0 "
        "makes it converge, and no schedule unless it starts at a saddle point."
    ),
    tex=r"\|z^{k+1} - z^\star\|^2 = \|z^k - z^\star\|^2 + \alpha^2 \|G(z^k)\|^2",
    hypotheses=("G is linear and skew", "α > 0"),
    argument="⟨g, z^k − z*⟩ = 0, so the cross term of ‖z^k − αg − z*‖² vanishes.",
    source="Ryu, Yuan, Yin 2019, Section 2",
    rate="none: with singular value σ, ‖z^{k+1}‖² = (1 + α²σ²)‖z^k‖²",
    prove=prove,
)
