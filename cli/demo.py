"""saddleode demo: the study of the paper on two problems, from verdicts to report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import options
from .messages import ExitCode, complain, reporting, say, say_json
from .outputs import require_folder

if TYPE_CHECKING:
    from ..figures.study import Study


@reporting
def demo_command(out: options.Folder = Path("out"), as_json: options.Json = False) -> ExitCode:
    """Run the study of the paper on two problems.

    Verdicts, proofs, figures and report.html for xu and 0.2x² + xu.

    Exit code 0: done; 3: a proof was not found.

    Example: saddleode demo --out out
    """
    require_folder(out)
    from ..analysis.basics.proof_outcome import CertificateError

    try:
        study, written = _run(out)
    except CertificateError as error:
        complain(f"unknown: {error}")
        return ExitCode.UNKNOWN
    if as_json:
        say_json(_data(study) | {"files": [str(path) for path in written]})
    else:
        _say_study(study)
        say("\n".join(f"wrote {path}" for path in written))
    return ExitCode.DONE


def _run(out: Path) -> tuple[Study, list[Path]]:
    from tqdm import tqdm

    from ..figures.gallery import GALLERY
    from ..figures.report import write_report
    from ..figures.saving import save_both
    from ..figures.study import STEPS, run_study

    # None: shown on a terminal alone; in a log its carriage returns are noise.
    with tqdm(total=STEPS + len(GALLERY) + 1, unit="part", disable=None) as bar:
        bar.set_description("")

        def tick(what: str) -> None:
            bar.update(1 if bar.desc else 0)  # what was announced before is done now
            bar.set_description(what)

        study = run_study(tick)
        written, pictures = [], []
        for picture in GALLERY:
            tick(picture.name)
            png, svg = save_both(picture.draw(), out, picture.name)
            written += [png, svg]
            pictures.append((picture, svg.read_bytes()))
        tick("report")
        written.append(write_report(study, pictures, out / "report.html"))
        bar.update()
    return study, written


def _say_study(study: Study) -> None:
    for stated in dict.fromkeys(stated for stated, _ in study.comparisons):
        say(f"\n{stated.text}, from {stated.start}")
        for comparison in (one for other, one in study.comparisons if other is stated):
            _say_verdict("flow", comparison.flow, comparison.flow_outcome)
            _say_verdict("method", comparison.method, comparison.rows[0].outcome)
    say("\nfor every monotone operator")
    for theorem, certificates in study.proofs:
        count = f"{len(certificates)} certificate{'s' * (len(certificates) > 1)}"
        say(f"  proved  {theorem.statement} [{theorem.name}, {count}]")
    say("")


def _say_verdict(role: str, thing: Any, outcome: Any) -> None:
    say(f"  {thing.name:<11} {role:<7} {outcome.kind:<10}  {outcome.reason}")


def _data(study: Study) -> dict[str, Any]:
    return {
        "verdicts": [
            {"formula": stated.text, **comparison.to_dict()}
            for stated, comparison in study.comparisons
        ],
        "proved": [theorem.name for theorem, _ in study.proofs],
    }
