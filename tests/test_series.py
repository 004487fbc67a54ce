"""Rooted trees, series in 1/k and B-series against independent computations."""

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy

from saddleode.analysis.series.b_series import Derivation, composition, exponential, logarithm
from saddleode.analysis.series.backward_error import modified_equation
from saddleode.analysis.series.differential_text import differential_text
from saddleode.analysis.series.differentials import ExactDifferentials, elementary_differential
from saddleode.analysis.series.index_series import IndexSeries
from saddleode.analysis.series.scalars import Scalars
from saddleode.analysis.series.trees import Tree, graft, symmetry, tree, vertices
from saddleode.discretize import METHODS, AlternatingGDA, Extragradient, ProximalPoint, SimGD
from saddleode.discretize.methods.gradient_steps import GradientSteps
from saddleode.discretize.operators import ResolventOperator, with_resolvent
from saddleode.flows import ProblemError

X, U, S = sympy.symbols("x u s")
LEAF = tree("G")
FIELD = (X * U / 2 + U - X**2 / 3, -X + U * X + U**2 / 5)  # nothing special about it
ORDER = 2


class Midpoint(GradientSteps):
    """Implicit midpoint rule, ``z⁺ = 2J_{s/2}(z) − z``."""

    needs = ResolventOperator
    title = "implicit midpoint rule"

    def step(self, G, state, k):
        (z,) = state
        return (2 * with_resolvent(G, self).resolvent(z, self.alpha / 2) - z,)


def by_differentials(terms, field=FIELD) -> list:
    """Value of ``Σ c(τ) F(τ)`` for G = field."""
    derivative, known = ExactDifferentials((X, U), field, 1, 4), {}
    found = [0, 0]
    for tau, c in terms.items():
        value = elementary_differential(tau, derivative, known)
        found = [f + c * v for f, v in zip(found, value, strict=True)]
    return [sympy.expand(f) for f in found]


def lie(field, f):
    """Derivative of f along a field."""
    return sum(f.diff(z) * v for z, v in zip((X, U), field, strict=True))


def rooted_trees(count: int) -> tuple[Tree, ...]:
    """All rooted trees of so many vertices, grown leaf by leaf."""
    if count == 1:
        return (LEAF,)
    return tuple({tau for stock in rooted_trees(count - 1) for tau in graft(LEAF, stock)})


def test_numbers_of_trees() -> None:
    """OEIS A000081."""
    assert [len(rooted_trees(n)) for n in range(1, 9)] == [1, 1, 2, 4, 9, 20, 48, 115]


def test_symmetries_and_numbers_of_graftings() -> None:
    """Growing leaf by leaf from one vertex, τ occurs |τ|!/(σ(τ) τ!) times: α(τ) of Butcher."""
    occurrences = {LEAF: 1}
    for _ in range(4):
        grown: dict = {}
        for stock, count in occurrences.items():
            for tau, times in graft(LEAF, stock).items():
                grown[tau] = grown.get(tau, 0) + count * times
        occurrences = grown
    assert sum(occurrences.values()) == 24
    for tau, count in occurrences.items():
        assert count * symmetry(tau) * density(tau) == 120


def density(tau) -> int:
    product = vertices(tau)
    for branch in tau.branches:
        product *= density(branch)
    return product


def test_exponential_is_the_taylor_series_of_the_flow() -> None:
    """Coefficient of F(τ) in the flow of G for time 1 is 1/(σ(τ) τ!), and log undoes it."""
    none: list = [{} for _ in range(7)]
    field = [{}, {LEAF: Fraction(1)}, *none[2:]]
    zero = lambda tau, n: 0  # noqa: E731
    flow = exponential(none, 1, Derivation(field, (), zero), 1)
    for n in range(1, 7):
        expected = {t: Fraction(1, symmetry(t) * density(t)) for t in rooted_trees(n)}
        assert flow[n] == expected
    assert logarithm(flow, (), zero) == field
    back = exponential(flow, 1, Derivation(field, (), zero), -1)
    assert all(not terms for terms in back)


