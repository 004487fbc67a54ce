"""EAG-C and EAG-V: steps, potentials and constants derived again, exactly, from the recursion.

Both rest on V_k = A_k‖g^k‖² + (k+1)⟨g^k, z^k − z^0⟩. With MON = ⟨z^k − z^{k+1}, g^k − g^{k+1}⟩ ≥ 0
and LIP = R²‖h^k − z^{k+1}‖² − ‖G(h^k) − g^{k+1}‖² ≥ 0, V_k − V_{k+1} − λ MON − τ LIP is a form in
(g^k, G(h^k), g^{k+1}) alone when λ = (k+1)(k+2): its sign is left to show. The bounds follow
from V_0 = A_0‖g^0‖² ≤ A_0R²D² and V_k ≥ (A_k/2)‖g^k‖² − (k+1)²D²/(2A_k), D = ‖z^0 − z*‖.
"""

from fractions import Fraction

import pytest
import sympy

from saddleode.analysis.readings.vector import Vector
from saddleode.discretize import EAGC, EAGV

NAMES = ("g", "gh", "g+")
k = sympy.Symbol("k", nonnegative=True)
b = sympy.Symbol("b", nonnegative=True)
x = sympy.Symbol("x", positive=True)  # α²R²


def remainder(alpha, R, A, A_next, tau):
    """Matrix of V_k − V_{k+1} − λ MON − τ LIP in (g^k, G(h^k), g^{k+1}), from the method's step."""
    z0, z, g, gh, g_next = map(Vector.generator, ("z0", "z", *NAMES))
    asked = []

    def G(point):
        asked.append(point)
        return (g, gh)[len(asked) - 1]

    z_next = EAGC(alpha).step(G, (z, z0), k)[0]
    lip = R**2 * square(asked[1] - z_next) - square(gh - g_next)
    mon = (z - z_next) @ (g - g_next)
    V = A * square(g) + (k + 1) * (g @ (z - z0))
    V_next = A_next * square(g_next) + (k + 2) * (g_next @ (z_next - z0))
    form = (V - V_next - (k + 1) * (k + 2) * mon - tau * lip).map(sympy.cancel)
    assert set(form.generators) <= set(NAMES)  # z and z0 have cancelled
    half = sympy.Rational(1, 2)
    return sympy.Matrix(
        3,
        3,
        lambda i, j: form.coefficient(NAMES[i], NAMES[j]) * (1 if i == j else half),
    )


def square(v):
    return v @ v


def weight(alpha, at=k):
    """A_k of EAG-C, for R = 1."""
    return alpha / 2 * (at + 1) * (at + 1 + (1 - alpha) / (1 + alpha))


def test_eag_c_potential_never_increases() -> None:
    """With α = 1/(8 + b), R = 1, all leading minors have coefficients ≥ 0 in k and b."""
    alpha = 1 / (8 + b)
    tau = (k + 1) * (k + 2) / (4 * alpha)
    M = remainder(alpha, 1, weight(alpha), weight(alpha, k + 1), tau)
    for size in (1, 2, 3):
        top, bottom = sympy.fraction(sympy.cancel(M[:size, :size].det()))
        for polynomial in (sympy.Poly(top, k, b), sympy.Poly(bottom, k, b)):
            assert min(polynomial.coeffs()) > 0


def test_eag_c_constant_is_what_the_potential_gives() -> None:
    """(A_k/2)‖g^k‖² ≤ (A_0 + (k+1)²/(2A_k))D² with A_k ≥ α(k+1)²/2: the bound of the docstring."""
    alpha = sympy.Symbol("alpha", positive=True)
    slack = sympy.cancel(weight(alpha) - alpha * (k + 1) ** 2 / 2)
    assert sympy.simplify(slack - alpha * (k + 1) * (1 - alpha) / (2 * (1 + alpha))) == 0
    bound = (weight(alpha, 0) + 1 / alpha) * 4 / alpha
    assert sympy.cancel(bound - 4 * (1 + alpha + alpha**2) / (alpha**2 * (1 + alpha))) == 0
    assert 259 < bound.subs(alpha, Fraction(1, 8)) < 260


def test_eag_v_steps_are_the_largest_of_their_potential() -> None:
    """With A_k = α_k(k+1)(k+2)/2 the form is a square exactly for EAG-V's α_{k+1}.

    For τ = A_k/(α_k²R²) only the block of (G(h), g⁺) is left, and the recursion makes its
    determinant 0; τ cannot be larger, as ‖g‖² has the coefficient A_k − τα_k²R², and for smaller τ
    the largest A_{k+1}, which is A_k + 2c − c²/(τ − A_k) with c = A_k/(k+1), is smaller.
    """
    R = 1
    alpha = sympy.sqrt(x)
    after = alpha / (1 - x) * (1 - (k + 2) ** 2 / ((k + 1) * (k + 3)) * x)
    A, A_next = alpha * (k + 1) * (k + 2) / 2, after * (k + 2) * (k + 3) / 2
    M = remainder(alpha, R, A, A_next, A / x).applyfunc(sympy.simplify)
    assert M[0, :].is_zero_matrix and M[:, 0].is_zero_matrix
    assert sympy.simplify(M[1:, 1:].det()) == 0
    assert sympy.simplify(M[1, 1] - (1 - x) * A / x) == 0  # ≥ 0 as x < 1
    # and this is the recursion that the method follows
    method = EAGV(Fraction(3, 7), 1)
    for step in range(5):
        expected = after.subs({k: step, alpha: method.step_size(step)})
        expected = expected.subs(x, method.step_size(step) ** 2)
        assert sympy.Rational(expected - method.step_size(step + 1)) == 0


def test_eag_v_steps_stay_positive_below_three_quarters() -> None:
    """α_{k+1}/α_k = 1 − c_k x_k/(1−x_k), c_k = 1/((k+1)(k+3)); x/(1−x) < 9/7 for αR < 3/4.

    The factors are at least 1 − (9/7)c_k > 0 and Σc_k = 3/4, so that the product is positive.
    """
    assert sympy.summation(1 / ((k + 1) * (k + 3)), (k, 0, sympy.oo)) == sympy.Rational(3, 4)
    assert Fraction(9, 16) / (1 - Fraction(9, 16)) == Fraction(9, 7)
    assert 1 - Fraction(9, 7) / 3 > 0


@pytest.mark.parametrize(("alpha", "limit", "constant"), [(0.618, 0.437, 27)])
def test_eag_v_constant(alpha, limit, constant) -> None:
    """(A_k/2)‖g^k‖² ≤ (α_0 + (k+1)/(α_k(k+2)))D²: with α_k ≥ α_∞ the bound of the docstring.

    Steps decrease, and α_k is within a factor 1 − 1e-5 of the limit: Σ_{j≥k} c_j < 1/k.
    """
    last = EAGV(alpha).step_size(200_000)
    assert last == pytest.approx(limit, abs=5e-4)
    assert constant - 1 < 4 * (1 + alpha * last) / last**2 < constant
