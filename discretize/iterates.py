"""What a run of a method leaves behind: the recorded iterates and how it ended."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..flows.problems.problem import SaddleProblem
from ..flows.results.datasets import dataset
from .method import Method, numerical
from .path_statistics import PathStatistics, Statistics
from .recording import Rule
from .report import (
    ending,
    latex_columns,
    latex_number,
    save_arrays,
    statistics_arrays,
    statistics_text,
    text_columns,
)
from .running import advance
from .splitting import least_elements
from .task import Leg, Position, Task

Array = NDArray[np.float64]

ROWS = 11
"""Most rows of a printed table."""


@dataclass(frozen=True, eq=False)
class Iterates:
    """Recorded iterates of a method: one path, or N of them side by side.

    A path that leaves the finite numbers stays at its last finite iterate while the others go on.

    Attributes
    ----------
    method : Method
        The method that ran.
    problem : SaddleProblem
        The problem it ran on.
    k : ndarray of int, shape (K,)
        Steps after which the iterates were recorded; k = 0 is the start.
    z : ndarray, shape (K, d) or (N, K, d)
        The iterates z^k; with `Statistics` the last one only.
    anchor : ndarray, shape (d,) or (N, d)
        The start z^0, also when it was not recorded.
    status : int
        0 when all iterations were done on all paths, -1 when not.
    message : str
        How it ended, in words.
    stopped_at : ndarray of int, shape () or (N,)
        The k of the last finite iterate of each path that left the finite numbers, −1 for the
        others.
    seed : int or None
        Seed of a stochastic oracle, given or drawn: with it, on the same engine, the run can be
        repeated.
    engine : str
        What did the steps: ``"compiled"`` or ``"numpy"``.
    engine_reason : str
        Why it was that one.
    statistics : PathStatistics or None
        Statistics over the paths, when these were recorded.
    """

    method: Method
    problem: SaddleProblem
    k: NDArray[np.int64]
    z: Array
    anchor: Array
    status: int
    message: str
    stopped_at: NDArray[np.int64]
    seed: int | None
    engine: str
    engine_reason: str
    statistics: PathStatistics | None
    _task: Task = field(repr=False)
    _position: Position = field(repr=False)

    @classmethod
    def _of(cls, task: Task, leg: Leg) -> Self:
        at, paths = leg.position, task.start.shape[:-1]
        stopped_at = np.full(paths, -1) if at.stopped_at is None else at.stopped_at
        early = leg.interrupted or (stopped_at >= 0).any()
        return cls(
            method=task.method,
            problem=task.problem,
            k=leg.k,
            z=leg.z,
            anchor=task.start,
            status=-1 if early else 0,
            message=ending(at.k, stopped_at, leg.interrupted),
            stopped_at=stopped_at,
            seed=task.seed,
            engine=task.engine,
            engine_reason=task.engine_reason,
            statistics=leg.statistics,
            _task=task,
            _position=at,
        )

    def resume(
        self, iterations: int, *, record: Rule | Statistics = None, progress: bool = False
    ) -> Self:
        """Continue the run where it ended or was interrupted: bit for bit as one long run.

        Schedules and the samples of the oracle go on where they were; an oracle that draws from a
        generator of its own, ``oracle(z)``, cannot be continued in this sense.

        Parameters
        ----------
        iterations : int, > 0
            Number of further steps.
        record : int, sequence of int or Statistics, optional
            Which of the further k to keep, as for `iterate` and counted from the start of the
            whole run. By default as before; of a list, what is left of it and the last one.
        progress : bool
            Whether to show a progress bar on standard error.

        Returns
        -------
        Iterates
            The whole run, what was recorded before in front.

        Raises
        ------
        ProblemError
            `iterations` or `record` does not fit.

        Examples
        --------
        >>> from saddleode.flows import SaddleProblem
        >>> from saddleode.discretize import SimGD, iterate
        >>> run = iterate(SimGD(1.0), SaddleProblem("x*u", "x", "u"), [1, 0], 1)
        >>> run.resume(1).z.tolist()
        [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]]
        """
        leg = advance(
            self._task, self._position, iterations, self._position.k + 1, record, progress
        )
        if self.statistics is not None and leg.statistics is not None:
            return self._of(
                self._task, leg._replace(statistics=self.statistics.joined(leg.statistics))
            )
        k, z = np.concatenate([self.k, leg.k]), np.concatenate([self.z, leg.z], axis=-2)
        return self._of(self._task, leg._replace(k=k, z=z))

    @property
    def success(self) -> bool:
        """Whether all iterations were done on all paths."""
        return self.status == 0

    @property
    def t(self) -> Array:
        """Times t_k on the clock of the flow, shape (K,)."""
        return np.asarray(numerical(self.method).time(self.k), dtype=np.float64)

    @property
    def x(self) -> Array:
        """Primal coordinates, shape (..., K, n)."""
        return self.z[..., : self.problem.n]

    @property
    def u(self) -> Array:
        """Dual coordinates, shape (..., K, m)."""
        return self.z[..., self.problem.n :]

    @property
    def operator_norm(self) -> Array:
        """‖G(z^k)‖, of the least element; ∞ where z^k violates a set. Shape (..., K)."""
        return _norm(least_elements(self.problem, self.z))

    @property
    def distance(self) -> Array:
        """Distance of z^k to the saddle set, shape (..., K)."""
        return self.problem.distance(self.z)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write k, t, z, ‖G‖, how it ended and the statistics as a NumPy archive, or nothing.

        Parameters
        ----------
        path : path-like
            File to write or to replace, e.g. ``"run.npz"``.
        """
        save_arrays(
            path,
            method=repr(self.method),
            k=self.k,
            t=self.t,
            z=self.z,
            anchor=self.anchor,
            operator_norm=self.operator_norm,
            status=self.status,
            message=self.message,
            stopped_at=self.stopped_at,
            seed="" if self.seed is None else str(self.seed),
            engine=self.engine,
            **({} if self.statistics is None else statistics_arrays(self.statistics)),
        )

    def to_xarray(self) -> Any:
        """Return iterates and ‖G‖ as an xarray Dataset: axes ``k``, ``coordinate``, ``path``.

        Raises ProblemError without xarray (extra ``data``).
        """
        names = ("method", "problem", "engine", "status", "message", "seed")
        facts = {name: getattr(self, name) for name in names}
        norms = {"operator_norm": self.operator_norm}
        return dataset(self.z, self.problem, ("k", self.k), "path", norms, facts)

    def to_latex(self) -> str:
        """Table of at most 11 recorded steps in LaTeX: k, t_k and ‖G(z^k)‖ (mean over paths)."""
        header = ["$k$", "$t_k$", r"$\|G(z^k)\|$"]
        rows = [[f"${k}$", latex_number(t), latex_number(g)] for k, t, g in self._table()]
        return latex_columns(header, rows)

    def __str__(self) -> str:
        paths = f", {len(self.z)} paths: the norms are means" if self.z.ndim == 3 else ""
        seed = "" if self.seed is None else f", seed {self.seed} of the {self.engine} engine"
        rows = [[str(k), f"{t:.4g}", f"{g:.4g}"] for k, t, g in self._table()]
        table = text_columns(["k", "t_k", "‖G(z^k)‖"], rows)
        more = "" if self.statistics is None else f"\n{statistics_text(self.statistics)}"
        head = f"{self.method.title}: {self.message}{paths}{seed}"
        return f"{head}\n{self.method!r}\n{table}{more}"

    def _table(self) -> list[tuple[Any, Any, Any]]:
        """Evenly chosen records, the first and the last among them."""
        count = len(self.k)
        chosen = np.unique(np.linspace(0, count - 1, min(count, ROWS)).round().astype(int))
        z = self.z[..., chosen, :]
        norm = _norm(least_elements(self.problem, z))
        mean = norm if norm.ndim == 1 else norm.mean(axis=0)
        return list(zip(self.k[chosen], self.t[chosen], mean, strict=True))


def _norm(g: Array) -> Array:
    with np.errstate(over="ignore"):  # a run may end just below the largest float
        norm: Array = np.linalg.norm(g, axis=-1)
    return norm
