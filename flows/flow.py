"""What a saddle flow is: one line of mathematics, read by numbers and by proofs alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from .errors import ProblemError


class Flow(Protocol):
    """Saddle flow: an equation for Ż linear in Z, the anchor Z0, G(Z) and d/dt G(Z).

    Implementations are frozen dataclasses whose fields are the parameters of the equation.
    `velocity` uses nothing but ``+``, ``-`` and scalar ``*``, so that its arguments may be
    floats, arrays, SymPy expressions or formal vectors. A flow whose anchor moves has one more
    such line, ``anchor_velocity(t, z, anchor, g)``: then Z0 is where its anchor Y starts, and
    `anchor` is Y(t). A flow that is no such equation, a modified flow, has the form in which it is
    integrated as an attribute ``form`` (a class, see `Form`), and `velocity` is its linear part.

    Attributes
    ----------
    name : str
        One word for the command line, e.g. ``"anchored"``.
    title : str
        Full name for headings, e.g. ``"anchored saddle flow"``.
    formula : str
        The equation in TeX.
    example : Mapping[str, Any]
        Parameters that make a good first example.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @property
    def time_scale(self) -> Any:
        """Speed of the clock: the flow at time t is its unit version at time ``time_scale * t``."""

    def velocity(self, t: Any, z: Any, anchor: Any, g: Any, g_dot: Any) -> Any:
        """Return Ż for Z = `z`, Z0 = `anchor`, G(Z) = `g` and d/dt G(Z) = `g_dot`."""


class Weights(NamedTuple):
    """Weights of Z, Z0, G(Z) and d/dt G(Z) in the velocity of a flow at one time."""

    z: Any
    anchor: Any
    g: Any
    g_dot: Any


F = TypeVar("F", bound=Flow)


def weights(flow: Flow, t: Any) -> Weights:
    """Weights of a flow at time `t`: its velocity read in scalar algebra, one unit at a time.

    Examples
    --------
    >>> from saddleode.flows import OptimisticFlow
    >>> weights(OptimisticFlow(2, 3), 1)
    Weights(z=0, anchor=0, g=-2, g_dot=-3)
    """
    return _weights(flow.velocity, t)


def anchor_velocity(flow: Flow, t: Any, z: Any, anchor: Any, g: Any) -> Any:
    """Return the velocity of the anchor, which is 0 unless the flow says otherwise."""
    moves = getattr(flow, "anchor_velocity", None)
    return 0 * anchor if moves is None else moves(t, z, anchor, g)


def anchor_weights(flow: Flow, t: Any) -> Weights:
    """Weights of the velocity of the anchor at time `t`; that of d/dt G is 0.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow
    >>> anchor_weights(GradientFlow(), 1)
    Weights(z=0, anchor=0, g=0, g_dot=0)
    """
    return _weights(lambda t, z, anchor, g, _: anchor_velocity(flow, t, z, anchor, g), t)


def anchor_moves(flow: Flow) -> bool:
    """Whether the anchor of a flow moves, as that of the fast OGDA flow does."""
    times = (0.37, 1.0, 2.9)  # at one time alone, a function of time may be 0
    return any(_any(weight != 0) for t in times for weight in anchor_weights(flow, t))


def _weights(velocity: Callable[..., Any], t: Any) -> Weights:
    return Weights(
        z=velocity(t, 1, 0, 0, 0),
        anchor=velocity(t, 0, 1, 0, 0),
        g=velocity(t, 0, 0, 1, 0),
        g_dot=velocity(t, 0, 0, 0, 1),
    )


class Rates(NamedTuple):
    """Rates of ``Ż = −α G(Z) − β d/dt G(Z) − (γ/t)(Z − Z0)``, the shape of the paper's flows."""

    alpha: Any
    beta: Any
    gamma: Any


def rates(flow: Flow) -> Rates:
    """Rates α, β, γ of a flow of the shape ``Ż = −α G(Z) − β d/dt G(Z) − (γ/t)(Z − Z0)``.

    Raises
    ------
    ProblemError
        The flow has another shape: a function of time among its parameters, an anchor that
        moves, or weights other than these at the times 1 and 4, which are enough to tell it
        from the flows whose weights are powers of t.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> rates(AnchoredFlow(gamma=2.0))
    Rates(alpha=1.0, beta=-0.0, gamma=2.0)
    """
    one, four = weights(flow, 1), weights(flow, 4)
    differences = (
        one.g - four.g,
        one.g_dot - four.g_dot,
        one.z - 4 * four.z,
        one.z + one.anchor,
        four.z + four.anchor,
    )
    other = anchor_moves(flow) or has_time_functions(flow)
    if other or any(_any(difference != 0) for difference in differences):
        raise ProblemError(
            f"the {flow.name} flow is not of the form Ż = −αG − β d/dt G − (γ/t)(Z − Z0)"
        )
    return Rates(alpha=-one.g, beta=-one.g_dot, gamma=-one.z)


def _any(truth: Any) -> bool:
    """Truth of a comparison of numbers, or of any in one of arrays."""
    return bool(truth.any()) if hasattr(truth, "any") else bool(truth)


def parameters(flow: Flow) -> dict[str, Any]:
    """Parameters of a flow by name, in the order of its definition."""
    return {field.name: getattr(flow, field.name) for field in dataclasses.fields(flow)}


def scalar_parameters(flow: Flow) -> dict[str, Any]:
    """Parameters of a flow by name; a flow among them counts as its own parameters."""
    found: dict[str, Any] = {}
    for name, value in parameters(flow).items():
        found |= scalar_parameters(value) if is_flow(value) else {name: value}
    return found


def has_time_functions(flow: Flow) -> bool:
    """Whether a function of time is among the parameters of a flow."""
    return any(callable(value) for value in scalar_parameters(flow).values())


def is_flow(value: Any) -> bool:
    """Whether a value is a flow (not the class of one)."""
    listed = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return listed and callable(getattr(value, "velocity", None))


def numerical(flow: F) -> F:
    """Return the same flow with floats for parameters, ready to meet arrays.

    A flow among the parameters becomes numerical too; a function of time stays one.

    Raises
    ------
    ProblemError
        A parameter is a symbol without a value.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from saddleode.flows import AnchoredFlow
    >>> numerical(AnchoredFlow(Fraction(1, 2)))
    AnchoredFlow(gamma=0.5, power=1.0)
    """
    values = {name: _number(flow, name, value) for name, value in parameters(flow).items()}
    return type(flow)(**values)


def _number(flow: Flow, name: str, value: Any) -> Any:
    if is_flow(value):
        return numerical(value)
    if hasattr(value, "dtype") and value.ndim:
        return value.astype(float)
    free = sorted(map(str, getattr(value, "constants", ())))
    try:
        if not free:
            return value if callable(value) else float(value)
    except TypeError:
        free = [str(value)]
    raise ProblemError(
        f"{name} = {value} is a symbol; numbers are needed here, e.g. "
        f"{type(flow).__name__}({name}=1)"
    )
