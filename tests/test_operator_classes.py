"""Operator classes: members satisfy their inequalities, and proofs with each class are true."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Symbol, symbols

from saddleode.analysis import (
    Cocoercive,
    LinearSkew,
    Lipschitz,
    LipschitzMonotone,
    LipschitzNegativelyComonotone,
    LipschitzStronglyMonotone,
    Monotone,
    NegativelyComonotone,
    Proved,
    StronglyMonotone,
    Unknown,
    Vector,
    WeakMinty,
    flow_vectors,
    prove_decrease,
    prove_nonnegative,
    read_certificate,
    step_vectors,
)
from saddleode.analysis.claims.operator_classes import CLASSES
from saddleode.analysis.classes.convex_concave import interpolation, split, value
from saddleode.analysis.classes.operator_class import Point
from saddleode.analysis.verification.verifier import verify
from saddleode.discretize import FEG, Extragradient, ProximalPoint, SimGD
from saddleode.flows import GradientFlow, OptimisticFlow, ProblemError

RNG_SEED = 11


def skew(rng, d=4):
    A = rng.standard_normal((d, d))
    return A - A.T


def positive(rng, d=4):
    A = rng.standard_normal((d, d))
    return A @ A.T


def resolvent(M, shift):
    """Return M(I + shift·M)⁻¹: cocoercive for shift > 0, negatively comonotone for shift < 0."""
    return M @ np.linalg.inv(np.eye(len(M)) + shift * M)


def members(operator, rng):
    """Return a linear member of a class with the numbers of CASES."""
    M = skew(rng) + rng.choice([0.0, 0.3]) * positive(rng)
    norm = np.linalg.norm(M, 2)
    if isinstance(operator, LinearSkew):
        return skew(rng)
    if isinstance(operator, Cocoercive):
        return resolvent(M, float(operator.c))
    if isinstance(operator, NegativelyComonotone):
        return resolvent(0.5 * M / norm, -float(operator.rho))
    if isinstance(operator, WeakMinty | LipschitzNegativelyComonotone):
        return resolvent(0.2 * M / norm, -float(operator.rho) / 2)
    if isinstance(operator, StronglyMonotone):
        return M + float(operator.mu) * np.eye(4)
    if isinstance(operator, LipschitzStronglyMonotone):
        return 0.5 * M / norm + float(operator.mu) * np.eye(4)
    return M / norm if hasattr(operator, "R") else M


CASES = [
    Monotone(),
    StronglyMonotone(Fraction(1, 3)),
    Lipschitz(1),
    LipschitzMonotone(1),
    LipschitzStronglyMonotone(Fraction(1, 2), 1),
    Cocoercive(Fraction(1, 4)),
    NegativelyComonotone(Fraction(1, 2)),
    LipschitzNegativelyComonotone(Fraction(1, 2), 1),
    WeakMinty(Fraction(1, 2), 1),
    LinearSkew(),
]


def test_every_class_is_in_the_list():
    assert [type(case) for case in CASES] == list(CLASSES)
    assert len({kind.name for kind in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("operator", CASES, ids=lambda operator: operator.name)
def test_members_satisfy_the_inequalities(operator):
    rng = np.random.default_rng(RNG_SEED)
    z, zstar, g, y, h, z_dot, g_dot = map(Vector.generator, ("z", "z*", "g", "y", "h", "ż", "ġ"))
    first, second, zero = Point("a", z, g), Point("b", y, h), Point("*", zstar, Vector())
    forms = {
        **{f"{name}(a,b)": form for name, form in operator.between(first, second).items()},
        **{f"{name}(a,*)": form for name, form in operator.between(first, zero).items()},
        **operator.along(Point("a", z - zstar, g), z_dot, g_dot),
    }
    assert len(forms) >= 2
    for _ in range(20):
        M, center = members(operator, rng), rng.standard_normal(4)
        points = {"z": rng.standard_normal(4), "y": rng.standard_normal(4), "z*": center}
        values = points | {"g": M @ (points["z"] - center), "h": M @ (points["y"] - center)}
        values |= {"ż": rng.standard_normal(4)}
        values["ġ"] = M @ values["ż"]
        for name, form in forms.items():
            found = float(form.evaluate(values))
            assert found >= -1e-9, name
            if name.split("(")[0] in operator.equalities:
                assert found == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("V", "system", "operator", "ranges"),
    [
        ("sq(G)", GradientFlow(), Cocoercive(1), {}),
        ("sq(g)", SimGD(Symbol("s")), Cocoercive(1), {"s": "0 < s <= 2"}),
        ("sq(g)", ProximalPoint(Symbol("s")), Monotone(), {"s": "s > 0"}),
        ("sq(z - zstar)", SimGD(Symbol("s")), Cocoercive(1), {"s": "0 < s <= 2"}),
        ("sq(Z - zstar)", GradientFlow(), LinearSkew(), {}),
        ("-sq(Z - zstar)", GradientFlow(), LinearSkew(), {}),
        ("sq(Z - zstar)", OptimisticFlow(1, Fraction(1, 2)), LinearSkew(), {}),
        ("sq(Z + 2*G - zstar)", OptimisticFlow(1, 2), NegativelyComonotone(2), {}),
        ("sq(z - zstar)", ProximalPoint(1), NegativelyComonotone(Fraction(1, 2)), {}),
    ],
)
def test_proofs_with_further_classes(V, system, operator, ranges):
    """SimGD on a 1-cocoercive operator: α ≤ 2; PPM on a ρ-comonotone one: α ≥ 2ρ."""
    result = prove_decrease(V, system, operator, ranges=ranges)
    assert isinstance(result, Proved), result
    text = result.certificate.to_json()
    assert verify(text)
    assert read_certificate(text).to_json() == text


def test_extragradient_on_weak_minty_problems():
    """EG+ of the source takes shorter second steps; plain extragradient is not proved."""
    operator = WeakMinty(Fraction(1, 4), 1)
    assert not prove_decrease("sq(z - zstar)", Extragradient(Fraction(1, 2)), operator)


def test_weak_minty_speaks_of_the_solution_alone():
    """MINTY(k,*) is there, MINTY(k+1,k) is not; and nothing is known of ⟨Ġ, Ż⟩."""
    operator = WeakMinty(1, 1)
    claim = prove_nonnegative(
        step_vectors(SimGD(1)).z @ step_vectors(SimGD(1)).z, operator, system=SimGD(1)
    ).certificate.claim
    assert "MINTY(k,*)" in claim.inequalities
    assert "LIP(k,*)" in claim.inequalities
    assert not any(name.startswith("MINTY") and "*" not in name for name in claim.inequalities)
    assert set(
        operator.along(Point("a", *map(Vector.generator, "zg")), *map(Vector.generator, "zg"))
    ) == {"LIP"}


def test_feg_needs_monotonicity_between_two_iterates():
    V = "k^2*sq(g)/2 + k*dot(g, z - z0)"
    assert prove_decrease(V, FEG(1), LipschitzMonotone(1))
    assert not prove_decrease(V, FEG(1), WeakMinty(0, 1))


def test_constants_out_of_range_are_refused():
    makers = (
        lambda: Cocoercive(-1),
        lambda: WeakMinty(-1, 1),
        lambda: Lipschitz(-1),
        lambda: NegativelyComonotone(-1),
        lambda: LipschitzStronglyMonotone(0, 1),
    )
    for make in makers:
        with pytest.raises(ProblemError):
            make()


def test_an_equality_may_have_a_negative_multiplier():
    result = prove_decrease("-sq(Z - zstar)", GradientFlow(), LinearSkew())
    assert result.certificate.multipliers["SKEW"] == -2
    assert not prove_decrease("-sq(Z - zstar)", GradientFlow(), Monotone())


# Values of a convex-concave function


def quadratic(rng):
    """Return L, G and a random point for L = x'Px/2 + x'Au − u'Qu/2."""
    P, Q, A = positive(rng, 2), positive(rng, 2), rng.standard_normal((2, 2))

    def L(x, u):
        return x @ P @ x / 2 + x @ A @ u - u @ Q @ u / 2

    def G(z):
        x, u = z[:2], z[2:]
        return np.concatenate([P @ x + A @ u, Q @ u - A.T @ x])

    return L, G


