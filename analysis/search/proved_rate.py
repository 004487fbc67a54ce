"""What a search returns: a proved rate with its Lyapunov function and certificates."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from ...discretize.method import Method
from ...flows.flow import Flow
from ..classes.operator_class import OperatorClass
from ..proofs.certificate import Certificate
from ..proofs.certificate_text import factored, readable
from ..readings.vector import Form
from .optimum import Optimum


@dataclass(frozen=True)
class ProvedRate:
    """Proved rate, found by the machine.

    Parameters
    ----------
    system : Flow or Method
        The flow or the method.
    operator : OperatorClass
        The class of operators for which it holds.
    claim, claim_latex : str
        The inequality, as text and in LaTeX.
    constant : Fraction or SymPy expression
        The number in it, exactly: the coefficient of ‖Z0 − z*‖², or an exponential rate.
    V : Form
        The Lyapunov function; with the parameter s of the optimum, if there is one.
    certificates : tuple of Certificate
        From which the claim follows: how V changes, by what it is bounded below, and, if that is
        not plain, by what at the start.
    optimum : Optimum, optional
        The step from these certificates to the constant, when it is irrational.
    """

    system: Flow | Method
    operator: OperatorClass
    claim: str
    claim_latex: str
    constant: Fraction | Expr
    V: Form
    certificates: tuple[Certificate, ...]
    optimum: Optimum | None = None

    def __bool__(self) -> bool:
        return True

    @property
    def statement(self) -> str:
        """The rate in words."""
        return (
            f"For every {self.operator.title} G with a zero z*, {self.system.title}: {self.claim}"
        )

    def to_json(self) -> str:
        """Return the statement and the certificates as JSON; `verify` checks each of these."""
        certificates = [json.loads(certificate.to_json()) for certificate in self.certificates]
        data: dict[str, Any] = {"statement": self.statement, "constant": str(self.constant)}
        data |= {"optimum": self.optimum.data()} if self.optimum else {}
        return json.dumps(data | {"certificates": certificates}, ensure_ascii=False, indent=2)

    def to_latex(self) -> str:
        """Return the rate and its proof in LaTeX."""
        proofs = (certificate.to_latex() for certificate in self.certificates)
        reason = [self.optimum.reason_latex] if self.optimum else []
        return "\n".join([rf"\[{self.claim_latex}\]", *reason, *proofs])

    def __str__(self) -> str:
        parts = [self.statement, f"  with V = {factored(readable(self.V))}"]
        parts += textwrap.wrap(self.optimum.reason, 96) if self.optimum else []
        return "\n".join([*parts, *map(str, self.certificates)])
