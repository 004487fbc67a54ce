"""SSSGD: the one-step inequality in expectation from which Theorem 1 follows.

Random vectors with finite second moments are a Hilbert space with ⟨a, b⟩ = E⟨a, b⟩. In it a
sample is its mean plus a noise that is orthogonal to everything known before and to the noise of
an independent sample; the number R2 is R2 times a unit vector.
"""

from __future__ import annotations

from sympy import symbols

from ...discretize.methods.simgd import SimGD
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_nonnegative
from ..readings.vector import Form, Vector
from .theorem import Theorem, certified

ALPHA, R1, R2 = symbols("alpha R1 R2", positive=True)
METHOD = SimGD(ALPHA)
E, MEAN, NOISE, MEAN_STAR, NOISE_STAR, UNIT = (
    Vector.generator(name) for name in ("e", "E g", "noise", "E g*", "noise*", "1")
)
_NOISES = {"noise", "noise*"}


def expectation(form: Form) -> Form:
    """Return a form without the products of a noise and anything else: their mean is 0."""
    kept = {
        pair: c for pair, c in form.terms.items() if pair[0] == pair[1] or not _NOISES & set(pair)
    }
    return Form(kept)


def prove() -> tuple[Certificate, ...]:
    """Prove the bound of E‖g‖², and the inequality of one step."""
    g, g_star = MEAN + NOISE, MEAN_STAR + NOISE_STAR
    spread = R1**2 * (E @ E) + R2**2 * (UNIT @ UNIT) - expectation((g - g_star) @ (g - g_star))
    constant = 2 * R2**2 * (UNIT @ UNIT) + 2 * (MEAN_STAR @ MEAN_STAR)
    size = 2 * R1**2 * (E @ E) + constant - expectation(g @ g)
    after = E - ALPHA * g
    step = (
        (1 + 2 * R1**2 * ALPHA**2) * (E @ E)
        + ALPHA**2 * constant
        - 2 * ALPHA * (MEAN @ E)
        - expectation(after @ after)
    )
    return certified(
        prove_nonnegative(size, assuming={"VAR": spread}, multipliers={"VAR": 2}),
        prove_nonnegative(step, assuming={"VAR": spread}, multipliers={"VAR": 2 * ALPHA**2}),
    )


SSSGD_INEQUALITY = Theorem(
    name="sssgd-theorem-1",
    system=METHOD,
    statement=(
        "For an oracle with E‖g(z;ω) − g(z*;ω')‖² ≤ R1²‖z − z*‖² + R2² for independent ω, ω', "
        "E_k‖z^{k+1} − z*‖² ≤ (1 + 2R1²α_k²)‖z^k − z*‖² + cα_k² − 2α_k⟨E g(z^k), z^k − z*⟩, "
        "c = 2R2² + 2‖E g(z*)‖²."
    ),
    tex=(
        r"E_k \|z^{k+1} - z^\star\|^2 \le (1 + 2 R_1^2 \alpha_k^2) \|z^k - z^\star\|^2"
        r" + c \alpha_k^2 - 2 \alpha_k \langle E g(z^k), z^k - z^\star \rangle"
    ),
    hypotheses=("E g(z;ω) ∈ G(z), G monotone", "the oracle inequality", "ω_k independent"),
    argument=(
        "In L² a sample is its mean plus a noise orthogonal to what is known. Then "
        "E‖g‖² ≤ 2R1²‖e‖² + c, and ‖e − αg‖² is expanded, e = z^k − z*. With Σα_k = ∞, Σα_k² < ∞ "
        "and L strictly convex in x for all u the Robbins–Siegmund theorem gives z^k → a saddle "
        "point almost surely."
    ),
    source="Ryu, Yuan, Yin 2019, Theorem 1",
    rate="none: convergence without a rate",
    prove=prove,
    not_checked="almost sure convergence, by the Robbins–Siegmund theorem and strict convexity.",
)
