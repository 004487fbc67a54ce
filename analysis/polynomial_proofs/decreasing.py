"""The claim that a Lyapunov function never increases along a flow of a given problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Symbol, latex

from ...flows.errors import ProblemError
from ...flows.flow import Flow, parameters
from ..basics.ranges import Range
from ..readings.scalar_text import scalar_latex
from ..sos.polynomial_latex import polynomial_latex, vector_latex
from ..sos.polynomial_text import shortened
from ..sos.polynomials import Polynomial, used_names, write_polynomial
from .claims import Target, box_data, check_box, saddle_data, where, where_latex
from .flow_derivative import TIME, FlowState, flow_state, start_name
from .saddle_polynomial import SaddlePolynomial


@dataclass(frozen=True)
class Decreasing:
    """A Lyapunov function V never increases along a flow of a given problem.

    Parameters
    ----------
    saddle : SaddlePolynomial
        The problem.
    flow : Flow
        The flow, with rational parameters.
    V : Polynomial
        In the ring of the state of the flow; the variables of the problem stand for the state.
    box : mapping
        Where Z, Z0 and t may be; t > 0 always.
    """

    saddle: SaddlePolynomial
    flow: Flow
    V: Polynomial
    box: Mapping[str, Range]

    def __post_init__(self) -> None:
        object.__setattr__(self, "flow", exact_flow(self.flow))
        check_box(self.box, [s.name for s in self.V.ring.symbols])
        _ = self.domain

    @property
    def state(self) -> FlowState:
        """State of the flow."""
        return flow_state(self.saddle, self.flow)

    @property
    def domain(self) -> dict[str, Range]:
        """The box, and t > 0.

        Raises
        ------
        ProblemError
            The box allows no such t.
        """
        ranges = dict(self.box)
        for name, span in self.state.ranges.items():
            asked = ranges.get(name, Range())
            try:
                ranges[name] = asked.meet(span)
            except ProblemError as error:
                raise ProblemError(
                    f"the box has {asked.about(name)}, but the flow is about {span.about(name)}"
                ) from error
        return ranges

    @property
    def statement(self) -> str:
        """The claim in words."""
        V = f"{shortened(self.V)}{self._state_text()}"
        problem = f"{self.saddle.about()}{where(self.box)}"
        flow = flow_text(self.flow)
        return f"V = {V} never increases along {self._solutions}the {flow} of {problem}"

    @property
    def _solutions(self) -> str:
        """Which solutions are meant, when the equation depends on t or on Z0: all of them.

        One that starts at Z(0) = Z0 need not pass through a point that refutes the claim.
        """
        names = [symbol.name for symbol in self.V.ring.symbols]
        if start_name(self.saddle.names[0]) in names:
            return "any solution, through any Z at any t > 0 and for any Z0, of "
        moving = self.state.ranges and TIME in used_names([self.V])
        at_any_time = self.state.denominator != 1 or moving
        return "any solution, through any Z at any t > 0, of " if at_any_time else ""

    @property
    def targets(self) -> tuple[Target, ...]:
        """−V̇, multiplied by a power of t that makes it a polynomial."""
        state = self.state
        scale = state.denominator
        name, tex = ("−V̇", r"-\dot V") if scale == 1 else (f"−{scale}·V̇", rf"-{scale}\,\dot V")
        return (Target(name, tex.replace("**", "^"), -state.slope(self.V)),)

    @property
    def latex(self) -> str:
        """The claim as a sentence in LaTeX."""
        solutions = self._solutions or "any solution of "
        for text, tex in (("Z0", "$Z_0$"), ("any Z ", "any $Z$ "), ("t > 0", "$t > 0$")):
            solutions = solutions.replace(text, tex)
        return (
            f"Along {solutions}{flow_latex(self.flow)}, for {self.saddle.latex}, "
            f"{self._function_latex} never increases{where_latex(self.box)}."
        )

    @property
    def _function_latex(self) -> str:
        V = polynomial_latex(self.V)
        if self.state.is_point:
            return f"$V = {V}$"
        names = vector_latex(self.saddle.names)
        state = ",\\ ".join(map(polynomial_latex, self.state.state))
        return f"$V = {V}$, taken at $({names}) = W = ({state})$,"

    def data(self) -> dict[str, Any]:
        """Return what the claim is made of, for JSON."""
        return {
            "kind": "decreasing",
            **saddle_data(self.saddle),
            "flow": flow_data(self.flow),
            "V": write_polynomial(self.V),
            "box": box_data(self.box),
        }

    def _state_text(self) -> str:
        if self.state.is_point:
            return ""
        names = ", ".join(self.saddle.names)
        return f" at ({names}) = W = ({', '.join(map(shortened, self.state.state))})"


def flow_text(flow: Flow) -> str:
    """Name a flow with its parameters, for a sentence."""
    settings = ", ".join(f"{name} = {value}" for name, value in parameters(flow).items())
    return f"{flow.title} ({settings})" if settings else flow.title


def flow_latex(flow: Flow) -> str:
    """Write a flow and its parameters in LaTeX."""
    values = [f"{latex(Symbol(n))} = {scalar_latex(v)}" for n, v in parameters(flow).items()]
    return f"${flow.formula}$" + (f" with ${', '.join(values)}$" if values else "")


def flow_data(flow: Flow) -> dict[str, Any]:
    """Return a flow for JSON."""
    settings = {name: str(value) for name, value in parameters(flow).items()}
    return {"name": flow.name, "parameters": settings}


def exact_flow(flow: Flow) -> Flow:
    """Return the flow with rational parameters; a float counts as it is stored."""
    values = {name: _rational(flow, name, value) for name, value in parameters(flow).items()}
    return type(flow)(**values)


def _rational(flow: Flow, name: str, value: Any) -> Fraction:
    try:
        return Fraction(value) if isinstance(value, float) else Fraction(str(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise ProblemError(
            f"{name} = {value} in the {flow.name} flow; proofs for one problem need numbers"
        ) from error
