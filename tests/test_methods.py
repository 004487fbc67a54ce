"""Contract tests: every method of METHODS, in every reading."""

import dataclasses
import inspect
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from saddleode.analysis.comparing.comparison import compare
from saddleode.analysis.readings.linear import linear_start, state_matrix
from saddleode.analysis.readings.oracle import oracle_reading
from saddleode.analysis.readings.symbol import amplification_matrix, characteristic_polynomial
from saddleode.analysis.readings.vector import Vector
from saddleode.discretize import METHODS, AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.answers import ProblemAnswers
from saddleode.discretize.method import numerical
from saddleode.discretize.methods.adam import AnchoredAdam, OptimisticAdam
from saddleode.discretize.methods.alternating import AlternatingGDA
from saddleode.discretize.methods.anchored_normalised import NormalisedAnchoredSimGD
from saddleode.discretize.methods.extra_anchored import EAGC, EAGV
from saddleode.discretize.methods.extragradient import Extragradient
from saddleode.discretize.methods.fast_extragradient import FEG
from saddleode.discretize.methods.halpern import Halpern
from saddleode.discretize.methods.ogda import OGDA, PastExtragradient
from saddleode.discretize.methods.optimistic_anchored import OptimisticAnchoredSimGD
from saddleode.discretize.methods.proximal import ProximalPoint
from saddleode.discretize.operators import (
    BlockOperator,
    CoordinateOperator,
    Operator,
    ResolventOperator,
)
from saddleode.flows import (
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    OutsideTheoremWarning,
    ProblemError,
    SaddleProblem,
)

EXAMPLES = [method(**method.example) for method in METHODS]
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
EXACT = [
    SimGD(THIRD),
    OptimisticSimGD(THIRD, Fraction(2, 7)),
    AnchoredSimGD(Fraction(2, 3), Fraction(5, 2), Fraction(1, 10), Fraction(3, 4)),
    NormalisedAnchoredSimGD(Fraction(5, 2), alpha=THIRD),
    OptimisticAnchoredSimGD(HALF, Fraction(5, 2), Fraction(3, 4), THIRD),
    AlternatingGDA(THIRD),
    OGDA(THIRD),
    PastExtragradient(THIRD),
    Extragradient(THIRD),
    ProximalPoint(THIRD),
    Halpern(THIRD, Fraction(3, 2)),
    FEG(THIRD),
    EAGC(THIRD),
    EAGV(THIRD, Fraction(5, 4)),
    OptimisticAdam(THIRD, HALF),
    AnchoredAdam(THIRD, Fraction(5, 2)),
]


def over(methods, *needs):
    """Run a contract test over these methods, or those of them that need nothing else of G."""
    chosen = [method for method in methods if not needs or method.needs in needs]
    return pytest.mark.parametrize("method", chosen, ids=[method.name for method in chosen])


each_method, each_exact = over(EXAMPLES), over(EXACT)
# what the readings offer: λ and formal vectors have no players, nothing formal has coordinates
FORMAL, LINEAR = (Operator, ResolventOperator), (Operator, ResolventOperator, BlockOperator)


def test_exact_list_covers_all_methods() -> None:
    assert [type(method) for method in EXACT] == list(METHODS)


class Zero:
    """The operator G = 0 on formal vectors, in every form a method may ask for."""

    def __call__(self, z):
        return Vector()

    primal = dual = __call__

    def resolvent(self, z, step):
        return z


def rough_operator(rng: np.random.Generator, d: int):
    """Some smooth non-linear map of R^d, neither monotone nor a gradient: methods must not care."""
    A, b = rng.standard_normal((d, d)) / d, rng.standard_normal(d)
    return lambda z: np.sin(z @ A.T + b) + 0.1 * z, None


def monotone_operator(rng: np.random.Generator, d: int):
    """Some smooth non-linear monotone map of R^d: resolvents need it."""
    A, b = rng.standard_normal((d, d)) / d, rng.standard_normal(d)

    def jacobian(z):
        slope = 1 - np.tanh(z @ A.T + b) ** 2
        return A.T @ (slope[..., None] * A) + A - A.T

    return lambda z: np.tanh(z @ A.T + b) @ A + z @ (A - A.T).T, jacobian