def test_values_satisfy_the_interpolation_inequalities():
    rng = np.random.default_rng(RNG_SEED)
    names = ("z", "g", "y", "h")
    first, second = (Point(name, *map(Vector.generator, pair)) for name, pair in
                     (("z", names[:2]), ("y", names[2:])))  # fmt: skip
    forms = {**interpolation(first, second), **interpolation(second, first)}
    monotone = split((first.g - second.g) @ (first.z - second.z))
    assert sum(forms.values()) == monotone
    for _ in range(20):
        L, G = quadratic(rng)
        at = {"z": rng.standard_normal(4), "y": rng.standard_normal(4)}
        at |= {"g": G(at["z"]), "h": G(at["y"])}
        values = {f"{n}_x": np.append(v[:2], [0, 0, 0]) for n, v in at.items()}
        values |= {f"{n}_u": np.concatenate([[0, 0], v[2:], [0]]) for n, v in at.items()}
        unit = np.array([0, 0, 0, 0, 1.0])
        values |= {"1": unit}
        for a in "zy":
            for b in "zy":
                values[f"L({a},{b})"] = L(at[a][:2], at[b][2:]) * unit
        for name, form in forms.items():
            assert float(form.evaluate(values)) >= -1e-9, name


def test_the_gap_needs_both_players():
    v = flow_vectors(GradientFlow())
    here, there = Point("Z", v.z, v.g), Point("y", v.zstar, Vector())
    rest = split(v.g @ (v.z - v.zstar)) - (value("Z", "y") - value("y", "Z"))
    known = interpolation(here, there)
    assert prove_nonnegative(rest, assuming=known)
    for name in known:
        fewer = {other: form for other, form in known.items() if other != name}
        assert isinstance(prove_nonnegative(rest, assuming=fewer), Unknown)
    assert isinstance(prove_nonnegative(rest + value("y", "Z"), assuming=known), Unknown)


def test_values_print_as_numbers():
    s = symbols("s", positive=True)
    assert str(s * value("k", "*")) == "s L(k,*)"
    assert value("k", "*").to_latex() == "L(k,*)"
