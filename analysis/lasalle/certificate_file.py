"""Reading certificates of convergence from JSON, trusting nothing in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from sympy.polys.rings import PolyRing

from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.certificate_file import (
    certificate_of,
    read_flow,
    read_number,
    read_saddle,
    read_squares,
    read_verified,
)
from ..sos.polynomials import read_written
from .certificate import ConvergenceCertificate
from .certificate_json import FORMAT, convergence_data
from .facts import Derivative, Fact, FromConvexity, FromSquares, InSumOfSquares, Root, Rule
from .setting import Setting

HYPOTHESES = ("convexity", "decrease", "coercive")
LARGEST_POWER = 100


def read_convergence_certificate(text: str) -> ConvergenceCertificate:
    """Read a certificate of convergence from JSON text and verify it.

    Every entry must be exactly what such a certificate writes.

    Parameters
    ----------
    text : str
        What `ConvergenceCertificate.to_json` wrote.

    Returns
    -------
    ConvergenceCertificate
        Verified.

    Raises
    ------
    ProblemError
        The text is not a certificate of this format.
    CertificateError
        It is one, but it proves nothing, or not what it says.
    """
    return read_verified(text, FORMAT, _certificate, convergence_data)


def _certificate(data: Mapping[str, Any]) -> ConvergenceCertificate:
    saddle = read_saddle(data)
    setting = Setting(saddle, read_flow(data["flow"]), _point(data["zero"]))
    facts = tuple(
        Fact(read_written(fact["vanishes"], setting.ring), _rule(fact, setting.ring))
        for fact in data["facts"]
    )
    convexity, decrease, coercive = map(_part, (data[name] for name in HYPOTHESES))
    near = _point(data["near"])
    return ConvergenceCertificate(setting, near, convexity, decrease, coercive, facts)


def _point(data: Mapping[str, Any] | None) -> dict[str, Fraction] | None:
    return None if data is None else {name: read_number(value) for name, value in data.items()}


def _part(data: Mapping[str, Any] | None) -> PolynomialCertificate | None:
    return None if data is None else certificate_of(data)


def _rule(data: Mapping[str, Any], ring: PolyRing) -> Rule:
    rules: dict[str, Callable[[], Rule]] = {
        "convexity": lambda: FromConvexity(data["reason"]),
        "derivative": lambda: Derivative(int(data["of"]) - 1),
        "root": lambda: Root(min(int(data["power"]), LARGEST_POWER)),
        "sum of squares": lambda: InSumOfSquares(read_squares(data["squares"], ring)),
        "square in -dV/dt": FromSquares,
    }
    return rules[data["rule"]]()