@each_method
def test_is_described_and_frozen(method) -> None:
    assert method.name and method.title and method.formula and method.source
    assert type(method)(**method.example) == method
    with pytest.raises(dataclasses.FrozenInstanceError):
        method.alpha = 1
    assert len({m.name for m in METHODS}) == len(METHODS)


@each_method
def test_step_is_written_in_the_common_algebra(method) -> None:
    """No case distinction on what a point is, so that each reading sees the same method."""
    for function in (method.start, method.step):
        source = inspect.getsource(function)
        for word in ("isinstance", "numpy", "np.", "sympy", "float(", "import"):
            assert word not in source


@each_method
def test_zeros_of_G_stay_fixed(method) -> None:
    """From a zero of G nothing moves: in formal vectors, thus for every G; and in numbers."""
    if method.needs is not CoordinateOperator:
        z = Vector.generator("z")
        state = method.start(Zero(), z)
        for k in range(3):
            state = method.step(Zero(), state, k)
            assert state[0] == z
    problem = SaddleProblem("x**2/2 + x*u", "x", "u")
    run = iterate(method, problem, problem.saddle_point(), 20)
    np.testing.assert_array_equal(run.z, 0)


@over(EXAMPLES, *LINEAR)
def test_saddle_points_elsewhere_stay_fixed_to_rounding(method) -> None:
    """Not for Adam: it divides G by its own size, however small."""
    problem = SaddleProblem("x**2/2 + (x - 3)*(u + 1)", "x", "u")
    z_star = problem.saddle_point()
    run = iterate(method, problem, z_star, 20)
    np.testing.assert_allclose(run.z, np.tile(z_star, (21, 1)), atol=1e-14)  # G(z*) is rounding


@over(EXACT, *FORMAL)
def test_exact_parameters_stay_exact(method) -> None:
    trace = oracle_reading(method, 5)
    coefficients = [c for vector in (*trace.iterates, *trace.points) for c in vector.terms.values()]
    assert len(coefficients) > 20
    for c in coefficients:
        assert isinstance(c, int | Fraction | sympy.Expr)
        assert not isinstance(c, sympy.Expr) or not c.atoms(sympy.Float)
    matrix = amplification_matrix(method, Fraction(1, 2), k=3)
    assert not matrix.atoms(sympy.Float)


@over(EXACT, *LINEAR)
def test_state_matrix_is_exact_and_agrees_with_floats(method) -> None:
    M = [[Fraction(1, 2), 1], [-1, Fraction(1, 3)]]
    for k in (0, 3):
        exact = state_matrix(method, M, 1, k)
        assert not exact.atoms(sympy.Float)
        floating = state_matrix(method, np.array(M, dtype=float), 1, k)
        np.testing.assert_allclose(np.array(exact.evalf(), dtype=float), floating, atol=1e-14)


@pytest.mark.filterwarnings("ignore::saddleode.flows.errors.NotConvexConcaveWarning")
@over(EXAMPLES, *FORMAL)
@given(seed=st.integers(0, 2**32 - 1), d=st.integers(1, 6), many=st.booleans())
def test_numbers_agree_with_the_oracle_reading(method, seed, d, many) -> None:
    """1e-12: nine steps of moderate coefficients, rounding only."""
    rng = np.random.default_rng(seed)
    operator = rough_operator if method.needs is Operator else monotone_operator
    (G, jacobian), z0 = operator(rng, 2 * d), rng.standard_normal((3, 2 * d) if many else 2 * d)
    problem = SaddleProblem.from_operator(G, d, d, jacobian)
    run = iterate(method, problem, z0, 9)
    answers = ProblemAnswers(G, d, problem.resolvent)
    replay = np.moveaxis(oracle_reading(method, 9).evaluate(answers, z0), 0, -2)
    np.testing.assert_allclose(run.z, replay, rtol=1e-12, atol=1e-12 * np.abs(run.z).max())


