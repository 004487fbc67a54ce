"""How a rate is stated: τ · metric on one side, what V is at the start on the other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

from sympy import Expr, factor

from ..claims.flow_motion import FlowMotion
from ..claims.motion import Motion
from ..classes.operator_class import OperatorClass
from ..proofs.certificate import Certificate
from ..proofs.certificate_text import factored, readable
from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from ..readings.vector import Form, Vector
from .optimum import Optimum
from .proved_rate import ProvedRate

Stated = tuple[str, str]
"""As text and in LaTeX."""


class Rated(Protocol):
    """What a rate is about: ``goal ≤ …`` for a flow or method and a class of operators."""

    @property
    def motion(self) -> Motion:
        """The flow or the method."""

    @property
    def operator(self) -> OperatorClass:
        """The class."""

    @property
    def goal(self) -> Form:
        """τ · metric."""

    @property
    def start_vectors(self) -> tuple[Vector, Vector]:
        """The start and the value of the operator there."""


def proved_rate(
    needs: Rated,
    right: Stated,
    constant: Fraction | Expr,
    V: Form,
    certificates: tuple[Certificate, ...],
    optimum: Optimum | None = None,
) -> ProvedRate:
    """Return the rate ``τ · metric ≤ right``."""
    text, latex = _stated(readable(needs.goal))
    claim, claim_latex = f"{text} ≤ {right[0]}", rf"{latex} \le {right[1]}"
    system, operator = needs.motion.system, needs.operator
    return ProvedRate(system, operator, claim, claim_latex, constant, V, certificates, optimum)


def stated_distance(needs: Rated, constant: Any) -> Stated:
    """State a multiple of ‖Z0 − z*‖²."""
    apart, _ = _at_start(needs)
    return _stated((apart @ apart) * constant)


def stated_start(needs: Rated, start: Form) -> Stated:
    """State the value of V at the start; a square as one: ``1/4 ‖(Z0 − z*) + 2 G(Z0)‖²``."""
    apart, images = _at_start(needs)
    form, (x,) = start.substitute(images), apart
    weight = form.coefficient(x, x)
    others = (name for name in form.generators if name != x)
    parts = (Vector({name: form.coefficient(x, name) / (2 * weight)}) for name in others)
    square = sum(parts, start=apart) if weight else apart
    if not weight or square == apart or form - (square @ square) * weight:
        return _stated(form)
    vector, scale = factored(square), factor(weight.as_expr())
    latex = join_terms([(scalar_latex(scale), rf"\left\|{vector.to_latex()}\right\|^2")])
    return join_terms([(scalar_text(scale), f"‖{vector}‖²")]), _in_latex(latex)


def _at_start(needs: Rated) -> tuple[Vector, dict[str, Vector]]:
    """Return Z0 − z* as one vector, and what the generators of V are at the start."""
    (z0,), (g,) = needs.start_vectors
    names = {g: "G(Z0)" if isinstance(needs.motion, FlowMotion) else "g^{0}"}
    names |= {z0: f"{z0} − z*", "g^{k+1/2}": "g^{1/2}"}
    images = {old: Vector.generator(new) for old, new in names.items()}
    return images[z0], {**images, "z*": Vector()}


def _stated(form: Form) -> Stated:
    return str(factored(form)), _in_latex(factored(form).to_latex())


def _in_latex(text: str) -> str:
    return text.replace("G(Z0)", "G(Z_{0})").replace("−", "-")
