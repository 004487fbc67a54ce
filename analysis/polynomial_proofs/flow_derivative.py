"""V̇ along a flow of a polynomial problem, as a polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ...flows.flow import Flow, anchor_moves, weights
from ..basics.ranges import POSITIVE, Range
from ..sos.polynomials import Polynomial, polynomial_ring
from .saddle_polynomial import SaddlePolynomial

TIME = "t"


@dataclass(frozen=True)
class FlowState:
    """State in which a flow is an ordinary differential equation with polynomial right-hand side.

    With the velocity Ż = a Z + b Z0 + c G + e Ġ the state is W = Z − e G(Z), and
    Ẇ = a Z + b Z0 + (c − ė) G: the point itself for the gradient and the anchored flow,
    W = Z + βG(Z) for the optimistic flow. All is written in the coordinates of Z.

    Parameters
    ----------
    ring : PolyRing
        Variables of the problem, those of Z0 if the flow has an anchor, and t.
    state : tuple of Polynomial
        The coordinates of W.
    velocity : tuple of Polynomial
        ``denominator · Ẇ``.
    denominator : Polynomial
        A power of t, positive for t > 0.
    """

    ring: PolyRing
    state: tuple[Polynomial, ...]
    velocity: tuple[Polynomial, ...]
    denominator: Polynomial

    @property
    def is_point(self) -> bool:
        """Whether the state is the point Z itself."""
        return list(self.state) == list(self.ring.gens[: len(self.state)])

    @property
    def ranges(self) -> dict[str, Range]:
        """Range of time, when time is a variable."""
        further = self.ring.symbols[len(self.state) :]  # a variable of the problem may be called t
        return {TIME: POSITIVE} if TIME in (s.name for s in further) else {}

    def slope(self, V: Polynomial) -> Polynomial:
        """``denominator · V̇`` for a function V of the state, of Z0 and of t.

        V is written in the variables of the ring, those of the problem standing for W.
        """
        d, gens = len(self.state), self.ring.gens
        at_state = list(zip(gens, self.state, strict=False))
        total = self.ring.zero
        for z, velocity in zip(gens[:d], self.velocity, strict=True):
            total += V.diff(z).compose(at_state) * velocity
        if self.ranges:
            total += V.diff(gens[-1]).compose(at_state) * self.denominator
        return total


def flow_state(saddle: SaddlePolynomial, flow: Flow) -> FlowState:
    """State of a flow on a polynomial problem.

    Raises
    ------
    ProblemError
        The flow has a moving anchor, parameters that are not rational numbers, or weights that
        are not rational functions of t with a power of t below; or a name occurs twice.

    Examples
    --------
    >>> from saddleode.flows import OptimisticFlow, SaddleProblem
    >>> from .saddle_polynomial import saddle_polynomial
    >>> state = flow_state(saddle_polynomial(SaddleProblem("x*u", "x", "u")), OptimisticFlow(1, 2))
    >>> state.state, state.velocity
    ((x + 2*u, -2*x + u), (-u, x))
    """
    if anchor_moves(flow):
        raise ProblemError(f"the anchor of the {flow.name} flow moves; this is not supported here")
    ring = _ring(saddle, flow)
    field = ring.to_field()
    a, b, c, e = (_weight(w, field, flow) for w in weights(flow, sympy.Symbol(TIME)))
    if not e.denom.is_ground:
        raise ProblemError(f"the weight of d/dt G in the {flow.name} flow is no polynomial in t")
    rate = e.diff(field.gens[-1]) if TIME in (s.name for s in ring.symbols) else field.zero
    z = [field(v) for v in ring.gens[: len(saddle.names)]]
    z0 = [field(v) for v in ring.gens[len(z) : 2 * len(z)]] if b else z
    g = [field(component.set_ring(ring)) for component in saddle.operator]
    state = [v - e * w for v, w in zip(z, g, strict=True)]
    velocity = [a * v + b * y + (c - rate) * w for v, y, w in zip(z, z0, g, strict=True)]
    denominator = _common_denominator(velocity, ring)
    return FlowState(
        ring,
        tuple(_numerator(v, ring.one) for v in state),
        tuple(_numerator(v, denominator) for v in velocity),
        denominator,
    )


def start_name(name: str) -> str:
    """Return the name of a coordinate of Z0."""
    return f"{name}_0"


def _ring(saddle: SaddlePolynomial, flow: Flow) -> PolyRing:
    names, at = list(saddle.names), weights(flow, sympy.Symbol(TIME))
    autonomous = not any(sympy.sympify(w, strict=True).has(sympy.Symbol(TIME)) for w in at)
    if not sympy.sympify(at.anchor, strict=True).is_zero:
        names += [start_name(name) for name in saddle.names]
    if not (autonomous and TIME in saddle.names):
        names.append(TIME)
    if len(set(names)) < len(names):
        twin = next(name for name in names if names.count(name) > 1)
        raise ProblemError(f"the name {twin} is taken by time or by the start; rename the variable")
    return polynomial_ring(names)


def _weight(weight: Any, field: Any, flow: Flow) -> Any:
    e = sympy.sympify(weight, strict=True)
    e = e.xreplace({f: sympy.Rational(f) for f in e.atoms(sympy.Float)})
    if free := e.free_symbols - {sympy.Symbol(TIME)}:
        raise ProblemError(f"{min(map(str, free))} in the {flow.name} flow needs a number here")
    try:
        return field.from_expr(e)
    except (ValueError, sympy.CoercionFailed) as error:
        raise ProblemError(
            f"the {flow.name} flow has the weight {e}; needed: rational functions of t"
        ) from error


def _common_denominator(velocity: list[Any], ring: PolyRing) -> Polynomial:
    denominator = ring.one
    for v in velocity:
        denominator = denominator.lcm(v.denom)
    if len(denominator) > 1:
        raise ProblemError(f"the weights of the flow have the denominator {denominator}")
    return denominator.monic()


def _numerator(v: Any, denominator: Polynomial) -> Polynomial:
    return v.numer * denominator.exquo(v.denom)
