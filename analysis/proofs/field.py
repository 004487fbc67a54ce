"""The exact field of coefficients: rational functions of time and parameters, with d/dt.

Whether a coefficient is zero is decided by the canonical form of this field, never by
simplifying an expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import QQ, Dummy, Expr, Float, Rational, Symbol, nan, oo, sympify, zoo
from sympy.polys.polyerrors import CoercionFailed, PolynomialError

from ...flows.errors import ProblemError
from .conditions import Condition
from .constraints import known_facts
from .facts import Known
from .ranges import POSITIVE, Range, assumed_range
from .region import Region
from .samples import some_point

TIME = "t"
"""Name of the time variable in every flow proof."""

STEP = "k"
"""Name of the number of the step in every proof about a method."""

CLOCKS = {TIME: POSITIVE, STEP: Range(low=Fraction(0), low_closed=True)}
"""Where time and the number of the step lie, unless a proof says less."""

RESERVED = frozenset(
    {"Z", "Z0", "Y", "zstar", "G", "Gdot", "Zdot"}
    | {"z", "z0", "g", "z_next", "z_half", "g_half", "z_previous", "g_previous"}
)
"""Names of vectors: a parameter of such a name would make a printed proof ambiguous."""


@dataclass(frozen=True)
class ScalarField:
    """Field ``Q(t, parameters)``, or with k for t, over a region: one `Range` a name.

    Symbols are known by their names. A parameter whose range is one number is replaced by that
    number, so every name left ranges over an interval with interior and a non-zero element of
    the field vanishes nowhere densely: what holds outside zeros of denominators holds, by
    continuity, wherever both sides are defined.

    Parameters
    ----------
    ranges : mapping
        Name -> `Range`. The clock defaults to t > 0 or k ≥ 0.
    conditions : tuple of Condition
        Strict inequalities between parameters; they cut an open part out of the ranges.
    clock : "t" or "k"
        What moves: time, or the number of the step.

    Raises
    ------
    ProblemError
        The range of the clock leaves t > 0 or k ≥ 0, or no point is found that satisfies all
        conditions.

    Examples
    --------
    >>> from sympy import symbols
    >>> t, gamma = symbols("t gamma")
    >>> K = ScalarField({"gamma": POSITIVE})
    >>> K.derivative(K.convert(gamma / t))
    -gamma/(t**2)
    """

    ranges: Mapping[str, Range]
    conditions: tuple[Condition, ...] = ()
    clock: str = TIME

    def __post_init__(self) -> None:
        whole = CLOCKS[self.clock]
        ranges = {self.clock: whole, **self.ranges}
        span = ranges[self.clock]
        if not whole.contains(span) or span.is_point:
            raise ProblemError(
                f"the range of {self.clock} is {span.about(self.clock)}; give an interval inside "
                f"{whole.about(self.clock)}"
            )
        if self.clock == STEP and span.first_whole_number is None:
            raise ProblemError(f"no whole number lies in {span.about(STEP)}; give a wider range")
        if taken := RESERVED & ranges.keys():
            raise ProblemError(
                f"{', '.join(sorted(taken))} is the name of a vector; give the parameter another"
            )
        object.__setattr__(self, "ranges", MappingProxyType(ranges))
        self._require_a_point()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables of the field: time and every parameter that is free to vary."""
        return tuple(name for name, span in self.ranges.items() if not span.is_point)

    @cached_property
    def domain(self) -> Any:
        """The SymPy domain of the elements."""
        return QQ.frac_field(*map(Symbol, self.names))

    @cached_property
    def known(self) -> Known:
        """The facts about signs that define the region."""
        gaps = {str(condition): self.convert(condition.gap) for condition in self.conditions}
        whole = STEP if self.clock == STEP else None
        return known_facts(self.domain.field.ring, self.ranges, gaps, whole)

    @property
    def region(self) -> Region:
        """The ranges and conditions; as text ``t > 0, alpha > 0, alpha < beta``."""
        return Region(self.ranges, self.conditions)

    @property
    def quantifiers(self) -> str:
        """The region as text that says what is whole: ``integers k >= 0 and all alpha > 0``."""
        relations = self.region.relations
        if self.clock != STEP:
            return ", ".join(relations)
        own = self.ranges[STEP].about(STEP)
        first, *others = sorted(relations, key=lambda text: text != own)
        return f"integers {first}" + (f" and all {', '.join(others)}" if others else "")

    @cached_property
    def _fixed(self) -> dict[Symbol, Rational]:
        spans = self.ranges.items()
        return {Symbol(n): Rational(str(span.low)) for n, span in spans if span.is_point}

    def convert(self, value: Any) -> Any:
        """Return a number, expression or field element as an element of this field.

        Raises
        ------
        ProblemError
            A float, an unknown name, or not a rational function with rational coefficients.
        """
        if getattr(value, "field", None) == self.domain.field:
            return value
        expression = _expression(value)
        for symbol in expression.free_symbols:
            self._require_known(symbol)
        plain = {symbol: Symbol(symbol.name) for symbol in expression.free_symbols}
        expression = expression.xreplace(plain).xreplace(self._fixed)
        try:
            return self.domain.from_sympy(expression)
        except (ValueError, TypeError, ZeroDivisionError, CoercionFailed, PolynomialError) as error:
            raise ProblemError(
                f"{value} is not a rational function of {', '.join(self.names)} with rational "
                "coefficients and a denominator other than 0; give any other number, say "
                "sqrt(2), as a parameter r with a range"
            ) from error

    def derivative(self, element: Any) -> Any:
        """Return d/dt of an element, by the derivation t ↦ 1, parameter ↦ 0."""
        return element.diff(self.domain.from_sympy(Symbol(TIME)))

    def shifted(self, element: Any) -> Any:
        """Return an element with k + 1 in place of k."""
        ring = element.numer.ring
        k = ring.gens[self.names.index(STEP)]
        numer, denom = (part.compose(k, k + 1) for part in (element.numer, element.denom))
        return self.domain.field(numer) / self.domain.field(denom)

    def text(self, element: Any) -> str:
        """Write an element in the grammar of `flows.expression`, exactly."""
        return str(element.as_expr())

    def _require_a_point(self) -> None:
        """Refuse conditions that contradict each other: of nothing, anything could be proved."""
        if self.conditions and some_point(self.known, self.ranges) is None:
            raise ProblemError(
                f"no point was found with {self.region}; the conditions contradict each other, or "
                "leave so little that it was not found: give wider ones"
            )

    def _require_known(self, symbol: Any) -> None:
        if isinstance(symbol, Dummy):
            raise ProblemError(f"the dummy symbol {symbol} has no name of its own; use a Symbol")
        if symbol.name not in self.ranges:
            known = ", ".join(self.ranges)
            raise ProblemError(f"unknown symbol {symbol.name}; the field has {known}")
        if not assumed_range(symbol).contains(self.ranges[symbol.name]):
            raise ProblemError(
                f"the range {self.ranges[symbol.name].about(symbol.name)} contradicts the "
                f"assumptions of the symbol, {assumed_range(symbol).about(symbol.name)}; make "
                "the two agree"
            )


