"""Is a polynomial nowhere negative? Proofs, exact counterexamples, and honest ignorance."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from math import comb, prod

from sympy.polys.rings import PolyRing

from ..basics.proof_outcome import Unknown
from ..basics.ranges import Range
from .basis import Exponents, half_monomials, parity_classes
from .box_basis import box_blocks
from .cells import has_few_cells, negative_cell
from .coordinates import adapted
from .decomposition import Square, decomposed
from .evidence import BySolver, Evidence, SignOnCells, SumOfSquares
from .gram import Block
from .negative_point import Point, negative_point
from .polynomials import Polynomial, restricted, used_names, value_at
from .satisfiability import negative_model
from .semidefinite import solver_is_installed

ENTRIES = 1200  # most unknown entries of all Gram matrices together


def nonnegative(p: Polynomial, box: Mapping[str, Range]) -> Evidence | Point | Unknown:
    """Decide whether p ≥ 0 on a box: evidence, a point of the box with p < 0, or the reason.

    The point names the variables that occur in p.

    The simplest sum of squares is tried first, then a search for a negative point, then the
    other sums of squares: with the constraints of the box for multipliers (Putinar 1993,
    Schmüdgen 1991), or of (1 + |z|²)ᵏ p (Reznick 1995).
    Polynomials in one or two variables are decided cell by cell, unless their degrees are very
    large. The last resort is z3, which finds a point or says, to be believed, that there is none.

    Parameters
    ----------
    p : Polynomial
        In any ring; only the variables that occur count.
    box : mapping
        Name -> range; variables without one are free.
    """
    names = used_names([p])
    found = _decided(restricted(p, names), box) if names else _constant(p)
    if isinstance(found, SumOfSquares):
        return _embedded(found, p.ring)
    return found


def _decided(p: Polynomial, box: Mapping[str, Range]) -> Evidence | Point | Unknown:
    names = {symbol.name for symbol in p.ring.symbols}
    box = {name: span for name, span in box.items() if name in names}
    attempts = _attempts(p, box)
    found = _proved(p, itertools.islice(attempts, 1)) or negative_point(p, box)
    found = found or _proved(p, attempts)
    if found is not None:
        return found
    if has_few_cells(p):
        return negative_cell(p, box) or SignOnCells()
    model = negative_model(p, box)
    if isinstance(model, dict):
        return model
    return BySolver() if model else Unknown(_ending(model))


def _proved(p: Polynomial, attempts: Iterable[tuple[Polynomial, list[Block]]]) -> Evidence | None:
    for multiplier, blocks in attempts:
        squares = decomposed(multiplier * p, blocks)
        if squares is not None:
            return SumOfSquares(multiplier, squares)
    return None


def _constant(p: Polynomial) -> Evidence | Point:
    value = value_at(p, {})
    one = p.ring.one
    squares = (Square(value, (), one),) if value else ()
    return {} if value < 0 else SumOfSquares(one, squares)


def _ending(model: bool | None) -> str:
    if not solver_is_installed():
        return "no simple sum of squares; install saddleode[prove] to search among all of them"
    searched = "no sum of squares of the shapes that were tried and no negative point was found"
    return searched if model is None else f"{searched}, also not by z3"


def _attempts(p: Polynomial, box: Mapping[str, Range]) -> Iterator[tuple[Polynomial, list[Block]]]:
    """Multipliers and shapes of decompositions, from the simplest on."""
    one, degree = p.ring.one, max(sum(e) for e in p)
    yield from _sized(one, _plain(p))
    if not box:
        for multiplier in _multipliers(p, box):
            yield from _sized(multiplier, _plain(multiplier * p))
        return
    for extra, together in itertools.product((0, 2), (1, 2, 3)):
        yield from _sized(one, box_blocks(p, box, degree + degree % 2 + extra, together))
    for multiplier, together in itertools.product(_multipliers(p, box), (1, 2)):
        size = degree + degree % 2 + max(map(sum, multiplier))
        yield from _sized(multiplier, box_blocks(multiplier * p, box, size, together))


def _multipliers(p: Polynomial, box: Mapping[str, Range]) -> list[Polynomial]:
    """Return powers of 1 + Σ z² over all unbounded variables, or over those of higher degrees.

    Without the 1 if p is homogeneous in them, and as a last one. A variable that is only squared
    in p, such as a direction in a quadratic form, seldom needs to be in the sum.
    """
    gens, spans = p.ring.gens, [box.get(symbol.name, Range()) for symbol in p.ring.symbols]
    wide = [i for i, span in enumerate(spans) if span.low is None or span.high is None]
    high = [i for i in wide if p.degree(gens[i]) > 2]
    norms = []
    for chosen in filter(None, (wide, high)):
        alike = len({sum(e[i] for i in chosen) for e in p}) == 1
        norms.append(sum((gens[i] ** 2 for i in chosen), p.ring.zero if alike else p.ring.one))
    last = [norm - norm.coeff(1) for norm in norms[-1:]]
    return list(dict.fromkeys([*norms, *(norm**2 for norm in norms), *last]))


def _sized(multiplier: Polynomial, blocks: list[Block]) -> Iterator[tuple[Polynomial, list[Block]]]:
    if sum(comb(len(block.basis) + 1, 2) for block in blocks) <= ENTRIES:
        yield multiplier, blocks


def _plain(p: Polynomial) -> list[Block]:
    """Blocks of a sum of squares, made of monomials in adapted coordinates."""
    q, forms = adapted(p)
    return [
        Block((), tuple(_monomial(forms, m) for m in group))
        for group in parity_classes(half_monomials(q), q)
    ]


def _monomial(forms: list[Polynomial], exponents: Exponents) -> Polynomial:
    one = forms[0].ring.one
    return prod((f**k for f, k in zip(forms, exponents, strict=True)), start=one)


def _embedded(evidence: SumOfSquares, ring: PolyRing) -> SumOfSquares:
    """Write the evidence in the ring the question was asked in."""
    squares = (
        Square(
            square.weight,
            tuple(factor.set_ring(ring) for factor in square.factors),
            square.polynomial.set_ring(ring),
        )
        for square in evidence.squares
    )
    return SumOfSquares(evidence.multiplier.set_ring(ring), tuple(squares))
