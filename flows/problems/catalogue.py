"""Catalogue of saddle problems with known solutions, for tests, the command line and teaching."""

from __future__ import annotations

import numpy as np

from ..errors import ProblemError
from .catalogue_entry import HERE, CatalogueEntry, entry
from .points import Array
from .problem import SaddleProblem
from .set_valued_catalogue import SET_VALUED

DASKALAKIS = "Daskalakis, Ilyas, Syrgkanis, Zeng 2018, Training GANs with optimism, Section 2"
MESCHEDER = "Mescheder, Geiger, Nowozin 2018, Which training methods for GANs do converge, Def. 2.1"
PAPER = "Ryu, Yuan, Yin 2019, Figure 1"


def bilinear() -> SaddleProblem:
    """Bilinear problem L = x u: a rotation; the only saddle point is 0."""
    return SaddleProblem("x*u", "x", "u", name="bilinear")


def paper() -> SaddleProblem:
    """Problem L = 0.2 x² + x u of the paper: spirals in; the only saddle point is 0."""
    return SaddleProblem("x**2/5 + x*u", "x", "u", name="paper")


def quartic() -> SaddleProblem:
    """Quartic problem L = x⁴/4 + x u − u⁴/4, strictly convex-concave.

    The Jacobian at the only saddle point 0 is that of x u, so linear analysis there sees a
    rotation, and all convergence comes from the higher order.
    """
    return SaddleProblem("x**4/4 + x*u - u**4/4", "x", "u", name="quartic")


def random_bilinear(d: int = 10, seed: int = 0) -> SaddleProblem:
    """Random bilinear problem L = xᵀA u + bᵀx + cᵀu in d dimensions.

    A = U diag(σ) Vᵀ with random orthogonal U, V and σ evenly spaced in [½, 3/2], so the
    Lipschitz constant is 3/2 and the saddle point, (−A⁻ᵀc, −A⁻¹b), is the only one.

    Parameters
    ----------
    d : int
        Number of variables, even; d/2 for each player.
    seed : int
        Seed of the random numbers.
    """
    n = _half(d)
    rng = np.random.default_rng(seed)
    U, V = (np.linalg.qr(rng.standard_normal((n, n)))[0] for _ in range(2))
    A = U @ np.diag(np.linspace(0.5, 1.5, n)) @ V.T
    b, c = rng.standard_normal((2, n))
    return SaddleProblem.bilinear(A, b, c, name="random-bilinear")


def monotone_quadratic(d: int = 10, seed: int = 0) -> SaddleProblem:
    """Random strongly convex-concave problem L = ½xᵀP x + xᵀA u − ½uᵀQ u + bᵀx + cᵀu.

    P = XᵀX/n + I/10 and Q alike, with X, A, b, c Gaussian and A scaled by n^{-1/2}.
    Strongly monotone, so the saddle point is the only one.

    Parameters
    ----------
    d : int
        Number of variables, even; d/2 for each player.
    seed : int
        Seed of the random numbers.
    """
    n = _half(d)
    rng = np.random.default_rng(seed)
    X, Y, A = rng.standard_normal((3, n, n)) / np.sqrt(n)
    b, c = rng.standard_normal((2, n))
    P, Q = (W.T @ W + 0.1 * np.eye(n) for W in (X, Y))
    return SaddleProblem.quadratic(P, A, Q, b, c, name="monotone-quadratic")


def dirac_gan() -> SaddleProblem:
    """Dirac-GAN L = f(x u) with f(t) = −log(1 + e⁻ᵗ), the constant f(0) left out.

    Concave in u, but also concave in x, so not convex-concave: the theorems do not apply.
    The only critical point is 0, where DG is that of ½ x u; L(·, 0) and L(0, ·) are
    constant, so it is a saddle point all the same.
    """
    return SaddleProblem("-log(1 + exp(-x*u))", "x", "u", name="dirac-gan")


def gaussian_wgan() -> SaddleProblem:
    """Wasserstein GAN that learns the mean v = (3, 4) of a Gaussian with a linear critic.

    L = E⟨u, v + ξ⟩ − E⟨u, x + ξ⟩ = ⟨u, v − x⟩; the only saddle point is x = v, u = 0.
    """
    return SaddleProblem("u1*(3 - x1) + u2*(4 - x2)", "x1 x2", "u1 u2", name="gaussian-wgan")


