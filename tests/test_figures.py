"""Figures: what is drawn is what was computed, in one style, and the same bytes every time."""

import subprocess
import sys
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from saddleode.analysis import THEOREMS, compare
from saddleode.discretize import METHODS, AnchoredSimGD, OptimisticSimGD, SimGD, iterate
from saddleode.discretize.registry import PAPER_METHODS
from saddleode.figures import phase_portrait, plot_comparison, plot_decay
from saddleode.figures.decay import proved_bound
from saddleode.figures.gallery import GALLERY
from saddleode.figures.overlay import spread_out
from saddleode.figures.paper.figure1 import figure1, main
from saddleode.figures.portrait import draw_undamped_line
from saddleode.figures.run_picture import comparison_picture, run_picture
from saddleode.figures.saving import rendered, save_both, save_figure
from saddleode.figures.style import LOOKS, OTHER, PAPER_STYLE, family, look, new_axes, style
from saddleode.flows import (
    PAPER_FLOWS,
    AnchoredFlow,
    GradientFlow,
    OptimisticFlow,
    ProblemError,
    SaddleProblem,
    integrate,
)

XU = SaddleProblem("x*u", "x", "u")
DAMPED = SaddleProblem("0.2*x^2 + x*u", "x", "u")
M_DAMPED = np.array([[0.4, 1.0], [-1.0, 0.0]])  # G(z) = Mz for 0.2x² + xu

EXACT = 1e-12  # closed forms in double precision over a few turns
SOLVED = 1e-7  # ten times the tolerance of the integrator


@pytest.fixture(autouse=True)
def _settings_stay_as_they_are():
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


def axes():
    return Figure().add_subplot()


@pytest.fixture(scope="module")
def gallery():
    return {picture.name: picture.draw() for picture in GALLERY}


# Phase portraits


def test_portrait_draws_into_the_axes_given():
    ax = axes()
    assert phase_portrait(XU, GradientFlow(), [[1, 0]], ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_aspect()) == ("$x$", "$u$", 1.0)


def test_portrait_makes_axes_of_its_own():
    assert phase_portrait(XU, GradientFlow(), [1, 0]).figure is not None


def test_gradient_flow_on_xu_is_drawn_as_circles():
    radii = [0.5, 1.0, 2.0]
    ax = phase_portrait(XU, GradientFlow(), [[r, 0] for r in radii], t_end=2 * np.pi, points=400)
    *circles, star = ax.get_lines()
    t = np.linspace(0, 2 * np.pi, 400)
    for radius, line in zip(radii, circles, strict=True):
        expected = radius * np.array([np.cos(t), np.sin(t)])  # ẋ = −u, u̇ = x
        np.testing.assert_allclose(line.get_data(), expected, atol=EXACT)
    np.testing.assert_array_equal(np.ravel(star.get_data()), [0, 0])


def test_gradient_flow_on_the_damped_problem_is_drawn_as_the_matrix_exponential():
    ax = phase_portrait(DAMPED, GradientFlow(), [[1.5, -1.0]], t_end=9.0, points=50)
    z = [scipy.linalg.expm(-t * M_DAMPED) @ [1.5, -1.0] for t in np.linspace(0, 9, 50)]
    np.testing.assert_allclose(np.transpose(ax.get_lines()[0].get_data()), z, atol=EXACT)


def test_arrows_point_along_the_trajectory():
    ax = phase_portrait(XU, GradientFlow(), [[1, 0]], t_end=2 * np.pi)
    arrows = [text for text in ax.texts if text.arrowprops]
    assert len(arrows) == 2
    for arrow in arrows:
        tail, head = np.array(arrow.xyann), np.array(arrow.xy)
        g = XU.operator((tail + head) / 2)
        direction = head - tail
        assert direction @ -g / np.linalg.norm(direction) / np.linalg.norm(g) > 0.999


def test_portrait_of_a_problem_without_a_known_saddle_point():
    nonconvex = SaddleProblem("x^4/4 - x^2/2 + x*u/2 - u^2/2", "x", "u")
    with pytest.warns(UserWarning, match="do not apply"):
        ax = phase_portrait(nonconvex, GradientFlow(), [[0.1, 0.2]], t_end=2.0)
    assert ax.get_lines()


