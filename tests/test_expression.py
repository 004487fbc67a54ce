"""The safe formula parser: what it reads, what it refuses, and at which character."""

import subprocess
import sys
from fractions import Fraction

import pytest
import sympy

from saddleode.flows.errors import ExpressionError, ProblemError
from saddleode.flows.formulas.expression import evaluate, parse_expression

x, u, y = sympy.symbols("x u y", real=True)
lam = sympy.Symbol("lambda", real=True)
SYMBOLS = {"x": x, "u": u, "y": y, "lambda": lam, "x_1": sympy.Symbol("x_1"), "α": u}
R = sympy.Rational

READ = [
    ("0.2*x^2 + x*u", R(1, 5) * x**2 + x * u),
    ("0.2*x**2+x*u", R(1, 5) * x**2 + x * u),
    ("-x^2", -(x**2)),
    ("(-x)^2", x**2),
    ("2^-1", R(1, 2)),
    ("x^2^3", x**8),
    ("x^-u^2", x ** (-(u**2))),
    ("x - u - 1", x - u - 1),
    ("x - (u - 1)", x - u + 1),
    ("x/u/2", x / u / 2),
    ("x*u^2/2 - -y", x * u**2 / 2 + y),
    ("- x + u", u - x),
    ("2*-x", -2 * x),
    ("x^(1/2)", sympy.sqrt(x)),
    ("1e-3*x + 1.5E2 + .5 + 2.", R(1, 1000) * x + R(305, 2)),
    ("007*x", 7 * x),
    ("0.1 + 0.2", R(3, 10)),
    ("\tx +\r\n  u ", x + u),
    ("x\u00a0+ u", x + u),
    ("α^2", u**2),
    ("lambda*x", lam * x),  # a name like any other, whatever it means to Python
    ("x_1", SYMBOLS["x_1"]),
    ("e^x + pi", sympy.exp(x) + sympy.pi),
    ("e^(0.5*x)", sympy.exp(x / 2)),
    ("exp(x) + log(u) - sqrt(2)", sympy.exp(x) + sympy.log(u) - sympy.sqrt(2)),
    ("sin(x)*cos(x)/tan(u)", sympy.sin(x) * sympy.cos(x) / sympy.tan(u)),
    ("sinh(x) + cosh(x) + tanh(x)", sympy.sinh(x) + sympy.cosh(x) + sympy.tanh(x)),
    ("atan(x) + arctan(u)", sympy.atan(x) + sympy.atan(u)),
    ("abs(x - u)", sympy.Abs(x - u)),
    ("max(x, 0) - min(x, u, 1)", sympy.Max(x, 0) - sympy.Min(x, u, 1)),
    ("log(1 + exp(-x*u))", sympy.log(1 + sympy.exp(-x * u))),
    ("(x)", x),
    ("((x))*((u))", x * u),
    ("x^100", x**100),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_reads_as_written(text: str, expected: sympy.Expr) -> None:
    assert parse_expression(text, SYMBOLS) == expected


def test_decimals_are_exact() -> None:
    value = parse_expression("0.1", {})
    assert value == R(1, 10)
    assert value.is_Rational
    assert evaluate("1.25e-3", {}) == Fraction(1, 800)


def test_given_names_hide_constants() -> None:
    e = sympy.Symbol("e", real=True)
    assert parse_expression("e*pi", {"e": e}) == e * sympy.pi


# text, index of the character at fault, a piece of the message
REFUSED = [
    ("", 0, "empty"),
    ("  \n ", 0, "empty"),
    ("x +", 3, "ends after '[+]'"),
    ("* x", 0, "found '[*]' where a number"),
    ("x + * u", 4, "found '[*]' where"),
    ("x // u", 3, "found '/' where"),
    ("max(*x)", 4, "found '[*]' where"),
    ("max(**x)", 4, "found '[*][*]' where"),
    ("sin(x", 3, "never closed"),
    ("x + u)", 5, "without its"),
    ("(x + )", 5, "found '[)]' where"),
    ("()", 1, "found '[)]' where"),
    ("(x, u)", 2, "outside a function"),
    ("x, u", 1, "outside a function"),
    ("0,5*x", 1, "decimals are written with a dot"),
    ("max(x, )", 7, "found '[)]' where"),
    ("2x", 1, "write 2[*]x"),
    ("x u", 2, "operator is missing between 'x' and 'u'"),
    ("sin x", 4, "sin[(]x[)], not sin x"),
    ("2(x)", 1, "operator is missing"),
    ("(x)(u)", 3, "operator is missing"),
    ("sin(x)(u)", 6, "operator is missing"),
    ("1_000", 1, "operator is missing"),
    ("0x1F", 1, "operator is missing"),
    ("1j", 1, "operator is missing"),
    ("1..2", 2, "operator is missing"),
    ("x.real", 1, "attributes"),
    ("1.5.x", 3, "attributes"),
    ("x[0]", 1, "subscript"),
    ("[x for x in y]", 0, "list"),
    ("(x for u in y)", 3, "'for'"),
    ("{x}", 0, "set or a dictionary"),
    ("'x'", 0, "quoted text"),
    ('x + "u"', 4, "quoted text"),
    ("f'{x}'", 1, "quoted text"),
    ("lambda u: x", 0, "'lambda'"),
    ("x if u else y", 2, "'if'"),
    ("not x", 0, "'not'"),
    ("x and u", 2, "'and'"),
    ("x < u", 2, "comparison"),
    ("x == u", 2, "equals sign"),
    ("max(x, key=u)", 10, "equals sign"),
    ("(x := 1)", 3, "colon"),
    ("x; u", 1, "found ';'"),
    ("x # comment", 2, "comment"),
    ("x @ u", 2, "matrix product"),
    ("x % u", 2, "percent"),
    ("~x", 0, "found '~'"),
    ("x \\\n + u", 2, "found"),
    ("x\0", 1, r"found '\\x00'"),
    ("x − u", 2, "MINUS SIGN.*write - instead"),
    ("x·u", 1, "write [*] instead"),
    ("x²", 1, "write [\\^]2 instead"),
    ("x + ٣", 4, "ARABIC-INDIC DIGIT THREE"),
    ("x + \u202eu", 4, "RIGHT-TO-LEFT OVERRIDE"),
    ("х + u", 0, "unknown name 'х' .U[+]0445 CYRILLIC"),
    ("u + ｘ", 4, "FULLWIDTH LATIN SMALL LETTER X"),
    ("x__u", 0, "double underscore"),
    ("__import__", 0, "double underscore"),
    ("x + __import__('os')", 4, "double underscore"),
    ("x*foo", 2, "unknown name 'foo'; known: x, u, y"),
    ("x + x_2", 4, "did you mean 'x_1'"),
    ("x*ü", 2, "unknown name 'ü'"),
    ("sin + x", 0, "'sin' is a function: write sin"),
    ("Sin(x)", 0, "did you mean 'sin'"),
    ("u*x(y + 1)", 2, r"'x' is not a function; to multiply write x\*"),
    ("eval(x)", 0, "'eval' is not a function"),
    ("sign(x)", 0, "not a function"),
    ("u + sin(x, u)", 4, "sin takes 1 argument.*got 2"),
    ("sin()", 0, "got 0"),
    ("max(x)", 0, "at least 2.*got 1"),
    ("1/0", 1, "not finite"),
    ("u + x/(y - y)", 5, "not finite"),
    ("0^-1", 1, "not finite"),
    ("2*log(0)", 2, "not finite"),
    ("tan(pi/2)", 0, "not finite"),
    ("1/(sin(1)^2 + cos(1)^2 - 1)", 1, "may be zero"),
    ("sqrt(-1)", 0, "not real"),
    ("x*(-8)^(1/3)", 6, "not real"),
    ("log(-2)*x", 0, "not real"),
    ("9**9**9**9", 6, "exponent is too large"),
    ("2**(10**9)", 4, "degree|exponent"),
    ("(x+1)**100000", 7, "exponent is too large"),
    ("x^101", 2, "exponent is too large"),
    ("x^(1/101)", 3, "exponent is too large"),
    ("((x**60)**60)**60", 10, "degree 3600"),
    ("x^60*x^60", 4, "degree 120"),
    ("((9^99)^99)^99", 7, "too large"),
    ("(1/9^99)^99 + ((1/9^99)^99)^99", 28, "digits"),
    ("(2^(99*u))^(9999/u)", 12, "exponent is too large"),
    ("x^sin(u)", 2, "function in an exponent"),
    ("exp(10^9*log(2))", 0, "logarithm inside exp"),
    ("exp(exp(exp(10)))", 4, "too large"),
    ("1e300*1e300", 5, "too large"),
    ("1e999*x", 0, "powers of ten"),
    ("x + " + "1" * 301, 4, "at most 300 digits"),
    ("sin(sin(sin(sin(x))))", 0, "inside one another"),
    ("sin((x+u)^99*(1+u)^1)", 0, "degree|terms"),
    ("max(" + ",".join(f"x*u^{k}" for k in range(11)) + ")", 0, "over 10"),
    ("α^101", 2, "exponent"),  # positions count characters, not bytes
    ("ααα + ααα", 0, "unknown name"),
]


@pytest.mark.parametrize(
    ("text", "position", "message"), REFUSED, ids=[ascii(r[0]) for r in REFUSED]
)
def test_refuses_at_the_character(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as error:
        parse_expression(text, SYMBOLS)
    assert error.value.position == position
    assert error.value.text == text
    assert "\n" not in str(error.value)
    excerpt, caret = error.value.pointer().split("\n")
    assert caret.index("^") <= len(excerpt)


def test_the_pointer_shows_the_character() -> None:
    with pytest.raises(ExpressionError) as error:
        parse_expression("α^2 + x^2\t+ foo", SYMBOLS)
    excerpt, caret = error.value.pointer().split("\n")
    assert excerpt[caret.index("^") :] == "foo"


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"]])
def test_a_formula_is_text(text: object) -> None:
    with pytest.raises(ProblemError, match="a formula is text; got"):
        parse_expression(text, SYMBOLS)  # type: ignore[arg-type]


def test_no_text_runs_code() -> None:
    """Python's own evaluation is never entered: no audit event of it is seen."""
    code = (
        "import sys\n"
        "from saddleode.flows.formulas.expression import parse_expression\n"
        "from saddleode.flows.errors import ExpressionError\n"
        "import sympy; x = sympy.Symbol('x', real=True)\n"
        "parse_expression('exp(x)^2 + max(x, 1)', {'x': x})\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(event))\n"
        "parse_expression('x^2 + exp(x)', {'x': x})\n"
        "for text in ('__import__(1)', 'exec(x)', 'x.__class__', 'open(x)'):\n"
        "    try: parse_expression(text, {'x': x})\n"
        "    except ExpressionError: pass\n"
        "print({e for e in seen} & {'exec', 'import', 'open', 'os.system'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
