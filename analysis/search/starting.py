"""What V is at the start: a multiple of ‖Z0 − z*‖², or at most one, which is proved."""

from __future__ import annotations

from fractions import Fraction

from ..claims.claims import Nonnegativity
from ..coefficients.field import ScalarField
from ..coefficients.rational import simplest
from ..proofs.certificate import Certificate
from ..readings.vector import Form, Vector
from .completion import proved
from .conic import solve
from .identity import Identity
from .requirements import CONSTANT, ORIGIN, Requirements
from .rounding import INSIDE, TOLERANCES

Bounded = tuple[Fraction, tuple[Certificate, ...]]


def bounded_start(needs: Requirements, V: Form) -> Bounded | None:
    """Return C with V ≤ C‖Z0 − z*‖² at the start, and the certificate for it if it needs one."""
    z0, g = needs.start_vectors
    (name,) = z0
    form = needs.at_start(V)
    coefficient = form.coefficient(name, name)
    if not coefficient:
        return None
    if not form - needs.distance * coefficient:
        return Fraction(str(coefficient.as_expr())), ()
    free = {CONSTANT: needs.distance.substitute(ORIGIN)}
    identity = Identity(-form.substitute(ORIGIN), free, needs.start().signed)
    solution = solve([identity], {CONSTANT: 1.0})
    if solution is None:
        return None
    to_point = {name: Vector.generator("Z"), next(iter(g)): Vector.generator("G")}
    for tolerance in TOLERANCES:
        width = tolerance * solution.free[CONSTANT]
        constant = simplest(solution.free[CONSTANT] + INSIDE * width, width)
        rest = (needs.distance * constant - form).substitute(to_point)
        claim = Nonnegativity(rest, needs.operator, ScalarField({}))  # of one point, at no time
        certificate = proved(claim, {}) or proved(claim, solution.signed[0])
        if certificate is not None:
            return constant, (certificate,)
    return None