@each_exact
def test_exact_and_floating_parameters_agree(method) -> None:
    problem = SaddleProblem("x**2/2 + 2*x*u - u**2/4", "x", "u")
    exact, floating = (iterate(m, problem, [1, 2], 30) for m in (method, numerical(method)))
    assert exact.z.dtype == np.float64
    np.testing.assert_array_equal(exact.z, floating.z)


@over(EXAMPLES, *FORMAL)
@given(
    mu=st.floats(0, 2),
    omega=st.floats(-2, 2),
    z0=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
)
def test_linear_problems_match_the_amplification_matrix(method, mu, omega, z0) -> None:
    """G(x, u) = (μx + ωu, −ωx + μu) is multiplication by λ = μ − iω of the number x + iu."""
    problem = SaddleProblem.quadratic([[mu]], [[omega]], [[mu]])
    eigenvalue = complex(mu, -omega)
    state = np.array(method.start(lambda z: eigenvalue * z, complex(*z0)))
    expected = [state[0]]
    for k in range(12):
        state = amplification_matrix(method, eigenvalue, k) @ state
        expected.append(state[0])
    run = iterate(method, problem, z0, 12)
    # (1 + |λ|)^12 ~ 1e6 bounds the growth: 1e-12 of the largest iterate is rounding
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(run.z @ [1, 1j], expected, atol=1e-12 * scale)


@over(EXAMPLES, *LINEAR)
@given(seed=st.integers(0, 2**32 - 1), d=st.integers(2, 5))
@settings(max_examples=10)
def test_linear_problems_match_the_state_matrix(method, seed, d) -> None:
    rng = np.random.default_rng(seed)
    A, n = rng.standard_normal((d, d)), int(rng.integers(1, d))
    M = (A @ A.T + A - A.T) / d
    state, z0 = linear_start(method, M, n).state, rng.standard_normal(d)
    state = state @ z0
    expected = [state[:d]]
    for k in range(8):
        state = state_matrix(method, M, n, k) @ state
        expected.append(state[:d])
    run = iterate(method, SaddleProblem.affine(M, None, n), z0, 8)
    np.testing.assert_allclose(run.z, expected, atol=1e-11 * np.abs(expected).max())


@over(EXAMPLES, *LINEAR)
def test_leading_order_is_the_flow(method) -> None:
    """Each halving of the step halves the distance to the flow, on a problem that is not linear."""
    problem = SaddleProblem("x**2/2 + x*u + x**4/4 - u**4/4", "x", "u")
    steps = [0.08, 0.04, 0.02]
    comparison = compare(method.flow(), method, problem, [1, -0.5], t_end=1, steps=steps)
    assert comparison.rows[-1].error < 0.05
    assert comparison.orders[-1] == pytest.approx(1, abs=0.1)  # 1 + O(step)


def bare_step(method):
    """One step with a plain function for G."""
    state = method.start(lambda z: z, np.array([1.0, 2.0]))
    return method.step(lambda z: z, state, 0)


@each_method
def test_what_is_missing_is_told(method) -> None:
    """A plain function is enough, or the method says what else it needs."""
    if method.needs is Operator:
        assert bare_step(method)[0].shape == (2,)
        return
    with pytest.raises(ProblemError, match=f"{type(method).__name__} (needs|works)"):
        bare_step(method)


@over(EXAMPLES, BlockOperator)
def test_methods_by_players_refuse_readings_without_players(method) -> None:
    for reading in (lambda: oracle_reading(method, 1), lambda: amplification_matrix(method, 1j)):
        with pytest.raises(ProblemError, match=r"G by players.*state_matrix"):
            reading()


@over(EXAMPLES, CoordinateOperator)
def test_methods_on_arrays_refuse_formal_readings_and_flows(method) -> None:
    for reading in (
        lambda: oracle_reading(method, 1),
        lambda: amplification_matrix(method, 1),
        lambda: amplification_matrix(method, 1j),
    ):
        with pytest.raises(ProblemError, match="coordinate by coordinate and needs arrays"):
            reading()
    with pytest.raises(ProblemError, match="discretises no flow"):
        method.flow()


