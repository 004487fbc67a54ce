"""The plane in which a problem is drawn: one coordinate of each player, walls, saddle points."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.spatial import ConvexHull

from ..flows.errors import ProblemError, SaddleodeError
from ..flows.inclusions.set_valued import SetValuedOperator
from .style import INK, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..flows.problems.problem import SaddleProblem

Array = NDArray[np.float64]

_GRID = 15  # points a side from which saddle points are looked for
_FAR = 1e6  # how far off walls are looked for
_FLAT = 1e-6  # extent of the saddle set, relative to the picture, that counts as none


@dataclass(frozen=True, eq=False)
class Plane:
    """Coordinates of a problem in which its points, and the sets of its players, are planar.

    Attributes
    ----------
    columns : (int, int)
        The coordinates of z that are drawn.
    origin : ndarray, shape (d,)
        Feasible point.
    directions : ndarray, shape (2, d)
        Motions of each player that change its coordinate by 1.
    names : (str, str)
        Names of the coordinates.
    """

    columns: tuple[int, int]
    origin: Array
    directions: Array
    names: tuple[str, str]

    def flat(self, z: Array) -> Array:
        """Coordinates (..., 2) of points (..., d)."""
        return np.asarray(z[..., list(self.columns)])

    def lifted(self, points: Array) -> Array:
        """Points (..., d) with coordinates (..., 2)."""
        return np.asarray(self.origin + (points - self.flat(self.origin)) @ self.directions)


def plane_of(problem: SaddleProblem) -> Plane | None:
    """Plane of a problem, or None if a player can move in more than one direction.

    Players with one variable each can be drawn, and those whose sets leave one direction, such as
    mixed strategies of two moves.

    Examples
    --------
    >>> from saddleode.flows import SaddleProblem, Simplex
    >>> A = [[1, -1], [-1, 1]]
    >>> game = SaddleProblem.bilinear(A, primal_set=Simplex(), dual_set=Simplex())
    >>> plane_of(game).columns, plane_of(SaddleProblem.bilinear(A))
    ((0, 2), None)
    """
    n, backend = problem.n, problem.backend
    E = np.zeros((0, problem.d))
    if isinstance(backend, SetValuedOperator) and problem.d <= 100:
        E = backend.pieces.faces.equalities
    ways = null_space(E[:, :n]), null_space(E[:, n:])
    if any(way.shape[1] != 1 for way in ways):
        return None
    columns = int(np.argmax(np.abs(ways[0]))), n + int(np.argmax(np.abs(ways[1])))
    directions = np.zeros((2, problem.d))
    directions[0, :n] = ways[0][:, 0] / ways[0][columns[0], 0]
    directions[1, n:] = ways[1][:, 0] / ways[1][columns[1] - n, 0]
    return Plane(
        columns, problem.project(np.zeros(problem.d)), directions, _names(problem, columns)
    )


def required_plane(problem: SaddleProblem) -> Plane:
    """Plane of a problem.

    Raises
    ------
    ProblemError
        It has none.
    """
    plane = plane_of(problem)
    if plane is None:
        raise ProblemError(
            f"a phase portrait of a problem with n = {problem.n} primal and m = {problem.m} dual "
            "variables; it needs n = m = 1, or sets that leave each player one direction (for "
            "others draw ‖G‖ over time with plot_decay)"
        )
    return plane


def frame_plane(problem: SaddleProblem, ax: Axes) -> Axes:
    """Frame of a picture in the plane of a problem: equal scales, names, walls, saddle points.

    One saddle point is a star, a segment of them a thick line, an area of them is filled. A
    problem whose saddle points are not known gets none.
    """
    plane = required_plane(problem)
    first, second = (f"${name}$" for name in plane.names)
    ax.set(xlabel=first, ylabel=second, aspect="equal")
    _draw_walls(problem, plane, ax)
    with suppress(SaddleodeError):
        _draw_saddle_points(ax, _saddle_points(problem, plane, ax))
    return ax


def _draw_walls(problem: SaddleProblem, plane: Plane, ax: Axes) -> None:
    """Lines where the sets of the players end."""
    line: dict[str, Any] = {"color": QUIET, "linewidth": 1.0, "zorder": 1.5}
    for k, draw in enumerate((ax.axvline, ax.axhline)):
        for sign in (-_FAR, _FAR):
            end = plane.flat(problem.project(plane.origin + sign * plane.directions[k]))[k]
            if abs(end) < _FAR / 2:
                draw(float(end), **line)


def _saddle_points(problem: SaddleProblem, plane: Plane, ax: Axes) -> Array:
    """Saddle points nearest to the points of a grid over the picture, shape (k, 2)."""
    if problem.convexity().status == "refuted":  # the zeros of G need not be a convex set
        return plane.flat(problem.saddle_point())[None]
    sides = (np.linspace(*limits, _GRID) for limits in (ax.get_xlim(), ax.get_ylim()))
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    found = []
    for z in problem.project(plane.lifted(grid)):
        with suppress(SaddleodeError):
            found.append(problem.nearest_saddle(z))
    return plane.flat(np.array(found or [problem.saddle_point()]))


def _draw_saddle_points(ax: Axes, points: Array) -> None:
    """Draw the convex set of which these points are the part that is nearest to the picture."""
    middle = points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points - middle, full_matrices=False)
    size = float(np.hypot(np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())))
    extent = int(np.sum(sizes > _FLAT * size))
    if extent == 2:
        corners = points[ConvexHull(points).vertices]
        ax.fill(*corners.T, color=INK, alpha=0.2, linewidth=0, zorder=1, label="saddle points")
    elif extent == 1:
        along = (points - middle) @ axes[0]
        ends = points[[np.argmin(along), np.argmax(along)]]
        thick: dict[str, Any] = {"linewidth": 4, "alpha": 0.45, "solid_capstyle": "round"}
        ax.plot(*ends.T, color=INK, zorder=1.8, label="saddle points", **thick)
    else:
        star: dict[str, Any] = {"marker": "*", "markersize": 11, "linestyle": "none", "zorder": 5}
        ax.plot(*middle, color=INK, label="saddle point", **star)


def _names(problem: SaddleProblem, columns: tuple[int, int]) -> tuple[str, str]:
    variables = (*problem.primal, *problem.dual)
    if not variables:
        plain = problem.n == problem.m == 1
        return ("x", "u") if plain else (f"x_{columns[0] + 1}", f"u_{columns[1] - problem.n + 1}")
    from sympy import latex

    return latex(variables[columns[0]]), latex(variables[columns[1]])
