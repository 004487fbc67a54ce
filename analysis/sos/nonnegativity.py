"""Is a polynomial nowhere negative? Proofs, exact counterexamples, and honest ignorance."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from math import comb, prod

from sympy import QQ
from sympy.polys.rings import PolyRing

from ..proofs.proof_outcome import Unknown
from ..proofs.ranges import Range
from .basis import Exponents, half_monomials, monomials_below, parity_classes
from .cells import has_few_cells, negative_cell
from .coordinates import adapted
from .decomposition import Square, decomposed
from .evidence import BySolver, Evidence, SignOnCells, SumOfSquares, box_constraints
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
    other sums of squares: with the constraints of the box for multipliers (Putinar 1993), or
    of (1 + |z|²)ᵏ p (Reznick 1995).
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
    ring = p.ring
    norm = sum((z**2 for z in ring.gens), ring.zero if len({sum(e) for e in p}) == 1 else ring.one)
    if not box:
        for power in range(3):
            attempt = norm**power
            yield from _sized(attempt, _plain(attempt * p))
        return
    yield from _sized(ring.one, _plain(p))
    degree = max(sum(e) for e in p)
    for extra, together in itertools.product((0, 2), (1, 2, 3)):
        yield from _sized(ring.one, _on_box(p, box, degree + degree % 2 + extra, together))


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


def _on_box(p: Polynomial, box: Mapping[str, Range], degree: int, together: int) -> list[Block]:
    """Blocks for 1 and for the products of up to `together` intervals of the box."""
    products = [
        tuple(itertools.chain(*chosen))
        for count in range(together + 1)
        for chosen in itertools.combinations(_intervals(p.ring, box), count)
    ]
    supports = list(p) + [e for factors in products for e in prod(factors, start=p.ring.one)]
    free = [i for i, symbol in enumerate(p.ring.symbols) if symbol.name not in box]
    degrees = [sum(e[i] for i in free) for e in p]
    blocks = []
    for factors in products:
        half = (degree - len(factors)) // 2
        caps = [
            max(e[i] for e in p) // 2 if i in free else max(half, 0) for i in range(p.ring.ngens)
        ]
        monomials = [
            m
            for m in monomials_below(caps, half)
            if min(degrees) <= 2 * sum(m[i] for i in free) <= max(degrees)
        ]
        blocks += _blocks(p.ring, factors, monomials, supports)
    return blocks


def _intervals(ring: PolyRing, box: Mapping[str, Range]) -> list[tuple[Polynomial, ...]]:
    """Constraints of the box, those of one variable together: (x − a)(b − x) ≥ 0."""
    by_name = ((s.name, {s.name: box[s.name]}) for s in ring.symbols if s.name in box)
    constraints = (tuple(box_constraints(ring, one)) for _, one in by_name)
    return [factors for factors in constraints if factors]


def _blocks(
    ring: PolyRing,
    factors: tuple[Polynomial, ...],
    monomials: Iterable[Exponents],
    supports: Iterable[Exponents],
) -> list[Block]:
    return [
        Block(factors, tuple(ring.from_dict({m: QQ.one}) for m in group))
        for group in parity_classes(monomials, supports)
    ]


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
