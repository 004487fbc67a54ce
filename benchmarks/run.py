"""Print the benchmark tables: ratios measured side by side in this process.

python benchmarks/run.py                  all tables
python benchmarks/run.py single games     some of them
python benchmarks/run.py setup --slow     the symbolic peers with 100 variables as well
python benchmarks/run.py --tiny           everything in small sizes, to see that it runs
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator

import ensembles
import games
import modified
import regions
import setting_up
import single

Texts = Iterator[str]


def _single(slow: bool, tiny: bool) -> Texts:
    yield single.report()


def _ensembles(slow: bool, tiny: bool) -> Texts:
    for n in (1, 5):
        yield ensembles.report(n, 100 if tiny else 10_000)


def _games(slow: bool, tiny: bool) -> Texts:
    for kind, make, n in (
        ("Dense", games.dense_game, 60 if tiny else 1000),
        ("Sparse", games.sparse_game, 60 if tiny else 20_000),
    ):
        yield games.report(f"{kind} game {n} x {n} at t = 50/|A|", make(n), quick=tiny)


def _modified(slow: bool, tiny: bool) -> Texts:
    for method in ("SimGD", "Extragradient"):
        yield modified.report(method, 3 if tiny else 6, 1 if tiny else 5)


def _regions(slow: bool, tiny: bool) -> Texts:
    yield regions.conditions()
    yield regions.maps(*((20, 200) if tiny else (300, 10_000)))


def _iterations(slow: bool, tiny: bool) -> Texts:
    if not tiny:  # it has no small size
        import iterations

        yield from iterations.reports()


def _proving(slow: bool, tiny: bool) -> Texts:
    if not tiny:  # it has no small size
        import proving

        yield proving.report()


def _squares(slow: bool, tiny: bool) -> Texts:
    if not tiny:  # it has no small size
        import squares

        yield squares.report()


def _setup(slow: bool, tiny: bool) -> Texts:
    yield setting_up.report(6 if tiny else 20, slow=True)
    yield setting_up.report(12 if tiny else 100, slow=slow)


TABLES: dict[str, Callable[[bool, bool], Texts]] = {
    "single": _single,
    "ensembles": _ensembles,
    "games": _games,
    "modified": _modified,
    "regions": _regions,
    "iterations": _iterations,
    "proving": _proving,
    "squares": _squares,
    "setup": _setup,
}
"""Name -> its tables, one after the other, for (slow, tiny)."""


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], default=[])
    parser.add_argument("--slow", action="store_true", help="symbolic peers, 100 variables")
    parser.add_argument("--tiny", action="store_true", help="small sizes")
    asked = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.machine()}, medians of repeats\n")
    for name in asked.tables or TABLES:
        for text in TABLES[name](asked.slow, asked.tiny):
            print(text, flush=True)


if __name__ == "__main__":
    main()
