"""What an attempted proof returns: a certificate, a counterexample, or why there is neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...flows.errors import SaddleodeError

_LONG = 300  # characters of a formula in a sentence


class CertificateError(SaddleodeError):
    """A certificate that proves nothing: its identity or one of its signs fails."""


@dataclass(frozen=True)
class Proved:
    """Proved: the claim holds, and the certificate shows it.

    Parameters
    ----------
    certificate : Certificate, or another kind of certificate
        The proof; it has been verified and can verify itself again.
    """

    certificate: Any

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"proved\n{self.certificate}"


@dataclass(frozen=True)
class Refuted:
    """Refuted: the claim fails, and the witness shows where.

    Parameters
    ----------
    witness : object
        What contradicts the claim; it has been verified exactly and can verify itself again.
    """

    witness: Any

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"refuted\n{self.witness}"


@dataclass(frozen=True)
class Unknown:
    """Neither proved nor refuted.

    Parameters
    ----------
    reason : str
        Where the attempt ended, and what might help.
    lacking : field element, optional
        The coefficient that would have to be ≥ 0, if its sign ended the attempt.
    """

    reason: str
    lacking: Any = field(default=None, compare=False, repr=False)

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


def brief(formula: str) -> str:
    """Return a formula that is fit for a sentence: of a very long one the beginning.

    Examples
    --------
    >>> brief("a + b"), brief("a + " * 100)[-26:]
    ('a + b', 'a + a + … (400 characters)')
    """
    if len(formula) <= _LONG:
        return formula
    return f"{formula[:_LONG].rsplit(' ', 1)[0]} … ({len(formula)} characters)"


ProofOutcome = Proved | Refuted | Unknown
"""What an attempted proof returns."""
