"""What moves the point besides G: the speed of the flow and the pull of its anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..errors import ProblemError
from ..flow import Flow, Weights, anchor_moves, numerical, weights
from ..problems.points import Array, check_point

EARLY = 1e-9  # how much later the weights are read where they have a pole
STIFF = 20.0


class Push(NamedTuple):
    """``Ż ∈ −speed (G(Z) + pull)`` at one point and time."""

    speed: float
    pull: Array


@dataclass(frozen=True, eq=False)
class Drive:
    """The inclusion of a flow without d/dt G: ``Ż ∈ −a(t) G(Z) + b(t) Z + c(t) Z0``.

    Parameters
    ----------
    flow : Flow
        With floats for parameters.
    anchor : ndarray, shape (d,)
        Z0.
    """

    flow: Flow
    anchor: Array

    def push(self, t: float, z: Array) -> Push:
        """Speed and pull at time t and point z.

        At a pole, where the flow starts with z = Z0, ``Ż = −aG − (γ/t)(Z − Z0)`` gives
        ``Ż = −a G/(1+γ)``: the anchor takes away its share of the speed and does not pull.
        """
        w = finite_weights(self.flow, float(t))
        if w is None or w.g == 0:
            w = weights(self.flow, float(t) + EARLY)
            return Push(-w.g / (1.0 - EARLY * w.z), np.zeros_like(z))
        return Push(-w.g, (w.z * z + w.anchor * self.anchor) / w.g)

    def implicit(self, t: float, v: Array, h: float) -> tuple[Array, float]:
        """Point and step of the resolvent that solves ``Y ∈ v + h (−a G(Y) + b Y + c Z0)``."""
        w = weights(self.flow, float(t))
        shrink = 1.0 - h * w.z
        return (v + h * w.anchor * self.anchor) / shrink, -h * w.g / shrink

    def is_stiff(self, t: float, t_end: float) -> bool:
        """Whether the anchor pulls so much harder than at the end that explicit steps stay short.

        Its strength is γt^{1−p}, relative to 1/t: infinite at t = 0 for p > 1.
        """
        now, then = (-s * weights(self.flow, s).z for s in (t + EARLY, t_end))
        return bool(now > STIFF * (1.0 + then))


def drive(flow: Flow, start: Array, anchor: Any, t_start: float) -> Drive:
    """Check a flow with its anchor (the start if None) and make its drive.

    Raises
    ------
    ProblemError
        The flow contains d/dt G, moves its anchor, or has a pole at its start while the anchor
        is elsewhere.
    """
    flow = numerical(flow)
    check_rest(flow)
    z0 = start if anchor is None else check_point(anchor, len(start), "anchor")
    if z0.shape != start.shape:
        raise ProblemError(f"anchor has shape {z0.shape}; needed: {start.shape}, that of z0")
    if finite_weights(flow, t_start) is None and np.any(z0 != start):
        raise ProblemError(
            f"at t = {t_start:g} the {flow.name} flow leaves from its anchor; z0 and anchor differ"
        )
    return Drive(flow, z0)


def check_rest(flow: Flow) -> None:
    """Refuse a flow (with floats) that is not ``Ż = −a(t) G(Z) + b(t) Z + c(t) Z0``.

    Raises
    ------
    ProblemError
        It contains d/dt G, or moves its anchor.
    """
    if weights(flow, 1.0).g_dot != 0:
        raise ProblemError(
            f"the {flow.name} flow contains d/dt G, which does not exist for a set-valued G; "
            "the optimistic flow itself is integrated in W = Z + βG(Z), by integrate_by_yosida"
        )
    if anchor_moves(flow):
        raise ProblemError(
            f"the {flow.name} flow moves its anchor; for a set-valued G the anchor has to rest, as "
            "in AnchoredFlow or TikhonovFlow"
        )


def finite_weights(flow: Flow, t: float) -> Weights | None:
    """Weights of a flow at time t; None at a pole.

    Examples
    --------
    >>> from saddleode.flows import AnchoredFlow
    >>> finite_weights(AnchoredFlow(1.0), 0.0) is None
    True
    """
    try:
        with np.errstate(all="ignore"):
            found = weights(flow, t)
    except ZeroDivisionError:
        return None
    return found if np.isfinite(found).all() else None
