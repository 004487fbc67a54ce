"""Random numbers by address: what a path draws depends on nothing but seed, path and evaluation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...flows.errors import ProblemError

BLOCK = 16384
"""Paths that share a generator. It is part of the meaning of a seed: never change it."""

JUMP = 210306068529402873165736369884012333109
"""Distance between addresses, (φ − 1)·2^128 for the golden ratio φ, as in NumPy's `jumped`."""


class Stream:
    """Generators for the evaluations of an oracle, one after the other.

    Paths come in fixed blocks of 16384. Block b at evaluation e (of the whole run, from 0) draws
    from a PCG64DXSM generator made of the seed and advanced by e + 2^64 b golden jumps, which keep
    all places that are reached more than 2^40 numbers apart. So the numbers do not depend on how
    many blocks run together, on what is recorded, or on where a run was interrupted; and as arrays
    are filled row by row, an oracle that draws one array a call gives a path the same numbers
    however many paths run beside it. The cost: moving takes 2 µs a block and evaluation.

    Parameters
    ----------
    seed : int, ≥ 0
        The seed.
    evaluation : int
        Evaluations already done.

    Examples
    --------
    >>> first, again = Stream(3), Stream(3, evaluation=1)
    >>> _, second = first.next(), first.next()
    >>> bool(second(0).random() == again.next()(0).random())
    True
    """

    def __init__(self, seed: int, evaluation: int = 0) -> None:
        self.evaluation = evaluation
        self._bits = np.random.PCG64DXSM(seed)
        self._rng = np.random.Generator(self._bits)
        self._fresh: Any = self._bits.state

    def next(self) -> Callable[[int], np.random.Generator]:
        """Return the generators of the next evaluation, by block: one at a time is valid."""
        evaluation, self.evaluation = self.evaluation, self.evaluation + 1
        return lambda block: self._at(evaluation, block)

    def _at(self, evaluation: int, block: int) -> np.random.Generator:
        self._bits.state = self._fresh
        self._bits.advance((evaluation + (block << 64)) * JUMP)
        return self._rng


def seed_words(seed: int) -> NDArray[np.uint64]:
    """Return a seed as two words of 64 bits, the key of a generator: NumPy's `SeedSequence`."""
    return np.asarray(np.random.SeedSequence(seed).generate_state(2, np.uint64), dtype=np.uint64)


def blocks(count: int) -> Iterator[tuple[int, slice]]:
    """Blocks of `count` paths: number and rows of each.

    Examples
    --------
    >>> list(blocks(20000))
    [(0, slice(0, 16384, None)), (1, slice(16384, 20000, None))]
    """
    for number, first in enumerate(range(0, count, BLOCK)):
        yield number, slice(first, min(first + BLOCK, count))


def checked_seed(seed: Any) -> int:
    """Return a seed as given, or a new one for None.

    Raises
    ------
    ProblemError
        It is not a whole number ≥ 0.
    """
    if seed is None:
        return secrets.randbits(64)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ProblemError(f"seed = {seed!r}; a whole number ≥ 0, or None for a new one, is needed")
    return int(seed)
