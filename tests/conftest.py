"""Settings for every test: reproducible, without a screen, quick to explain a failure."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
# The tests run side by side and their matrices are small: threads of BLAS only get in the way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# Derandomised: the same examples on every machine; deadlines would fail on a busy one.
settings.register_profile("saddleode", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("saddleode")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a case without memory addresses: workers must agree on the names of the tests."""
    return argname if " at 0x" in repr(val) else None


@pytest.fixture(params=["compiled", "numpy"])
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test of `iterate` on the engine that it takes by itself, and on NumPy."""
    from saddleode.discretize import engines
    from saddleode.flows import ProblemError

    def refuse(*_: object) -> None:
        raise ProblemError("not in this test")

    if request.param == "numpy":
        monkeypatch.setattr(engines, "require_compilable", refuse)
