"""Anchored flow with a strong anchor γ/t^p, 0 < p < 1: ``‖G(Z(t))‖² = O(t^{−2p})``.

At a time that is the unit of time, B = b = γt^{1−p}, Ḃ = −pb and B̈ = p(p+1)b: two numbers. For
p = 1/2 the function itself has a proof, with C = e^{2γ√t}; the unit of time makes γ = 1.
"""

from __future__ import annotations

from sympy import Rational, exp, sqrt, symbols

from ...flows.anchored import AnchoredFlow
from ..claims.flow_vectors import flow_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease
from ..readings.vector import Form
from .anchored_general import proves_fall
from .theorem import Theorem, certified

GAMMA, P, STRENGTH = symbols("gamma p b", positive=True)
HALF = AnchoredFlow(1, Rational(1, 2))


def lyapunov_function() -> Form:
    """Return ½C²(‖Ż‖² + Ḃ‖Z − Z0‖²) for p = 1/2, C = e^{2√t}, B = 1/√t."""
    v = flow_vectors(HALF)
    e = v.z - v.z0
    V: Form = exp(4 * sqrt(v.t)) / 2 * (v.z_dot @ v.z_dot - (e @ e) / (2 * sqrt(v.t) ** 3))
    return V


def prove() -> tuple[Certificate, ...]:
    """Prove the general certificate for B = γt^{−p} when 2γt^{1−p} ≥ p + 1, and for p = 1/2."""
    b = STRENGTH
    return certified(
        proves_fall(b, -P * b, P * (P + 1) * b, p="0 < p < 1", b="p + 1 < 2*b"),
        prove_decrease(lyapunov_function(), HALF, ranges={"t": "t >= 9/16"}),
    )


ANCHORED_POWER = Theorem(
    name="anchored-power",
    system=AnchoredFlow(GAMMA, P),
    statement=(
        "Along the anchored flow with anchor γ/t^p, 0 < p < 1, of a monotone operator, "
        "‖G(Z(t))‖² = O(t^{−2p})."
    ),
    tex=r"\|G(Z(t))\|^2 = O(t^{-2p})",
    hypotheses=("G is monotone", "0 < p < 1", "γ > 0"),
    argument=(
        "For 2γt^{1−p} ≥ p + 1, B = γt^{−p} has 2BḂ + B̈ ≤ 0, so C²(‖Ż‖² + Ḃ‖Z − Z0‖²) never "
        "increases (anchored-general; for p = 1/2, C = e^{2γ√t}, it is proved as it stands, in a "
        "unit of time with γ = 1). C grows faster than any power, ‖Z − Z0‖ ≤ 2‖Z0 − z*‖ "
        "(anchored-distance holds for every p), so ‖Ż‖² = O(t^{−p−1}), and "
        "‖G‖ ≤ ‖Ż‖ + γt^{−p}‖Z − Z0‖."
    ),
    source="Suh, Park, Ryu 2023; this certificate is derived in this project",
    rate="‖G(Z(t))‖² = O(t^{−2p})",
    prove=prove,
    not_checked="the comparison of orders of growth in the last step.",
)
