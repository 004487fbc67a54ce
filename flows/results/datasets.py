"""Points as labelled arrays of xarray (extra ``data``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from ..errors import ProblemError
from ..problems.points import Array
from ..problems.problem import SaddleProblem


def dataset(
    z: Array,
    problem: SaddleProblem,
    clock: tuple[str, ArrayLike],
    member: str,
    variables: Mapping[str, Array],
    facts: Mapping[str, Any],
) -> Any:
    """Return points and what belongs to each of them as an xarray Dataset.

    Parameters
    ----------
    z : ndarray, shape (T, d) or (N, T, d)
        The points.
    problem : SaddleProblem
        Names their coordinates: its variables, or x1, x2, …, u1, u2, …
    clock : (str, array_like)
        Name and values of the axis of length T.
    member : str
        Name of the axis of length N.
    variables : mapping
        Name -> values, shape (T,) or (N, T).
    facts : mapping
        Attributes; what is no number becomes text.

    Raises
    ------
    ProblemError
        xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise ProblemError(
            "labelled arrays need xarray; install the extra: pip install 'saddleode[data]'"
        ) from None
    name, values = clock
    axes = ([member] if z.ndim == 3 else []) + [name]
    arrays = {"z": ([*axes, "coordinate"], z)} | {v: (axes, a) for v, a in variables.items()}
    labels = {name: values, "coordinate": coordinate_names(problem)}
    plain = {key: v if isinstance(v, int | float) else str(v) for key, v in facts.items()}
    return xarray.Dataset(arrays, coords=labels, attrs=plain)


def coordinate_names(problem: SaddleProblem) -> list[str]:
    """Names of the coordinates of z, primal ones first.

    Examples
    --------
    >>> coordinate_names(SaddleProblem.bilinear([[1.0], [2.0]]))
    ['x1', 'x2', 'u1']
    """
    named = [str(variable) for variable in (*problem.primal, *problem.dual)]
    numbered = [f"x{i + 1}" for i in range(problem.n)] + [f"u{i + 1}" for i in range(problem.m)]
    return named or numbered
