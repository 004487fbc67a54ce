"""Modified flows against the iterates: the order is the one of the truncation, for every method."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from sympy import Symbol

from saddleode.analysis import ModifiedFlow, modified_equation
from saddleode.analysis.series.modified_flow import ModifiedForm
from saddleode.discretize import (
    EAGC,
    FEG,
    METHODS,
    OGDA,
    AlternatingGDA,
    AnchoredSimGD,
    Extragradient,
    Halpern,
    NormalisedAnchoredSimGD,
    OptimisticAnchoredSimGD,
    OptimisticSimGD,
    PastExtragradient,
    ProximalPoint,
    SimGD,
    iterate,
)
from saddleode.flows import ProblemError, SaddleProblem, Trajectory, integrate

PROBLEM = SaddleProblem("x^4/4 + x^2/5 + x*u + x*sin(u)/3 - u^4/4 - u^3/9", "x", "u")
START = np.array([0.6, -0.4])
OTHER = {  # learning rate -> a method whose other rates keep their ratio to it
    SimGD: SimGD,
    OptimisticSimGD: lambda s: OptimisticSimGD(s, 0.75 * s),
    AnchoredSimGD: lambda s: AnchoredSimGD(0.6, 2, alpha=s),
    NormalisedAnchoredSimGD: lambda s: NormalisedAnchoredSimGD(2, alpha=s),
    OptimisticAnchoredSimGD: lambda s: OptimisticAnchoredSimGD(0.4, 1.5, 0.75, s),
    AlternatingGDA: AlternatingGDA,
    OGDA: OGDA,
    PastExtragradient: PastExtragradient,
    Extragradient: Extragradient,
    ProximalPoint: ProximalPoint,
    Halpern: lambda s: Halpern(s, 1.5),
    FEG: FEG,
    EAGC: EAGC,
}
pytestmark = pytest.mark.filterwarnings("ignore::saddleode.flows.errors.NotConvexConcaveWarning")


def has_equation(kind) -> bool:
    try:
        modified_equation(kind(**kind.example), 1)
    except ProblemError:
        return False
    return True


def error(kind, order: int, steps: int) -> float:
    """Distance of the iterate at t ≈ 1.5 from the modified flow through the one at t = 1.

    By t = 1 what a method remembers is on its principal branch: each step takes a factor of the
    size of the step off the memory of the start.
    """
    make = OTHER.get(kind, lambda s: kind(**{**kind.example, "alpha": s}))
    method = make(float(1 / make(1.0).time(steps)))
    last = next(k for k in range(steps, 9 * steps) if method.time(k) >= 1.5 - 1e-9)
    z = iterate(method, PROBLEM, START, last).z
    flow, span = (
        ModifiedFlow(modified_equation(method, order)),
        (method.time(steps), method.time(last)),
    )
    run = integrate(
        flow, PROBLEM, z[steps], span, t_eval=[span[1]], anchor=START, rtol=1e-12, atol=1e-13
    )
    return float(np.linalg.norm(run.z[-1] - z[last]))


SLOW = [pytest.param(order, marks=pytest.mark.slow) for order in (1, 3, 4)]


@pytest.mark.parametrize("order", [2, *SLOW])
@pytest.mark.parametrize(
    "kind", [kind for kind in METHODS if has_equation(kind)], ids=lambda kind: kind.name
)
def test_iterates_follow_the_truncated_flow_to_the_next_order(kind, order: int) -> None:
    """The slope of log error against log step is order + 1, up to what the next term adds."""
    coarse, fine = (error(kind, order, steps) for steps in (24, 48))
    assert np.log2(coarse / fine) == pytest.approx(order + 1, abs=0.4)


def test_two_step_method_started_on_its_principal_branch() -> None:
    """SimGD-O with z^{−1} from the modified flow backwards: the order holds from the first step."""
    errors = []
    for s in (1 / 16, 1 / 32):
        method = OptimisticSimGD(s, 1.5 * s)
        fine = ModifiedForm(ModifiedFlow(modified_equation(method, 6)), PROBLEM, START)
        back = solve_ivp(fine.rate, (0.0, -s), START, method="DOP853", rtol=1e-13, atol=1e-14)
        state = START, PROBLEM.operator(back.y[:, -1])
        for k in range(round(0.5 / s)):
            state = method.step(PROBLEM.operator, state, k)
        flow = ModifiedFlow(modified_equation(method, 3))
        run = integrate(flow, PROBLEM, START, (0, 0.5), t_eval=[0.5], rtol=1e-12, atol=1e-13)
        errors.append(np.linalg.norm(run.z[-1] - state[0]))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.2)


def test_affine_problem_without_a_formula_and_ensembles() -> None:
    """On G(z) = Mz the flow is exp(tμ(M)), μ = −M − (s/2)M² − (s²/3)M³ for simGD."""
    rng = np.random.default_rng(0)
    P, A, Q = np.diag([1.0, 2.0]), rng.standard_normal((2, 2)), np.diag([0.5, 1.0])
    problem, s = SaddleProblem.quadratic(P, A, Q), 0.125
    M = np.block([[P, A], [-A.T, Q]])
    field = -M - s / 2 * M @ M - s**2 / 3 * M @ M @ M
    starts = rng.standard_normal((3, 4))
    flow = ModifiedFlow(modified_equation(SimGD(s), 2))
    run = integrate(flow, problem, starts, (0, 1), t_eval=[1.0], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(run.z[:, 0], starts @ expm(field).T, atol=1e-10)


def test_operator_without_a_formula_needs_first_derivatives_alone() -> None:
    problem = SaddleProblem.from_operator(lambda z: z + z**3 / 3, 1, 1)
    first = ModifiedFlow(modified_equation(SimGD(0.1), 1))
    run = integrate(first, problem, [1.0, 0.5], (0, 1), t_eval=[1.0])
    exact = SaddleProblem("x^2/2 + x^4/12 + 0*x*u - u^2/2 - u^4/12", "x", "u")
    np.testing.assert_allclose(
        run.z[-1], integrate(first, exact, [1.0, 0.5], (0, 1), t_eval=[1.0]).z[-1], atol=1e-8
    )
    with pytest.raises(ProblemError, match="not known as a formula"):
        integrate(ModifiedFlow(modified_equation(SimGD(0.1), 2)), problem, [1.0, 0.5], (0, 1))


def test_what_it_cannot_run_on() -> None:
    smooth = ModifiedFlow(modified_equation(SimGD(0.1), 1))
    for L in ("max(x, 0)^2 + x*u", "abs(x) + x*u"):
        with pytest.raises(ProblemError, match=r"kinks|set-valued"):
            integrate(smooth, SaddleProblem(L, "x", "u"), [1.0, 0.5], (0, 1))
    anchored = ModifiedFlow(modified_equation(FEG(0.1), 1))
    with pytest.raises(ProblemError, match="t > 0 is needed"):
        integrate(anchored, PROBLEM, START, (0, 1))
    with pytest.raises(ProblemError, match="has the symbols s"):
        ModifiedFlow(modified_equation(SimGD(Symbol("s")), 1))


def test_trajectory_can_be_saved_and_printed(tmp_path) -> None:
    flow = ModifiedFlow(modified_equation(SimGD(0.1), 1))
    run = integrate(flow, PROBLEM, START, (0, 1), t_eval=[0.5, 1.0])
    run.save(tmp_path / "run.npz")
    again = Trajectory.load(tmp_path / "run.npz", flow, PROBLEM)
    np.testing.assert_array_equal(again.z, run.z)
    assert "−s/2 DG·G" in str(run) or "− s/2 DG·G" in str(run)
    other = ModifiedFlow(modified_equation(SimGD(0.2), 1))
    with pytest.raises(ProblemError, match="holds a trajectory of"):
        Trajectory.load(tmp_path / "run.npz", other, PROBLEM)
