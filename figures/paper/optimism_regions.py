"""Where SimGD-O converges: the exact region, two sufficient conditions, and runs.

For every monotone G with Lipschitz constant R = 1: exactly where α < 2β(1 − β²)/(1 + β²) (derived
in this project); by the simple certificate where α < 2β(1 − β)/(1 + β) (derived in this project);
by Theorem 2 where α < 2β(1 − 2β). The runs are on L = xu, a rotation, the worst case.

Source: Ryu, Yuan, Yin 2019, Theorem 2.

Run it: ``python -m saddleode.figures.paper.optimism_regions --out out``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...analysis.maps.layers import exact_half_disk, where
from ...analysis.maps.measured import measured_on
from ...analysis.maps.region_map import RegionMap, region_map
from ...discretize.methods.optimistic import OptimisticSimGD
from ...flows.problems.problem import SaddleProblem
from ..maps import plot_region_map
from ..saving import save_both
from ..style import style

NAME = "optimism-regions"
CELLS, ITERATIONS = 181, 2000


def optimism_map(cells: int = CELLS, iterations: int = ITERATIONS) -> RegionMap:
    """Return the map over α and β: exact, by certificate, by Theorem 2, and by runs.

    Parameters
    ----------
    cells : int
        Cells along each side.
    iterations : int
        Steps of each run.
    """
    xu = SaddleProblem.from_text("x*u", "x", "u")
    layers = {
        "exact": exact_half_disk(1.0),
        "runs on $xu$": measured_on(xu, [1.0, 0.0], iterations=iterations),
        "simple certificate": where(lambda a, b: a < 2 * b * (1 - b) / (1 + b)),
        "Theorem 2": where(lambda a, b: a < 2 * b * (1 - 2 * b)),
    }
    alpha, beta = np.linspace(0.005, 0.75, cells), np.linspace(0.005, 1.1, cells)
    return region_map(OptimisticSimGD, ("alpha", alpha), ("beta", beta), layers)


def optimism_regions() -> Figure:
    """Draw the regions of SimGD-O over α and β, for R = 1.

    Examples
    --------
    >>> optimism_regions().axes[0].get_title()
    'SimGD-O on monotone operators with $R = 1$'
    """
    with style():
        figure = Figure(figsize=(5.6, 4.6), layout="constrained")
        ax = plot_region_map(optimism_map(), ax=figure.add_subplot())
        ax.set_title("SimGD-O on monotone operators with $R = 1$")
        ax.legend(loc="upper right", frameon=True, framealpha=1.0, edgecolor="none")
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Write optimism-regions.png and .svg into the folder given with ``--out``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", default="out", help="folder of the pictures (default: out)")
    save_both(optimism_regions(), parser.parse_args(arguments).out, NAME)


if __name__ == "__main__":
    main()