def test_portrait_refuses_what_is_not_in_the_plane():
    with pytest.raises(ProblemError, match="n = m = 1"):
        phase_portrait(SaddleProblem.bilinear(np.eye(2)), GradientFlow(), [[1, 0, 0, 0]])
    with pytest.raises(ProblemError, match=r"\(N, 2\)"):
        phase_portrait(XU, GradientFlow(), [[1, 0, 0]])


def test_undamped_line_is_where_the_inner_product_vanishes():
    (line,) = draw_undamped_line(DAMPED, axes()).get_lines()
    first, second = np.array(line.get_xy1()), np.array(line.get_xy2())
    np.testing.assert_allclose([first[0], second[0]], 0, atol=1e-15)  # x = 0
    assert second[1] != first[1]
    for z in (first, second, 7 * second):
        assert abs(DAMPED.operator(z) @ z) <= EXACT
    assert line.get_linestyle() == "--"


@pytest.mark.parametrize("formula", ["x*u", "x^2 + x*u - u^2"])
def test_no_line_is_drawn_where_the_plane_or_a_point_is_undamped(formula):
    assert not draw_undamped_line(SaddleProblem(formula, "x", "u"), axes()).get_lines()


def test_undamped_line_needs_an_affine_problem():
    with pytest.raises(ProblemError, match="not affine"):
        draw_undamped_line(SaddleProblem("x^4 + x*u", "x", "u"), axes())
    with pytest.raises(ProblemError, match="n = m = 1"):
        draw_undamped_line(SaddleProblem.bilinear(np.eye(2)), axes())


# Flow against iterates


@pytest.mark.parametrize(
    "method", [SimGD(0.2), OptimisticSimGD(0.1, 0.3), AnchoredSimGD(0.6, 2)], ids=family
)
def test_overlay_draws_flow_and_iterates(method):
    comparison = compare(method.flow(), method, XU, [1, 0], steps=[0.2, 0.1], t_end=4.0)
    ax = axes()
    assert plot_comparison(comparison, ax=ax) is ax
    flow, coarse, fine, _ = ax.get_lines()
    assert ax.get_xlabel() and ax.get_ylabel()
    np.testing.assert_array_equal(np.transpose(flow.get_data()), comparison.rows[1].trajectory.z)
    for line, row in zip((coarse, fine), comparison.rows, strict=True):
        count = int(row.iterates.k[-1])
        run = iterate(method.with_step(row.step), XU, [1.0, 0.0], count)
        np.testing.assert_array_equal(np.transpose(line.get_data()), run.z[row.iterates.k])
    assert {line.get_color() for line in (flow, coarse, fine)} == {look(family(method)).color}
    assert coarse.get_marker() == fine.get_marker() == look(family(method)).marker
    assert coarse.get_markerfacecolor() == "white" != fine.get_markerfacecolor()


def test_overlay_of_simgd_on_xu_is_the_known_spiral():
    ax = plot_comparison(compare(GradientFlow(), SimGD(0.1), XU, [1, 0], steps=[0.1], t_end=5.0))
    z = np.transpose(ax.get_lines()[1].get_data())
    k = np.arange(51)
    np.testing.assert_allclose(z @ [1, 1j], (1 + 0.1j) ** k, rtol=EXACT)  # z⁺ = (1 + iα) z


def test_overlay_of_many_variables_shows_norms_over_time():
    problem = SaddleProblem.bilinear(np.diag([1.0, 2.0]))
    comparison = compare(GradientFlow(), SimGD(0.1), problem, [1, 1, 0, 0], steps=[0.1], t_end=3.0)
    ax = plot_comparison(comparison)
    flow, iterates = ax.get_lines()
    assert (ax.get_xlabel(), ax.get_yscale()) == ("$t$", "log")
    np.testing.assert_allclose(flow.get_ydata(), np.sqrt(5), rtol=SOLVED)  # rotations keep ‖Mz‖
    np.testing.assert_allclose(iterates.get_xdata(), 0.1 * np.arange(31), atol=EXACT)
    np.testing.assert_array_equal(iterates.get_ydata(), comparison.rows[0].iterates.operator_norm)


