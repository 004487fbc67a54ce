"""Convex-concave functions by their values: what L is at mixed points, against gradients at others.

A vector z = (x, u) is split into its primal and its dual part, ``z_x`` and ``z_u``, which are
orthogonal. The value ``L(x_a, u_b)`` is a number: it stands for its multiple of a unit vector
``1``, so that forms in the Gram matrix contain values linearly.
"""

from __future__ import annotations

from ..readings.vector import Form, Vector
from .operator_class import Point

UNIT = Vector.generator("1")


def value(a: str, b: str) -> Form:
    """Return L(x_a, u_b), for the points with these labels.

    Examples
    --------
    >>> print(value("k", "*") - value("*", "k"))
    L(k,*) − L(*,k)
    """
    form: Form = UNIT @ Vector.generator(f"L({a},{b})")
    return form


def interpolation(a: Point, b: Point) -> dict[str, Form]:
    """Return what the gradient of a convex-concave L at `a` says of its values at `b`.

    X: ``L(x_b, u_a) ≥ L(x_a, u_a) + ⟨p, x_b − x_a⟩`` and U: ``L(x_a, u_b) ≤ L(x_a, u_a) −
    ⟨q, u_b − u_a⟩`` for G(a) = (p, q) = (∂_x L, −∂_u L). The sum of all four between two points is
    the monotonicity of G. Source: the definition of convex and concave functions; Taylor,
    Hendrickx, Glineur 2017 for one player.

    Parameters
    ----------
    a : Point
        A point with its value of G.
    b : Point
        Any point; its value of G is not used.
    """
    here, move = value(a.label, a.label), b.z - a.z
    return {
        f"X({a.label},{b.label})": value(b.label, a.label) - here - primal(a.g) @ primal(move),
        f"U({a.label},{b.label})": here - value(a.label, b.label) - dual(a.g) @ dual(move),
    }


def primal(v: Vector) -> Vector:
    """Return the primal part of a vector."""
    return Vector({f"{name}_x": c for name, c in v.terms.items()})


def dual(v: Vector) -> Vector:
    """Return the dual part of a vector."""
    return Vector({f"{name}_u": c for name, c in v.terms.items()})


def split(form: Form) -> Form:
    """Return a form in whole vectors over their parts: ``⟨a, b⟩ = ⟨a_x, b_x⟩ + ⟨a_u, b_u⟩``.

    Examples
    --------
    >>> z = Vector.generator("z")
    >>> print(split(z @ z))
    ‖z_x‖² + ‖z_u‖²
    """
    parts = Form()
    for (i, j), c in form.terms.items():
        a, b = Vector.generator(i), Vector.generator(j)
        parts += (primal(a) @ primal(b) + dual(a) @ dual(b)) * c
    return parts
