"""One attempt of the search: from the numbers of a semidefinite programme to a V that decreases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..basics.proof_outcome import Unknown
from ..basics.time_limit import in_time, require_time
from ..claims.claims import Decrease
from .bounding import Bounding
from .completion import Weights, proved
from .conic import ACCURACY, Solution, solve
from .identity import Identity
from .proved_rate import ProvedRate
from .requirements import CONSTANT, ORIGIN, Requirements
from .rounding import candidates

_LARGEST = 1e4  # a larger constant means that the solver ran away, not that it found something
_NEAR = 1e-7  # relative; a proved constant that close to the solver's is good enough
_SLACKS = (1e-6, 1e-4)  # relative, on the constant, when a simple V is looked for
_ROOM = 1e-9  # on top of it, for constants that are 0


@dataclass(frozen=True)
class Attempt:
    """One attempt to find V and to prove the rate that it gives.

    Parameters
    ----------
    requirements : Requirements
        What V must satisfy.
    bounded : bool
        Whether V at the start has to be at most C‖Z0 − z*‖².
    """

    requirements: Requirements
    bounded: bool

    def run(self) -> ProvedRate | Unknown:
        """Return the rate, or how far this attempt came."""
        best, reached = None, Unknown("no V in this family")
        for solution in self._solutions():
            least = self._value(solution)
            reached = Unknown(
                f"a V with the constant {least:.6g} was found in floating point, but none near it "
                "with rational numbers was proved"
            )
            for rate in in_time(self._rates(solution)):
                if best is None or rate.constant < best.constant:
                    best = rate
                if best.constant <= least * (1 + _NEAR):
                    return best
            if best is not None:
                return best
        return reached

    def _value(self, solution: Solution) -> float:
        return sum(weight * solution.free[name] for name, weight in self._objective.items())

    def _rates(self, solution: Solution) -> Iterator[ProvedRate]:
        """Yield the rates that are proved near a solution, the simplest first."""
        for claim in self._shapes(solution):
            require_time("a V was being rounded")
            certificate = proved(claim, self._weights(claim))
            if certificate is not None:
                bounding = Bounding(self.requirements, self.bounded, certificate, self._still)
                if (rate := bounding.best()) is not None:
                    yield rate

    @cached_property
    def _decrease(self) -> Identity:
        return self.requirements.decrease()

    @cached_property
    def _still(self) -> frozenset[str]:
        """Members of the family that never change: they enter V as a constant."""
        return frozenset(n for n, change in self._decrease.free.items() if not change)

    @cached_property
    def _objective(self) -> dict[str, float]:
        if self.bounded:
            return {CONSTANT: 1.0}
        return self.requirements.start_costs(self.requirements.bound().free)

    def _solutions(self) -> Iterator[Solution]:
        """Yield simple solutions that are nearly the best, and the best."""
        identities = [self._decrease, self.requirements.bound()]
        identities += [self.requirements.start()] if self.bounded else []
        best = solve(identities, self._objective)
        if best is None or abs(self._value(best)) > _LARGEST:
            return
        (name, *others) = self._objective
        for slack in _SLACKS if not others else ():
            most = {name: best.free[name] + slack * abs(best.free[name]) + _ROOM}
            simple = solve(identities, {}, most=most, sparse=True)
            if simple is not None:
                yield simple
        yield best

    def _weights(self, claim: Decrease) -> Weights:
        """Return few approximate multipliers with which a rational V decreases."""
        change = Identity(-claim.change.substitute(ORIGIN), {}, self._decrease.signed)
        solution = solve([change], {}, sparse=True)
        return solution.signed[0] if solution else {}

    def _shapes(self, solution: Solution) -> Iterator[Decrease]:
        """Yield claims that a rational V, up to a factor and a constant, decreases.

        They are scaled so that the largest coefficient of ‖G‖² is 1: the factor may be irrational
        where the ratios are not.
        """
        needs = self.requirements
        numbers = {n: value for n, value in solution.free.items() if n in needs.family.members}
        moving = {n: value for n, value in numbers.items() if n not in self._still}
        scale = max((abs(value) for n, value in moving.items() if n.startswith("g g")), default=0)
        if scale < ACCURACY:
            return
        shape = {name: value / scale for name, value in moving.items()}
        for rational in candidates(shape, frozenset({"e e 0", "d d 0"})):
            V = needs.family.combine(rational)
            yield Decrease(V, needs.motion, needs.operator, needs.family.scalars)
