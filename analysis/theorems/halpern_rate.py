"""Halpern iteration: ``‖z^k − Tz^k‖ ≤ 2‖z^0 − z*‖/(k+1)`` for non-expansive T.

Every non-expansive T on a Hilbert space is 2J − I for the resolvent J of a maximal monotone G,
and ``z − Tz = 2αG(Jz)``: the proof is about G.
"""

from __future__ import annotations

from sympy import Symbol

from ...discretize.methods.halpern import Halpern
from ..claims.step_vectors import step_vectors
from ..proofs.certificate import Certificate
from ..proofs.lyapunov import prove_decrease, prove_nonnegative
from ..readings.vector import Form, Vector
from .theorem import Theorem, certified

ALPHA = Symbol("alpha", positive=True)
METHOD = Halpern(ALPHA)


def residual() -> Vector:
    """Return r_k = z^k − Tz^k = 2αG(Jz^k)."""
    r: Vector = 2 * ALPHA * step_vectors(METHOD).half.g
    return r


def lyapunov_function() -> Form:
    """Return V_k = ½k(k+1)‖r_k‖² + (k+1)⟨r_k, z^k − z^0⟩."""
    v, r = step_vectors(METHOD), residual()
    V: Form = v.k * (v.k + 1) / 2 * (r @ r) + (v.k + 1) * (r @ (v.z - v.z0))
    return V


def prove() -> tuple[Certificate, ...]:
    """Prove that V never increases, and that V ≤ 0 gives the bound."""
    v, r, V = step_vectors(METHOD), residual(), lyapunov_function()
    e0 = v.z0 - v.zstar
    rest = 4 * (e0 @ e0) - (v.k + 1) ** 2 * (r @ r)
    weights = {"-V": 4, "MON(k+1/2,*)": 8 * ALPHA * (v.k + 1)}
    return certified(
        prove_decrease(V, METHOD),
        prove_nonnegative(rest, system=METHOD, assuming={"-V": -V}, multipliers=weights),
    )


HALPERN_RATE = Theorem(
    name="halpern-rate",
    system=METHOD,
    statement=(
        "For non-expansive T with a fixed point z*, Halpern's iteration "
        "z^{k+1} = z^0/(k+2) + ((k+1)/(k+2))Tz^k has ‖z^k − Tz^k‖ ≤ 2‖z^0 − z*‖/(k+1)."
    ),
    tex=r"\|z^k - T z^k\| \le \frac{2 \|z^0 - z^\star\|}{k+1}",
    hypotheses=("T = 2J − I is non-expansive: J is the resolvent of a maximal monotone G",),
    argument=(
        "V_k = ½k(k+1)‖r_k‖² + (k+1)⟨r_k, z^k − z^0⟩ falls by ½(k+1)(k+2)(‖z^{k+1} − z^k‖² − "
        "‖Tz^{k+1} − Tz^k‖²) ≥ 0 from V_0 = 0; with ⟨r_k, z^k − z*⟩ ≥ ½‖r_k‖² this gives the bound."
    ),
    source="Lieder 2021; Kim 2021",
    rate="‖z^k − Tz^k‖ ≤ 2‖z^0 − z*‖/(k+1)",
    prove=prove,
)
