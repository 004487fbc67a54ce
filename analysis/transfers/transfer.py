"""Transfer: a flow's Lyapunov function on its discretisation, exactly in the step.

V(t, Z) becomes V_k = V(t_k, z^k). Its change in one step is h V̇, h the step of time, and a
remainder of order h²; for which steps V_k still decreases is asked of `step_range`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Symbol, cancel, sympify

from ...discretize.method import Method
from ...flows.errors import ProblemError
from ..basics.proof_outcome import Unknown
from ..claims.flow_vectors import flow_vectors, time_derivative
from ..claims.lyapunov_text import lyapunov_function
from ..claims.step_motion import difference
from ..claims.step_reading import label_at, offset_of, value_at
from ..claims.step_vectors import StepVectors, step_vectors
from ..classes.monotone import Monotone
from ..classes.operator_class import OperatorClass, constants
from ..coefficients.field import TIME
from ..proofs.certificate import Certificate
from ..proofs.certificate_text import factored, readable
from ..readings.scalar_text import scalar_text
from ..readings.vector import Form, Vector
from .bounded_remainder import RemainderBound
from .found_steps import StepRange
from .remainder_bound import bound_remainder
from .step_limit import ALPHA
from .step_range import step_range

_MONOTONE = Monotone()


@dataclass(frozen=True)
class Transfer:
    """A flow's Lyapunov function on a discretisation.

    Parameters
    ----------
    method : Method
        The method, with the symbol ``alpha`` for its step.
    V : Form
        V_k over the vectors of the method.
    derivative : Form
        V̇ along the method's flow: the change of V_k, divided by the step of time h, in the limit
        of small steps.
    change : Form
        V_{k+1} − V_k, exactly.
    remainder : Form
        V_{k+1} − V_k − h V̇, with V̇ at (t_k, z^k) and a difference quotient of the values of G for
        Ġ: of order h².
    bound : RemainderBound or Unknown
        How large the remainder is at most, proved for every operator of the class; or why not.
    steps : StepRange
        For which steps V_k decreases.
    """

    method: Method
    V: Form
    derivative: Form
    change: Form
    remainder: Form
    bound: RemainderBound | Unknown
    steps: StepRange

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The proofs of the bound, and of what is said about the steps."""
        bound = self.bound
        sides = (bound.upper, bound.lower) if isinstance(bound, RemainderBound) else ()
        proofs = (proof for proof in (self.steps.proved, self.steps.never) if proof is not None)
        return (*sides, *(proof.certificate for proof in proofs))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON data; `verify` checks the certificates in it."""
        return {
            "method": self.method.title,
            "step": str(time_step(self.method)),
            **{name: str(form) for name, form in self._forms.items()},
            "bound": _bound_text(self.bound),
            "steps": str(self.steps),
            "certificates": [json.loads(proof.to_json()) for proof in self.certificates],
        }

    def to_latex(self) -> str:
        """Return the result in LaTeX."""
        left = ("V_k", r"\dot V", "V_{k+1} - V_k", r"V_{k+1} - V_k - h \dot V")
        forms = zip(left, self._forms.values(), strict=True)
        rows = [rf"{name} &= {form.to_latex()} \\" for name, form in forms]
        if isinstance(self.bound, RemainderBound):
            rows += [rf"\bigl|{left[-1]}\bigr| &\le {self.bound.to_latex()} \\"]
        rows += [rf"V_{{k+1}} &\le V_k: \quad {self.steps.to_latex()}"]
        return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"])

    def __str__(self) -> str:
        lines = [f"  {name} = {form}" for name, form in self._forms.items()]
        lines += [f"    {_bound_text(self.bound)}", f"  decreases: {self.steps}"]
        step = scalar_text(time_step(self.method))
        return "\n".join([f"{self.method.title}, h = {step}", *lines])

    @property
    def _forms(self) -> dict[str, Form]:
        shown = {
            "V_k": self.V,
            "V̇": self.derivative,
            "V_{k+1} − V_k": self.change,
            "V_{k+1} − V_k − h V̇": self.remainder,
        }
        return {name: factored(readable(form)) for name, form in shown.items()}


def transfer(
    V: Form | str,
    method: Method,
    operator: OperatorClass = _MONOTONE,
    *,
    correction: Form | str | None = None,
    multipliers: Mapping[str, Any] | None = None,
    weights: Iterable[str] = (),
) -> Transfer:
    """Take a Lyapunov function of a flow to a discretisation, and find the steps it survives.

    In V the vector G becomes the value that the method keeps, if it keeps one, else g^k, and t
    becomes t_k.

    Parameters
    ----------
    V : Form or str
        Over the vectors of the flow ``method.flow()``, or text as in `prove_decrease`.
    method : Method
        The method; its step is taken to be the symbol ``alpha``, other parameters are numbers or
        symbols.
    operator : OperatorClass
        The class, with numbers or symbols for its constants.
    correction : Form or str, optional
        Added to V_k, and small with h; over the vectors of ``step_vectors(method)``, or text.
    multipliers : mapping, optional
        As in `prove_decrease`.
    weights : iterable of str
        Names of positive symbols in the correction that may be chosen, as in `decrease_region`.

    Raises
    ------
    ProblemError
        The clock of the method is not αk up to constants, the correction is not small, or the
        change of V_k is not h V̇ in the limit: V is not about the flow of the method.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> print(transfer("sq(Z - zstar)/2", SimGD(1)))
    simultaneous gradient descent-ascent, h = α
      V_k = 1/2 ‖z^k − z*‖²
      V̇ = −⟨G, Z − z*⟩
      V_{k+1} − V_k = −α ⟨g^k, z^k − z*⟩ + α²/2 ‖g^k‖²
      V_{k+1} − V_k − h V̇ = α²/2 ‖g^k‖²
        at most h² (1/2 ‖g^k‖²) in size, for every α > 0
      decreases: no α > 0: on linear skew operators V_k never decreases
    """
    symbolic = method.with_step(ALPHA)
    flow = symbolic.flow()
    names = {**constants(operator), **{name: Symbol(name, positive=True) for name in weights}}
    start = lyapunov_function(V, flow, names) if isinstance(V, str) else V
    added = (
        lyapunov_function(correction, symbolic, names)
        if isinstance(correction, str)
        else (correction or Form())
    )
    v, h, derivative = step_vectors(symbolic), time_step(symbolic), time_derivative(start, flow)
    discrete = _discrete(start, symbolic, v, value_at(_latest_known(v))) + added
    change = difference(discrete, symbolic)
    if excess := _limit(change / h, symbolic, v) - derivative:
        raise ProblemError(f"(V_(k+1) − V_k)/h does not tend to V̇ but differs by {excess}")
    if left := _limit(added, symbolic, v):
        raise ProblemError(f"the correction tends to {left}; it must vanish with the step")
    remainder = (change - h * _discrete(derivative, symbolic, v, v.g)).map(cancel)
    steps = step_range(discrete, symbolic, operator, multipliers=multipliers, weights=weights)
    bound = bound_remainder(remainder, symbolic, operator, h)
    return Transfer(symbolic, discrete, derivative, change, remainder, bound, steps)


def time_step(method: Method) -> Any:
    """Return h = t_{k+1} − t_k of a method whose steps of time are all the same.

    Raises
    ------
    ProblemError
        They are not.
    """
    k = Symbol("k", integer=True, nonnegative=True)
    h = cancel(sympify(method.time(k + 1) - method.time(k), strict=True))
    if k in h.free_symbols:
        raise ProblemError(
            f"the steps of time of {type(method).__name__} change with k: h = {h}, and transfer "
            "compares V_k with V̇ for one h. Give constant steps, e.g. p = 0 where there is a p, or "
            "prove the decrease of V_k itself with prove_decrease"
        )
    return h


def _bound_text(bound: RemainderBound | Unknown) -> str:
    return f"of unknown size: {bound.reason}" if isinstance(bound, Unknown) else str(bound)


def _discrete(form: Form, method: Method, v: StepVectors, g: Vector) -> Form:
    """Return a form of a flow over the vectors of a method, at the time t_k, with `g` for G."""
    last = _latest_known(v)
    quotient = (value_at(last + 1) - value_at(last)) / time_step(method)
    images = {"Z": v.z, "Z0": v.z0, "z*": v.zstar, "G": g, "Ġ": quotient}
    t = Symbol(TIME, positive=True)
    return form.substitute(images).map(
        lambda c: cancel(sympify(c, strict=True).subs(t, method.time(v.k)))
    )


def _latest_known(v: StepVectors) -> Fraction:
    """Return the offset of the value that is known before step k: of a kept one, or of g^k."""
    return min(Fraction(0), *(offset_of(point.label) for point in v.points))


def _limit(form: Form, method: Method, v: StepVectors) -> Form:
    """Return the limit of a form for small steps, at a fixed time, over the vectors of the flow.

    With a smooth solution behind the iterates, g^{k+x} = G + xhĠ and z^{k−1} = Z − hŻ up to
    terms of order h², as far as a form of order h is concerned.
    """
    w, h = flow_vectors(method.flow()), time_step(method)
    images = {"z^{k}": w.z, "z^{0}": w.z0, "z*": w.zstar}
    for point in v.points:
        x = offset_of(point.label)
        images[f"g^{{{point.label}}}"] = w.g + x * h * w.g_dot
        images[f"z^{{{label_at(x)}}}"] = w.z + x * h * w.z_dot
    k_at = (w.t - method.time(0 * v.k)) / h

    def at_zero(c: Any) -> Any:
        return cancel(cancel(sympify(c, strict=True).subs(v.k, k_at)).subs(ALPHA, 0))

    return form.substitute(images).map(at_zero)
