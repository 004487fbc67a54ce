"""Region maps as pictures: where a family of methods converges, by several means at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..analysis.maps.region_map import RegionMap
from .style import INK, LOOKS, OTHER, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = {
    name: rf"${tex}$"
    for name, tex in (("alpha", r"\alpha"), ("beta", r"\beta"), ("gamma", r"\gamma"))
}
"""How parameters are written at the axes."""


def plot_region_map(found: RegionMap, *, ax: Axes | None = None) -> Axes:
    """Region map: the first layer shaded where it says "converges", the others as boundaries.

    Parameters
    ----------
    found : RegionMap
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib Axes
        With a handle for each layer; ``ax.legend()`` shows them.
    """
    ax = new_axes(5.2, 4.4) if ax is None else ax
    looks = [*LOOKS.values(), OTHER]
    with style():
        for i, (name, verdicts) in enumerate(found.layers.items()):
            inside = (verdicts == 1).astype(float)
            drawn = looks[(i - 1) % len(looks)]
            if i == 0:
                colors = ["#dfe7ee"]
                ax.contourf(found.x, found.y, inside, levels=[0.5, 1.5], colors=colors)
                ax.fill_between([], [], [], color=colors[0], label=name)
                continue
            if 0 < inside.mean() < 1:
                edge = ax.contour(found.x, found.y, inside, levels=[0.5], colors=[drawn.color])
                edge.set(linewidth=1.6, linestyle=drawn.linestyle)
            ax.plot([], [], color=drawn.color, linestyle=drawn.linestyle, label=name)
        x, y = (NAMES.get(name, name) for name in found.names)
        ax.set_xlabel(x, color=INK)
        ax.set_ylabel(y, color=INK)
        ax.set(xlim=(np.min(found.x), np.max(found.x)), ylim=(np.min(found.y), np.max(found.y)))
    return ax
