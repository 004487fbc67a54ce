"""The command line: one command for each thing the toolkit does, and what ties them together."""

from __future__ import annotations

from typing import Annotated

import typer

from .compare import compare_command
from .decrease import convexity_command, decrease_command
from .demo import demo_command
from .figures import figures_command
from .integrate import integrate_command
from .lasalle import lasalle_command
from .map import map_command
from .messages import say
from .modified import modified_command
from .prove import prove_command
from .search import search_command
from .stability import stability_command
from .theorems import theorems_command
from .transfer import transfer_command
from .verify import verify_command

app = typer.Typer(
    name="saddleode",
    help="Integrate saddle flows, compare them with their discretisations, prove things on both.",
    epilog="Example: saddleode integrate --problem bilinear --flow anchored:gamma=2",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("integrate")(integrate_command)
app.command("compare")(compare_command)
app.command("prove")(prove_command)
app.command("decrease")(decrease_command)
app.command("convexity")(convexity_command)
app.command("map")(map_command)
app.command("modified")(modified_command)
app.command("stability")(stability_command)
app.command("lasalle")(lasalle_command)
app.command("search")(search_command)
app.command("transfer")(transfer_command)
app.command("theorems")(theorems_command)
app.command("verify")(verify_command)
app.command("figures")(figures_command)
app.command("demo")(demo_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        say(f"saddleode {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Hold the options in front of a command."""


def main() -> None:
    """Run the command line ``saddleode``."""
    app(prog_name="saddleode")
