"""Verification of a certificate from its file alone; `docs/certificates.md` describes the format.

The change of V, the inequalities of the class and the statement are derived from the file; then
``target ≡ Σ multiplier · inequality + Σ coefficient · ‖vector‖²`` is checked. A generator of
vectors is a variable here, and the inner product of two of them their product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextvars import copy_context
from fractions import Fraction
from typing import Any

from .arithmetic import FormatError, Ratio, VerificationError, atom, formula, require
from .region import Region
from .statement import statement

FORMAT = "saddleode certificate 3"
"""The first entry of every file."""

_VECTOR = r"(E )?\w+'?\*?(\^\{(0|k([+-]\d+(/\d+)?)?)\})?(_[a-z]+)?|L\(\w+,\w+\)"
_INEQUALITY = r"-?\w+'?(\([\w'*+/,-]+\))?( - \w+)?"


def verify(text: str) -> str:
    """Return the statement that a certificate proves.

    Raises
    ------
    FormatError, UncheckedError, VerificationError
        It is no certificate; a sign rests on what is not checked here; it proves nothing.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        if data["format"] != FORMAT:
            raise FormatError(f"the format is {data['format']!r:.80}; {FORMAT!r} can be verified")
        return copy_context().run(lambda: _Proof(data).statement())
    except VerificationError:
        raise
    except (
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise FormatError(f"not a certificate: {type(error).__name__}: {error!s:.200}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len(dict(pairs)) == len(pairs), "a key occurs twice in one object")
    return dict(pairs)


def require_name(name: str, pattern: str) -> None:
    """Refuse names that read like something else."""
    plain = re.sub("[αβγδεζηθλμξπστφψωΔżġĠ]", "x", name)
    require(re.fullmatch(pattern, plain, re.ASCII), f"not a name: {name!r:.80}")


def _vector(name: str) -> Ratio:
    require_name(name, _VECTOR)
    return atom(f"<{name}>")


_Image = Callable[[str], Ratio]


class _Proof:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data, operator, facts = data, data["operator"], data["facts"].items()
        require("flow" not in data or "method" not in data, "there are a flow and a method")
        self.region = Region(data["ranges"], data["point"], "method" in data)
        for text, evidence in facts:
            self.region.learn(text, evidence)
        self.now, self.later = dict(self.region.names), dict(self.region.names)
        if "method" in data:
            self._read_sequences()
        points = data.get("method", {"Z": {"Z": "1"}})
        value = "g^{%s}" if "method" in data else "G"
        self.z = {**{at: self.vector(z) for at, z in points.items()}, "*": _vector("z*")}
        self.g = {**{at: _vector(value.replace("%s", at)) for at in points}, "*": atom(0)}
        self.moves = {name: self.vector(z) for name, z in data.get("flow", {}).items()}
        require(self.moves.keys() <= {"Z", "Y"}, "a flow moves Z, and Y, alone")
        for label, z in data.get("method", {}).items():
            if (after := _next_label(label)) in points:
                same = not self.vector(z, self.next, self.later) - self.z[after]
                require(same, f"the point {after} is not the point {label} of the next step")
        known = [operator.get(where, {}) for where in ("zero", "along", "two points")]
        for name, rows in (
            pair for forms in (*known, data.get("assuming", {})) for pair in forms.items()
        ):
            require_name(name, _INEQUALITY)
            self.form(rows)

    def _read_sequences(self) -> None:
        for name, (now, later) in self.data["sequences"].items():
            require(name.isidentifier() and name.isascii(), f"{name!r:.80} is not a name")
            names = self.region.names
            require(name not in names or now == name, f"{name} is a name of the region")
            self.now[name], self.later[name] = self.value(now, names), self.value(later, names)
        by_one = "k" not in self.now or not self.later["k"] - self.now["k"] - atom(1)
        require(by_one, "k is the number of the step: the next is k + 1")

    def statement(self) -> str:
        """Return what is proved."""
        said, rest = statement(self.data), self.target()
        require(self.data["statement"] == said, f"the statement of what is proved is: {said}")
        facts = self.region.facts
        for name, text in self.data["multipliers"].items():
            form, equality = self.inequality(name)
            require(equality or f"{text} >= 0" in facts, f"no fact says {text} >= 0")
            rest -= self.value(text) * form
        for square in self.data["squares"]:
            text = square["coefficient"]
            require(f"{text} >= 0" in facts, f"no fact says {text} >= 0")
            # A pole is no harm: what holds beside it holds there by continuity, if k is real.
            nonzero = self.region.nonzero if self.region.whole else bool
            v = {i: formula(c, self.now, nonzero) for i, c in square["vector"].items()}
            root = sum((c * _vector(i) for i, c in v.items()), start=atom(0))
            rest -= formula(text, self.now, nonzero) * root * root
        require(not rest, "the two sides of the identity differ")
        return said

    def target(self) -> Ratio:
        """Return the form that must be >= 0: −(V̇ + rV), or the one that is claimed to be."""
        data = self.data
        if "form" in data:
            return self.form(data["form"])
        V, rate = self.form(data["V"]), self.value(data["rate"])
        moved = None if "flow" in data else self.form(data["V"], self.next, self.later)
        change = self.derivative(V) if moved is None else moved - V
        return atom(0) - change - rate * V

    def derivative(self, V: Ratio) -> Ratio:
        """Return V̇ by the chain rule."""
        rates = {x: self.value(rate) for x, rate in self.data["derivatives"].items()}
        known = rates.keys() <= self.region.names.keys()
        require(known, "only a name of the region has a derivative")
        is_time = "t" not in self.region.names or self.data["derivatives"]["t"] == "1"
        require(is_time, "t is time: its derivative is 1")
        rates |= {f"<{x}>": z for x, z in self.moves.items()}
        rates |= {"<G>": _vector("Ġ"), "<Z0>": atom(0), "<z*>": atom(0)}
        unknown = {x for key in V for x in key if x[0] == "<"} - rates.keys()
        require(not unknown, f"the derivatives of {', '.join(unknown)} are not known")
        return sum((V.derivative(x) * rate for x, rate in rates.items()), start=atom(0))

    def next(self, name: str) -> Ratio:
        """Return what a generator is in the next step: g^{k-1} is g^{k}, z^{k} the point k+1."""
        if name in ("z^{0}", "z*"):
            return _vector(name)
        kind, label = name[:2], name[3:-1]
        require(name in (f"z^{{{label}}}", f"g^{{{label}}}"), f"unknown vector {name!r:.80}")
        after = _next_label(label)
        return self.z[after] if kind == "z^" else _vector(f"g^{{{after}}}")

    def inequality(self, name: str) -> tuple[Ratio, bool]:
        """Return ``MON(Z,*)``, ``MON'(Z,*)``, ``MON(k+1,k)``, or what is assumed; and if = 0."""
        if name in self.data.get("assuming", {}):
            return self.form(self.data["assuming"][name]), False
        base, a, b, end = re.split("[(,)]", name)
        where = "zero" if b == "*" else "two points"
        images = {"Δz": self.z[a] - self.z[b], "Δg": self.g[a] - self.g[b]}
        images |= {"z*": self.z[b]} if b == "*" else {"z": self.z[b], "g": self.g[b]}
        if base.endswith("'"):
            require((a, b) == ("Z", "*"), f"{name} is not about Z and z*")
            where, images = "along", {**images, "ż": self.moves["Z"], "ġ": _vector("Ġ")}
        base = base.removesuffix("'")
        rows = self.data["operator"][where][base]
        require(not end, f"no inequality has the name {name!r:.80}")
        return self.form(rows, images.__getitem__), base in self.data["operator"]["equalities"]

    def value(self, text: str, names: Mapping[str, Ratio] | None = None) -> Ratio:
        """Read a formula that must be defined on the whole region."""
        return formula(text, self.now if names is None else names, self.region.nonzero)

    def vector(self, terms: Mapping[str, str], image: _Image = _vector, names: Any = None) -> Ratio:
        """Read a vector, with other vectors for its generators."""
        return sum((self.value(c, names) * image(i) for i, c in terms.items()), start=atom(0))

    def form(self, rows: Any, image: _Image = _vector, names: Any = None) -> Ratio:
        """Read a form, with other vectors for its generators."""
        terms = (self.value(c, names) * image(i) * image(j) for i, j, c in rows)
        return sum(terms, start=atom(0))


def _next_label(label: str) -> str:
    """Return the label of the next step: k+1 for k, k+3/2 for k+1/2, k for k-1."""
    plain = re.fullmatch(r"k([+-]\d{1,9}(/\d{1,9})?)?", label, re.ASCII)
    offset = Fraction(label[1:] or 0) if plain else Fraction(0)
    own, after = (f"k{'+' if x > 0 else ''}{x or ''}" for x in (offset, offset + 1))
    require(label == own, f"{label!r:.80} is not the label of a point")
    return after
