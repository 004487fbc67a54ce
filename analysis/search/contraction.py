"""Search for an exponential rate: ``V̇ ≤ −rV`` or ``V_{k+1} ≤ (1 − r)V_k`` for a quadratic V."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ...discretize.method import Method
from ...flows.flow import Flow
from ..basics.proof_outcome import Unknown
from ..basics.time_limit import in_time, require_time, time_told, within
from ..claims.claims import Claim, Decrease, Nonnegativity
from ..claims.motion import motion_of
from ..classes.operator_class import OperatorClass
from ..coefficients.rational import simplest
from ..proofs.certificate import Certificate
from ..proofs.certificate_text import readable
from ..readings.vector import Form
from .completion import Weights, proved
from .conic import ACCURACY, Solution, require_solver, solve
from .family import family
from .identity import Identity
from .proved_rate import ProvedRate
from .requirements import CONSTANT, ORIGIN, Requirements
from .rounding import TOLERANCES, candidates
from .searching import SECONDS, chosen_metric, require_numbers
from .stating import stated_start

_STEPS = 30  # of bisection: to 1e-9, where the solver ends
_LARGEST = 1e6  # a larger rate means that V has run away


def search_contraction(
    system: Flow | Method,
    metric: Form | str,
    operator: OperatorClass,
    *,
    seconds: float = SECONDS,
) -> ProvedRate | Unknown:
    """Find the largest exponential rate of a quadratic V ≥ metric, and prove it.

    Parameters
    ----------
    system : Flow or Method
        The flow or the method, with numbers for parameters.
    metric : Form or str
        What is to tend to 0, e.g. ``"sq(Z - zstar)"`` or ``"sq(z - zstar)"``.
    operator : OperatorClass
        The class of operators, with numbers for constants.
    seconds : float
        The time after which no further candidate is tried.

    Returns
    -------
    ProvedRate or Unknown
        ``metric ≤ e^{−rt} V(0)`` or ``metric ≤ (1 − r)^k V_0``, proved.

    Raises
    ------
    ProblemError
        As for `search_lyapunov`.
    """
    require_solver()
    motion = motion_of(system)
    require_numbers(motion, operator)
    chosen = chosen_metric(metric, motion)

    def search() -> ProvedRate | Unknown:
        members = family(motion, 0, lower=True)
        one = members.scalars.convert(1)
        return _Search(Requirements(motion, operator, members, chosen, one, 0)).run()

    return within(seconds, search)


@dataclass(frozen=True)
class _Search:
    needs: Requirements

    def run(self) -> ProvedRate | Unknown:
        low, high = 0.0, 1.0
        if self._solution(high) is not None and self.needs.motion.clock == "t":
            while high < _LARGEST and self._solution(2 * high) is not None:
                high *= 2
            low, high = high, 2 * high
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._solution(middle) is not None else (low, middle)
        if low < ACCURACY:
            return Unknown("no exponential rate was found in this family")
        for rate in in_time(self._proofs_near(low)):
            return rate
        reached = f"the rate r = {low:.6g} was found in floating point, but not proved"
        return Unknown(time_told(reached))

    def _proofs_near(self, low: float) -> Iterator[ProvedRate]:
        for tolerance in TOLERANCES:
            below = simplest(low * (1 - tolerance), 0.9 * tolerance * low)
            for guess in (simplest(low, tolerance * low), below):
                require_time("a rate was being rounded")
                if (rate := self._proved(guess)) is not None:
                    yield rate

    def _identities(self, rate: float) -> list[Identity]:
        decrease, exact = self.needs.decrease(), self.needs.family.scalars.convert
        members = self.needs.family.members
        free = {
            name: change - members[name].substitute(ORIGIN) * exact(Fraction(rate))
            for name, change in decrease.free.items()
        }
        return [replace(decrease, free=free), self.needs.bound()]

    def _solution(self, rate: float) -> Solution | None:
        return solve(self._identities(rate), {}, sparse=True)

    def _plain(self, rate: Fraction) -> Solution | None:
        """Return a V that is at most a small multiple of ‖Z0 − z*‖² at the start, if possible."""
        identities = [*self._identities(float(rate)), self.needs.start()]
        return solve(identities, {CONSTANT: 1.0}, sparse=True) or self._solution(float(rate))

    def _proved(self, rate: Fraction) -> ProvedRate | None:
        needs, solution = self.needs, self._plain(rate)
        scalars = needs.family.scalars
        members = {n: v for n, v in solution.free.items() if n != CONSTANT} if solution else {}
        for rational in candidates(members):
            V = needs.family.combine(rational)
            claim = Decrease(V, needs.motion, needs.operator, scalars, rate)
            bound = Nonnegativity(V - needs.goal, needs.operator, scalars, {}, needs.motion)
            first = _either(claim, solution.signed[0]) if solution else None
            second = _either(bound, solution.signed[1]) if first and solution else None
            if first and second:
                return self._rate(V, rate, (first, second))
        return None

    def _rate(self, V: Form, rate: Fraction, certificates: tuple[Certificate, ...]) -> ProvedRate:
        needs = self.needs
        metric, (start, start_latex) = (
            readable(needs.metric),
            stated_start(needs, needs.at_start(V)),
        )
        flowing = needs.motion.clock == "t"
        decay = f"e^(−{rate}·t)" if flowing else f"({1 - rate})^k"
        latex = f"e^{{-{rate} t}}" if flowing else rf"\left({1 - rate}\right)^k"
        return ProvedRate(
            needs.motion.system,
            needs.operator,
            f"{metric} ≤ {decay} ({start})",
            rf"{metric.to_latex()} \le {latex} \left({start_latex}\right)",
            rate,
            V,
            certificates,
        )


def _either(claim: Claim, weights: Weights) -> Certificate | None:
    return proved(claim, weights) or proved(claim, {})
