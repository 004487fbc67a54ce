"""What vanishes where the distance to a saddle point stands still, L being convex-concave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..sos.polynomials import Polynomial

if TYPE_CHECKING:
    from .setting import Setting


def equalities(setting: Setting) -> Iterator[tuple[str, Polynomial]]:
    """Yield what vanishes where ⟨G, Z − c⟩ + β‖G‖² = 0, each with the reason.

    ⟨G, Z − c⟩ is a sum of three terms that are not negative, for c = (x*, u*):
    ``⟨∂_xL(x,u), x − x*⟩ − L(x,u) + L(x*,u)``, the like for u, and ``L(x,u*) − L(x*,u)``.
    Where all are 0:

    - L(·,u) − ⟨∂_xL(x,u), ·⟩ is least at x and at x*, so it is constant between them. A
      polynomial that is affine on a segment is so on its line, and a convex function that is
      affine on a line is so on all parallel ones (Rockafellar 1970, Theorem 8.8):
      ``⟨∂_xL(y,u), x − x*⟩`` does not depend on y.
    - L(·,u*) is least at x and at x*, and alike ``⟨∂_xL(y,u*), x − x*⟩ = 0`` for all y.

    The same for u. These are linear in Z − c. If β > 0, G = 0 as well, which says it all.
    """
    if setting.rates[1]:
        yield from (("‖G‖² = 0", g) for g in setting.operator)
        return
    n, star = setting.saddle.n, dict(zip(setting.ring.gens, setting.center, strict=False))
    d = len(setting.saddle.names)
    for own, others, (free, fixed) in (
        (range(n), range(n, d), ("L(·, u) is affine along x − x*", "L(·, u*) is constant there")),
        (range(n, d), range(n), ("L(x, ·) is affine along u − u*", "L(x*, ·) is constant there")),
    ):
        slopes = _slopes(setting, own)
        yield from ((free, p) for powers, p in slopes.items() if any(powers))
        optimal = [(z, star[z]) for z in (setting.ring.gens[i] for i in others)]
        yield from ((fixed, p.compose(optimal) if optimal else p) for p in slopes.values())


def _slopes(setting: Setting, own: range) -> Mapping[tuple[int, ...], Polynomial]:
    """Coefficients of ``⟨∂L(y, ·), z − c⟩`` as a polynomial in y, y in place of a player's own z.

    But for the sign: G has that of −∂_uL.
    """
    ring = setting.ring
    found: dict[tuple[int, ...], Polynomial] = {}
    for i in own:
        step = ring.gens[i] - setting.center[i]
        for e, c in setting.operator[i].terms():
            rest = tuple(0 if j in own else power for j, power in enumerate(e))
            powers = tuple(e[j] for j in own)
            term = ring.from_dict({rest: c}) * step
            found[powers] = found.get(powers, ring.zero) + term
    return found
