"""The symbol reading: a method on G = multiplication by λ, that is, its linear stability."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from ...discretize.method import Method, numerical
from ...discretize.operators import Operator, ResolventOperator
from ...flows.errors import ProblemError
from ...flows.formulas.scalar import scalar
from .vector import Vector


def has_amplification_matrix(method: Method) -> bool:
    """Whether a method has an amplification matrix: it asks G for values and resolvents only.

    Examples
    --------
    >>> from saddleode.discretize import SimGD
    >>> from saddleode.discretize.methods.alternating import AlternatingGDA
    >>> has_amplification_matrix(SimGD(1)), has_amplification_matrix(AlternatingGDA(1))
    (True, False)
    """
    return method.needs in (Operator, ResolventOperator)


@dataclass(frozen=True)
class Multiplication:
    """The operator ``G(z) = λz`` on formal vectors, with its resolvent ``J_s(z) = z/(1+sλ)``.

    Parameters
    ----------
    eigenvalue : number or SymPy expression
        λ.
    """

    eigenvalue: Any

    def __call__(self, z: Vector) -> Vector:
        """Return λz."""
        return cast(Vector, z * self.eigenvalue)

    def resolvent(self, z: Vector, step: Any) -> Vector:
        """Return z/(1 + sλ) for s = `step`."""
        return cast(Vector, z / (1 + step * self.eigenvalue))


def amplification_matrix(method: Method, eigenvalue: Any, k: Any = 0) -> Any:
    """Amplification matrix of a method: step `k` on ``G(z) = λz``, as a matrix on its state.

    The state is (z^k,) for simGD, (z^k, G(z^{k−1})) for SimGD-O and (z^k, z^0) for SimGD-A. For
    ``G(z) = Mz`` the method multiplies the part of its state along an eigenvector of M by this
    matrix; a method that does not change with k converges there iff its eigenvalues are < 1.
    The resolvent multiplies by 1/(1+sλ). A method that uses G by players, or by coordinates, is
    not read on one number λ: see `state_matrix` for the former.

    Parameters
    ----------
    method : Method
        The method.
    eigenvalue : float, complex, int, Fraction or SymPy expression
        λ. Floating point numbers give floating point, everything else stays exact.
    k : int or SymPy expression
        The step; matters only to methods that change with k.

    Returns
    -------
    ndarray of complex or sympy.Matrix, shape (s, s)
        The matrix, s the length of the state: an array for a floating point λ.

    Raises
    ------
    ProblemError
        λ is a floating point number and a parameter of the method is a symbol; or the method
        needs more of G than values and resolvents.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import OptimisticSimGD
    >>> alpha, beta, lamda = symbols("alpha beta lambda")
    >>> amplification_matrix(OptimisticSimGD(alpha, beta), lamda)
    Matrix([
    [-alpha*lambda - beta*lambda + 1, beta],
    [                         lambda,    0]])
    """
    if _is_floating(eigenvalue):
        rows = amplification_rows(numerical(method), complex(eigenvalue), k)
        return np.array(rows, dtype=np.complex128)
    from sympy import Matrix

    exact = scalar(eigenvalue, "eigenvalue"), scalar(k, "k")
    return Matrix(amplification_rows(method, *exact))


def amplification_rows(method: Method, eigenvalue: Any, k: Any = 0) -> list[list[Any]]:
    """Rows of the amplification matrix, in whatever algebra λ and the parameters belong to.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from saddleode.discretize import SimGD
    >>> amplification_rows(SimGD(Fraction(1, 3)), Fraction(1, 2))
    [[Fraction(5, 6)]]
    """
    G = Multiplication(eigenvalue)
    names = [f"s{i}" for i in range(len(method.start(G, Vector.generator("z"))))]
    state = method.step(G, tuple(map(Vector.generator, names)), k)
    return [[entry.coefficient(name) for name in names] for entry in state]


def stability_function(method: Method, eigenvalue: Any, k: Any = 0) -> Any:
    """Stability function R(λ) of a one-step method: ``z^{k+1} = R(λ) z^k`` on ``G(z) = λz``.

    Parameters
    ----------
    method : Method
        Method whose state is the iterate alone.
    eigenvalue, k
        As for `amplification_matrix`.

    Returns
    -------
    complex or SymPy expression
        R(λ).

    Raises
    ------
    ProblemError
        The method remembers more than z^k; `characteristic_polynomial` takes the place of R.

    Examples
    --------
    >>> from sympy import symbols
    >>> from saddleode.discretize import SimGD
    >>> stability_function(SimGD(symbols("alpha")), symbols("lambda"))
    -alpha*lambda + 1
    """
    matrix = amplification_matrix(method, eigenvalue, k)
    if matrix.shape != (1, 1):
        raise ProblemError(
            f"{type(method).__name__} carries {matrix.shape[0]} vectors from step to step, a "
            "stability function needs one; use characteristic_polynomial or amplification_matrix"
        )
    return matrix[0, 0]


def characteristic_polynomial(method: Method, eigenvalue: Any, k: Any = 0) -> tuple[Any, ...]:
    """Characteristic polynomial in ρ of the amplification matrix of a method.

    Parameters
    ----------
    method, eigenvalue, k
        As for `amplification_matrix`.

    Returns
    -------
    tuple
        Coefficients, highest power first; complex for a floating point λ, else exact.

    Raises
    ------
    ProblemError
        λ is a floating point number and a parameter of the method is a symbol.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from sympy import symbols
    >>> from saddleode.discretize import OptimisticSimGD
    >>> characteristic_polynomial(OptimisticSimGD(1, Fraction(1, 2)), symbols("lambda"))
    (1, 3*lambda/2 - 1, -lambda/2)
    """
    matrix = amplification_matrix(method, eigenvalue, k)
    if isinstance(matrix, np.ndarray):
        return tuple(complex(c) for c in np.poly(matrix))
    return tuple(matrix.charpoly().all_coeffs())


def _is_floating(value: Any) -> bool:
    exact = isinstance(value, numbers.Rational) or hasattr(value, "free_symbols")
    return isinstance(value, numbers.Complex) and not exact
