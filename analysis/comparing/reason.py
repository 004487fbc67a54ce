"""Why a method leaves its flow or is drawn in: what it adds, on the eigenvalue that decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...discretize.iterates import Iterates
from ...discretize.method import Method, numerical
from ...flows.errors import ProblemError, SaddleodeError
from ...flows.flow import weights
from ...flows.problems.problem import SaddleProblem
from ..series.backward_error import modified_equation
from ..stability.linearisation import floating_eigenvalues
from ..stability.minors import exact_method, require_unchanging
from ..stability.radius import spectral_radius
from .outcome import Outcome, finite_or_none
from .rates import FEWEST_POINTS, Rate, growth_rate, power_rate


@dataclass(frozen=True)
class EnergyReason:
    """Energy balance of a method that is the same at every step, on the deciding eigenvalue.

    Rates are those of log‖z − z*‖ per time of the method, t_k = αk.

    Attributes
    ----------
    eigenvalue : complex
        The λ of DG at the saddle point with the largest |ρ|.
    correction : str
        The first terms that the modified equation adds to −G.
    correction_rate : float
        What these terms add to the rate −Re λ.
    rate : float
        log|ρ|/α, the rate with all orders.
    flow_rate : float
        The rate of the flow that the method discretises.
    measured : Rate or None
        The rate of the second half of the run.
    """

    eigenvalue: complex
    correction: str
    correction_rate: float
    rate: float
    flow_rate: float
    measured: Rate | None

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain Python, ready for JSON."""
        return {
            "eigenvalue": str(self.eigenvalue),
            "correction": self.correction,
            "correction_rate": self.correction_rate,
            "rate": finite_or_none(self.rate),
            "flow_rate": self.flow_rate,
            "measured": None if self.measured is None else self.measured.slope,
        }

    def __str__(self) -> str:
        does = "pumps energy in" if self.correction_rate > 0 else "takes energy out"
        text = (
            f"its modified equation adds {self.correction} to −G, which on λ = "
            f"{_complex_text(self.eigenvalue)} of DG {does} at rate {abs(self.correction_rate):.4g}"
            f"; with all orders log‖z − z*‖ grows at rate {self.rate:.4g} (the flow: "
            f"{self.flow_rate:.4g})"
        )
        return text if self.measured is None else f"{text}; measured {self.measured}"


@dataclass(frozen=True)
class PowerReason:
    """Rate of a method that changes with k: the exponent of ‖G(z^k)‖², measured and known.

    Attributes
    ----------
    measured : Rate
        Slope of log‖G(z^k)‖² over log k in the second half of log k.
    expected : float or None
        The exponent that is known.
    """

    measured: Rate
    expected: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain Python, ready for JSON."""
        return {"exponent": self.measured.slope, "expected": self.expected}

    def __str__(self) -> str:
        known = "" if self.expected is None else f"; known: k^{self.expected:.4g}"
        return f"measured ‖G(z^k)‖² ~ k^({self.measured}){known}"


def explain(
    method: Method, problem: SaddleProblem, run: Iterates, outcome: Outcome
) -> EnergyReason | PowerReason | None:
    """Explain what becomes of a method, in numbers, beside the verdict.

    Parameters
    ----------
    method : Method
        With numbers for parameters.
    problem : SaddleProblem
        What it ran on.
    run : Iterates
        One run from one start.
    outcome : Outcome
        The verdict.

    Returns
    -------
    EnergyReason, PowerReason or None
        None where neither an energy balance nor a power law can be had.

    Examples
    --------
    >>> from saddleode.discretize import SimGD, iterate
    >>> from saddleode.analysis import method_outcome
    >>> method, xu = SimGD(0.1), SaddleProblem("x*u", "x", "u")
    >>> run = iterate(method, xu, [1, 0], 200)
    >>> reason = explain(method, xu, run, method_outcome(method, xu, run))
    >>> reason.correction, reason.correction_rate, round(reason.measured.slope, 4)
    ('−s/2 DG·G', 0.05, 0.0498)
    """
    try:
        require_unchanging(exact_method(method))
    except ProblemError:
        return _by_power(run, outcome)
    try:
        return _by_energy(method, problem, run)
    except SaddleodeError:  # not smooth, no saddle point, no modified equation, too large
        return None


def _by_energy(method: Method, problem: SaddleProblem, run: Iterates) -> EnergyReason | None:
    eigenvalues = floating_eigenvalues(problem)
    if eigenvalues.size == 0:
        return None
    radii = spectral_radius(numerical(method), eigenvalues)
    worst = complex(eigenvalues[int(np.argmax(radii))])
    equation, step = modified_equation(method, 1), float(numerical(method).alpha)
    with np.errstate(divide="ignore"):
        rate = float(np.log(radii.max()) / step)
    return EnergyReason(
        eigenvalue=worst,
        correction=equation.correction,
        correction_rate=float(equation.growth_rate(worst)) + worst.real,
        rate=rate,
        flow_rate=_flow_rate(method, worst),
        measured=_measured_growth(method, problem, run),
    )


def _flow_rate(method: Method, eigenvalue: complex) -> float:
    """Rate of the flow behind a method, ``Ż = w_g λ Z + w_ġ λ Ż``, in the time of the method."""
    w = weights(method.flow(), 1.0)
    return float((w.g * eigenvalue / (1 - w.g_dot * eigenvalue)).real) + 0.0  # no −0


def _measured_growth(method: Method, problem: SaddleProblem, run: Iterates) -> Rate | None:
    half = slice(len(run.k) // 2, None)
    with np.errstate(over="ignore", invalid="ignore"):  # the last points may be among the largest
        distance = problem.distance(run.z[half])
    usable = np.isfinite(distance) & (distance > 1e-12 * distance.max(initial=0.0))
    if np.count_nonzero(usable) < FEWEST_POINTS:
        return None
    t = np.asarray(numerical(method).time(run.k[half]), dtype=np.float64)
    return growth_rate(t[usable], distance[usable])


def _by_power(run: Iterates, outcome: Outcome) -> PowerReason | None:
    late = run.k >= np.sqrt(float(run.k[-1]))
    with np.errstate(over="ignore"):
        norms = run.operator_norm[late] ** 2
    if np.count_nonzero((norms > 0) & np.isfinite(norms)) < FEWEST_POINTS:
        return None
    expected = None if outcome.exponent is None else 2 * outcome.exponent
    return PowerReason(power_rate(run.k[late], norms), expected)


def _complex_text(value: complex) -> str:
    if value.imag == 0:
        return f"{value.real:.4g}"
    real = f"{value.real:.4g} + " if value.real else ""
    return f"{real}{value.imag:.4g}i"
