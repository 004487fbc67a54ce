"""Print the benchmark tables: ratios measured side by side in this process.

python benchmarks/run.py                  all tables
python benchmarks/run.py single games     some of them
python benchmarks/run.py setup --slow     the symbolic peers with 100 variables as well
"""

from __future__ import annotations

import argparse
import platform

import ensembles
import games
import iterations
import modified
import setting_up
import single

TABLES = {
    "single": lambda slow: [single.report()],
    "ensembles": lambda slow: [ensembles.report(1), ensembles.report(5)],
    "games": lambda slow: [
        games.report("Dense game 1000 x 1000 at t = 50/|A|", games.dense_game()),
        games.report("Sparse game 20000 x 20000 at t = 50/|A|", games.sparse_game()),
    ],
    "modified": lambda slow: [modified.report("SimGD", 6), modified.report("Extragradient", 6)],
    "iterations": lambda slow: iterations.reports(),
    "setup": lambda slow: [
        setting_up.report(20, slow=True),
        setting_up.report(100, slow=slow),
    ],
}


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", default=[], help=f"of {', '.join(TABLES)}")
    parser.add_argument(
        "--slow", action="store_true", help="the symbolic peers with 100 variables too"
    )
    asked = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.machine()}, medians of 5 repeats\n")
    for name in asked.tables or TABLES:
        for text in TABLES[name](asked.slow):
            print(text, flush=True)


if __name__ == "__main__":
    main()
