"""saddleode verify: check the proof in a file of a certificate, from that file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .messages import ExitCode, complain, reporting, say, say_json
from .verify_polynomial import polynomial_outcome


@reporting
def verify_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `--save` wrote.")],
    as_json: options.Json = False,
) -> ExitCode:
    """Check the proof in the file of a certificate, and say what it proves.

    The checker is a small one of its own: it uses nothing but the file and exact fractions. The
    names in the file are then compared with what it proves.

    Exit code 0: verified; 1: rejected; 2: not a certificate; 3: a sign in it rests on a solver.

    Example: saddleode verify proof.json
    """
    from ..analysis.verification.arithmetic import FormatError, UncheckedError, VerificationError
    from ..analysis.verification.verifier import verify

    try:
        text = file.read_text(encoding="utf-8")
        outcome = polynomial_outcome(text)
        if outcome is not None:
            return _say(*outcome, as_json=as_json)
        said = verify(text)
    except (FormatError, UnicodeDecodeError) as error:
        complain(f"error: {error}")
        return ExitCode.BAD_INPUT
    except UncheckedError as error:
        return _say("unknown", str(error), ExitCode.UNKNOWN, as_json=as_json)
    except VerificationError as error:
        return _say("rejected", str(error), ExitCode.REFUTED, as_json=as_json)
    return _say_verified(text, said, as_json=as_json)


def _say_verified(text: str, said: str, *, as_json: bool) -> ExitCode:
    """Report what is proved, unless the names in the file speak of something else."""
    from ..analysis.proofs.certificate import CertificateError
    from ..analysis.proofs.certificate_file import UnknownNameError, read_certificate
    from ..flows.errors import ProblemError

    try:
        read_certificate(text)
    except UnknownNameError as error:
        complain(f"note: the names in the file were not compared with the proof: {error}")
    except (CertificateError, ProblemError) as error:
        reason = f"the proof is right, but not about what the names in the file say: {error}"
        return _say("rejected", reason, ExitCode.REFUTED, as_json=as_json)
    return _say("verified", said, ExitCode.DONE, as_json=as_json)


def _say(status: str, text: str, code: ExitCode, *, as_json: bool) -> ExitCode:
    if code is ExitCode.BAD_INPUT:
        complain(f"error: {text}")
    elif as_json:
        say_json({"status": status, "statement" if status == "verified" else "reason": text})
    else:
        say(f"{status}: {text}")
    return code
