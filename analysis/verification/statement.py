"""The statement that a certificate proves, in full, made from its entries alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_WHERE = {
    "two points": "for any two points (z, g) and (z + Δz, g + Δg) of its graph",
    "zero": "for any point (z* + Δz, Δg) of its graph",
    "along": "along every trajectory, with ż and ġ the derivatives of Z and G(Z)",
}


def statement(data: Mapping[str, Any]) -> str:
    """Return the statement; the proof is checked elsewhere."""
    operator, names, equal = data["operator"], [*data["point"]], data["operator"]["equalities"]
    known = [f"{_WHERE[where]}, {_forms(operator[where], equal)}"
             for where in _WHERE if operator.get(where)]  # fmt: skip
    if any(isinstance(e, Mapping) and "integer" in e for e in data["facts"].values()):
        others = [name for name in names if name != "k"]
        names = [f"integers k{' and all ' if others else ''}{', '.join(others)}"]
    return (
        f"For every operator G with a zero z* such that {'; '.join(known) or 'nothing else'}"
        f"{_moving(data)}: {_claim(data)}, for all {', '.join(names)} "
        f"with {', '.join(data['ranges'])}."
    )


def _moving(data: Mapping[str, Any]) -> str:
    if "flow" in data:
        flow = ", ".join(f"d{name}/dt = {_sum(z.items())}" for name, z in data["flow"].items())
        rates = [f"d{x}/dt = {rate}" for x, rate in data["derivatives"].items() if x != "t"]
        also = f" with {' and '.join(rates)} (other names are constants)" if rates else ""
        end = " on which Z and G = G(Z) are absolutely continuous"
        return f", along every solution of {flow}{also}{end}"
    if "method" not in data:
        return ""
    points = [(f"z^{{{at}}}", _sum(z.items())) for at, z in data["method"].items()]
    step = ", ".join(f"{name} = {z}" for name, z in points if z != name) or "any method"
    values = [f"{x} = {now} (in step k + 1 {x} = {later})"
              for x, (now, later) in data["sequences"].items()
              if (x, now, later) != ("k", "k", "k + 1")]  # fmt: skip
    also = f" with {' and '.join(values)}" if values else ""
    return f", in every step k of {step}{also}, where g^{{j}} = G(z^{{j}})"


def _claim(data: Mapping[str, Any]) -> str:
    if "form" in data:
        assumed = _forms(data["assuming"], ())
        return f"{_form(data['form'])} >= 0{' if ' if assumed else ''}{assumed}"
    change = "dV/dt" if "flow" in data else "V_{k+1} - V_k"
    most = "0" if data["rate"] == "0" else f"-({data['rate']}) V"
    return f"{change} <= {most} for V = {_form(data['V'])}"


def _forms(forms: Mapping[str, Any], equal: Iterable[str]) -> str:
    signs = {name: "=" if name in equal else ">=" for name in forms}
    return " and ".join(f"{_form(rows)} {signs[name]} 0 ({name})" for name, rows in forms.items())


def _form(rows: Iterable[tuple[str, str, str]]) -> str:
    return _sum((f"<{i}, {j}>", c) for i, j, c in rows)


def _sum(terms: Iterable[tuple[str, str]]) -> str:
    return " + ".join(name if c == "1" else f"({c}) {name}" for name, c in terms) or "0"
