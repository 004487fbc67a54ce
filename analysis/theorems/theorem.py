"""What a theorem is here: a statement with its source, its proof, and the bound it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...discretize.method import Method
from ...flows.flow import Flow
from ...flows.problems.problem import SaddleProblem
from ..basics.proof_outcome import CertificateError, ProofOutcome, Proved, Refuted
from ..proofs.certificate import Certificate

Bound = Callable[[ArrayLike, Any, SaddleProblem, ArrayLike], NDArray[np.float64]]


@dataclass(frozen=True)
class Theorem:
    """Theorem on a saddle flow or a method, with a machine-checked proof.

    Parameters
    ----------
    name : str
        One word for the command line.
    system : Flow or Method
        The flow or the method it is about, with symbols for parameters.
    statement : str
        The theorem in words; Z* is the set of zeros of G, z* any of them.
    tex : str
        The inequality that is proved, in TeX.
    hypotheses : tuple of str
        What it assumes: the class of G, the ranges of parameters.
    argument : str
        How the statement follows from the certificates.
    source : str
        Where it is from.
    rate : str
        What it gives, in short, e.g. ``‖G(Z(t))‖² = O(1/t²)``.
    prove : callable
        ``prove()`` computes the certificates anew and returns them as a tuple.
    not_checked : str
        What rests on an argument in words and is not checked by machine, such as limits.
    quantity : "operator_norm" or "distance", optional
        What the bound is about, ‖G‖ or the distance to Z*: an attribute of a run.
    bound : callable, optional
        ``bound(t, flow, problem, z0)``: the bound at times t, or at steps k, for a flow or a
        method with numbers for parameters, on a problem, from a start z0 of shape (d,).
    """

    name: str
    system: Flow | Method
    statement: str
    tex: str
    hypotheses: tuple[str, ...]
    argument: str
    source: str
    rate: str
    prove: Callable[[], tuple[Certificate, ...]]
    not_checked: str = ""
    quantity: Literal["operator_norm", "distance"] | None = None
    bound: Bound | None = None

    def __str__(self) -> str:
        lines = [
            f"{self.name}: {self.statement}",
            f"Assumes: {'; '.join(self.hypotheses)}.",
            f"Rate: {self.rate}.",
            f"Source: {self.source}.",
            f"Proof: {self.argument}",
        ]
        if self.not_checked:
            lines.append(f"Not machine-checked: {self.not_checked}")
        return "\n".join(lines)


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
