"""The Schur–Cohn criterion: whether all roots of a polynomial are inside the unit circle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def schur_cohn_minors(
    coefficients: Sequence[Any], conjugate: Callable[[Any], Any], zero: Any
) -> list[Any]:
    """Leading principal minors of the Schur–Cohn matrix of ``a_n ρⁿ + … + a_0``.

    All roots have ``|ρ| < 1`` iff all minors are > 0. The matrix is Hermitian, with the entries
    ``S_ij = Σ_{k≤min(i,j)} (a_{n−i+k} ā_{n−j+k} − ā_{i−k} a_{j−k})``, i, j = 0, …, n−1; its
    determinant is 0 iff a root is on the circle, or two are mirror images in it.

    Source: Schur 1918; Cohn 1922.

    Parameters
    ----------
    coefficients : sequence
        a_n, …, a_0, highest power first, in any commutative ring.
    conjugate : callable
        Complex conjugation in that ring.
    zero : ring element
        Its zero.

    Returns
    -------
    list
        The n minors, real elements of the ring.

    Examples
    --------
    >>> schur_cohn_minors([4, 0, 1], lambda a: a, 0)  # ρ = ±i/2
    [15, 225]
    """
    a, n = list(coefficients)[::-1], len(coefficients) - 1
    entries = [
        [
            sum(
                (
                    a[n - i + k] * conjugate(a[n - j + k]) - conjugate(a[i - k]) * a[j - k]
                    for k in range(min(i, j) + 1)
                ),
                zero,
            )
            for j in range(n)
        ]
        for i in range(n)
    ]
    return [determinant([row[:size] for row in entries[:size]], zero) for size in range(1, n + 1)]


def determinant(rows: Sequence[Sequence[Any]], zero: Any) -> Any:
    """Return the determinant, by its first row and without division: for matrices of few rows."""
    if len(rows) == 1:
        return rows[0][0]
    total = zero
    for j, entry in enumerate(rows[0]):
        minor = determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]], zero)
        total = total + (entry * minor if j % 2 == 0 else -(entry * minor))
    return total
