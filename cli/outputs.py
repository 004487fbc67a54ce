"""Files that a command is to write: looked at before any work, so that nothing is half done."""

from __future__ import annotations

import os
from pathlib import Path

from ..flows.errors import ProblemError


def require_writable(path: Path | None, *endings: str) -> None:
    """Refuse a file name with another ending than these, or in a folder that cannot be used.

    Raises
    ------
    ProblemError
        With what is needed.

    Examples
    --------
    >>> require_writable(Path("run.jpg"), ".png", ".svg")
    Traceback (most recent call last):
    saddleode.flows.errors.ProblemError: run.jpg ends in '.jpg'; needed: .png or .svg
    """
    if path is None:
        return
    if endings and path.suffix.lower() not in endings:
        needed = " or ".join(endings)
        raise ProblemError(f"{path} ends in {path.suffix!r}; needed: {needed}")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ProblemError(f"{path} cannot be written; name a file in a folder that exists")


def require_folder(path: Path) -> None:
    """Refuse a folder to write to that is a file, or cannot be made or written.

    Raises
    ------
    ProblemError
        With what is needed.
    """
    existing = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise ProblemError(f"{path} cannot be a folder to write to; name another one")