@pytest.mark.parametrize("method", [ProximalPoint(1), Halpern(1)])
def test_an_oracle_has_no_resolvent(method) -> None:
    xu = SaddleProblem("x*u", "x", "u")
    with pytest.raises(ProblemError, match=r"needs the resolvent of G.*run it on a problem"):
        iterate(method, xu, [1, 0], 1, oracle=lambda z: z)


def test_steps_are_those_of_the_paper() -> None:
    """MATH B–D, term by term, in symbols."""
    a, b, p, gamma, epsilon, k = sympy.symbols("alpha beta p gamma epsilon k", positive=True)
    z, z0, g, g_old = map(Vector.generator, ("z", "z0", "g", "g_old"))
    (simgd,) = SimGD(a).step(lambda _: g, (z,), k)
    assert simgd == z - a * g
    optimistic, kept = OptimisticSimGD(a, b).step(lambda _: g, (z, g_old), k)
    assert same(optimistic, z - (a + b) * g + b * g_old) and kept == g
    anchored, anchor = AnchoredSimGD(p, gamma, epsilon).step(lambda _: g, (z, z0), k)
    c = (1 - p) * gamma / (k + 1) ** (1 - epsilon)
    assert same(anchored, (1 - c) * z + c * z0 - (1 - p) / (k + 1) ** p * g) and anchor == z0


def same(first: Vector, second: Vector) -> bool:
    return all(sympy.simplify(c) == 0 for c in (first - second).terms.values())


def test_flows_and_clocks() -> None:
    a, b, p, gamma = sympy.symbols("alpha beta p gamma", positive=True)
    assert SimGD(a).flow() == GradientFlow()
    assert OptimisticSimGD(a, b).flow() == OptimisticFlow(1, b)
    assert AnchoredSimGD(p, gamma).flow() == AnchoredFlow(gamma)
    assert SimGD(a).time(3) == OptimisticSimGD(a, b).time(3) == 3 * a
    assert AnchoredSimGD(p, gamma, alpha=a).time(3) == a * 4 ** (1 - p)
    # t_k = (k+1)^{1−p}: the paper's clock, and h_k γ/t_k is the anchor's weight
    method = AnchoredSimGD(Fraction(1, 2), 2)
    assert method.time(sympy.Integer(8)) == 3
    np.testing.assert_allclose(numerical(method).time(np.array([0, 3, 8])), [1, 2, 3])


@each_exact
def test_with_step_changes_the_step_alone(method) -> None:
    other = method.with_step(Fraction(1, 7))
    assert other.alpha == Fraction(1, 7) and type(other) is type(method)
    assert other.with_step(method.alpha) == method


def test_schedules() -> None:
    """Steps α_k = 1/(k+1), β_k = k: values by hand, in fractions and in numbers."""
    method = OptimisticSimGD(lambda k: Fraction(1, int(k) + 1), lambda k: int(k))
    trace = oracle_reading(method, 2)
    z0, g0, g1 = map(Vector.generator, ("z0", "g0", "g1"))
    assert trace.iterates == (z0, z0 - g0, z0 - g0 - Fraction(1, 2) * g1 - (g1 - g0))
    assert method.time(3) == Fraction(11, 6)
    np.testing.assert_allclose(method.time(np.array([3, 0, 1])), [11 / 6, 0, 1])
    run = iterate(method, SaddleProblem("x*u", "x", "u"), [1, 0], 2)
    np.testing.assert_allclose(run.z, [[1, 0], [1, 1], [-0.5, 1.5]], rtol=1e-15)
    with pytest.raises(ProblemError, match="beta is a schedule"):
        method.flow()
    assert SimGD(lambda k: 1 / (k + 1)).flow() == GradientFlow()