def test_composition_is_the_taylor_expansion() -> None:
    """G at z + G(z) + DG·G(z)/2, expanded by SymPy in a parameter and by the product rule."""
    increment = [{}, {LEAF: Fraction(1)}, {tree("G", [LEAF]): Fraction(1, 2)}, {}, {}]
    found = composition(["G"], increment)
    moved = {z: z + S * g + S**2 * lie(FIELD, g) / 2 for z, g in zip((X, U), FIELD, strict=True)}
    for i, g in enumerate(FIELD):
        exact = sympy.expand(g.subs(moved, simultaneous=True))
        for n in range(1, 5):
            assert sympy.expand(exact.coeff(S, n - 1) - by_differentials(found[n])[i]) == 0


def truncated(expression, order: int):
    """Polynomial in s without the powers above `order`."""
    expanded = sympy.expand(expression)
    return sum(expanded.coeff(S, n) * S**n for n in range(order + 1))


def taylor_of_modified(equation, order: int) -> list:
    """Coefficients of s^n, n ≤ order + 1, of the flow of a modified equation for time s."""
    field = [0, 0]
    for term in equation.terms:
        value = by_differentials({term.tree: term.coefficient * S**term.step_power})
        field = [f + v for f, v in zip(field, value, strict=True)]
    found = []
    for z in (X, U):
        total, derivative = z, z
        for j in range(1, order + 2):
            derivative = truncated(lie(field, derivative), order + 1 - j)
            total += S**j / sympy.factorial(j) * derivative
        found.append([sympy.expand(total).coeff(S, n) for n in range(order + 2)])
    return found


def test_explicit_methods_are_recovered_by_taylor_expansion() -> None:
    """The Lie series of the modified field against the method itself, on a cubic field."""
    euler = [X - S * FIELD[0], U - S * FIELD[1]]
    middle = dict(zip((X, U), euler, strict=True))
    extra = [z - S * g.subs(middle, simultaneous=True) for z, g in zip((X, U), FIELD, strict=True)]
    for method, step in ((SimGD(S), euler), (Extragradient(S), extra)):
        found = taylor_of_modified(modified_equation(method, ORDER), ORDER)
        for i in range(2):
            exact = sympy.expand(step[i])
            assert all(sympy.expand(found[i][n] - exact.coeff(S, n)) == 0 for n in range(ORDER + 2))


@pytest.mark.parametrize("method", [ProximalPoint(S), Midpoint(S)])
def test_implicit_methods_are_recovered_by_taylor_expansion(method) -> None:
    """The flow for time s solves the implicit equation, up to s³ on a quadratic field."""
    moved = [
        sum(c * S**n for n, c in enumerate(coefficients))
        for coefficients in taylor_of_modified(modified_equation(method, ORDER), ORDER)
    ]
    at = moved
    if isinstance(method, Midpoint):
        at = [(m + z) / 2 for m, z in zip(moved, (X, U), strict=True)]
    place = dict(zip((X, U), at, strict=True))
    for z, m, g in zip((X, U), moved, FIELD, strict=True):
        assert truncated(m - z + S * g.subs(place, simultaneous=True), ORDER + 1) == 0


def hlw(method, order: int) -> dict:
    """Coefficients b(τ) in the normalisation of Hairer, Lubich, Wanner, for f = −G."""
    return {
        t.tree: (-1) ** vertices(t.tree) * symmetry(t.tree) * t.coefficient
        for t in modified_equation(method, order).terms
    }


def test_classical_series() -> None:
    """Hairer, Lubich, Wanner 2006: explicit Euler (IX.1, IX.9), its adjoint, and midpoint."""
    chain, cherry = tree("G", [tree("G", [LEAF])]), tree("G", [LEAF, LEAF])
    half, third, sixth = (sympy.Rational(1, n) for n in (2, 3, 6))
    euler = {LEAF: 1, tree("G", [LEAF]): -half, chain: third, cherry: sixth}
    assert hlw(SimGD(S), 2) == euler
    for tau, b in hlw(SimGD(S), 4).items():  # implicit Euler is explicit Euler with −s
        assert hlw(ProximalPoint(S), 4)[tau] == (-1) ** (vertices(tau) - 1) * b
    assert hlw(Midpoint(S), 2) == {LEAF: 1, chain: sympy.Rational(1, 12), cherry: -third / 4}
    assert all(vertices(tau) % 2 for tau in hlw(Midpoint(S), 5))  # symmetric: even powers of s


