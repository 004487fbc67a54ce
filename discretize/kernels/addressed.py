"""The random numbers of the compiled engine in NumPy: the start of a method, and the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..oracles.streams import BLOCK, seed_words
from .normals import normal_pair, threefry

Array = NDArray[np.float64]


class NumpyArithmetic:
    """Words and reals as arrays."""

    def real(self, word: Any) -> Array:
        """Return words as real numbers."""
        return np.asarray(word.astype(np.float64))

    def bits(self, real: Any) -> Any:
        """Return the words of the same bits."""
        return np.asarray(real).view(np.uint64)

    def from_bits(self, word: Any) -> Any:
        """Return the real numbers of the same bits."""
        return np.asarray(word.view(np.float64))

    def where(self, word: Any, yes: Any, no: Any) -> Array:
        """Return `yes` where a word is not 0."""
        return np.asarray(np.where(word != 0, yes, no))

    def sqrt(self, real: Any) -> Array:
        """Return the square root."""
        return np.asarray(np.sqrt(real))


class AddressedNormals:
    """What an oracle draws from: normal numbers of some paths at one evaluation.

    Parameters
    ----------
    seed, evaluation : int
        The seed, and the number of the evaluation in the whole run.
    first : int
        The first path.
    """

    def __init__(self, seed: int, evaluation: int, first: int) -> None:
        self._seed, self._evaluation, self._first = seed, evaluation, first

    def standard_normal(self, shape: tuple[int, ...]) -> Array:
        """Return normal numbers, (count,) for one path or (paths, count).

        Numbers 2j and 2j + 1 of a path come from Threefry with the seed for key and the counter
        ``(evaluation·P + j, path)``, P = ⌈count/2⌉.
        """
        rows, count = (1, *shape)[-2:]
        pairs = (count + 1) // 2
        key = [np.array([[word]]) for word in seed_words(self._seed)]
        first = np.uint64(self._evaluation * pairs) + np.arange(pairs, dtype=np.uint64)
        second = np.uint64(self._first) + np.arange(rows, dtype=np.uint64)[:, None]
        words = threefry((first[None], second), (key[0], key[1]))
        both = np.stack(normal_pair(words, NumpyArithmetic()), axis=-1)
        return np.asarray(both.reshape(rows, 2 * pairs)[:, :count].reshape(shape))


class AddressedStream:
    """`Stream` with the random numbers of the compiled engine.

    Parameters
    ----------
    seed : int, ≥ 0
        The seed.
    evaluation : int
        Evaluations already done.
    """

    def __init__(self, seed: int, evaluation: int = 0) -> None:
        self.seed, self.evaluation = seed, evaluation

    def next(self) -> Callable[[int], Any]:
        """Return the normal numbers of the next evaluation, by block of paths."""
        evaluation, self.evaluation = self.evaluation, self.evaluation + 1
        return lambda block: AddressedNormals(self.seed, evaluation, block * BLOCK)
