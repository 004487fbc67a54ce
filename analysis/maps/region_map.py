"""Region maps: the verdict on a family of methods over two of its parameters, by several means."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...discretize.report import save_arrays, text_columns
from ...flows.errors import ProblemError

Array = NDArray[np.float64]
Verdicts = NDArray[np.int8]
Family = Callable[[Any, Any], Any]
"""From two parameters to a method: they are numbers, symbols, or arrays of shape (N, 1)."""

Layer = Callable[[Family, Array, Array], Verdicts]
"""Decides a family at N points: 1 converges, −1 does not, 0 undecided."""

LARGEST = 4_000_000
"""Most cells of a map."""


@dataclass(frozen=True, eq=False)
class RegionMap:
    """Verdicts over a grid of two parameters.

    Attributes
    ----------
    names : (str, str)
        Names of the parameters.
    x, y : ndarray, shapes (X,) and (Y,)
        Their values.
    layers : mapping
        Name of a means of decision -> verdicts, shape (Y, X): 1 converges, −1 does not, 0
        undecided.
    """

    names: tuple[str, str]
    x: Array
    y: Array
    layers: Mapping[str, Verdicts]

    def share(self, name: str) -> float:
        """Share of the cells in which a layer says "converges"."""
        return float(np.mean(self.layers[name] == 1))

    def disagreement(self, first: str, second: str) -> float:
        """Share of the cells in which two layers say opposite things."""
        product = self.layers[first].astype(int) * self.layers[second]
        return float(np.mean(product == -1))

    def contained(self, inner: str, outer: str) -> bool:
        """Whether one layer says "converges" only where another does not deny it."""
        return not bool(np.any((self.layers[inner] == 1) & (self.layers[outer] == -1)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as a NumPy archive, whole or not at all: x, y, and an array a layer."""
        arrays: dict[str, ArrayLike] = {"names": list(self.names), "x": self.x, "y": self.y}
        save_arrays(path, **arrays, **{f"layer {name}": v for name, v in self.layers.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the shares of the layers, and where they disagree, ready for JSON."""
        names = list(self.layers)
        return {
            "parameters": list(self.names),
            "cells": int(self.x.size * self.y.size),
            "converges": {name: self.share(name) for name in names},
            "disagreement": {
                f"{a} / {b}": self.disagreement(a, b)
                for i, a in enumerate(names)
                for b in names[i + 1 :]
            },
        }

    def __str__(self) -> str:
        rows = [
            [name, f"{self.share(name):.4f}", f"{np.mean(self.layers[name] == 0):.4f}"]
            for name in self.layers
        ]
        size = f"{self.x.size} x {self.y.size} cells over {self.names[0]} and {self.names[1]}"
        return size + "\n" + text_columns(["decided by", "converges", "undecided"], rows)


def region_map(
    family: Family,
    x: tuple[str, ArrayLike],
    y: tuple[str, ArrayLike],
    layers: Mapping[str, Layer],
) -> RegionMap:
    """Map of verdicts on a family of methods over two parameters.

    Parameters
    ----------
    family : callable
        ``family(x, y)`` is the method with these parameters, e.g. `OptimisticSimGD` itself. Its
        arguments may be arrays of shape (N, 1), or symbols: it does arithmetic with them alone.
    x, y : (str, array_like)
        Names and increasing values of the parameters.
    layers : mapping
        Name -> how to decide: `exact_on`, `exact_half_disk`, `known_on`, `measured_on`,
        `moments_on`, `searched`, `where`, or any function of the family and two arrays of N
        numbers.

    Returns
    -------
    RegionMap

    Raises
    ------
    ProblemError
        The values are no increasing numbers, or the map is larger than four million cells.

    Examples
    --------
    Where SimGD-O converges on L = xu, exactly and by the sufficient condition of the paper.

    >>> from saddleode.analysis import exact_on, where
    >>> from saddleode.discretize import OptimisticSimGD
    >>> from saddleode.flows import SaddleProblem
    >>> xu = SaddleProblem("x*u", "x", "u")
    >>> theorem2 = where(lambda alpha, beta: alpha < 2 * beta * (1 - 2 * beta))
    >>> grid = np.linspace(0.02, 1.0, 50)
    >>> found = region_map(OptimisticSimGD, ("alpha", grid), ("beta", grid),
    ...                    {"exact": exact_on(xu), "Theorem 2": theorem2})
    >>> found.contained("Theorem 2", "exact"), found.share("Theorem 2") < found.share("exact")
    (True, True)
    """
    (x_name, xs), (y_name, ys) = (x[0], _values(*x)), (y[0], _values(*y))
    if xs.size * ys.size > LARGEST:
        raise ProblemError(f"the map has {xs.size * ys.size} cells; at most {LARGEST} are decided")
    X, Y = np.meshgrid(xs, ys)
    decided = {
        name: np.asarray(layer(family, X.ravel(), Y.ravel()), dtype=np.int8).reshape(X.shape)
        for name, layer in layers.items()
    }
    return RegionMap((x_name, y_name), xs, ys, decided)


def _values(name: str, values: ArrayLike) -> Array:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or found.size < 2 or not np.all(np.diff(found) > 0):
        raise ProblemError(f"the values of {name} are no increasing numbers, at least two of them")
    return found
