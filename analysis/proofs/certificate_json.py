"""Certificates as JSON: everything a proof consists of, as exact text, and why its signs hold.

`docs/certificates.md` describes the format; `saddleode.analysis.verification` verifies a file from
that alone, `certificate_file.read_certificate` reads it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...flows.flow import is_flow, parameters
from ..claims.claims import Claim, Decrease, Nonnegativity
from ..claims.motion import Motion
from ..claims.step_motion import StepMotion
from ..claims.step_reading import K
from ..classes.operator_class import Point, constants
from ..coefficients.field import ScalarField
from ..readings.vector import Form, Vector
from ..verification.arithmetic import Ratio, atom, formula
from ..verification.statement import statement
from ..verification.verifier import FORMAT
from .evidence_json import Evidence
from .moving_json import clock_data, moving_text

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
    evidence, multipliers = Evidence(claim.scalars), certificate.multipliers
    evidence.add_signs([*multipliers.values(), *(q.coefficient for q in certificate.squares)])
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
    for texts, names in _read_as(data, evidence):
        evidence.add_divisors(texts, names)
    return json.dumps(data | {"statement": statement(data)}, ensure_ascii=False, indent=2)


def _read_as(
    data: Mapping[str, Any], evidence: Evidence
) -> Iterator[tuple[Iterable[str], Mapping[str, Ratio]]]:
    """Yield formulas that must be defined everywhere, with the values of the names in them.

    Squares may have poles, unless a sign holds for whole k alone.
    """
    names = {name: atom(name) for name in data["point"]}
    sequences = data.get("sequences", {}).items()
    now, later = ({**names, **{x: formula(v[i], names) for x, v in sequences}} for i in (0, 1))
    yield (text for _, values in sequences for text in values), names
    moving = [data[entry] for entry in ("V", "method") if entry in data]
    yield _coefficients(moving), later
    fixed = [data.get(entry, {}) for entry in ("flow", "derivatives", "form", "assuming", "rate")]
    operator = {where: rows for where, rows in data["operator"].items() if where != "equalities"}
    yield _coefficients([*moving, *fixed, operator, data["multipliers"]]), now
    if evidence.at_whole_numbers:
        yield _coefficients(data["squares"]), now


def _coefficients(data: Any) -> Iterator[str]:
    """Yield all formulas in forms, vectors and collections of them."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list) and len(data) == 3 and all(isinstance(x, str) for x in data):
        yield data[2]  # a row of a form
    else:
        for part in data.values() if isinstance(data, dict) else data:
            yield from _coefficients(part)


def claim_data(claim: Claim) -> dict[str, Any]:
    """Return what is claimed: the operator class, what moves, and V or the form."""
    scalars = claim.scalars
    data: dict[str, Any] = {"operator": _templates(claim)}
    if claim.motion is not None:
        data |= {claim.motion.kind: _motion_data(claim.motion, scalars), **clock_data(scalars)}
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
    return [[i, j, moving_text(c, scalars)] for (i, j), c in form.terms.items()]


def vector_data(vector: Vector, scalars: ScalarField) -> dict[str, str]:
    """Return a vector as generator -> coefficient."""
    return {name: moving_text(c, scalars) for name, c in vector.terms.items()}


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
    if callable(value) and not hasattr(value, "_sympy_"):
        return str(scalars.shown(scalars.convert(value(K))))
    return scalars.text(scalars.convert(value))
