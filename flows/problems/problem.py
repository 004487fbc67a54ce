"""Saddle problems min_x max_u L(x, u), from an expression, from matrices or from functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, Unpack

from ..inclusions.construction import Carried, constrained
from .callables import callable_operator
from .from_expression import declared, expression_operator, operator_expressions
from .matrices import affine_operator, quadratic_operator
from .operators import SaddleOperator
from .points import Array
from .printing import latex, long_form, short_form
from .quantities import SaddleQuantities
from .remembering import Remembering


class Options(Carried, total=False):
    """What every constructor of a problem takes: a name, a projection, sets and terms."""

    name: str | None
    nearest_saddle: Callable[[Array], Array] | None


@dataclass(frozen=True, init=False, repr=False, eq=False)
class SaddleProblem(SaddleQuantities, Remembering):
    """Saddle problem min over x, max over u of L(x, u), with its operator G = (∂_x L, −∂_u L).

    Points are z = (x, u): arrays of shape (..., d), d = n + m, the n primal coordinates first.
    Operator, Jacobian, value and resolvent work over all leading axes. Whether G is affine,
    G(z) = M z + q, is read off exactly from the coefficients of L. A problem never changes.

    Players may be confined to convex sets X and U and carry convex terms f and g, and L may have
    kinks (Abs, Max, Min): ``min_{x ∈ X} max_{u ∈ U} L(x, u) + f(x) − g(u)``. Then G is set-valued,
    ``∂_x L + ∂f + N_X`` for x and alike for u, N_X the normal cone, and `operator` returns its
    element of least norm.

    Parameters
    ----------
    L : sympy.Expr or str
        The saddle function; text is read by `parse_expression`.
    primal, dual : str, sympy.Symbol or sequence of these
        Variables of the minimising and of the maximising player: ``"x"``, ``"x1 x2"``,
        ``"x1, x2"``, ``[x1, x2]``.
    name : str, optional
        A name for titles.
    nearest_saddle : callable, optional
        Projection P on the set of saddle points, (..., d) -> (..., d). Needed when that set
        is not a single point and G is neither affine nor piecewise affine.
    **carried
        ``primal_set``, ``dual_set``, ``primal_term``, ``dual_term``: what the players carry, as
        terms such as ``Simplex()`` or as text such as ``"box(-1, 1)"``.

    Raises
    ------
    ProblemError
        If L is not a real function of exactly the declared variables, is not convex-concave at
        a kink, or a set or term does not fit its player.

    See Also
    --------
    bilinear, quadratic, affine, from_operator : other ways to state a problem.

    Examples
    --------
    >>> problem = SaddleProblem("0.2*x**2 + x*u", "x", "u")
    >>> problem.operator([1.0, 2.0])
    array([ 2.4, -1. ])
    >>> problem.is_affine, problem.n, problem.m
    (True, 1, 1)
    >>> SaddleProblem("abs(x) + x*u", "x", "u", dual_set="box(0, 1)").operator([0.0, 0.5])
    array([0., 0.])
    """

    backend: SaddleOperator
    L: Any
    primal: tuple[Any, ...]
    dual: tuple[Any, ...]
    name: str | None
    projection: Callable[[Array], Array] | None

    def __init__(
        self,
        L: Any,
        primal: Any,
        dual: Any,
        *,
        name: str | None = None,
        nearest_saddle: Callable[[Array], Array] | None = None,
        **carried: Unpack[Carried],
    ) -> None:
        L, xs, us = declared(L, primal, dual)
        self._fill(expression_operator(L, xs, us, **carried), L, xs, us, name, nearest_saddle)

    def _fill(self, *values: Any) -> None:
        names = ("backend", "L", "primal", "dual", "name", "projection")
        for field, value in zip(names, values, strict=True):
            object.__setattr__(self, field, value)

    @classmethod
    def _of(
        cls,
        backend: SaddleOperator,
        name: str | None = None,
        nearest_saddle: Callable[[Array], Array] | None = None,
        **carried: Unpack[Carried],
    ) -> Self:
        problem = cls.__new__(cls)
        whole = constrained(backend, backend.n, **carried)
        problem._fill(whole, None, (), (), name, nearest_saddle)
        return problem

    @classmethod
    def from_text(cls, text: str, primal: Any, dual: Any, **options: Unpack[Options]) -> Self:
        """Saddle problem from a formula as text: the same as ``SaddleProblem(text, …)``.

        Raises
        ------
        ExpressionError
            If the text is not a formula of the grammar; points at the character at fault.
        """
        return cls(text, primal, dual, **options)

    @classmethod
    def bilinear(cls, A: Any, b: Any = None, c: Any = None, **options: Unpack[Options]) -> Self:
        """Bilinear saddle problem L = xᵀA u + bᵀx + cᵀu.

        Parameters
        ----------
        A : array_like, sparse array or LinearOperator, shape (n, m)
        b, c : array_like, shape (n,) and (m,), optional
            Linear terms, default zero.
        **options
            As for the constructor.

        Examples
        --------
        >>> SaddleProblem.bilinear([[2.0]]).operator([1.0, 3.0])
        array([ 6., -2.])
        """
        return cls._of(quadratic_operator(None, A, None, b, c), **options)

    @classmethod
    def quadratic(
        cls, P: Any, A: Any, Q: Any, b: Any = None, c: Any = None, **options: Unpack[Options]
    ) -> Self:
        """Quadratic saddle problem L = ½xᵀP x + xᵀA u − ½uᵀQ u + bᵀx + cᵀu.

        Then G(z) = (P x + A u + b, −Aᵀx + Q u − c); it is monotone iff P and Q are positive
        semidefinite.

        Parameters
        ----------
        P, A, Q : array_like, sparse array, LinearOperator or None
            Shapes (n, n), (n, m), (m, m); P and Q symmetric; None for P or Q is zero. One
            sparse block makes the whole problem sparse, one LinearOperator makes it
            matrix-free. Integers, Fractions and SymPy numbers are kept exactly as well.
        b, c : array_like, shape (n,) and (m,), optional
            Linear terms, default zero.
        **options
            As for the constructor.

        Raises
        ------
        ProblemError
            If shapes do not fit, P or Q is not symmetric, or an entry is not finite and real.

        Examples
        --------
        >>> SaddleProblem.quadratic([[2.0]], [[1.0]], [[4.0]]).operator([1.0, 1.0])
        array([3., 3.])
        """
        return cls._of(quadratic_operator(P, A, Q, b, c), **options)

    @classmethod
    def affine(cls, M: Any, q: Any, n: int, **options: Unpack[Options]) -> Self:
        """Problem of an affine operator G(z) = M z + q with n primal coordinates.

        L exists only if M = [[P, A], [−Aᵀ, Q]] with symmetric P and Q; every other M is
        accepted as well, `value` is then refused.

        Parameters
        ----------
        M : array_like, sparse array or LinearOperator, shape (d, d)
        q : array_like, shape (d,), or None
            None is zero.
        n : int
            Number of primal coordinates, 0 < n < d.
        **options
            As for the constructor.

        Examples
        --------
        >>> SaddleProblem.affine([[0.0, 1.0], [-1.0, 0.0]], None, 1).operator([1.0, 3.0])
        array([ 3., -1.])
        """
        return cls._of(affine_operator(M, q, n), **options)

    @classmethod
    def from_operator(
        cls,
        G: Callable[[Array], Any],
        n: int,
        m: int,
        jacobian: Callable[[Array], Any] | None = None,
        **options: Unpack[Options],
    ) -> Self:
        """Saddle problem given by its operator as a plain function.

        Parameters
        ----------
        G : callable
            (..., d) -> (..., d), d = n + m. A function of single points is called in a loop.
        n, m : int
            Numbers of primal and dual variables.
        jacobian : callable, optional
            (..., d) -> (..., d, d). Without it: central differences, error about 1e-10.
        **options
            As for the constructor.

        Raises
        ------
        ProblemError
            If G or the Jacobian fails on a probe point in (0, 1)^d, or answers with another
            shape or with values that are not finite.

        Examples
        --------
        >>> SaddleProblem.from_operator(lambda z: z**3, 1, 1).operator([1.0, 2.0])
        array([1., 8.])
        """
        return cls._of(callable_operator(G, n, m, jacobian), **options)

    @cached_property
    def expressions(self) -> tuple[Any, ...] | None:
        """Components of G as SymPy expressions; None if there are none or G is set-valued."""
        return None if self.L is None or self.is_set_valued else operator_expressions(self)

    def to_latex(self) -> str:
        """L and G as LaTeX, in an aligned environment."""
        return latex(self)

    def __repr__(self) -> str:
        return short_form(self)

    def __str__(self) -> str:
        return long_form(self)
