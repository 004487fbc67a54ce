"""Zero-sum games from a payoff matrix: projected methods, and the duality gap of their iterates.

The row player minimises and the column player maximises xᵀAu over mixed strategies, two simplices.
Two games: rock, paper, scissors, lizard, spock, whose payoffs are read from a file (or from yours,
with --csv), and a random one with 200 × 300 moves. For the last iterate and for the mean of all
iterates the table prints the duality gap: what both players could still win, together, by their
best answers; it is 0 exactly at an equilibrium. Linear programming gives the exact value of the
game. With --out the gap of the last iterate is drawn over k.

    .venv/bin/python examples/matrix_games.py --out out
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import linprog

from saddleode.analysis import duality_gap
from saddleode.discretize import (
    EAGC,
    OGDA,
    AnchoredSimGD,
    Extragradient,
    Halpern,
    Iterates,
    Method,
    SimGD,
    iterate,
)
from saddleode.figures.saving import save_both
from saddleode.figures.style import style
from saddleode.flows import SaddleProblem, Simplex

Array = NDArray[np.float64]
PAYOFFS = Path(__file__).with_name("rock_paper_scissors_lizard_spock.csv")
ITERATIONS = 2000
COLOURS = ("#c44e00", "#0072b2", "#3b9bd6", "#007f5f", "#8a4f7d", "#1a1a1a")
LINES = ("solid", "dashed", "dotted", "dashdot", (0, (5, 1)), (0, (1, 1)))


@dataclass(frozen=True)
class Game:
    """A payoff matrix with a name."""

    name: str
    payoffs: Array

    @property
    def problem(self) -> SaddleProblem:
        """Mixed strategies for both players."""
        return SaddleProblem.bilinear(self.payoffs, primal_set=Simplex(), dual_set=Simplex())

    @property
    def value(self) -> float:
        """Value of the game by linear programming: min t with Aᵀx ≤ t, x in the simplex."""
        n, m = self.payoffs.shape
        solved = linprog(
            c=[*np.zeros(n), 1.0],
            A_ub=np.column_stack([self.payoffs.T, -np.ones(m)]),
            b_ub=np.zeros(m),
            A_eq=[[*np.ones(n), 0.0]],
            b_eq=[1.0],
            bounds=[(0, None)] * n + [(None, None)],
        )
        return float(solved.fun)


def games(path: Path = PAYOFFS) -> list[Game]:
    """Return the game of the file, and a random one."""
    file = Game(path.stem.replace("_", " "), np.loadtxt(path, delimiter=",", ndmin=2))
    return [file, Game("random 200 × 300", np.random.default_rng(7).standard_normal((200, 300)))]


def methods(R: float) -> list[Method]:
    """Projected methods in units of 1/R; Halpern's iteration only where resolvents are cheap."""
    return [
        SimGD(0.1 / R),
        Extragradient(0.7 / R),
        OGDA(0.45 / R),
        AnchoredSimGD(p=0.6, gamma=2, alpha=4 / R),
        EAGC(1 / (8 * R)),
    ]


def runs(game: Game, iterations: int = ITERATIONS) -> list[Iterates]:
    """All methods from a corner: both play their first move."""
    problem, (n, m) = game.problem, game.payoffs.shape
    start = np.concatenate([np.eye(n)[0], np.eye(m)[0]])
    R = float(np.linalg.norm(game.payoffs, 2))
    small = [Halpern(alpha=1 / R, theta=1)] if n + m <= 20 else []
    return [iterate(method, problem, start, iterations) for method in [*methods(R), *small]]


def gaps(run: Iterates) -> tuple[Array, Array]:
    """Duality gap of the iterates, and of their running means."""
    mean = np.cumsum(run.z, axis=0) / (run.k[:, None] + 1)
    return duality_gap(run.problem, run.z), duality_gap(run.problem, mean)


def draw(axes: Axes, game: Game, results: list[Iterates]) -> None:
    """Gap of the last iterate over k."""
    curves = [gaps(run)[0][1:] for run in results]
    for run, curve, colour, line in zip(results, curves, COLOURS, LINES, strict=False):
        axes.plot(run.k[1:], curve, color=colour, linestyle=line, label=run.method.name)
    axes.set(xscale="log", yscale="log", xlabel="k", title=game.name)
    axes.set_ylim(bottom=max(1e-9, 0.5 * min(curve.min() for curve in curves)))


def picture(played: list[tuple[Game, list[Iterates]]]) -> Figure:
    """One panel a game."""
    with style():
        figure = Figure(figsize=(8.4, 3.8), layout="constrained")
        panels = figure.subplots(1, len(played))
        for axes, (game, results) in zip(panels, played, strict=True):
            draw(axes, game, results)
        panels[0].set_ylabel("duality gap of the last iterate")
        panels[0].legend(loc="lower left")
    return figure


def main() -> None:
    """Print a table for each game; with --out also draw the figure."""
    parser = argparse.ArgumentParser(description="Matrix games by projected methods")
    parser.add_argument("--csv", type=Path, default=PAYOFFS, help="payoff matrix of your own")
    parser.add_argument("--out", type=Path, help="folder for matrix_games.png and .svg")
    arguments = parser.parse_args()
    played = [(game, runs(game)) for game in games(arguments.csv)]
    for game, results in played:
        print(f"{game.name}: value {game.value:.6g}; duality gap after {ITERATIONS} steps")
        print(f"{'':16}{'last iterate':>14}{'mean iterate':>14}")
        for run in results:
            last, mean = (values[-1] for values in gaps(run))
            print(f"{run.method.name:16}{last:14.2e}{mean:14.2e}")
    if arguments.out is not None:
        for path in save_both(picture(played), arguments.out, "matrix_games"):
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
