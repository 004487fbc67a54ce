"""Claims about one polynomial problem, each as polynomials that must not be negative on a box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ...flows.errors import ProblemError
from ..basics.ranges import Range, parse_range
from ..readings.scalar_text import scalar_latex
from ..sos.polynomial_latex import name_latex, polynomial_latex, vector_latex
from ..sos.polynomial_text import shortened
from ..sos.polynomials import Polynomial, write_polynomial
from .saddle_polynomial import SaddlePolynomial


@dataclass(frozen=True)
class Target:
    """One polynomial that must be ≥ 0, and what it is called.

    Parameters
    ----------
    name, tex : str
        In text and in LaTeX, e.g. ``−V̇``.
    polynomial : Polynomial
        The polynomial.
    """

    name: str
    tex: str
    polynomial: Polynomial


class PolynomialClaim(Protocol):
    """A claim: it holds iff every target is ≥ 0 on the domain."""

    @property
    def box(self) -> Mapping[str, Range]:
        """Where: ranges of variables by name; others are free."""

    @property
    def domain(self) -> Mapping[str, Range]:
        """The box, with what the claim itself assumes, such as t > 0."""

    @property
    def statement(self) -> str:
        """The claim in words."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """What must not be negative."""

    @property
    def latex(self) -> str:
        """The claim as a sentence in LaTeX."""

    def data(self) -> dict[str, Any]:
        """Return what the claim is made of, for JSON."""


@dataclass(frozen=True)
class Nonnegative:
    """A polynomial is ≥ 0 on a box.

    Parameters
    ----------
    polynomial : Polynomial
        Which one.
    box : mapping
        Where.
    """

    polynomial: Polynomial
    box: Mapping[str, Range]

    def __post_init__(self) -> None:
        check_box(self.box, [s.name for s in self.polynomial.ring.symbols])

    @property
    def domain(self) -> Mapping[str, Range]:
        """The box."""
        return self.box

    @property
    def statement(self) -> str:
        """The claim in words."""
        names = ", ".join(s.name for s in self.polynomial.ring.symbols)
        return f"p({names}) = {shortened(self.polynomial)} is nowhere negative{where(self.box)}"

    @property
    def targets(self) -> tuple[Target, ...]:
        """The polynomial."""
        return (Target("p", "p", self.polynomial),)

    @property
    def latex(self) -> str:
        """The claim as a sentence in LaTeX."""
        names = vector_latex(s.name for s in self.polynomial.ring.symbols)
        p = polynomial_latex(self.polynomial)
        return f"For all real ${names}${where_latex(self.box)}, $p = {p} \\ge 0$."

    def data(self) -> dict[str, Any]:
        """Return what the claim is made of, for JSON."""
        names = [s.name for s in self.polynomial.ring.symbols]
        p = write_polynomial(self.polynomial)
        return {"kind": "nonnegative", "variables": names, "p": p, "box": box_data(self.box)}


def saddle_data(saddle: SaddlePolynomial) -> dict[str, Any]:
    """Return a problem for JSON."""
    primal, dual = saddle.names[: saddle.n], saddle.names[saddle.n :]
    return {"L": write_polynomial(saddle.L), "primal": primal, "dual": dual}


def read_box(texts: Iterable[str]) -> dict[str, Range]:
    """Read the ranges of a box, such as ``0 <= x <= 1``.

    Raises
    ------
    ProblemError
        A text is no range of one variable, or no number satisfies all ranges of one.
    """
    box: dict[str, Range] = {}
    for name, span in map(parse_range, texts):
        box[name] = box.get(name, Range()).meet(span)
    return box


def named_box(box: Mapping[Any, Range | str] | None) -> dict[str, Range]:
    """Return a box by name: keys may be names or symbols, values ranges or texts.

    Raises
    ------
    ProblemError
        A value is neither, or a text speaks of another name.
    """
    named: dict[str, Range] = {}
    for key, value in (box or {}).items():
        name, span = parse_range(value) if isinstance(value, str) else (str(key), value)
        if name != str(key) or not isinstance(span, Range):
            raise ProblemError(
                f"the range of {key} is {value!r}; give a Range or a text like '{key} >= 1'"
            )
        named[name] = span
    return named


def check_box(box: Mapping[str, Range], names: list[str]) -> None:
    """Refuse a box with a range of an unknown name, or of one point.

    Raises
    ------
    ProblemError
        Says which.
    """
    for name, span in box.items():
        if name not in names:
            raise ProblemError(
                f"the box has a range of {name}; the variables are {', '.join(names)}"
            )
        if span.is_point:
            raise ProblemError(f"the range {span.about(name)} is one point; put the number into L")


def where(box: Mapping[str, Range]) -> str:
    """Write a box as the end of a sentence."""
    return f" where {', '.join(box_data(box))}" if box else ""


def where_latex(box: Mapping[str, Range]) -> str:
    """Write a box as the end of a sentence in LaTeX."""
    texts = (_condition_latex(name, span) for name, span in sorted(box.items()))
    return f" with {', '.join(texts)}" if box else ""


def _condition_latex(name: str, span: Range) -> str:
    signs = [r"\le" if closed else "<" for closed in (span.low_closed, span.high_closed)]
    left = "" if span.low is None else f"{scalar_latex(span.low)} {signs[0]} "
    right = "" if span.high is None else f" {signs[1]} {scalar_latex(span.high)}"
    return f"${left}{name_latex(name)}{right}$"


def box_data(box: Mapping[str, Range]) -> list[str]:
    """Write a box as conditions on its variables."""
    return [span.about(name) for name, span in sorted(box.items())]
