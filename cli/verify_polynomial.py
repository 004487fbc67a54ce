"""saddleode verify, for the certificates of polynomial problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .messages import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..analysis.lasalle.certificate import ConvergenceCertificate
    from ..analysis.polynomial_proofs.certificate import PolynomialCertificate

    Certificates = PolynomialCertificate | ConvergenceCertificate

Outcome = tuple[str, str, ExitCode]
"""Status, statement or reason, exit code."""


def polynomial_outcome(text: str) -> Outcome | None:
    """Verify the certificate of a polynomial problem; None if the text is of another format."""
    from ..analysis.lasalle.certificate_file import read_convergence_certificate
    from ..analysis.lasalle.certificate_json import FORMAT as CONVERGENCE
    from ..analysis.polynomial_proofs.certificate_file import read_polynomial_certificate
    from ..analysis.polynomial_proofs.certificate_json import FORMAT as POLYNOMIAL
    from ..analysis.proofs.certificate import CertificateError
    from ..flows.errors import ProblemError

    readers: dict[str, Callable[[str], Certificates]] = {
        POLYNOMIAL: read_polynomial_certificate,
        CONVERGENCE: read_convergence_certificate,
    }
    reader = readers.get(_format(text))
    if reader is None:
        return None
    try:
        return _verified(reader(text))
    except ProblemError as error:
        return "error", str(error), ExitCode.BAD_INPUT
    except CertificateError as error:
        return "rejected", str(error), ExitCode.REFUTED


def _verified(certificate: Certificates) -> Outcome:
    if certificate.rests_on_solver:
        reason = f"a sign rests on z3, which had to be believed again: {certificate.statement}"
        return "unknown", reason, ExitCode.UNKNOWN
    return "verified", certificate.statement, ExitCode.DONE


def _format(text: str) -> str:
    try:
        return str(json.loads(text)["format"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
