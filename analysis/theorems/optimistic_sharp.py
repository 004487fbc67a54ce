"""Optimistic flow: the constant that rotations attain in the limit, 1/(2eαβT).

Fix the last time T. A longer unit of time makes T = 1 and multiplies α by T, so that nothing is
lost with 0 < t ≤ 1. Then V = e^{rt} F never increases, with r = 1/(1 + 2β/α).
"""

from __future__ import annotations

from sympy import exp, symbols

from ...flows.optimistic import OptimisticFlow
from ..claims.flow_vectors import flow_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form
from .theorem import Theorem, certified

ALPHA, BETA = symbols("alpha beta", positive=True)
FLOW = OptimisticFlow(ALPHA, BETA)
RATE = 1 / (1 + 2 * BETA / ALPHA)


def quadratic() -> Form:
    """Return F = (1 − rt)‖x‖² + 2B⟨G, x⟩ + B(α/r − 2β)‖G‖², x = W − z*, B = 2βrt."""
    v, r = flow_vectors(FLOW), RATE
    x, B = v.z + BETA * v.g - v.zstar, 2 * BETA * r * v.t
    F: Form = (1 - r * v.t) * (x @ x) + 2 * B * (v.g @ x) + B * (ALPHA / r - 2 * BETA) * (v.g @ v.g)
    return F


def prove() -> tuple[Certificate, ...]:
    """Prove that V = e^{rt} F never increases for 0 < t ≤ 1, and that F at t = 1 bounds ‖G‖²."""
    v, r, t = flow_vectors(FLOW), RATE, flow_vectors(FLOW).t
    last = quadratic().map(lambda c: c.subs(t, 1))
    size = 2 * ALPHA * BETA + 2 * BETA**2 * r * (2 * BETA / ALPHA) / 2
    rest, growth = last - size * (v.g @ v.g), exp(r * t)
    return certified(
        prove_decrease(
            growth * quadratic(),
            FLOW,
            ranges={t: "0 < t <= 1"},
            multipliers={
                "MON": 2 * ALPHA * r * (1 - t) * growth,
                "MON'": 4 * BETA * t * growth,
            },
        ),
        prove_nonnegative(rest),
    )


OPTIMISTIC_SHARP = Theorem(
    name="optimistic-sharp",
    system=FLOW,
    statement=(
        "Along the optimistic flow of a monotone operator, "
        "‖G(Z(T))‖² ≤ e^{−T/(T + 2β/α)} ‖W0 − z*‖²/(2αβT + β²(2β/α)/(T + 2β/α)), "
        "W0 = Z0 + βG(Z0), which tends to ‖W0 − z*‖²/(2eαβT)."
    ),
    tex=(
        r"\|G(Z(T))\|^2 \le \frac{e^{-T/(T + 2\beta/\alpha)} \|W_0 - z^\star\|^2}"
        r"{2 \alpha \beta T + \beta^2 \frac{2\beta/\alpha}{T + 2\beta/\alpha}}"
    ),
    hypotheses=("G is monotone", "α, β, T > 0"),
    argument=(
        "In the unit of time T, with r = 1/(1 + 2β/α), V = e^{rt}F, "
        "F = (1 − rt)‖x‖² + 2B⟨G, x⟩ + B(α/r − 2β)‖G‖², x = W − z*, B = 2βrt, never increases for "
        "t ≤ 1, so e^r F(1) ≤ V(0) = ‖W0 − z*‖². And F(1) ≥ (2αβ + 2β³r/α)‖G‖²."
    ),
    source="derived in this project",
    rate="‖G(Z(T))‖² ≤ ‖W0 − z*‖²/(2eαβT) (1 + O(1/T))",
    prove=prove,
    not_checked="that V tends to V(0) as t → 0, and that rotations attain the limit.",
)
