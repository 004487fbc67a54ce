"""Certificates for people: the claim and its proof as Unicode text and as LaTeX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import factor

from ..claims.claims import Decrease, Nonnegativity
from ..coefficients.field import TIME
from ..readings.generator_text import name_latex, product_text
from ..readings.scalar_text import join_terms, scalar_latex, scalar_text
from ..readings.vector import Form, Vector
from .squares import Square

if TYPE_CHECKING:
    from .certificate import Certificate

Show = Callable[[Any], Any]
"""Makes a SymPy expression of an element of a field."""

Term = tuple[Any, Form | Vector | str]
"""A coefficient and what it multiplies: an inequality's form, a square's vector, or a name."""

_BASES = ("Z0", "z^{0}", "z*", "z^{k-1}")
_POINTS = frozenset({"Z", "Z0", "Y", "z*"})


def certificate_text(certificate: Certificate) -> str:
    """Write a certificate as text: claim, function, identity, and how each sign was decided."""
    claim = certificate.claim
    show = claim.scalars.shown
    lines = _wrapped(claim.statement)
    if isinstance(claim, Decrease):
        equations = claim.equations.items()
        lines += [f"  {name} = {factored(readable(v), show)}" for name, v in equations]
        name = "V" if claim.motion.clock == TIME else "V_k"
        lines += [f"  {name} = {factored(readable(claim.V), show)}", "Proof:"]
    else:
        lines += [f"  F = {factored(readable(claim.target), show)}", "Proof:"]
    left, terms = _identity(certificate)
    sums = [(scalar_text(factor(show(c))), _thing_text(thing, show)) for c, thing in terms]
    lines += [f"  {left} = {join_terms(sums)}"]
    used = {name: claim.readable_inequalities[name] for name in certificate.multipliers}
    lines += [f"  {name}: {factored(readable(form))} ≥ 0" for name, form in used.items()]
    return "\n".join(lines + _decisions(certificate))


def certificate_latex(certificate: Certificate) -> str:
    """Write the function and the identity of a certificate as a LaTeX ``align*`` environment."""
    claim = certificate.claim
    symbol = "V" if claim.scalars.clock == TIME else "V_k"
    named = {symbol: claim.V} if isinstance(claim, Decrease) else {"F": claim.target}
    if isinstance(claim, Nonnegativity):
        named |= claim.assuming
    show = claim.scalars.shown
    rows = [
        rf"{name} &= {factored(readable(form), show).to_latex()} \\" for name, form in named.items()
    ]
    left, terms = _identity(certificate)
    sums = [(scalar_latex(factor(show(c))), _thing_latex(thing, show)) for c, thing in terms]
    right = join_terms(sums).replace("−", "-")
    if isinstance(claim, Decrease):
        left = left.replace(claim.motion.change_text, claim.motion.change_latex)
    return "\n".join([r"\begin{align*}", *rows, f"{left} &= {right}", r"\end{align*}"])


def readable(thing: Any) -> Any:
    """Return a form or vector over differences such as ``Z − z*``, if z* occurs nowhere else."""
    for base in _BASES:
        names = [name for name in _generators(thing) if _is_point(name) and name != base]
        moved = {name: Vector({f"{name} − {base}": 1, base: 1}) for name in names}
        shifted = thing.substitute(moved)
        if base in _generators(thing) and base not in _generators(shifted):
            return shifted
    return thing


def factored(thing: Any, show: Show = lambda element: element.as_expr()) -> Any:
    """Return a form or vector with its exact coefficients factored, for printing.

    `show` makes an expression of an element: with roots and exponentials, it is that of its field.
    """

    def shown(c: Any) -> Any:
        return factor(show(c) if hasattr(c, "field") else c) if hasattr(c, "as_expr") else c

    return thing.map(shown)


def _decisions(certificate: Certificate) -> list[str]:
    """Return how each sign was decided; in generators of the field, which are explained first."""
    functions = certificate.claim.scalars.functions
    known = [
        f"  {name} = {scalar_text(formula)}" for name, formula in functions.definitions.items()
    ]
    signs = certificate.signs()
    return known + [f"  {what}: {sign}" for what, sign in signs if sign.method != "a constant"]


def _identity(certificate: Certificate) -> tuple[str, list[Term]]:
    """Return both sides of the identity, in the words of the claim: V̇ = … or F = …."""
    claim = certificate.claim
    readable_forms = claim.readable_inequalities
    named = {name for name in claim.inequalities if "(" in name}  # pairs of points: long forms
    named |= set(claim.assuming) if isinstance(claim, Nonnegativity) else set()
    terms: list[Term] = [
        (multiplier, name if name in named else readable_forms[name])
        for name, multiplier in certificate.multipliers.items()
    ]
    terms += [_recognised(square, claim.landmarks) for square in certificate.squares]
    if isinstance(claim, Decrease):
        rate = f" + {scalar_text(claim.scalars.shown(claim.rate))} V" if claim.rate else ""
        return claim.motion.change_text + rate, [(-weight, thing) for weight, thing in terms]
    return "F", terms


def _recognised(square: Square, landmarks: Mapping[str, Vector]) -> Term:
    """Return a square by the name of its vector, when it is a multiple of a landmark."""
    for name, landmark in landmarks.items():
        first = next(iter(landmark), "")
        if first in square.vector:
            ratio = square.vector.coefficient(first) / landmark.coefficient(first)
            if not square.vector - landmark * ratio:
                return square.coefficient * ratio**2, Vector.generator(name)
    return square.coefficient, readable(square.vector)


def _thing_text(thing: Form | Vector | str, show: Show) -> str:
    if isinstance(thing, str):
        return thing if "(" in thing else f"({thing})"
    if isinstance(thing, Vector):
        alone = _alone(thing)
        return product_text(alone, alone) if alone else f"‖{factored(thing, show)}‖²"
    return str(thing) if _alone(thing) else f"({factored(thing, show)})"


def _thing_latex(thing: Form | Vector | str, show: Show) -> str:
    if isinstance(thing, str):
        return rf"\mathrm{{{thing}}}" if "(" in thing else f"({thing})"
    alone, text = _alone(thing), factored(thing, show).to_latex()
    if isinstance(thing, Vector):
        return rf"\|{name_latex(alone) if alone else text}\|^2"
    return text if alone else rf"\left({text}\right)"


def _generators(thing: Any) -> set[str]:
    return {name for key in thing for name in ((key,) if isinstance(key, str) else key)}


def _is_point(name: str) -> bool:
    return name in _POINTS or (name.startswith("z^") and " − " not in name)


def _alone(thing: Form | Vector) -> Any:
    """Return the only key of a sum, if it has one term with coefficient 1."""
    terms = list(thing.terms.items())
    return terms[0][0] if len(terms) == 1 and terms[0][1] == 1 else None


def _wrapped(sentence: str) -> list[str]:
    """Wrap a sentence, keeping conditions such as ``t > 0`` in one piece."""
    kept = re.sub(r" (<=?|>=?|=|≥) ", "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", sentence)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in textwrap.wrap(kept, 96)]