@pytest.mark.parametrize(
    ("build", "needed"),
    [
        (lambda: SimGD(0), "alpha = 0; a finite number > 0"),
        (lambda: SimGD(-1.0), "alpha = -1.0"),
        (lambda: SimGD(float("nan")), "alpha = nan"),
        (lambda: SimGD("0.1"), "alpha = '0.1'"),
        (lambda: SimGD(sympy.Integer(-2)), "alpha = -2"),
        (lambda: SimGD(lambda k: 1 / k), r"use e\.g\. k \+ 1 for k"),
        (lambda: SimGD(lambda k: -1), r"alpha\(k=0\) = -1"),
        (lambda: OptimisticSimGD(1, -0.1), "beta = -0.1; a finite number >= 0"),
        (lambda: OptimisticSimGD(None, 1), "alpha = None"),
        (lambda: AnchoredSimGD(-0.1, 1), "p = -0.1"),
        (lambda: AnchoredSimGD(1, 1), "1 - p = 0"),
        (lambda: AnchoredSimGD(0.6, 0), "gamma = 0"),
        (lambda: AnchoredSimGD(0.6, 1, epsilon=-0.1), "epsilon = -0.1"),
        (lambda: AnchoredSimGD(0.6, 1, epsilon=1), "1 - epsilon = 0"),
        (lambda: AnchoredSimGD(0.6, 1, alpha=0), "alpha = 0"),
        (lambda: AnchoredSimGD(0.6, 1, epsilon=0.1).flow(), "take epsilon=0"),
        (lambda: Halpern(1, theta=2.5), "2 - theta = -0.5"),
        (lambda: EAGV(0.5, R=2), "3/4 - alpha R = -1.0"),
        (lambda: EAGV(0.5).step_size(sympy.Symbol("k")), "no formula in k"),
        (lambda: OptimisticAdam(0.1, 0.1, beta1=1), "1 - beta1 = 0"),
        (lambda: NormalisedAnchoredSimGD(2, p=1), "1 - p = 0"),
        (lambda: OptimisticAnchoredSimGD(0, 1, kappa=-1), "kappa = -1"),
    ],
)
def test_parameters_are_checked_where_they_are_born(build, needed) -> None:
    with pytest.raises(ProblemError, match=needed):
        build()


def test_characteristic_polynomial_of_simgd_o() -> None:
    """MATH G: ρ² − (1 − (α+β)λ)ρ − βλ."""
    a, b, lam = sympy.symbols("alpha beta lambda")
    one, middle, last = characteristic_polynomial(OptimisticSimGD(a, b), lam)
    assert one == 1
    assert sympy.expand(middle + 1 - (a + b) * lam) == 0 and sympy.expand(last + b * lam) == 0


def test_steps_beyond_the_paper() -> None:
    """The display equations, term by term, in symbols: values g at z, g_h at the trial point."""
    a, gamma, kappa, k = sympy.symbols("alpha gamma kappa k", positive=True)
    z, z0, g, g_old, g_h = map(Vector.generator, ("z", "z0", "g", "g_old", "g_h"))

    def asked_at(*points):
        expected = dict(zip(points, (g, g_h), strict=False))

        def G(w):
            return next(value for point, value in expected.items() if same(w, point))

        return G

    assert Extragradient(a).step(asked_at(z, z - a * g), (z,), k)[0] == z - a * g_h
    ogda, kept = OGDA(a).step(asked_at(z), (z, g_old), k)
    assert same(ogda, z - 2 * a * g + a * g_old) and kept == g
    past = PastExtragradient(a).step(asked_at(z - a * g_old), (z, g_old), k)
    assert past == (z - a * g, g)
    b = 1 / (k + 1)
    h = z + b * (z0 - z) - (1 - b) * a * g
    feg, _ = FEG(a).step(asked_at(z, h), (z, z0), k)
    assert same(feg, z + b * (z0 - z) - a * g_h)
    b = 1 / (k + 2)
    eag, _ = EAGC(a).step(asked_at(z, z + b * (z0 - z) - a * g), (z, z0), k)
    assert same(eag, z + b * (z0 - z) - a * g_h)
    shifted, _ = NormalisedAnchoredSimGD(gamma, alpha=a).step(asked_at(z), (z, z0), k)
    c = gamma / (k + gamma)
    assert same(shifted, z - a / sympy.sqrt(k + gamma) * g + c * (z0 - z))
    both, *_ = OptimisticAnchoredSimGD(0, gamma, kappa, a).step(asked_at(z), (z, z0, g_old), k)
    expected = z - a * g - kappa * a * (g - g_old) + gamma / (k + 1) * (z0 - z)
    assert same(both, expected)


