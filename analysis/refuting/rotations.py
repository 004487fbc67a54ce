"""Rotations with dissipation, ``G(z) = M(z − z*)`` in the plane: the usual counterexamples.

``M = [[a, b], [−b, a]]`` is the saddle operator of ``L = a x²/2 + b x u − a u²/2``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..classes.operator_class import OperatorClass, Point, constants
from ..coefficients.evaluation import At, Number, Plane, exact_value, form_value
from ..coefficients.field import ScalarField
from ..readings.vector import Vector

_DIRECTIONS = tuple(
    (Fraction(a, n), Fraction(b, n))
    for a, b, n in (
        *(
            (0, 1, 1),
            (3, 4, 5),
            (1, 0, 1),
            (4, 3, 5),
            (5, 12, 13),
            (9, 40, 41),
            (1, 3, 1),
            (1, 30, 1),
        ),
        *((0, 3, 1), (0, 1, 3), (0, 1, 10), (1, 0, 10), (-3, 4, 5), (-1, 0, 1), (-1, 3, 10)),
    )
)
_SLOPES = (0, Fraction(1, 3), 1, 3, 4)


@dataclass(frozen=True)
class Rotation:
    """Linear operator ``M = [[a, b], [−b, a]]``.

    Parameters
    ----------
    a, b : Fraction
        Dissipation and frequency.
    """

    a: Fraction
    b: Fraction

    def times(self, z: Plane, number: Number = Fraction) -> Plane:
        """Return Mz."""
        a, b = number(self.a), number(self.b)
        return np.array([a * z[0] + b * z[1], a * z[1] - b * z[0]], dtype=object)

    def after(self, other: Rotation) -> Rotation:
        """Return the product of two rotations."""
        return Rotation(*(self.a * other.a - self.b * other.b, self.a * other.b + self.b * other.a))

    def resolvent(self, c: Fraction) -> Rotation:
        """Return (I + cM)⁻¹.

        Raises
        ------
        ZeroDivisionError
            There is none.
        """
        a, b = 1 + c * self.a, c * self.b
        size = a * a + b * b
        return Rotation(a / size, -b / size)


def is_member(M: Rotation, operator: OperatorClass, scalars: ScalarField, at: At) -> bool:
    """Decide exactly whether M belongs to a class, for the values `at` of its constants.

    For an M of this kind the inequality between two points depends on their distance alone, so
    that one pair decides for all.
    """
    z, g, z_dot, g_dot = (Vector.generator(name) for name in ("z", "g", "ż", "ġ"))
    point = Point("a", z, g)
    forms = {
        **operator.between(point, Point("*", Vector(), Vector())),
        **{f"{name}'": form for name, form in operator.along(point, z_dot, g_dot).items()},
    }
    unit = np.array([Fraction(1), Fraction(0)], dtype=object)
    turned = np.array([Fraction(0), Fraction(1)], dtype=object)
    values = {"z": unit, "g": M.times(unit), "ż": turned, "ġ": M.times(turned)}
    for name, form in forms.items():
        number = form_value(form.map(lambda c: exact_value(scalars, c, at)), values, Fraction)
        if number < 0 or (number and name.rstrip("'") in operator.equalities):
            return False
    return True


def members(operator: OperatorClass, scalars: ScalarField, at: At) -> Iterator[Rotation]:
    """Yield some members of a class, for the values `at` of its constants; rotations first."""
    sizes = [abs(exact_value(scalars, c, at)) for c in constants(operator).values()]
    inverse = [n / size for size in sizes if size for n in (1, 2)]  # 2: weak Minty has ρ/2
    scales = dict.fromkeys([Fraction(1), *sizes, *inverse])
    tried = [(s * a, s * b) for s in scales for a, b in _DIRECTIONS]
    for s, q in itertools.product(scales, _SLOPES):  # circles: ⟨Δg, Δz⟩ = ±‖Δg‖²/s
        tried += [(sign * s / (1 + q * q), s * q / (1 + q * q)) for sign in (1, -1)]
    for low, high in itertools.permutations(sizes, 2):  # real part low, modulus at most high
        tried += [(low, _root_below(high**2 - low**2))] if low < high else []
    for M in dict.fromkeys(Rotation(Fraction(a), Fraction(b)) for a, b in tried):
        if is_member(M, operator, scalars, at):
            yield M


def _root_below(square: Fraction) -> Fraction:
    """Return the square root, rounded down to six decimals."""
    return Fraction(math.isqrt(math.floor(square * 10**12)), 10**6)
