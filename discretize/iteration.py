"""Running a method: the numbers reading, one loop for every method, one start or many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..flows.errors import ProblemError
from ..flows.problems.problem import SaddleProblem
from ..flows.terms.faces import FEASIBLE
from .checked_steps import ready
from .engines import chosen
from .iterates import Iterates
from .method import Method, warn_outside_theorem
from .operators import require_split
from .oracles.stochastic import AnyOracle, StochasticOracle, is_stochastic
from .oracles.streams import checked_seed
from .path_statistics import Statistics
from .recording import RECORD_LIMIT, Rule, whole
from .running import advance
from .splitting import splitting
from .task import Task, beginning

Array = NDArray[np.float64]

PROJECTED = 50
"""Variables up to which saddle points of set-valued problems are projected on by resolvents."""


def iterate(
    method: Method,
    problem: SaddleProblem,
    z0: ArrayLike,
    iterations: int,
    *,
    oracle: AnyOracle | None = None,
    paths: int | None = None,
    seed: int | None = None,
    record: Rule | Statistics = None,
    engine: str = "auto",
    progress: bool = False,
) -> Iterates:
    """Iterate a method on a problem: z^0, z^1, …, z^iterations.

    Many paths run side by side as the rows of one array. A path that leaves the finite numbers is
    a result and not an error: it stays at its last finite iterate, and the others go on. A run
    that is interrupted from the keyboard returns the part done; `Iterates.resume` continues it.

    Parameters
    ----------
    method : Method
        Method with numbers (or schedules) for parameters.
    problem : SaddleProblem
        Problem whose G it is run on. If it is set-valued, methods take the element of least norm
        at kinks of L, project on the players' sets, and make proximal steps on their terms.
    z0 : array_like, shape (d,) or (N, d)
        Start, or N starts.
    iterations : int, > 0
        Number of steps.
    oracle : StochasticOracle or callable, optional
        Replaces G; if G is set-valued, its part from L. An object such as `GaussianNoise` or
        `FiniteSum`; or ``oracle(z, rng)``, which draws from the generator it is given; or
        ``oracle(z)``. Values have the shape of the points. Each evaluation is one new sample for
        each path; with a generator, points come in blocks of at most 16384 paths.
    paths : int, > 0, optional
        Number N of paths from one start.
    seed : int, ≥ 0, optional
        Seed of a stochastic oracle; without it one is drawn, and `Iterates.seed` tells it. Path i
        draws the same numbers however many run beside it, whatever is recorded, on any number of
        processors, and when a run is resumed. The engines draw different numbers from one seed:
        to repeat a run elsewhere name the engine as well, which `Iterates.engine` tells.
    record : int, sequence of int, or Statistics, optional
        Which k to keep: every one (None), every m-th and the last (m), or those of an increasing
        sequence, e.g. of `log_spaced`; or statistics over the paths instead of the iterates. When
        a run ends early its last iterate is kept as well.
    engine : {"auto", "compiled", "numpy"}
        What does the steps. ``"compiled"``: machine code made of the method, the problem and the
        oracle, on all processors (needs the extra ``fast``); for points of at most 16 numbers, an
        expression or an affine G, and no oracle, `GaussianNoise` or `MultiplicativeNoise`.
        ``"numpy"``: arrays, all paths at once. They agree to rounding when nothing is drawn.
        ``"auto"`` takes the first that can, see `Iterates.engine_reason`.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    Iterates
        The recorded iterates, with ``status`` 0, or -1 when the run or a path ended early.

    Raises
    ------
    ProblemError
        A parameter is a symbol, a schedule gives no step size, or an argument or the shape of the
        oracle's answers does not fit.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem
    >>> from saddleode.discretize import SimGD
    >>> run = iterate(SimGD(1.0), SaddleProblem("x*u", "x", "u"), [1, 0], 2)
    >>> run.z.tolist()
    [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]]
    """
    ready(method)
    if not isinstance(problem, SaddleProblem):
        raise ProblemError(f"problem = {problem!r}; a SaddleProblem is needed")
    _check_splitting(method, problem)
    start = _starts(problem, z0, paths)
    drawn = _seed(problem, oracle, seed)
    task = Task(
        method, problem, start, oracle, drawn, record, *chosen(engine, method, problem, oracle)
    )
    if isinstance(record, Statistics):
        _check_distances(problem, start)
    problem.warn_unless_convex_concave()
    warn_outside_theorem(method)
    return Iterates._of(task, advance(task, beginning(task), iterations, 0, record, progress))


def _starts(problem: SaddleProblem, z0: ArrayLike, paths: Any) -> Array:
    start: Array = problem.check_point(z0)
    outside = float(np.abs(start - problem.project(start)).max())
    if outside > FEASIBLE * (1 + float(np.abs(start).max())):
        raise ProblemError(
            f"z0 violates a set of the players by {outside:.2g}; take problem.project(z0)"
        )
    if paths is None:
        return start
    count = whole("paths", paths, RECORD_LIMIT // problem.d)
    if start.ndim == 1:
        return np.tile(start, (count, 1))
    if len(start) != count:
        raise ProblemError(
            f"paths = {count}, but z0 has {len(start)} starts; leave paths out, or give one start"
        )
    return start


def _check_distances(problem: SaddleProblem, start: Array) -> None:
    """Refuse statistics of distances that cannot be had, before the run."""
    if problem.is_set_valued and problem.projection is None and problem.d > PROJECTED:
        raise ProblemError(
            f"statistics need distances to the saddle points; for a set-valued problem of "
            f"{problem.d} variables give their projection, nearest_saddle=…, or record iterates"
        )
    with np.errstate(over="ignore"):
        problem.distance(start)  # a problem without a saddle point is told


def _check_splitting(method: Method, problem: SaddleProblem) -> None:
    """Refuse a method without a form for what the players carry."""
    split = splitting(problem)
    if split is not None and split.carries:
        require_split(method)


def _seed(problem: SaddleProblem, oracle: AnyOracle | None, seed: Any) -> int | None:
    """Seed of the run, None when nothing is drawn."""
    checked = checked_seed(seed)
    if isinstance(oracle, type):
        raise ProblemError(f"oracle is the class {oracle.__name__}; give an object of it")
    if isinstance(oracle, StochasticOracle):
        oracle.check(problem)
    elif oracle is not None and not callable(oracle):
        raise ProblemError(
            f"oracle = {oracle!r}; needed: oracle(z), oracle(z, rng), or an object such as "
            "GaussianNoise(0.1)"
        )
    if is_stochastic(oracle):
        return checked
    if seed is not None and oracle is not None:
        raise ProblemError(
            f"seed = {seed} does not reach an oracle that is called with z alone; write "
            "oracle(z, rng) and draw from rng"
        )
    return None
