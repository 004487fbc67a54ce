"""Series at k → ∞: what becomes of 1/(k+2) or (k+1)^p when k is large."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...flows.errors import ProblemError
from .scalars import Scalars


@dataclass(frozen=True, eq=False)
class IndexSeries:
    """Generalised power series ``v^e (c_0 + c_1 v + …)``, v → 0, with a known number of terms.

    It adds, multiplies and takes powers like the number that it stands for, so that a method
    may be given one for its step k. Two series add when their exponents e differ by an integer.

    Parameters
    ----------
    scalars : Scalars
        The field of the coefficients and of the exponent.
    exponent : element of the field
        The exponent e.
    terms : mapping
        i ≥ 0 -> c_i ≠ 0, for i < `known`.
    known : int or inf
        Number of terms known; inf for a finite sum.
    length : int
        Number of terms to which quotients and powers of finite sums are computed.

    Examples
    --------
    >>> v = IndexSeries.variable(Scalars(), length=3)
    >>> fraction = 1 / (1 / v + 1)  # 1/(k+1) in v = 1/k
    >>> {j: int(c) for j, c in fraction.coefficients(0, 4).items()}
    {1: 1, 2: -1, 3: 1}
    """

    scalars: Scalars
    exponent: Any
    terms: Mapping[int, Any]
    known: float
    length: int

    @classmethod
    def variable(cls, scalars: Scalars, length: int) -> IndexSeries:
        """Return v itself."""
        one = scalars.convert(1)
        return cls(scalars, one, {0: one}, math.inf, length)

    def constant(self, value: Any) -> IndexSeries:
        """Return a constant as a series of the same kind; a series as it is."""
        if isinstance(value, IndexSeries):
            return value
        scalar = self.scalars.convert(value)
        return self._like(self.scalars.convert(0), {0: scalar} if scalar else {}, math.inf)

    def coefficients(self, exponent: Any, count: int) -> dict[int, Any]:
        """Return j -> c_j ≠ 0 with the series ``v^exponent (c_0 + c_1 v + …)``, j < count.

        Raises
        ------
        ProblemError
            The series has other powers of v, or not so many terms are known.
        """
        if not self.terms and self.known == math.inf:
            return {}
        shift = self.scalars.integer(self.exponent - exponent)
        if shift is None or (self.terms and shift < 0):
            raise ProblemError(
                "a rate of the method fades with another power of k than the step of its clock"
            )
        if shift + self.known < count:
            raise ProblemError("the rates of the method cancel too often; lower the order")
        return {i + shift: c for i, c in self.terms.items() if i + shift < count}

    @property
    def leading(self) -> Any:
        """The first coefficient c_0."""
        return self.terms[0]

    def over(self, scalars: Scalars) -> IndexSeries:
        """Return the series with its coefficients in another domain of the same symbols."""
        terms = {i: scalars.take(c, self.scalars) for i, c in self.terms.items()}
        exponent = scalars.take(self.exponent, self.scalars)
        return IndexSeries(scalars, exponent, terms, self.known, self.length)

    def derivative(self) -> IndexSeries:
        """Return d/dv of the series."""
        terms = {i: c * (self.exponent + i) for i, c in self.terms.items()}
        return self._like(self.exponent - 1, terms, self.known)

    def at(self, v: IndexSeries) -> IndexSeries:
        """Return the series with another series, v + O(v²), in the place of v."""
        found = self._like(self.exponent, {}, self.known)  # what is not known stays so
        for i, c in self.terms.items():
            found += v ** (self.exponent + i) * c
        return found

    def __add__(self, other: Any) -> IndexSeries:
        series = self.constant(other)
        if not self.terms and self.known == math.inf:
            return series
        if not series.terms and series.known == math.inf:
            return self
        shift = self.scalars.integer(series.exponent - self.exponent)
        if shift is None:
            raise ProblemError(
                "the rates of the method fade with different powers of k on its clock"
            )
        if shift < 0:
            return series + self
        terms = dict(self.terms)
        for i, c in series.terms.items():
            terms[i + shift] = terms[i + shift] + c if i + shift in terms else c
        return self._like(self.exponent, terms, min(self.known, series.known + shift))

    __radd__ = __add__

    def __neg__(self) -> IndexSeries:
        return self._like(self.exponent, {i: -c for i, c in self.terms.items()}, self.known)

    def __sub__(self, other: Any) -> IndexSeries:
        return self + -self.constant(other)

    def __rsub__(self, other: Any) -> IndexSeries:
        return self.constant(other) - self

    def __mul__(self, other: Any) -> IndexSeries:
        if not _is_scalar(other):
            return NotImplemented
        series = self.constant(other)
        known, terms = min(self.known, series.known), dict[int, Any]()
        for i, a in self.terms.items():
            for j, b in series.terms.items():
                if i + j < known:
                    terms[i + j] = terms[i + j] + a * b if i + j in terms else a * b
        return self._like(self.exponent + series.exponent, terms, known)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> IndexSeries:
        return self * self.constant(other) ** -1

    def __rtruediv__(self, other: Any) -> IndexSeries:
        return self**-1 * other if _is_scalar(other) else NotImplemented

    def __pow__(self, power: Any) -> IndexSeries:
        """Return the power, by the binomial recursion n b_n = Σ (p i − n + i) a_i b_{n−i}."""
        p = self.scalars.convert(power)
        size = self._power_of_leading(p)
        if not any(self.terms):
            return self._like(self.exponent * p, {0: self.scalars.convert(size)}, self.known)
        unit = self.scalars.inverse(self.leading)
        a = {i: c * unit for i, c in self.terms.items() if i > 0}
        b, zero = {0: self.scalars.convert(1)}, self.scalars.convert(0)
        known = min(self.known, self.length)
        for n in range(1, int(known)):
            b[n] = sum((((p + 1) * i - n) * a[i] * b[n - i] for i in a if i <= n), start=zero) / n
        return self._like(self.exponent * p, {i: c * size for i, c in b.items()}, known)

    def __eq__(self, other: object) -> bool:
        return not (self - other).terms

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "∞"

    def _power_of_leading(self, p: Any) -> Any:
        whole = self.scalars.integer(p)
        if not self.terms or (whole is None and self.leading != 1):
            raise ProblemError("the coefficients of the method are no series in powers of 1/k")
        if whole is None:
            return 1
        base = self.leading if whole >= 0 else self.scalars.inverse(self.leading)
        return base ** abs(whole)

    def _cut(self, known: float) -> IndexSeries:
        return self._like(self.exponent, self.terms, min(self.known, known))

    def _like(self, exponent: Any, terms: Mapping[int, Any], known: float) -> IndexSeries:
        """Series of these terms, the zeros dropped and the exponent that of the first."""
        kept = {i: c for i, c in terms.items() if c and i < known}
        first = min(kept, default=0)
        shifted = {i - first: c for i, c in kept.items()}
        return IndexSeries(self.scalars, exponent + first, shifted, known - first, self.length)


def _is_scalar(value: Any) -> bool:
    return not hasattr(value, "terms") or isinstance(value, IndexSeries)
