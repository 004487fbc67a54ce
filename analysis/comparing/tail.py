"""What the tail of one run tells about its fate, when nothing is known exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .outcome import Kind, Outcome
from .rates import FEWEST_POINTS, Rate, fit_rate

Array = NDArray[np.float64]

CLEAR = 0.25
"""Log-log slope from which growth or decay counts as such."""

FLAT = 0.02
"""Log-log slope up to which a value counts as staying where it is."""

STEADY = 1e-3
"""Relative loss of the maximum of ‖G‖ per octave of time up to which a run counts as a cycle."""

SETTLED = 1e-10
"""Fraction of its first value at which a value counts as 0 (and its inverse as infinite)."""


LEAVES = 1.5
"""Factor by which ‖z − z^0‖ may not grow from the first half of the time to the second."""


def measured_run(t: Array, z: Array, operator_norm: Array) -> Outcome:
    """Outcome of one run by the tail of ‖G‖, if the run stays where it is.

    A run with ``max ‖z − z^0‖`` at least 1.5 times as large in the second half of the time as in
    the first is on its way: it does not cycle, and cannot be said to converge.

    Parameters
    ----------
    t : ndarray, shape (K,)
        Increasing times ≥ 0.
    z : ndarray, shape (K, d)
        Points at these times.
    operator_norm : ndarray, shape (K,)
        ‖G(z)‖ there.
    """
    outcome = measured(t, operator_norm, "‖G‖")
    if outcome.kind in ("diverges", "undecided"):
        return outcome
    if outcome.kind == "cycles" and (loss := _loss(t, operator_norm)) > STEADY:
        reason = f"‖G‖ loses {loss:.2g} of its size in an octave of time: it may converge slowly"
        return Outcome("undecided", loss, reason + " (measured)")
    way = np.linalg.norm(z - z[0], axis=-1)
    early = t <= (t[0] + t[-1]) / 2
    before, after = float(way[early].max()), float(way.max())
    if after < LEAVES * before or after == 0:
        return outcome
    reason = f"‖z − z^0‖ grew to {after:.3g} from {before:.3g} at half time: still on its way"
    return Outcome("undecided", after, reason)


def _loss(t: Array, value: Array) -> float:
    """Relative loss of the maximum of `value` from the last octave but one to the last."""
    before = float(value[(t >= t[-1] / 4) & (t < t[-1] / 2)].max(initial=0.0))
    after = float(value[t >= t[-1] / 2].max())
    return (before - after) / before if before > 0 else 0.0


def measured(t: Array, value: Array, what: str) -> Outcome:
    """Outcome of one run by the log-log slope of `value` over its last two octaves of time.

    ``value ~ t^s`` with a 95 % confidence interval for s: all of it ≤ −1/4 converges (an
    exponential decay has a steep slope), all ≥ 1/4 diverges, all within ±1/50 cycles, anything
    else is undecided. It is a measurement, not a proof.

    Parameters
    ----------
    t : ndarray, shape (K,)
        Increasing times ≥ 0.
    value : ndarray, shape (K,)
        What should tend to 0, at these times.
    what : str
        What was measured, for the sentence.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(1.0, 100.0)
    >>> print(measured(t, 1 / t, "‖G‖"))  # doctest: +ELLIPSIS
    converges: ‖G‖ ~ t^s with s = -1 ± ... over t in [25, 99] (measured, 95 % confidence)
    """
    last = float(value[-1])
    if last <= SETTLED * value[0]:
        return Outcome("converges", last, f"{what} fell to {last:.3g} (measured)")
    if not last < value[0] / SETTLED:  # NaN counts as growth: it comes from ∞ − ∞
        return Outcome("diverges", last, f"{what} grew to {last:.3g} (measured)")
    tail = (t >= t[-1] / 4) & (t > 0) & (value > 0)
    if np.count_nonzero(tail) < FEWEST_POINTS:
        return Outcome("undecided", float("nan"), "too few points in the last two octaves of time")
    rate, span = fit_rate(np.log(t[tail]), value[tail]), f"t in [{t[tail][0]:.3g}, {t[-1]:.3g}]"
    reason = f"{what} ~ t^s with s = {rate} over {span} (measured, 95 % confidence)"
    return Outcome(_kind(rate), rate.slope, reason)


def _kind(rate: Rate) -> Kind:
    if rate.low >= -FLAT and rate.high <= FLAT:
        return "cycles"
    if rate.high <= -CLEAR:
        return "converges"
    return "diverges" if rate.low >= CLEAR else "undecided"
