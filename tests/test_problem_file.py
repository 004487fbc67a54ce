"""Problem files: every kind is read as it is stated, and every mistake is one clear line."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from saddleode.flows import ProblemError, load_problem, read_problem_file
from saddleode.flows.problems import matrix_file

A = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
Z = np.arange(5.0)
G_BILINEAR = np.concatenate([A @ Z[2:], -A.T @ Z[:2]])


def written(folder: Path, text: str) -> Path:
    file = folder / "problem.toml"
    file.write_text(text)
    return file


def test_a_formula_with_a_start(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '[problem]\nname = "mine"\nformula = "0.2*x^2 + x*u"\nprimal = ["x"]\ndual = "u"\n'
        "[start]\nz0 = [1, 2]",
    )
    read = read_problem_file(file)
    assert read.problem.name == "mine"
    assert read.z0 is not None
    np.testing.assert_array_equal(read.z0, [1.0, 2.0])
    np.testing.assert_allclose(read.problem.operator([1.0, 2.0]), [2.4, -1.0], rtol=1e-15)


def test_a_matrix_from_csv_npz_and_list(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "A.csv", A, delimiter=",")
    np.savez(tmp_path / "game.npz", A=A)
    for value in ('"A.csv"', '"game.npz"', str(A.tolist())):
        file = written(tmp_path, f'[problem]\nkind = "bilinear"\nA = {value}')
        np.testing.assert_allclose(load_problem(file).operator(Z), G_BILINEAR, rtol=1e-15)


def test_a_sparse_matrix_stays_sparse(tmp_path: Path) -> None:
    M = scipy.sparse.csr_array(np.block([[np.zeros((2, 2)), A], [-A.T, np.zeros((3, 3))]]))
    scipy.sparse.save_npz(tmp_path / "M.npz", M)
    problem = load_problem(written(tmp_path, '[problem]\nkind = "affine"\nM = "M.npz"\nn = 2'))
    assert scipy.sparse.issparse(problem.matrix)
    np.testing.assert_allclose(problem.operator(Z), G_BILINEAR, rtol=1e-15)


@pytest.mark.parametrize("separator", [",", "\n"])
def test_a_vector_may_be_a_row_or_a_column(tmp_path: Path, separator: str) -> None:
    (tmp_path / "b.csv").write_text(separator.join(["1", "2"]))
    file = written(
        tmp_path, f'[problem]\nkind = "quadratic"\nA = {A.tolist()}\nQ = {np.eye(3).tolist()}\n'
        'b = "b.csv"'
    )  # fmt: skip
    expected = G_BILINEAR + np.concatenate([[1.0, 2.0], Z[2:]])
    np.testing.assert_allclose(load_problem(file).operator(Z), expected, rtol=1e-15)


MISTAKES = {
    "no table": ("x = 1", "lacks problem"),
    "not TOML": ("[problem", "not valid TOML"),
    "not a table": ("problem = 3", "a table [problem] is needed"),
    "unknown kind": ('[problem]\nkind = "cubic"', "one of formula, bilinear, quadratic, affine"),
    "unhashable kind": ("[problem]\nkind = [1]", "one of formula"),
    "missing key": ('[problem]\nformula = "x*u"', "lacks primal, dual"),
    "unknown key": ('[problem]\nkind = "bilinear"\nA = [[1]]\nB = 2', "no key B"),
    "formula is a number": ('[problem]\nformula = 3\nprimal = "x"\ndual = "u"', "text in quotes"),
    "primal is empty": ('[problem]\nformula = "x*u"\nprimal = []\ndual = "u"', "text in quotes"),
    "bad formula": ('[problem]\nformula = "x*__import__"\nprimal = "x"\ndual = "u"', "__import__"),
    "name is a number": ('[problem]\nname = 3\nkind = "bilinear"\nA = [[1]]', "text in quotes"),
    "n is text": ('[problem]\nkind = "affine"\nM = [[1]]\nn = "1"', "number of primal"),
    "ragged": ('[problem]\nkind = "bilinear"\nA = [[1], [2, 3]]', "rows of one length"),
    "words in a matrix": ('[problem]\nkind = "bilinear"\nA = [["a"]]', "numbers"),
    "matrix is a number": ('[problem]\nkind = "bilinear"\nA = 3', "list of numbers or a file"),
    "text for a number": ('[problem]\nkind = "bilinear"\nA = [["1"]]', "real numbers"),
    "truth for a number": ('[problem]\nkind = "bilinear"\nA = [[true]]', "real numbers"),
    "a number beyond floats": (
        f'[problem]\nkind = "bilinear"\nA = [[{"9" * 400}]]',
        "real numbers",
    ),
    "a number of 5000 digits": (
        f'[problem]\nkind = "bilinear"\nA = [[{"9" * 5000}]]',
        "not valid TOML",
    ),
    "wrong ending": ('[problem]\nkind = "bilinear"\nA = "A.pickle"', ".npz or .csv"),
    "missing file": ('[problem]\nkind = "bilinear"\nA = "none.csv"', "cannot read A"),
    "NaN": ('[problem]\nkind = "bilinear"\nA = [[nan]]', "A"),
    "wrong shape": ('[problem]\nkind = "bilinear"\nA = [[1]]\nb = [1, 2]', "b"),
    "bad start": ('[problem]\nkind = "bilinear"\nA = [[1]]\n[start]\nz0 = [1]', "z0"),
    "start key": ('[problem]\nkind = "bilinear"\nA = [[1]]\n[start]\nz = [1]', "no key z"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_every_mistake_is_one_clear_line(tmp_path: Path, case: str) -> None:
    text, expected = MISTAKES[case]
    with pytest.raises(ProblemError) as caught:
        read_problem_file(written(tmp_path, text))
    message = str(caught.value)
    assert expected in message
    assert case == "not TOML" or "\n" not in message


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("A.csv", b"1,2\n3,word", "not a table of numbers"),
        ("A.csv", b"", "is empty"),
        ("A.csv", b"\xff\xfe\x00", "not a table of numbers"),
        ("A.npz", b"not a zip", "not an archive"),
        ("A.npz", b"", "not an archive"),
    ],
)
def test_broken_matrix_files(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProblemError, match=expected):
        load_problem(written(tmp_path, f'[problem]\nkind = "bilinear"\nA = "{name}"'))


def npy(shape: str, kind: str = "<f8") -> bytes:
    """The header of an .npy file that promises an array of that shape, and none of its data."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def test_archives_that_lie(tmp_path: Path) -> None:
    def refused(expected: str, kind: str = 'kind = "bilinear"\nA = "A.npz"') -> None:
        with pytest.raises(ProblemError, match=expected) as caught:
            load_problem(written(tmp_path, f"[problem]\n{kind}"))
        assert "\n" not in str(caught.value)

    archive = tmp_path / "A.npz"
    for entries in (np.array([[1 + 2j]]), np.array([["1"]]), np.array([[True]])):
        np.savez(archive, A=entries)
        refused("real numbers")
    for promised in ("(1000000000, 1000000000)", "(2, 2)"):
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr("A.npy", npy(promised))
        refused("not an archive|larger than the memory")
    np.savez_compressed(archive, A=np.random.default_rng(0).random((50, 50)))
    content = bytearray(archive.read_bytes())
    content[200:400] = bytes(200)
    archive.write_bytes(content)
    refused("not an archive")
    with archive.open("wb") as file:
        np.save(file, A)
    refused("not an archive")
    affine = 'kind = "affine"\nn = 1\nM = "A.npz"'
    inside = {"data": np.ones(2), "indptr": np.array([0, 1, 2]), "shape": np.array([2, 2])}
    for indices in ([0, 99], [0, -1]):  # SciPy's products would read outside the vector
        np.savez(archive, format=b"csr", indices=np.array(indices), **inside)
        refused("not an archive", affine)
    np.savez(archive, format=b"csr", **inside)
    refused("not an archive", affine)


