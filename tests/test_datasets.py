"""Results as labelled arrays."""

import builtins

import numpy as np
import pytest
import xarray

from saddleode.discretize import GaussianNoise, SimGD, iterate
from saddleode.flows import AnchoredFlow, ProblemError, SaddleProblem, integrate

XU = SaddleProblem("x*u", "x", "u")


def test_a_trajectory_as_a_dataset_and_back_from_netcdf(tmp_path) -> None:
    trajectory = integrate(AnchoredFlow(1), XU, [1.0, 0.0], (0, 5), t_eval=np.linspace(0, 5, 11))
    found = trajectory.to_xarray()
    assert found.z.dims == ("t", "coordinate") and list(found.coordinate.values) == ["x", "u"]
    np.testing.assert_array_equal(found.z.sel(coordinate="x"), trajectory.x[:, 0])
    assert found.attrs["engine"] == trajectory.engine and "AnchoredFlow" in found.attrs["flow"]
    found.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    with xarray.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as stored:
        np.testing.assert_array_equal(stored.z, trajectory.z)


def test_ensembles_have_an_axis_more() -> None:
    starts = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    found = integrate(AnchoredFlow(1), XU, starts, (0, 5)).to_xarray()
    assert found.z.dims == ("member", "t", "coordinate")
    assert found.operator_norm.dims == ("member", "t")
    run = iterate(SimGD(0.1), XU, [1.0, 0.0], 20, oracle=GaussianNoise(0.1), paths=4, seed=1)
    found = run.to_xarray()
    assert found.sizes == {"path": 4, "k": 21, "coordinate": 2} and found.attrs["seed"] == 1
    np.testing.assert_allclose(found.operator_norm, np.linalg.norm(run.z, axis=-1))


def test_without_xarray_the_extra_is_named(monkeypatch) -> None:
    real = builtins.__import__

    def refusing(name, *arguments, **options):
        if name == "xarray":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(ProblemError, match=r"saddleode\[data\]"):
        iterate(SimGD(0.1), XU, [1.0, 0.0], 3).to_xarray()