def test_implicit_steps() -> None:
    """Generators stand for G at the new point: z⁺ = z − αg⁺, and Halpern's average with z⁰."""
    z0, g0, g1 = map(Vector.generator, ("z0", "g0", "g1"))
    trace = oracle_reading(ProximalPoint(THIRD), 2)
    assert trace.iterates == (z0, z0 - THIRD * g0, z0 - THIRD * g0 - THIRD * g1)
    assert trace.points == trace.iterates[1:] and trace.steps == (THIRD, THIRD)
    trace = oracle_reading(Halpern(HALF), 2)  # Tz = z − 2·½ g⁺
    first = z0 - HALF * g0
    assert trace.iterates[1] == first and trace.points == (z0 - HALF * g0, first - HALF * g1)
    assert trace.iterates[2] == THIRD * z0 + Fraction(2, 3) * (first - g1)


def test_special_cases_coincide() -> None:
    """OGDA is SimGD-O with α = β, Popov's trial points run OGDA, κ = 0 is SimGD-A."""
    problem = SaddleProblem("x**2/2 + 2*x*u - u**2/4", "x", "u")
    z0, close = [1.0, 2.0], {"rtol": 1e-12, "atol": 1e-13}
    runs = [iterate(method, problem, z0, 30).z for method in (OGDA(0.1), OptimisticSimGD(0.1, 0.1))]
    np.testing.assert_allclose(*runs, **close)
    past, G = PastExtragradient(0.1), problem.operator
    state = past.start(G, np.array(z0))
    trial = (state[0] - 0.1 * state[1], state[1])  # h^0, and g^{−1}
    for k in range(30):
        np.testing.assert_allclose(trial[0], state[0] - 0.1 * state[1], **close)
        state, trial = past.step(G, state, k), OGDA(0.1).step(G, trial, k)
    plain = iterate(OptimisticAnchoredSimGD(0.6, 2, kappa=0), problem, z0, 30)
    np.testing.assert_allclose(plain.z, iterate(AnchoredSimGD(0.6, 2), problem, z0, 30).z, **close)
    noisy_free = OptimisticAdam(0.1, 0.0, beta1=0, beta2=0)  # u = sign(G): β's off
    run = iterate(noisy_free, problem, z0, 1)
    np.testing.assert_allclose(run.z[1], z0 - 0.1 * np.sign(problem.operator(z0)), rtol=1e-7)


def test_adam_by_hand() -> None:
    """Three steps of the published recursion in plain arithmetic, on G(z) = (u, −x)."""
    xu, b1, b2, eps, alpha, beta, gamma = (
        SaddleProblem("x*u", "x", "u"),
        0.5,
        0.9,
        1e-8,
        0.1,
        0.2,
        2,
    )
    for anchored in (False, True):
        z0 = z = np.array([2.0, 1.0])
        m = v = np.zeros(2)
        u_old = np.sign([1.0, -2.0])
        for k in range(3):
            g = np.array([z[1], -z[0]])
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
            u = (m / (1 - b1 ** (k + 1))) / (np.sqrt(v / (1 - b2 ** (k + 1))) + eps)
            pull = gamma / (k + 1) * (z0 - z) if anchored else -beta * (u - u_old)
            z, u_old = z - alpha * u + pull, u
        method = (
            AnchoredAdam(alpha, gamma, b1, b2) if anchored else OptimisticAdam(alpha, beta, b1, b2)
        )
        run = iterate(method, xu, z0, 3)
        np.testing.assert_allclose(run.z[-1], z, rtol=1e-7)  # u^{−1} is 1 − ε/|g|, not a sign


