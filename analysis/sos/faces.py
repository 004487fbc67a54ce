"""Facial reduction: when Gram matrices must be singular, fewer and better basis polynomials.

A zero z0 of p forces Q b(z0) = 0. The kernel is read off the floats, written with small
rational numbers, and the basis replaced by one of the polynomials that vanish there. A wrong
guess can lose a decomposition; it cannot make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import scipy.linalg

from ...flows.problems.points import Array
from .gram import Block
from .polynomials import rational
from .semidefinite import Proposal

CUTS = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # eigenvalues below, relative to 1, count as zero
CLOSE = (1e-3, 1e-2, 4e-2)  # how far entries of the kernel may be from rational ones: trials
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 25, 27, 32, 36, 49, 64, 81, 100)


def smaller_faces(blocks: tuple[Block, ...], proposal: Proposal) -> Iterator[tuple[Block, ...]]:
    """Yield guesses of the blocks on the face where the Gram matrices lie, cautious ones first."""
    largest = max(float(np.abs(Q).max(initial=0.0)) for Q in proposal.matrices)
    tried: set[tuple[int, ...]] = set()
    for cut in CUTS:
        kernels = [_kernel(Q, cut * largest) for Q in proposal.matrices]
        sizes = tuple(K.shape[0] for K in kernels)
        if not any(sizes) or sizes in tried:
            continue
        tried.add(sizes)
        for close in CLOSE:
            reduced = [_reduced(b, K, close) for b, K in zip(blocks, kernels, strict=True)]
            guesses = [block for block in reduced if block is not None]
            if len(guesses) == len(blocks):
                yield tuple(block for block in guesses if block.basis)


def _kernel(Q: Array, cut: float) -> Array:
    """Basis of the numerical kernel, one vector a row."""
    if not len(Q):
        return np.zeros((0, 0))
    values, vectors = np.linalg.eigh(Q)
    return np.asarray(vectors[:, np.abs(values) <= cut].T)


def _reduced(block: Block, kernel: Array, close: float) -> Block | None:
    """Block over the complement of the kernel, or None if the kernel is not nearly rational."""
    rank = len(kernel)
    if not rank:
        return block
    _, R, order = scipy.linalg.qr(kernel, mode="economic", pivoting=True)
    echelon = np.linalg.solve(R[:, :rank], R[:, rank:])
    pivots, others = order[:rank], order[rank:]
    basis = []
    for column, f in enumerate(others):
        b = block.basis[f]
        for row, pivot in enumerate(pivots):
            weight = _near(float(echelon[row, column]), close)
            if weight is None:
                return None
            b = b - block.basis[pivot] * rational(weight)
        basis.append(b)
    return Block(block.factors, tuple(basis))


def _near(x: float, close: float) -> Fraction | None:
    """Rational number with a small denominator next to x."""
    for denominator in DENOMINATORS:
        numerator = round(x * denominator)
        if abs(x - numerator / denominator) <= close / denominator:
            return Fraction(numerator, denominator)
    return None
