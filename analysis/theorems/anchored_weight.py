"""Anchored flow: the weight t^{2γ}, under which V is ½t^{2γ}‖Ż‖² − (γ/2)t^{2γ−2}‖Z − Z0‖².

With Q = ½‖Ż‖² − (γ/2)t^{−2}‖e‖² the claim (t^{2γ}Q)' ≤ 0 is Q̇ ≤ −(2γ/t)Q: rational again.
"""

from __future__ import annotations

from sympy import Symbol

from ...flows.anchored import AnchoredFlow
from ..claims.flow_vectors import flow_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease
from .theorem import Theorem, certified

GAMMA = Symbol("gamma", positive=True)
FLOW = AnchoredFlow(GAMMA)


def prove() -> tuple[Certificate, ...]:
    """Prove Q̇ ≤ −(2γ/t)Q for γ ≥ 1."""
    v = flow_vectors(FLOW)
    e = v.z - v.z0
    Q = (v.z_dot @ v.z_dot) / 2 - GAMMA / (2 * v.t**2) * (e @ e)
    return certified(prove_decrease(Q, FLOW, rate=2 * GAMMA / v.t, ranges={GAMMA: "gamma >= 1"}))


ANCHORED_WEIGHT = Theorem(
    name="anchored-weight",
    system=FLOW,
    statement=(
        "Along the anchored flow of a monotone operator with γ ≥ 1, "
        "½t^{2γ}‖Ż‖² − (γ/2)t^{2γ−2}‖Z − Z0‖² never increases."
    ),
    tex=(
        r"\frac{d}{dt} \Bigl[ \tfrac12 t^{2\gamma} \|\dot Z\|^2"
        r" - \tfrac{\gamma}{2} t^{2\gamma-2} \|Z - Z_0\|^2 \Bigr] \le 0"
    ),
    hypotheses=("G is monotone", "γ ≥ 1"),
    argument=(
        "Q = ½‖Ż‖² − (γ/2)t^{−2}‖e‖² has Q̇ + (2γ/t)Q = −⟨Ġ, Ż⟩ − γ(γ−1)t^{−3}‖e‖² ≤ 0, "
        "e = Z − Z0; multiply by t^{2γ}."
    ),
    source="derived in this project",
    rate="‖Ż‖² ≤ γ‖Z − Z0‖²/t² + O(t^{−2γ})",
    prove=prove,
)
