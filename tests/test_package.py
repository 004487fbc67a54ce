"""The package as a whole: what it ships, what it loads, and that it is one house."""

import ast
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import saddleode

ROOT = Path(saddleode.__file__).parent
LAYERS = ["flows", "discretize", "analysis", "figures", "cli"]


def python(code: str) -> str:
    """Run `code` in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def modules() -> list[Path]:
    return [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def test_listed_packages_are_the_folders_on_disk() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in modules()}
    found = {".".join(["saddleode", *folder.parts]) for folder in folders} | {"saddleode"}
    assert set(listed) == found


def test_only_the_two_package_files_lie_at_the_root() -> None:
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_dependencies_point_one_way(path: Path) -> None:
    """A layer imports only itself and the layers below it, and always relatively."""
    layer = LAYERS.index(path.relative_to(ROOT).parts[0])
    depth = len(path.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == depth and node.module:
            assert LAYERS.index(node.module.split(".")[0]) <= layer, ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert not (node.module or "").startswith("saddleode"), ast.unparse(node)


def test_rooms_of_the_analysis_lie_above_each_other() -> None:
    """Each folder of `analysis` imports, of its neighbours, only some: there is no circle."""
    rooms: dict[str, set[str]] = {}
    for path in (ROOT / "analysis").glob("*/*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        names = (n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.level == 2)
        found = {str(name).split(".")[0] for name in names} - {path.parent.name}
        rooms.setdefault(path.parent.name, set()).update(found)
    tuple(TopologicalSorter(rooms).static_order())  # raises CycleError


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_hold_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


def test_import_is_lazy() -> None:
    code = (
        "import sys, saddleode, saddleode.flows, saddleode.discretize, saddleode.analysis, "
        "saddleode.figures; print({'numpy', 'scipy', 'sympy', 'matplotlib'} & set(sys.modules))"
    )
    assert python(code) == "set()"


def test_import_is_instant() -> None:
    """Less than 0.15 s of work, however busy the machine."""
    code = "import time; t = time.process_time(); import saddleode; print(time.process_time() - t)"
    assert min(float(python(code)) for _ in range(3)) < 0.15


@pytest.mark.parametrize("layer", ["flows", "discretize", "analysis", "figures"])
def test_every_public_name_exists_and_is_documented(layer: str) -> None:
    package = getattr(saddleode, layer)
    assert package.__all__
    for name in package.__all__:
        thing = getattr(package, name)
        if isinstance(thing, type) or callable(thing):
            assert thing.__doc__, f"{layer}.{name} has no docstring"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_text_never_reaches_sympify(path: Path) -> None:
    """Without strict=True it evaluates text as code; literals alone may do without."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "sympify":
            strict = any(
                k.arg == "strict" and ast.unparse(k.value) == "True" for k in node.keywords
            )
            assert strict or isinstance(node.args[0], ast.Constant), ast.unparse(node)
