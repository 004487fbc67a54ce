"""Reading certificates back from JSON, trusting nothing in the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sympy import Symbol

from ...discretize.registry import METHODS
from ...flows.errors import ProblemError
from ...flows.formulas.expression import parse_expression
from ...flows.registry import FLOWS
from ..basics.proof_outcome import CertificateError
from ..claims.claims import Claim, Decrease, Nonnegativity
from ..claims.motion import Motion, motion_of
from ..claims.operator_classes import CLASSES
from ..claims.schedule_formulas import FormulaSchedule
from ..coefficients.field import STEP, TIME, ScalarField, with_functions
from ..coefficients.region import parse_ranges
from ..readings.vector import Form, Vector
from ..verification.statement import statement
from ..verification.verifier import FORMAT
from .certificate import Certificate
from .certificate_json import claim_data, full_name, names_data
from .evidence_json import Evidence
from .moving_json import meanings
from .squares import Square


class UnknownNameError(ProblemError):
    """A file names a flow, a method or a class that is not in our lists."""


def read_certificate(text: str) -> Certificate:
    """Read a certificate from JSON text and verify it.

    Formulas are read by `flows.expression.parse_expression`; the identity and all signs are
    computed anew, whatever the file says about them.

    Parameters
    ----------
    text : str
        What `Certificate.to_json` wrote.

    Returns
    -------
    Certificate
        Verified.

    Raises
    ------
    ProblemError
        The text is not a certificate of this format.
    CertificateError
        It is one, but it proves nothing.
    """
    try:
        data = json.loads(text, object_pairs_hook=_object)
        if data["format"] != FORMAT:
            raise ProblemError(f"the format is {data['format']!r}; {FORMAT!r} can be read")
        certificate = _Reader(_field(data["names"])).certificate(data)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        if isinstance(error, ProblemError):
            raise
        raise ProblemError(f"not a certificate: {type(error).__name__}: {error}") from error
    certificate.verify()
    _require_the_same_claim(data, certificate.claim)
    return certificate


def _require_the_same_claim(data: Mapping[str, Any], claim: Claim) -> None:
    """Require that the file says what the named class, flow or method makes of its V."""
    region = Evidence(claim.scalars).region
    for entry, expected in {"names": names_data(claim), **region, **claim_data(claim)}.items():
        if data.get(entry) != expected:
            raise CertificateError(f"{entry!r} in the file is not what it should be: {expected}")
    if data.get("statement") != (expected := statement(data)):
        raise CertificateError(f"the statement in the file is not what it proves: {expected}")


def _field(names: Mapping[str, Any]) -> ScalarField:
    """Return the field of a file: its region, and the roots and exponentials in it."""
    region = parse_ranges(names["region"])
    scalars = ScalarField(region, region.conditions, STEP if "method" in names else TIME)
    symbols = {name: Symbol(name) for name in scalars.ranges}
    formulas = (parse_expression(text, symbols) for text in names["functions"].values())
    return with_functions(scalars, formulas)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object in which every key occurs once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ProblemError("not a certificate: a key occurs twice in one object")
    return found


class _Reader:
    """Turns the parts of a file into objects over one field."""

    def __init__(self, scalars: ScalarField) -> None:
        self.scalars = scalars
        self.meanings = meanings(scalars)
        names = (*scalars.ranges, *(symbol.name for symbol in self.meanings))
        self.symbols = {name: Symbol(name) for name in names}

    def certificate(self, data: Mapping[str, Any]) -> Certificate:
        claim = self.claim(data)
        short = {full_name(name, claim): name for name in claim.inequalities}
        multipliers = {
            short.get(name, name): self.element(value)
            for name, value in data["multipliers"].items()
        }
        squares = tuple(
            Square(self.element(square["coefficient"]), self.vector(square["vector"]))
            for square in data["squares"]
        )
        return Certificate(claim, multipliers, squares)

    def claim(self, data: Mapping[str, Any]) -> Claim:
        operator = self.named(CLASSES, data["names"]["operator"])
        motion = self.motion(data["names"])
        if "form" in data:
            assuming = {name: self.form(rows) for name, rows in data["assuming"].items()}
            return Nonnegativity(self.form(data["form"]), operator, self.scalars, assuming, motion)
        if motion is None:
            raise ProblemError("not a certificate: no flow, no method")
        rate = self.element(data["rate"])
        return Decrease(self.form(data["V"]), motion, operator, self.scalars, rate)

    def motion(self, names: Mapping[str, Any]) -> Motion | None:
        if "flow" in names:
            return motion_of(self.named(FLOWS, names["flow"]))
        return motion_of(self.named(METHODS, names["method"])) if "method" in names else None

    def named(self, classes: tuple[type[Any], ...], data: Mapping[str, Any]) -> Any:
        """Return the flow or operator class of this name, with its parameters."""
        known = {kind.name: kind for kind in classes}
        if data["name"] not in known:
            raise UnknownNameError(f"unknown name {data['name']!r}; known are {', '.join(known)}")
        values = {
            name: self.named(FLOWS, value) if isinstance(value, dict) else self.parameter(value)
            for name, value in data["parameters"].items()
        }
        return known[data["name"]](**values)

    def form(self, rows: list[list[str]]) -> Form:
        terms = {(i, j): self.element(value) for i, j, value in rows}
        if len(terms) < len(rows):
            raise ProblemError("not a certificate: a product occurs twice in one form")
        return Form(terms)

    def vector(self, terms: Mapping[str, str]) -> Vector:
        return Vector({name: self.element(value) for name, value in terms.items()})

    def element(self, text: str) -> Any:
        return self.scalars.convert(self.expression(text))

    def parameter(self, text: str) -> Any:
        """Return a number, a formula, or a schedule, which is a formula of k."""
        formula = self.expression(text)
        return FormulaSchedule(formula) if formula.has(Symbol(STEP)) else formula

    def expression(self, text: str) -> Any:
        return parse_expression(text, self.symbols).xreplace(self.meanings)
