"""Claims that are false, in the disguises in which they could be taken for true."""

import json
from fractions import Fraction

import pytest
import sympy

from saddleode.analysis import (
    LinearSkew,
    LipschitzStronglyMonotone,
    Vector,
    prove_convergence,
    prove_decrease,
    prove_decrease_on,
    prove_fate,
    prove_nonnegative,
    prove_nonnegative_polynomial,
    step_threshold,
    step_vectors,
)
from saddleode.analysis.verification.arithmetic import VerificationError
from saddleode.analysis.verification.statement import statement
from saddleode.analysis.verification.verifier import FORMAT, verify
from saddleode.discretize import OGDA, AlternatingGDA, Extragradient, ProximalPoint, SimGD
from saddleode.flows import AnchoredFlow, ProblemError, SaddleProblem

HALF = Fraction(1, 2)


@pytest.mark.parametrize("name", ["CROSS", "SKEW'", "SKEW(a)"])
def test_an_assumption_is_no_equality_whatever_its_name(name):
    a = Vector.generator("a")
    assuming, given = {name: a @ a}, {name: -1}
    assert not prove_nonnegative(-(a @ a), LinearSkew(), assuming=assuming, multipliers=given)
    assert prove_nonnegative(a @ a, LinearSkew(), assuming=assuming, multipliers={name: 1})


def test_a_variable_called_t_is_not_time():
    problem = SaddleProblem("x^2/2 - t^2/2", "x", "t")  # ṫ = −t: V̇ = −t(t − 1) > 0 at t = 1/2
    result = prove_decrease_on(problem, "t^2/2 - t")
    assert result.witness.value < 0 < result.witness.point["t"] < 1
    assert prove_decrease_on(problem, "t^2/2 + x^2/2")
    assert "any time" not in str(prove_decrease_on(problem, "t^2/2 + x^2/2"))
    assert prove_convergence(problem, V="t^2 + x^2")
    with pytest.raises(ProblemError, match="rename"):
        prove_decrease_on(problem, "t^2/2", AnchoredFlow(2))


def test_symbols_of_one_name_are_one_variable():
    x, positive = sympy.Symbol("x"), sympy.Symbol("x", positive=True)
    assert prove_nonnegative_polynomial(x * positive)
    assert not prove_nonnegative_polynomial(x - positive - 1)
    with pytest.raises(ProblemError, match="different names"):
        prove_nonnegative_polynomial("x^2", ["x", "x"])


def test_a_method_that_rests_where_G_does_not_does_not_converge():
    problem = SaddleProblem("x^2/2 - u^2/2", "x", "u")  # G(z) = z, and z − G(z − G(z)) = z
    proof = prove_fate(Extragradient(1), problem)
    assert proof.kind == "bounded"
    assert prove_fate(Extragradient(HALF), problem).kind == "converges"


def test_a_root_at_infinity_is_outside():
    """On λ = −1/3 proximal point has the root 1/(1 − s/3), inside the circle for s > 6 alone."""
    problem = SaddleProblem("-x^2/6 - u^2/6", "x", "u")
    intervals = step_threshold(ProximalPoint(1), SaddleProblem("-x^2/6 - u^2", "x", "u")).intervals
    assert [(i.low, str(i.high)) for i in intervals] == [(6, "oo")]
    with pytest.raises(ProblemError, match="resolvent"):
        prove_fate(ProximalPoint(3), problem)


@pytest.mark.parametrize("method", [SimGD(1), OGDA(1), AlternatingGDA(1)])
def test_a_Jordan_block_for_the_eigenvalue_zero_is_not_stable(method):
    threshold = step_threshold(method, SaddleProblem("x1*u + x1*x2", "x1 x2", "u"))  # M³ = 0
    assert threshold.step == 0 and "drift" in str(threshold)
    assert step_threshold(OGDA(1), SaddleProblem("(x1 + x2)*u", "x1 x2", "u")).step > 0  # M = −Mᵀ


