"""Kinks of a symbolic L: read as maxima, and the selections of the operator they leave."""

import pickle
from functools import cache

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from saddleode.flows import ProblemError
from saddleode.flows.inclusions import kinked, set_valued_operator
from saddleode.flows.inclusions.maxima import read_maxima

x, y, u, v = sp.symbols("x y u v", real=True)
PRIMAL, DUAL = (x, y), (u, v)
Max, Min, Abs = sp.Max, sp.Min, sp.Abs

GOOD = (
    Abs(x) - Abs(u) + x * u,
    Max(Abs(x) - 1, 0) - 2 * Max(Abs(u) - 1, 0),
    (Abs(x) - 1 + Abs(Abs(x) - 1)) / 2 + u * y,
    Max(x, y, -x - 2 * y) + (x + y) * u - u**2,
    Min(u, v, 1) + Max(x - y, 0) ** 2 + x * v,
    Max(x + u, u - x) + Min(v, y + v) * 0 - Abs(3 * v - 6) + y * u,
    Max(x, 0) + Min(x, 0) / 2 + Max(Max(x, y), Abs(y) - 1) + u * x - v**2 / 2,
    (1 + u) * Abs(x) + sp.exp(Abs(y)) + u * v * x,
    Max(2 * Max(x, y) - 1, Abs(x) + Abs(y)) - Max(Abs(u) + Abs(v), 1) + x * u,
)
COORDINATE = st.integers(-4, 4).map(lambda k: k / 2)  # half integers: ties happen often


@cache
def peeled_once(L):
    return read_maxima(L, PRIMAL, DUAL)


def operator(L):
    return kinked(L, PRIMAL, DUAL)


def tops(L, z):
    """Multipliers on one highest piece of each maximum."""
    heights, mu = L.heights(z), np.zeros(len(L.groups))
    for group in np.unique(L.groups):
        members = np.flatnonzero(L.groups == group)
        mu[members[np.argmax(heights[members])]] = 1.0
    return mu


@pytest.mark.parametrize("L", GOOD, ids=str)
@given(z=st.tuples(*[COORDINATE] * 4))
def test_maxima_put_together_again_are_the_function(L, z):
    peeled = peeled_once(L)
    body = peeled.body.xreplace({m.symbol: Max(*m.pieces) for m in peeled.maxima})
    values = dict(zip(PRIMAL + DUAL, map(sp.Rational, z), strict=True))
    assert abs(float(body.xreplace(values) - L.xreplace(values))) <= 1e-12


@pytest.mark.parametrize("L", GOOD, ids=str)
def test_pieces_are_smooth_and_of_one_player(L):
    for maximum in read_maxima(L, PRIMAL, DUAL).maxima:
        owner = set(PRIMAL if maximum.is_primal else DUAL)
        for piece in maximum.pieces:
            assert not piece.has(Abs, Max, Min)
            assert piece.free_symbols <= owner


@pytest.mark.parametrize("L", GOOD, ids=str)
def test_away_from_kinks_the_element_is_the_gradient(L):
    G, h = operator(L), 1e-6
    rng = np.random.default_rng(3)
    for z in rng.uniform(-2, 2, size=(5, 4)):
        mu = tops(G, z)
        slopes = [(G.value(z + h * e) - G.value(z - h * e)) / (2 * h) for e in np.eye(4)]
        expected = np.array(slopes) * [1, 1, -1, -1]
        np.testing.assert_allclose(G.element(z, mu), expected, atol=1e-7)
        columns = [
            (G.element(z + h * e, mu) - G.element(z - h * e, mu)) / (2 * h) for e in np.eye(4)
        ]
        np.testing.assert_allclose(G.jacobian(z, mu), np.transpose(columns), atol=1e-7)


@pytest.mark.parametrize("L", GOOD, ids=str)
def test_the_element_moves_with_the_multipliers_along_the_gradients(L):
    G = operator(L)
    z = np.zeros(4)  # where most kinks meet
    mu = tops(G, z)
    tied = np.isclose(G.heights(z), (G.heights(z) * mu)[mu > 0][G.groups])
    for p in np.flatnonzero(tied & (mu == 0)):
        q = np.flatnonzero((G.groups == G.groups[p]) & (mu > 0))[0]
        moved = mu.copy()
        moved[[p, q]] = 0.25, 0.75
        change = 0.25 * G.weights(z, mu)[p] * (G.gradients(z)[p] - G.gradients(z)[q])
        np.testing.assert_allclose(G.element(z, moved) - G.element(z, mu), change, atol=1e-12)


def test_equal_kinks_are_one():
    peeled = read_maxima(Abs(x) + Abs(2 * x) + Max(-x, 0) + x * u, PRIMAL, DUAL)
    assert [m.pieces for m in peeled.maxima] == [(0, x)]
    assert sp.expand(peeled.body - (7 * peeled.maxima[0].symbol - 4 * x + x * u)) == 0


def test_kinks_that_cancel_are_none():
    assert read_maxima(Max(x, y) + Min(x, y) + x * u, PRIMAL, DUAL).maxima == ()


def test_labels_say_what_ties():
    G = operator(Abs(2 - 4 * x) + Max(x, y, 1) - Max(u - v, 0))
    assert sorted(G.labels) == sorted(["2*x - 1 = 0"] * 2 + ["u - v = 0"] * 2 + ["1", "x", "y"])
    inclusion = set_valued_operator(G, ("x", "y"), ("u", "v"))
    ties = {
        " = ".join(sorted(tie.split(" = "))) for tie in inclusion.ties(np.array([0.5, 1, 3, 3]))
    }
    assert ties == {"0 = 2*x - 1", "1 = y", "0 = u - v"}
    assert inclusion.ties(np.array([1.0, 0.0, 3.0, 2.0])) == inclusion.ties(
        np.array([1, 0.5, 0, 9])
    )


@pytest.mark.parametrize(
    ("L", "message"),
    [
        (x * u - Abs(x), "weight -2"),
        (x * u + Abs(u), "dual"),
        (Abs(x - u), "both players|of one player"),
        (Max(x * u, 0), "of one player"),
        (Max(1 - Abs(x), 0) + u * y, "weight -2"),
        (Max(x, 0) + 2 * Min(x, 0), "weight -1"),
        (Max(sp.exp(Abs(x)), 2) + u * y, "cannot be read"),
        (sum(Abs(x - k) for k in range(3)) - Min(x, u), "of one player"),
        (Max(sum(Abs(x - k) for k in range(11)), 3), "1024 pieces"),
        (sp.sign(x) + Abs(x), "sign"),
        (sp.Piecewise((x, x > 0), (0, True)) + Abs(y), "Piecewise"),
    ],
    ids=str,
)
def test_what_is_not_convex_concave_at_a_kink_is_refused(L, message):
    with pytest.raises(ProblemError, match=message):
        operator(L)


@pytest.mark.parametrize("L", [u * Abs(x) + y * v, u * sp.sqrt(Abs(x)) + y * v], ids=str)
def test_weights_that_vary_are_examined_where_they_matter(L):
    G = set_valued_operator(operator(L), ("x", "y"), ("u", "v"))
    assert np.all(np.isfinite(G.operator(np.array([1.0, 0, -1, 0]))))
    with pytest.raises(ProblemError, match="not convex-concave at a kink"):
        G.operator(np.array([0.0, 0, -1, 0]))


def test_selections_survive_pickling():
    G = operator(GOOD[3])
    z = np.array([0.3, -0.2, 1.0, 0.0])
    again = pickle.loads(pickle.dumps(G))
    np.testing.assert_array_equal(again.element(z, tops(G, z)), G.element(z, tops(G, z)))
