"""The benchmark scripts run, and say what they had to leave out."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[1] / "benchmarks" / "run.py"


def printed(*arguments: str, **environment: str) -> str:
    command = [sys.executable, str(RUN), "--tiny", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text: str) -> list[list[str]]:
    """Cells of the rows of all tables, heads left out."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines
            if not line.startswith(("| |", "| ---"))]  # fmt: skip


def test_games_and_formulas_run_with_small_errors() -> None:
    text = printed("games", "setup")
    assert text.count("To reach: ") == 4 and "Left out: SymPy and symengine" in text
    krylov = [row for row in rows(text) if row[0].endswith("krylov engine")]
    assert len(krylov) == 6 and all(float(row[4]) <= 1e-11 for row in krylov)


def test_maps_agree() -> None:
    text = printed("regions")
    by_name = {row[0]: row for row in rows(text)}
    assert len(by_name) == 10
    assert float(by_name["numpy eigvals, stacked"][4]) == 0


@pytest.mark.slow
def test_trajectories_run_with_small_errors() -> None:
    text = printed("single", "ensembles", "modified")
    known = [row for row in rows(text) if row[4]]
    assert len(known) >= 8 and all(float(row[4]) <= 2e-8 for row in known)
    peers = {"diffrax": "diffrax", "heyoka": "the taylor engine", "kauri": "kauri"}
    for module, words in peers.items():
        if importlib.util.find_spec(module) is None:
            assert f"Left out: {words}" in text


@pytest.mark.slow
def test_without_a_compiler_the_kernel_is_left_out(tmp_path) -> None:
    text = printed("ensembles", PATH=str(tmp_path))
    assert text.count("Left out: the C kernel: gcc is not installed") == 2
    assert not [row for row in rows(text) if row[0] == "C kernel"]
