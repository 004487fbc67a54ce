"""Real zeros of G that are not rational: that there is one, by elimination and Sturm's theorem."""

from __future__ import annotations

from sympy import QQ, Poly
from sympy.polys.groebnertools import groebner
from sympy.polys.rings import PolyRing

from ..polynomial_proofs.saddle_polynomial import SaddlePolynomial


def has_real_zero(saddle: SaddlePolynomial) -> bool:
    """Whether a Gröbner basis shows a real zero of G.

    With the lexicographic order the basis often is x_i = p_i(x_d) for i < d and h(x_d) = 0; then
    each real root of h, counted by Sturm's theorem, gives one real zero. False says that the
    basis has another form, or that h has no real root.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from ..polynomial_proofs.saddle_polynomial import saddle_polynomial
    >>> has_real_zero(saddle_polynomial(SaddleProblem("x^4/4 - 2*x + x*u - u^2", "x", "u")))
    True
    """
    ring = PolyRing(saddle.ring.symbols, QQ, "lex")
    basis = groebner([g.set_ring(ring) for g in saddle.operator if g], ring)
    d, leading = ring.ngens, [g.leading_expv() for g in basis]
    units = [tuple(int(i == j) for j in range(d)) for i in range(d - 1)]
    last = [g for g in basis if not any(e[i] for e in g for i in range(d - 1))]
    if len(basis) != d or len(last) != 1 or not set(units) <= set(leading):
        return False
    return bool(Poly(last[0].as_expr(), ring.symbols[-1], domain=QQ).count_roots() > 0)