REGION = {"ranges": ["k > 0"], "point": {"k": "1"}}
NOTHING = {"zero": {}, "equalities": []}
FORGERIES = {
    "the class between Z and itself along the flow": {
        "ranges": ["t > 0"], "point": {"t": "1"},
        "operator": {"along": {"X": [["Δz", "Δz", "1"], ["ż", "ż", "-1"]]}, "equalities": []},
        "flow": {"Z": {"G": "-1"}}, "form": [["G", "G", "-1"]], "multipliers": {"X'(Z,Z)": "1"},
    },
    "a point with the name of the zero": {
        **REGION,
        "operator": {"two points": {"MON": [["Δg", "Δz", "1"]]}, "equalities": []},
        "method": {"*": {"z^{0}": "1"}, "k": {"z^{k}": "1"}},
        "form": [["g^{*}", "z*", "1"], ["g^{*}", "z^{k}", "-1"], ["g^{k}", "z*", "-1"],
                 ["g^{k}", "z^{k}", "1"]],
        "multipliers": {"MON(*,k)": "1"},
    },
    "two labels of one step": {
        **REGION, "operator": NOTHING,
        "method": {"k": {"z^{k}": "1"}, "k+0": {"z^{k}": "2"}},
        "V": [["g^{k+0}", "g^{k+0}", "1"], ["g^{k+0}", "g^{k}", "-2"], ["g^{k}", "g^{k}", "1"]],
        "rate": "0", "squares": [{"coefficient": "1", "vector": {"g^{k}": "1", "g^{k+0}": "-1"}}],
    },
    "a comment": {
        **REGION, "ranges": ["k > 0 # and whatever else"], "operator": NOTHING,
        "form": [["a", "a", "1"]], "squares": [{"coefficient": "1", "vector": {"a": "1"}}],
    },
    "a name that is a sentence": {
        **REGION, "operator": NOTHING,
        "form": [["a", "a", "1"], ["b> >= 0. Moreover, <b", "c", "0"]],
        "squares": [{"coefficient": "1", "vector": {"a": "1"}}],
    },
    "an operator that moves by itself": {
        "ranges": ["t > 0"], "point": {"t": "1"}, "operator": NOTHING,
        "flow": {"Z": {"G": "-1"}, "z*": {"G": "-1"}}, "V": [["z*", "z*", "1"]], "rate": "0",
        "squares": [{"coefficient": "1", "vector": {"a": "1"}}],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_files_are_refused(name):
    one = {"times": ["1", {}, "1"], "terms": [["1", {}, "1"]]}
    data = {
        "format": FORMAT,
        "names": {},
        "facts": {"1 >= 0": one},
        "derivatives": {"t": "1"} if "flow" in FORGERIES[name] else {},
        "sequences": {"k": ["k", "k + 1"]},
        **({} if "V" in FORGERIES[name] else {"assuming": {}}),
        "multipliers": {},
        "squares": [],
        **FORGERIES[name],
    }
    with pytest.raises(VerificationError, match=r"unknown|not about|label|formula|name|move"):
        verify(json.dumps(data | {"statement": statement(data)}))


@pytest.mark.parametrize(
    "schedule",
    [lambda k: 100 if k == 0 else HALF, lambda k: HALF if isinstance(k, sympy.Symbol) else 100],
)
def test_a_schedule_with_cases_is_not_the_formula_it_gives_for_a_symbol(schedule):
    V, operator = "sq(z - zstar)", LipschitzStronglyMonotone(1, 1)
    assert prove_decrease(V, SimGD(lambda k: HALF / (k + 1)), operator)
    with pytest.raises(ProblemError, match="without cases"):
        prove_decrease(V, SimGD(schedule), operator)


def test_a_schedule_that_compares_k_has_no_formula():
    with pytest.raises(ProblemError, match="no formula"):
        step_vectors(SimGD(lambda k: HALF if k < 9 else 1))


@pytest.mark.parametrize("formula", ["((k+1)**100)**100", "((9**200)**200)**200"])
def test_a_file_cannot_keep_the_verifier_busy(formula):
    data = {**FORGERIES["a comment"], "ranges": ["k > 0"], "format": FORMAT, "names": {}}
    data |= {"facts": {}, "form": [["a", "a", formula]], "assuming": {}, "multipliers": {}}
    with pytest.raises(VerificationError, match="too"):
        verify(json.dumps(data | {"statement": statement(data)}))
