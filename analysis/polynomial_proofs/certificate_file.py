"""Reading certificates of polynomial problems from JSON, trusting nothing in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from sympy.polys.rings import PolyRing

from ...flows.errors import ProblemError
from ...flows.flow import Flow
from ...flows.registry import FLOWS
from ..basics.proof_outcome import CertificateError
from ..sos.decomposition import Square
from ..sos.evidence import BySolver, Evidence, SignOnCells, SumOfSquares
from ..sos.polynomials import polynomial_ring, read_written
from .certificate import PolynomialCertificate
from .certificate_json import FORMAT, certificate_data
from .claims import Nonnegative, PolynomialClaim, read_box
from .convex_concave import ConvexConcave
from .decreasing import Decreasing
from .flow_derivative import flow_state
from .saddle_polynomial import SaddlePolynomial


class _HasProof(Protocol):
    def verify(self) -> None:
        """Raise CertificateError unless everything holds."""


Verifiable = TypeVar("Verifiable", bound=_HasProof)

_RATIONAL = re.compile(r"-?\d+(/[1-9]\d*)?", re.ASCII)
_NAME = re.compile(r"[^\W\d]\w*")


def read_polynomial_certificate(text: str) -> PolynomialCertificate:
    """Read a certificate of a polynomial problem from JSON text and verify it.

    The claim is built from the problem, the flow and V in the file, the targets are computed
    anew, and every entry must be exactly what such a certificate writes.

    Parameters
    ----------
    text : str
        What `PolynomialCertificate.to_json` wrote.

    Returns
    -------
    PolynomialCertificate
        Verified.

    Raises
    ------
    ProblemError
        The text is not a certificate of this format.
    CertificateError
        It is one, but it proves nothing, or not what it says.
    """
    return read_verified(text, FORMAT, certificate_of, certificate_data)


def read_verified(
    text: str,
    form: str,
    build: Callable[[Mapping[str, Any]], Verifiable],
    data_of: Callable[[Verifiable], Mapping[str, Any]],
) -> Verifiable:
    """Build a certificate from JSON text, verify it, and compare the text with what it proves.

    Parameters
    ----------
    text : str
        JSON.
    form : str
        What its entry ``format`` must be.
    build, data_of : callable
        From the data to the certificate, and back.

    Raises
    ------
    ProblemError, CertificateError
        As for `read_polynomial_certificate`.
    """
    try:
        data = json.loads(text, object_pairs_hook=unique_keys)
        if data["format"] != form:
            raise ProblemError(f"the format is {data['format']!r}; {form!r} can be read")
        certificate = build(data)
    except ProblemError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ProblemError(f"not a certificate: {type(error).__name__}: {error}") from error
    certificate.verify()
    if data_of(certificate) != data:
        raise CertificateError("an entry of the file is not what the certificate proves")
    return certificate


def read_claim(data: Mapping[str, Any]) -> PolynomialClaim:
    """Read a claim from what `PolynomialClaim.data` returned."""
    box = read_box(data["box"])
    if data["kind"] == "nonnegative":
        return Nonnegative(read_written(data["p"], _ring(data["variables"])), box)
    saddle = read_saddle(data)
    if data["kind"] == "convex-concave":
        return ConvexConcave(saddle, box)
    if data["kind"] == "decreasing":
        flow = read_flow(data["flow"])
        V = read_written(data["V"], flow_state(saddle, flow).ring)
        return Decreasing(saddle, flow, V, box)
    raise ProblemError(f"unknown claim {data['kind']!r}")


def read_saddle(data: Mapping[str, Any]) -> SaddlePolynomial:
    """Read a problem from what `claims.saddle_data` returned."""
    return SaddlePolynomial(
        read_written(data["L"], _ring([*data["primal"], *data["dual"]])), len(data["primal"])
    )


def read_flow(data: Mapping[str, Any]) -> Flow:
    """Read a flow by its name and its rational parameters."""
    known = {kind.name: kind for kind in FLOWS}
    if data["name"] not in known:
        raise ProblemError(f"unknown flow {data['name']!r}; known are {', '.join(known)}")
    values = {name: read_number(value) for name, value in data["parameters"].items()}
    flow: Flow = known[data["name"]](**values)
    return flow


def read_evidence(data: Mapping[str, Any], ring: PolyRing) -> Evidence:
    """Read the proof of one target, from what `certificate_json.evidence_data` returned."""
    if data["method"] == "sign on cells":
        return SignOnCells()
    if data["method"] == "z3":
        return BySolver()
    multiplier = read_written(data["multiplier"], ring)
    return SumOfSquares(multiplier, read_squares(data["squares"], ring))


def read_squares(data: Sequence[Mapping[str, Any]], ring: PolyRing) -> tuple[Square, ...]:
    """Read the terms of a sum of squares."""
    return tuple(
        Square(
            read_number(square["weight"]),
            tuple(read_written(factor, ring) for factor in square["factors"]),
            read_written(square["polynomial"], ring),
        )
        for square in data
    )


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object in which every key occurs once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ProblemError("not a certificate: a key occurs twice in one object")
    return found


def certificate_of(data: Mapping[str, Any]) -> PolynomialCertificate:
    """Build a certificate from the entries of a file, without verifying it."""
    claim = read_claim(data["claim"])
    pairs = zip(data["proofs"], claim.targets, strict=True)
    evidence = (read_evidence(proof, target.polynomial.ring) for proof, target in pairs)
    return PolynomialCertificate(claim, tuple(evidence))


def _ring(names: Any) -> PolyRing:
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise ProblemError(f"{names!r} are not different names of variables")
    return polynomial_ring(names)


def read_number(text: Any) -> Fraction:
    """Read a rational number such as ``-3/4``."""
    if not _RATIONAL.fullmatch(text):
        raise ProblemError(f"{text!r} is not a rational number such as -3/4")
    return Fraction(text)
