"""Limits of time: hostile questions end, say how far they came, and leave nothing half done."""

import random
import threading
import time
from math import prod

import pytest
from sympy import Symbol, symbols

from saddleode.analysis import (
    Form,
    LipschitzMonotone,
    Proved,
    Unknown,
    Vector,
    decrease_region,
    prove_decrease,
    prove_nonnegative,
    step_vectors,
)
from saddleode.analysis.basics import time_limit
from saddleode.analysis.basics.time_limit import OutOfTime, require_time, within
from saddleode.analysis.claims.claims import Decrease
from saddleode.analysis.coefficients import signs
from saddleode.analysis.coefficients.field import ScalarField
from saddleode.analysis.proofs import squares
from saddleode.analysis.proofs.proving import prove_claim
from saddleode.discretize import OptimisticSimGD
from saddleode.flows import AnchoredFlow, GradientFlow, ProblemError

LIMIT = 1.0
LATE = 4.0  # s; the machine may be busy
PARAMETERS = symbols("a b c d e f", positive=True)
K, T = Symbol("k", integer=True, nonnegative=True), Symbol("t", positive=True)
V15 = [Vector.generator(f"v{i:02}") for i in range(15)]
A, B, C = (Vector.generator(name) for name in "abc")


def polynomial(rng, clock, terms: int, degree: int, low: int = -5):
    names = (*PARAMETERS, clock)
    return sum(
        rng.randint(low, 9) * prod(x ** rng.randint(0, degree) for x in names) for _ in range(terms)
    )


def fifteen_vectors(rng):
    rows = (
        sum(((rng.randint(1, 3) * rng.choice((1, *PARAMETERS)) + T) * v for v in V15), V15[i])
        for i in range(15)
    )
    return prove_nonnegative(sum((w @ w for w in rows), start=Form()), seconds=LIMIT)


def degree_sixty(rng):
    p = [polynomial(rng, T, 8, 60, low=1) for _ in range(5)]
    form = p[0] * (A @ A) + p[1] * (A @ B) + p[2] * (B @ B) + p[3] * (B @ C) + p[4] * (C @ C)
    return prove_nonnegative(form, seconds=LIMIT)


def quotients(rng):
    p = [polynomial(rng, T, 8, 60) for _ in range(4)]
    form = (p[0] / p[1] + T) * (A @ A) + p[2] / p[3] * (A @ B) + B @ B
    return prove_nonnegative(form, seconds=LIMIT)


def six_parameters(rng):
    p = [polynomial(rng, T, 6, 4) for _ in range(5)]
    form = (p[0] ** 2 + 1) * (A @ A) + p[1] * (A @ B) + (p[2] ** 2 + 1) * (B @ B) + p[3] * (B @ C)
    return prove_nonnegative(form + (p[4] ** 2 + 1) * (C @ C), seconds=LIMIT)


def tied_parameters(rng):
    a, b, c, d, e, f = PARAMETERS
    ranges = {"a": "a < b*c*d + e", "b": "b < c + d*e*f + 1", "c": "c < d + e + f",
              "d": "d < e*f + 2*a", "e": "e < f + a*b", "f": "f < a + b + c"}  # fmt: skip
    form = (a * b * c * d * e * f - a + b * c - d * e + f) * (A @ A)
    return prove_nonnegative(form, ranges=ranges, seconds=LIMIT)


def method(rng):
    system = OptimisticSimGD(*PARAMETERS[:2])
    v = step_vectors(system)
    e = v.z - v.zstar
    V = polynomial(rng, K, 6, 20, 1) * (v.g @ v.g) + polynomial(rng, K, 6, 20, 1) * (e @ e)
    return prove_decrease(V, system, LipschitzMonotone(1), seconds=LIMIT)


HOSTILE = [fifteen_vectors, degree_sixty, quotients, six_parameters, tied_parameters, method]


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_questions_end_in_time(question):
    start = time.monotonic()
    result = question(random.Random(1))
    assert time.monotonic() - start < LATE
    assert not isinstance(result, Proved)
    if isinstance(result, Unknown):
        assert len(result.reason) < 3000


def test_unknown_says_how_far_the_proof_came(monkeypatch):
    """The clock stands still until the squares are completed; then an hour has gone."""
    now = [0.0]
    monkeypatch.setattr(time_limit, "monotonic", lambda: now[0])
    original = squares.nonnegative

    def slow(*args):
        now[0] += 3600
        require_time("")
        return original(*args)

    monkeypatch.setattr(squares, "nonnegative", slow)
    result = prove_decrease("sq(Z - zstar) + t*sq(G)", GradientFlow(), seconds=5)
    assert isinstance(result, Unknown)
    assert "multipliers MON: " in result.reason
    result = decrease_region("sq(Z - zstar) + t*sq(G)", GradientFlow(), seconds=5)
    assert isinstance(result, Unknown)
    assert "given up (the limit is 5 s)" in result.reason


def test_limits_hold_in_threads_and_are_not_shared():
    results = {}

    def run(name, seconds):
        results[name] = prove_decrease("sq(Z - zstar)", GradientFlow(), seconds=seconds)

    threads = [
        threading.Thread(target=run, args=(n, s)) for n, s in (("short", 1e-9), ("long", 60))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(results["short"], Unknown)
    assert results["long"]


def test_the_earlier_of_two_limits_counts():
    def outer():
        inner = within(60, lambda: time.sleep(0.02) or require_time("something was being done"))
        assert inner is None

    result = within(0.001, outer)
    assert isinstance(result, Unknown)
    assert "0.001 s" in result.reason
    assert within(None, lambda: 7) == 7
    with pytest.raises(OutOfTime), time_limit.time_limit(1e-9):
        within(60, lambda: time.sleep(0.001) or require_time("it"))  # not its own limit


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_limits_that_are_none(seconds):
    with pytest.raises(ProblemError, match="seconds"):
        prove_decrease("sq(Z)", GradientFlow(), seconds=seconds)


def test_an_interruption_leaves_nothing_half_done(monkeypatch):
    """After Ctrl-C in the middle of a decision the same question is answered as ever."""
    claim = prove_decrease("t^2/2*sq(G) + t*dot(G, Z - Z0)", AnchoredFlow(1)).certificate.claim
    original, calls = signs._by_factors, []

    def interrupted(*args, **options):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*args, **options)

    scalars = ScalarField(dict(claim.scalars.ranges))
    fresh = Decrease(claim.V, claim.motion, claim.operator, scalars)
    with monkeypatch.context() as patch:
        patch.setattr(signs, "_by_factors", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prove_claim(fresh, {})
    assert prove_claim(fresh, {})
