"""In which variable a flow is integrated: in Z itself, or in W = Z + βG(Z) by the resolvent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from ..errors import IntegrationError, ProblemError
from ..flow import Flow, anchor_moves, anchor_velocity, rates, weights
from ..problems.krylov_solves import LARGEST_DENSE, krylov_solve
from ..problems.points import Array
from ..problems.problem import SaddleProblem

UNSOLVED = 1e-9  # relative residual of a linear system that would show in a trajectory


class Form(Protocol):
    """Form of a flow: a variable Y that determines Z, and its equation Ẏ = rate(t, Y).

    A form is made from a flow (with floats for parameters), a problem and the anchors (N, d);
    all its arrays have shape (..., d), but states may be longer.
    """

    @property
    def flow(self) -> Flow:
        """The flow, with floats for parameters."""

    @property
    def problem(self) -> SaddleProblem:
        """The problem."""

    def state(self, z: Array) -> Array:
        """Return Y for a point Z."""

    def rate(self, t: float, state: Array) -> Array:
        """Return Ẏ."""

    def point(self, state: Array) -> Array:
        """Return Z for a state Y."""


@dataclass(frozen=True, eq=False)
class VelocityForm:
    """Velocity form: Y = Z, and ``(I − b DG(Z)) Ż = velocity(t, Z, Z0, G(Z), 0)``.

    b is the weight of d/dt G in the flow, −β for the optimistic one; for the others there is
    no linear system to solve. If the anchor of the flow moves, Y is Z followed by the anchor,
    shape (..., 2d).

    Parameters
    ----------
    flow : Flow
        The flow, with floats for parameters.
    problem : SaddleProblem
        The problem; its Jacobian is used if b ≠ 0.
    anchor : ndarray, shape (N, d)
        The anchors Z0.

    Examples
    --------
    >>> from saddleode.flows import OptimisticFlow, SaddleProblem
    >>> z = np.array([1.0, 0.0])
    >>> form = VelocityForm(OptimisticFlow(1.0, 1.0), SaddleProblem("x*u", "x", "u"), z)
    >>> form.rate(0.0, z)
    array([-0.5,  0.5])
    """

    flow: Flow
    problem: SaddleProblem
    anchor: Array

    @cached_property
    def anchor_moves(self) -> bool:
        """Whether the anchor is part of the state."""
        return anchor_moves(self.flow)

    def state(self, z: Array) -> Array:
        """Return `z` itself, or followed by the anchor."""
        return np.concatenate([z, self.anchor], axis=-1) if self.anchor_moves else z

    def point(self, state: Array) -> Array:
        """Return the Z in `state`."""
        return state[..., : self.problem.d]

    def rate(self, t: float, state: Array) -> Array:
        """Return Ẏ, of the shape of `state`.

        Raises
        ------
        IntegrationError
            The matrix I − b DG(Z) is singular.
        """
        if not self.anchor_moves:
            return self._velocity(t, state, self.anchor, self.problem.operator(state))
        z, anchor = np.split(state, 2, axis=-1)
        g = self.problem.operator(z)
        moves = anchor_velocity(self.flow, t, z, anchor, g)
        return np.concatenate([self._velocity(t, z, anchor, g), moves], axis=-1)

    def _velocity(self, t: float, z: Array, anchor: Array, g: Array) -> Array:
        velocity = self.flow.velocity(t, z, anchor, g, 0.0)
        beta = -weights(self.flow, t).g_dot
        return self._solve(z, velocity, beta) if np.any(beta) else velocity

    def _solve(self, z: Array, velocity: Array, beta: Any) -> Array:
        """Return (I + β DG(z))⁻¹ velocity."""
        if self.problem.is_affine and not np.ndim(beta):
            # J_β(v + βq) = (I + βM)⁻¹v, factorised once
            return self.problem.resolvent(velocity + beta * np.asarray(self.problem.offset), beta)
        if self._matrix_free:
            return self._solve_by_products(z, velocity, beta)
        matrix = np.eye(self.problem.d) + np.asarray(beta)[..., None] * self.problem.jacobian(z)
        try:
            solution = np.linalg.solve(matrix, velocity[..., None])
        except np.linalg.LinAlgError:
            raise IntegrationError(
                f"I + βDG(Z) is singular at β = {np.max(beta):g}: the problem is not "
                "convex-concave there; take a smaller β or another start"
            ) from None
        return np.asarray(solution[..., 0])

    @cached_property
    def _matrix_free(self) -> bool:
        """Whether DG is known, or better known, by its products."""
        if self.problem.is_affine:
            return not isinstance(self.problem.matrix, np.ndarray)
        return self.problem.expressions is None and self.problem.d > LARGEST_DENSE

    def _solve_by_products(self, z: Array, velocity: Array, beta: Any) -> Array:
        """(I + β DG(z))⁻¹ velocity, row by row."""
        solution = np.empty_like(velocity)
        steps = np.broadcast_to(beta, (*z.shape[:-1], 1))[..., 0]
        for row in np.ndindex(z.shape[:-1]):
            step = float(steps[row])
            solution[row], residual = krylov_solve(self.problem.jvp, z[row], step, velocity[row])
            if not residual <= UNSOLVED:
                raise IntegrationError(
                    f"(I + βDG(Z))v = w with β = {step:g}: GMRES stopped at relative residual "
                    f"{residual:.2g}; take a smaller β, give the Jacobian as a sparse array or "
                    "LinearOperator if it is not given, or form=ResolventForm"
                )
        return solution


@dataclass(frozen=True, eq=False)
class ResolventForm:
    """Resolvent form: Y = W = Z + βG(Z), ``Ẇ = −αG(Z)`` with ``Z = J_βW = (I + βG)⁻¹W``.

    No derivative of G is needed, and the right-hand side is Lipschitz with constant α/β
    whatever monotone G is. Source: Ryu, Yuan, Yin 2019.

    Parameters
    ----------
    flow : Flow
        A flow without anchor term, with floats for parameters.
    problem : SaddleProblem
        The problem; its resolvent is used.
    anchor : ndarray
        Not used: there is no anchor term.

    Raises
    ------
    ProblemError
        The flow has an anchor term, or weights that change with t.

    Examples
    --------
    >>> from saddleode.flows import OptimisticFlow, SaddleProblem
    >>> z = np.array([1.0, 0.0])
    >>> form = ResolventForm(OptimisticFlow(1.0, 2.0), SaddleProblem("x*u", "x", "u"), z)
    >>> form.state(z)
    array([ 1., -2.])
    """

    flow: Flow
    problem: SaddleProblem
    anchor: Array

    def __post_init__(self) -> None:
        gamma, beta = rates(self.flow).gamma, rates(self.flow).beta
        if np.ndim(beta):
            raise ProblemError("the resolvent form needs one beta for all members; give one")
        if np.any(gamma != 0):
            raise ProblemError(
                f"the {self.flow.name} flow has an anchor term; its form must be VelocityForm"
            )

    @property
    def beta(self) -> float:
        """Step β of the resolvent."""
        return float(rates(self.flow).beta)

    def state(self, z: Array) -> Array:
        """Return W = Z + βG(Z)."""
        return z + self.beta * self.problem.operator(z)

    def point(self, state: Array) -> Array:
        """Return Z = J_βW."""
        return self.problem.resolvent(state, self.beta)

    def rate(self, t: float, state: Array) -> Array:
        """Return Ẇ, shape (..., d)."""
        z = self.point(state)
        velocity = self.flow.velocity(t, z, self.anchor, self.problem.operator(z), 0.0)
        return np.asarray(velocity)
