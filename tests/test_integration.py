"""The choices of `integrate`: engines, ensembles, grids, warnings, wrong arguments."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import DOP853

from saddleode.flows import (
    FLOWS,
    PAPER_FLOWS,
    AnchoredFlow,
    GradientFlow,
    NotConvexConcaveWarning,
    ProblemError,
    SaddleProblem,
    VelocityForm,
    integrate,
)
from saddleode.flows.solving.stepping import EnsembleDOP853

BILINEAR = SaddleProblem("x*u", "x", "u", name="bilinear")
QUARTIC = SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u", name="quartic")
EXAMPLES = [kind(**kind.example) for kind in FLOWS]
by_flow = pytest.mark.parametrize("flow", EXAMPLES, ids=lambda flow: flow.name)


def event(direction: float = 0, terminal: bool | int = False):
    def crosses(t, z):
        return z[0]

    crosses.direction, crosses.terminal = direction, terminal
    return crosses


# -- ensembles --------------------------------------------------------------------------------


@by_flow
@pytest.mark.parametrize("engine", ["scipy", "auto"])
@pytest.mark.parametrize("problem", [BILINEAR, QUARTIC], ids=lambda p: p.name)
def test_ensembles_are_their_members(flow, engine: str, problem: SaddleProblem) -> None:
    z0 = np.random.default_rng(6).standard_normal((4, 2))
    ensemble = integrate(flow, problem, z0, (0, 8), engine=engine)
    assert ensemble.z.shape == (4, 501, 2)
    for i in range(4):
        member = integrate(flow, problem, z0[i], (0, 8), engine=engine)
        np.testing.assert_allclose(ensemble.z[i], member.z, atol=1e-8)
        np.testing.assert_allclose(ensemble([1.0, 7.0])[i], member([1.0, 7.0]), atol=1e-8)


def test_one_bad_member_does_not_hide_among_many() -> None:
    """A thousand members at rest and one that turns: its error is that of a lone trajectory."""
    z0 = np.zeros((1001, 2))
    z0[500] = [1.0, 0.0]
    t, rtol = np.linspace(0.0, 30.0, 61), 1e-7
    ensemble = integrate(
        GradientFlow(), BILINEAR, z0, (0, 30), t_eval=t, rtol=rtol, atol=rtol, engine="scipy"
    )
    exact = np.stack([np.cos(t), np.sin(t)], axis=-1)
    assert np.all(np.abs(ensemble.z[500] - exact) <= rtol * (1 + np.abs(exact)))


def test_error_norm_is_that_of_the_worst_member() -> None:
    """The one private hook of SciPy that is overridden: it exists, is called, and is right."""
    rng = np.random.default_rng(8)
    K, scale = rng.standard_normal((13, 12)), rng.uniform(1, 2, 12)
    K[:, 4:8] *= 100.0
    ours = EnsembleDOP853(lambda t, y: -y, 0.0, np.ones(12), 1.0, members=3)
    lone = DOP853(lambda t, y: -y, 0.0, np.ones(4), 1.0)
    alone = [lone._estimate_error_norm(K[:, i : i + 4], 0.1, scale[i : i + 4]) for i in (0, 4, 8)]
    norm = ours._estimate_error_norm(K, 0.1, scale)
    assert norm == pytest.approx(max(alone), rel=1e-13) and max(alone) == alone[1]
    assert ours._estimate_error_norm(0 * K, 0.1, scale) == 0.0

    calls = []

    class Watched(EnsembleDOP853):
        def _estimate_error_norm(self, *arguments):
            calls.append(arguments)
            return super()._estimate_error_norm(*arguments)

    Watched(lambda t, y: -y, 0.0, np.ones(2), 1.0, members=1).step()
    assert calls


# -- engines ----------------------------------------------------------------------------------


def test_choice_of_the_engine_and_its_reason() -> None:
    def run(problem, **options):
        trajectory = integrate(GradientFlow(), problem, [1.0, 0.5], (0, 1), **options)
        return trajectory.engine, trajectory.engine_reason

    assert run(BILINEAR) == ("exact", "the problem is affine and has a closed form")
    assert run(BILINEAR, engine="exact") == ("exact", "asked for")
    assert run(BILINEAR, engine="scipy") == ("scipy", "asked for")
    assert run(QUARTIC, engine="scipy") == ("scipy", "asked for")
    assert run(BILINEAR, events=lambda t, z: z[0]) == ("scipy", "events were asked for")
    plain = SaddleProblem.from_operator(lambda z: z**3, 1, 1)
    engine, reason = run(plain)
    assert engine == "scipy" and reason.startswith("the problem is not affine; ")


@pytest.mark.parametrize(
    "flow", [kind(**kind.example) for kind in PAPER_FLOWS], ids=lambda f: f.name
)
def test_engines_agree_from_a_later_start(flow) -> None:
    z0, anchor = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0.5, 0.5])
    exact, stepped = (
        integrate(flow, BILINEAR, z0, (2, 9), anchor=anchor, engine=engine, rtol=1e-10)
        for engine in ("exact", "scipy")
    )
    np.testing.assert_allclose(exact.z, stepped.z, atol=1e-9)
    np.testing.assert_array_equal(exact.z[:, 0], z0)
    np.testing.assert_array_equal(exact.anchor, [anchor, anchor])


def test_autonomous_flows_start_at_any_time() -> None:
    shifted = integrate(GradientFlow(), BILINEAR, [1.0, 0.0], (-5, -1), engine="exact")
    np.testing.assert_allclose(shifted(-5 + np.pi), [-1.0, 0.0], atol=1e-14)


@pytest.mark.parametrize("engine", ["exact", "scipy"])
def test_grids_and_dense_output(engine: str) -> None:
    t = np.array([0.0, 0.01, 2.0, 2.5])
    trajectory = integrate(AnchoredFlow(1), BILINEAR, [1.0, 0.0], (0, 3), t_eval=t, engine=engine)
    np.testing.assert_array_equal(trajectory.t, t)
    np.testing.assert_array_equal(trajectory.z[0], [1.0, 0.0])
    np.testing.assert_array_equal(trajectory(t), trajectory.z)
    np.testing.assert_allclose(trajectory(t[::-1]), trajectory.z[::-1], atol=1e-15)
    assert trajectory(3.0).shape == (2,)


# -- the rest of the contract -----------------------------------------------------------------


def test_warning_comes_once_and_only_for_what_is_not_convex_concave() -> None:
    with pytest.warns(NotConvexConcaveWarning) as caught:
        integrate(GradientFlow(), SaddleProblem("-x**2 + x*u", "x", "u"), [1.0, 0.0], (0, 1))
    assert len(caught) == 1


def test_progress_bar_only_on_demand(capsys) -> None:
    integrate(GradientFlow(), QUARTIC, [1.0, 0.0], (0, 5))
    assert capsys.readouterr() == ("", "")
    integrate(AnchoredFlow(1), QUARTIC, [1.0, 0.0], (0, 5), progress=True, engine="scipy")
    shown = capsys.readouterr()
    assert shown.out == "" and "t = 5/5" in shown.err


Z0 = [1.0, 0.0]
WRONG = [
    ({"t_span": (1, 0)}, "start < end"),
    ({"t_span": (1, 1)}, "start < end"),
    ({"t_span": (0, np.inf)}, "start < end"),
    ({"t_span": 5}, "start < end"),
    ({"t_span": (0, 1, 2)}, "start < end"),
    ({"t_span": (0, "end")}, "neither a time"),
    ({"t_span": (-1, 1)}, "t >= 0 is needed"),
    ({"anchor": [0.0, 0.0]}, "z0 and anchor differ"),
    ({"anchor": [0.0, 0.0, 0.0]}, "anchor has shape"),
    ({"anchor": np.zeros((3, 2)), "t_span": (1, 2)}, "anchor has shape"),
    ({"t_eval": [0.0, 2.0]}, "is needed; got"),
    ({"t_eval": [0.5, 0.2]}, "strictly increasing"),
    ({"t_eval": [0.5, 0.5]}, "strictly increasing"),
    ({"t_eval": [0.1, np.nan, 0.2]}, "strictly increasing"),
    ({"t_eval": [np.nan]}, "is needed; got"),
    ({"t_eval": []}, "strictly increasing"),
    ({"t_eval": 0.5}, "strictly increasing"),
    ({"t_eval": ["a"]}, "neither a time"),
    ({"z0": [1.0, 2.0, 3.0]}, "z0 has shape"),
    ({"z0": [1.0, np.nan]}, "finite"),
    ({"z0": np.zeros((2, 2, 2))}, "z0 has shape"),
    ({"rtol": 0.0}, "rtol = 0"),
    ({"rtol": 1e-14}, "rtol = 1e-14.*reference=True"),
    ({"rtol": "fine"}, "rtol = 'fine'"),
    ({"atol": None}, "atol = None"),
    ({"problem": "x*u"}, "a SaddleProblem is needed"),
    ({"rtol": np.nan}, "rtol = nan"),
    ({"rtol": 1.0}, "rtol = 1"),
    ({"atol": 0.0}, "atol = 0"),
    ({"atol": np.inf}, "atol = inf"),
    ({"engine": "euler"}, "'euler' is not one of auto, exact"),
    ({"engine": "exact", "problem": QUARTIC}, "not affine; use engine='auto'"),
    ({"engine": "exact", "events": event()}, "events were asked for"),
    ({"engine": "exact", "form": VelocityForm}, "a form was asked for"),
    ({"events": event(), "z0": np.eye(2)}, "events need one start"),
    ({"events": [3]}, "not a function"),
    ({"events": 3}, "not a function"),
    ({"flow": "anchored"}, "a flow is needed"),
    ({"flow": GradientFlow}, "a flow is needed"),
    (
        {"problem": SaddleProblem.from_operator(lambda z: np.where(z == 1.0, np.inf, z), 1, 1)},
        "not finite at z0",
    ),
]


@pytest.mark.parametrize(("changes", "match"), WRONG)
def test_wrong_arguments(changes: dict, match: str) -> None:
    arguments = {"flow": AnchoredFlow(1), "problem": BILINEAR, "z0": Z0, "t_span": (0, 1)}
    with pytest.raises(ProblemError, match=match) as error:
        integrate(**(arguments | changes))
    assert "\n" not in str(error.value)


def test_exact_parameters_are_accepted_and_kept() -> None:
    trajectory = integrate(AnchoredFlow(Fraction(1, 2)), QUARTIC, Z0, (0, 1))
    assert trajectory.flow == AnchoredFlow(Fraction(1, 2)) and trajectory.z.dtype == np.float64
