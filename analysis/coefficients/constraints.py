"""The facts that define a region: the ends of its ranges and the conditions between parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import QQ

from ..basics.ranges import Range
from ..basics.time_limit import require_time
from .deciding import implied, simplified
from .facts import Fact, Known

_LIMIT = 30  # of conditions, with those they imply


def known_facts(
    ring: Any, ranges: Mapping[str, Range], gaps: Mapping[str, Any], whole: str | None = None
) -> Known:
    """Return what a region says about the variables of a polynomial ring.

    Parameters
    ----------
    ring : PolyRing
        The ring; its symbols are names of ranges.
    ranges : mapping
        Name -> `Range`.
    gaps : mapping
        Text of a condition -> the element of the field that it says is > 0.
    whole : str, optional
        Name of the variable that is a whole number; its range begins with one.
    """
    ends = {i: _ends(ring, i, ranges[str(symbol)]) for i, symbol in enumerate(ring.symbols)}
    box = Known(ring, ends)
    conditions: list[Fact] = []
    for text, gap in gaps.items():
        scale = 1 / gap.denom.coeff(1) if gap.denom.is_ground else gap.denom  # as readers see it
        product = gap.numer * scale  # > 0 exactly where numer/denom > 0
        conditions += simplified(Fact(product, True, "a condition", text), box)
    for n, fact in enumerate(conditions):  # which grows: what is implied may imply more
        require_time("conclusions were being drawn from the conditions")
        if len(conditions) < _LIMIT:
            conditions += implied(fact, Known(ring, ends, tuple(conditions[: n + 1])))
    index = next((i for i in ends if str(ring.symbols[i]) == whole), None)
    first = int(ranges[whole].low or 0) if whole else 0
    return Known(ring, ends, tuple(conditions), index, first)


def _ends(ring: Any, i: int, span: Range) -> tuple[Fact | None, Fact | None]:
    """Return the facts ``x − low`` and ``high − x`` of a range; None at infinity."""
    x, name = ring.gens[i], str(ring.symbols[i])
    low = high = None
    if span.low is not None:
        end, relation = (
            QQ(span.low.numerator, span.low.denominator),
            ">=" if span.low_closed else ">",
        )
        low = Fact(x - end, not span.low_closed, "its range", f"{name} {relation} {span.low}")
    if span.high is not None:
        end, relation = (
            QQ(span.high.numerator, span.high.denominator),
            "<=" if span.high_closed else "<",
        )
        high = Fact(end - x, not span.high_closed, "its range", f"{name} {relation} {span.high}")
    return low, high