def test_large_archives_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "A.npz", A=np.zeros((100, 100)))  # 80 kB in a few hundred bytes
    monkeypatch.setattr(matrix_file, "LARGEST", 10_000)
    with pytest.raises(ProblemError, match="at most 10000 are read"):
        load_problem(written(tmp_path, '[problem]\nkind = "bilinear"\nA = "A.npz"'))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "A.npz", A=np.array([{"an": "object"}], dtype=object))
    with pytest.raises(ProblemError, match="not an archive"):
        load_problem(written(tmp_path, '[problem]\nkind = "bilinear"\nA = "A.npz"'))


def test_an_archive_without_the_array_says_what_it_holds(tmp_path: Path) -> None:
    np.savez(tmp_path / "A.npz", payoff=A)
    with pytest.raises(ProblemError, match="holds payoff"):
        load_problem(written(tmp_path, '[problem]\nkind = "bilinear"\nA = "A.npz"'))


def test_a_missing_problem_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot read the problem file"):
        load_problem(tmp_path / "none.toml")


def test_sets_and_terms_in_files(tmp_path):
    file = tmp_path / "game.toml"
    file.write_text(
        '[problem]\nkind = "bilinear"\nA = [[1, -1], [-1, 1]]\nprimal_set = "simplex"\n'
        'dual_set = "box(-1, [1, 2])"\ndual_term = "l1(0.5)"\n[start]\nz0 = [1, 0, 0, 0]\n'
    )
    problem = read_problem_file(file).problem
    assert repr(problem) == (
        "<SaddleProblem: n=2, m=2, primal_set=Simplex(), dual_set=Box(-1, [1, 2]), "
        "dual_term=L1(0.5)>"
    )
    formula = '[problem]\nformula = "x*u"\nprimal = "x"\ndual = "u"\n'
    file.write_text(formula + 'primal_set = "box(0, inf)"\n')
    assert load_problem(file).project([-1.0, 2.0]).tolist() == [0, 2]
    for wrong, message in (
        ('primal_set = "cube"', "known are box"),
        ("primal_set = 3", "text in quotes"),
        ('primal_set = ["box", "ball"]', "text in quotes"),
        ('primal_set = "l1"', "give it as primal_term"),
        ('dual_set = "box([0, 0], 1)"', "1 variables"),
        ('primal_sets = "box"', "no key primal_sets; there are: .*primal_set"),
    ):
        file.write_text(formula + wrong)
        with pytest.raises(ProblemError, match=message):
            load_problem(file)