@given(st.lists(st.tuples(*[st.floats(-9, 9)] * 2), min_size=1, max_size=30), st.floats(0.01, 1))
def test_spread_out_points_are_apart_and_no_gap_is_needless(points, gap):
    path = np.array(points)
    chosen = spread_out(path, gap)
    least = gap * np.ptp(path, axis=0).max()
    steps = np.linalg.norm(np.diff(path[chosen], axis=0), axis=1)
    assert chosen[0] == 0 and np.all(steps >= least)
    for first, later in zip(chosen, [*chosen[1:], len(path)], strict=True):
        between = path[first + 1 : later]
        assert np.all(np.linalg.norm(between - path[first], axis=-1) < least) or least == 0


# Decay and bounds


def test_decay_on_xu_is_the_closed_form_below_the_proved_bound():
    run = integrate(AnchoredFlow(1), XU, [1, 0], (0, 40))
    ax = axes()
    assert plot_decay([run], theorems=THEOREMS, ax=ax) is ax
    decay, bound = ax.get_lines()
    t = decay.get_xdata()
    assert t[0] > 0 and len(t) == len(run.t) - 1
    np.testing.assert_allclose(decay.get_ydata(), 2 * np.abs(np.sin(t / 2)) / t, atol=EXACT)
    np.testing.assert_allclose(bound.get_ydata(), 2 / t, rtol=EXACT)  # (γ + √γ)‖Z0‖/t
    assert "anchored-master" in bound.get_label()
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel()) == ("log", "log", "$t$")


@pytest.mark.parametrize("problem", [XU, DAMPED], ids=str)
@pytest.mark.parametrize(
    "flow", [GradientFlow(), OptimisticFlow(2, 0.5), AnchoredFlow(3)], ids=lambda f: f.name
)
def test_no_flow_crosses_its_proved_bound(flow, problem):
    run = integrate(flow, problem, [0.8, -1.7], (0, 60))
    bounds = [proved_bound(theorem, run) for theorem in THEOREMS]
    found = [bound for bound in bounds if bound is not None]
    assert len(found) == 1
    assert np.all(run.operator_norm <= found[0] * (1 + 1e-9) + SOLVED)


def test_no_bound_is_drawn_where_nothing_is_proved():
    nonconvex = SaddleProblem("x*u - x^2", "x", "u")
    with pytest.warns(UserWarning, match="do not apply"):
        unproved = integrate(GradientFlow(), nonconvex, [1, 0], (0, 2))
    weak_anchor = integrate(AnchoredFlow(0.5), XU, [1, 0], (0, 9))
    late = integrate(GradientFlow(), XU, [1, 0], (1, 9))
    for run in (unproved, weak_anchor, late):
        assert len(plot_decay([run], theorems=THEOREMS).get_lines()) == 1


def test_decay_of_iterates_is_drawn_at_their_times():
    run = iterate(AnchoredSimGD(0.6, 2), XU, [1, 0], 200)
    (line,) = plot_decay([run]).get_lines()
    np.testing.assert_allclose(line.get_xdata(), np.arange(1, 202) ** 0.4, rtol=EXACT)
    np.testing.assert_array_equal(line.get_ydata(), run.operator_norm)
    assert line.get_marker() == look("anchored").marker


def test_decay_refuses_ensembles():
    run = integrate(GradientFlow(), XU, [[1, 0], [2, 0]], (0, 1))
    with pytest.raises(ProblemError, match="2 paths"):
        plot_decay([run])


# Style


def luminance(color):
    c = np.array(to_rgb(color))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_every_family_has_a_look_of_its_own():
    assert set(LOOKS) == {flow.name for flow in PAPER_FLOWS}
    for one, other in combinations(LOOKS.values(), 2):
        assert all(a != b for a, b in zip(one, other, strict=True))


def test_every_method_looks_like_its_flow():
    assert [family(kind(**kind.example)) for kind in PAPER_METHODS] == [f.name for f in PAPER_FLOWS]
    for method in (kind(**kind.example) for kind in METHODS):
        assert look(family(method)) in (*LOOKS.values(), OTHER)
    assert family(AnchoredSimGD(0.6, 2, epsilon=0.1)) == "anchored"
    assert look("unheard of") not in LOOKS.values()


