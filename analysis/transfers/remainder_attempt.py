"""One way to bound a remainder: by the vectors of one basis, for all steps or up to 1/L."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from sympy import Expr, Integer, Poly, Symbol, cancel, factor, sstr

from ..basics.proof_outcome import Proved, Unknown
from ..claims.claims import Nonnegativity
from ..classes.operator_class import constants
from ..coefficients.field import STEP, TIME, ScalarField, field_for
from ..coefficients.region import parse_ranges
from ..coefficients.signs import nonnegative
from ..proofs.proving import check
from ..proofs.squares import Square
from .bounded_remainder import BoundTerm, RemainderBound
from .remainder_basis import Surroundings, plain
from .remainder_estimate import Basis, Estimate


@dataclass(frozen=True)
class Attempt:
    """Bound by the vectors of one basis.

    Parameters
    ----------
    around : Surroundings
        The remainder and what is near it.
    reference : str or None
        The value of G to which changes are counted; None to leave all values as they are.
    limited : bool
        Whether the bound is to hold for α ≤ 1/L alone.
    """

    around: Surroundings
    reference: str | None
    limited: bool

    @cached_property
    def largest(self) -> Any | None:
        """1/L, if the steps are limited."""
        L = self.around.nearness.constant
        return plain(1 / L) if self.limited and L is not None else None

    @cached_property
    def scalars(self) -> ScalarField:
        """The field of all coefficients, over the steps for which the bound is to hold."""
        around, motion = self.around, self.around.motion
        vectors = [*(point.z for point in motion.vectors.points), *motion.equations.values()]
        values = [around.h, around.time, around.nearness.constant or 1]
        values += around.remainder.terms.values()
        values += [c for vector in vectors for c in vector.terms.values()]
        values += [*motion.parameters.values(), *constants(around.nearness.operator).values()]
        texts = [] if self.largest is None else [_up_to(self.largest)]
        texts += ["k >= 1"] if around.divides_by_time and around.starts_at_zero else []
        return field_for(values, parse_ranges(texts), STEP)

    @cached_property
    def basis(self) -> Basis:
        """The vectors."""
        return self.around.basis(self.reference)

    def estimate(self, sign: int) -> Estimate:
        """Return the estimate of ± the remainder."""
        found = Estimate(self.basis, self.scalars, self.around.nearness)
        form = self.around.coordinates(self.around.remainder, self.reference)
        found.add(form.map(self.scalars.convert) * sign)
        return found

    @cached_property
    def sizes(self) -> dict[str, Expr | None]:
        """The M_i by the names of the vectors; None for one that is not of order h²."""
        upper, lower = self.estimate(1).needs, self.estimate(-1).needs
        zero = self.scalars.convert(0)
        pairs = {name: (upper.get(name, zero), lower.get(name, zero)) for name in upper | lower}
        return {name: self._larger(*pair) for name, pair in pairs.items() if any(pair)}

    @property
    def is_possible(self) -> bool:
        """Whether all sizes stay finite when the step tends to 0."""
        return None not in self.sizes.values()

    def rank(self) -> tuple[bool, float]:
        """Return whether a size changes with α, and how large all are when parameters are 1."""
        sizes = [cast(Expr, size) for size in self.sizes.values()]
        ones = [size.subs(dict.fromkeys(size.free_symbols, 1)) for size in sizes]
        return any(Symbol("alpha") in size.free_symbols for size in sizes), float(sum(ones))

    def proved(self) -> RemainderBound | Unknown:
        """Prove both sides of the bound."""
        t, now = Symbol(TIME), plain(self.around.time)
        sizes = {n: self.scalars.convert(cast(Expr, M).subs(t, now)) for n, M in self.sizes.items()}
        square = self.scalars.convert(self.around.h) ** 2
        wanted = {name: size * square for name, size in sizes.items()}
        results = [self._side(sign, wanted) for sign in (1, -1)]
        failed = next((result for result in results if isinstance(result, Unknown)), None)
        if failed is not None:
            return failed
        upper, lower = (cast(Proved, result).certificate for result in results)
        terms = tuple(BoundTerm(M, n, self.basis.vectors[n]) for n, M in self.sizes.items())
        return RemainderBound(terms, self.largest, upper, lower)

    def _side(self, sign: int, wanted: Mapping[str, Any]) -> Proved | Unknown:
        exact, vectors = self.scalars.convert, self.basis.vectors
        found, form = self.estimate(sign), self.around.remainder.map(exact) * -sign
        for name, size in wanted.items():
            v = vectors[name].map(exact)
            form += (v @ v) * size
        slack = [Square(wanted[n] - found.needs.get(n, 0), vectors[n]) for n in wanted]
        claim = Nonnegativity(
            form, self.around.nearness.operator, self.scalars, motion=self.around.motion
        )
        squares = [q for q in (*found.squares, *slack) if q.coefficient]
        return check(claim, found.multipliers, squares)

    def _larger(self, first: Any, second: Any) -> Expr | None:
        """Return the larger of two sizes, divided by h²; or their sum, if that is not known."""
        one, two = (self._largest(size) for size in (first, second))
        if one is None or two is None:
            return None
        field = self._at_time((one, two))
        gap = field.convert(one - two)
        if nonnegative(gap, field).holds:
            return one
        return two if nonnegative(-gap, field).holds else one + two

    def _largest(self, need: Any) -> Expr | None:
        """Return the largest value over the steps of a coefficient divided by h², over t.

        What does not rise with α as a polynomial stays as it is.
        """
        around, alpha = self.around, Symbol("alpha")
        size = (need / self.scalars.convert(around.h) ** 2).as_expr()
        size = cancel(size.subs(Symbol(STEP), around.step_at(Symbol(TIME))))
        top, bottom = size.as_numer_denom()
        if not bottom.subs(alpha, 0):
            return None
        if self.largest is None or alpha in bottom.free_symbols or alpha not in top.free_symbols:
            return factor(size)
        parts = Poly(top, alpha).all_coeffs()[::-1]
        field, total = self._at_time(c / bottom for c in parts), Integer(0)
        for n, c in enumerate(parts):
            known = field.convert(c / bottom)
            if n == 0 or nonnegative(known, field).holds:
                total += c / bottom * self.largest**n
            elif not nonnegative(-known, field).holds:
                return factor(size)
        return factor(total)

    def _at_time(self, values: Iterable[Any]) -> ScalarField:
        """Return the field over t in place of k."""
        ranges = {n: span for n, span in self.scalars.ranges.items() if n not in (STEP, "alpha")}
        return field_for(values, ranges, TIME)


def _up_to(largest: Any) -> str:
    return f"alpha < {sstr(largest)}" if largest.free_symbols else f"0 < alpha <= {largest}"
