"""Options that several commands share, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Problem = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE", help="Problem of the catalogue, e.g. bilinear, or a file ending .toml."
    ),
]
Formula = Annotated[
    str | None,
    typer.Option(help='L as text, e.g. "0.2*x^2 + x*u"; with --primal and --dual.'),
]
Primal = Annotated[
    str | None,
    typer.Option(help='Minimising variables, e.g. x, "x1 x2", or on a set: "x1 x2 in simplex".'),
]
Dual = Annotated[
    str | None,
    typer.Option(help='Maximising variables, e.g. u, "u1 u2", or on a set: "u in box(-1, 1)".'),
]
Start = Annotated[
    str | None,
    typer.Option(
        "--z0", metavar="NUMBERS", help="Start (x, u), e.g. 1,0; without it that of the problem."
    ),
]
FlowSpec = Annotated[
    str,
    typer.Option(
        "--flow", metavar="NAME[:P=V,…]", help="Flow, e.g. anchored:gamma=2 or optimistic:beta=1/2."
    ),
]
MethodSpec = Annotated[
    str,
    typer.Option("--method", metavar="NAME[:P=V,…]", help="Method, e.g. simgd-a:p=0.6,gamma=2."),
]
Plot = Annotated[Path | None, typer.Option(help="Draw it into this .png, .svg or .pdf file.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Folder = Annotated[Path, typer.Option("--out", help="Folder to write to.")]