def test_colours_stand_out_from_white():
    """Contrast of at least 4 (graphics need 3, WCAG 2.2, criterion 1.4.11)."""
    for one in LOOKS.values():
        assert 1.05 / (luminance(one.color) + 0.05) >= 4


# Machado, Oliveira, Fernandes 2009, full protanopia and deuteranopia, on linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip


@pytest.mark.parametrize("matrix", BLINDNESS.values(), ids=BLINDNESS)
def test_colours_differ_for_the_colour_blind(matrix):
    seen = [np.array(matrix) @ np.array(to_rgb(one.color)) ** 2.2 for one in LOOKS.values()]
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(one - other) > 0.08


def test_style_is_a_context():
    with style():
        assert mpl.rcParams["svg.hashsalt"] == PAPER_STYLE["svg.hashsalt"]
    assert mpl.rcParams["svg.hashsalt"] != PAPER_STYLE["svg.hashsalt"]


def test_pyplot_is_not_touched():
    code = (
        "import sys; from saddleode.figures import *; import saddleode.figures.gallery as g; "
        "g.figure1(); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# Whole figures


@pytest.mark.parametrize("name", [picture.name for picture in GALLERY])
def test_every_picture_is_labelled_and_nothing_is_cut_off(gallery, name):
    figure = gallery[name]
    for ax in figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    inside, all_of_it = figure.bbox_inches, figure.get_tightbbox(canvas.get_renderer())
    assert inside.x0 <= all_of_it.x0 and all_of_it.x1 <= inside.x1
    assert inside.y0 <= all_of_it.y0 and all_of_it.y1 <= inside.y1


def test_pictures_are_square_where_they_show_a_plane(gallery):
    for name in ("figure1", "flow-and-iterates"):
        assert {ax.get_aspect() for ax in gallery[name].axes} == {1.0}


def test_decay_picture_draws_every_flow_and_a_bound_for_each(gallery):
    for ax in gallery["decay"].axes:
        flows, bounds = ax.get_lines()[::2], ax.get_lines()[1::2]
        for flow, bound in zip(flows, bounds, strict=True):
            assert flow.get_color() == bound.get_color()
            assert np.all(flow.get_ydata() <= bound.get_ydata() * (1 + 1e-9))


def test_figure1_has_circles_left_and_a_spiral_right():
    left, right = figure1().axes
    for line in left.get_lines()[:4]:
        radius = np.hypot(*line.get_data())
        np.testing.assert_allclose(radius, radius[0], rtol=EXACT)
    for line in right.get_lines()[:3]:
        radius = np.hypot(*line.get_data())
        assert radius[-1] < 0.02 * radius[0]
        assert np.all(np.diff(radius) <= EXACT)


def test_run_picture_and_comparison_picture():
    run = integrate(OptimisticFlow(1, 1), SaddleProblem.bilinear(np.eye(2)), np.ones(4), (0, 5))
    assert len(run_picture(run).axes) == 1
    comparison = compare(GradientFlow(), SimGD(0.1), XU, [1, 0], t_end=1.0)
    assert len(comparison_picture(comparison).legends) == 1


# Files


@pytest.mark.slow
def test_svg_is_the_same_in_another_process(tmp_path):
    main(["--out", str(tmp_path / "here")])
    command = [sys.executable, "-m", "saddleode.figures.paper.figure1", "--out"]
    subprocess.run([*command, str(tmp_path / "there")], check=True, timeout=120)
    for kind in ("png", "svg"):
        here, there = ((tmp_path / f / f"figure1.{kind}").read_bytes() for f in ("here", "there"))
        assert here == there and len(here) > 10_000
    assert b"date" not in (tmp_path / "here" / "figure1.svg").read_bytes()


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    figure = new_axes().figure
    with pytest.raises(ProblemError, match="png"):
        save_figure(figure, tmp_path / "a.jpg")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        save_figure(figure, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_both_kinds_are_saved_with_their_contents(tmp_path):
    png, svg = save_both(new_axes().figure, tmp_path / "new", "empty")
    assert (png.name, svg.name) == ("empty.png", "empty.svg")
    assert png.read_bytes().startswith(b"\x89PNG") and b"<svg" in svg.read_bytes()
    assert rendered(new_axes().figure, "pdf").startswith(b"%PDF")
