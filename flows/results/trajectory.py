"""The result of an integration: points over time, with what is needed to judge them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ProblemError
from ..flow import Flow
from ..inclusions.solution import Sliding
from ..problems.points import Array
from ..problems.problem import SaddleProblem
from ..solving.times import as_times
from .datasets import dataset
from .tables import latex_table, text_table
from .trajectory_file import load_arrays, save_trajectory
from .trajectory_summary import latex_summary, summary


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Trajectory of a saddle flow, or N trajectories of an ensemble.

    Attributes
    ----------
    flow, problem
        What was integrated.
    t : ndarray, shape (T,)
        Times.
    z : ndarray, shape (T, d) or (N, T, d)
        Points z = (x, u); mapped from a file if ``integrate(out=…)`` was asked for.
    anchor : ndarray, shape (d,) or (N, d)
        Z0 of the anchor term.
    status : int
        0 reached the end, 1 ended by an event, −1 stopped before (last good state kept).
    message : str
        The same in words.
    nfev : int
        Evaluations of the right-hand side, each for all members at once.
    engine, engine_reason : str
        Name of the engine, such as ``"scipy"`` or ``"exact"``, and why it was that one.
    t_span : (float, float)
        First and last time that was reached: where the trajectory can be called.
    failed : ndarray of bool, shape () or (N,)
        Whether it ended before its time; a failed member of an ensemble is NaN from there on.
    error_estimate : ndarray, shape (T,) or (N, T), or None
        Estimate of the Euclidean norm of the error, where the engine has one.
    t_events, z_events : tuple of ndarray, or None
        Times (k,) and points (k, d) of the zeros of every event.
    sliding : tuple of SlidingInterval, by members for an ensemble, or None
        Of a set-valued problem: when it was on a kink or wall, such as ``"x = 0"``.
    switches : ndarray, shape (K,), by members for an ensemble, or None
        Of a set-valued problem: times at which it came to a kink or wall, or left one.
    dense : callable or None
        Dense output, times (T,) -> (N, T, d); None for a trajectory loaded from a file. That of
        an ensemble, or in more than 10 000 coordinates, may integrate again, at the price of
        the first time.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow, SaddleProblem, integrate
    >>> problem = SaddleProblem("x*u", "x", "u")
    >>> rotation = integrate(GradientFlow(), problem, [1.0, 0.0], (0, 10))
    >>> rotation(np.pi).round(12)
    array([-1.,  0.])
    """

    flow: Flow
    problem: SaddleProblem
    t: Array
    z: Array
    anchor: Array
    status: int
    message: str
    nfev: int
    engine: str
    engine_reason: str
    t_span: tuple[float, float]
    failed: NDArray[np.bool_]
    error_estimate: Array | None = None
    t_events: tuple[Array, ...] | None = None
    z_events: tuple[Array, ...] | None = None
    dense: Callable[[Array], Array] | None = field(default=None, repr=False)
    sliding: Sliding | tuple[Sliding, ...] | None = None
    switches: Array | tuple[Array, ...] | None = None

    @property
    def success(self) -> bool:
        """Whether the end or a terminal event was reached."""
        return self.status >= 0

    @property
    def x(self) -> Array:
        """Primal coordinates, shape (..., T, n)."""
        return self.z[..., : self.problem.n]

    @property
    def u(self) -> Array:
        """Dual coordinates, shape (..., T, m)."""
        return self.z[..., self.problem.n :]

    @property
    def operator_norm(self) -> Array:
        """‖G(Z(t))‖, shape (..., T)."""
        return np.asarray(np.linalg.norm(self.problem.operator(self.z), axis=-1))

    @property
    def distance(self) -> Array:
        """Distance to the saddle set, shape (..., T)."""
        return self.problem.distance(self.z)

    def __call__(self, t: ArrayLike) -> Array:
        """Dense output: the points at any times of `t_span`.

        Parameters
        ----------
        t : array_like, shape () or (T,)
            Times.

        Returns
        -------
        ndarray, shape (d,), (T, d), (N, d) or (N, T, d)

        Raises
        ------
        ProblemError
            A time is outside `t_span`, or the trajectory comes from a file.
        """
        if self.dense is None:
            raise ProblemError("a loaded trajectory has no dense output; integrate it again")
        times = as_times(t, *self.t_span)
        z = self.dense(np.atleast_1d(times))
        z = z if self.z.ndim == 3 else z[0]
        return z if times.ndim else z[..., 0, :]

    def __str__(self) -> str:
        return text_table(summary(self))

    def to_latex(self) -> str:
        """Write the facts of the trajectory as a LaTeX table with the rules of booktabs."""
        return latex_table(latex_summary(self))

    def to_xarray(self) -> Any:
        """Points, ‖G‖ and error estimate as an xarray Dataset (extra ``data``).

        The axes are ``t``, ``coordinate`` (the variables of the problem) and, in an ensemble,
        ``member``; flow, problem, engine and message are attributes. It can be written as NetCDF.

        Raises
        ------
        ProblemError
            xarray is not installed.
        """
        variables = {"operator_norm": self.operator_norm}
        if self.error_estimate is not None:
            variables["error_estimate"] = self.error_estimate
        names = ("flow", "problem", "engine", "engine_reason", "status", "message", "nfev")
        facts = {name: getattr(self, name) for name in names}
        return dataset(self.z, self.problem, ("t", self.t), "member", variables, facts)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save times, points and facts as a NumPy ``.npz`` file without pickled objects.

        Flow and problem are formulas, not data: the file names them, and `load` asks for them.

        Parameters
        ----------
        path : path-like
            File to write (replaced as a whole, or not at all).

        Returns
        -------
        Path
            The file.
        """
        return save_trajectory(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], flow: Flow, problem: SaddleProblem) -> Self:
        """Load a trajectory saved before; everything but the dense output comes back.

        Parameters
        ----------
        path : path-like
            The file.
        flow, problem
            What was integrated.

        Raises
        ------
        ProblemError
            It is not such a file, or `flow` or `problem` is not what was integrated.
        """
        return cls(flow=flow, problem=problem, **load_arrays(path, flow, problem))
