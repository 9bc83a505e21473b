"""`stancewire doctor`: everything that can be wrong, looked at, each line good or with the way to put it right.

What is looked at is decided in `stancewire.wiring.diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from stancewire.cli.options import Config, config_folder, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import ConfigurationError

if TYPE_CHECKING:
    from services.health import Finding

#: Findings on what was written by whoever set this up.
_CONFIGURED = frozenset({"settings", "feeds", "watches"})


def doctor(config: Config = None) -> None:
    """Look at everything that can be wrong, and say how to put it right.

    [dim]stancewire doctor && stancewire up[/dim]
    """
    bad, status = 0, 1
    with errors().status("looking"):
        for name, finding in _findings(config):
            bad += not finding.ok
            if name in _CONFIGURED and not finding.ok:
                status = ConfigurationError.exit_code
            mark = ("OK   ", "bold green") if finding.ok else ("BAD  ", "bold red")
            show(output(), Text.assemble(mark, f"{name:<14}", finding.detail))
            if not finding.ok and finding.fix:
                for line in finding.fix.splitlines():
                    show(output(), Text(line.strip(), style="yellow"), indent=19)
    if bad:
        show(errors(), Text(f"{bad} to put right", style="bold red"))
        raise typer.Exit(status)
    show(errors(), Text("all is well", style="dim"))


def _findings(config: Config) -> Iterator[tuple[str, Finding]]:
    from services.health import Finding  # noqa: PLC0415
    from stancewire.wiring.diagnosis import examined, installation_checks, program_checks  # noqa: PLC0415

    yield from examined(program_checks())
    try:
        settings = settings_of(config)
    except ConfigurationError as error:
        for problem in error.problems:
            first, *rest = str(problem).splitlines()
            yield "settings", Finding(ok=False, detail=first, fix="\n".join(rest))
        return
    yield "settings", Finding(ok=True, detail="can be used")
    yield from examined(installation_checks(settings, config_folder(config)))
