"""Nonnegative polynomials: our answer and its time, beside those of packages for sums of squares.

alkahest and omnibias-sos look for exact identities as we do; SumOfSquares stops at the numbers of
its solver. Each answer is found in a process of its own; imports are not counted.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

LIMIT = 60  # seconds
HORN = "(x1^2+x2^2+x3^2+x4^2+x5^2)^2 - 4*(x1^2*x2^2+x2^2*x3^2+x3^2*x4^2+x4^2*x5^2+x5^2*x1^2)"
ROBINSON = "x^6+y^6+z^6-(x^4*y^2+x^4*z^2+y^4*x^2+y^4*z^2+z^4*x^2+z^4*y^2)+3*x^2*y^2*z^2"
MOTZKIN = "x^4*y^2 + x^2*y^4 + 1 - 3*x^2*y^2"
ANCHORED = (  # −t·dV/dt along the anchored flow of x⁴/4 + xu, γ = 2; v and w are the start
    "3*t*x^2*(t*x^3 + t*u + 2*x - 2*v)^2+ (t*x^3 + t*u + 2*x - 2*v)^2 + (2*u - 2*w - t*x)^2"
)


@dataclass(frozen=True)
class Statement:
    """Is p ≥ 0 where the constraints, in one variable each, are?"""

    title: str
    p: str
    names: str
    box: dict[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()


STATEMENTS = (
    Statement("quadratic form", "x^2 + x*y + y^2", "x y"),
    Statement("quartic form (Parrilo)", "2*x^4 + 2*x^3*y - x^2*y^2 + 5*y^4", "x y"),
    Statement("zero at (1, 2)", "(x-1)^2*(y-2)^2 + (x-1)^2 + (x*y-2)^2", "x y"),
    Statement("zeros at x² = 2, y² = 3", "(x^2-2)^2 + (y^2-3)^2 + (x*y-z)^2", "x y z"),
    Statement("four means", "x^4 + y^4 + z^4 + w^4 - 4*x*y*z*w", "x y z w"),
    Statement(
        "quartic form in four variables",
        "(x+y+z+w)^4 + (x-y)^4 + (z-w)^4 - 2*x*y*z*w + x^2*y^2 + z^2*w^2",
        "x y z w",
    ),
    Statement("Motzkin", MOTZKIN, "x y"),
    Statement("Motzkin − 10⁻⁶: false", f"{MOTZKIN} - 1/1000000", "x y"),
    Statement("Robinson", ROBINSON, "x y z"),
    Statement("Horn", HORN, "x1 x2 x3 x4 x5"),
    Statement("3x − x³ on [0, 1]", "3*x - x^3", "x", {"x": "0 <= x <= 1"}, ("x", "1-x")),
    Statement(
        "matrix on [−1, 1]",
        "(2 + x)*y^2 + 2*x*y*z + (2 - x)*z^2",
        "x y z",
        {"x": "-1 <= x <= 1"},
        ("x + 1", "1 - x"),
    ),
    Statement("anchored flow, t > 0", ANCHORED, "x u v w t", {"t": "t > 0"}, ("t",)),
)


def ours(statement: Statement) -> Iterator[str | None]:
    """Yield None when ready, then the answer."""
    from saddleode.analysis import Proved, Refuted, prove_nonnegative_polynomial

    yield None
    result = prove_nonnegative_polynomial(statement.p, statement.names.split(), box=statement.box)
    if isinstance(result, Proved):
        yield "z3" if result.certificate.rests_on_solver else "identity"
    yield "point" if isinstance(result, Refuted) else "gives up"


def alkahest(statement: Statement) -> Iterator[str | None]:
    """Yield None when ready, then the answer; with constraints Handelman's identities."""
    import alkahest as cas

    pool = cas.ExprPool()
    symbols = {name: pool.symbol(name) for name in statement.names.split()}
    p = cas.parse(statement.p, pool, symbols)
    constraints = [cas.parse(text, pool, symbols) for text in statement.constraints]
    yield None
    try:
        cas.prove_nonneg(p, list(symbols.values()), constraints=constraints)
        yield "identity"
    except cas.SosError as error:
        yield "point" if "E-SOS-003" in str(error) else "gives up"


def omnibias(statement: Statement) -> Iterator[str | None]:
    """Yield None when ready, then the answer; with constraints Putinar's identities."""
    from omnibias import sos

    d = len(statement.names.split())
    terms = _terms(statement.p, statement)
    yield None
    if statement.constraints:
        p, *others = (
            sos.Polynomial(d, {e: float(c) for e, c in _terms(text, statement).items()})
            for text in (statement.p, *statement.constraints)
        )
        found = sos.certify_nonneg_on_set(p, others)
    else:
        found = sos.certify_sos_rational(sos.RationalPolynomial(d, terms))
    yield "identity" if found.status == "proved" else "gives up"


def sum_of_squares(statement: Statement) -> Iterator[str | None]:
    """Yield None when ready, then the answer; nothing for constraints."""
    import sympy
    from SumOfSquares import SOSProblem

    symbols = sympy.symbols(statement.names.split())
    p = sympy.sympify(statement.p.replace("^", "**"))
    yield None
    if statement.constraints:
        yield ""
    problem = SOSProblem()
    problem.add_sos_constraint(p, symbols)
    try:
        problem.solve()
        yield "floats"
    except Exception:  # of its solver
        yield "gives up"


def _terms(text: str, statement: Statement) -> dict[tuple[int, ...], Any]:
    from saddleode.analysis.sos.polynomials import fraction, polynomial_ring, read_polynomial

    p = read_polynomial(text, polynomial_ring(statement.names.split()))
    return {tuple(e): fraction(c) for e, c in p.terms()}


Answer = Callable[[Statement], Iterator[str | None]]
COLUMNS: dict[str, tuple[str, Answer]] = {
    "ours": ("saddleode", ours),
    "alkahest 3.12": ("alkahest", alkahest),
    "omnibias-sos 0.1.0a2": ("omnibias", omnibias),
    "SumOfSquares 1.3.1": ("SumOfSquares", sum_of_squares),
}


def report() -> str:
    """Measure all and return the table."""
    lines = [
        "### Is p ≥ 0?",
        "",
        f"| | {' | '.join(COLUMNS)} |",
        "|" + " --- |" * (len(COLUMNS) + 1),
    ]
    for statement in STATEMENTS:
        cells = [_cell(package, answer, statement) for package, answer in COLUMNS.values()]
        lines.append(f"| {' | '.join([statement.title, *cells])} |")
    return "\n".join([*lines, ""])


def _cell(package: str, answer: Answer, statement: Statement) -> str:
    if importlib.util.find_spec(package) is None:
        return "—"
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_answered, args=(theirs, answer, statement), daemon=True)
    process.start()
    theirs.close()
    try:
        mine.recv()  # imported
        if not mine.poll(LIMIT):
            return f"> {LIMIT} s"
        seconds, said = mine.recv()
        return f"{said}, {seconds:.2f} s" if said else "—"
    except EOFError:
        return "fails"
    finally:
        process.kill()


def _answered(pipe: Any, answer: Answer, statement: Statement) -> None:
    run = answer(statement)
    next(run)
    pipe.send(None)
    started = time.perf_counter()
    said = next(run)
    pipe.send((time.perf_counter() - started, said))


if __name__ == "__main__":
    print(report())
