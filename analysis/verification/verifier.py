"""Verification of a certificate from its file alone.

The file says what is known of an operator G: forms ≥ 0 (or = 0) in the differences Δz, Δg of two
points of its graph, z and g being the second; of a point and a zero z*; and along a trajectory, in
the derivatives ż, ġ. It says what moves: Ż, or the points of one step, whose values are g^{label};
V or the form that is claimed to be ≥ 0; the region; and ``target ≡ Σ λ_i I_i + Σ q_j ‖v_j‖²``.
The change of V, the inequalities I_i and the statement are derived here. The package's
docstring describes the format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .arithmetic import (
    ONE,
    Form,
    FormatError,
    Polynomial,
    Ratio,
    Vector,
    VerificationError,
    dot,
    formula,
    number,
    require,
    substitute,
    total,
    variable,
)
from .region import Region
from .statement import statement

FORMAT = "saddleode certificate 2"
"""The first entry of every file."""

_SAID = ("operator", "flow", "method", "V", "rate", "form", "assuming")
_PHRASE = re.compile(r"[<>=:;.\n]")
"""What makes a statement of words: no name or formula needs it."""


def verify(text: str) -> str:
    """Return the statement that a certificate proves.

    Raises
    ------
    FormatError
        The text is not a certificate of this format.
    UncheckedError
        A sign in it rests on something that is not checked here.
    VerificationError
        It proves nothing, or not what it says.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        if data["format"] != FORMAT:
            raise FormatError(f"the format is {data['format']!r}; {FORMAT!r} can be verified")
        return _Verifier(data).run()
    except VerificationError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise FormatError(f"not a certificate: {type(error).__name__}: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len(dict(pairs)) == len(pairs), "a key occurs twice in one object")
    return dict(pairs)


def _strings(entry: Any) -> Iterator[str]:
    """Yield all text in an entry, names and values."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, Mapping):
        yield from entry
        yield from _strings(list(entry.values()))
    elif isinstance(entry, list):
        for part in entry:
            yield from _strings(part)


class _Verifier:
    def __init__(self, data: Mapping[str, Any]) -> None:
        said = [data[entry] for entry in _SAID if entry in data]
        require(not any(map(_PHRASE.search, _strings(said))), "a name in it reads like a statement")
        require(data.get("flow", {}).keys() <= {"Z", "Y"}, "a flow moves Z, and Y, alone")
        self.said = statement(data)
        require(data["statement"] == self.said, f"the statement of what is proved is: {self.said}")
        self.data, self.region = data, Region(data["ranges"], data["point"])
        for text, evidence in data["facts"].items():
            self.region.learn(text, evidence)
        self.nonzero = [self.region.polynomial(text) for text in data["denominators"]]
        for poly, evidence in zip(self.nonzero, data["denominators"].values(), strict=True):
            self.region.require_nonzero(poly, evidence)

    def run(self) -> str:
        data, parts = self.data, [(self.target(), ONE)]
        for name, text in data["multipliers"].items():
            weight, (form, equality) = self.value(text), self.inequality(name)
            if not equality:
                self.region.require_nonnegative(weight, data["signs"][text])
            parts.append((form, -weight))
        for square in data["squares"]:
            weight = formula(square["coefficient"], self.region.names)
            self.region.require_nonnegative(weight, data["signs"][square["coefficient"]])
            # A pole of v_j is no harm: what holds beside it holds there by continuity.
            v = {i: formula(c, self.region.names) for i, c in square["vector"].items()}
            parts.append((dot(v, v), -weight))
        rest = total(*parts)
        require(not rest, f"the two sides differ in the products {', '.join(map(str, rest))}")
        return self.said

    def target(self) -> Form:
        """Return the form that must be ≥ 0: −(V̇ + rV), or the one that is claimed to be."""
        if "form" in self.data:
            return self.form(self.data["form"])
        V, rate = self.form(self.data["V"]), self.value(self.data["rate"])
        change = self.derivative(V) if "flow" in self.data else self.step(V)
        same = not total((change, ONE), (self.form(self.data["change"]), -ONE))
        require(same, "the change in the file is not the change of V")
        return total((change, -ONE), (V, -rate))

    def derivative(self, V: Form) -> Form:
        """Return V̇ by the product rule."""
        moves = {"G": {"Ġ": ONE}, "Z0": {}, "z*": {}, **self.vectors("flow")}
        parts: list[tuple[Form, Ratio]] = [({p: _derivative(c)}, ONE) for p, c in V.items()]
        parts += [(dot(moves[i], {j: ONE}), c) for (i, j), c in V.items()]
        parts += [(dot({i: ONE}, moves[j]), c) for (i, j), c in V.items()]
        return total(*parts)

    def step(self, V: Form) -> Form:
        """Return V_{k+1} − V_k; a point of the next step must be the one of this step, moved."""
        points = self.vectors("method")
        for label, z in points.items():
            if (after := _moved(label)) in points:
                same = total((_later(_form(z), points), ONE), (_form(points[after]), -ONE))
                require(not same, f"the point {after} is not the point {label} of the next step")
        return total((_later(V, points), ONE), (V, -ONE))

    def inequality(self, name: str) -> tuple[Form, bool]:
        """Return ``MON(Z,*)``, ``MON'(Z,*)``, ``MON(k+1,k)``, or what is assumed; and if = 0."""
        if name in self.data.get("assuming", {}):
            return self.form(self.data["assuming"][name]), False
        base, _, pair = name.removesuffix(")").partition("(")
        a, _, b = pair.partition(",")
        points = self.vectors("method") if "method" in self.data else {"Z": {"Z": ONE}}
        z, zero = {**points, "*": {"z*": ONE}}, b == "*"
        g = {at: {f"g^{{{at}}}" if "method" in self.data else "G": ONE} for at in points}
        images = {"Δz": _minus(z[a], z[b]), "Δg": _minus(g[a], {} if zero else g[b])}
        images |= {"z*": z["*"]} if zero else {"z": z[b], "g": g[b]}
        where = "along" if base.endswith("'") else "zero" if zero else "two points"
        require(where != "along" or pair == "Z,*", f"{name} is not about Z and z*")
        if where == "along":
            images |= {"ż": self.vectors("flow")["Z"], "ġ": {"Ġ": ONE}}
        rows = self.data["operator"][where][base.removesuffix("'")]
        equality = base.removesuffix("'") in self.data["operator"]["equalities"]
        return substitute(self.form(rows), images), equality

    def value(self, text: str) -> Ratio:
        """Read a formula that must be defined on the whole region."""
        ratio = formula(text, self.region.names)
        known = ratio.bottom.constant() or _monic(ratio.bottom) in map(_monic, self.nonzero)
        require(known, f"the denominator of {text} is not shown to be other than 0")
        return ratio

    def vector(self, data: Mapping[str, str]) -> Vector:
        return {name: self.value(c) for name, c in data.items()}

    def vectors(self, kind: str) -> dict[str, Vector]:
        if kind == "method":
            require(all(map(_is_label, self.data[kind])), "a point has no label such as k+1/2")
        return {name: self.vector(z) for name, z in self.data[kind].items()}

    def form(self, rows: list[list[str]]) -> Form:
        form = {(i, j): self.value(c) for i, j, c in rows}
        require(len(form) == len(rows) and all(i <= j for i, j in form), "a product stands twice")
        return form


def _monic(p: Polynomial) -> Polynomial:
    return p * number(1 / p[max(p)])


def _derivative(c: Ratio) -> Ratio:
    """Return dc/dt by the quotient rule."""
    top, bottom = c.top.derivative("t") * c.bottom, c.top * c.bottom.derivative("t")
    return Ratio(top + bottom * number(-1), c.bottom * c.bottom)


def _later(form: Form, points: Mapping[str, Vector]) -> Form:
    """Return a form of step k at step k + 1."""
    k = variable("k") + number(1)
    moved = {pair: Ratio(c.top.at("k", k), c.bottom.at("k", k)) for pair, c in form.items()}
    return substitute(moved, {name: _next(name, points) for pair in form for name in pair})


def _next(name: str, points: Mapping[str, Vector]) -> Vector:
    """Return what a generator is in the next step: g^{k-1} is g^{k}, z^{k} the point k+1."""
    if name in ("", "z^{0}", "z*"):
        return {name: ONE}
    kind, label = name[:2], _moved(name[3:-1])
    require(name == f"{kind}{{{name[3:-1]}}}" and kind in ("z^", "g^"), f"unknown vector {name}")
    return {f"g^{{{label}}}": ONE} if kind == "g^" else points[label]


def _minus(a: Vector, b: Vector) -> Vector:
    keys = {**a, **b}
    zero = Ratio(number(0), number(1))
    return {name: a.get(name, zero) + -b.get(name, zero) for name in keys}


def _form(z: Vector) -> Form:
    """Return a vector as a form in products with a vector without a name."""
    return {("", name): c for name, c in z.items()}


def _moved(label: str) -> str:
    """Return the label of the next step: k+1 for k, k+3/2 for k+1/2, k for k-1."""
    require(label[:1] == "k", f"{label} is not the label of a point")
    return _label(Fraction(label[1:] or 0) + 1)


def _label(offset: Fraction) -> str:
    return f"k{'+' if offset > 0 else ''}{offset or ''}"


def _is_label(text: str) -> bool:
    """Tell whether a label is written in the one way in which it is: k, k-1, k+3/2."""
    return text[:1] == "k" and text == _label(Fraction(text[1:] or 0))
