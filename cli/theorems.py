"""saddleode theorems: the theorems of the toolkit, proved anew."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options
from .choices import pick
from .messages import ExitCode, reporting, say, say_json

if TYPE_CHECKING:
    from ..analysis.proofs.certificate import Certificate
    from ..analysis.theorems import Theorem


@reporting
def theorems_command(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One theorem, with its certificates.")
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the proofs in LaTeX.")] = False,
    as_json: options.Json = False,
) -> ExitCode:
    """Prove the theorems of the toolkit anew: verdict, time and rate of each.

    With a NAME, one of them with its certificates.

    Exit code 0: all proved; 3: a proof was not found.

    Example: saddleode theorems anchored-master
    """
    from ..analysis.theorems import THEOREMS

    by_name = {theorem.name: theorem for theorem in THEOREMS}
    chosen = THEOREMS if name is None else (pick(by_name, name, "theorem"),)
    verdicts = [_verdict(theorem) for theorem in chosen]
    if as_json:
        say_json({"theorems": [verdict.data() for verdict in verdicts]})
    elif latex:
        say("\n\n".join(verdict.latex() for verdict in verdicts))
    else:
        say("\n".join(verdict.line() if name is None else verdict.text() for verdict in verdicts))
    return ExitCode.DONE if all(v.certificates for v in verdicts) else ExitCode.UNKNOWN


@dataclass(frozen=True)
class Verdict:
    """A theorem, proved anew or not.

    Parameters
    ----------
    theorem : Theorem
        The theorem.
    certificates : tuple of Certificate
        Its proof; empty if that was not found.
    reason : str
        Why it was not found.
    seconds : float
        How long it took.
    """

    theorem: Theorem
    certificates: tuple[Certificate, ...]
    reason: str
    seconds: float

    @property
    def status(self) -> str:
        """The verdict in one word."""
        return "proved" if self.certificates else "unknown"

    def line(self) -> str:
        """Return a line of a list: verdict, time, name, rate or reason."""
        what = f"{self.theorem.name}: {self.reason or self.theorem.rate}"
        return f"{self.status:8}{self.seconds:5.2f} s  {what}"

    def text(self) -> str:
        """Return the statement, its argument and its certificates."""
        parts = (f"{self.status}  {self.theorem}", self.reason, *map(str, self.certificates))
        return "\n\n".join(part for part in parts if part)

    def latex(self) -> str:
        """Return the statement and the proofs in LaTeX."""
        proofs = (certificate.to_latex() for certificate in self.certificates)
        return "\n".join([rf"\[ {self.theorem.tex} \]", *proofs])

    def data(self) -> dict[str, Any]:
        """Return all of it for machines."""
        t = self.theorem
        found = {"name": t.name, "status": self.status, "seconds": round(self.seconds, 3)}
        if not self.certificates:
            return found | {"reason": self.reason}
        return found | {
            "statement": t.statement,
            "tex": t.tex,
            "hypotheses": list(t.hypotheses),
            "argument": t.argument,
            "not_checked": t.not_checked,
            "source": t.source,
            "rate": t.rate,
            "certificates": [
                json.loads(certificate.to_json()) for certificate in self.certificates
            ],
        }


def _verdict(theorem: Theorem) -> Verdict:
    from ..analysis.basics.proof_outcome import CertificateError

    started = time.perf_counter()
    certificates: tuple[Certificate, ...] = ()
    reason = ""
    try:
        certificates = theorem.prove()
    except CertificateError as error:
        reason = str(error)
    return Verdict(theorem, certificates, reason, time.perf_counter() - started)
