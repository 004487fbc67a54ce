"""What becomes of anchored dynamics on affine problems, by their exponents."""

from __future__ import annotations

from ...discretize.methods.anchored import AnchoredSimGD
from ...flows.anchored import AnchoredFlow
from ..stability.spectrum import Spectrum
from .outcome import Outcome

BORDER = 1e-12
"""Relative error in λ that must not change a verdict."""


def anchored_flow_outcome(flow: AnchoredFlow, known: Spectrum) -> Outcome | None:
    """Decide by the asymptotics of ₁F₁(1; γ+1; −tλ): Γ(γ+1)(−tλ)^{−γ}e^{−tλ} + γ/(tλ).

    With power p they are ``C exp(−tλ − γt^{1−p}/(1−p)) + γ/(t^p λ)``, and for p > 1 and Re λ = 0
    the first term stays: nothing is said then.
    """
    slowest, power = float(known.eigenvalues.real.min()), float(flow.power)
    if slowest < 0:
        return Outcome("diverges", -slowest, f"a mode grows like exp({-slowest:.3g} t)")
    if power > 1 and slowest == 0:
        return None
    order = min(float(flow.gamma), 1.0) if power == 1 and slowest == 0 else power
    return Outcome("converges", -order, f"‖G(Z(t))‖ falls like t^{-order:.3g}", -order)


def anchored_method_outcome(method: AnchoredSimGD, known: Spectrum) -> Outcome:
    """Decide SimGD-A with ε = 0 by its exponents (derived in this project).

    On an eigenvalue λ the step multiplies by ``1 − h_kλ − c_k``, h_k = α(1−p)(k+1)^{−p} and
    c_k = (1−p)γ/(k+1), and adds c_k z^0. Re λ > 0 damps, as h_k → 0 and Σh_k = ∞; Re λ < 0 drives.
    For λ = iω the squared factor is ``1 − 2c_k + h_k²ω² + …``: with p > 1/2, Σh_k² < ∞ and the
    anchor wins; with p < 1/2 it loses; with p = 1/2 it wins iff α²ω² < 4γ. Where it wins,
    ‖G(z^k)‖ falls like ``t_k^{−min(γ,1)}``, t_k = α(k+1)^{1−p} (Theorem 3 for γ ≥ 2).
    """
    p, gamma, rates = float(method.p), float(method.gamma), known.eigenvalues.real
    if rates.min() < 0:
        return Outcome("diverges", -float(rates.min()), "a mode with Re λ < 0 grows")
    frequencies = known.eigenvalues.imag[rates == 0]
    if len(frequencies) == 0:
        return Outcome("converges", p - 1, f"‖G(z^k)‖ falls like k^{p - 1:.3g}", p - 1)
    if p < 0.5:
        return Outcome("diverges", 1 - 2 * p, f"log‖z^k‖ grows like k^{1 - 2 * p:.3g}, as p < 1/2")
    order = (1 - p) * min(gamma, 1.0)
    if p == 0.5:
        growth = (float(method.alpha) * float(frequencies.max())) ** 2 / 8 - gamma / 2
        if abs(growth) <= BORDER * gamma:
            return Outcome("cycles", 0.0, "step and anchor balance: α²ω² = 4γ at p = 1/2")
        if growth > 0:
            return Outcome("diverges", growth, f"‖z^k‖ grows like k^{growth:.3g}, at p = 1/2")
        order = min(0.5, -growth)
    return Outcome("converges", -order, f"‖G(z^k)‖ falls like k^{-order:.3g}", -order)
