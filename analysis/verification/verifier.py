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
from math import prod
from typing import Any

from .arithmetic import WORK, FormatError, Ratio, VerificationError, atom, formula, require
from .region import TAKEN, Region
from .statement import statement

_UNREADABLE = LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError

FORMAT = "saddleode certificate 3"
"""The first entry of every file."""

_VECTOR = r"(E )?\w+'?\*?(\^\{(0|k([+-]\d+(/\d+)?)?)\})?(_[a-z]+)?|L\(\w+,\w+\)"
_INEQUALITY = r"-?\w+'?(\([\w'*+/,-]+\))?( - \w+)?"


def verify(text: str) -> str:
    """Return the statement that a certificate proves, or raise what `arithmetic` defines."""
    require(len(text) <= 1_000_000, "the file is too long")
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        if data["format"] != FORMAT:
            raise FormatError(f"the format is {data['format']!r:.80}; {FORMAT!r} can be verified")
        context = copy_context()
        context.run(WORK.set, [200_000])
        return context.run(lambda: _Proof(data).conclusion())
    except _UNREADABLE as error:
        if isinstance(error, VerificationError):
            raise
        raise FormatError(f"not a certificate: {type(error).__name__}: {error!s:.200}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len(dict(pairs)) == len(pairs), "a key occurs twice in one object")
    return dict(pairs)


_Image = Callable[[str], Ratio] | None


class _Proof:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data, flow, method = data, data.get("flow", {}), data.get("method", {})
        self.said = statement(data)
        require(data["statement"] == self.said, f"the statement of what is proved is: {self.said}")
        moving = len(data.keys() & {"flow", "method"})
        require(moving == 1 or (not moving and "form" in data), "V needs a flow, or else a method")
        self.region = region = Region(data["ranges"], data["point"], "method" in data)
        for text, evidence in data["facts"].items():
            region.learn(text, evidence)
        self.now, self.later = dict(region.names), dict(region.names)
        self.learn_sequences(data["sequences"] if "method" in data else {}, region)
        self.z = {at: self.read(z.items()) for at, z in method.items()} or {"Z": _vector("Z")}
        self.g = {at: _vector(f"g^{{{at}}}") for at in method} or {"Z": _vector("G")}
        self.z["*"], self.g["*"] = _vector("z*"), atom(0)
        self.flow = {name: self.read(z.items()) for name, z in flow.items()}
        require("flow" not in data or {"Z"} <= flow.keys() <= {"Z", "Y"}, "Z does not move")
        rates = data["derivatives"] if flow else {}
        self.rates = {name: self.read([[rate]]) for name, rate in rates.items()}
        time = not flow or "t" not in region.names or rates["t"] == "1"
        require(time and rates.keys() <= region.names.keys(), "a derivative is wrong")
        require("method" not in data or method["k"] == {"z^{k}": "1"}, "the point k is not z^{k}")
        for label, z in method.items():
            if (after := _next_label(label)) in self.z:
                same = not self.read(z.items(), self.next, self.later) - self.z[after]
                require(same, f"the point {after} is not the point {label} of the next step")
        known = [data["operator"].get(where, {}) for where in ("zero", "along", "two points")]
        self.assumed = data["assuming"] if "form" in data else {}  # of V the statement assumes none
        for forms in (*known, self.assumed):
            for name, rows in forms.items():
                _require_name(name, _INEQUALITY)
                self.read(rows)

    def learn_sequences(self, sequences: Mapping[str, list[str]], region: Region) -> None:
        for name, values in sequences.items():
            other = name.isidentifier() and name.isascii() and name not in {*region.names, *TAKEN}
            require(other or values[0] == name in region.names, f"not a name: {name!r:.80}")
            read = (formula(text, region.names, region.nonzero) for text in values)
            self.now[name], self.later[name] = read
        for x, (value, _) in sequences.items() if "k" in region.names else ():
            same = not formula(value, self.later) - self.later[x]
            require(same, f"in step k + 1, {x} is not {value}")
        moves = "method" in self.data and "k" in self.now
        by_one = not moves or not self.later["k"] - self.now["k"] - atom(1)
        require(by_one, "k is the number of the step: the next is k + 1")

    def conclusion(self) -> str:
        """Check the identity, and return what it proves."""
        rest = self.target()
        for name, text in self.data["multipliers"].items():
            form, equality = self.inequality(name)
            require(equality or f"{text} >= 0" in self.region.facts, f"no fact says {text} >= 0")
            rest -= form * self.read([[text]])
        for square in self.data["squares"]:
            text, vector = square["coefficient"], square["vector"]
            require(f"{text} >= 0" in self.region.facts, f"no fact says {text} >= 0")
            # A pole is no harm: what holds beside it holds there by continuity, if k is real.
            v = self.read(vector.items(), poles=not self.region.whole)
            rest -= v * v * self.read([[text]], poles=not self.region.whole)
        require(not rest, "the two sides of the identity differ")
        return self.said

    def target(self) -> Ratio:
        """Return the form that must be >= 0: −(change of V) − rate · V, or the one claimed."""
        data = self.data
        if "form" in data:
            return self.read(data["form"])
        V = self.read(rows := data["V"])
        change = self.derivative(V) if self.flow else self.read(rows, self.next, self.later) - V
        return atom(0) - change - self.read([[data["rate"]]]) * V

    def derivative(self, V: Ratio) -> Ratio:
        """Return V̇ by the chain rule."""
        rates = self.rates | {f"<{x}>": z for x, z in self.flow.items()}
        rates |= {"<G>": _vector("Ġ"), "<Z0>": atom(0), "<z*>": atom(0)}
        unknown = {x for key in V for x in key if x[0] == "<"} - rates.keys()
        require(not unknown, f"the derivatives of {', '.join(unknown)} are not known")
        return sum((V.derivative(x) * rate for x, rate in rates.items()), start=atom(0))

    def next(self, name: str) -> Ratio:
        """Return what a generator is in the next step: g^{k-1} is g^{k}, z^{k} the point k+1."""
        if name in ("z^{0}", "z*"):
            return _vector(name)
        after = _next_label(name[3:-1])
        require(name[:3] in ("z^{", "g^{") and name[-1] == "}", f"unknown vector {name!r:.80}")
        return self.z[after] if name[0] == "z" else _vector(f"g^{{{after}}}")

    def inequality(self, name: str) -> tuple[Ratio, bool]:
        """Return ``MON(Z,*)``, ``MON'(Z,*)``, ``MON(k+1,k)``, or what is assumed; and if = 0."""
        if name in self.assumed:
            return self.read(self.assumed[name]), False
        base, a, b, end = re.split("[(,)]", name)
        where = "along" if base[-1] == "'" else "zero" if b == "*" else "two points"
        about_points = not end and (where != "along" or (a, b) == ("Z", "*"))
        require(about_points, f"{name!r:.80} is not about points")
        images = {"Δz": self.z[a] - self.z[b], "Δg": self.g[a] - self.g[b]}
        images |= {"z*": self.z[b]} if b == "*" else {"z": self.z[b], "g": self.g[b]}
        images |= {"ż": self.flow["Z"], "ġ": _vector("Ġ")} if where == "along" else {}
        operator, base = self.data["operator"], base.removesuffix("'")
        return self.read(operator[where][base], images.__getitem__), base in operator["equalities"]

    def read(
        self, rows: Any, image: _Image = None, names: Any = None, poles: bool = False
    ) -> Ratio:
        """Read a form, a vector or a number: rows of generators with a coefficient."""
        nonzero, parts = bool if poles else self.region.nonzero, []
        for *generators, c in rows:
            value = formula(c, names or self.now, nonzero)
            parts.append(prod(map(image or _vector, generators), start=value))
        return sum(parts, start=atom(0))


def _require_name(name: str, pattern: str) -> None:
    """Refuse names that read like something else."""
    plain = re.sub("[αβγδεζηθλμξπστφψωΔżġĠ]", "x", name)
    require(re.fullmatch(pattern, plain, re.ASCII), f"not a name: {name!r:.80}")


def _vector(name: str) -> Ratio:
    _require_name(name, _VECTOR)
    return atom(f"<{name}>")


def _next_label(label: str) -> str:
    """Return the label of the next step: k+1 for k, k+3/2 for k+1/2, k for k-1."""
    plain = re.fullmatch(r"k([+-]\d{1,9}(/\d{1,9})?)?", label, re.ASCII)
    offset = Fraction(label[1:] or 0) if plain else Fraction(0)
    own, after = (f"k{'+' if x > 0 else ''}{x or ''}" for x in (offset, offset + 1))
    require(label == own, f"{label!r:.80} is not the label of a point")
    return after
