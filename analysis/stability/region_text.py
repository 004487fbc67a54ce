"""Stability regions as text and as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sympy import Expr, oo

from ...discretize.operators import BlockOperator
from ..readings.scalar_text import scalar_latex, scalar_text
from .intervals import OpenInterval, number_latex, number_text

if TYPE_CHECKING:
    from .region import StabilityRegion


def region_latex(region: StabilityRegion) -> str:
    """Write conditions, axes and half disk as lines of an ``aligned`` environment."""
    lines = [rf"& {scalar_latex(condition)} > 0" for condition in region.conditions]
    if region.has_numbers:
        for what, axis in (("i", region.imaginary_axis), ("", region.positive_axis)):
            ranges = r",\ ".join(i.to_latex(r"\varrho") for i in axis) or r"\text{nowhere}"
            lines.append(rf"& \lambda = {what}\varrho:\quad {ranges}")
        lines.append(rf"& \text{{half disk of radius }} {number_latex(region.half_disk)}")
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def region_text(region: StabilityRegion) -> str:
    """Write conditions, axes and half disk, one a line."""
    game = " of M = [[a, b], [−b, a]]," if region.method.needs is BlockOperator else ""
    lines = [
        f"{region.method.title}: stable on λ = ϱ(c ± i√(1−c²)), 0 ≤ c ≤ 1,{game} exactly where"
    ]
    lines += [f"  {_text(condition)} > 0" for condition in region.conditions] or ["  always"]
    if region.has_numbers:
        lines.append(f"  imaginary axis (bilinear problems): {_axis(region.imaginary_axis)}")
        lines.append(f"  positive axis (symmetric problems): {_axis(region.positive_axis)}")
        lines.append(f"  {_guarantee(region.half_disk)}")
    return "\n".join(lines)


def _axis(intervals: tuple[OpenInterval, ...]) -> str:
    return ", ".join(interval.about("ϱ") for interval in intervals) or "nowhere"


def _guarantee(radius: Any) -> str:
    if radius == 0:
        return "no Lipschitz constant guarantees convergence for all monotone linear G"
    if radius == oo:
        return "every monotone linear G"
    return f"every monotone linear G with Lipschitz constant below {number_text(radius)}"


def _text(condition: Expr) -> str:
    return scalar_text(condition).replace("ρ", "ϱ")
