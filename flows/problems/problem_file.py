"""Problem files: a saddle problem in TOML, by a formula or by matrices in files beside it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ProblemError
from ..inclusions.construction import Carried
from .matrix_file import load_array
from .points import Array
from .problem import SaddleProblem

CARRIED = tuple(Carried.__annotations__)  # what players carry, as text
LARGEST = 10_000_000  # bytes of a TOML file; matrices larger than a screen belong into files


@dataclass(frozen=True, eq=False)
class ProblemFile:
    """What a problem file says.

    Attributes
    ----------
    problem : SaddleProblem
        The problem.
    z0 : ndarray of shape (d,) or (N, d), or None
        The start that it proposes.
    """

    problem: SaddleProblem
    z0: Array | None


@dataclass(frozen=True)
class _Kind:
    """One way to state a problem: the keys it needs, those it allows, which are matrices."""

    build: Callable[..., SaddleProblem]
    needed: tuple[str, ...]
    allowed: tuple[str, ...]
    matrices: tuple[str, ...]


_KINDS: Mapping[str, _Kind] = {
    "formula": _Kind(
        lambda formula, primal, dual, **options: SaddleProblem.from_text(
            formula, primal, dual, **options
        ),
        ("formula", "primal", "dual"),
        (),
        (),
    ),
    "bilinear": _Kind(SaddleProblem.bilinear, ("A",), ("b", "c"), ("A", "b", "c")),
    "quadratic": _Kind(
        lambda A, P=None, Q=None, b=None, c=None, **options: SaddleProblem.quadratic(
            P, A, Q, b, c, **options
        ),
        ("A",),
        ("P", "Q", "b", "c"),
        ("P", "A", "Q", "b", "c"),
    ),
    "affine": _Kind(
        lambda M, n, q=None, **options: SaddleProblem.affine(M, q, n, **options),
        ("M", "n"),
        ("q",),
        ("M", "q"),
    ),
}


def load_problem(path: str | os.PathLike[str]) -> SaddleProblem:
    """Load the saddle problem of a TOML file; see `read_problem_file` for the format.

    Raises
    ------
    ProblemError
        The file is missing, is not TOML, or describes no problem.
    """
    return read_problem_file(path).problem


def read_problem_file(path: str | os.PathLike[str]) -> ProblemFile:
    r"""Read a problem file: TOML with a table ``[problem]`` and, if wanted, ``[start]``.

    ::

        [problem]
        kind = "quadratic"     # formula (default), bilinear, quadratic or affine
        name = "my game"       # optional
        P = "game.npz"         # the array called P in that file
        A = "payoff.csv"       # a table of numbers, columns separated by commas
        Q = [[1.0, 0.0], [0.0, 1.0]]

        [start]
        z0 = [1.0, 0.0, 0.0, 0.0]

    ========= ================================ ==================================
    kind      needed                           allowed
    ========= ================================ ==================================
    formula   ``formula``, ``primal``, ``dual``
    bilinear  ``A``                            ``b``, ``c``
    quadratic ``A``                            ``P``, ``Q``, ``b``, ``c``
    affine    ``M``, ``n`` (primal variables)  ``q``
    ========= ================================ ==================================

    Every kind allows ``primal_set``, ``dual_set``, ``primal_term`` and ``dual_term`` as well, with
    text such as ``"simplex"``, ``"box(-1, 1)"`` or ``"l1(0.1)"``; see `parse_term`.

    The letters are those of `SaddleProblem.bilinear`, `quadratic` and `affine`. A matrix is a
    list, or the name of a ``.npz`` or ``.csv`` file relative to the folder of the TOML file; a
    ``.npz`` written by ``scipy.sparse.save_npz`` stays sparse. Nothing in a file is executed.

    Raises
    ------
    ProblemError
        A file is missing or unreadable, a key is unknown or missing, or the parts fit no problem.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "paper.toml")
    ...     _ = file.write_text('[problem]\nformula = "0.2*x^2 + x*u"\nprimal = "x"\ndual = "u"')
    ...     print(read_problem_file(file).problem.L)
    u*x + x**2/5
    """
    source = Path(path)
    content = _toml(source)
    _check_keys("the file", content, needed=("problem",), allowed=("start",))
    table = _table(content, "problem")
    problem = _problem(table, source.parent)
    start = _table(content, "start") if "start" in content else {}
    _check_keys("[start]", start, needed=(), allowed=("z0",))
    z0 = problem.check_point(start["z0"]) if "z0" in start else None
    return ProblemFile(problem, z0)


def _toml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ProblemError(f"{path} is larger than {LARGEST} bytes; put matrices into files")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProblemError(f"cannot read the problem file {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ProblemError(f"{path} is not a text file in UTF-8; TOML is needed") from None
    except (ValueError, RecursionError) as error:  # ValueError: also integers of 5000 digits
        raise ProblemError(f"{path} is not valid TOML: {error}") from None


def _table(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = content[name]
    if not isinstance(table, dict):
        raise ProblemError(f"{name} is {table!r}; a table [{name}] is needed")
    return table


def _problem(table: Mapping[str, Any], folder: Path) -> SaddleProblem:
    name, title = table.get("kind", "formula"), table.get("name")
    if not isinstance(name, str) or name not in _KINDS:
        raise ProblemError(f"kind = {name!r}; one of {', '.join(_KINDS)} is needed")
    if title is not None and not isinstance(title, str):
        raise ProblemError(f"name = {title!r}; text in quotes is needed")
    kind = _KINDS[name]
    given = {key: value for key, value in table.items() if key not in ("kind", "name")}
    _check_keys(f"a {name} problem", given, kind.needed, (*kind.allowed, *CARRIED))
    parts = {
        key: load_array(value, key, folder) if key in kind.matrices else _plain(key, value)
        for key, value in given.items()
    }
    return kind.build(**parts, name=title)


def _plain(key: str, value: Any) -> Any:
    """Check a value that is not a matrix: a count, or text, or a list of texts for variables."""
    if key == "n":
        if not isinstance(value, int) or isinstance(value, bool):
            raise ProblemError(f"n = {value!r}; the number of primal variables is needed")
        return value
    texts = value if isinstance(value, list) and key in ("primal", "dual") else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise ProblemError(f"{key} = {value!r}; text in quotes is needed")
    return value


def _check_keys(
    where: str, table: Mapping[str, Any], needed: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    missing = [key for key in needed if key not in table]
    if missing:
        raise ProblemError(f"{where} lacks {', '.join(missing)}; needed: {', '.join(needed)}")
    unknown = [key for key in table if key not in (*needed, *allowed)]
    if unknown:
        known = ", ".join((*needed, *allowed))
        raise ProblemError(f"{where} has no key {', '.join(unknown)}; there are: {known}")
