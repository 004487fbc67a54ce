"""What moves a Lyapunov function: a flow, or one step of a method, as a proof sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ...flows.flow import Flow, is_flow
from ..classes.operator_class import OperatorClass
from ..coefficients.field import ScalarField
from ..readings.vector import Form, Vector
from .flow_motion import FlowMotion
from .step_motion import StepMotion


class Motion(Protocol):
    """Change of quadratic functions: differentiation along a flow, or one step of a method.

    Attributes
    ----------
    clock : "t" or "k"
        What moves.
    kind : "flow" or "method"
        What it is.
    change_text, change_latex : str
        How the change of V is written.
    """

    clock: ClassVar[str]
    kind: ClassVar[str]
    change_text: ClassVar[str]
    change_latex: ClassVar[str]

    @property
    def system(self) -> Flow | Method:
        """The flow or the method."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """All fields of the flow or the method by name."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Scalar parameters of the flow or the method by name."""

    @property
    def equations(self) -> Mapping[str, Vector]:
        """What the flow or the method says, by name: ``Ż`` or ``z^{k+1}``."""

    @property
    def names(self) -> Mapping[str, Any]:
        """The vectors, and the clock, by the names they have in text."""

    def change(self, V: Form, scalars: ScalarField) -> Form:
        """Return V̇ or V_{k+1} − V_k over a field."""

    def relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return what a class says of the points that matter to some forms, by name."""

    def readable_relations(self, operator: OperatorClass, *forms: Form) -> Mapping[str, Form]:
        """Return the same over differences such as ``Z − z*``, for printing."""

    def sentence(self, operator: OperatorClass, decrease: str) -> str:
        """Return the sentence that says for which trajectories V decreases."""


def motion_of(system: Flow | Method) -> Motion:
    """Return the motion of a flow or of a method.

    Raises
    ------
    ProblemError
        It is neither.
    """
    if is_flow(system):
        return FlowMotion(system)  # type: ignore[arg-type]
    if isinstance(system, type) or not callable(getattr(system, "step", None)):
        raise ProblemError(
            f"got {system!r}; a flow such as GradientFlow() or a method such as SimGD(1) is needed"
        )
    return StepMotion(system)  # type: ignore[arg-type]
