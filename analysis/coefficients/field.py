"""The exact field of coefficients: functions of time or steps and of parameters, with d/dt.

Whether a coefficient is zero is decided by the canonical form of this field, never by
simplifying an expression. Roots and exponentials are generators (`clock_functions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import QQ, Expr, Rational, Symbol
from sympy.polys.polyerrors import CoercionFailed, PolynomialError

from ...flows.errors import ProblemError
from ..basics.ranges import POSITIVE, Range, assumed_range
from ..basics.time_limit import require_time
from .clock_functions import RATIONAL, STEP, TIME, ClockFunctions
from .conditions import Condition
from .constraints import known_facts
from .exact_expressions import exact_expression, plain, require_known
from .facts import Known
from .needed_functions import needed_functions
from .region import Region
from .samples import some_point
from .sizes import require_moderate_formula

__all__ = ["STEP", "TIME", "ScalarField", "field_for", "with_functions"]

CLOCKS = {TIME: POSITIVE, STEP: Range(low=Fraction(0), low_closed=True)}
"""Where time and the number of the step lie, unless a proof says less."""

RESERVED = frozenset(
    {"V", "Z", "Z0", "Y", "zstar", "G", "Gdot", "Zdot"}
    | {"z", "z0", "g", "z_next", "z_half", "g_half", "z_previous", "g_previous"}
)
"""Names of vectors and of V: a parameter of such a name would make a printed proof ambiguous."""


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
    functions : ClockFunctions
        Roots and exponentials of the clock among the coefficients; `field_for` finds them.

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
    functions: ClockFunctions = RATIONAL

    def __post_init__(self) -> None:
        whole = CLOCKS[self.clock]
        if self.functions.clock != self.clock:
            object.__setattr__(self, "functions", ClockFunctions(self.clock))
        ranges = {self.clock: whole, **self.ranges, **self.functions.ranges}
        if self.clock == STEP:
            ranges[STEP] = ranges[STEP].from_a_whole_number
        span = ranges[self.clock]
        if not whole.contains(span) or span.is_point:
            raise ProblemError(
                f"the range of {self.clock} is {span.about(self.clock)}; give an interval inside "
                f"{whole.about(self.clock)}"
            )
        if taken := RESERVED & ranges.keys():
            raise ProblemError(
                f"{', '.join(sorted(taken))} names a vector, or V; give the parameter another name"
            )
        object.__setattr__(self, "ranges", MappingProxyType(ranges))
        self._require_a_point()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables of the field: time and every parameter that is free to vary."""
        left_out = self.clock if self.functions.replaces_clock else None
        free = (name for name, span in self.ranges.items() if not span.is_point)
        return tuple(name for name in free if name != left_out)

    @property
    def moving(self) -> tuple[str, ...]:
        """Those of the variables that move: time, or k, or generators made of them."""
        return tuple(self.functions.derivatives)

    @cached_property
    def domain(self) -> Any:
        """The SymPy domain of the elements."""
        return QQ.frac_field(*map(Symbol, self.names))

    @cached_property
    def known(self) -> Known:
        """The facts about signs that define the region."""
        gaps = {str(condition): self.convert(condition.gap) for condition in self.relations}
        whole = STEP if self.clock == STEP else None
        return known_facts(self.domain.field.ring, self.ranges, gaps, whole)

    @property
    def relations(self) -> tuple[Condition, ...]:
        """All conditions, those on generators among them."""
        return (*self.conditions, *self.functions.conditions)

    @property
    def region(self) -> Region:
        """The ranges and conditions; as text ``t > 0, alpha > 0, alpha < beta``."""
        own = self.ranges.keys() - self.functions.ranges.keys()
        spans = {name: span for name, span in self.ranges.items() if name in own}
        return Region(spans, self.conditions)

    @cached_property
    def closure(self) -> ScalarField:
        """The same field with the first step inside its region, where that is on its edge."""
        closure = self.functions.closure
        return self if closure is self.functions else replace(self, functions=closure)

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
        require_time("coefficients were being read")
        expression = exact_expression(value)
        for symbol in expression.free_symbols:
            require_known(symbol, self.ranges)
        expression = self.functions.rational(plain(expression)).xreplace(self._fixed)
        require_moderate_formula(expression)
        try:
            element = self.domain.from_sympy(expression)
        except (ValueError, TypeError, ZeroDivisionError, CoercionFailed, PolynomialError) as error:
            raise ProblemError(
                f"{value} is not a rational function of {', '.join(self.names)} with rational "
                "coefficients and a denominator other than 0; give any other number, say "
                "sqrt(2), as a parameter r with a range"
            ) from error
        return element.new(element.numer, element.denom)  # a reciprocal may have another sign

    def derivative(self, element: Any) -> Any:
        """Return d/dt of an element, by the derivation t ↦ 1, e^{ct} ↦ ce^{ct}, parameter ↦ 0."""
        parts = (element.diff(self._own(Symbol(x))) * rate for x, rate in self.rates.items())
        return sum(parts, start=self.domain.zero)

    @cached_property
    def rates(self) -> Mapping[str, Any]:
        """Name of what moves -> its derivative."""
        return {name: self._own(rate) for name, rate in self.functions.derivatives.items()}

    def _own(self, formula: Expr) -> Any:
        """Return a formula of generators as an element."""
        return self.domain.from_sympy(formula.xreplace(self._fixed))

    def shifted(self, element: Any) -> Any:
        """Return an element with k + 1 in place of k."""
        return self.functions.shifted(element)

    def shown(self, element: Any) -> Expr:
        """Return an element as a formula of the clock, with its roots and exponentials."""
        return self.functions.shown(element)

    def text(self, element: Any) -> str:
        """Write an element in the grammar of `flows.expression`, exactly."""
        expression = element.as_expr()
        if expression.is_Pow and expression.exp < -1:  # SymPy writes x**(-2), which is not of it
            return f"1/{1 / expression}"
        return str(expression)

    def _require_a_point(self) -> None:
        """Refuse conditions that contradict each other: of nothing, anything could be proved."""
        if self.relations and some_point(self.known, self.ranges) is None:
            raise ProblemError(
                f"no point was found with {self.region}; the conditions contradict each other, or "
                "leave so little that it was not found: give wider ones"
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
    expressions = [exact_expression(value) for value in values]
    conditions = getattr(ranges, "conditions", ())
    found = dict(ranges)
    symbols = {symbol for expression in expressions for symbol in expression.free_symbols}
    symbols |= {symbol for condition in conditions for symbol in condition.gap.free_symbols}
    for symbol in sorted(symbols, key=lambda symbol: str(symbol.name)):
        if symbol.name not in ranges and symbol.name != clock:
            found[symbol.name] = found.get(symbol.name, Range()).meet(assumed_range(symbol))
    return with_functions(ScalarField(found, conditions, clock), map(plain, expressions))


def with_functions(scalars: ScalarField, expressions: Iterable[Expr]) -> ScalarField:
    """Return a field with the roots and exponentials of the clock that some formulas contain."""
    return replace(scalars, functions=needed_functions(scalars, expressions))
