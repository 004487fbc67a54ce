"""Witnesses: one trajectory on which a claim fails, checked again exactly or by intervals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sympy import Symbol

from ...flows.errors import SaddleodeError
from ..claims.claims import Claim, Decrease, Nonnegativity
from ..coefficients.evaluation import in_region, rounded_down
from ..readings.scalar_text import scalar_latex, scalar_text
from .moment import Moment
from .rotations import Rotation, is_member


class WitnessError(SaddleodeError):
    """A witness that refutes nothing."""


@dataclass(frozen=True)
class Witness:
    """Counterexample: a rotation with dissipation, and the moment at which a claim fails on it.

    The operator is ``G(z) = M(z − z*)``, ``M = [[a, b], [−b, a]]``, the saddle operator of
    ``L = a x²/2 + b x u − a u²/2`` moved to z*. The trajectory starts from z* + (1, 0). Along a
    method it is computed exactly, along a flow it is enclosed between rational bounds.

    Parameters
    ----------
    claim : Claim
        What fails.
    M : Rotation
        The operator, a member of the claim's class.
    at : mapping
        Values of all parameters, and of t or k.
    zstar : tuple of Fraction
        z*.
    """

    claim: Claim
    M: Rotation
    at: Mapping[str, Fraction]
    zstar: tuple[Fraction, Fraction]

    @property
    def moment(self) -> Moment:
        """Where the trajectory is looked at."""
        return Moment(self.claim, self.M, self.at, self.zstar)

    @cached_property
    def excess(self) -> tuple[Fraction, Fraction]:
        """Bounds of what is claimed to be ≤ 0; equal when it is exact."""
        low, high = self.moment.bounds(self.claim.target)
        return -high, -low

    def verify(self) -> None:
        """Verify everything anew: the region, the class, and that the claim fails.

        Raises
        ------
        WitnessError
            With what fails.
        """
        scalars = self.claim.scalars
        if not in_region(scalars, self.at):
            raise WitnessError(f"{self._where} is not in the region {scalars.region}")
        if not is_member(self.M, self.claim.operator, scalars, self.at):
            raise WitnessError(f"M is no {self.claim.operator.title}")
        if self.excess[0] <= 0:
            raise WitnessError("the claim does not fail there")
        assumed = self.claim.assuming if isinstance(self.claim, Nonnegativity) else {}
        for name, form in assumed.items():
            if self.moment.bounds(form)[0] < 0:
                raise WitnessError(f"what is assumed, {name} ≥ 0, does not hold there")

    def to_json(self) -> str:
        """Return the counterexample as JSON with exact numbers."""
        a, b = self.M.a, self.M.b
        data = {
            "statement": self.claim.statement,
            "operator": [[str(a), str(b)], [str(-b), str(a)]],
            "zstar": [str(x) for x in self.zstar],
            "z0": [str(self.zstar[0] + 1), str(self.zstar[1])],
            "at": {name: str(x) for name, x in self.at.items()},
            "excess": [str(x) for x in self.excess],
        }
        return json.dumps(data, ensure_ascii=False, indent=2)

    def to_latex(self) -> str:
        """Return the counterexample in LaTeX."""
        a, b, minus = (scalar_latex(x) for x in (self.M.a, self.M.b, -self.M.b))
        matrix = rf"\begin{{pmatrix}} {a} & {b} \\ {minus} & {a} \end{{pmatrix}}"
        at = {scalar_latex(Symbol(name)): scalar_latex(x) for name, x in self.at.items()}
        where = ", ".join(f"{name} = {x}" for name, x in at.items())
        zstar, z0 = (_pair(self.zstar, shift) for shift in (0, 1))
        return (
            f"\\[ G(z) = {matrix} (z - z^\\star), \\quad z^\\star = {zstar}, \\quad z^0 = {z0}, "
            f"\\quad {where}: \\quad {self._failing(latex=True)} > 0 \\]"
        )

    def __str__(self) -> str:
        a, b, minus = (scalar_text(x) for x in (self.M.a, self.M.b, -self.M.b))
        return (
            f"{self.claim.statement}\nThis is false for G(z) = [[{a}, {b}], [{minus}, {a}]] "
            f"(z − z*), z* = {_pair(self.zstar, 0)}, from {_pair(self.zstar, 1)}:\n"
            f"  at {self._where}, {self._failing(latex=False)} > 0"
        )

    @property
    def _where(self) -> str:
        return ", ".join(f"{scalar_text(Symbol(n))} = {scalar_text(x)}" for n, x in self.at.items())

    def _failing(self, *, latex: bool) -> str:
        low, high = self.excess
        size = rounded_down(low)
        relation = "=" if low == high and size == str(low) else (r"\ge" if latex else "≥")
        return f"{excess_name(self.claim, latex=latex)} {relation} {size}"


def excess_name(claim: Claim, *, latex: bool) -> str:
    """Return how what is claimed to be ≤ 0 is written."""
    if not isinstance(claim, Decrease):
        return "-F" if latex else "−F"
    motion, write = claim.motion, scalar_latex if latex else scalar_text
    rate = f" + ({write(claim.rate)}) V" if claim.rate else ""
    return (motion.change_latex if latex else motion.change_text) + rate


def _pair(zstar: tuple[Fraction, Fraction], shift: int) -> str:
    return f"({zstar[0] + shift}, {zstar[1]})"
