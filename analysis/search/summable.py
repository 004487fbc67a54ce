"""Search for a V whose decrease pays for a metric: a rate of the best iterate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ...discretize.method import Method
from ..basics.proof_outcome import Unknown
from ..basics.time_limit import in_time, require_time, time_told, within
from ..claims.claims import Nonnegativity
from ..claims.motion import motion_of
from ..classes.operator_class import OperatorClass
from ..proofs.certificate import Certificate
from ..proofs.certificate_text import readable
from ..readings.vector import Form
from .completion import Weights, proved
from .conic import Solution, require_solver, solve
from .family import family
from .identity import Identity
from .proved_rate import ProvedRate
from .requirements import CONSTANT, Requirements
from .rounding import candidates
from .searching import SECONDS, chosen_metric, require_numbers
from .starting import bounded_start
from .stating import stated_distance

_SLACKS = (1e-3, 1e-2, 1e-1)  # relative, on the constant, to have room for rounding


def search_best_iterate(
    method: Method,
    operator: OperatorClass,
    metric: Form | str | None = None,
    *,
    seconds: float = SECONDS,
) -> ProvedRate | Unknown:
    """Find a potential that proves a rate of the best iterate, and prove it.

    Looks for a quadratic V_k ≥ 0 without powers of k, with ``V_k − V_{k+1} ≥ metric`` and
    V_0 ≤ C‖z0 − z*‖², C about as small as it can be. Then the sum of the metric over all steps is
    at most C‖z0 − z*‖², and ``min_{i ≤ k} metric ≤ C‖z0 − z*‖²/(k + 1)``.

    Parameters
    ----------
    method : Method
        The method, with numbers for parameters.
    operator : OperatorClass
        The class of operators, with numbers for constants.
    metric : Form or str, optional
        As in `search_lyapunov`; ``"sq(g)"`` without it.
    seconds : float
        The time after which no further candidate is tried.

    Returns
    -------
    ProvedRate or Unknown
        The proved rate; or that there is no such V in the family, or how far the search came.

    Raises
    ------
    ProblemError
        As for `search_lyapunov`.
    """
    require_solver()
    motion = motion_of(method)
    require_numbers(motion, operator)
    chosen = chosen_metric(metric, motion)

    def search(without: frozenset[str]) -> ProvedRate | Unknown:
        members = family(motion, 0, lower=True, without=without)
        one = members.scalars.convert(1)
        return _Search(Requirements(motion, operator, members, chosen, one, 0)).run()

    return within(seconds, lambda: search(frozenset({"g"})) or search(frozenset()))


@dataclass(frozen=True)
class _Search:
    needs: Requirements

    def run(self) -> ProvedRate | Unknown:
        identities = [self.decrease, self.bound, self.needs.start()]
        best = solve(identities, {CONSTANT: 1.0})
        if best is None:
            return Unknown("there is no such V in the family, as far as floating point can tell")
        constant = best.free[CONSTANT]
        for rate in in_time(self._proofs_near(identities, constant)):
            return rate
        reached = (
            f"a V with C = {constant:.6g} was found in floating point, but none near it with "
            "rational numbers was proved"
        )
        return Unknown(time_told(reached))

    def _proofs_near(self, identities: list[Identity], constant: float) -> Iterator[ProvedRate]:
        for slack in _SLACKS:
            most = {CONSTANT: constant * (1 + slack)}
            solution = solve(identities, {CONSTANT: 1.0}, most=most, inner=True)
            yield from self._proved(solution) if solution else ()

    @property
    def decrease(self) -> Identity:
        """V_k − V_{k+1} − metric ≥ 0."""
        found = self.needs.decrease()
        return replace(found, constant=-self.needs.goal)

    @property
    def bound(self) -> Identity:
        """V_k ≥ 0."""
        return replace(self.needs.bound(), constant=Form())

    def _proved(self, solution: Solution) -> Iterator[ProvedRate]:
        members = {n: v for n, v in solution.free.items() if n != CONSTANT}
        for rational in candidates(members):
            require_time("a V was being rounded")
            V = self.needs.family.combine(rational)
            scalars, motion = self.needs.family.scalars, self.needs.motion
            change = motion.change(V, scalars)
            first = self._certificate(-change - self.needs.goal, solution.signed[0])
            second = self._certificate(V, solution.signed[1]) if first else None
            if first is None or second is None:
                continue
            bounded = bounded_start(self.needs, V)
            if bounded is not None:
                yield self._rate(V, bounded[0], (first, second, *bounded[1]))

    def _rate(
        self, V: Form, constant: Fraction, certificates: tuple[Certificate, ...]
    ) -> ProvedRate:
        needs = self.needs
        metric, (right, right_latex) = readable(needs.metric), stated_distance(needs, constant)
        claim = f"min over i ≤ k of {metric} at i is ≤ {right}/(k + 1)"
        latex = rf"\min_{{i \le k}} {metric.to_latex()} \le \frac{{{right_latex}}}{{k + 1}}"
        return ProvedRate(
            needs.motion.system, needs.operator, claim, latex, constant, V, certificates
        )

    def _certificate(self, form: Form, weights: Weights) -> Certificate | None:
        needs = self.needs
        claim = Nonnegativity(form, needs.operator, needs.family.scalars, {}, needs.motion)
        return proved(claim, weights)
