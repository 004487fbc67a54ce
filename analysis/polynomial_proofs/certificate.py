"""Certificates for one polynomial problem: proofs as data, which verify themselves again."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ...flows.results.files import write_atomically
from ..basics.proof_outcome import CertificateError
from ..sos.evidence import BySolver, Evidence
from .certificate_json import certificate_json
from .certificate_text import certificate_latex, certificate_text
from .claims import PolynomialClaim


@dataclass(frozen=True)
class PolynomialCertificate:
    """Certificate that the targets of a claim are nowhere negative, each with its evidence.

    The evidence is an identity ``multiplier · target ≡ Σ weight · g₁ g₂ … · polynomial²`` with
    rational coefficients, or a count of real roots (`sos.evidence`).

    Parameters
    ----------
    claim : PolynomialClaim
        What is proved.
    evidence : tuple of Evidence
        For each target of the claim.

    See Also
    --------
    prove_decrease_on, prove_convexity, prove_nonnegative_polynomial : find certificates.
    """

    claim: PolynomialClaim
    evidence: tuple[Evidence, ...]

    @property
    def statement(self) -> str:
        """What is proved, in words."""
        return self.claim.statement

    @property
    def rests_on_solver(self) -> bool:
        """Whether z3 has to be believed."""
        return any(isinstance(evidence, BySolver) for evidence in self.evidence)

    def verify(self) -> None:
        """Verify everything anew in exact arithmetic, without any solver.

        The targets are computed from the problem, the flow and V, never taken from a file.

        Raises
        ------
        CertificateError
            With what fails.
        """
        targets, box = self.claim.targets, self.claim.domain
        if len(targets) != len(self.evidence):
            raise CertificateError(f"{len(targets)} targets, but {len(self.evidence)} proofs")
        for target, evidence in zip(targets, self.evidence, strict=True):
            try:
                evidence.verify(target.polynomial, box)
            except CertificateError as error:
                raise type(error)(f"{target.name} ≥ 0 is not proved: {error}") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate as JSON, whole or not at all."""
        content = self.to_json().encode()
        write_atomically(path, lambda file: file.write(content))

    def to_json(self) -> str:
        """Return the certificate as JSON; `read_polynomial_certificate` reads it."""
        return certificate_json(self)

    def to_latex(self) -> str:
        """Return the claim and its proof in LaTeX."""
        return certificate_latex(self)

    def __str__(self) -> str:
        return certificate_text(self)
