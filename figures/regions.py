"""Stability regions of methods in the plane of eigenvalues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..analysis.stability.region import StabilityRegion
from .style import INK, QUIET, family, look, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 301
"""Points of the grid along each side."""


def plot_region(
    region: StabilityRegion,
    *,
    extent: tuple[float, float, float] = (-0.5, 2.5, 1.5),
    half_disk: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Stability region of a method in the plane of λ: shaded where the spectral radius is < 1.

    The imaginary axis is the bilinear case; eigenvalues of monotone operators lie to its right.

    Parameters
    ----------
    region : StabilityRegion
        Of a method with numbers for parameters.
    extent : (float, float, float)
        Least and largest real part, and largest imaginary part, of what is shown.
    half_disk : bool
        Whether to draw the largest half disk of eigenvalues in the region, dashed.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ProblemError
        The method has symbols for parameters.

    Examples
    --------
    >>> from saddleode.analysis import stability_region
    >>> from saddleode.discretize import OGDA
    >>> plot_region(stability_region(OGDA(1))).get_title()
    'optimistic gradient descent-ascent'
    """
    low, high, top = extent
    a, b = np.meshgrid(np.linspace(low, high, POINTS), np.linspace(-top, top, POINTS))
    radius = region.radius(a + 1j * b)
    ax = new_axes(4.8, 4.4) if ax is None else ax
    color = look(family(region.method)).color
    with style():
        ax.contourf(a, b, radius, levels=[0, 1], colors=[color], alpha=0.22)
        ax.contour(a, b, radius, levels=[1], colors=[color], linewidths=1.6)
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.axhline(0, color=INK, linewidth=0.8)
        if half_disk and 0 < (R := float(region.half_disk)) < np.inf:
            angle = np.linspace(-np.pi / 2, np.pi / 2, 181)
            ax.plot(R * np.cos(angle), R * np.sin(angle), color=QUIET, linestyle="dashed")
        ax.set(xlim=(low, high), ylim=(-top, top), aspect="equal")
        ax.set(xlabel=r"Re $\lambda$", ylabel=r"Im $\lambda$", title=region.method.title)
    return ax
