"""Results on paper and on disk: tables in text and LaTeX, archives of arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..flows.results.files import write_atomically
from ..flows.results.tables import scientific
from .path_statistics import PathStatistics

Rows = Sequence[Sequence[str]]


def text_columns(header: Sequence[str], rows: Rows) -> str:
    """Table in plain text, columns aligned to the right.

    Examples
    --------
    >>> print(text_columns(["k", "t"], [["0", "0.5"], ["10", "1"]]))
     k    t
     0  0.5
    10    1
    """
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def latex_columns(header: Sequence[str], rows: Rows) -> str:
    r"""Table in LaTeX with the rules of ``booktabs``; cells are LaTeX already.

    Examples
    --------
    >>> print(latex_columns(["$k$"], [["0"]]))
    \begin{tabular}{r}
    \toprule
    $k$ \\
    \midrule
    0 \\
    \bottomrule
    \end{tabular}
    """
    lines = [" & ".join(row) + r" \\" for row in rows]
    top = [rf"\begin{{tabular}}{{{'r' * len(header)}}}", r"\toprule", " & ".join(header) + r" \\"]
    return "\n".join([*top, r"\midrule", *lines, r"\bottomrule", r"\end{tabular}"])


def latex_number(value: float) -> str:
    r"""Write a number with four digits in LaTeX, infinite and undefined ones too.

    Examples
    --------
    >>> latex_number(0.25), latex_number(math.inf)
    ('$0.25$', '$\\infty$')
    """
    if math.isfinite(value):
        return scientific(value)
    return "–" if math.isnan(value) else r"$\infty$" if value > 0 else r"$-\infty$"


def save_arrays(path: str | os.PathLike[str], **arrays: ArrayLike) -> None:
    """Write named arrays as a NumPy archive (.npz), whole or not at all.

    Parameters
    ----------
    path : path-like
        File to write or to replace; the name is taken as it is.
    **arrays : array_like
        Arrays without Python objects in them.
    """
    content: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}

    def write(file: IO[bytes]) -> None:
        np.savez(file, **content)

    write_atomically(path, write)


def statistics_arrays(statistics: PathStatistics) -> dict[str, ArrayLike]:
    """Statistics by name, for an archive of arrays."""
    return {
        "statistics_k": statistics.k,
        "distance_mean": statistics.distance.mean,
        "distance_variance": statistics.distance.variance,
        "distance_standard_error": statistics.distance.standard_error,
        "operator_mean": statistics.operator.mean,
        "operator_variance": statistics.operator.variance,
        "operator_standard_error": statistics.operator.standard_error,
        "stopped": statistics.stopped,
        "best": statistics.best,
        "best_operator": statistics.best_operator,
        "ergodic": statistics.ergodic,
    }


def statistics_text(statistics: PathStatistics) -> str:
    """Table of at most 11 recorded steps: squared distance and ‖G‖², with standard errors."""
    count = len(statistics.k)
    chosen = np.unique(np.linspace(0, count - 1, min(count, 11)).round().astype(int))
    moments = (statistics.distance, statistics.operator)
    columns = [statistics.k, *(a for m in moments for a in (m.mean, m.standard_error))]
    rows = [[f"{column[i]:.4g}" for column in columns] for i in chosen]
    return text_columns(["k", "‖z−z*‖²", "±", "‖G‖²", "±"], rows)


def ending(k: int, stopped_at: NDArray[np.int64], interrupted: bool) -> str:
    """Return how a run ended, in words."""
    if interrupted:
        return f"interrupted; z^{k} is the last iterate"
    paths = np.flatnonzero(stopped_at >= 0)
    if len(paths) == 0:
        return f"all {k} iterations done"
    if stopped_at.ndim == 0:
        return f"z^{k + 1} is not finite; z^{k} is the last iterate"
    first = paths[np.argmin(stopped_at[paths])]
    rest = f"the others did all {k} iterations" if len(paths) < stopped_at.size else "none is left"
    return (
        f"{len(paths)} of {stopped_at.size} paths left the finite numbers (first path {first}, "
        f"after z^{stopped_at[first]}); {rest}"
    )
