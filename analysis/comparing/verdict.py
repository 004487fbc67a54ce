"""Converges, diverges or cycles: the fate of a flow or a method on a problem, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np

from ...discretize.method import Method, numerical, parameters
from ...discretize.methods.anchored import AnchoredSimGD
from ...discretize.operators import BlockOperator
from ...flows.anchored import AnchoredFlow
from ...flows.errors import ProblemError
from ...flows.flow import Flow, has_time_functions, weights
from ...flows.flow import numerical as numerical_flow
from ..readings.symbol import amplification_matrix, amplification_rows, has_amplification_matrix
from ..stability.divergence import prove_fate
from ..stability.linearisation import LARGEST
from ..stability.spectrum import Spectrum, spectrum
from .anchored_verdict import BORDER, anchored_flow_outcome, anchored_method_outcome
from .outcome import Kind, Outcome
from .tail import measured_run

if TYPE_CHECKING:
    from ...discretize.iterates import Iterates
    from ...flows.problems.problem import SaddleProblem
    from ...flows.results.trajectory import Trajectory

DIGITS = 40
"""Decimal digits in which amplification matrices are examined: 1 + (step)² is told from 1."""

NOISE = 1e-30
"""What ρ − 1 must exceed in `DIGITS` decimal digits."""

DOUBTFUL = 1e-10
"""Relative error of an eigenvalue from which ρ = 1 is not called a cycle: a Jordan block grows."""


def flow_outcome(flow: Flow, problem: SaddleProblem, trajectory: Trajectory) -> Outcome:
    """Outcome of a flow on a problem.

    On affine problems, ``G(z) = Mz + q``, it is known: with the eigenvalues λ ≠ 0 of M, the flow
    read on one of them is ``Ż = −r(λ)Z`` (r = λ for the gradient flow, αλ/(1+βλ) for the
    optimistic one), and min Re r decides. The anchored flow with power 1 converges like
    t^{−min(γ,1)} unless some Re λ < 0, by ``Z − z* = ₁F₁(1; γ+1; −tλ)(Z0 − z*)``. With power p
    it follows ``(γ/t^p)(Z0 − z*)/λ`` if p < 1 or all Re λ > 0. All else is measured from the
    tail of `trajectory`.

    Parameters
    ----------
    flow : Flow
        Flow with numbers for parameters.
    problem : SaddleProblem
        Problem it runs on.
    trajectory : Trajectory
        One solution, used when nothing is known exactly.

    Returns
    -------
    Outcome
        Verdict, deciding number and reason.
    """
    known, flow = spectrum(problem), numerical_flow(flow)
    if known is not None and isinstance(flow, AnchoredFlow):
        return _exceptional(known) or anchored_flow_outcome(flow, known) or _measured(trajectory)
    if known is not None and _is_autonomous(flow):
        return _exceptional(known) or _by_rate(flow, known)
    return _measured(trajectory)


def method_outcome(method: Method, problem: SaddleProblem, run: Iterates) -> Outcome:
    """Outcome of a method on a problem.

    On affine problems, ``G(z) = Mz + q``, the spectral radius ρ of the amplification matrix over
    the eigenvalues λ ≠ 0 of M decides a method that is the same at every step: ρ < 1 converges,
    ρ > 1 diverges, ρ = 1 (to rounding in λ) cycles. SimGD-A with ε = 0 is decided by its
    exponents (see `anchored_method_outcome`), a method that treats the players differently by the
    exact proof of `prove_fate`. Everything else is measured from the tail of `run`.

    Parameters
    ----------
    method : Method
        Method with numbers for parameters.
    problem : SaddleProblem
        Problem it runs on.
    run : Iterates
        One run, used when nothing is known exactly.

    Returns
    -------
    Outcome
        Verdict, deciding number and reason.
    """
    known = known_outcome(method, spectrum(problem)) or _proved_outcome(method, problem)
    return known or _measured(run)


def known_outcome(method: Method, known: Spectrum | None) -> Outcome | None:
    """Outcome of a method on an affine problem, from its spectrum alone; None if that says nothing.

    Parameters
    ----------
    method : Method
        Method with numbers for parameters.
    known : Spectrum or None
        Of the problem; None for a problem that is not affine.
    """
    method = numerical(method)
    if known is not None and isinstance(method, AnchoredSimGD) and method.epsilon == 0:
        return _exceptional(known) or anchored_method_outcome(method, known)
    if known is not None and _is_stationary(method):
        return _exceptional(known) or _by_radius(method, known)
    return None


def _proved_outcome(method: Method, problem: SaddleProblem) -> Outcome | None:
    """Decide a method that treats the players differently, on a small affine problem, by proof."""
    if method.needs is not BlockOperator or not problem.is_affine or problem.d > LARGEST:
        return None
    try:
        proof = prove_fate(method, problem)
    except ProblemError:  # it changes with k, or there is no saddle point
        return None
    kinds: dict[str, Kind] = {"converges": "converges", "diverges": "diverges", "bounded": "cycles"}
    if proof.kind not in kinds:
        return None
    radius = max(abs(root) for root in np.roots([float(c) for c in proof.polynomial.all_coeffs()]))
    return Outcome(kinds[proof.kind], float(radius), f"proved: {proof.reason}")


def _exceptional(known: Spectrum) -> Outcome | None:
    """Return what is decided without looking at the dynamics, if anything is."""
    if known.drift:
        reason = f"there is no saddle point, and ‖G‖ ≥ {known.drift:.3g} everywhere"
        return Outcome("diverges", known.drift, reason)
    if not known.trusted:
        reason = "G is not monotone, with eigenvalues too close to the imaginary axis for floats"
        return Outcome("undecided", float("nan"), reason)
    if len(known.eigenvalues) == 0:
        return Outcome("converges", 0.0, "G = 0: every point is a saddle point")
    return None


def _is_autonomous(flow: Flow) -> bool:
    early, late = weights(flow, 1.0), weights(flow, 2.0)
    return not has_time_functions(flow) and early == late and early.z == 0 and early.anchor == 0


def _by_rate(flow: Flow, known: Spectrum) -> Outcome:
    """Decide Ż = w_g λ Z + w_ġ λ Ż for all λ by the largest real growth rate."""
    w = weights(flow, 1.0)
    implicit = 1 - w.g_dot * known.eigenvalues
    if np.any(np.abs(implicit) <= BORDER * np.abs(known.eigenvalues)):
        reason = "the flow is not defined: I − w DG is singular, w its weight of d/dt G"
        return Outcome("undecided", float("nan"), reason)
    growth = w.g * known.eigenvalues / implicit
    worst = growth[np.argmax(growth.real)]
    rate = float(worst.real)
    if abs(rate) <= BORDER * abs(worst):
        return Outcome(
            "cycles", 0.0, f"growth rate 0: a mode turns with frequency {abs(worst):.3g}"
        )
    kind: Kind = "diverges" if rate > 0 else "converges"
    return Outcome(kind, rate, f"the slowest mode is like exp({rate:.3g} t)")


def _is_stationary(method: Method) -> bool:
    changing = any(callable(parameter) for parameter in parameters(method).values())
    if changing or not has_amplification_matrix(method):
        return False
    first, *others = (amplification_matrix(method, 1.0, k) for k in (0, 1, 10))
    return all(np.array_equal(first, other) for other in others)


def _by_radius(method: Method, known: Spectrum) -> Outcome:
    """Decide by the largest spectral radius of the amplification matrices."""
    pairs = zip(known.eigenvalues, known.errors, strict=True)
    found = [_excess(method, complex(value), float(error)) for value, error in pairs]
    excess = max(one for one, _ in found)
    reason = f"spectral radius ρ = {1 + excess:.6g} (ρ − 1 = {excess:.3g})"
    if any(one > width for one, width in found):
        return Outcome("diverges", 1 + excess, reason)
    if all(one < -width for one, width in found):
        return Outcome("converges", 1 + excess, reason)
    if np.any(known.errors > DOUBTFUL * np.abs(known.eigenvalues)):
        reason += ", and M has almost a Jordan block: its eigenvalues are not known better"
        return Outcome("undecided", 1 + excess, reason)
    return Outcome("cycles", 1.0, "spectral radius ρ = 1, to rounding")


def _excess(method: Method, eigenvalue: complex, error: float) -> tuple[float, float]:
    """ρ − 1, and how far it may move when λ moves by its error.

    An eigenvalue on the imaginary axis stays there (see `Spectrum`). High precision keeps ρ − 1
    exact for small steps, where it is of second order.
    """
    shift = max(error, BORDER * abs(eigenvalue))
    ways = (1j, -1j) if eigenvalue.real == 0 else (1, -1, 1j, -1j)
    with mpmath.workdps(DIGITS):
        exact = mpmath.mpc(eigenvalue)
        excess = _radius(method, exact) - 1
        moved = (_radius(method, exact + mpmath.mpc(way) * shift) - 1 for way in ways)
        width = max(abs(one - excess) for one in moved)
        return float(excess), max(float(width), NOISE)


def _radius(method: Method, eigenvalue: Any) -> Any:
    """Spectral radius of the amplification matrix, in the precision of mpmath."""
    roots, _ = mpmath.eig(mpmath.matrix(amplification_rows(method, eigenvalue)))
    return max(abs(root) for root in roots)


def _measured(run: Trajectory | Iterates) -> Outcome:
    return measured_run(run.t, run.z, run.operator_norm)
