"""Phase portraits: trajectories in the plane (x, u), their directions, and where they rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..flows.errors import ProblemError
from ..flows.integration import integrate
from .plane import frame_plane, required_plane
from .style import QUIET, look, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..flows.flow import Flow
    from ..flows.problems.problem import SaddleProblem

# Where along a trajectory, by arc length, its direction is shown.
_ARROWS = (0.15, 0.4)


def phase_portrait(
    problem: SaddleProblem,
    flow: Flow,
    starts: ArrayLike,
    *,
    t_end: float = 20.0,
    points: int = 1501,
    ax: Axes | None = None,
) -> Axes:
    """Phase portrait of a flow on a problem with one primal and one dual variable.

    Every trajectory is integrated, drawn in the plane (x, u) with equal scales, and given
    arrows in its direction; the starts are dots, the saddle point (where one is known) a star.
    Walls are lines, and so are segments of saddle points, thick ones. Of players whose sets leave
    one direction each, such as mixed strategies of two moves, one coordinate is drawn.

    Parameters
    ----------
    problem : SaddleProblem
        With n = m = 1, or sets that leave each player one direction.
    flow : Flow
    starts : array_like, shape (N, d)
        Points Z(0), one a trajectory.
    t_end : float
        The trajectories run over [0, t_end].
    points : int
        Points drawn on each trajectory, equally spaced in time.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ProblemError
        The problem or the starts do not live in the plane.

    Examples
    --------
    >>> from saddleode.flows import GradientFlow, SaddleProblem
    >>> xu = SaddleProblem.from_text("x*u", "x", "u")
    >>> ax = phase_portrait(xu, GradientFlow(), [[1, 0], [2, 0]])
    >>> len(ax.get_lines()) - 1  # two trajectories; the saddle point is the last line
    2
    """
    plane, z0 = required_plane(problem), _points(problem, starts)
    times = np.linspace(0.0, t_end, points)
    paths = plane.flat(integrate(flow, problem, z0, (0.0, t_end), t_eval=times).z)
    drawn = look(flow.name)
    with style():
        ax = ax if ax is not None else new_axes()
        for path in paths:
            ax.plot(*path.T, color=drawn.color, linestyle=drawn.linestyle, linewidth=1.2)
            draw_directions(ax, path, drawn.color)
        ax.get_lines()[-1].set_label(flow.title)
        ax.scatter(paths[:, 0, 0], paths[:, 0, 1], s=12, color=drawn.color, zorder=3, label="start")
        frame_plane(problem, ax)
    return ax


def _points(problem: SaddleProblem, starts: ArrayLike) -> NDArray[np.float64]:
    z0 = np.atleast_2d(np.asarray(starts, dtype=np.float64))
    if z0.ndim != 2 or z0.shape[1] != problem.d:
        raise ProblemError(f"starts of shape {np.shape(starts)}; give them as (N, {problem.d})")
    return z0


def draw_directions(ax: Axes, path: NDArray[np.float64], color: str) -> None:
    """Put arrow heads at fixed fractions of the length of a path."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    for fraction in _ARROWS:
        i = min(int(np.searchsorted(length, fraction * length[-1])), len(path) - 2)
        head = {"arrowstyle": "-|>", "color": color, "mutation_scale": 11, "linewidth": 0}
        ax.annotate("", xy=path[i + 1], xytext=path[i], arrowprops=head, zorder=4)


def draw_undamped_line(problem: SaddleProblem, ax: Axes) -> Axes:
    """Line on which ⟨G(z), z − z*⟩ = 0, dashed: there a gradient flow does not approach z*.

    For an affine operator ``G(z) = Mz + q`` it is ``z* + ker(M + Mᵀ)`` when M + Mᵀ ⪰ 0 (monotone
    G). It is drawn when it is a line; where it is the whole plane, or only z*, nothing is.

    Source: Ryu, Yuan, Yin 2019, Figure 1.

    Raises
    ------
    ProblemError
        The problem does not live in the plane, or its operator is not affine.
    """
    required_plane(problem)
    for direction in _undamped_directions(problem):
        with style():
            start = problem.saddle_point()
            ax.axline(
                tuple(start),
                tuple(start + direction),
                color=QUIET,
                linestyle=(0, (5, 3)),
                linewidth=1.3,
                label=r"$\langle G(z), z - z^{*}\rangle = 0$",
                zorder=1.5,
            )
    return ax


def _undamped_directions(problem: SaddleProblem) -> Sequence[NDArray[np.float64]]:
    if not problem.is_affine:
        raise ProblemError("the undamped line of a problem that is not affine; leave it out")
    matrix = np.column_stack([problem.matrix @ e for e in np.eye(2)])
    values, vectors = np.linalg.eigh(matrix + matrix.T)
    kernel = np.abs(values) <= 1e-12 * max(1.0, float(np.abs(values).max()))
    return [vectors[:, kernel][:, 0]] if kernel.sum() == 1 else []
