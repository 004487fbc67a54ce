"""The rate that a given Lyapunov function proves, with symbols for parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...discretize.method import Method
from ...flows.flow import Flow
from ..basics.proof_outcome import Proved, Refuted, Unknown
from ..basics.ranges import Range
from ..claims.claims import Decrease, Nonnegativity
from ..claims.flow_motion import FlowMotion
from ..claims.lyapunov_text import scalar_formula
from ..claims.motion import Motion
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass
from ..proofs.certificate import Certificate
from ..proofs.least import least_multiple
from ..proofs.lyapunov import prove_decrease
from ..readings.vector import Form, Vector
from .conic import require_solver
from .proved_rate import ProvedRate
from .searching import chosen_metric
from .stating import Stated, proved_rate, stated_distance, stated_start

_MONOTONE = Monotone()
_KEPT = "V_0 - V"


def prove_rate(
    V: Form | str,
    system: Flow | Method,
    metric: Form | str | None = None,
    operator: OperatorClass = _MONOTONE,
    *,
    weight: Any = 1,
    multipliers: Mapping[str, Any] | None = None,
    ranges: Mapping[Any, Range | str] | None = None,
) -> ProvedRate | Refuted | Unknown:
    """Prove the rate that a Lyapunov function gives: ``τ · metric ≤ C‖Z0 − z*‖²``.

    V never increases, so it stays at most V(0); and wherever it does, the metric is at most C
    times ‖Z0 − z*‖². The least C is found at sample points of the parameters, then as a rational
    function of them (and of t), and all three steps are proved in exact arithmetic. If V at the
    start contains G(Z0) and the class does not bound it, the rate is a multiple of V(0).

    Parameters
    ----------
    V : Form or str
        The Lyapunov function, as in `prove_decrease`.
    system : Flow or Method
        The flow or the method; its parameters are numbers or symbols.
    metric : Form or str, optional
        What is bounded; ‖G‖² without one.
    operator : OperatorClass
        The class of operators.
    weight : SymPy expression or str
        τ, such as ``"k^2"``.
    multipliers, ranges : optional
        Of the decrease, as in `prove_decrease`.

    Returns
    -------
    ProvedRate, Refuted or Unknown
        The rate with its certificates; or why V does not decrease, or gives no bound.

    Raises
    ------
    ProblemError
        The input is no such function, flow or method, or the solver (extra ``prove``) is missing.

    Examples
    --------
    >>> from sympy import Symbol
    >>> from saddleode.flows import OptimisticFlow
    >>> a, b = Symbol("alpha", positive=True), Symbol("beta", positive=True)
    >>> V = "sq(Z + beta*G - zstar)/2 + alpha*beta*t*sq(G)"
    >>> print(prove_rate(V, OptimisticFlow(a, b)).claim)
    ‖G‖² ≤ 1/(2·α·β·t) ‖(Z0 − z*) + β G(Z0)‖²
    """
    require_solver()
    options = {"multipliers": multipliers, "ranges": ranges}
    decrease = prove_decrease(V, system, operator, **options)  # type: ignore[arg-type]
    if not isinstance(decrease, Proved):
        return decrease
    claim: Decrease = decrease.certificate.claim
    tau = scalar_formula(weight, system) if isinstance(weight, str) else weight
    scalars = claim.scalars
    goal = chosen_metric(metric, claim.motion).map(scalars.convert) * scalars.convert(tau)
    return _Rate(claim, goal, scalars.convert(tau) != 1).proved(decrease.certificate)


@dataclass(frozen=True)
class _Rate:
    """The bound that follows from a V that is proved to decrease."""

    claim: Decrease
    goal: Form
    constant: bool

    @property
    def motion(self) -> Motion:
        return self.claim.motion

    @property
    def operator(self) -> OperatorClass:
        return self.claim.operator

    @property
    def start_vectors(self) -> tuple[Vector, Vector]:
        names = ("Z0", "G") if isinstance(self.motion, FlowMotion) else ("z^{0}", "g^{k}")
        z0, g = map(Vector.generator, names)
        return z0, g

    def proved(self, decrease: Certificate) -> ProvedRate | Unknown:
        """Return the rate, by the multiple of ‖Z0 − z*‖² that V is at most at the start."""
        start = self._start()
        if isinstance(start, Unknown):
            return start
        z0, _ = self.start_vectors
        apart = z0 - Vector.generator("z*")
        distance: Form = (apart @ apart).map(self.claim.scalars.convert)
        at_most = self._at_most(start, distance)
        if at_most is None:
            return self._by_start(start, decrease)
        constant, first = at_most
        kept = {_KEPT: distance * constant - self.claim.V}
        found = least_multiple(self._claim(-self.goal, kept), distance, constant=self.constant)
        if found is None:
            return Unknown(f"V decreases, but no bound of {self.goal} was found; try weight=")
        C, bound = found
        return self._stated(stated_distance(self, C), C, (decrease, bound, *first))

    def _start(self) -> Form | Unknown:
        """Return the limit of V at the start, for values of G that stay bounded."""
        scalars = self.claim.scalars
        moves = scalars.functions.formulas  # such as e^{rt}, which is no constant in V at the start
        if moves or scalars.ranges[self.motion.clock].low != 0:
            return Unknown(f"V is not a rational function of {self.motion.clock} from 0 on")
        place = scalars.names.index(self.motion.clock)
        z0, g = self.start_vectors
        moved = ("Z", "Y", "z^{k}", "z^{k-1}", "z^{k-1/2}")
        images = dict.fromkeys(moved, z0) | dict.fromkeys(("g^{k-1}", "g^{k-1/2}"), g)
        field, first = scalars.domain.field, {}
        for pair, c in self.claim.V.terms.items():
            top, bottom = (_without(part, place) for part in (c.numer, c.denom))
            if not bottom:
                return Unknown(f"V has no limit at {self.motion.clock} = 0")
            first[pair] = field(top) / field(bottom)
        return Form(first).substitute(images)

    def _at_most(self, start: Form, distance: Form) -> tuple[Any, tuple[Certificate, ...]] | None:
        """Return c with V ≤ c‖Z0 − z*‖² at the start, and the certificate if it needs one."""
        (z0,), (g,) = self.start_vectors
        c = start.coefficient(z0, z0) or self.claim.scalars.convert(0)
        if not start - distance * c:
            return c, ()
        to_point = {z0: Vector.generator("Z"), g: Vector.generator("G")}
        claim = Nonnegativity(-start.substitute(to_point), self.operator, self.claim.scalars)
        found = least_multiple(claim, distance.substitute(to_point))
        return None if found is None else (found[0], (found[1],))

    def _by_start(self, start: Form, decrease: Certificate) -> ProvedRate | Unknown:
        """Return the rate as a multiple of V at the start."""
        found = least_multiple(self._claim(-self.goal, {}), self.claim.V, constant=self.constant)
        if found is None:
            return Unknown(f"V decreases, but it is no bound of {self.goal}")
        C, bound = found
        return self._stated(stated_start(self, start * C), C, (decrease, bound))

    def _claim(self, form: Form, assuming: Mapping[str, Form]) -> Nonnegativity:
        return Nonnegativity(form, self.operator, self.claim.scalars, assuming, self.motion)

    def _stated(self, right: Stated, C: Any, certificates: tuple[Certificate, ...]) -> ProvedRate:
        return proved_rate(self, right, C.as_expr(), self.claim.V, certificates)


def _without(polynomial: Any, place: int) -> Any:
    """Return a polynomial with 0 for one of its variables."""
    kept = {powers: c for powers, c in polynomial.terms() if not powers[place]}
    return polynomial.ring.from_dict(kept)
