"""The stability region of a method: the eigenvalues on which it converges, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Poly, sympify

from ...discretize.method import Method, numerical
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar
from ...flows.problems.remembering import Remembering
from .half_disk import largest_half_disk
from .intervals import OpenInterval, all_positive
from .minors import REAL, SQUARE, exact_method, stability_minors
from .polar import COSINE, MODULUS, polar, without_positive_factors
from .radius import spectral_radius
from .region_text import region_latex, region_text


@dataclass(frozen=True, eq=False)
class StabilityRegion(Remembering):
    """Stability region of a method: the λ on which all roots ρ of its amplification are < 1.

    On ``G(z) = Mz`` a method that is the same at every step converges from every start iff all
    eigenvalues λ ≠ 0 of M lie in the region (those λ = 0 must have no Jordan block). All is exact:
    the region is where polynomials in Re λ and |λ|², the Schur–Cohn minors, are positive.
    Eigenvalues of monotone M are ``λ = ϱ(c ± i√(1−c²))`` with c = cos θ ≥ 0: c = 0 is the
    bilinear case, c = 1 the case of symmetric M.

    Parameters
    ----------
    method : Method
        With exact numbers or symbols for parameters; floats are read as the decimals they print.
    minors : tuple of sympy.Poly
        In Re λ, |λ|² and the symbols of the method.

    See Also
    --------
    stability_region : builds it.
    """

    method: Method
    minors: tuple[Poly, ...]

    @cached_property
    def conditions(self) -> tuple[Expr, ...]:
        """Polynomials in ϱ, c and the symbols: on monotone M, stable iff all of them are > 0.

        Factors that are positive for ϱ > 0, 0 ≤ c ≤ 1 and positive parameters are left out.
        """
        on_rays = [polar(minor, COSINE, MODULUS) for minor in self.minors]
        found = [without_positive_factors(polynomial) for polynomial in on_rays]
        return tuple(dict.fromkeys(c for c in found if c != 1))

    @cached_property
    def imaginary_axis(self) -> tuple[OpenInterval, ...]:
        """The ϱ with ±iϱ in the region, as disjoint intervals: bilinear problems."""
        return self.on_ray(0)

    @cached_property
    def positive_axis(self) -> tuple[OpenInterval, ...]:
        """The ϱ > 0 in the region, as disjoint intervals: symmetric M."""
        return self.on_ray(1)

    @cached_property
    def half_disk(self) -> Any:
        """The largest R such that all λ ≠ 0 with Re λ ≥ 0 and |λ| < R are in the region.

        The method converges for every monotone linear G with Lipschitz constant below R, and for
        no larger one. An exact number, 0 or ∞ included.
        """
        unit, minors = self._in_numbers
        found = [polar(minor, COSINE, MODULUS) for minor in minors]
        return largest_half_disk([Poly(p, MODULUS, COSINE) for p in found]) * unit

    def on_ray(self, cosine: Any) -> tuple[OpenInterval, ...]:
        """Return the ϱ with ``ϱ(c ± i√(1−c²))`` in the region, as disjoint intervals.

        Parameters
        ----------
        cosine : int, Fraction or SymPy rational
            c = cos θ between −1 and 1.

        Raises
        ------
        ProblemError
            The cosine is not such a number, or parameters are symbols that a choice of units
            (α = 1) does not remove.
        """
        c = scalar(cosine, "cosine")
        if not c.is_Rational or not -1 <= c <= 1:
            raise ProblemError(f"cosine = {cosine}; a rational number from −1 to 1 is needed")
        unit, minors = self._in_numbers
        polynomials = [Poly(polar(minor, c, MODULUS), MODULUS) for minor in minors]
        return tuple(interval.times(unit) for interval in all_positive(polynomials))

    def contains(self, eigenvalue: Any) -> bool:
        """Tell whether λ is in the region: exactly for exact λ, to rounding for floats.

        Examples
        --------
        >>> from sympy import I
        >>> from saddleode.discretize import OGDA
        >>> region = stability_region(OGDA(1))
        >>> region.contains(I / 2), region.contains(3 * I / 5), region.contains(0.6)
        (True, False, True)
        """
        value = scalar(eigenvalue, "eigenvalue")
        real, square = value.as_real_imag()[0], (value * value.conjugate()).expand()
        signs = [minor.as_expr().subs({REAL: real, SQUARE: square}) for minor in self.minors]
        if any(sign.free_symbols for sign in signs):
            raise ProblemError(f"{self.method} has symbols for parameters; give numbers")
        return all(bool(sign > 0) for sign in signs)

    def radius(self, eigenvalues: ArrayLike) -> NDArray[np.float64]:
        """Spectral radius max |ρ| at complex numbers, of their shape: < 1 inside the region."""
        return spectral_radius(numerical(self.method), eigenvalues)

    def to_dict(self) -> Mapping[str, Any]:
        """Return the region as text and numbers, ready for JSON."""
        data: dict[str, Any] = {
            "method": str(self.method),
            "conditions": [f"{condition} > 0" for condition in self.conditions],
        }
        if self.has_numbers:
            data["imaginary_axis"] = [[str(i.low), str(i.high)] for i in self.imaginary_axis]
            data["positive_axis"] = [[str(i.low), str(i.high)] for i in self.positive_axis]
            data["half_disk"] = str(self.half_disk)
        return data

    def to_latex(self) -> str:
        r"""Conditions, axes and half disk as lines of an ``aligned`` environment in LaTeX."""
        return region_latex(self)

    def __str__(self) -> str:
        return region_text(self)

    @property
    def has_numbers(self) -> bool:
        """Whether its ends are numbers, or numbers in units of 1/α."""
        return self._unit is not None

    @property
    def only_unit(self) -> bool:
        """Whether α is a symbol, the only one, and no more than a unit."""
        return self._unit is not None and self._unit != 1

    @property
    def _symbols(self) -> set[Any]:
        return {s for minor in self.minors for s in minor.free_symbols} - {REAL, SQUARE}

    @cached_property
    def _unit(self) -> Any:
        """1 without symbols, 1/α if α is the only one and no more than a unit, else None."""
        if not self._symbols:
            return sympify(1)
        alpha: Any = self.method.alpha
        if self._symbols != {alpha}:
            return None
        scaled = {REAL: REAL / alpha, SQUARE: SQUARE / alpha**2}
        expressions = [minor.as_expr().subs(scaled, simultaneous=True) for minor in self.minors]
        return None if any(e.expand().has(alpha) for e in expressions) else 1 / alpha

    @property
    def _in_numbers(self) -> tuple[Any, tuple[Poly, ...]]:
        """The unit of λ, and the minors in that unit."""
        if self._unit is None:
            names = ", ".join(sorted(map(str, self._symbols)))
            raise ProblemError(f"{names} of {self.method} must be numbers here; give them values")
        ones = dict.fromkeys(self._symbols, 1)
        return self._unit, tuple(
            Poly(minor.as_expr().subs(ones), REAL, SQUARE) for minor in self.minors
        )


def stability_region(method: Method) -> StabilityRegion:
    """Stability region of a method, exact; see `StabilityRegion`.

    Parameters
    ----------
    method : Method
        The same at every step. Numbers or symbols (taken to be positive) for parameters.

    Returns
    -------
    StabilityRegion
        With a single symbol α that only sets the unit, numbers are in units of 1/α.

    Raises
    ------
    ProblemError
        The method changes with k, or has no linear reading.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import OGDA
    >>> region = stability_region(OGDA(symbols("alpha", positive=True)))
    >>> region.imaginary_axis, region.half_disk
    ((OpenInterval(low=0, high=sqrt(3)/(3*alpha)),), sqrt(3)/(3*alpha))
    """
    exact = exact_method(method)
    return StabilityRegion(exact, stability_minors(exact))
