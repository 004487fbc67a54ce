"""What a theorem is here: a statement with its source, its proof, and the bound it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...flows.flow import Flow
from ...flows.problems.problem import SaddleProblem
from ..proofs.certificate import Certificate, CertificateError
from ..proofs.proof_outcome import ProofOutcome, Proved, Refuted

Bound = Callable[[ArrayLike, Any, SaddleProblem, ArrayLike], NDArray[np.float64]]


@dataclass(frozen=True)
class Theorem:
    """Theorem on a saddle flow, with a machine-checked proof.

    Parameters
    ----------
    name : str
        One word for the command line.
    flow : Flow
        The flow it is about, with symbols for parameters.
    statement : str
        The theorem in words; Z* is the set of zeros of G, z* any of them.
    argument : str
        How the statement follows from the certificates.
    source : str
        Where it is from.
    prove : callable
        ``prove()`` computes the certificates anew and returns them as a tuple.
    quantity : "operator_norm" or "distance"
        What the bound is about, ‖G(Z(t))‖ or the distance to Z*: an attribute of a `Trajectory`.
    bound : callable
        ``bound(t, flow, problem, z0)``: the bound at times t for a flow with numbers for
        parameters, on a problem, from a start z0 of shape (d,).
    """

    name: str
    flow: Flow
    statement: str
    argument: str
    source: str
    prove: Callable[[], tuple[Certificate, ...]]
    quantity: Literal["operator_norm", "distance"]
    bound: Bound

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}\nSource: {self.source}.\nProof: {self.argument}"


def certified(*results: ProofOutcome) -> tuple[Certificate, ...]:
    """Return the certificates of proofs that must succeed.

    Raises
    ------
    CertificateError
        One of them did not.
    """
    found = []
    for result in results:
        if not isinstance(result, Proved):
            why = str(result.witness) if isinstance(result, Refuted) else result.reason
            raise CertificateError(f"this step of a theorem is not proved: {why}")
        found.append(result.certificate)
    return tuple(found)
