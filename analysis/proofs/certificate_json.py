"""Certificates as JSON: everything a proof consists of, as exact text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...flows.flow import is_flow, parameters
from ..classes.operator_class import constants
from ..readings.vector import Form, Vector
from .claims import Claim, Decrease, Nonnegativity
from .field import ScalarField

if TYPE_CHECKING:
    from .certificate import Certificate

FORMAT = "saddleode certificate 1"
"""What the first entry of every file says."""


def certificate_json(certificate: Certificate) -> str:
    """Write a certificate as JSON; `certificate_file.read_certificate` reads it."""
    claim, text = certificate.claim, certificate.claim.scalars.text
    squares = [
        {"coefficient": text(q.coefficient), "vector": vector_data(q.vector, claim.scalars)}
        for q in certificate.squares
    ]
    data = {
        "format": FORMAT,
        "statement": claim.statement,
        **_claim_data(claim),
        "ranges": list(claim.scalars.region.relations),
        "multipliers": {name: text(value) for name, value in certificate.multipliers.items()},
        "squares": squares,
        "signs": {what: str(sign) for what, sign in certificate.signs()},
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def form_data(form: Form, scalars: ScalarField) -> list[list[str]]:
    """Return a form as rows (first generator, second generator, coefficient)."""
    return [[i, j, scalars.text(scalars.convert(c))] for (i, j), c in form.terms.items()]


def vector_data(vector: Vector, scalars: ScalarField) -> dict[str, str]:
    """Return a vector as generator -> coefficient."""
    return {name: scalars.text(scalars.convert(c)) for name, c in vector.terms.items()}


def _claim_data(claim: Claim) -> dict[str, Any]:
    scalars = claim.scalars
    data: dict[str, Any] = {
        "operator": _named_data(claim.operator.name, constants(claim.operator), scalars)
    }
    if claim.motion is not None:
        system, kind = claim.motion.system, claim.motion.kind
        data[kind] = _named_data(system.name, claim.motion.settings, scalars)
    if isinstance(claim, Decrease):
        data["V"] = form_data(claim.V, scalars)
        data["rate"] = scalars.text(claim.rate)
        data["change"] = form_data(claim.change, scalars)
    if isinstance(claim, Nonnegativity):
        data["form"] = form_data(claim.form, scalars)
        assuming = claim.assuming.items()
        data["assuming"] = {name: form_data(form, scalars) for name, form in assuming}
    return data


def _named_data(name: str, values: Mapping[str, Any], scalars: ScalarField) -> dict[str, Any]:
    """Return a flow or an operator class as its name and exact parameters."""
    exact = {
        key: _named_data(value.name, parameters(value), scalars)
        if is_flow(value)
        else scalars.text(scalars.convert(value))
        for key, value in values.items()
    }
    return {"name": name, "parameters": exact}
