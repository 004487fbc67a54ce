"""Print the benchmark tables: ratios measured side by side in this process.

python benchmarks/run.py                  all tables
python benchmarks/run.py single games     some of them
python benchmarks/run.py setup --slow     the symbolic peers with 100 variables as well
python benchmarks/run.py --tiny           everything in small sizes, to see that it runs
"""

from __future__ import annotations

import argparse
import platform

import ensembles
import games
import modified
import setting_up
import single

TABLES = ("single", "ensembles", "games", "modified", "iterations", "setup")


def texts(name: str, *, slow: bool, tiny: bool):
    """Measure and give the tables of one name, one after the other."""
    if name == "single":
        yield single.report()
    if name == "ensembles":
        for n in (1, 5):
            yield ensembles.report(n, 100 if tiny else 10_000)
    if name == "games":
        for kind, make, n in (
            ("Dense", games.dense_game, 1000),
            ("Sparse", games.sparse_game, 20_000),
        ):
            size = 60 if tiny else n
            title = f"{kind} game {size} x {size} at t = 50/|A|"
            yield games.report(title, make(size), quick=tiny)
    if name == "modified":
        for method in ("SimGD", "Extragradient"):
            yield modified.report(method, 3 if tiny else 6, 1 if tiny else 5)
    if name == "iterations" and not tiny:  # it has no small size
        import iterations

        yield from iterations.reports()
    if name == "setup":
        yield setting_up.report(6 if tiny else 20, slow=True)
        yield setting_up.report(12 if tiny else 100, slow=slow)


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
        for text in texts(name, slow=asked.slow, tiny=asked.tiny):
            print(text, flush=True)


if __name__ == "__main__":
    main()
