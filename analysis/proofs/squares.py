"""Sums of squares: the exact LDLᵀ factorisation of a Gram matrix over a field of functions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from ..basics.proof_outcome import Unknown, brief
from ..basics.time_limit import require_time
from ..coefficients.field import ScalarField
from ..coefficients.signs import Sign, nonnegative
from ..coefficients.sizes import require_moderate
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector


@dataclass(frozen=True)
class Square:
    """Weighted square ``coefficient · ‖vector‖²``.

    Parameters
    ----------
    coefficient : field element
        ≥ 0 on the region.
    vector : Vector
        May have poles on the region, where the sum of all squares has none.
    """

    coefficient: Any
    vector: Vector

    @property
    def form(self) -> Form:
        """The square as a linear form in the Gram matrix."""
        form: Form = (self.vector @ self.vector) * self.coefficient
        return form


def sum_of_squares(form: Form, field: ScalarField) -> tuple[Square, ...] | Unknown:
    """Write a form as a sum of squares with coefficients ≥ 0 on the region of its field.

    Each pivot is an element of the field that is not zero and is proved ≥ 0 wherever it is
    defined. So the form is ≥ 0 outside the zeros of finitely many non-zero polynomials, a dense
    set; where its coefficients are continuous it is ≥ 0 everywhere.

    Returns
    -------
    tuple of Square, or Unknown
        Unknown names the coefficient that is negative, undecided, or in the way.
    """
    squares: list[Square] = []
    while form:
        chosen = _pivot(form, field)
        if isinstance(chosen, Unknown):
            return chosen
        square = _complete(form, chosen)
        squares.append(square)
        form = _without(form, chosen)
    return tuple(squares)


def completed(form: Form, last: str) -> Form | None:
    """Complete squares in all generators but one; return what is left, if that is possible."""
    for name in form.generators:
        if name != last and form.coefficient(name, name):
            form = _without(form, name)
    return form if form.generators in ((), (last,)) else None


def _pivot(form: Form, field: ScalarField) -> str | Unknown:
    """Return a generator whose diagonal entry is proved ≥ 0, or why there is none."""
    undecided: list[tuple[str, Sign]] = []
    second = ""
    for name in form.generators:
        entry = form.coefficient(name, name)
        if not entry:
            return Unknown(
                f"what is left, {brief(str(form))}, has no ‖{name}‖² but products with {name}: it "
                f"is no sum of squares; what may help is a V in which they cancel, or a class of "
                f"operators with an inequality about {name}"
            )
        sign = nonnegative(entry, field)
        if sign.holds is False:
            return Unknown(f"the coefficient {_text(entry)} of ‖{name}‖² is {sign}", entry)
        if sign.holds and not sign.at_whole_numbers:
            return name
        second = second or (name if sign.holds else "")
        undecided.append((name, sign))
    if second:  # its square must have no pole at a whole number
        return second
    name, sign = undecided[0]
    entry = form.coefficient(name, name)
    about = f"in the coefficient {_text(entry)} of ‖{name}‖²"
    return Unknown(f"{sign}, {about}", entry)


def _text(coefficient: Any) -> str:
    return brief(scalar_text(coefficient))


def _without(form: Form, name: str) -> Form:
    """Return what is left of a form when the square that contains a generator is taken away."""
    pivot = form.coefficient(name, name)
    row = {j: form.coefficient(name, j) / 2 for j in form.generators if j != name}
    row = {j: c for j, c in row.items() if c}
    terms = {pair: c for pair, c in form.terms.items() if name not in pair}
    for i, j in itertools.combinations_with_replacement(row, 2):
        require_time("squares were being completed")
        require_moderate(row[i], row[j], pivot)
        part = row[i] * row[j] / pivot * (1 if i == j else 2)
        terms[i, j] = terms[i, j] - part if (i, j) in terms else -part
    return Form(terms)


def _complete(form: Form, name: str) -> Square:
    """Complete the square: the one that takes `name` out of the form."""
    pivot = form.coefficient(name, name)
    row = {j: form.coefficient(name, j) for j in form.generators if j != name}
    for c in filter(None, row.values()):
        require_moderate(c, pivot)
    others = {j: c / (2 * pivot) for j, c in row.items()}
    return Square(pivot, Vector({name: pivot / pivot, **others}))