def field_for(values: Iterable[Any], ranges: Mapping[str, Range], clock: str = TIME) -> ScalarField:
    """Return the field of all symbols in `values`, over `ranges` and their assumptions.

    Parameters
    ----------
    values : iterable
        Coefficients: numbers, expressions, field elements.
    ranges : mapping
        Name -> `Range`, or a `Region`; a symbol without one gets the range its assumptions give.
    clock : "t" or "k"
        What moves.
    """
    expressions = [_expression(value) for value in values]
    conditions = getattr(ranges, "conditions", ())
    found = dict(ranges)
    symbols = {symbol for expression in expressions for symbol in expression.free_symbols}
    symbols |= {symbol for condition in conditions for symbol in condition.gap.free_symbols}
    for symbol in sorted(symbols, key=lambda symbol: str(symbol.name)):
        if symbol.name not in ranges and symbol.name != clock:
            found[symbol.name] = found.get(symbol.name, Range()).meet(assumed_range(symbol))
    return ScalarField(found, conditions, clock)


def _expression(value: Any) -> Expr:
    """Return a coefficient as a SymPy expression without floats, infinities or undefined parts."""
    if hasattr(value, "field") and hasattr(value, "as_expr"):
        value = value.as_expr()
    if isinstance(value, float) or (isinstance(value, Expr) and value.has(Float)):
        raise ProblemError(
            f"got the float {value}; a proof needs exact numbers, e.g. Fraction(1, 2)"
        )
    try:
        expression = sympify(value, strict=True)
    except (ValueError, TypeError) as error:
        raise ProblemError(f"got {value!r} as a coefficient; give a number or formula") from error
    if isinstance(expression, Expr) and expression.has(Float):  # a Decimal, a NumPy float
        raise ProblemError(f"got {value!r}; a proof needs exact numbers, e.g. Fraction(1, 2)")
    if not isinstance(expression, Expr) or expression.has(nan, oo, -oo, zoo):
        raise ProblemError(f"got {value} as a coefficient; give a finite number or formula")
    return expression
