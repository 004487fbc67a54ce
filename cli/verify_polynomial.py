"""saddleode verify, for the certificates of polynomial problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..analysis.lasalle.certificate import ConvergenceCertificate
    from ..analysis.polynomial_proofs.certificate import PolynomialCertificate

    Certificates = PolynomialCertificate | ConvergenceCertificate


def polynomial_statement(text: str) -> str | None:
    """Verify the certificate of a polynomial problem; None if the text is of another format.

    Raises
    ------
    FormatError, UncheckedError, VerificationError
        As for `analysis.verification.verifier.verify`.
    """
    from ..analysis.basics.proof_outcome import CertificateError
    from ..analysis.lasalle.certificate_file import read_convergence_certificate
    from ..analysis.lasalle.certificate_json import FORMAT as CONVERGENCE
    from ..analysis.polynomial_proofs.certificate_file import read_polynomial_certificate
    from ..analysis.polynomial_proofs.certificate_json import FORMAT as POLYNOMIAL
    from ..analysis.sos.evidence import NotConfirmedError
    from ..analysis.verification.arithmetic import FormatError, UncheckedError, VerificationError
    from ..flows.errors import ProblemError

    readers: dict[str, Callable[[str], Certificates]] = {
        POLYNOMIAL: read_polynomial_certificate,
        CONVERGENCE: read_convergence_certificate,
    }
    reader = readers.get(str(json.loads(text)["format"]))
    if reader is None:
        return None
    try:
        certificate = reader(text)
    except ProblemError as error:
        raise FormatError(str(error)) from error
    except NotConfirmedError as error:
        raise UncheckedError(str(error)) from error
    except CertificateError as error:
        raise VerificationError(str(error)) from error
    if certificate.rests_on_solver:
        raise UncheckedError(
            f"a sign rests on z3, which had to be believed again: {certificate.statement}"
        )
    return certificate.statement
