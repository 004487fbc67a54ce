"""Gradient flow of a strongly monotone operator: ``‖Z(t) − z*‖ ≤ e^{−μt}‖Z0 − z*‖``."""

from __future__ import annotations

from sympy import Symbol

from ...flows.gradient import GradientFlow
from ..claims.flow_vectors import flow_vectors
from ..classes.monotone import StronglyMonotone
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease
from .theorem import Theorem, certified

MU = Symbol("mu", positive=True)
FLOW = GradientFlow()


def prove() -> tuple[Certificate, ...]:
    """Prove that V = ‖Z − z*‖² has V̇ ≤ −2μV."""
    v = flow_vectors(FLOW)
    e = v.z - v.zstar
    return certified(prove_decrease(e @ e, FLOW, StronglyMonotone(MU), rate=2 * MU))


GRADIENT_STRONG = Theorem(
    name="gradient-strong",
    system=FLOW,
    statement=(
        "Along the gradient flow of a μ-strongly monotone operator, ‖Z(t) − z*‖ ≤ e^{−μt}‖Z0 − z*‖."
    ),
    tex=r"\|Z(t) - z^\star\| \le e^{-\mu t} \|Z_0 - z^\star\|",
    hypotheses=("G is μ-strongly monotone", "μ > 0"),
    argument="V = ‖Z − z*‖² has V̇ + 2μV = −2(⟨G, Z − z*⟩ − μ‖Z − z*‖²) ≤ 0, so e^{2μt}V falls.",
    source="Brézis 1973, Chapter III",
    rate="‖Z(t) − z*‖ ≤ e^{−μt}‖Z0 − z*‖",
    prove=prove,
)
