"""Everything that can be computed from a saddle problem, in whichever way it was stated."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ..convexity.convexity import Verdict
from ..errors import NotConvexConcaveWarning, ProblemError
from ..inclusions.set_valued import SetValuedOperator
from .operators import SaddleOperator
from .points import Array, as_points, check_point


class SaddleQuantities:
    """Operator, resolvent, saddle points and verdicts of a problem, from its operator object."""

    backend: SaddleOperator
    projection: Callable[[Array], Array] | None

    @property
    def n(self) -> int:
        """Number of primal variables."""
        return self.backend.n

    @property
    def m(self) -> int:
        """Number of dual variables."""
        return self.d - self.n

    @property
    def d(self) -> int:
        """Number of all variables, n + m."""
        return self.backend.d

    @property
    def is_affine(self) -> bool:
        """Whether G(z) = M z + q; for an expression this is decided by its coefficients."""
        return self.backend.is_affine

    @property
    def is_set_valued(self) -> bool:
        """Whether G(z) is a set: L has kinks, or a player carries a set or a term."""
        return self.backend.is_set_valued

    @property
    def matrix(self) -> Any:
        """M of G(z) = M z + q: ndarray, sparse array or LinearOperator; None if not affine."""
        return self.backend.matrix

    @property
    def offset(self) -> Array | None:
        """Vector q of G(z) = M z + q, shape (d,); None if not affine."""
        return self.backend.offset

    @property
    def exact_matrix(self) -> Any:
        """M with exact entries, a SymPy matrix; None if not affine or given by floats."""
        exact = self.backend.exact
        return None if exact is None else exact[0]

    @property
    def exact_offset(self) -> Any:
        """Vector q with exact entries, a SymPy column; None if not affine or given by floats."""
        exact = self.backend.exact
        return None if exact is None else exact[1]

    def value(self, z: Any) -> Array:
        """Value of the saddle function, L(z), shape (..., d) -> (...,).

        Raises
        ------
        ProblemError
            If the problem was given by its operator alone.
        """
        return self.backend.value(as_points(z, self.d))

    def operator(self, z: Any) -> Array:
        """Saddle operator G(z) = (∂_x L, −∂_u L), shape (..., d) -> (..., d).

        If it is set-valued the element of least norm; minus this is the right velocity of the
        gradient flow.

        Raises
        ------
        ProblemError
            A point violates a set: G is empty there.
        """
        return self.backend.operator(as_points(z, self.d))

    def subgradient(self, z: Any, rng: np.random.Generator | None = None) -> Array:
        """Element of G(z) without the normal cones of sets, shape (..., d) -> (..., d).

        For a differentiable L without terms it is G(z). At a kink it is the mean of the gradients
        of the pieces that meet there; with `rng` one of these, drawn for each point. With
        `project` it makes projected subgradient methods.

        Examples
        --------
        >>> from saddleode.flows import SaddleProblem
        >>> problem = SaddleProblem("abs(x) + x*u", "x", "u", primal_set="box(0, 1)")
        >>> problem.subgradient([0.0, 0.5])
        array([0.5, 0. ])
        >>> problem.subgradient([0.0, 0.5], np.random.default_rng(0))
        array([-0.5,  0. ])
        """
        z = as_points(z, self.d)
        if isinstance(self.backend, SetValuedOperator):
            return self.backend.subgradient(z, rng)
        return self.backend.operator(z)

    def project(self, z: Any) -> Array:
        """Nearest point at which both players respect their sets, shape (..., d) -> (..., d)."""
        z = as_points(z, self.d)
        return self.backend.project(z) if isinstance(self.backend, SetValuedOperator) else z

    def jacobian(self, z: Any) -> Any:
        """Jacobian DG(z), shape (..., d) -> (..., d, d).

        A sparse or matrix-free affine problem answers with M itself, in its storage. At a
        kink of L (Abs, Max, Min) it is one of the one-sided Jacobians or their mean.
        """
        return self.backend.jacobian(as_points(z, self.d))

    def jvp(self, z: Any, v: Any) -> Array:
        """Directional derivative DG(z) v, shape (..., d) -> (..., d)."""
        return self.backend.jvp(as_points(z, self.d), as_points(v, self.d, "v"))

    def resolvent(self, z: Any, step: float) -> Array:
        """Evaluate the resolvent J_s(z) = (I + s G)⁻¹(z), shape (..., d) -> (..., d).

        A linear solve if G is affine (factorisations are kept for the last step sizes; GMRES
        for a LinearOperator), damped Newton otherwise.

        Parameters
        ----------
        z : array_like, shape (..., d)
        step : float
            The step s ≥ 0.

        Raises
        ------
        IntegrationError
            If the residual stays too large; carries it.

        Examples
        --------
        >>> from saddleode.flows import SaddleProblem
        >>> SaddleProblem("x*u", "x", "u").resolvent([1.0, 0.0], 1.0)
        array([0.5, 0.5])
        """
        s = float(step)
        if not 0 <= s < np.inf:
            raise ProblemError(f"step is {step}; needed: a finite number, at least 0")
        return self.backend.resolvent(as_points(z, self.d), s)

    def saddle_point(self, start: Any = None) -> Array:
        """Saddle point z* with G(z*) = 0, shape (d,).

        Affine: the one of least norm, or the one nearest to `start`. Otherwise proximal-point
        and Newton steps from `start` (default 0), with a check of the residual.

        Raises
        ------
        ProblemError
            If G is affine and has no zero.
        IntegrationError
            If no zero was found; carries the residual.
        """
        if start is not None:
            start = as_points(check_point(start, self.d, "start"), self.d)
        if self.projection is not None:
            return np.array(self.projection(np.zeros(self.d) if start is None else start))
        return np.array(self.backend.saddle_point(start))

    def nearest_saddle(self, z: Any) -> Array:
        """Projection P(z) on the set of saddle points, shape (..., d) -> (..., d).

        Exact for affine G, and as given by the user otherwise. Without either, the set of
        saddle points is taken to be the single point `saddle_point()`.
        """
        z = as_points(z, self.d)
        if self.projection is not None:
            return np.asarray(self.projection(z), dtype=float)
        return self.backend.nearest_saddle(z)

    def distance(self, z: Any) -> Array:
        """Distance ‖z − P(z)‖ to the set of saddle points, shape (..., d) -> (...,)."""
        z = as_points(z, self.d)
        return np.asarray(np.linalg.norm(z - self.nearest_saddle(z), axis=-1))

    def lipschitz(self) -> float:
        """Lipschitz constant of an affine G, the spectral norm ‖M‖.

        Dense: exact to rounding. Sparse or matrix-free with d > 128: a Lanczos estimate from
        below with a relative error of about 1e-8.

        Raises
        ------
        ProblemError
            If G is not affine.
        """
        return self.backend.lipschitz()

    def convexity(self) -> Verdict:
        """Three-way verdict: is L convex in x and concave in u? See `Verdict`."""
        return self._verdict

    def warn_unless_convex_concave(self) -> None:
        """Emit NotConvexConcaveWarning if L is known not to be convex-concave."""
        if self._verdict.status == "refuted":
            warnings.warn(
                f"the theorems do not apply to this problem: {self._verdict.reason}",
                NotConvexConcaveWarning,
                stacklevel=2,
            )

    def check_point(self, z: Any, what: str = "z0") -> Array:
        """Check a starting point of shape (d,), or N of them (N, d); returns a float copy.

        Raises
        ------
        ProblemError
            If the shape is another one or a coordinate is not a finite real number.
        """
        return check_point(z, self.d, what)

    @cached_property
    def _verdict(self) -> Verdict:
        return self.backend.convexity()
