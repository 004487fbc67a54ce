"""Certificates: proofs as data, which verify themselves again from that data alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, Any

from ...flows.results.files import write_atomically
from ..basics.proof_outcome import CertificateError
from ..claims.claims import Claim, is_equality
from ..coefficients.signs import Sign, nonnegative, regular
from ..coefficients.whole_numbers import vanishing_step
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form
from .certificate_json import certificate_json
from .certificate_text import certificate_latex, certificate_text
from .squares import Square


@dataclass(frozen=True)
class Certificate:
    """Certificate ``target ≡ Σ λ_i I_i + Σ q_j ‖v_j‖²`` with λ_i, q_j ≥ 0.

    Here target is −V̇, V_k − V_{k+1}, or the form claimed to be ≥ 0, the I_i ≥ 0 are inequalities
    of the operator class (an equality may have any λ_i), and all coefficients are exact rational
    functions of t, or of k, and the parameters. It proves the claim for every operator of the
    class, in every dimension.

    Parameters
    ----------
    claim : Claim
        What is proved: `claims.Decrease` or `claims.Nonnegativity`.
    multipliers : mapping
        Name of an inequality of the claim -> λ_i, an element of the claim's field.
    squares : tuple of Square
        The q_j and v_j.

    See Also
    --------
    prove_decrease : finds certificates.
    """

    claim: Claim
    multipliers: Mapping[str, Any]
    squares: tuple[Square, ...]

    def __post_init__(self) -> None:
        exact = self.claim.scalars.convert
        multipliers = {name: exact(value) for name, value in self.multipliers.items()}
        squares = [Square(exact(q.coefficient), q.vector.map(exact)) for q in self.squares]
        object.__setattr__(self, "multipliers", MappingProxyType(multipliers))
        object.__setattr__(self, "squares", tuple(square for square in squares if square.vector))

    def verify(self) -> None:
        """Verify everything anew: the identity, every sign, every denominator.

        Raises
        ------
        CertificateError
            With what fails.
        """
        unknown = self.multipliers.keys() - self.claim.inequalities.keys()
        if unknown:
            raise CertificateError(f"no inequality of the class is called {', '.join(unknown)}")
        if difference := self._difference():
            raise CertificateError(f"the two sides differ by {difference}")
        decisions = list(self.signs())
        for what, sign in decisions:
            if not sign.holds:
                raise CertificateError(f"{what} fails: {sign}")
        if any(sign.at_whole_numbers for _, sign in decisions):
            self._require_every_step()

    def _require_every_step(self) -> None:
        """Require squares that are defined at every whole k, for almost all parameters.

        Beside a pole in k nothing is known then, from which it would follow there by continuity.
        """
        for square in self.squares:
            for value in (square.coefficient, *square.vector.terms.values()):
                step = vanishing_step(value.denom, self.claim.scalars.known)
                if step is not None:
                    raise CertificateError(
                        f"some sign holds for whole k alone, and {square.vector} is not defined "
                        f"at k = {step}"
                    )

    def signs(self) -> Iterator[tuple[str, Sign]]:
        """Yield every condition of the proof with its decision: first denominators, then signs."""
        scalars = self.claim.scalars
        denominators = {
            value.denom.monic(): regular(value, scalars)
            for value in (*self.claim.coefficients(), *self.multipliers.values())
            if not value.denom.is_ground
        }
        for denominator, sign in denominators.items():
            yield f"{scalar_text(denominator)} ≠ 0", sign
        for value in self.signed():
            yield f"{scalar_text(value)} ≥ 0", nonnegative(value, scalars)

    def signed(self) -> tuple[Any, ...]:
        """Return the coefficients that have to be ≥ 0."""
        signed = [v for name, v in self.multipliers.items() if not is_equality(self.claim, name)]
        return (*signed, *(square.coefficient for square in self.squares))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate as JSON, whole or not at all."""
        content = self.to_json().encode()

        def write(file: IO[bytes]) -> None:
            file.write(content)

        write_atomically(path, write)

    def to_json(self) -> str:
        """Return the certificate as JSON with exact numbers; `read_certificate` reads it."""
        return certificate_json(self)

    def to_latex(self) -> str:
        """Return the claim and its proof in LaTeX."""
        return certificate_latex(self)

    def __str__(self) -> str:
        return certificate_text(self)

    def _difference(self) -> Form:
        """Return the target minus the right-hand side, the zero form if this is a proof."""
        total = self.claim.target
        for name, multiplier in self.multipliers.items():
            total -= self.claim.inequalities[name] * multiplier
        for square in self.squares:
            total -= square.form
        return total
