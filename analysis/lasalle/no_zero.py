"""Problems without any saddle point: no trajectory tends to one."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from ...flows.flow import Flow
from ..basics.proof_outcome import CertificateError
from ..polynomial_proofs.decreasing import flow_text
from ..polynomial_proofs.saddle_polynomial import SaddlePolynomial
from ..sos.polynomial_text import polynomial_text
from .ideals import Ideal

ZEROS = 250  # most zeros, by degrees, of equations whose ideal is looked at


@dataclass(frozen=True)
class NoZero:
    """G has no zero, real or complex: 1 lies in the ideal of its components.

    Parameters
    ----------
    saddle : SaddlePolynomial
        The problem.
    flow : Flow
        The flow that was asked about.
    """

    saddle: SaddlePolynomial
    flow: Flow

    def verify(self) -> None:
        """Compute the ideal anew.

        Raises
        ------
        CertificateError
            1 does not lie in it.
        """
        if self.saddle.ring.one not in Ideal.of(self.saddle.ring, self.saddle.operator):
            raise CertificateError("1 does not lie in the ideal of the components of G")

    def to_dict(self) -> dict[str, Any]:
        """Return the equations that contradict each other as text, for JSON."""
        return {"no_zero_of": [str(g) for g in self.saddle.operator]}

    def __str__(self) -> str:
        equations = ", ".join(f"{polynomial_text(g)} = 0" for g in self.saddle.operator)
        return "\n".join(
            [
                f"not true: every trajectory of the {flow_text(self.flow)} of",
                f"  {self.saddle.about()}",
                "  converges to a saddle point.",
                f"  There is none: the equations {equations}",
                "  contradict each other (1 lies in their ideal).",
            ]
        )


def no_zero(saddle: SaddlePolynomial, flow: Flow) -> NoZero | None:
    """Return the witness if G has no zero; None if it has, or if the degrees are large."""
    if prod(max(1, max(map(sum, g), default=0)) for g in saddle.operator) > ZEROS:
        return None
    found = NoZero(saddle, flow)
    try:
        found.verify()
    except CertificateError:
        return None
    return found
