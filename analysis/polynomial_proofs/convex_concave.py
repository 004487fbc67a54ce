"""The claim that L is convex in x and concave in u."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..basics.ranges import Range
from ..sos.polynomial_latex import polynomial_latex, vector_latex
from ..sos.polynomial_text import shortened
from ..sos.polynomials import Polynomial, polynomial_ring
from .claims import Target, box_data, check_box, saddle_data, where, where_latex
from .saddle_polynomial import SaddlePolynomial


@dataclass(frozen=True)
class ConvexConcave:
    """L is convex in x for every u, and concave in u for every x, on a box.

    Parameters
    ----------
    saddle : SaddlePolynomial
        The problem.
    box : mapping
        Where.
    """

    saddle: SaddlePolynomial
    box: Mapping[str, Range]

    def __post_init__(self) -> None:
        check_box(self.box, self.saddle.names)

    @property
    def domain(self) -> Mapping[str, Range]:
        """The box."""
        return self.box

    @property
    def statement(self) -> str:
        """The claim in words."""
        xs, us = (", ".join(part) for part in self._players)
        L = shortened(self.saddle.L)
        return f"L = {L} is convex in {xs} and concave in {us}{where(self.box)}"

    @property
    def targets(self) -> tuple[Target, ...]:
        """Second derivatives of L in x and of −L in u, along a direction v."""
        xs, us = self._players
        return (
            Target("v·∂²L/∂x²·v", r"v^\top \partial_{xx} L\, v", self._curvature(xs, 1)),
            Target("−v·∂²L/∂u²·v", r"-v^\top \partial_{uu} L\, v", self._curvature(us, -1)),
        )

    @property
    def latex(self) -> str:
        """The claim as a sentence in LaTeX."""
        xs, us = map(vector_latex, self._players)
        L = polynomial_latex(self.saddle.L)
        where = f" for all{where_latex(self.box).removeprefix(' with')}" if self.box else ""
        return f"$L = {L}$ is convex in ${xs}$ and concave in ${us}${where}."

    def data(self) -> dict[str, Any]:
        """Return what the claim is made of, for JSON."""
        box = box_data(self.box)
        return {"kind": "convex-concave", **saddle_data(self.saddle), "box": box}

    @property
    def _players(self) -> tuple[list[str], list[str]]:
        names, n = self.saddle.names, self.saddle.n
        return names[:n], names[n:]

    def _curvature(self, variables: list[str], sign: int) -> Polynomial:
        names = self.saddle.names
        directions = {name: direction_name(name, names) for name in variables}
        ring = polynomial_ring([*names, *directions.values()])
        generator = {symbol.name: z for symbol, z in zip(ring.symbols, ring.gens, strict=True)}
        L, total = self.saddle.L.set_ring(ring) * sign, ring.zero
        for a in variables:
            slope = L.diff(generator[a]) * generator[directions[a]]
            for b in variables:
                total += slope.diff(generator[b]) * generator[directions[b]]
        return total


def direction_name(name: str, taken: list[str]) -> str:
    """Name of a direction beside a variable, different from all names taken."""
    direction = f"v_{name}"
    while direction in taken:
        direction = f"{direction}_"
    return direction
