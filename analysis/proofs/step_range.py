"""The steps for which a Lyapunov function decreases: proved up to one, refuted at another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Symbol

from ...discretize.method import Method
from ..classes.linear_skew import LinearSkew
from ..classes.operator_class import OperatorClass
from ..readings.vector import Form
from .claims import Decrease
from .lyapunov import decrease_claim, prove_decrease
from .proof_outcome import Proved, Refuted
from .proving import prove_claim
from .rotations import Rotation, is_member

ALPHA = Symbol("alpha", positive=True)
"""The step of a method whose steps are looked for."""

_LEAST, _LARGEST = Fraction(1, 1024), Fraction(16)
_BISECTIONS = 10


@dataclass(frozen=True)
class StepRange:
    """Steps α for which V_k decreases, for every operator of a class.

    Parameters
    ----------
    proved : Proved or None
        The proof for all 0 < α ≤ `largest`; None if there is none.
    largest : Fraction or None
        The largest step up to which it was proved, 0 if none; None if it was for every α > 0.
    refuted : Refuted or None
        A counterexample at α = `failure`.
    failure : Fraction or None
        A step just above `largest`, if it is refuted there.
    never : Proved or None
        The proof that V_k does not decrease for any α > 0 on linear skew operators, if the class
        contains them.
    """

    proved: Proved | None = None
    largest: Fraction | None = Fraction(0)
    refuted: Refuted | None = None
    failure: Fraction | None = None
    never: Proved | None = None

    def __str__(self) -> str:
        if self.never is not None:
            return "no α > 0: on linear skew operators V_k never decreases"
        if self.largest is None:
            return "proved for every α > 0"
        known = f"proved for 0 < α ≤ {self.largest}" if self.proved else "proved for no α"
        return f"{known}; refuted for α = {self.failure}" if self.failure else known


def step_range(
    V: Form,
    method: Method,
    operator: OperatorClass,
    *,
    multipliers: Mapping[str, Any] | None = None,
) -> StepRange:
    """Find the steps for which V_k decreases, by bisection between a proof and a counterexample.

    Parameters
    ----------
    V : Form
        V_k over the vectors of the method.
    method : Method
        The method with the symbol `ALPHA` for its step and numbers for the rest.
    operator : OperatorClass
        The class, with numbers for its constants.
    multipliers : mapping, optional
        As in `prove_decrease`.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.analysis import LipschitzStronglyMonotone, Monotone, step_vectors
    >>> method = SimGD(ALPHA)
    >>> v = step_vectors(method)
    >>> V = (v.z - v.zstar) @ (v.z - v.zstar)
    >>> print(step_range(V, method, Monotone()))
    no α > 0: on linear skew operators V_k never decreases
    >>> print(step_range(V, method, LipschitzStronglyMonotone(1, 2)))  # 2μ/R² = 1/2
    proved for 0 < α ≤ 1/2; refuted for α = 1025/2048
    """
    if (never := _never(V, method, operator)) is not None:
        return StepRange(never=never)

    given = dict(multipliers or {})

    def prove(alpha: Fraction | None) -> Proved | None:
        ranges = {} if alpha is None else {ALPHA: f"0 < alpha <= {alpha}"}
        claim = decrease_claim(V, method, operator, ranges=ranges, others=given.values())
        result = prove_claim(claim, given)
        return result if isinstance(result, Proved) else None

    if (everywhere := prove(None)) is not None:
        return StepRange(everywhere, None)
    proved, largest, beyond = _bisected(prove)
    refuted = _refuted(V, method, operator, beyond)
    return StepRange(proved, largest, refuted, beyond if refuted is not None else None)


def _never(V: Form, method: Method, operator: OperatorClass) -> Proved | None:
    """Prove that −V_k decreases for every α on linear skew operators, if they are in the class.

    Not for a V that contains α: it may be constant for one of them.
    """
    if any(ALPHA in getattr(c, "free_symbols", ()) for c in V.terms.values()):
        return None
    result = prove_decrease(-V, method, LinearSkew())
    if not isinstance(result, Proved) or not isinstance(result.certificate.claim, Decrease):
        return None
    scalars = result.certificate.claim.scalars
    rotations = (Rotation(Fraction(0), b) for b in (Fraction(1), Fraction(1000)))
    inside = all(is_member(M, operator, scalars, {}) for M in rotations)
    grows = inside and _refuted(V, method, operator, _LEAST) is not None
    return result if grows else None


def _bisected(
    prove: Callable[[Fraction | None], Proved | None],
) -> tuple[Proved | None, Fraction, Fraction]:
    """Return a proof, up to which step it goes, and a step a little larger without one."""
    low, beyond, found = Fraction(0), _LARGEST, None
    while beyond > _LEAST:  # down by halves to the first proof
        half = beyond / 2
        if (found := prove(half)) is not None:
            low = half
            break
        beyond = half
    for _ in range(_BISECTIONS if found else 0):
        middle = (low + beyond) / 2
        better = prove(middle)
        low, beyond, found = (middle, beyond, better) if better else (low, middle, found)
    return found, low, beyond


def _refuted(V: Form, method: Method, operator: OperatorClass, alpha: Fraction) -> Refuted | None:
    at = V.map(lambda c: c.subs(ALPHA, alpha) if hasattr(c, "subs") else c)
    result = prove_decrease(at, method.with_step(alpha), operator)
    return result if isinstance(result, Refuted) else None
