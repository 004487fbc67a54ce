"""Anchored flow with any coefficient B(t): what it needs is (C²Ḃ)' ≤ 0, with Ċ = BC.

With Q = ½(‖Ż‖² + Ḃ‖e‖²) the claim (C²Q)' ≤ 0 is Q̇ ≤ −2BQ. At one time it involves no more of B
than its value and two derivatives there: three numbers b0, b1, b2. A quadratic B with these at
t = 1 therefore proves it for every B and every t.
"""

from __future__ import annotations

from typing import Any

from sympy import Symbol, cancel

from ...flows.tikhonov import TikhonovFlow
from ..basics.proof_outcome import ProofOutcome
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from .theorem import Theorem, certified

VALUE, SLOPE = Symbol("b0", nonnegative=True), Symbol("b1", real=True)
SLACK = Symbol("s", nonnegative=True)
"""2BḂ + B̈ = −s."""


def proves_fall(b0: Any, b1: Any, b2: Any, **ranges: str) -> ProofOutcome:
    """Prove Q̇ ≤ −2BQ at a time when B, Ḃ and B̈ are b0, b1 and b2."""
    t = Symbol("t", positive=True)
    flow = TikhonovFlow(b0 + b1 * (t - 1) + b2 * (t - 1) ** 2 / 2)
    v, B = flow_vectors(flow), flow.coefficient
    e = v.z - v.z0
    Q = (v.z_dot @ v.z_dot + B.rate(t) * (e @ e)) / 2
    fall = -time_derivative(Q, flow) - 2 * B(t) * Q
    monotone = v.g_dot @ v.z_dot

    def now(c: Any) -> Any:
        return cancel(c.subs(t, 1)) if hasattr(c, "subs") else c

    return prove_nonnegative(fall.map(now), assuming={"MON'": monotone.map(now)}, ranges=ranges)


def prove() -> tuple[Certificate, ...]:
    """Prove it for all b0 ≥ 0, b1 and b2 with 2·b0·b1 + b2 ≤ 0."""
    return certified(proves_fall(VALUE, SLOPE, -2 * VALUE * SLOPE - SLACK))


ANCHORED_GENERAL = Theorem(
    name="anchored-general",
    system=TikhonovFlow("1/(1 + t)"),
    statement=(
        "Along Ż = −G(Z) − B(t)(Z − Z0) with monotone G, ½C²(‖Ż‖² + Ḃ‖Z − Z0‖²) never increases "
        "while (C²Ḃ)' ≤ 0, where Ċ = BC."
    ),
    tex=(
        r"\frac{d}{dt} \tfrac12 C^2 \bigl(\|\dot Z\|^2 + \dot B \|Z - Z_0\|^2\bigr)"
        r" = -C^2 \langle \dot G, \dot Z \rangle + \tfrac12 (C^2 \dot B)' \|Z - Z_0\|^2"
    ),
    hypotheses=("G is monotone", "B ≥ 0 is twice differentiable", "2BḂ + B̈ ≤ 0"),
    argument=(
        "Q = ½(‖Ż‖² + Ḃ‖e‖²), e = Z − Z0, has Q̇ + 2BQ = −⟨Ġ, Ż⟩ + ½(2BḂ + B̈)‖e‖², which involves "
        "B at the present time alone, through B, Ḃ and B̈; multiply by C²."
    ),
    source="derived in this project; anchors of this generality: Suh, Park, Ryu 2023",
    rate="‖Ż‖² ≤ −Ḃ‖Z − Z0‖² + O(C^{−2})",
    prove=prove,
)
