"""`stancewire schema` and `stancewire bench`: what consumers build against, and what is measured.

Both only print or start what lies elsewhere.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer
from pydantic import TypeAdapter
from rich.text import Text

from stancewire import codec
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError
from stancewire.types import Interference, Revision, Stance

_BENCH = Path(__file__).parents[2] / "bench"


def schema(
    what: Annotated[
        Literal["stance", "interference", "revision", "article", "signal"],
        typer.Argument(help="Of what; `signal` is either kind."),
    ] = "signal",
) -> None:
    """Print the JSON Schema of what is published and stored.

    [dim]stancewire schema stance > stance.schema.json[/dim]
    """
    schemas: dict[str, dict[str, Any]] = {
        "signal": codec.signals.schema(),
        "article": codec.articles.schema(),
        "stance": TypeAdapter(Stance).json_schema(mode="serialization"),
        "interference": TypeAdapter(Interference).json_schema(mode="serialization"),
        "revision": TypeAdapter(Revision).json_schema(mode="serialization"),
    }
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schemas[what]}
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


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
