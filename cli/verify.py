"""saddleode verify: check the proof in a file of a certificate, from that file alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from . import options
from .messages import ExitCode, complain, reporting, say, say_json
from .verify_polynomial import polynomial_statement


@reporting
def verify_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `--save` wrote.")],
    as_json: options.Json = False,
) -> ExitCode:
    """Check the proofs in a file, and say what they prove.

    The checker is a small one of its own: it uses nothing but the file and exact fractions. The
    names in the file are then compared with what it proves. The output of `prove`, `search` and
    `theorems` with --json is such a file, too.

    Exit code 0: verified; 1: rejected; 2: not a certificate; 3: a sign in it rests on a solver.

    Example: saddleode verify proof.json
    """
    from ..analysis.verification.arithmetic import FormatError, UncheckedError, VerificationError

    try:
        said = [_statement(text) for text in _certificates(file.read_text(encoding="utf-8"))]
    except (FormatError, UnicodeDecodeError) as error:
        complain(f"error: {error}")
        return ExitCode.BAD_INPUT
    except UncheckedError as error:
        return _say({"status": "unknown", "reason": str(error)}, ExitCode.UNKNOWN, as_json)
    except VerificationError as error:
        return _say({"status": "rejected", "reason": str(error)}, ExitCode.REFUTED, as_json)
    return _say({"status": "verified", "statements": said}, ExitCode.DONE, as_json)


def _statement(text: str) -> str:
    """Return what a certificate proves, whichever of the formats it has."""
    from ..analysis.verification.verifier import verify

    if (of_polynomial := polynomial_statement(text)) is not None:
        return of_polynomial
    said = verify(text)
    _compare_names(text)
    return said


def _certificates(text: str) -> list[str]:
    """Return the certificates in a JSON text, each as a text of its own, in their order."""
    from ..analysis.verification.arithmetic import FormatError

    try:
        found = list(_objects(json.loads(text, object_pairs_hook=_unique)))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not a certificate: {type(error).__name__}: {error}") from error
    if not found:
        raise FormatError("no certificate is in the file: nothing in it has a format")
    return [json.dumps(data) for data in found]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and "format" in data:
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _objects(part)


def _compare_names(text: str) -> None:
    """Reject a proof that is right, but not about what the names in the file say."""
    from ..analysis.basics.proof_outcome import CertificateError
    from ..analysis.proofs.certificate_file import UnknownNameError, read_certificate
    from ..analysis.verification.arithmetic import VerificationError
    from ..flows.errors import ProblemError

    if "names" not in json.loads(text):
        complain("note: the file names no flow, method or class to compare the proof with")
        return
    try:
        read_certificate(text)
    except UnknownNameError as error:
        complain(f"note: the names in the file were not compared with the proof: {error}")
    except (CertificateError, ProblemError) as error:
        raise VerificationError(
            f"the proof is right, but not about what the names in the file say: {error}"
        ) from error


def _say(outcome: dict[str, Any], code: ExitCode, as_json: bool) -> ExitCode:
    if as_json:
        say_json(outcome)
    else:
        texts = outcome.get("statements") or [outcome["reason"]]
        say("\n".join(f"{outcome['status']}: {text}" for text in texts))
    return code
