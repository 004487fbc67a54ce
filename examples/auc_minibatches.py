"""AUC maximisation by minibatches: SSSGD, SSSGD-O and SSSGD-A on the last iterate, 100 seeds.

The saddle function of `auc_maximisation.py` is a mean over the training data, so a minibatch of 16
of the 426 patients gives an unbiased sample of its operator: a stochastic oracle. The script runs
100 independent paths of each method from 0 and prints, for the last iterate, ‖G‖ and the AUC on
held-out data, as the median and the band from the 10 % to the 90 % quantile of the paths. With
--out it draws both over k.

    .venv/bin/python examples/auc_minibatches.py --out out
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from auc_maximisation import Data, auc_problem, load_data, logistic_auc
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import rankdata

from saddleode.discretize import (
    AnchoredSimGD,
    FiniteSum,
    IndexedTerms,
    Iterates,
    Method,
    OptimisticSimGD,
    PowerLaw,
    SimGD,
    iterate,
    log_spaced,
)
from saddleode.figures.saving import save_both
from saddleode.figures.style import INK, family, look, style

Array = NDArray[np.float64]
ITERATIONS = 6000
BATCH = 16
PATHS = 100
SEED = 1
BAND = (0.1, 0.5, 0.9)


def patient_terms(data: Data) -> IndexedTerms:
    """Operators G_i of the patients: the gradient of F(w, a, b, α; x_i, y_i), with −∂F/∂α."""
    x, positive = data.train, data.train_labels
    p = positive.mean()

    def term(z: Array, i: NDArray[np.int64]) -> Array:
        w, means, alpha = z[:, :-3], z[:, -3:-1], z[:, -1]
        sign, weight = np.where(positive[i], 1.0, -1.0), np.where(positive[i], 1 - p, p)
        score = np.sum(x[i] * w, axis=1)
        miss = 2 * weight * (score - np.where(positive[i], means[:, 0], means[:, 1]))
        slope = miss - 2 * weight * sign * (1 + alpha)
        return np.column_stack(
            [
                slope[:, None] * x[i],
                np.where(positive[i], -miss, 0.0),
                np.where(positive[i], 0.0, -miss),
                2 * weight * sign * score + 2 * p * (1 - p) * alpha,
            ]
        )

    return IndexedTerms(term, len(x))


def methods(rate: float) -> dict[str, Method]:
    """Three methods with fading steps, in units of 1/R."""
    steps = PowerLaw(3 * rate, 0.6, 10)
    return {
        "SSSGD": SimGD(steps),
        "SSSGD-O": OptimisticSimGD(steps, PowerLaw(rate / 2, 0.3)),
        "SSSGD-A": AnchoredSimGD(p=0.6, gamma=2, epsilon=0.05, alpha=6 * rate),
    }


def runs(data: Data, iterations: int = ITERATIONS, paths: int = PATHS) -> dict[str, Iterates]:
    """All methods from 0, each with the same minibatches."""
    problem = auc_problem(data)
    oracle = FiniteSum(patient_terms(data), BATCH, replacement=False)
    return {
        name: iterate(
            method,
            problem,
            np.zeros(problem.d),
            iterations,
            oracle=oracle,
            paths=paths,
            seed=SEED,
            record=log_spaced(iterations),
        )
        for name, method in methods(1 / problem.lipschitz()).items()
    }


def held_out_auc(z: Array, data: Data) -> Array:
    """AUC on the held-out data of each point, (..., d) -> (...,): the Mann–Whitney statistic."""
    ranks = rankdata(z[..., : data.test.shape[1]] @ data.test.T, axis=-1)
    good = int(data.test_labels.sum())
    bad = len(data.test_labels) - good
    rank_sum = ranks[..., data.test_labels].sum(axis=-1)
    return np.asarray((rank_sum - good * (good + 1) / 2) / (good * bad))


def draw(axes: Axes, results: dict[str, Iterates], values: dict[str, Array], label: str) -> None:
    """Median over the paths as a line, the band around it, for each method."""
    for name, run in results.items():
        low, middle, high = np.quantile(values[name][:, 1:], BAND, axis=0)
        drawn = look(family(run.method))
        axes.plot(run.k[1:], middle, color=drawn.color, linestyle=drawn.linestyle, label=name)
        axes.fill_between(run.k[1:], low, high, color=drawn.color, alpha=0.2, linewidth=0)
    axes.set(xscale="log", xlabel="k", ylabel=label)


def picture(data: Data, results: dict[str, Iterates]) -> Figure:
    """‖G(z^k)‖ and held-out AUC of the last iterate over k."""
    with style():
        figure = Figure(figsize=(8.4, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        norms = {name: run.operator_norm for name, run in results.items()}
        draw(left, results, norms, r"$\|G(z^k)\|$")
        left.set_yscale("log")
        left.legend(loc="lower left")
        draw(right, results, {n: held_out_auc(r.z, data) for n, r in results.items()}, "AUC")
        right.axhline(logistic_auc(data), color=INK, linewidth=0.8, linestyle=":")
        right.annotate("logistic regression", (1.1, logistic_auc(data)), va="bottom", fontsize=9)
        right.set_ylim(0.97, 1.0)
        left.set_title("full operator at the last iterate")
        right.set_title("held-out AUC of the last iterate")
    return figure


def table(data: Data, results: dict[str, Iterates]) -> Sequence[str]:
    """Lines of the table: the last iterate, median and band over the paths."""
    lines = [f"{'':10}{'‖G‖ median':>12}{'band':>20}{'AUC median':>13}{'band':>18}"]
    for name, run in results.items():
        norms = np.quantile(run.operator_norm[:, -1], BAND)
        scores = np.quantile(held_out_auc(run.z[:, -1], data), BAND)
        lines.append(
            f"{name:10}{norms[1]:12.4f}{norms[0]:12.4f} –{norms[2]:7.4f}"
            f"{scores[1]:12.4f}{scores[0]:11.4f} –{scores[2]:7.4f}"
        )
    return lines


def main() -> None:
    """Print the table; with --out also draw the figure."""
    parser = argparse.ArgumentParser(description="AUC maximisation by minibatches")
    parser.add_argument("--out", type=Path, help="folder for auc_minibatches.png and .svg")
    arguments = parser.parse_args()
    data = load_data()
    results = runs(data)
    print(f"{PATHS} paths, {ITERATIONS} steps, {BATCH} of {len(data.train)} patients a step")
    print("\n".join(table(data, results)))
    print(f"logistic regression (scikit-learn): AUC {logistic_auc(data):.4f}")
    if arguments.out is not None:
        for path in save_both(picture(data, results), arguments.out, "auc_minibatches"):
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
