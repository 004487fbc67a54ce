"""The safe formula parser cannot be hurt: every text is read or refused, and quickly."""

import ast
import random
import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from saddleode.flows.errors import ExpressionError
from saddleode.flows.formulas import elementary
from saddleode.flows.formulas.expression import parse_expression
from saddleode.flows.formulas.formula import read_formula
from saddleode.flows.formulas.grammar import MAX_DEPTH, MAX_LENGTH, MAX_WORDS

SECONDS = 1.0  # of the processor; 0.2 on a machine that does nothing else
x, u, y = sympy.symbols("x u y", real=True)
SYMBOLS = {"x": x, "u": u, "y": y}
R = sympy.Rational

MONSTERS = {
    "a million brackets": "(" * 1_000_000 + "x" + ")" * 1_000_000,
    "many brackets": "(" * 90_000 + "x" + ")" * 90_000,
    "open brackets": "(" * 90_000,
    "minus signs": "-" * 90_000 + "x",
    "a tower": "x" + "^x" * 40_000,
    "a product": "x" + "*x" * 40_000,
    "a product of ones": "1" + "*1" * 40_000,
    "quotients": "x/" * 40_000 + "x",
    "calls": "sin(" * 20_000,
    "one word": "x" * (MAX_LENGTH - 1),
    "digits": "1" * (MAX_LENGTH - 1),
    "an exponent of ten": "1e" + "9" * 10_000,
    "a million names": "x " * 1_000_000,
    "commas": "max(" + ",".join("x" * 20_000) + ")",
    "nested absolute values": "abs(" * 90 + "x-1" + ")-1" * 90,
    "nested cosines": "cos(" * 50 + "1" + ")-1" * 50,
    "roots of roots": "(" * 90 + "2" + ")^(1/2)" * 90,
    "long numbers": "+".join(f"1/{'7' * 39}{k}" for k in range(10, 99)),
    "nested maxima": "max(" * 90 + "x" + ",u)" * 90,
    "a power of a sum": "sin((1 + x + u + y)^100)",
}


@pytest.mark.parametrize("text", MONSTERS.values(), ids=MONSTERS.keys())
def test_monsters_are_refused_in_no_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as error:
        parse_expression(text, SYMBOLS)
    assert time.process_time() - start < SECONDS
    assert 0 <= error.value.position <= len(text)
    assert len(str(error.value)) < 250


def test_limits_are_what_they_say() -> None:
    assert parse_expression("(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1), SYMBOLS) == x
    assert parse_expression("x" + " " * (MAX_LENGTH - 1), SYMBOLS) == x
    half = MAX_WORDS // 2
    with pytest.raises(ExpressionError, match=f"over {MAX_WORDS}") as error:
        read_formula("x+" * half + "x")
    assert error.value.position == MAX_WORDS


def test_a_long_sum_is_a_flat_tree() -> None:
    """5000 terms, as the quadratic in 100 variables has, need no deep recursion."""
    root = read_formula("+".join(["0.12345678901234567*x*u"] * 5050)).root
    assert isinstance(root, ast.BoolOp)
    assert len(root.values) == 5050


def test_a_quadratic_in_thirty_variables() -> None:
    n = 30
    names = [f"x{i}" for i in range(n)]
    symbols = dict(zip(names, sympy.symbols(names, real=True), strict=True))
    weights = {(i, j): Fraction(7 * i - j, 1000) for i in range(n) for j in range(n)}
    text = " + ".join(f"({float(w)})*x{i}*x{j}" for (i, j), w in weights.items())
    got = sympy.Poly(parse_expression(f"-0.5*({text})", symbols), *symbols.values())
    for i in range(n):
        for j in range(i, n):
            w = weights[i, j] + (weights[j, i] if i != j else 0)
            monomial = symbols[names[i]] * symbols[names[j]]
            assert got.coeff_monomial(monomial) == -R(w.numerator, w.denominator) / 2


OPENINGS = st.sampled_from(sorted(elementary.functions())).map(lambda name: f"{name}(")
PIECES = st.sampled_from([*"xuy1207+-*/^(),.e_'[ \0\né", "0.5", "1e3", "**", "pi", "foo", "lambda"])
WORDS = st.lists(st.one_of(PIECES, OPENINGS), max_size=25).map("".join)


@given(st.one_of(st.text(max_size=60), WORDS))
def test_any_text_is_read_or_refused_quickly(text: str) -> None:
    start = time.process_time()
    try:
        expression = parse_expression(text, SYMBOLS)
    except ExpressionError as error:
        assert 0 <= error.position <= len(text)
        assert "\n" not in str(error)
    else:
        assert isinstance(expression, sympy.Expr)
        assert not expression.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I)
    assert time.process_time() - start < SECONDS


FUNCTIONS = [f for f in elementary.functions() if f not in ("max", "min")]


def grown(rng: random.Random, height: int, functions: int) -> str:
    """Random well-formed formula: what a fuzzer of single words rarely reaches."""
    leaf = height == 0 or rng.random() < 0.15
    if leaf:
        return rng.choice(["x", "u", "2", "0.5", "1", "pi"])
    a, b = grown(rng, height - 1, functions), grown(rng, height - 1, functions)
    if functions and rng.random() < 0.35:
        inner = grown(rng, height - 1, functions - 1)
        return f"{rng.choice(FUNCTIONS)}({inner})"
    return rng.choice([f"({a} + {b})", f"({a} - {b})", f"{a}*({b})", f"({a})/({b})", f"({a})^2",
                       f"({a})^(1/2)", f"({a})^-1", f"max({a}, {b})"])  # fmt: skip


def test_random_formulas_are_read_or_refused_quickly() -> None:
    rng, read = random.Random(1), 0
    for _ in range(150):
        text = grown(rng, rng.choice([3, 4, 5]), 3)
        start = time.process_time()
        try:
            expression = parse_expression(text, SYMBOLS)
        except ExpressionError:
            continue
        finally:
            assert time.process_time() - start < SECONDS, text
        read += 1
        assert not expression.has(sympy.zoo, sympy.nan, sympy.oo)
    assert read > 40
