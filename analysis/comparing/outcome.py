"""The fate of a run as time goes on: what happens, and the number that decides it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["converges", "diverges", "cycles", "undecided"]


@dataclass(frozen=True)
class Outcome:
    """What becomes of a flow or a method on a problem as time goes on.

    Attributes
    ----------
    kind : {"converges", "diverges", "cycles", "undecided"}
        Whether it tends to a saddle point, leaves every bounded set, stays bounded without
        tending anywhere, or neither can be said. It is meant for almost every start.
    number : float
        The number that decides it; `reason` says which one.
    reason : str
        One sentence, with the number and where it comes from.
    exponent : float or None
        p where it is known that ‖G‖ falls like t^p, for a method like k^p.
    """

    kind: Kind
    number: float
    reason: str
    exponent: float | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain Python, ready for JSON."""
        return {"kind": self.kind, "number": finite_or_none(self.number), "reason": self.reason}


def finite_or_none(value: float) -> float | None:
    """Return the number, or None (``null`` in JSON) for one that JSON cannot hold."""
    return value if math.isfinite(value) else None