def test_bernoulli_numbers_of_explicit_euler() -> None:
    """HLW IX.9: on bushes (only the root has branches) b(τ) is a Bernoulli number."""
    found = hlw(SimGD(S), 6)
    for n in range(1, 7):
        expected = sympy.bernoulli(n) if n > 1 else -sympy.Rational(1, 2)
        assert found.get(tree("G", [LEAF] * n), 0) == expected


def test_against_kauri() -> None:
    """A peer for one-step methods: kauri's logarithm, all trees of at most 6 vertices."""
    kauri = pytest.importorskip("kauri")
    extragradient = kauri.RK([[0, 0], [1, 0]], [0, 1])
    for method, peer in ((SimGD(S), kauri.euler), (Extragradient(S), extragradient)):
        found, theirs = hlw(method, 5), peer.modified_equation_map()
        for tau in kauri.trees_up_to_order(6):
            if tau.list_repr is not None:
                ours = found.get(from_kauri(tau.list_repr), 0)
                assert float(ours) == pytest.approx(theirs(tau), abs=1e-12)


def from_kauri(listed):
    return tree("G", map(from_kauri, listed[:-1]))


def test_series_in_the_index() -> None:
    """1/(k+2), √(k+1), k(k+3)/(k+1) against SymPy's series, in v = 1/k."""
    v, half = IndexSeries.variable(Scalars(), 8), Fraction(1, 2)
    k, x = 1 / v, sympy.Symbol("x", positive=True)
    for found, exact, first in (
        (1 / (k + 2), x / (1 + 2 * x), 0),
        ((k + 1) ** half, sympy.sqrt(1 + x), -half),
        (k * (k + 3) / (k + 1), (1 + 3 * x) / (1 + x), -1),
    ):
        terms = found.coefficients(Scalars().convert(first), 6)
        series = sympy.series(exact, x, 0, 6).removeO()
        assert {j: sympy.Rational(str(c)) for j, c in terms.items()} == {
            j: series.coeff(x, j) for j in range(6) if series.coeff(x, j) != 0
        }
    with pytest.raises(ProblemError, match="different powers"):
        k + k**half


def test_every_method_has_an_equation_or_says_why_not() -> None:
    """The leading term is the flow; what is refused is refused with the reason."""
    refused = {}
    for kind in METHODS:
        method = kind(**kind.example)
        try:
            equation = modified_equation(method, 1)
        except ProblemError as error:
            refused[kind.name] = str(error)
            continue
        flow, t = method.flow(), sympy.Symbol("t", positive=True)
        leading = {term.tree: term.scalar(S) for term in equation.terms if not term.step_power}
        whole = leading.get(LEAF, leading.get(tree("Gx")))
        assert whole == leading.get(LEAF, leading.get(tree("Gu")))  # both players alike
        exact = flow.velocity(t, 0, -1, 0, 0)
        assert float(whole) == float(flow.velocity(t, 0, 0, 1, 0))
        assert sympy.nsimplify(leading.get(tree("e"), 0) - exact) == 0
    assert {"eag-v", "optimistic-adam", "anchored-adam"} <= set(refused)
    assert "recursion" in refused["eag-v"]
    assert "coordinate by coordinate" in refused["anchored-adam"]


class HeavyBall(GradientSteps):
    """``z⁺ = z − s G(z) + (z − z⁻)/2``: the memory feeds on itself."""

    title = "heavy ball"

    def start(self, G, z0):
        return z0, z0

    def step(self, G, state, k):
        z, before = state
        return z - self.alpha * G(z) + (z - before) / 2, z


def test_momentum_is_refused() -> None:
    with pytest.raises(ProblemError, match="momentum"):
        modified_equation(HeavyBall(S), 2)


def test_text_of_differentials() -> None:
    listed = [differential_text(tau) for tau in rooted_trees(4)]
    assert set(listed) == {"DG·DG·DG·G", "DG·D²G(G, G)", "D²G(G, DG·G)", "D³G(G, G, G)"}
    terms = modified_equation(AlternatingGDA(S), 2).terms
    assert all(a.rank < b.rank for a, b in pairwise(terms))
