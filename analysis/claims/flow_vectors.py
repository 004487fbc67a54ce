"""The vectors of a flow proof: Z, Z0, z*, G and their derivatives, with the product rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Symbol, sympify

from ...flows.errors import ProblemError
from ...flows.flow import Flow, anchor_moves, anchor_velocity
from ..coefficients.field import TIME, ScalarField, field_for
from ..readings.vector import Form, Vector

Z, Z0, ZSTAR, G, G_DOT = (Vector.generator(name) for name in ("Z", "Z0", "z*", "G", "Ġ"))
Y = Vector.generator("Y")
_CONSTANT = ("Z0", "z*")


@dataclass(frozen=True)
class FlowVectors:
    """Vectors of which Lyapunov functions of a flow are made.

    Parameters
    ----------
    t : Symbol
        Time, positive.
    z, z0, zstar : Vector
        The point Z(t), the start Z0 = Z(0), any zero z* of the operator.
    anchor : Vector
        The anchor: Z0, or Y(t) with Y(0) = Z0 for a flow whose anchor moves.
    g, g_dot : Vector
        The operator's value G(Z(t)) and its derivative d/dt G(Z(t)).
    z_dot : Vector
        The velocity Ż(t), as the flow's equation gives it.
    anchor_dot : Vector
        The velocity of the anchor.
    """

    t: Any
    z: Vector
    z0: Vector
    zstar: Vector
    g: Vector
    g_dot: Vector
    z_dot: Vector
    anchor: Vector
    anchor_dot: Vector


def flow_vectors(flow: Flow) -> FlowVectors:
    """Vectors of a flow: its equation read in the formal algebra.

    Parameters
    ----------
    flow : Flow
        Flow with exact parameters: int, Fraction, or SymPy expression.

    Returns
    -------
    FlowVectors

    Examples
    --------
    >>> from saddleode.flows import OptimisticFlow
    >>> v = flow_vectors(OptimisticFlow(alpha=1, beta=2))
    >>> print(v.z_dot)
    −G − 2 Ġ
    >>> print((v.z - v.zstar) @ v.g)
    ⟨G, Z⟩ − ⟨G, z*⟩
    """
    t = Symbol(TIME, positive=True)
    anchor = Y if anchor_moves(flow) else Z0
    velocity = flow.velocity(t, Z, anchor, G, G_DOT)
    anchor_dot = anchor_velocity(flow, t, Z, anchor, G)
    if not (isinstance(velocity, Vector) and isinstance(anchor_dot, Vector)):
        raise ProblemError(
            f"the velocity of {flow} is {velocity!r}; it must be linear in z, Z0, g and g_dot"
        )
    return FlowVectors(t, Z, Z0, ZSTAR, G, G_DOT, velocity, anchor, anchor_dot)


def time_derivative(V: Form, flow: Flow) -> Form:
    """Time derivative of a quadratic function along a flow, by the product rule.

    ``d/dt Σ c ⟨a, b⟩ = Σ ċ⟨a, b⟩ + c⟨ȧ, b⟩ + c⟨a, ḃ⟩`` with ``Ż`` from the flow's equation,
    ``d/dt G = Ġ``, Z0 and z* constant, and Ẏ from the flow if its anchor Y moves.

    Parameters
    ----------
    V : Form
        Over the generators Z, Z0, z*, G (and Y), with coefficients rational in t and the
        parameters.
    flow : Flow
        The flow.

    Returns
    -------
    Form
        With SymPy expressions in lowest terms as coefficients; the zero form iff V̇ ≡ 0.

    Raises
    ------
    ProblemError
        V has a generator whose derivative is not known (Ġ, or one of the caller's own).

    Examples
    --------
    >>> from saddleode.flows import GradientFlow
    >>> print(time_derivative(G @ G, GradientFlow()))
    2 ⟨G, Ġ⟩
    """
    vectors = flow_vectors(flow)
    values = (
        *V.terms.values(),
        *vectors.z_dot.terms.values(),
        *vectors.anchor_dot.terms.values(),
    )
    found = {symbol for value in map(sympify, values) for symbol in value.free_symbols}
    own = {Symbol(symbol.name): symbol for symbol in (vectors.t, *found)}  # with assumptions
    scalars = field_for(values, {})
    return derivative_over(scalars, V, flow).map(lambda c: scalars.shown(c).xreplace(own))


def derivative_over(scalars: ScalarField, V: Form, flow: Flow) -> Form:
    """Return the time derivative of V with coefficients in a given field."""
    vectors = flow_vectors(flow)
    derivatives = {"Z": vectors.z_dot.map(scalars.convert), "G": G_DOT}
    derivatives |= {name: Vector() for name in _CONSTANT}
    if vectors.anchor is Y:
        derivatives["Y"] = vectors.anchor_dot.map(scalars.convert)
    for name in V.generators:
        if name not in derivatives:
            raise ProblemError(
                f"the derivative of {name} is not known; make V of Z, Z0, zstar and G"
            )
    exact = V.map(scalars.convert)
    total = exact.map(scalars.derivative)
    for (i, j), c in exact.terms.items():
        total += (derivatives[i] @ Vector.generator(j) + Vector.generator(i) @ derivatives[j]) * c
    return total
