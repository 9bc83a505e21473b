"""`stancewire schema` and `stancewire bench`: what consumers build against, and what is measured.

Both only print or start what lies elsewhere.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from stancewire import schemas
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError

_BENCH = Path(__file__).parents[2] / "bench"


def schema(
    what: Annotated[
        schemas.SchemaName,
        typer.Argument(help="Of what; `signal` is a stance or a report of interference, `dead` a dead letter."),
    ] = "signal",
) -> None:
    """Print the JSON Schema (2020-12) of what is published and stored.

    A stream entry names its own in the field `dataschema`. Within a major version fields are only added, and a newer
    program's entries are valid under an older schema.

    [dim]stancewire schema stance > stance.json

    stancewire analyse article.txt --json | jq '.signals[]' > signals.json[/dim]
    """
    typer.echo(schemas.text(what), nl=False)


def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which to run.", show_default=False)] = None,
) -> None:
    """List the benchmarks of a source checkout, or run one; what follows its name is given to it.

    [dim]stancewire bench

    stancewire bench quality --errors[/dim]
    """
    programs = {
        path.stem: path for path in sorted(_BENCH.glob("*.py")) if not path.name.startswith("_") and _BENCH.is_dir()
    }
    if name is None:
        for each, path in programs.items():
            show(output(), f"{each:<20}{_first_line(path)}")
        if not programs:
            show(errors(), Text("No benchmark here: they come with the source, in bench/.", style="dim"))
        return
    if name not in programs:
        raise UsageError(f"no benchmark {name!r}", f"There are: {', '.join(programs) or 'none; they are in bench/'}")
    command = [sys.executable, "-m", f"bench.{name}", *context.args]
    done = subprocess.run(command, cwd=_BENCH.parent, check=False)  # noqa: S603 - a program of our own
    raise typer.Exit(done.returncode)


def _first_line(path: Path) -> str:
    text = path.read_text("utf-8").lstrip()
    return text.removeprefix('"""').partition("\n")[0].removesuffix('"""') if text.startswith('"""') else ""
