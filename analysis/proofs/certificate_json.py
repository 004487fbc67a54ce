"""Certificates as JSON: everything a proof consists of, as exact text, and why its signs hold.

`docs/certificates.md` describes the format; `saddleode.analysis.verification` verifies a file from
that alone, `certificate_file.read_certificate` reads it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...flows.flow import is_flow, parameters
from ..classes.operator_class import Point, constants
from ..readings.vector import Form, Vector
from ..verification.statement import statement
from ..verification.verifier import FORMAT
from .claims import Claim, Decrease, Nonnegativity
from .evidence_json import Evidence
from .field import STEP, TIME, ScalarField
from .motion import Motion
from .step_motion import StepMotion
from .step_reading import K

if TYPE_CHECKING:
    from .certificate import Certificate

_DZ, _DG, _ZERO = Vector.generator("Δz"), Vector.generator("Δg"), Vector()
_SECOND = Point("b", Vector.generator("z"), Vector.generator("g"))
_STAR = Point("*", Vector.generator("z*"), _ZERO)
_FIRST = Point("a", _DZ + _SECOND.z, _DG + _SECOND.g)
_POINT = Point("a", _DZ + _STAR.z, _DG)
_FROM_ZERO, _CURVE = Point("a", _DZ, _DG), (Vector.generator("ż"), Vector.generator("ġ"))


def certificate_json(certificate: Certificate) -> str:
    """Write a certificate as JSON."""
    claim, text = certificate.claim, certificate.claim.scalars.text
    evidence, multipliers = _evidence(certificate), certificate.multipliers
    data = {
        "format": FORMAT,
        "statement": "",
        "names": names_data(claim),
        **evidence.region,
        **claim_data(claim),
        "multipliers": {full_name(n, claim): text(value) for n, value in multipliers.items()},
        "squares": [
            {"coefficient": text(q.coefficient), "vector": vector_data(q.vector, claim.scalars)}
            for q in certificate.squares
        ],
        "facts": evidence.facts,
    }
    return json.dumps(data | {"statement": statement(data)}, ensure_ascii=False, indent=2)


def _evidence(certificate: Certificate) -> Evidence:
    """Collect why all signs hold; squares may have poles unless a sign is for whole k alone."""
    claim, evidence = certificate.claim, Evidence(certificate.claim.scalars)
    multipliers, squares = certificate.multipliers.values(), certificate.squares
    evidence.add_signs([*multipliers, *(square.coefficient for square in squares)])
    evidence.add_denominators([*claim.coefficients(), *_points(claim), *multipliers])
    for square in squares if evidence.at_whole_numbers else ():
        evidence.add_denominators([square.coefficient, *square.vector.terms.values()])
    return evidence


def claim_data(claim: Claim) -> dict[str, Any]:
    """Return what is claimed: the operator class, what moves, and V or the form."""
    scalars = claim.scalars
    data: dict[str, Any] = {"operator": _templates(claim)}
    if claim.motion is not None:
        data |= {claim.motion.kind: _motion_data(claim.motion, scalars), **_clock_data(scalars)}
    if isinstance(claim, Decrease):
        data["V"] = form_data(claim.V, scalars)
        data["rate"] = scalars.text(claim.rate)
    if isinstance(claim, Nonnegativity):
        data["form"] = form_data(claim.form, scalars)
        assuming = claim.assuming.items()
        data["assuming"] = {name: form_data(form, scalars) for name, form in assuming}
    return data


def names_data(claim: Claim) -> dict[str, Any]:
    """Return how to make the claim again: its region, class, and flow or method, by name."""
    scalars, motion = claim.scalars, claim.motion
    names: dict[str, Any] = {"region": list(scalars.region.relations)}
    names["functions"] = dict(scalars.functions.definitions)
    names["operator"] = _named_data(claim.operator.name, constants(claim.operator), scalars)
    if motion is not None:
        names[motion.kind] = _named_data(motion.system.name, motion.settings, scalars)
    return names


def full_name(name: str, claim: Claim) -> str:
    """Return the name of an inequality in a file: MON(Z,*) and MON'(Z,*) for MON and MON'."""
    assumed = isinstance(claim, Nonnegativity) and name in claim.assuming
    return name if assumed or name.endswith(")") else f"{name}(Z,*)"


def form_data(form: Form, scalars: ScalarField) -> list[list[str]]:
    """Return a form as rows (first generator, second generator, coefficient)."""
    return [[i, j, scalars.text(scalars.convert(c))] for (i, j), c in form.terms.items()]


def vector_data(vector: Vector, scalars: ScalarField) -> dict[str, str]:
    """Return a vector as generator -> coefficient."""
    return {name: scalars.text(scalars.convert(c)) for name, c in vector.terms.items()}


def _templates(claim: Claim) -> dict[str, Any]:
    """Return what the class says, in the differences of two points, or of a point and a zero."""
    operator, kind = claim.operator, claim.motion.kind if claim.motion else "form"
    found = {"zero": operator.between(_POINT, _STAR)}
    if kind == "flow":
        found["along"] = operator.along(_FROM_ZERO, *_CURVE)
    if kind == "method":
        found["two points"] = operator.between(_FIRST, _SECOND)
    scalars = claim.scalars
    data: dict[str, Any] = {
        where: {name: form_data(form, scalars) for name, form in forms.items()}
        for where, forms in found.items()
    }
    return data | {"equalities": sorted(operator.equalities)}


def _motion_data(motion: Motion, scalars: ScalarField) -> dict[str, Any]:
    """Return the velocities of Z and Y, or the points of a step and of the next."""
    if isinstance(motion, StepMotion):
        return {p.label: vector_data(p.z, scalars) for p in motion.vectors.points}
    return {name[0].replace("Ż", "Z").replace("Ẏ", "Y"): vector_data(v, scalars)
            for name, v in motion.equations.items()}  # fmt: skip


def _clock_data(scalars: ScalarField) -> dict[str, Any]:
    """Return how names move: their derivatives, or the number of the step."""
    if scalars.clock == TIME:
        moving = scalars.functions.derivatives.items()
        return {"derivatives": {name: str(slope) for name, slope in moving}}
    return {"sequences": {STEP: [STEP, f"{STEP} + 1"]}}


def _points(claim: Claim) -> Iterator[Any]:
    if isinstance(claim.motion, StepMotion):
        for point in claim.motion.vectors.points:
            yield from map(claim.scalars.convert, point.z.terms.values())


def _named_data(name: str, values: Mapping[str, Any], scalars: ScalarField) -> dict[str, Any]:
    """Return a flow, a method or an operator class as its name and exact parameters."""
    return {"name": name, "parameters": {n: _parameter(x, scalars) for n, x in values.items()}}


def _parameter(value: Any, scalars: ScalarField) -> Any:
    """Return a number, a function of time or a schedule as a formula; a flow as named data.

    An irrational number, of which only the square is in a proof, is written as it is.
    """
    if is_flow(value):
        return _named_data(value.name, parameters(value), scalars)
    if getattr(value, "is_irrational", False):
        return str(value)
    is_schedule = callable(value) and not hasattr(value, "_sympy_")
    return scalars.text(scalars.convert(value(K) if is_schedule else value))