ON_A_BOX = SaddleProblem(
    "(x - 2)*(u - 1) + (x - 1)**2/4 - u**2/4", "x", "u", primal_set="box", dual_set="box"
)


@pytest.mark.parametrize(
    "method", [m for m in EXAMPLES if m.splits], ids=lambda method: method.name
)
def test_projected_forms_stay_in_the_set_and_solve_it(method) -> None:
    """min over x, max over u of L on the unit box: x = 1 and u = 0 by hand, where G = (−1, 1).

    Each step pushes towards that corner, against which the anchor is weak; and from it none moves.
    """
    run = iterate(method, ON_A_BOX, [0.5, 0.5], 200)
    assert run.z.min() >= -1e-12 and run.z.max() <= 1 + 1e-12  # resolvents solve equations
    np.testing.assert_allclose(run.z[-1], [1, 0], atol=0.02)
    still = iterate(method, ON_A_BOX, [1, 0], 20)
    np.testing.assert_allclose(still.z, np.tile([1.0, 0.0], (21, 1)), atol=1e-12)


@pytest.mark.parametrize(
    "method", [m for m in EXAMPLES if not m.splits], ids=lambda method: method.name
)
def test_methods_without_a_projected_form_say_so(method) -> None:
    needed = f"{type(method).__name__} has no projected or proximal form"
    with pytest.raises(ProblemError, match=needed):
        iterate(method, ON_A_BOX, [0.5, 0.5], 1)
    kinks_alone = SaddleProblem("abs(x) + x*u - abs(u)", "x", "u")
    assert iterate(method, kinks_alone, [0.5, 0.5], 1).success  # a subgradient step


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (AnchoredSimGD(0.5, 2), r"p = 0\.5 is outside Theorems 3 and 4"),
        (AnchoredSimGD(0, 2), "p = 0 is outside"),
        (AnchoredSimGD(0.75, 2, 0.25), "epsilon = 0.25 is outside Theorem 4"),
        (NormalisedAnchoredSimGD(1), "gamma >= 2"),
    ],
)
def test_parameters_outside_the_theorems_run_with_a_warning(method, reason) -> None:
    with pytest.warns(OutsideTheoremWarning, match=reason):
        run = iterate(method, SaddleProblem("x*u", "x", "u"), [1, 0], 5)
    assert run.success


def test_steps_of_eag_v() -> None:
    """Both forms of Yoon and Ryu's recursion; α_∞R ≈ 0.437 from 0.618; the clock in one piece."""
    method = EAGV(Fraction(1, 2), Fraction(3, 4))
    a, R = method.alpha, method.R
    for k in range(4):
        assert method.step_size(k) == a and isinstance(a, Fraction)
        x = (a * R) ** 2
        a = a / (1 - x) * (1 - Fraction((k + 2) ** 2, (k + 1) * (k + 3)) * x)
    floating = EAGV(0.618, 1.0)
    assert floating.step_size(100_000) == pytest.approx(0.437, abs=5e-4)  # three digits are quoted
    k = np.array([0, 1, 100, 127, 128, 1000, 20_000])
    by_hand = [2 * sum((j + 2) * floating.step_size(j) for j in range(n)) / (n + 1) for n in k]
    np.testing.assert_allclose(floating.time(k), by_hand, rtol=1e-12)
    np.testing.assert_allclose([floating.time(int(n)) for n in k], by_hand, rtol=1e-12)


@pytest.mark.parametrize("method", [EAGC(0.25), EAGV(0.5), Halpern(0.25)])
def test_clocks_follow_a_constant_operator_exactly(method) -> None:
    """For G constant the anchored flow with γ = 1 is Z(t) = Z0 − (t/2)G."""
    z0, g = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    G = ProblemAnswers(lambda z: g + 0 * z, 1, lambda z, s: z - s * g)
    state = method.start(G, z0)
    for k in range(6):
        np.testing.assert_allclose(state[0], z0 - method.time(k) / 2 * g, rtol=1e-14)
        state = method.step(G, state, k)
