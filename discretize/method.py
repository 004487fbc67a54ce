"""What a discretisation is: a start and one step, read by numbers and by proofs alike."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from ..flows.errors import OutsideTheoremWarning, ProblemError
from ..flows.flow import Flow
from .operators import Operator
from .power_law import PowerLaw

State = tuple[Any, ...]
"""What a method carries from step to step; ``state[0]`` is the iterate z^k."""


class Method(Protocol):
    """Discretisation of a saddle flow: z^0, z^1, z^2, … by evaluations of G.

    Implementations are frozen dataclasses whose fields are the parameters. `start` and `step` use
    nothing but ``+``, ``-``, scalar ``*`` and `G`, so that a point may be an array, a formal
    vector or anything else that adds up: what `G` is decides what comes out.

    Attributes
    ----------
    name : str
        One word for the command line, e.g. ``"simgd-o"``.
    title : str
        Full name for headings.
    formula : str
        One step in TeX.
    source : str
        Where the method comes from, as "Author Year, Section n".
    example : Mapping[str, Any]
        Parameters that make a good first example: with them the method converges on every
        monotone 1-Lipschitz problem if it does so at all.
    needs : type
        What the method asks of G beyond its values: `Operator` (nothing), `ResolventOperator`,
        `BlockOperator` or `CoordinateOperator`. A reading that does not offer it refuses.
    splits : bool
        Whether the method has a form for G = F + A, A the players' sets and terms: it steps
        forward with values of F, which `G` gives, and `backward` on A.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]
    needs: ClassVar[Any]
    splits: ClassVar[bool]
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @property
    def alpha(self) -> Any:
        """Learning rate: the number that tends to 0 when the method tends to its flow."""

    def start(self, G: Operator, z0: Any) -> State:
        """Return the state before step 0; its first entry is `z0`."""

    def step(self, G: Operator, state: State, k: Any) -> State:
        """Return the state after step `k` = 0, 1, 2, … from the state before it."""

    def flow(self) -> Flow:
        """Return the flow that the method discretises, in units of its own time."""

    def time(self, k: Any) -> Any:
        """Return the time t_k on the clock of the flow at which z^k stands for Z(t_k)."""

    def with_step(self, alpha: Any) -> Method:
        """Return the same method with another learning rate."""


@runtime_checkable
class Ranged(Protocol):
    """Method whose theorems hold for some of the parameters that it takes."""

    def outside_theorem(self) -> str | None:
        """Return what takes the parameters outside, in one line; None if nothing does."""


def warn_outside_theorem(method: Method) -> None:
    """Emit OutsideTheoremWarning if a parameter is outside the range of the theorems."""
    reason = method.outside_theorem() if isinstance(method, Ranged) else None
    if reason is not None:
        warnings.warn(reason, OutsideTheoremWarning, stacklevel=3)


M = TypeVar("M", bound=Method)


def parameters(method: Method) -> dict[str, Any]:
    """Parameters of a method by name, in the order of its definition."""
    return {field.name: getattr(method, field.name) for field in dataclasses.fields(method)}


def numerical(method: M) -> M:
    """Return the same method with floats for parameters, ready to meet arrays.

    Raises
    ------
    ProblemError
        A parameter is a symbol without a value, or this is no method.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from saddleode.discretize import SimGD
    >>> numerical(SimGD(Fraction(1, 4)))
    SimGD(alpha=0.25)
    """
    if isinstance(method, type) or not dataclasses.is_dataclass(method):
        raise ProblemError(f"method = {method!r}; an object such as SimGD(0.1) is needed")
    values = {name: _as_float(method, name, p) for name, p in parameters(method).items()}
    return type(method)(**values)


def _as_float(method: Method, name: str, parameter: Any) -> Any:
    if isinstance(parameter, PowerLaw):
        return parameter.numerical()
    if callable(parameter):
        return lambda k: float(parameter(k))
    try:
        return float(parameter)
    except TypeError as error:
        kind = "a symbol" if hasattr(parameter, "free_symbols") else "not one number"
        raise ProblemError(
            f"{name} = {parameter} is {kind}; numbers are needed here, "
            f"e.g. {type(method).__name__}({name}=…) with a number"
        ) from error
