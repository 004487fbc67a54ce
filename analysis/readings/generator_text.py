"""Generators as text: how a formal vector's name and an inner product are written."""

from __future__ import annotations

import unicodedata


def factor_text(name: str) -> str:
    """Write a generator as a factor: a difference such as ``Z − z*`` gets brackets."""
    return f"({_plain(name)})" if " − " in name else _plain(name)


def factor_latex(name: str) -> str:
    """Write a generator as a factor in LaTeX."""
    return f"({name_latex(name)})" if " − " in name else name_latex(name)


def product_text(first: str, second: str) -> str:
    """Write an inner product in Unicode: ``‖a‖²`` or ``⟨a, b⟩``; one with 1 is a number."""
    if first == "1" != second:
        return second
    return f"‖{_plain(first)}‖²" if first == second else f"⟨{_plain(first)}, {_plain(second)}⟩"


def product_latex(first: str, second: str) -> str:
    """Write an inner product in LaTeX; one with 1 is a number."""
    if first == "1" != second:
        return second
    if first == second:
        return rf"\|{name_latex(first)}\|^2"
    return rf"\langle {name_latex(first)}, {name_latex(second)} \rangle"


def name_latex(name: str) -> str:
    r"""Write a generator in LaTeX.

    Examples
    --------
    >>> print(name_latex("Ġ"), name_latex("Z − Z0"), name_latex("z*"))
    \dot{G} Z - Z_{0} z^\star
    """
    if " − " in name:  # a difference that is shown as one vector
        return " - ".join(map(name_latex, name.split(" − ")))
    if "^{" in name:  # an iterate is named in TeX
        return name
    plain = unicodedata.normalize("NFD", name)
    dotted, star = "\u0307" in plain, "*" in plain
    plain = plain.replace("\u0307", "").replace("*", "")
    letters = plain.rstrip("0123456789_+-")
    index = plain[len(letters) :].strip("_")
    base = rf"\dot{{{letters}}}" if dotted else letters
    return base + (f"_{{{index}}}" if index else "") + (r"^\star" if star else "")


def _plain(name: str) -> str:
    """Return the name of an iterate without the braces that it does not need: ``z^k``."""
    return name.replace("^{k}", "^k").replace("^{0}", "^0")