def segment() -> SaddleProblem:
    """Degenerate problem L = max(|x| − 1, 0)²/2 − u²/2; saddle points: all of [−1, 1] × {0}."""
    L = "max(abs(x) - 1, 0)**2/2 - u**2/2"
    return SaddleProblem(L, "x", "u", name="segment", nearest_saddle=_nearest_on_segment)


def nonconvex() -> SaddleProblem:
    """Double well L = x⁴/4 − x²/2 + x u/2 − u²/2, not convex in x, for honest failure.

    Critical points: 0, which repels (DG has the eigenvalues ±√3/2), and ±(√3/2, √3/4), which
    attract. The latter are saddle points locally only: L(·, u*) has its lowest value in the
    other well, so this L has no saddle point; `nearest_saddle` means the nearest zero of G.
    """
    L = "x**4/4 - x**2/2 + x*u/2 - u**2/2"
    return SaddleProblem(L, "x", "u", name="nonconvex", nearest_saddle=_nearest_critical)


def named_problem(name: str, **parameters: int) -> SaddleProblem:
    """Problem of the catalogue by its name.

    Parameters
    ----------
    name : str
        Name of an entry of `CATALOGUE`.
    **parameters
        Parameters of the entry's `build`, such as d and seed.

    Raises
    ------
    ProblemError
        If there is no such entry; lists those there are.

    Examples
    --------
    >>> named_problem("bilinear").L
    u*x
    """
    for listed in CATALOGUE:
        if listed.name == name:
            return listed.build(**parameters)
    names = ", ".join(listed.name for listed in CATALOGUE)
    raise ProblemError(f"no problem is called {name!r}; there are: {names}")


def _half(d: int) -> int:
    if not isinstance(d, int | np.integer) or d < 2 or d % 2:
        raise ProblemError(f"d is {d!r}; needed: an even integer of at least 2")
    return int(d) // 2


def _nearest_on_segment(z: Array) -> Array:
    return np.stack([np.clip(z[..., 0], -1.0, 1.0), np.zeros(z.shape[:-1])], axis=-1)


def _nearest_critical(z: Array) -> Array:
    arm = np.sqrt(3.0) * np.array([0.5, 0.25])
    points = np.array([-arm, np.zeros(2), arm])
    distances = np.linalg.norm(z[..., None, :] - points, axis=-1)
    return np.asarray(points[np.argmin(distances, axis=-1)])


_TEN = (1.0,) * 10
_RANDOM = "x'A u + b'x + c'u"

CATALOGUE: tuple[CatalogueEntry, ...] = (
    entry(bilinear, "rotation", "x*u", (1.0, 0.0), PAPER),
    entry(paper, "spiral; strictly convex in x", "x**2/5 + x*u", (1.0, 0.0), PAPER),
    entry(quartic, "strictly convex-concave quartic", "x**4/4 + x*u - u**4/4", (1.0, 1.0), HERE),
    entry(random_bilinear, "random bilinear game", _RANDOM, _TEN, HERE),
    entry(
        monotone_quadratic, "random strongly monotone", f"x'P x/2 + {_RANDOM} - u'Q u/2", _TEN, HERE
    ),
    entry(
        dirac_gan, "Dirac-GAN; not convex in x", "-log(1 + exp(-x*u))", (1.0, 1.0), MESCHEDER, False
    ),
    entry(
        gaussian_wgan,
        "WGAN, mean of a Gaussian",
        "u1*(3 - x1) + u2*(4 - x2)",
        (0.0, 0.0, 0.0, 0.0),
        DASKALAKIS,
    ),
    entry(
        segment,
        "a segment of saddle points",
        "max(abs(x) - 1, 0)**2/2 - u**2/2",
        (2.0, 1.0),
        HERE,
    ),
    entry(
        nonconvex,
        "double well; not convex in x",
        "x**4/4 - x**2/2 + x*u/2 - u**2/2",
        (0.1, 0.2),
        HERE,
        False,
    ),
    *SET_VALUED,
)
"""All problems of the catalogue; tests, documentation and command line run through it."""
