"""Reading certificates of convergence from JSON, trusting nothing in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ..polynomial_proofs.certificate import PolynomialCertificate
from ..polynomial_proofs.certificate_file import (
    certificate_of,
    read_flow,
    read_number,
    read_saddle,
    read_squares,
    unique_keys,
)
from ..proofs.certificate import CertificateError
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
    try:
        data = json.loads(text, object_pairs_hook=unique_keys)
        if data["format"] != FORMAT:
            raise ProblemError(f"the format is {data['format']!r}; {FORMAT!r} can be read")
        certificate = _certificate(data)
    except ProblemError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ProblemError(f"not a certificate: {type(error).__name__}: {error}") from error
    certificate.verify()
    if convergence_data(certificate) != data:
        raise CertificateError("an entry of the file is not what the certificate proves")
    return certificate


def _certificate(data: Mapping[str, Any]) -> ConvergenceCertificate:
    saddle = read_saddle(data)
    zero = data["zero"]
    if zero is not None:
        zero = {name: read_number(value) for name, value in zero.items()}
    setting = Setting(saddle, read_flow(data["flow"]), zero)
    facts = tuple(
        Fact(read_written(fact["vanishes"], setting.ring), _rule(fact, setting.ring))
        for fact in data["facts"]
    )
    convexity, decrease, coercive = map(_part, (data[name] for name in HYPOTHESES))
    return ConvergenceCertificate(setting, convexity, decrease, coercive, facts)


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
